#include "net/coord-head.h"

#include <string.h>

static gboolean
has_name (const char *line, gsize size, const char *name)
{
  gsize length = strlen (name);

  return size > length && line[length] == ':' && g_ascii_strncasecmp (line, name, length) == 0;
}

static gboolean
is_number (const char *text)
{
  gsize length = strlen (text);

  return length > 0 && length <= 18 && strspn (text, "0123456789") == length;
}

/* A name of letters, digits and signs right before the colon; counts what tells the length. */
static gboolean
check_field (const char *line, gsize size, guint *n_lengths)
{
  const char *colon = memchr (line, ':', size);
  g_autofree char *value = NULL;

  if (colon == NULL || colon == line)
    return FALSE;
  for (const char *c = line; c < colon; c++)
    if (!g_ascii_isgraph (*c))
      return FALSE;
  for (const char *c = colon; c < line + size; c++)
    if (g_ascii_iscntrl (*c) && *c != '\t')
      return FALSE;
  value = g_strstrip (g_strndup (colon + 1, size - (colon + 1 - line)));
  if (has_name (line, size, "Content-Length"))
    return ++*n_lengths == 1 && is_number (value);
  if (has_name (line, size, "Transfer-Encoding"))
    return ++*n_lengths == 1 && g_ascii_strcasecmp (value, "chunked") == 0;
  return TRUE;
}

gboolean
coord_head_is_sound (const char *head, gsize size)
{
  const char *end = head + size;
  guint n_lengths = 0;

  if (size == 0 || !g_ascii_isupper (head[0]))
    return FALSE;
  for (const char *line = head; line < end;) {
    const char *stop = memchr (line, '\n', end - line);
    gsize length = stop != NULL ? stop - line : end - line;

    if (length > 0 && line[length - 1] == '\r')
      length--;
    if (length == 0)
      return TRUE;
    if (memchr (line, 0, length) != NULL || memchr (line, '\r', length) != NULL)
      return FALSE;
    if (line != head && !check_field (line, length, &n_lengths))
      return FALSE;
    line = stop != NULL ? stop + 1 : end;
  }
  return FALSE;
}
