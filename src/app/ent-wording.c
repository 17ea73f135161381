#include "config.h"

#include "ent-wording.h"

#include <glib/gi18n.h>

#define SHORT_NAME 40 /* characters */

const char *
ent_wording_get_role (EntRole role)
{
  switch (role) {
  case ENT_ROLE_HOST:
    return C_ ("role", "Host");
  case ENT_ROLE_CO_INTERVIEWER:
    return C_ ("role", "Interviewer");
  case ENT_ROLE_CANDIDATE:
    return C_ ("role", "Candidate");
  case ENT_ROLE_OBSERVER:
    return C_ ("role", "Observer");
  }
  return "";
}

const char *
ent_wording_get_connection (EntConnection connection)
{
  switch (connection) {
  case ENT_CONNECTION_NONE:
    return C_ ("connection", "Nobody else here");
  case ENT_CONNECTION_OFFLINE:
    return C_ ("connection", "Offline");
  case ENT_CONNECTION_COORDINATOR:
    return C_ ("connection", "Through the coordinator");
  case ENT_CONNECTION_RELAYED:
    return C_ ("connection", "Relayed");
  case ENT_CONNECTION_DIRECT:
    return C_ ("connection", "Direct");
  }
  return "";
}

const char *
ent_wording_get_connection_name (EntConnection connection)
{
  switch (connection) {
  case ENT_CONNECTION_NONE:
    return _ ("Connection: nobody else is here");
  case ENT_CONNECTION_OFFLINE:
    return _ ("Connection: offline");
  case ENT_CONNECTION_COORDINATOR:
    return _ ("Connection: through the coordinator");
  case ENT_CONNECTION_RELAYED:
    return _ ("Connection: relayed");
  case ENT_CONNECTION_DIRECT:
    return _ ("Connection: direct");
  }
  return "";
}

const char *
ent_wording_get_connection_sentence (EntConnection connection)
{
  switch (connection) {
  case ENT_CONNECTION_NONE:
    return _ ("You are connected. The others have not come yet.");
  case ENT_CONNECTION_OFFLINE:
    return _ ("There is no connection at the moment. Go on writing: your edits are kept and sent "
              "later.");
  case ENT_CONNECTION_COORDINATOR:
    return _ (
      "Edits and chat go through the coordinator. A call needs a direct or relayed connection.");
  case ENT_CONNECTION_RELAYED:
    return _ ("You are connected to each other, encrypted, by a relay.");
  case ENT_CONNECTION_DIRECT:
    return _ ("You are connected to each other directly and encrypted.");
  }
  return "";
}

static GDateTime *
to_local (gint64 at_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);

  return utc ? g_date_time_to_local (utc) : NULL;
}

char *
ent_wording_new_time (gint64 at_us)
{
  g_autoptr (GDateTime) at = to_local (at_us);

  /* Translators: a time of day, see the manual of g_date_time_format(). */
  return at ? g_date_time_format (at, _ ("%H:%M")) : g_strdup ("");
}

typedef enum { DAY_TODAY, DAY_TOMORROW, DAY_THIS_YEAR, DAY_FAR, N_DAYS } Day;

static Day
get_day (GDateTime *at, GDateTime *now)
{
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (now, 1);

  if (g_date_time_get_year (at) != g_date_time_get_year (now))
    return DAY_FAR;
  if (g_date_time_get_day_of_year (at) == g_date_time_get_day_of_year (now))
    return DAY_TODAY;
  if (g_date_time_get_day_of_year (at) == g_date_time_get_day_of_year (tomorrow))
    return DAY_TOMORROW;
  return DAY_THIS_YEAR;
}

char *
ent_wording_new_day_time (gint64 at_us, gint64 now_us)
{
  /* Translators: day and time of an interview, see the manual of g_date_time_format(). */
  static const char *const formats[N_DAYS] = { N_ ("Today, %H:%M"), N_ ("Tomorrow, %H:%M"),
    /* xgettext:no-c-format */
    N_ ("%A, %-e %B, %H:%M"),
    /* xgettext:no-c-format */
    N_ ("%A, %-e %B %Y, %H:%M") };
  g_autoptr (GDateTime) at = to_local (at_us);
  g_autoptr (GDateTime) now = to_local (now_us);

  return at && now ? g_date_time_format (at, _ (formats[get_day (at, now)])) : g_strdup ("");
}

char *
ent_wording_new_day (gint64 at_us, gint64 now_us)
{
  /* Translators: a day, see the manual of g_date_time_format(). */
  static const char *const formats[N_DAYS] = { N_ ("Today, %A"), N_ ("Tomorrow, %A"),
    /* xgettext:no-c-format */
    N_ ("%A, %-e %B"),
    /* xgettext:no-c-format */
    N_ ("%A, %-e %B %Y") };
  g_autoptr (GDateTime) at = to_local (at_us);
  g_autoptr (GDateTime) now = to_local (now_us);

  return at && now ? g_date_time_format (at, _ (formats[get_day (at, now)])) : g_strdup ("");
}

/* The moment in that zone; NULL where it shows the same as here. */
static GDateTime *
to_other (gint64 at_us, const char *zone)
{
  g_autoptr (GTimeZone) other = zone ? g_time_zone_new_identifier (zone) : NULL;
  g_autoptr (GDateTime) at = to_local (at_us);
  g_autoptr (GDateTime) there = at && other ? g_date_time_to_timezone (at, other) : NULL;

  if (!there || g_date_time_get_utc_offset (there) == g_date_time_get_utc_offset (at))
    return NULL;
  return g_steal_pointer (&there);
}

