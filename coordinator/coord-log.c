#include "coord-log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_TEXT 2000 /* bytes of one value */

static guint warnings; /* atomic */

/* Fields of ours as they stand in a line. */
static const struct {
  const char *field;
  const char *key;
} keys[] = {
  { COORD_LOG_ROOM, "room" },
  { COORD_LOG_REQUEST, "request" },
  { COORD_LOG_RUN, "run" },
  { COORD_LOG_RUNNER, "runner" },
  { COORD_LOG_JOB, "job" },
  { COORD_LOG_NODE, "node" },
};

static const char *
name_level (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "critical";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning";
  if (level & G_LOG_LEVEL_MESSAGE)
    return "notice";
  return level & G_LOG_LEVEL_INFO ? "info" : "debug";
}

static gboolean
is_plain (const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("-_.:/", *at) == NULL)
      return FALSE;
  return *text != '\0';
}

/* A text as one word, or in quotes with everything escaped that could end the line or the quotes,
 * or act on a terminal. */
static void
append_text (GString *line, const char *text, gsize size)
{
  g_autofree char *shown = g_utf8_make_valid (text, MIN (size, MAX_TEXT));

  if (is_plain (shown)) {
    g_string_append (line, shown);
    return;
  }
  g_string_append_c (line, '"');
  for (const char *at = shown; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (c == '"' || c == '\\')
      g_string_append_printf (line, "\\%c", (char) c);
    else if (c == '\n')
      g_string_append (line, "\\n");
    else if (!g_unichar_isprint (c))
      g_string_append_printf (line, "\\u%04x", c);
    else
      g_string_append_unichar (line, c);
  }
  g_string_append_c (line, '"');
}

static void
append_field (GString *line, const char *key, const GLogField *field)
{
  g_string_append_printf (line, " %s=", key);
  append_text (
    line, field->value, field->length < 0 ? strlen (field->value) : (gsize) field->length);
}

static const GLogField *
find_field (const GLogField *fields, gsize n_fields, const char *name)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, name) == 0)
      return &fields[i];
  return NULL;
}

char *
coord_log_format (gint64 wall_us, GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
  g_autofree char *time = g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S");
  const GLogField *domain = find_field (fields, n_fields, "GLIB_DOMAIN");
  const GLogField *message = find_field (fields, n_fields, "MESSAGE");
  GString *line = g_string_new (NULL);

  g_string_printf (line, "time=%s.%03dZ level=%s", time, (int) (wall_us % G_USEC_PER_SEC / 1000),
    name_level (level));
  if (domain != NULL)
    append_field (line, "domain", domain);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    const GLogField *field = find_field (fields, n_fields, keys[i].field);

    if (field != NULL)
      append_field (line, keys[i].key, field);
  }
  if (message != NULL)
    append_field (line, "message", message);
  return g_string_free (line, FALSE);
}

static GLogWriterOutput
write_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  const GLogField *domain = find_field (fields, n_fields, "GLIB_DOMAIN");
  g_autofree char *line = NULL;

  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    g_atomic_int_inc (&warnings);
  if (g_log_writer_default_would_drop (level, domain != NULL ? domain->value : NULL))
    return G_LOG_WRITER_HANDLED;
  if (g_log_writer_is_journald (STDERR_FILENO) &&
      g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;
  line = coord_log_format (g_get_real_time (), level, fields, n_fields);
  fprintf (stderr, "%s\n", line);
  return G_LOG_WRITER_HANDLED;
}

void
coord_log_text (const char *domain,
  GLogLevelFlags level,
  const char *field,
  const char *id,
  const char *format,
  ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_log_structured (domain, level, field, id, "MESSAGE", "%s", text);
}

void
coord_log_start (void)
{
  g_log_set_writer_func (write_cb, NULL, NULL);
}

guint64
coord_log_count_warnings (void)
{
  return (guint) g_atomic_int_get (&warnings);
}
