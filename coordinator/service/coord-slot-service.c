#include "service/coord-slot-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "calendar/coord-zone.h"
#include "protocol/ent-limits.h"
#include "service/coord-availability-service.h"
#include "service/coord-org-service.h"
#include "service/coord-permission.h"
#include "service/coord-version.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"

#define MAX_AHEAD_US (2 * 366 * G_TIME_SPAN_DAY)

static const char *const no_such_slot = "There is no such appointment.";

static gboolean
refuse (GError **error, CoordError code, const char *text)
{
  g_set_error_literal (error, COORD_ERROR, code, text);
  return FALSE;
}

char *
coord_slot_make_cursor (gint64 starts_at_us, const char *id)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ":%s", starts_at_us, id);
}

gboolean
coord_slot_read_cursor (const char *after, CoordRange *range, GError **error)
{
  char *end;

  range->after_us = 0;
  range->after_id = "";
  if (after == NULL || *after == '\0')
    return TRUE;
  range->after_us = g_ascii_strtoll (after, &end, 10);
  if (*end != ':' || !ent_id_is_valid (end + 1))
    return refuse (error, COORD_ERROR_INVALID, "'after' is not a cursor of an earlier answer.");
  range->after_id = end + 1;
  return TRUE;
}

static gboolean
check_times (gint64 starts_us, gint64 ends_us, gint64 now_us, GError **error)
{
  if (starts_us >= ends_us)
    return refuse (error, COORD_ERROR_INVALID, "The end must be after the start.");
  if (ends_us - starts_us > COORD_LONGEST_SLOT_US)
    return refuse (error, COORD_ERROR_INVALID, "An appointment can last 12 hours at most.");
  if (ends_us <= now_us || starts_us > now_us + MAX_AHEAD_US)
    return refuse (error, COORD_ERROR_INVALID,
      "The appointment must be in the future, and within the next two years.");
  return TRUE;
}

char **
coord_slot_list_people (const CoordSlot *slot)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new ();

  g_ptr_array_add (people, g_strdup (slot->interviewer_id));
  for (guint i = 0; slot->panel != NULL && slot->panel[i] != NULL; i++)
    g_ptr_array_add (people, g_strdup (slot->panel[i]));
  g_ptr_array_add (people, NULL);
  return (char **) g_ptr_array_steal (people, NULL);
}

/* Moves the texts of a slot, which nobody reads any more, into its answer. */
static EntApiSlot *
take_slot (CoordSlot *slot)
{
  EntApiSlot *answer = ent_api_slot_new ();

  answer->id = g_steal_pointer (&slot->id);
  answer->org = g_steal_pointer (&slot->org_id);
  answer->interviewer = g_steal_pointer (&slot->interviewer_id);
  answer->interviewer_name = g_steal_pointer (&slot->interviewer_name);
  answer->title = g_steal_pointer (&slot->title);
  answer->starts = slot->starts_at_us;
  answer->ends = slot->ends_at_us;
  answer->zone = g_steal_pointer (&slot->zone);
  answer->state = slot->taken < slot->capacity ? ENT_SLOT_OPEN : ENT_SLOT_BOOKED;
  if (slot->is_cancelled)
    answer->state = ENT_SLOT_CANCELLED;
  answer->panel = g_steal_pointer (&slot->panel);
  answer->capacity = slot->capacity;
  answer->taken = slot->taken;
  answer->series = g_steal_pointer (&slot->series_id);
  answer->version = slot->version;
  return answer;
}

