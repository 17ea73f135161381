#include "service/coord-interview-service.h"

#include <string.h>

#include "service/coord-event.h"
#include "service/coord-notice-service.h"
#include "service/coord-permission.h"
#include "service/coord-slot-service.h"
#include "service/coord-version.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-invitation-store.h"
#include "store/coord-room-store.h"

static const char *const no_such_interview = "There is no such interview.";

static gboolean
refuse (GError **error, CoordError code, const char *text)
{
  g_set_error_literal (error, COORD_ERROR, code, text);
  return FALSE;
}

/* Whose it is depends on what is to be done: people who only watch have no say. */
static CoordInterview *
find_for (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  CoordAction action,
  GError **error)
{
  g_autoptr (CoordInterview) interview =
    coord_booking_store_find_interview (db, id, caller->user_id, error);
  CoordTarget target;
  gboolean is_lead;

  if (interview == NULL)
    return NULL;
  is_lead = g_strcmp0 (interview->role, ent_role_nicks[ENT_ROLE_HOST]) == 0 ||
            g_strcmp0 (interview->role, ent_role_nicks[ENT_ROLE_CO_INTERVIEWER]) == 0;
  target = (CoordTarget){ .org_id = interview->org_id,
    .owner_id = interview->interviewer_id,
    .is_own = is_lead || (interview->role != NULL && action == COORD_ACTION_INTERVIEW_SHOW) ||
              (action == COORD_ACTION_INTERVIEW_CHANGE &&
                g_strcmp0 (interview->candidate_id, caller->user_id) == 0),
    .is_known = interview->role != NULL,
    .not_found = no_such_interview };
  return coord_permission_check (db, caller, action, &target, error) ? g_steal_pointer (&interview)
                                                                     : NULL;
}

gboolean
coord_interview_service_check_notice (const CoordInterview *interview,
  const CoordTimes *times,
  GError **error)
{
  gint64 until_us = interview->starts_at_us - times->change_us;
  g_autoptr (GDateTime) until = NULL;
  g_autofree char *text = NULL;

  if (times->now_us < until_us)
    return TRUE;
  until = g_date_time_new_from_unix_utc (until_us / G_USEC_PER_SEC);
  text = g_date_time_format (until, "%Y-%m-%d %H:%M UTC");
  g_set_error (error, COORD_ERROR, COORD_ERROR_DENIED,
    "The interview could be moved or cancelled until %s. Write to the interviewer.", text);
  return FALSE;
}

/* The interview, when the caller may move or cancel it now. */
static CoordInterview *
find_changeable (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  gint64 version,
  const CoordTimes *times,
  GError **error)
{
  g_autoptr (CoordInterview) interview =
    find_for (db, caller, id, COORD_ACTION_INTERVIEW_CHANGE, error);

  if (interview == NULL || !coord_version_check (version, interview->version, error))
    return NULL;
  if (!coord_interview_is_booked (interview) ||
      times->now_us >= interview->ends_at_us + times->grace_us) {
    refuse (error, COORD_ERROR_CONFLICT, "This interview is over, or was cancelled.");
    return NULL;
  }
  if (g_strcmp0 (interview->candidate_id, caller->user_id) == 0 &&
      !coord_interview_service_check_notice (interview, times, error))
    return NULL;
  return g_steal_pointer (&interview);
}

static EntApiInterviewAnswer *
answer (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const CoordTimes *times,
  GError **error)
{
  g_autoptr (CoordInterview) interview =
    coord_booking_store_find_interview (db, id, caller->user_id, error);
  EntApiInterviewAnswer *result;

  if (interview == NULL)
    return NULL;
  result = ent_api_interview_answer_new ();
  result->interview = coord_booking_service_describe (interview, times);
  return result;
}

/* Gives the time of everybody back. */
static gboolean
free_times (CoordDb *db, const CoordInterview *interview, GError **error)
{
  g_autoptr (CoordSlot) slot = coord_booking_store_find_slot (db, interview->slot_id, error);

  return slot != NULL && coord_booking_store_release (db, interview->id, error) &&
         coord_booking_store_give_place (db, slot->id, error) &&
         (!slot->is_from_hours || coord_slot_service_close (db, slot->id, error));
}

