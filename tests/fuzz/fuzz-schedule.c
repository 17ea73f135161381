#include <stdint.h>
#include <string.h>

#include "calendar/coord-hours.h"
#include "calendar/coord-zone.h"
#include "protocol/ent-api-people.h"
#include "protocol/ent-api-schedule.h"
#include "service/coord-org-service.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
#define MOST 50

static const EntStruct *const bodies[] = {
  &ent_api_new_series_struct,
  &ent_api_slot_change_struct,
  &ent_api_reschedule_struct,
  &ent_api_reason_struct,
  &ent_api_new_booking_link_struct,
  &ent_api_guest_booking_struct,
  &ent_api_notification_struct,
  &ent_api_read_struct,
  &ent_api_new_org_invite_struct,
  &ent_api_new_team_struct,
};

static void
try_date (const char *text)
{
  g_autofree char *again = NULL;
  int day;

  if (!coord_zone_parse_day (text, &day))
    return;
  again = coord_zone_format_day (day);
  g_assert_cmpstr (again, ==, text);
}

/* Each minute of a day has its moment, which is on that day unless the clocks were changed. */
static void
try_zone (const char *name)
{
  g_autoptr (GTimeZone) zone = NULL;

  if (coord_zone_find_fault (name) != NULL)
    return;
  zone = g_time_zone_new_identifier (name);
  g_assert_nonnull (zone);
  for (int day = 20600; day < 20600 + 366; day += 61) {
    int minute, found = coord_zone_find_day (zone, coord_zone_find_time (zone, day, 720), &minute);

    g_assert_cmpint (ABS (found - day), <=, 1);
    g_assert_cmpint (minute, <, COORD_DAY_MINUTES);
  }
}

static gboolean
is_within (const GArray *spans, const CoordSpan *one)
{
  for (guint i = 0; i < spans->len; i++) {
    const CoordSpan *span = &g_array_index (spans, CoordSpan, i);

    if (span->starts_us <= one->starts_us && one->ends_us <= span->ends_us)
      return TRUE;
  }
  return FALSE;
}

/* Openings are in order, within the hours, apart from each other, and may be booked. */
static void
try_openings (const CoordAvailability *availability)
{
  const gint64 until_us = NOW_US + 14 * G_TIME_SPAN_DAY;
  g_autoptr (GArray) busy = g_array_new (FALSE, FALSE, sizeof (CoordSpan));
  g_autoptr (GArray) hours = coord_hours_expand (availability, NOW_US, until_us);
  g_autoptr (GArray) openings =
    coord_hours_find_openings (availability, busy, NULL, NOW_US, NOW_US, until_us, MOST);

  g_assert_cmpuint (openings->len, <=, MOST);
  for (guint i = 0; i < openings->len; i++) {
    const CoordSpan *one = &g_array_index (openings, CoordSpan, i);

    g_assert_cmpint (one->ends_us - one->starts_us, ==, availability->length_us);
    g_assert_true (is_within (hours, one));
    g_assert_true (coord_hours_allow (availability, busy, NULL, NOW_US, one));
    if (i > 0)
      g_assert_cmpint (one[-1].ends_us, <=, one->starts_us);
  }
}

static GArray *
read_hours (const EntApiAvailability *body)
{
  GArray *weekly = g_array_new (FALSE, FALSE, sizeof (CoordHours));

  for (guint i = 0; i < body->weekly->len; i++) {
    const EntApiHours *from = body->weekly->pdata[i];
    const CoordHours to = { from->day, from->from, from->until };

    g_array_append_val (weekly, to);
  }
  return weekly;
}

static void
read_special (const EntApiAvailability *body, GArray *special)
{
  for (guint i = 0; i < body->special->len; i++) {
    const EntApiSpecialHours *from = body->special->pdata[i];
    CoordHours to = { 0, from->from, from->until };

    if (coord_zone_parse_day (from->date, &to.day))
      g_array_append_val (special, to);
  }
}

/* What the service does with a body that is in order. */
static void
try_availability (const char *text, size_t size)
{
  g_autoptr (EntApiAvailability) body =
    ent_codec_decode (&ent_api_availability_struct, text, size, ENT_UNKNOWN_REFUSED, NULL);
  g_autoptr (GArray) weekly = NULL;
  g_autoptr (GArray) special = g_array_new (FALSE, FALSE, sizeof (CoordHours));
  g_autoptr (GTimeZone) zone = NULL;

  if (body == NULL || coord_zone_find_fault (body->zone) != NULL || body->length_s < 300 ||
      body->length_s % 60 != 0 || body->buffer_s % 60 != 0 || body->ahead_days < 1)
    return;
  weekly = read_hours (body);
  read_special (body, special);
  if (coord_hours_find_fault (weekly, TRUE) != NULL ||
      coord_hours_find_fault (special, FALSE) != NULL)
    return;
  zone = g_time_zone_new_identifier (body->zone);
  try_openings (&(CoordAvailability){ zone, weekly, special, body->length_s * G_USEC_PER_SEC,
    body->buffer_s * G_USEC_PER_SEC, body->notice_s * G_USEC_PER_SEC,
    body->ahead_days * G_TIME_SPAN_DAY, body->daily_limit });
}

/* First letter a: somebody's hours, d: a date, z: the name of a zone; any other chooses the body of
 * a request about slots, bookings, links or people. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = size > 0 ? g_strndup ((const char *) data + 1, size - 1) : NULL;

  if (text == NULL)
    return 0;
  switch (data[0]) {
  case 'a':
    try_availability (text, strlen (text));
    break;
  case 'd':
    try_date (text);
    break;
  case 'z':
    try_zone (text);
    break;
  default: {
    const EntStruct *type = bodies[data[0] % G_N_ELEMENTS (bodies)];
    gpointer body = ent_codec_decode (type, text, strlen (text), ENT_UNKNOWN_REFUSED, NULL);
    g_autofree char *again = body != NULL ? ent_codec_encode (type, body) : NULL;

    ent_struct_free (type, body);
  }
  }
  return 0;
}
