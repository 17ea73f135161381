#include "service/coord-notice-text.h"

#include <string.h>

typedef struct {
  const char *subjects[5]; /* of each kind; %s is the title */
  const char *sentences[5];
  const char *hello; /* %s is the name */
  const char *what, *when, *who, *where, *why, *open;
  const char *days[7];
  const char *months[12];
  const char *date; /* %1$s weekday, %2$d day, %3$s month, %4$d year */
  const char *link_subjects[4];
  const char *link_sentences[4];
} Words;

static const Words english = {
  { "Interview booked: %s", "Interview moved: %s", "Interview cancelled: %s", "Tomorrow: %s",
    "In half an hour: %s" },
  { "the interview is booked.", "the interview has been moved to another time.",
    "the interview has been cancelled.", "this is a reminder of your interview.",
    "your interview starts soon. The room opens 15 minutes before." },
  "Hello %s,",
  "What",
  "When",
  "With",
  "Organisation",
  "Reason",
  "Open it in Entrevue (the link is for you alone):",
  { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" },
  { "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December" },
  "%1$s, %2$d %3$s %4$d",
  { "Confirm your mail address", "Set a new password", "You have an account already",
    "The copy of your data is ready" },
  { "please confirm that this is your mail address. The link is good for a day:",
    "somebody asked for a new password for your account. If it was you, open this link within half "
    "an hour; if not, there is nothing to do:",
    "somebody wanted to register with your mail address, which has an account already. If it was "
    "you, sign in, or ask for a new password.",
    "the copy of your data that you asked for is ready. Save it in Entrevue, under your account, "
    "within three days. If you did not ask for it, change your password." },
};

static const Words german = {
  { "Gespräch gebucht: %s", "Gespräch verlegt: %s", "Gespräch abgesagt: %s", "Morgen: %s",
    "In einer halben Stunde: %s" },
  { "das Gespräch ist gebucht.", "das Gespräch ist auf eine andere Zeit verlegt worden.",
    "das Gespräch ist abgesagt worden.", "dies ist eine Erinnerung an Ihr Gespräch.",
    "Ihr Gespräch beginnt bald. Der Raum öffnet 15 Minuten vorher." },
  "Guten Tag %s,",
  "Was",
  "Wann",
  "Mit",
  "Organisation",
  "Grund",
  "In Entrevue öffnen (der Link ist nur für Sie):",
  { "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag" },
  { "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
    "November", "Dezember" },
  "%1$s, %2$d. %3$s %4$d",
  { "Bestätigen Sie Ihre Mailadresse", "Ein neues Passwort setzen", "Sie haben schon ein Konto",
    "Die Kopie Ihrer Daten ist fertig" },
  { "bitte bestätigen Sie, dass dies Ihre Mailadresse ist. Der Link gilt einen Tag:",
    "jemand hat für Ihr Konto ein neues Passwort verlangt. Wenn Sie das waren, öffnen Sie diesen "
    "Link innerhalb einer halben Stunde; wenn nicht, ist nichts zu tun:",
    "jemand wollte sich mit Ihrer Mailadresse anmelden, die schon ein Konto hat. Wenn Sie das "
    "waren, melden Sie sich an, oder verlangen Sie ein neues Passwort.",
    "die Kopie Ihrer Daten, um die Sie gebeten haben, ist fertig. Speichern Sie sie in Entrevue, "
    "bei Ihrem Konto, innerhalb von drei Tagen. Wenn Sie nicht darum gebeten haben, ändern Sie Ihr "
    "Passwort." },
};

static const Words *
choose_words (const char *locale)
{
  return locale != NULL && g_ascii_strncasecmp (locale, "de", 2) == 0 &&
             !g_ascii_isalpha (locale[2])
           ? &german
           : &english;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static char *
fill_in (const char *form, const char *text)
{
  return g_strdup_printf (form, text);
}

static char *
format_date (const Words *words, GDateTime *time)
{
  return g_strdup_printf (words->date, words->days[g_date_time_get_day_of_week (time) - 1],
    g_date_time_get_day_of_month (time), words->months[g_date_time_get_month (time) - 1],
    g_date_time_get_year (time));
}

#pragma GCC diagnostic pop

char *
coord_notice_text_format_time (const CoordNoticeText *notice)
{
  const Words *words = choose_words (notice->locale);
  g_autoptr (GTimeZone) known =
    notice->zone != NULL ? g_time_zone_new_identifier (notice->zone) : NULL;
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) starts_utc =
    g_date_time_new_from_unix_utc (notice->starts_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) ends_utc = g_date_time_new_from_unix_utc (notice->ends_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) starts = g_date_time_to_timezone (starts_utc, known != NULL ? known : utc);
  g_autoptr (GDateTime) ends = g_date_time_to_timezone (ends_utc, known != NULL ? known : utc);
  g_autofree char *date = format_date (words, starts);

  return g_strdup_printf ("%s, %02d:%02d\u2013%02d:%02d (%s)", date, g_date_time_get_hour (starts),
    g_date_time_get_minute (starts), g_date_time_get_hour (ends), g_date_time_get_minute (ends),
    known != NULL ? notice->zone : "UTC");
}

char *
coord_notice_text_make_subject (const CoordNoticeText *notice)
{
  return fill_in (choose_words (notice->locale)->subjects[notice->kind], notice->title);
}

char *
coord_notice_text_make_text (const CoordNoticeText *notice)
{
  const Words *words = choose_words (notice->locale);
  g_autofree char *hello = fill_in (words->hello, notice->name);
  g_autofree char *time = coord_notice_text_format_time (notice);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s\n\n%s\n\n%s: %s\n%s: %s\n%s: %s\n%s: %s\n", hello,
    words->sentences[notice->kind], words->what, notice->title, words->when, time, words->who,
    notice->host_name, words->where, notice->org_name);
  if (notice->reason != NULL && *notice->reason != '\0')
    g_string_append_printf (text, "%s: %s\n", words->why, notice->reason);
  if (notice->link != NULL)
    g_string_append_printf (text, "\n%s\n%s\n", words->open, notice->link);
  return g_string_free (text, FALSE);
}

char *
coord_notice_text_to_html (const char *text)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n\n", -1);
  GString *html = g_string_new ("<!DOCTYPE html>\n<html><body>\n");

  for (guint i = 0; paragraphs[i] != NULL; i++) {
    g_autofree char *escaped = g_markup_escape_text (g_strchomp (paragraphs[i]), -1);
    g_auto (GStrv) lines = g_strsplit (escaped, "\n", -1);
    g_autofree char *joined = g_strjoinv ("<br>\n", lines);

    g_string_append_printf (html, "<p>%s</p>\n", joined);
  }
  g_string_append (html, "</body></html>\n");
  return g_string_free (html, FALSE);
}

char *
coord_notice_text_make_html (const CoordNoticeText *notice)
{
  g_autofree char *text = coord_notice_text_make_text (notice);

  return coord_notice_text_to_html (text);
}

char *
coord_link_text_make_subject (CoordLinkKind kind, const char *locale)
{
  return g_strdup (choose_words (locale)->link_subjects[kind]);
}

char *
coord_link_text_make_text (CoordLinkKind kind,
  const char *locale,
  const char *name,
  const char *link)
{
  const Words *words = choose_words (locale);
  g_autofree char *hello = fill_in (words->hello, name);

  return g_strdup_printf (
    "%s\n\n%s\n%s\n", hello, words->link_sentences[kind], link != NULL ? link : "");
}
