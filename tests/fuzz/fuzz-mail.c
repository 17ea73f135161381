#include <stdint.h>
#include <string.h>

#include "calendar/coord-ics.h"
#include "outgoing/coord-mail.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
#define MAX_LINE 998 /* of a message, RFC 5322 */
#define MAX_ICS_LINE 75 /* RFC 5545 */

static guint
count (const char *text, const char *what)
{
  guint n = 0;

  for (const char *at = strstr (text, what); at != NULL; at = strstr (at + 1, what))
    n++;
  return n;
}

/* All lines end with CRLF and are short enough; nothing else breaks one. */
static void
expect_lines (const char *text, gsize most)
{
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_assert_cmpuint (strlen (lines[i]), <=, most);
    g_assert_null (strpbrk (lines[i], "\r\n"));
  }
}

static void
try_address (const char *text)
{
  if (!coord_mail_is_address (text))
    return;
  g_assert_cmpuint (strlen (text), <=, 254);
  g_assert_cmpuint (count (text, "@"), ==, 1);
  for (const char *c = text; *c != '\0'; c++)
    g_assert_true (g_ascii_isgraph (*c) && *c != '<' && *c != '>');
}

/* Whatever people are called and interviews are about, a message has the headers it should have. */
static void
try_message (char **words)
{
  const CoordMail mail = { "01932d5e-7c7e-7cc4-b1a5-2f8a3d0a5b11", words[0], "cara@example.org",
    words[1], words[2], words[2], words[2], "REQUEST" };
  g_autofree char *text = coord_mail_write (&mail, "entrevue@example.org", NOW_US);
  char *end = strstr (text, "\r\n\r\n");
  g_auto (GStrv) lines = NULL;
  guint n_headers = 0;

  expect_lines (text, MAX_LINE);
  g_assert_nonnull (end);
  end[0] = '\0';
  lines = g_strsplit (text, "\r\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    n_headers += lines[i][0] != ' ';
  g_assert_cmpuint (n_headers, ==, 8);
}

static void
try_calendar (char **words)
{
  const CoordIcsEvent event = { .uid = "01932d5e-7c7e-7cc4-b1a5-2f8a3d0a5b11@entrevue",
    .sequence = 3,
    .starts_us = NOW_US,
    .ends_us = NOW_US + G_TIME_SPAN_HOUR,
    .made_at_us = NOW_US,
    .summary = words[0],
    .description = words[1],
    .organizer = "entrevue@example.org",
    .attendee = "cara@example.org",
    .attendee_name = words[2] };
  g_autofree char *text = coord_ics_write (&event, "REQUEST");

  expect_lines (text, MAX_ICS_LINE);
  g_assert_cmpuint (count (text, "\r\nBEGIN:"), ==, 1);
  g_assert_cmpuint (count (text, "\r\nEND:"), ==, 2);
  g_assert_cmpuint (count (text, "\r\nUID:"), ==, 1);
  g_assert_cmpuint (count (text, "\r\nATTENDEE"), ==, 1);
}

/* First letter a: an address; m: a name, a subject and a text, with a NUL between them, for a
 * message; any other: a title, a description and a name for a calendar. They come from structs that
 * were checked, so they are UTF-8. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *words[3] = { NULL };
  gsize at = 1;

  if (size < 1)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize length = at < size ? strnlen ((const char *) data + at, size - at) : 0;

    words[i] = g_utf8_make_valid (length > 0 ? (const char *) data + at : "", length);
    at += length + 1;
  }
  if (data[0] == 'a')
    try_address (words[0]);
  else if (data[0] == 'm')
    try_message (words);
  else
    try_calendar (words);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_free (words[i]);
  return 0;
}
