#include "service/coord-record-service.h"

#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-record-store.h"
#include "store/coord-room-store.h"

#define EVERY_US G_TIME_SPAN_HOUR
#define AT_ONCE 5 /* in one transaction: each may have megabytes */

static gboolean
remove_record (CoordDb *db, const char *room_id, gint64 now_us, GError **error)
{
  g_autoptr (CoordRoom) room = coord_room_store_find (db, room_id, error);

  return room != NULL && coord_record_store_remove (db, room_id, now_us, error) &&
         coord_audit_store_add (
           db, room->org_id, "server", "record.remove", room->interview_id, "", now_us, error);
}

gint64
coord_record_service_remove (CoordDb *db, const char *subject, gint64 now_us, GError **error)
{
  return remove_record (db, subject, now_us, error) ? 0 : -1;
}

gint64
coord_record_service_tidy (CoordDb *db, const char *subject, gint64 now_us, GError **error)
{
  gint64 days = g_ascii_strtoll (subject, NULL, 10);
  g_autoptr (GPtrArray) rooms = coord_record_store_list_due (db, days, AT_ONCE, now_us, error);

  for (guint i = 0; rooms != NULL && i < rooms->len; i++)
    if (!remove_record (db, rooms->pdata[i], now_us, error))
      return -1;
  if (rooms == NULL)
    return -1;
  return rooms->len == AT_ONCE ? now_us : now_us + EVERY_US;
}

gboolean
coord_record_service_check (CoordDb *db, const char *room_id, GError **error)
{
  gint64 removed_us = coord_record_store_get_removed_at (db, room_id, error);
  g_autoptr (GDateTime) removed =
    removed_us > 0 ? g_date_time_new_from_unix_utc (removed_us / G_USEC_PER_SEC) : NULL;
  g_autofree char *day = removed != NULL ? g_date_time_format (removed, "%Y-%m-%d") : NULL;

  if (day != NULL)
    g_set_error (error, COORD_ERROR, COORD_ERROR_ROOM_ENDED,
      "This interview has ended. What was written in it was removed on %s, as it is not kept "
      "for longer.",
      day);
  return removed_us == 0;
}
