#include "net/coord-refusal.h"

#include <string.h>
#include <sys/socket.h>

#include "base/ent-id.h"

#define PROBLEM_TYPE "application/problem+json"

static char *
make_problem (guint status, const char *title, const char *code, const char *detail)
{
  g_autofree char *id = ent_id_new ();

  return g_strdup_printf ("{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u,"
                          "\"code\":\"%s\",\"detail\":\"%s\",\"request_id\":\"%s\"}",
    title, status, code, detail, id);
}

static gboolean
send_problem (int fd, guint status, const char *title, const char *code, const char *detail)
{
  g_autofree char *problem = make_problem (status, title, code, detail);
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 %u %s\r\n"
                                             "Connection: close\r\n"
                                             "Content-Type: " PROBLEM_TYPE "\r\n"
                                             "X-Content-Type-Options: nosniff\r\n"
                                             "Cache-Control: no-store\r\n"
                                             "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
    status, title, strlen (problem), problem);

  return send (fd, answer, strlen (answer), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

gboolean
coord_refusal_send_no_request (int fd)
{
  return send_problem (fd, 400, "Bad Request", "invalid", "This is no HTTP request.");
}

gboolean
coord_refusal_send_too_large (int fd)
{
  return send_problem (fd, 413, "Content Too Large", "too_large", "The request is too large.");
}

static void
set_problem (SoupServerMessage *message, guint status, const char *code, const char *detail)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  char *problem = make_problem (status, soup_status_get_phrase (status), code, detail);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (
    message, PROBLEM_TYPE, SOUP_MEMORY_TAKE, problem, strlen (problem));
}

void
coord_refusal_set_unencrypted (SoupServerMessage *message)
{
  set_problem (message, SOUP_STATUS_FORBIDDEN, "denied", "This server is reached by https only.");
}

void
coord_refusal_set_full (SoupServerMessage *message)
{
  soup_message_headers_replace (
    soup_server_message_get_response_headers (message), "Retry-After", "5");
  set_problem (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "unavailable",
    "This server has as many sockets open as it takes. Try again in a moment.");
}
