#include "net/coord-head.h"

#include <string.h>

#define MAX_DIGITS 18

/* What is counted while the lines go by. */
typedef struct {
  CoordHead head;
  gboolean is_old; /* HTTP/1.0 */
  guint n_lengths, n_hosts;
} Reading;

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

/* Those of RFC 9110, and PATCH: few and fixed, since libsoup keeps the name of each for ever. */
static const char *const methods[] = { "GET ", "POST ", "PATCH ", "PUT ", "DELETE ", "HEAD ",
  "OPTIONS ", "TRACE ", "CONNECT " };

/* How long it is, with the space behind it; 0: none of them. */
static gsize
measure_method (const char *line, gsize size)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++) {
    gsize length = strlen (methods[i]);

    if (length <= size && memcmp (line, methods[i], length) == 0)
      return length;
  }
  return 0;
}

/* "GET /path?query HTTP/1.1". */
static gboolean
read_request_line (Reading *reading, const char *line, gsize size)
{
  gsize length = measure_method (line, size);
  const char *end = line + size, *target = line + length, *version;

  if (length == 0 || target == end || target[0] != '/')
    return FALSE;
  for (version = target; version < end && *version != ' '; version++)
    if (!g_ascii_isgraph (*version) || *version == '#')
      return FALSE;
  if (end - version != strlen (" HTTP/1.1") || memcmp (version, " HTTP/1.", 8) != 0)
    return FALSE;
  reading->is_old = version[8] == '0';
  return version[8] == '0' || version[8] == '1';
}

static gboolean
has_name (const char *line, const char *colon, const char *name)
{
  gsize length = strlen (name);

  return (gsize) (colon - line) == length && g_ascii_strncasecmp (line, name, length) == 0;
}

static gboolean
read_length (Reading *reading, const char *value)
{
  gsize length = strlen (value);

  reading->head.length = g_ascii_strtoull (value, NULL, 10);
  return ++reading->n_lengths == 1 && length > 0 && length <= MAX_DIGITS &&
         strspn (value, "0123456789") == length;
}

static gboolean
read_encoding (Reading *reading, const char *value)
{
  reading->head.is_chunked = TRUE;
  return ++reading->n_lengths == 1 && !reading->is_old &&
         g_ascii_strcasecmp (value, "chunked") == 0;
}

static gboolean
read_host (Reading *reading, const char *value)
{
  return ++reading->n_hosts == 1 && strcspn (value, " \t,/@\\?#") == strlen (value);
}

static gboolean
read_expectation (Reading *reading, const char *value)
{
  reading->head.wants_continue = TRUE;
  return g_ascii_strcasecmp (value, "100-continue") == 0;
}

/* The fields that tell where a request ends and to whom it goes; the others are libsoup's. */
static const struct {
  const char *name;
  gboolean (*read) (Reading *reading, const char *value);
} fields[] = {
  { "Content-Length", read_length },
  { "Transfer-Encoding", read_encoding },
  { "Host", read_host },
  { "Expect", read_expectation },
};

/* A name of letters, digits and signs right before the colon; a value without control characters.
 */
static gboolean
read_field (Reading *reading, const char *line, gsize size)
{
  const char *colon = memchr (line, ':', size);

  if (colon == NULL || colon == line)
    return FALSE;
  for (const char *c = line; c < colon; c++)
    if (!is_token_char (*c))
      return FALSE;
  for (const char *c = colon; c < line + size; c++)
    if (g_ascii_iscntrl (*c) && *c != '\t')
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (has_name (line, colon, fields[i].name)) {
      g_autofree char *value = g_strstrip (g_strndup (colon + 1, line + size - (colon + 1)));

      return fields[i].read (reading, value);
    }
  return TRUE;
}

static gboolean
is_whole (const Reading *reading)
{
  return reading->n_hosts == 1 || (reading->is_old && reading->n_hosts == 0);
}

/* Lines that end with a bare LF never become a head; it is said at once when it is plain. */
static gboolean
has_bare_end (const char *data, gsize size)
{
  const char *end = memchr (data, '\n', size);

  return end != NULL &&
         (end == data || end[-1] != '\r' || memmem (end, size - (end - data), "\n\n", 2));
}

CoordHeadState
coord_head_read (const char *data, gsize size, CoordHead *head)
{
  Reading reading = { 0 };
  const char *last = memmem (data, size, "\r\n\r\n", 4), *line = data;

  if (last == NULL)
    return has_bare_end (data, size) ? COORD_HEAD_UNSOUND : COORD_HEAD_PARTIAL;
  while (line <= last) {
    const char *end = memchr (line, '\n', last + 2 - line);

    if (end == line || end[-1] != '\r')
      return COORD_HEAD_UNSOUND;
    if (!(line == data ? read_request_line : read_field) (&reading, line, end - 1 - line))
      return COORD_HEAD_UNSOUND;
    line = end + 1;
  }
  if (!is_whole (&reading))
    return COORD_HEAD_UNSOUND;
  reading.head.size = last + 4 - data;
  *head = reading.head;
  return COORD_HEAD_SOUND;
}

gboolean
coord_head_has_body (const CoordHead *head, const char *data, gsize size)
{
  if (head->is_chunked)
    return memmem (data + head->size, size - head->size, "\r\n\r\n", 4) != NULL;
  return size - head->size >= head->length;
}
