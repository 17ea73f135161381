#include "app/ent-terminal-reply.h"

/* What VTE answers, and what the keys of a keyboard send. */
static void
test_replies (void)
{
  static const char *const replies[] = {
    "\033[24;80R",
    "\033[1;1R",
    "\033[?1;2c",
    "\033[>65;7006;1c",
    "\033[0n",
    "\033[8;24;80t",
    "\033]11;rgb:1e1e/1e1e/1e1e\033\\",
    "\033P1$r0m\033\\",
    "\033[I",
    "\033[O",
    "\033[?2026;2$y",
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++) {
    gboolean is_first_cell = i == 1; /* looks like Shift+F3, and is let through */

    g_assert_cmpint (ent_terminal_is_reply (replies[i], -1), ==, !is_first_cell);
  }
}

static void
test_keys (void)
{
  static const char *const keys[] = {
    "a",
    "å",
    "\r",
    "\t",
    "\003",
    "\033",
    "\033a",
    "\033[A",
    "\033OA",
    "\033OR",
    "\033[1;2R",
    "\033[1;5C",
    "\033[15~",
    "\033[3~",
    "\033[Z",
    "\033[200~pasted text\033[201~",
    "\033[<0;10;5M",
    "\033[<0;10;5m",
    "",
    "tent\033[0n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_false (ent_terminal_is_reply (keys[i], -1));
  g_assert_false (ent_terminal_is_reply ("\033[0nx", 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/terminal-reply/replies", test_replies);
  g_test_add_func ("/terminal-reply/keys", test_keys);
  return g_test_run ();
}
