#include <stdint.h>
#include <string.h>

#include "fuzz-server.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define CURSOR "after=~"

/* A cursor that the server has made, when the query has `after=~PLACE`: nobody could guess one. */
static char *
give_cursor (guint who, const char *line)
{
  const char *at = strstr (line, CURSOR);
  const char *path = strchr (line, ' ');
  g_autofree char *route = NULL;
  g_autofree char *place = NULL;
  g_autofree char *cursor = NULL;

  if (at == NULL || path == NULL || path > at)
    return g_strdup (line);
  route = g_strndup (path + 1, strcspn (path + 1, "?"));
  place = g_strdup (at + strlen (CURSOR));
  cursor = fuzz_server_seal_cursor (who % FUZZ_SERVER_PEOPLE, route, place);
  return g_strdup_printf ("%.*safter=%s", (int) (at - line), line, cursor);
}

/* One request that is in order as far as HTTP goes: a digit for who asks (anything else: nobody), a
 * method and a path on the first line, headers up to an empty line, the body. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static gboolean is_started;
  guint who = size > 0 ? (guint) data[0] - '0' : G_MAXUINT;
  const uint8_t *end = size > 0 ? memchr (data, '\n', size) : NULL;
  const uint8_t *body = end != NULL ? memmem (end, data + size - end, "\n\n", 2) : NULL;
  g_autoptr (GString) request = g_string_new (NULL);
  g_autofree char *typed = NULL;
  g_autofree char *line = NULL;

  if (end == NULL || end == data)
    return 0;
  if (!is_started)
    fuzz_server_start ();
  is_started = TRUE;
  typed = g_strndup ((const char *) data + 1, end - data - 1);
  line = give_cursor (who, typed);
  g_string_printf (request, "%s HTTP/1.1\r\nHost: x\r\n", line);
  if (who < FUZZ_SERVER_PEOPLE)
    g_string_append_printf (request, "Authorization: Bearer %s\r\n", fuzz_server_get_token (who));
  for (const uint8_t *c = end + 1; body != NULL && c <= body; c++)
    g_string_append_printf (request, *c == '\n' ? "\r\n" : "%c", *c);
  if (body == NULL)
    g_string_append (request, "\r\n");
  else {
    body += 2;
    g_string_append_printf (request,
      "Content-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
      (gsize) (data + size - body));
    g_string_append_len (request, (const char *) body, data + size - body);
  }
  fuzz_server_ask (request->str, request->len);
  return 0;
}
