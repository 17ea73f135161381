#include "net/coord-head.h"

#include <string.h>

#define START "POST /api/auth/login HTTP/1.1\r\n"
#define LINE START "Host: x\r\n"

static void
test_sound (void)
{
  const char *const heads[] = { LINE "\r\n", LINE "Content-Length: 12\r\n\r\n{}",
    LINE "transfer-encoding:Chunked\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
    "CONNECT / HTTP/1.0\r\n\r\n", "OPTIONS /x HTTP/1.0\r\n\r\n", START "hOST:\t[::1]:8080 \r\n\r\n",
    START "Host: [fe80::1]\r\n\r\n", START "Host: a-b.example.org:443\r\n\r\n",
    START "Host: 10.0.0.1:0\r\n\r\n", START "Host: x:\r\n\r\n", START "Host:\r\n\r\n",
    "GET /%c3%A4?a=%20&b={} HTTP/1.1\r\nHost: x\r\n\r\n",
    LINE "Authorization: Bearer x\r\nX-API-Key: y\r\nX: 1\r\nX: 2\r\n\r\n",
    LINE "X-Empty:\r\nAccept: a, b\r\nX-Umlaut: \xc3\xa4\r\n\r\nContent-Length: body" };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    CoordHead head;

    g_assert_cmpint (coord_head_read (heads[i], strlen (heads[i]), &head), ==, COORD_HEAD_SOUND);
    g_assert_cmpuint (head.size, ==, strstr (heads[i], "\r\n\r\n") + 4 - heads[i]);
  }
}

static void
test_partial (void)
{
  const char head[] = LINE "Content-Length: 1\r\n\r\n";
  CoordHead read;

  for (gsize size = 0; size < sizeof head - 1; size++)
    g_assert_cmpint (coord_head_read (head, size, &read), ==, COORD_HEAD_PARTIAL);
  g_assert_cmpint (coord_head_read (head, sizeof head - 1, &read), ==, COORD_HEAD_SOUND);
}

static void
test_unsound (void)
{
  const char *const heads[] = {
    /* request lines */
    "\r\n\r\n",
    " GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "get / HTTP/1.1\r\nHost: x\r\n\r\n",
    "BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "GETS / HTTP/1.1\r\nHost: x\r\n\r\n",
    "GE / HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET \r\n\r\n",
    "GET\r\n\r\n",
    "G\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /\tHTTP/1.1\r\nHost: x\r\n\r\n",
    "GET / x HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
    "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
    "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /#x HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /?a=% HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /?a=%0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /?a=%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    /* ends of lines */
    "GET / HTTP/1.0\n\n",
    "GET / HTTP/1.1\nHost: x\r\n\r\n",
    START "Host: x\n\r\n\r\n",
    LINE "a: b\nc: d\r\n\r\n",
    LINE "a\rb: c\r\n\r\n",
    LINE "a: b\rc: d\r\n\r\n",
    /* to whom */
    START "\r\n",
    LINE "Host: y\r\n\r\n",
    LINE "Host: x\r\n\r\n",
    START "Host: x, y\r\n\r\n",
    START "Host: x/y\r\n\r\n",
    START "Host: y@x\r\n\r\n",
    START "Host: [::\r\n\r\n",
    START "Host: [::g]\r\n\r\n",
    START "Host: [::1]x\r\n\r\n",
    START "Host: x:99999\r\n\r\n",
    START "Host: x:1a\r\n\r\n",
    START "Host: a%00b\r\n\r\n",
    START "Host: \xff\r\n\r\n",
    "GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n",
    /* what stands there once */
    LINE "Authorization: Bearer x\r\nauthorization: Bearer x\r\n\r\n",
    LINE "X-API-Key: x\r\nX-Api-Key: y\r\n\r\n",
    LINE "Idempotency-Key: x\r\nIdempotency-Key: y\r\n\r\n",
    LINE "If-Match: \"1\"\r\nIf-Match: \"2\"\r\n\r\n",
    LINE "Content-Type: a/b\r\nContent-Type: a/c\r\n\r\n",
    /* how long */
    LINE "Content-Length: ssw\r\n\r\n",
    LINE "Content-Length: -1\r\n\r\n",
    LINE "Content-Length: +1\r\n\r\n",
    LINE "Content-Length: 0x1\r\n\r\n",
    LINE "Content-Length: 1 1\r\n\r\n",
    LINE "Content-Length: 1, 1\r\n\r\n",
    LINE "Content-Length:\r\n\r\n",
    LINE "Content-Length: 9999999999999999999\r\n\r\n",
    LINE "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
    LINE "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    LINE "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
    LINE "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    LINE "Transfer-Encoding: gzip\r\n\r\n",
    LINE "Transfer-Encoding: identity\r\n\r\n",
    LINE "Transfer-Encoding: gzip, chunked\r\n\r\n",
    LINE "Transfer-Encoding: chunked, identity\r\n\r\n",
    LINE "Transfer-Encoding: \"chunked\"\r\n\r\n",
    LINE "Transfer-Encoding:\fchunked\r\n\r\n",
    "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    LINE "Expect: a present\r\n\r\n",
    /* fields */
    LINE "Content-Length : 1\r\n\r\n",
    LINE "Content-Length\t: 1\r\n\r\n",
    LINE "Content-Length:\r\n 1\r\n\r\n",
    LINE "X: a\r\n Content-Length: 1\r\n\r\n",
    LINE "\tX: a\r\n\r\n",
    LINE "no colon\r\n\r\n",
    LINE ": c\r\n\r\n",
    LINE "(a): c\r\n\r\n",
    LINE "a\x7f: c\r\n\r\n",
    LINE "a: \x01\r\n\r\n",
  };
  const char nul[] = LINE "a: \0\r\n\r\n", nul_name[] = LINE "a\0b: c\r\n\r\n";
  CoordHead head;

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++) {
    g_test_message ("%s", heads[i]);
    g_assert_cmpint (coord_head_read (heads[i], strlen (heads[i]), &head), ==, COORD_HEAD_UNSOUND);
  }
  g_assert_cmpint (coord_head_read (nul, sizeof nul - 1, &head), ==, COORD_HEAD_UNSOUND);
  g_assert_cmpint (coord_head_read (nul_name, sizeof nul_name - 1, &head), ==, COORD_HEAD_UNSOUND);
}

static void
test_body (void)
{
  static const struct {
    const char *text;
    gboolean has_body;
  } cases[] = {
    { LINE "\r\n", TRUE },
    { LINE "Content-Length: 0\r\n\r\n", TRUE },
    { LINE "Content-Length: 2\r\n\r\n{", FALSE },
    { LINE "Content-Length: 2\r\n\r\n{}", TRUE },
    { LINE "Content-Length: 2\r\n\r\n{}more", TRUE },
    { LINE "Content-Length: 999999999999999999\r\n\r\n{}", FALSE },
    { LINE "Transfer-Encoding: chunked\r\n\r\n", FALSE },
    { LINE "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", FALSE },
    { LINE "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", TRUE },
    { LINE "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gsize size = strlen (cases[i].text);
    CoordHead head;

    g_assert_cmpint (coord_head_read (cases[i].text, size, &head), ==, COORD_HEAD_SOUND);
    g_assert_cmpint (coord_head_has_body (&head, cases[i].text, size), ==, cases[i].has_body);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/head/sound", test_sound);
  g_test_add_func ("/head/partial", test_partial);
  g_test_add_func ("/head/unsound", test_unsound);
  g_test_add_func ("/head/body", test_body);
  return g_test_run ();
}
