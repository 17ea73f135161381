#include <string.h>

#include "coord-log.h"

#define NOON 1790000000123456

static void
test_line (void)
{
  const GLogField fields[] = {
    { "GLIB_DOMAIN", "coord-http", -1 },
    { COORD_LOG_REQUEST, "01890a5d", -1 },
    { "CODE_FILE", "x.c", -1 },
    { COORD_LOG_ROOM, "r-1", -1 },
    { "MESSAGE", "It went \"wrong\"", -1 },
  };
  g_autofree char *line =
    coord_log_format (NOON, G_LOG_LEVEL_WARNING, fields, G_N_ELEMENTS (fields));

  g_assert_cmpstr (line, ==,
    "time=2026-09-21T14:13:20.123Z level=warning domain=coord-http room=r-1 request=01890a5d "
    "message=\"It went \\\"wrong\\\"\"");
}

static void
test_levels (void)
{
  static const struct {
    GLogLevelFlags level;
    const char *name;
  } levels[] = {
    { G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL, " level=critical" },
    { G_LOG_LEVEL_CRITICAL, " level=critical" },
    { G_LOG_LEVEL_MESSAGE, " level=notice" },
    { G_LOG_LEVEL_INFO, " level=info" },
    { G_LOG_LEVEL_DEBUG, " level=debug" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++) {
    g_autofree char *line = coord_log_format (NOON, levels[i].level, NULL, 0);

    g_assert_true (g_str_has_suffix (line, levels[i].name));
  }
}

/* Nothing in a text ends the line, makes a second entry or speaks to a terminal. */
static void
test_one_line (void)
{
  static const char *const texts[] = { "a\nlevel=critical", "a\r\n", "\x1b[2J", "\xff\xfe", "",
    "a b",
    "a\u2028"
    "b",
    "\u202eabc" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    const GLogField fields[] = { { COORD_LOG_RUNNER, texts[i], -1 }, { "MESSAGE", "m", -1 } };
    g_autofree char *line = coord_log_format (NOON, G_LOG_LEVEL_MESSAGE, fields, 2);

    g_assert_true (g_utf8_validate (line, -1, NULL));
    g_assert_nonnull (strstr (line, " level=notice runner=\""));
    g_assert_true (g_str_has_suffix (line, "\" message=m"));
    for (const char *at = line; *at; at = g_utf8_next_char (at))
      g_assert_true (g_unichar_isprint (g_utf8_get_char (at)));
  }
}

static void
test_lengths (void)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  const GLogField fields[] = { { COORD_LOG_RUN, "abcdef", 3 }, { "MESSAGE", text, -1 } };
  g_autofree char *line = coord_log_format (NOON, G_LOG_LEVEL_MESSAGE, fields, 2);

  g_assert_nonnull (strstr (line, " run=abc message="));
  g_assert_cmpuint (strlen (line), <, 3000);
}

/* Through GLib, in a process of its own, as the server has it. */
static void
test_written (void)
{
  if (g_test_subprocess ()) {
    coord_log_start ();
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_ROOM, "r1", "Number %d", 7);
    coord_log (G_LOG_LEVEL_DEBUG, COORD_LOG_ROOM, "r2", "Not shown");
    g_assert_cmpuint (coord_log_count_warnings (), ==, 0);
    g_log_structured ("other", G_LOG_LEVEL_WARNING, "MESSAGE", "%s", "From elsewhere");
    g_assert_cmpuint (coord_log_count_warnings (), ==, 1);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("time=*level=notice domain=coord room=r1 message=\"Number 7\"\n"
                             "time=*level=warning domain=other message=\"From elsewhere\"\n");
  g_test_trap_assert_stderr_unmatched ("*Not shown*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/line", test_line);
  g_test_add_func ("/log/levels", test_levels);
  g_test_add_func ("/log/one-line", test_one_line);
  g_test_add_func ("/log/lengths", test_lengths);
  g_test_add_func ("/log/written", test_written);
  return g_test_run ();
}
