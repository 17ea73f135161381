#include "net/coord-refusal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ent-id.h"
#include "protocol/ent-api.h"

typedef gboolean (*Send) (int fd);

/* Exactly as long as it says, and a problem like those of the routes. */
static void
check (Send send_answer, guint status, const char *code)
{
  char answer[2048];
  const char *body, *length;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiProblem) problem = NULL;
  int ends[2];
  gssize n;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  g_assert_true (send_answer (ends[0]));
  close (ends[0]);
  n = recv (ends[1], answer, sizeof answer - 1, MSG_WAITALL);
  g_assert_cmpint (n, >, 0);
  answer[n] = '\0';
  close (ends[1]);

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 "));
  g_assert_cmpint (atoi (answer + strlen ("HTTP/1.1 ")), ==, status);
  g_assert_nonnull (strstr (answer, "\r\nConnection: close\r\n"));
  body = strstr (answer, "\r\n\r\n") + 4;
  length = strstr (answer, "Content-Length: ") + strlen ("Content-Length: ");
  g_assert_cmpuint (atoi (length), ==, strlen (body));
  problem =
    ent_codec_decode (&ent_api_problem_struct, body, strlen (body), ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
  g_assert_cmpint (problem->status, ==, status);
  g_assert_cmpstr (problem->code, ==, code);
  g_assert_true (ent_id_is_valid (problem->request_id));
}

static void
test_answers (void)
{
  check (coord_refusal_send_no_request, 400, "invalid");
  check (coord_refusal_send_too_large, 413, "too_large");
}

/* A client that has gone is no reason to end. */
static void
test_nobody_there (void)
{
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  close (ends[1]);
  g_assert_false (coord_refusal_send_too_large (ends[0]));
  close (ends[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/refusal/answers", test_answers);
  g_test_add_func ("/refusal/nobody-there", test_nobody_there);
  return g_test_run ();
}
