#include "net/coord-head.h"

#include <string.h>

#define LINE "POST /api/auth/login HTTP/1.1\r\nHost: x\r\n"

static void
test_sound (void)
{
  const char *const heads[] = { LINE "\r\n", LINE "Content-Length: 12\r\n\r\n{}",
    LINE "transfer-encoding:Chunked\r\n\r\n", "GET / HTTP/1.0\n\n",
    LINE "X-Empty:\r\nAccept: a, b\r\n\r\nContent-Length: body" };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    g_assert_true (coord_head_is_sound (heads[i], strlen (heads[i])));
}

static void
test_unsound (void)
{
  const char *const heads[] = { "", "\r\n\r\n", " GET / HTTP/1.1\r\n\r\n", LINE,
    LINE "Content-Length: ssw\r\n\r\n", LINE "Content-Length: -1\r\n\r\n",
    LINE "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
    LINE "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    LINE "Transfer-Encoding: gzip\r\n\r\n", LINE "Content-Length : 1\r\n\r\n",
    LINE "Content-Length:\r\n 1\r\n\r\n", LINE "no colon\r\n\r\n", LINE "a\rb: c\r\n\r\n",
    LINE ": c\r\n\r\n", LINE "Transfer-Encoding:\fchunked\r\n\r\n" };
  const char nul[] = LINE "a: \0\r\n\r\n";

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    g_assert_false (coord_head_is_sound (heads[i], strlen (heads[i])));
  g_assert_false (coord_head_is_sound (nul, sizeof nul - 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/head/sound", test_sound);
  g_test_add_func ("/head/unsound", test_unsound);
  return g_test_run ();
}
