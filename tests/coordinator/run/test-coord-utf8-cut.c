#include "run/coord-utf8-cut.h"

#include <string.h>

typedef struct {
  const char *name;
  const char *bytes;
  gsize cut;
} Case;

static const Case cases[] = {
  { "nothing", "", 0 },
  { "plain", "abc", 3 },
  { "whole-two", "a\xc3\xa9", 3 },
  { "half-two", "a\xc3", 1 },
  { "whole-three", "\xe2\x82\xac", 3 },
  { "two-of-three", "ab\xe2\x82", 2 },
  { "one-of-four", "ab\xf0", 2 },
  { "three-of-four", "ab\xf0\x9f\x98", 2 },
  { "whole-four", "\xf0\x9f\x98\x80", 4 },
  { "only-a-beginning", "\xf0\x9f\x98", 0 },
  { "stray-continuation", "ab\x80", 3 },
  { "four-continuations", "\x80\x80\x80\x80", 4 },
  { "never-a-beginning", "ab\xff", 3 },
};

static void
test_cut (gconstpointer data)
{
  const Case *c = data;

  g_assert_cmpuint (coord_utf8_cut ((const guint8 *) c->bytes, strlen (c->bytes)), ==, c->cut);
}

/* A text cut at every place and put together again is the text, and each part but the rest of a
 * character is UTF-8. */
static void
test_reassembly (void)
{
  const char *text = "aé€😀 z😀€éa";
  gsize size = strlen (text);

  for (gsize at = 0; at <= size; at++) {
    gsize cut = coord_utf8_cut ((const guint8 *) text, at);

    g_assert_cmpuint (cut, <=, at);
    g_assert_cmpuint (at - cut, <, 4);
    g_assert_true (g_utf8_validate (text, cut, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/utf8-cut/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_cut);
  }
  g_test_add_func ("/utf8-cut/reassembly", test_reassembly);
  return g_test_run ();
}