/* Those of the panel who are not in the new one leave. */
static gboolean
unseat_others (CoordDb *db,
  const CoordInterview *interview,
  const CoordSlot *slot,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (GPtrArray) people = coord_room_store_load_participants (db, interview->room_id, error);
  g_auto (GStrv) staying = coord_slot_list_people (slot);

  for (guint i = 0; people != NULL && i < people->len; i++) {
    const CoordParticipant *person = people->pdata[i];

    if (person->user_id == NULL || !ent_role_can_lead (person->role) ||
        g_strv_contains ((const char *const *) staying, person->user_id))
      continue;
    g_ptr_array_add (events,
      coord_event_new (COORD_EVENT_PARTICIPANT_REMOVED, interview->room_id, person->id, NULL));
    if (!coord_room_store_set_participant_state (
          db, person->id, COORD_PARTICIPANT_REMOVED, error) ||
        !coord_room_store_revoke_tokens (db, interview->room_id, person->id, NULL, error))
      return FALSE;
  }
  return people != NULL;
}

/* slot is not in the database yet when is_new. */
static gboolean
apply_move (CoordDb *db,
  const CoordInterview *interview,
  const CoordSlot *slot,
  gboolean is_new,
  const char *actor,
  const char *reason,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error)
{
  g_autofree char *busy = coord_booking_get_busy_name (interview->candidate_id, &interview->guest);

  g_ptr_array_add (
    events, coord_event_new (COORD_EVENT_ROOM_CHANGED, interview->room_id, NULL, NULL));
  return (!is_new || coord_slot_service_open (db, slot, FALSE, times->now_us, error)) &&
         coord_booking_store_take_place (db, slot->id, error) &&
         (busy == NULL || coord_booking_store_reserve (db, busy, slot->starts_at_us,
                            slot->ends_at_us, interview->id, error)) &&
         coord_booking_store_move_interview (db, interview->id, slot, error) &&
         unseat_others (db, interview, slot, events, error) &&
         coord_booking_service_seat (db, interview->room_id, slot, times->now_us, error) &&
         coord_invitation_store_move (
           db, interview->room_id, slot->ends_at_us + times->grace_us, error) &&
         coord_booking_store_add_change (
           db, interview->id, actor, "moved", slot->starts_at_us, reason, times->now_us, error) &&
         coord_audit_store_add (db, interview->org_id, actor, "interview.move", interview->id, "",
           times->now_us, error) &&
         coord_notice_service_tell (
           db, interview->id, COORD_NOTICE_MOVED, reason, NULL, times->now_us, events, error);
}

gboolean
coord_interview_service_move_in_hours (CoordDb *db,
  const CoordInterview *interview,
  gint64 starts_at_us,
  const char *actor,
  const char *reason,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordSlot) old = coord_booking_store_find_slot (db, interview->slot_id, error);
  g_auto (GStrv) people = old != NULL ? coord_slot_list_people (old) : NULL;
  g_autoptr (CoordSlot) slot = NULL;

  /* Its own time is free for it. */
  return old != NULL && free_times (db, interview, error) &&
         (slot = coord_booking_service_plan (db, interview->org_id, people, starts_at_us,
            interview->title, times->now_us, error)) != NULL &&
         apply_move (db, interview, slot, TRUE, actor, reason, times, events, error);
}

/* A slot that was offered, when the caller may book it. */
static CoordSlot *
find_offered (CoordDb *db,
  const CoordCaller *caller,
  const CoordInterview *interview,
  const char *slot_id,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordSlot) slot = coord_booking_store_find_slot (db, slot_id, error);
  CoordTarget target;

  if (slot == NULL)
    return NULL;
  if (strcmp (slot->org_id, interview->org_id) != 0 || slot->is_cancelled || slot->is_from_hours ||
      slot->ends_at_us <= now_us) {
    refuse (error, COORD_ERROR_NOT_FOUND, "There is no such appointment.");
    return NULL;
  }
  if (slot->taken >= slot->capacity) {
    coord_booking_service_set_taken (db, slot, now_us, error);
    return NULL;
  }
  target = (CoordTarget){ slot->org_id, slot->interviewer_id, .not_found = no_such_interview };
  if (g_strcmp0 (interview->candidate_id, caller->user_id) != 0 &&
      strcmp (slot->interviewer_id, interview->interviewer_id) != 0 &&
      !coord_permission_check (db, caller, COORD_ACTION_BOOK_OTHERS, &target, error))
    return NULL;
  return g_steal_pointer (&slot);
}

