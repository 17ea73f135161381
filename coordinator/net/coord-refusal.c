#include "net/coord-refusal.h"

#include <string.h>
#include <sys/socket.h>

#include "base/ent-id.h"

#define PROBLEM_TYPE "application/problem+json"

static gboolean
send_problem (int fd, guint status, const char *title, const char *code, const char *detail)
{
  g_autofree char *id = ent_id_new ();
  g_autofree char *problem =
    g_strdup_printf ("{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u,\"code\":\"%s\","
                     "\"detail\":\"%s\",\"request_id\":\"%s\"}",
      title, status, code, detail, id);
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

void
coord_refusal_set_unencrypted (SoupServerMessage *message)
{
  static const char problem[] =
    "{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403,\"code\":\"denied\","
    "\"detail\":\"This server is reached by https only.\"}";
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
  soup_server_message_set_response (
    message, PROBLEM_TYPE, SOUP_MEMORY_STATIC, problem, sizeof problem - 1);
}
