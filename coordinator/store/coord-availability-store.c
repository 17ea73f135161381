#include "store/coord-availability-store.h"

#include "store/coord-account-store.h"
#include "store/coord-error.h"

#define STANDARD_LENGTH_US G_TIME_SPAN_HOUR
#define STANDARD_AHEAD_US (14 * G_TIME_SPAN_DAY)
#define MAX_BUSY 5000

void
coord_person_hours_free (CoordPersonHours *hours)
{
  g_clear_pointer (&hours->hours.zone, g_time_zone_unref);
  g_array_unref (hours->hours.weekly);
  g_array_unref (hours->hours.special);
  g_free (hours->zone_name);
  g_free (hours);
}

CoordPersonHours *
coord_person_hours_new (const char *zone_name)
{
  CoordPersonHours *hours = g_new0 (CoordPersonHours, 1);

  hours->hours.zone = zone_name != NULL ? g_time_zone_new_identifier (zone_name) : NULL;
  hours->zone_name = g_strdup (hours->hours.zone != NULL ? zone_name : "UTC");
  if (hours->hours.zone == NULL)
    hours->hours.zone = g_time_zone_new_utc ();
  hours->hours.weekly = g_array_new (FALSE, FALSE, sizeof (CoordHours));
  hours->hours.special = g_array_new (FALSE, FALSE, sizeof (CoordHours));
  hours->hours.length_us = STANDARD_LENGTH_US;
  hours->hours.ahead_us = STANDARD_AHEAD_US;
  hours->version = 1;
  return hours;
}

/* Takes the rows. */
static gboolean
read_hours (CoordRows *rows, GArray *list)
{
  g_autoptr (CoordRows) owned = rows;

  while (rows != NULL && coord_rows_next (rows)) {
    const CoordHours hours = { coord_rows_get_int (rows, 0), coord_rows_get_int (rows, 1),
      coord_rows_get_int (rows, 2) };

    g_array_append_val (list, hours);
  }
  return rows != NULL;
}

CoordPersonHours *
coord_availability_store_find (CoordDb *db, const char *person_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT zone, length_s, buffer_s, notice_s, ahead_days, daily_limit, version FROM availability"
    " WHERE person = $1",
    COORD_TEXT (person_id));
  g_autoptr (CoordPersonHours) found = NULL;

  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows)) {
    g_autoptr (CoordPerson) person = coord_account_store_find (db, person_id, error);

    return person != NULL ? coord_person_hours_new (person->zone) : NULL;
  }
  found = coord_person_hours_new (coord_rows_get_text (rows, 0));
  found->hours.length_us = coord_rows_get_int (rows, 1) * G_USEC_PER_SEC;
  found->hours.buffer_us = coord_rows_get_int (rows, 2) * G_USEC_PER_SEC;
  found->hours.notice_us = coord_rows_get_int (rows, 3) * G_USEC_PER_SEC;
  found->hours.ahead_us = coord_rows_get_int (rows, 4) * G_TIME_SPAN_DAY;
  found->hours.daily_limit = coord_rows_get_int (rows, 5);
  found->version = coord_rows_get_int (rows, 6);
  if (!read_hours (coord_db_query (db, error,
                     "SELECT weekday, from_minute, until_minute FROM weekly_hours WHERE person = $1"
                     " ORDER BY weekday, from_minute",
                     COORD_TEXT (person_id)),
        found->hours.weekly) ||
      !read_hours (coord_db_query (db, error,
                     "SELECT day, from_minute, until_minute FROM special_hours WHERE person = $1"
                     " ORDER BY day, from_minute",
                     COORD_TEXT (person_id)),
        found->hours.special))
    return NULL;
  return g_steal_pointer (&found);
}

static gboolean
add_all (CoordDb *db, const char *sql, const char *person_id, const GArray *list, GError **error)
{
  for (guint i = 0; i < list->len; i++) {
    const CoordHours *hours = &g_array_index (list, CoordHours, i);

    if (!coord_db_run (db, error, sql, COORD_TEXT (person_id), COORD_INT (hours->day),
          COORD_INT (hours->from), COORD_INT (hours->until)))
      return FALSE;
  }
  return TRUE;
}

gboolean
coord_availability_store_set (CoordDb *db,
  const char *person_id,
  const CoordPersonHours *hours,
  GError **error)
{
  return coord_db_run (db, error,
           "INSERT INTO availability (person, zone, length_s, buffer_s, notice_s, ahead_days,"
           " daily_limit, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
           " ON CONFLICT (person) DO UPDATE SET zone = excluded.zone, length_s = excluded.length_s,"
           " buffer_s = excluded.buffer_s, notice_s = excluded.notice_s,"
           " ahead_days = excluded.ahead_days, daily_limit = excluded.daily_limit,"
           " version = excluded.version",
           COORD_TEXT (person_id), COORD_TEXT (hours->zone_name),
           COORD_INT (hours->hours.length_us / G_USEC_PER_SEC),
           COORD_INT (hours->hours.buffer_us / G_USEC_PER_SEC),
           COORD_INT (hours->hours.notice_us / G_USEC_PER_SEC),
           COORD_INT (hours->hours.ahead_us / G_TIME_SPAN_DAY),
           COORD_INT (hours->hours.daily_limit), COORD_INT (hours->version)) &&
         coord_db_run (
           db, error, "DELETE FROM weekly_hours WHERE person = $1", COORD_TEXT (person_id)) &&
         coord_db_run (
           db, error, "DELETE FROM special_hours WHERE person = $1", COORD_TEXT (person_id)) &&
         add_all (db,
           "INSERT INTO weekly_hours (person, weekday, from_minute, until_minute)"
           " VALUES ($1, $2, $3, $4)",
           person_id, hours->hours.weekly, error) &&
         add_all (db,
           "INSERT INTO special_hours (person, day, from_minute, until_minute)"
           " VALUES ($1, $2, $3, $4)",
           person_id, hours->hours.special, error);
}

GArray *
coord_availability_store_list_busy (CoordDb *db,
  const char *person_id,
  gint64 from_us,
  gint64 until_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT starts_at, ends_at FROM busy WHERE person = $1 AND ends_at > $2 AND starts_at < $3"
    " ORDER BY starts_at LIMIT $4",
    COORD_TEXT (person_id), COORD_INT (from_us), COORD_INT (until_us), COORD_INT (MAX_BUSY));
  GArray *busy;

  if (rows == NULL)
    return NULL;
  busy = g_array_new (FALSE, FALSE, sizeof (CoordSpan));
  while (coord_rows_next (rows)) {
    const CoordSpan span = { coord_rows_get_int (rows, 0), coord_rows_get_int (rows, 1) };

    g_array_append_val (busy, span);
  }
  return busy;
}