EntApiInterviewAnswer *
coord_interview_service_move (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const EntApiReschedule *request,
  gint64 version,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordInterview) interview = find_changeable (db, caller, id, version, times, error);
  g_autoptr (CoordSlot) slot = NULL;
  gboolean is_moved;

  if (interview == NULL)
    return NULL;
  if ((request->slot_id != NULL) == (request->starts != 0)) {
    refuse (error, COORD_ERROR_INVALID, "Give a slot_id or starts.");
    return NULL;
  }
  if (request->slot_id == NULL)
    is_moved = coord_interview_service_move_in_hours (
      db, interview, request->starts, caller->user_id, request->reason, times, events, error);
  else
    is_moved = free_times (db, interview, error) &&
               (slot = find_offered (
                  db, caller, interview, request->slot_id, times->now_us, error)) != NULL &&
               apply_move (db, interview, slot, FALSE, caller->user_id, request->reason, times,
                 events, error);
  return is_moved ? answer (db, caller, id, times, error) : NULL;
}

gboolean
coord_interview_service_apply_cancel (CoordDb *db,
  const CoordInterview *interview,
  const char *actor,
  const char *reason,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_ptr_array_add (
    events, coord_event_new (COORD_EVENT_ROOM_CHANGED, interview->room_id, NULL, NULL));
  return free_times (db, interview, error) &&
         coord_booking_store_set_state (db, interview->id, "cancelled", error) &&
         coord_room_store_close (db, interview->room_id, now_us, error) &&
         coord_booking_store_add_change (
           db, interview->id, actor, "cancelled", interview->starts_at_us, reason, now_us, error) &&
         coord_audit_store_add (
           db, interview->org_id, actor, "interview.cancel", interview->id, "", now_us, error) &&
         coord_notice_service_tell (
           db, interview->id, COORD_NOTICE_CANCELLED, reason, NULL, now_us, events, error);
}

EntApiInterviewAnswer *
coord_interview_service_cancel (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const char *reason,
  gint64 version,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordInterview) known =
    find_for (db, caller, id, COORD_ACTION_INTERVIEW_CHANGE, error);
  g_autoptr (CoordInterview) interview = NULL;

  if (known == NULL)
    return NULL;
  if (g_strcmp0 (known->state, "cancelled") == 0)
    return answer (db, caller, id, times, error);
  interview = find_changeable (db, caller, id, version, times, error);
  return interview != NULL && coord_interview_service_apply_cancel (db, interview, caller->user_id,
                                reason, times->now_us, events, error)
           ? answer (db, caller, id, times, error)
           : NULL;
}

EntApiInterviewAnswer *
coord_interview_service_set_no_show (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const char *reason,
  gint64 version,
  const CoordTimes *times,
  GError **error)
{
  g_autoptr (CoordInterview) interview =
    find_for (db, caller, id, COORD_ACTION_INTERVIEW_NO_SHOW, error);

  if (interview == NULL || !coord_version_check (version, interview->version, error))
    return NULL;
  if (!coord_interview_is_booked (interview) || times->now_us < interview->starts_at_us) {
    refuse (error, COORD_ERROR_CONFLICT,
      "That nobody came can be said from the start on, of an interview that was not cancelled.");
    return NULL;
  }
  return coord_booking_store_set_state (db, id, "no-show", error) &&
             coord_booking_store_add_change (db, id, caller->user_id, "no-show",
               interview->starts_at_us, reason, times->now_us, error) &&
             coord_audit_store_add (db, interview->org_id, caller->user_id, "interview.no-show", id,
               "", times->now_us, error)
           ? answer (db, caller, id, times, error)
           : NULL;
}

EntApiHistory *
coord_interview_service_list_history (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  GError **error)
{
  g_autoptr (CoordInterview) interview =
    find_for (db, caller, id, COORD_ACTION_INTERVIEW_SHOW, error);
  GPtrArray *changes;
  EntApiHistory *history;

  if (interview == NULL || (changes = coord_booking_store_list_changes (db, id, error)) == NULL)
    return NULL;
  history = ent_api_history_new ();
  history->items = changes;
  return history;
}
