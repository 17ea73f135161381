#include "net/coord-head.h"

#include <arpa/inet.h>
#include <string.h>

#define MAX_DIGITS 18
#define HOST_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

/* What is counted while the lines go by. */
typedef struct {
  CoordHead head;
  gboolean is_old; /* HTTP/1.0 */
  guint n_lengths, n_hosts;
  guint seen; /* a bit for each of the fields below */
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

/* Whether the part of a request's target that starts with '%' is a byte, and none that ends a text:
 * libsoup answers others in words that are not ours. */
static gboolean
is_escape (const char *text)
{
  return g_ascii_isxdigit (text[1]) && g_ascii_isxdigit (text[2]) &&
         (text[1] != '0' || text[2] != '0');
}

/* "GET /path?query HTTP/1.1". The line ends with CR, so that what is behind a '%' can be read. */
static gboolean
read_request_line (Reading *reading, const char *line, gsize size)
{
  gsize length = measure_method (line, size);
  const char *end = line + size, *target = line + length, *version;

  if (length == 0 || target == end || target[0] != '/')
    return FALSE;
  for (version = target; version < end && *version != ' '; version++)
    if (!g_ascii_isgraph (*version) || *version == '#' || (*version == '%' && !is_escape (version)))
      return FALSE;
  if (end - version != strlen (" HTTP/1.1") || memcmp (version, " HTTP/1.", 8) != 0)
    return FALSE;
  reading->is_old = version[8] == '0';
  return version[8] == '0' || version[8] == '1';
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

/* "[::1]" or "[::1]:8080". Sets rest to what is behind the address. */
static gboolean
skip_ipv6 (const char *value, const char **rest)
{
  const char *end = strchr (value, ']');
  struct in6_addr address;
  g_autofree char *text = end != NULL ? g_strndup (value + 1, end - value - 1) : NULL;

  *rest = end != NULL ? end + 1 : NULL;
  return text != NULL && inet_pton (AF_INET6, text, &address) == 1;
}

/* A name or a number, and perhaps a port. */
static gboolean
read_host (Reading *reading, const char *value)
{
  const char *rest = value + strspn (value, HOST_CHARS);
  guint64 port;

  reading->n_hosts++;
  if (*value == '[' && !skip_ipv6 (value, &rest))
    return FALSE;
  return *rest == '\0' || strcmp (rest, ":") == 0 ||
         (*rest == ':' && g_ascii_string_to_unsigned (rest + 1, 10, 0, 65535, &port, NULL));
}

static gboolean
read_expectation (Reading *reading, const char *value)
{
  reading->head.wants_continue = TRUE;
  return g_ascii_strcasecmp (value, "100-continue") == 0;
}

#define FIELD(name, read) \
  { \
    name, sizeof name - 1, read \
  }

/* The fields that tell where a request ends, to whom it goes, who sends it and what it is about:
 * each may stand there once, since two readers could take another of two. The others are libsoup's.
 */
static const struct {
  const char *name;
  gsize length;
  gboolean (*read) (Reading *reading, const char *value); /* NULL: any value */
} fields[] = {
  FIELD ("Content-Length", read_length),
  FIELD ("Transfer-Encoding", read_encoding),
  FIELD ("Host", read_host),
  FIELD ("Expect", read_expectation),
  FIELD ("Authorization", NULL),
  FIELD ("X-API-Key", NULL),
  FIELD ("Idempotency-Key", NULL),
  FIELD ("If-Match", NULL),
  FIELD ("Content-Type", NULL),
};

/* One of those. */
static gboolean
read_value (Reading *reading, guint number, const char *start, gsize size)
{
  g_autofree char *value = NULL;

  if ((reading->seen & 1u << number) != 0)
    return FALSE;
  reading->seen |= 1u << number;
  if (fields[number].read == NULL)
    return TRUE;
  value = g_strstrip (g_strndup (start, size));
  return fields[number].read (reading, value);
}

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
    if (fields[i].length == (gsize) (colon - line) &&
        g_ascii_strncasecmp (line, fields[i].name, fields[i].length) == 0)
      return read_value (reading, i, colon + 1, line + size - (colon + 1));
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
