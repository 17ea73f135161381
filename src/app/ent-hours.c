#include "config.h"

#include "ent-hours.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

EntHours *
ent_hours_new (void)
{
  EntHours *hours = g_new0 (EntHours, 1);

  for (int day = 0; day < ENT_HOURS_DAYS; day++)
    hours->days[day] = g_array_new (FALSE, FALSE, sizeof (EntHoursSpan));
  return hours;
}

void
ent_hours_free (EntHours *hours)
{
  for (int day = 0; day < ENT_HOURS_DAYS; day++)
    g_array_unref (hours->days[day]);
  g_free (hours);
}

void
ent_hours_set (EntHours *hours, int day, int from, int until, gboolean is_free)
{
  g_autoptr (GArray) old = NULL;
  GArray *spans;
  EntHoursSpan added = { CLAMP (from, 0, ENT_HOURS_DAY_MINUTES),
    CLAMP (until, 0, ENT_HOURS_DAY_MINUTES) };
  guint place = 0;

  g_return_if_fail (day >= 0 && day < ENT_HOURS_DAYS);

  if (added.from >= added.until)
    return;
  old = hours->days[day];
  spans = g_array_new (FALSE, FALSE, sizeof (EntHoursSpan));
  for (guint i = 0; i < old->len; i++) {
    EntHoursSpan span = g_array_index (old, EntHoursSpan, i);
    EntHoursSpan before = { span.from, MIN (span.until, added.from) };
    EntHoursSpan after = { MAX (span.from, added.until), span.until };

    if (is_free && span.from <= added.until && span.until >= added.from) {
      added = (EntHoursSpan){ MIN (span.from, added.from), MAX (span.until, added.until) };
      continue;
    }
    if (is_free) {
      g_array_append_val (spans, span);
      continue;
    }
    if (before.from < before.until)
      g_array_append_val (spans, before);
    if (after.from < after.until)
      g_array_append_val (spans, after);
  }
  while (place < spans->len && g_array_index (spans, EntHoursSpan, place).from < added.from)
    place++;
  if (is_free)
    g_array_insert_val (spans, place, added);
  hours->days[day] = spans;
}

gboolean
ent_hours_is_free (const EntHours *hours, int day, int minute)
{
  g_return_val_if_fail (day >= 0 && day < ENT_HOURS_DAYS, FALSE);

  for (guint i = 0; i < hours->days[day]->len; i++) {
    const EntHoursSpan *span = &g_array_index (hours->days[day], EntHoursSpan, i);

    if (minute >= span->from && minute < span->until)
      return TRUE;
  }
  return FALSE;
}

void
ent_hours_load (EntHours *hours, const GPtrArray *weekly)
{
  for (int day = 0; day < ENT_HOURS_DAYS; day++)
    g_array_set_size (hours->days[day], 0);
  for (guint i = 0; weekly != NULL && i < weekly->len; i++) {
    const EntApiHours *span = g_ptr_array_index (weekly, i);

    ent_hours_set (hours, span->day, span->from, span->until, TRUE);
  }
}

GPtrArray *
ent_hours_save (const EntHours *hours)
{
  GPtrArray *weekly = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_hours_free);

  for (int day = 0; day < ENT_HOURS_DAYS; day++)
    for (guint i = 0; i < hours->days[day]->len; i++) {
      const EntHoursSpan *span = &g_array_index (hours->days[day], EntHoursSpan, i);
      EntApiHours *to = ent_api_hours_new ();

      *to = (EntApiHours){ day, span->from, span->until };
      g_ptr_array_add (weekly, to);
    }
  return weekly;
}

char *
ent_hours_format (const EntHours *hours, int day)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < hours->days[day]->len; i++) {
    const EntHoursSpan *span = &g_array_index (hours->days[day], EntHoursSpan, i);

    g_string_append_printf (text, "%s%02d:%02d-%02d:%02d", i > 0 ? ", " : "", span->from / 60,
      span->from % 60, span->until / 60, span->until % 60);
  }
  return g_string_free (text, FALSE);
}

/* "9", "09:30" or "24"; FALSE when it is no time. */
static gboolean
parse_time (const char *text, int *minute)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_auto (GStrv) parts = g_strsplit (stripped, ":", 2);
  guint64 hour = 0, rest = 0;

  if (parts[0] == NULL || !g_ascii_string_to_unsigned (parts[0], 10, 0, 24, &hour, NULL) ||
      (parts[1] != NULL && !g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &rest, NULL)) ||
      hour * 60 + rest > ENT_HOURS_DAY_MINUTES)
    return FALSE;
  *minute = hour * 60 + rest;
  return TRUE;
}

gboolean
ent_hours_parse_span (const char *text, EntHoursSpan *span, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_auto (GStrv) parts = NULL;
  EntHoursSpan read = { 0, 0 };

  if (*stripped == '\0') {
    *span = read;
    return TRUE;
  }
  parts = g_regex_split_simple ("-|–", stripped, 0, 0);
  if (g_strv_length (parts) != 2 || !parse_time (parts[0], &read.from) ||
      !parse_time (parts[1], &read.until)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("“%s” cannot be read. Write hours like 09:00-12:00, 13:30-17:00."), stripped);
    return FALSE;
  }
  if (read.from >= read.until) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("“%s” ends before it begins. Hours end at 24:00 at the latest."), stripped);
    return FALSE;
  }
  *span = read;
  return TRUE;
}

gboolean
ent_hours_parse (EntHours *hours, int day, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (EntHoursSpan));

  for (guint i = 0; parts[i] != NULL; i++) {
    EntHoursSpan span;

    if (!ent_hours_parse_span (parts[i], &span, error))
      return FALSE;
    g_array_append_val (spans, span);
  }
  g_array_set_size (hours->days[day], 0);
  for (guint i = 0; i < spans->len; i++) {
    const EntHoursSpan *span = &g_array_index (spans, EntHoursSpan, i);

    ent_hours_set (hours, day, span->from, span->until, TRUE);
  }
  return TRUE;
}
