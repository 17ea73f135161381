#include "outgoing/coord-mail.h"

#include <string.h>

#define LINE 76
#define WORD_BYTES 42 /* of text in one encoded word: 56 characters of base64 */

gboolean
coord_mail_is_address (const char *address)
{
  const char *at = strchr (address, '@');

  if (at == NULL || at == address || at[1] == '\0' || strchr (at + 1, '@') != NULL ||
      strlen (address) > 254)
    return FALSE;
  for (const char *c = address; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c) || strchr ("<>()[]\\,;:\"", *c) != NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_plain (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != ' ')
      return FALSE;
  return strlen (text) < 60;
}

char *
coord_mail_encode_word (const char *text)
{
  g_autoptr (GString) words = NULL;
  const char *at = text;

  if (is_plain (text))
    return g_strdup (text);
  words = g_string_new (NULL);
  while (*at != '\0') {
    const char *end = at;
    g_autofree char *base64 = NULL;

    while (*end != '\0' && g_utf8_next_char (end) - at <= WORD_BYTES)
      end = g_utf8_next_char (end);
    base64 = g_base64_encode ((const guchar *) at, end - at);
    g_string_append_printf (words, "%s=?UTF-8?B?%s?=", words->len > 0 ? "\r\n " : "", base64);
    at = end;
  }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* The body of one part, in base64: no line of people can end the message or be too long. */
static void
add_part (GString *out, const char *boundary, const char *type, const char *text)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *) text, strlen (text));

  g_string_append_printf (
    out, "--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n", boundary, type);
  for (gsize i = 0; i < strlen (base64); i += LINE)
    g_string_append_printf (out, "%.*s\r\n", LINE, base64 + i);
}

char *
coord_mail_write (const CoordMail *mail, const char *from, gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
    "Sep", "Oct", "Nov", "Dec" };
  g_autofree char *date = g_strdup_printf ("%s, %02d %s %04d %02d:%02d:%02d +0000",
    days[g_date_time_get_day_of_week (now) - 1], g_date_time_get_day_of_month (now),
    months[g_date_time_get_month (now) - 1], g_date_time_get_year (now), g_date_time_get_hour (now),
    g_date_time_get_minute (now), g_date_time_get_second (now));
  g_autofree char *name = coord_mail_encode_word (mail->name);
  g_autofree char *subject = coord_mail_encode_word (mail->subject);
  g_autofree char *boundary = g_strconcat ("entrevue-", mail->id, NULL);
  const char *domain = strchr (from, '@');
  GString *out = g_string_new (NULL);

  g_string_append_printf (out,
    "Date: %s\r\nFrom: Entrevue <%s>\r\nTo: %s <%s>\r\nSubject: %s\r\n"
    "Message-ID: <%s%s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n",
    date, from, name, mail->address, subject, mail->id, domain != NULL ? domain : "@localhost",
    boundary);
  add_part (out, boundary, "text/plain; charset=UTF-8", mail->text);
  add_part (out, boundary, "text/html; charset=UTF-8", mail->html);
  if (mail->calendar != NULL) {
    g_autofree char *type = g_strdup_printf (
      "text/calendar; charset=UTF-8; method=%s; name=\"interview.ics\"", mail->method);

    add_part (out, boundary, type, mail->calendar);
  }
  g_string_append_printf (out, "--%s--\r\n", boundary);
  return g_string_free (out, FALSE);
}