char *
ent_wording_new_other_time (gint64 at_us, const char *zone)
{
  g_autoptr (GDateTime) there = to_other (at_us, zone);
  g_autofree char *time = NULL;

  if (!there)
    return NULL;
  /* Translators: weekday and time of day in another time zone, see g_date_time_format(). */
  time = g_date_time_format (there, _ ("%A, %H:%M"));
  /* Translators: a weekday with a time, then the name of a time zone such as Europe/Berlin. */
  return g_strdup_printf (_ ("%s in %s"), time, zone);
}

char *
ent_wording_new_other_span (gint64 starts_us, gint64 ends_us, const char *zone)
{
  g_autoptr (GDateTime) starts = to_other (starts_us, zone);
  g_autoptr (GTimeZone) other = zone ? g_time_zone_new_identifier (zone) : NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ends_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) ends = utc && other ? g_date_time_to_timezone (utc, other) : NULL;
  g_autofree char *from = NULL;
  g_autofree char *until = NULL;

  if (!starts || !ends)
    return NULL;
  from = g_date_time_format (starts, _ ("%A, %H:%M"));
  until = g_date_time_format (ends, _ ("%H:%M"));
  /* Translators: a weekday with a time, a time, and the name of a time zone. */
  return g_strdup_printf (_ ("%s to %s in %s"), from, until, zone);
}

char *
ent_wording_new_span (gint64 starts_us, gint64 ends_us, gint64 now_us)
{
  g_autofree char *starts = ent_wording_new_day_time (starts_us, now_us);
  g_autofree char *ends = ent_wording_new_time (ends_us);

  /* Translators: when an interview begins (day and time) and ends (time). */
  return g_strdup_printf (_ ("%s to %s"), starts, ends);
}

char *
ent_wording_new_duration (gint64 ms)
{
  if (ms < 1000)
    /* Translators: milliseconds. */
    return g_strdup_printf (_ ("%d ms"), (int) ms);
  /* Translators: seconds. */
  return g_strdup_printf (_ ("%.2f s"), ms / 1000.0);
}

static char *
new_verdict_head (const EntMsgRunEnded *result)
{
  switch ((EntVerdict) result->verdict) {
  case ENT_VERDICT_INTERNAL_ERROR:
    return g_strdup (_ ("The program could not be run."));
  case ENT_VERDICT_STOPPED:
    return g_strdup (_ ("Stopped."));
  case ENT_VERDICT_OUTPUT_LIMIT:
    return g_strdup (_ ("Ended: it wrote more than it may."));
  case ENT_VERDICT_MEMORY_LIMIT:
    return g_strdup (_ ("Ended: it used more memory than it may."));
  case ENT_VERDICT_TIME_LIMIT:
    return g_strdup (_ ("Ended: it took longer than it may."));
  case ENT_VERDICT_PROCESS_LIMIT:
    return g_strdup (_ ("Ended: it started more processes than it may."));
  case ENT_VERDICT_COMPILE_ERROR:
    return g_strdup (_ ("It could not be compiled."));
  case ENT_VERDICT_RUNTIME_ERROR:
    if (result->signal != 0)
      return g_strdup_printf (_ ("Failed: it was ended by signal %d."), (int) result->signal);
    return g_strdup_printf (_ ("Failed with exit code %d."), (int) result->exit_code);
  case ENT_VERDICT_OK:
    return g_strdup (_ ("Finished."));
  }
  return g_strdup ("");
}

char *
ent_wording_new_verdict (const EntMsgRunEnded *result)
{
  g_autofree char *head = new_verdict_head (result);
  g_autofree char *wall = ent_wording_new_duration (result->wall_ms);
  g_autofree char *cpu = ent_wording_new_duration (result->cpu_ms);
  g_autofree char *memory =
    g_format_size_full (MAX (result->memory_kb, 0) * 1024, G_FORMAT_SIZE_IEC_UNITS);
  GString *line = g_string_new (head);

  if (result->verdict == ENT_VERDICT_INTERNAL_ERROR) {
    if (result->message)
      g_string_append_printf (line, " %s", result->message);
    return g_string_free (line, FALSE);
  }
  if (result->verdict == ENT_VERDICT_COMPILE_ERROR)
    return g_string_free (line, FALSE);
  g_string_append_c (line, ' ');
  /* Translators: how long a program took, the processor's part of it, and its greatest memory. */
  g_string_append_printf (line, _ ("%s, %s of computing, %s of memory."), wall, cpu, memory);
  if (result->truncated)
    g_string_append_printf (line, " %s", _ ("The output was cut."));
  if (result->note)
    g_string_append_printf (line, " %s", result->note);
  return g_string_free (line, FALSE);
}

char *
ent_wording_new_short_name (const char *name)
{
  const char *end;

  if (name == NULL || g_utf8_strlen (name, -1) <= SHORT_NAME)
    return g_strdup (name);
  end = g_utf8_offset_to_pointer (name, SHORT_NAME - 1);
  /* Whole letters, with their accents, and no space before the dots. */
  while (end > name && (g_unichar_ismark (g_utf8_get_char (end)) || g_ascii_isspace (end[-1])))
    end = g_utf8_prev_char (end);
  return g_strdup_printf ("%.*s…", (int) (end - name), name);
}

const char *
ent_wording_get_language (const char *language)
{
  /* Names of languages are the same everywhere. */
  static const char *const names[][2] = {
    { "python", "Python" },
    { "javascript", "JavaScript" },
    { "typescript", "TypeScript" },
    { "c", "C" },
    { "cpp", "C++" },
    { "java", "Java" },
    { "go", "Go" },
    { "rust", "Rust" },
    { "csharp", "C#" },
    { "ruby", "Ruby" },
    { "php", "PHP" },
    { "kotlin", "Kotlin" },
    { "sql", "SQL" },
    { "bash", "Bash" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i][0], language) == 0)
      return names[i][1];
  return language ? language : "";
}