/* The time of everybody who interviews, with what they want free afterwards. */
static gboolean
reserve_all (CoordDb *db, const CoordSlot *slot, GError **error)
{
  g_auto (GStrv) people = coord_slot_list_people (slot);

  for (guint i = 0; people[i] != NULL; i++) {
    g_autoptr (CoordPersonHours) hours = coord_availability_store_find (db, people[i], error);

    if (hours == NULL || !coord_booking_store_reserve (db, people[i], slot->starts_at_us,
                           slot->ends_at_us + hours->hours.buffer_us, slot->id, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
coord_slot_service_open (CoordDb *db,
  const CoordSlot *slot,
  gboolean is_ad_hoc,
  gint64 now_us,
  GError **error)
{
  return coord_booking_store_add_slot (db, slot, now_us, error) &&
         (is_ad_hoc || reserve_all (db, slot, error));
}

gboolean
coord_slot_service_close (CoordDb *db, const char *id, GError **error)
{
  return coord_booking_store_cancel_slot (db, id, error) &&
         coord_booking_store_release (db, id, error);
}

/* Whether the caller may make slots of these people, and they can have one. */
static gboolean
check_people (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordSlot *slot,
  GError **error)
{
  const CoordTarget target = { org_id, .not_found = "There is no such organisation." };
  g_auto (GStrv) people = coord_slot_list_people (slot);

  return coord_permission_check_people (
           db, caller, COORD_ACTION_SLOTS_OFFER, &target, people, error) &&
         coord_availability_service_check_people (db, org_id, people, error);
}

/* Fills in what the request leaves out; the strings are lent from it, and from *org. */
static gboolean
read_request (CoordDb *db,
  const CoordCaller *caller,
  const EntApiNewSlot *request,
  EntApiOrg **org,
  CoordSlot *slot,
  gint64 now_us,
  GError **error)
{
  *slot = (CoordSlot){ .org_id = request->org,
    .interviewer_id = request->interviewer != NULL ? request->interviewer : caller->user_id,
    .title = request->title != NULL ? request->title : (char *) "Interview",
    .zone = request->zone,
    .starts_at_us = request->starts,
    .ends_at_us = request->ends,
    .panel = request->panel,
    .capacity = MAX (request->capacity, 1) };
  if (!check_people (db, caller, request->org, slot, error) ||
      !check_times (request->starts, request->ends, now_us, error) ||
      (*org = coord_org_store_find (db, request->org, error)) == NULL)
    return FALSE;
  if (slot->zone == NULL)
    slot->zone = (*org)->zone;
  if (coord_zone_find_fault (slot->zone) != NULL)
    return refuse (error, COORD_ERROR_INVALID, coord_zone_find_fault (slot->zone));
  return TRUE;
}

/* Makes it under a new id. */
static EntApiSlot *
make_slot (CoordDb *db, const CoordCaller *caller, CoordSlot *slot, gint64 now_us, GError **error)
{
  g_autofree char *id = ent_id_new ();
  g_autoptr (CoordSlot) made = NULL;

  slot->id = id;
  if (!coord_slot_service_open (db, slot, FALSE, now_us, error) ||
      !coord_audit_store_add (
        db, slot->org_id, caller->user_id, "slot.add", id, "", now_us, error) ||
      (made = coord_booking_store_find_slot (db, id, error)) == NULL)
    return NULL;
  return take_slot (made);
}

EntApiSlot *
coord_slot_service_add (CoordDb *db,
  const CoordCaller *caller,
  const EntApiNewSlot *request,
  gint64 now_us,
  GError **error)
{
  g_autoptr (EntApiOrg) org = NULL;
  CoordSlot slot;

  return read_request (db, caller, request, &org, &slot, now_us, error)
           ? make_slot (db, caller, &slot, now_us, error)
           : NULL;
}

EntApiSeries *
coord_slot_service_add_series (CoordDb *db,
  const CoordCaller *caller,
  const EntApiNewSeries *request,
  gint64 now_us,
  GError **error)
{
  int days = (request->every == 0 ? 1 : 7) * (int) MAX (request->interval, 1);
  g_autoptr (EntApiSeries) series = NULL;
  g_autoptr (GTimeZone) zone = NULL;
  g_autoptr (EntApiOrg) org = NULL;
  g_autofree char *series_id = ent_id_new ();
  CoordSlot slot;
  int first_day, minute;

  if (!read_request (db, caller, request->slot, &org, &slot, now_us, error))
    return NULL;
  if (request->count < 1) {
    refuse (error, COORD_ERROR_INVALID, "A series has one appointment or more.");
    return NULL;
  }
  zone = g_time_zone_new_identifier (slot.zone);
  first_day = coord_zone_find_day (zone, slot.starts_at_us, &minute);
  slot.series_id = series_id;
  series = ent_api_series_new ();
  series->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_slot_free);
  for (int i = 0; i < request->count; i++) {
    EntApiSlot *made;

    slot.starts_at_us = coord_zone_find_time (zone, first_day + i * days, minute);
    slot.ends_at_us = slot.starts_at_us + (request->slot->ends - request->slot->starts);
    if (!check_times (slot.starts_at_us, slot.ends_at_us, now_us, error) ||
        (made = make_slot (db, caller, &slot, now_us, error)) == NULL)
      return NULL;
    g_ptr_array_add (series->items, made);
  }
  return g_steal_pointer (&series);
}

/* The slot, when the caller may change it and nobody has booked it. */
static CoordSlot *
find_free (CoordDb *db, const CoordCaller *caller, const char *id, gint64 version, GError **error)
{
  g_autoptr (CoordSlot) slot = coord_booking_store_find_slot (db, id, error);
  CoordTarget target;

  if (slot == NULL)
    return NULL;
  target = (CoordTarget){ slot->org_id, slot->interviewer_id, .not_found = no_such_slot };
  if (!coord_permission_check (db, caller, COORD_ACTION_SLOTS_CHANGE, &target, error) ||
      !coord_version_check (version, slot->version, error))
    return NULL;
  if (slot->is_cancelled) {
    refuse (error, COORD_ERROR_NOT_FOUND, no_such_slot);
    return NULL;
  }
  if (slot->taken == 0)
    return g_steal_pointer (&slot);
  refuse (
    error, COORD_ERROR_CONFLICT, "This appointment is booked. Move or cancel the interview first.");
  return NULL;
}

EntApiSlot *
coord_slot_service_change (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const EntApiSlotChange *request,
  gint64 version,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordSlot) slot = find_free (db, caller, id, version, error);

  if (slot == NULL)
    return NULL;
  if (request->starts != 0)
    slot->starts_at_us = request->starts;
  if (request->ends != 0)
    slot->ends_at_us = request->ends;
  if (request->title != NULL) {
    g_free (slot->title);
    slot->title = g_strdup (request->title);
  }
  if (!check_times (slot->starts_at_us, slot->ends_at_us, now_us, error) ||
      !coord_booking_store_release (db, id, error) ||
      !coord_booking_store_change_slot (db, slot, error) || !reserve_all (db, slot, error) ||
      !coord_audit_store_add (
        db, slot->org_id, caller->user_id, "slot.change", id, "", now_us, error))
    return NULL;
  slot->version++;
  return take_slot (slot);
}

static gboolean
remove_one (CoordDb *db,
  const CoordCaller *caller,
  const CoordSlot *slot,
  const char *id,
  gint64 now_us,
  GError **error)
{
  return coord_slot_service_close (db, id, error) &&
         coord_audit_store_add (
           db, slot->org_id, caller->user_id, "slot.remove", id, "", now_us, error);
}

gboolean
coord_slot_service_remove (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  gboolean with_rest,
  gint64 version,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordSlot) slot = find_free (db, caller, id, version, error);
  g_autoptr (GPtrArray) rest = NULL;

  if (slot == NULL)
    return FALSE;
  if (!with_rest || slot->series_id == NULL)
    return remove_one (db, caller, slot, id, now_us, error);
  /* All of a series are the same person's. */
  rest = coord_booking_store_list_rest (db, slot, error);
  for (guint i = 0; rest != NULL && i < rest->len; i++)
    if (!remove_one (db, caller, slot, rest->pdata[i], now_us, error))
      return FALSE;
  return rest != NULL;
}

EntApiSlotList *
coord_slot_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *after,
  guint limit,
  gint64 now_us,
  GError **error)
{
  CoordRange range = { .from_us = now_us, .until_us = G_MAXINT64, .limit = limit };
  g_autoptr (GPtrArray) slots = NULL;
  EntApiSlotList *list;

  if (!coord_slot_read_cursor (after, &range, error) ||
      (slots = coord_booking_store_list_slots (db, caller->user_id, &range, error)) == NULL)
    return NULL;
  list = ent_api_slot_list_new ();
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_slot_free);
  for (guint i = 0; i < slots->len; i++)
    g_ptr_array_add (list->items, take_slot (slots->pdata[i]));
  if (slots->len == limit) {
    const EntApiSlot *last = list->items->pdata[limit - 1];

    list->next = coord_slot_make_cursor (last->starts, last->id);
  }
  return list;
}
