#include "service/coord-booking-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "protocol/ent-limits.h"
#include "service/coord-org-service.h"
#include "service/coord-permission.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"
#include "store/coord-room-store.h"

#define MAX_SLOT_US (12 * G_TIME_SPAN_HOUR)
#define MAX_AHEAD_US (2 * 366 * G_TIME_SPAN_DAY)

static const char *const no_such_org = "There is no such organisation.";
static const char *const no_such_slot = "There is no such appointment.";
static const char *const no_such_interview = "There is no such interview.";

static gboolean
refuse (GError **error, CoordError code, const char *text)
{
  g_set_error_literal (error, COORD_ERROR, code, text);
  return FALSE;
}

/* Cursors are "start:id". */
static char *
make_cursor (gint64 starts_at_us, const char *id)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ":%s", starts_at_us, id);
}

static gboolean
read_cursor (const char *after, CoordRange *range, GError **error)
{
  char *end;

  range->after_us = 0;
  range->after_id = "";
  if (after == NULL)
    return TRUE;
  range->after_us = g_ascii_strtoll (after, &end, 10);
  if (*end != ':' || !ent_id_is_valid (end + 1))
    return refuse (error, COORD_ERROR_INVALID, "'after' is not a cursor of an earlier answer.");
  range->after_id = end + 1;
  return TRUE;
}

static gboolean
check_times (const EntApiNewSlot *request, gint64 now_us, GError **error)
{
  if (request->starts >= request->ends)
    return refuse (error, COORD_ERROR_INVALID, "The end must be after the start.");
  if (request->ends - request->starts > MAX_SLOT_US)
    return refuse (error, COORD_ERROR_INVALID, "An appointment can last 12 hours at most.");
  if (request->ends <= now_us || request->starts > now_us + MAX_AHEAD_US)
    return refuse (error, COORD_ERROR_INVALID,
      "The appointment must be in the future, and within the next two years.");
  return TRUE;
}

/* Whether the caller may make a slot for this interviewer, and the interviewer can have one. */
static gboolean
check_slot_right (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *interviewer_id,
  GError **error)
{
  const CoordTarget target = { org_id, interviewer_id, .not_found = no_such_org };
  g_autoptr (GError) failure = NULL;
  EntOrgRole theirs;

  if (!coord_permission_check (db, caller, COORD_ACTION_SLOTS_OFFER, &target, error))
    return FALSE;
  if (coord_org_store_find_role (db, org_id, interviewer_id, &theirs, &failure) &&
      theirs != ENT_ORG_CANDIDATE)
    return TRUE;
  if (failure == NULL)
    return refuse (
      error, COORD_ERROR_NOT_FOUND, "There is no such interviewer in this organisation.");
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static EntApiSlot *
describe_slot (const CoordSlot *slot)
{
  EntApiSlot *answer = ent_api_slot_new ();

  answer->id = g_strdup (slot->id);
  answer->org = g_strdup (slot->org_id);
  answer->interviewer = g_strdup (slot->interviewer_id);
  answer->interviewer_name = g_strdup (slot->interviewer_name);
  answer->title = g_strdup (slot->title);
  answer->starts = slot->starts_at_us;
  answer->ends = slot->ends_at_us;
  answer->zone = g_strdup (slot->zone);
  answer->state = slot->taken < slot->capacity ? ENT_SLOT_OPEN : ENT_SLOT_BOOKED;
  return answer;
}

gboolean
coord_booking_service_open_slot (CoordDb *db,
  const CoordSlot *slot,
  gboolean is_ad_hoc,
  gint64 now_us,
  GError **error)
{
  return coord_booking_store_add_slot (db, slot, now_us, error) &&
         (is_ad_hoc || coord_booking_store_reserve (db, slot->interviewer_id, slot->starts_at_us,
                         slot->ends_at_us, slot->id, error));
}

EntApiSlot *
coord_booking_service_add_slot (CoordDb *db,
  const CoordCaller *caller,
  const EntApiNewSlot *request,
  const CoordTimes *times,
  GError **error)
{
  const char *interviewer = request->interviewer != NULL ? request->interviewer : caller->user_id;
  g_autofree char *id = ent_id_new ();
  g_autoptr (EntApiOrg) org = NULL;
  g_autoptr (CoordSlot) made = NULL;
  CoordSlot slot = { .id = id,
    .org_id = request->org,
    .interviewer_id = (char *) interviewer,
    .title = request->title != NULL ? request->title : (char *) "Interview",
    .zone = request->zone,
    .starts_at_us = request->starts,
    .ends_at_us = request->ends,
    .capacity = 1 };

  if (!check_slot_right (db, caller, request->org, interviewer, error) ||
      !check_times (request, times->now_us, error) ||
      (org = coord_org_store_find (db, request->org, error)) == NULL)
    return NULL;
  if (slot.zone == NULL)
    slot.zone = org->zone;
  if (coord_zone_find_fault (slot.zone) != NULL) {
    refuse (error, COORD_ERROR_INVALID, coord_zone_find_fault (slot.zone));
    return NULL;
  }
  if (!coord_booking_service_open_slot (db, &slot, FALSE, times->now_us, error) ||
      !coord_audit_store_add (
        db, request->org, caller->user_id, "slot.add", id, "", times->now_us, error) ||
      (made = coord_booking_store_find_slot (db, id, error)) == NULL)
    return NULL;
  return describe_slot (made);
}

EntApiSlotList *
coord_booking_service_list_slots (CoordDb *db,
  const CoordCaller *caller,
  const char *after,
  guint limit,
  const CoordTimes *times,
  GError **error)
{
  CoordRange range = { .from_us = times->now_us, .until_us = G_MAXINT64, .limit = limit };
  g_autoptr (GPtrArray) slots = NULL;
  EntApiSlotList *list;

  if (!read_cursor (after, &range, error) ||
      (slots = coord_booking_store_list_slots (db, caller->user_id, &range, error)) == NULL)
    return NULL;
  list = ent_api_slot_list_new ();
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_slot_free);
  for (guint i = 0; i < slots->len; i++)
    g_ptr_array_add (list->items, describe_slot (slots->pdata[i]));
  if (slots->len == limit) {
    const CoordSlot *last = slots->pdata[limit - 1];

    list->next = make_cursor (last->starts_at_us, last->id);
  }
  return list;
}

/* Interviews. */

static gboolean
add_person (CoordDb *db,
  const char *room_id,
  const char *person_id,
  EntRole role,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, person_id, error);
  g_autofree char *id = ent_id_new ();
  CoordParticipant participant = { .id = id,
    .room_id = (char *) room_id,
    .user_id = (char *) person_id,
    .role = role,
    .state = COORD_PARTICIPANT_EXPECTED };

  if (person == NULL)
    return FALSE;
  participant.name = person->name;
  return coord_room_store_add_participant (db, &participant, now_us, error);
}

char *
coord_booking_service_make (CoordDb *db,
  const CoordSlot *slot,
  const char *candidate_id,
  const char *note,
  const char *created_by,
  gboolean is_ad_hoc,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = ent_id_new ();
  g_autofree char *room_id = ent_id_new ();
  CoordInterview interview = { .id = id,
    .org_id = slot->org_id,
    .slot_id = slot->id,
    .room_id = room_id,
    .interviewer_id = slot->interviewer_id,
    .candidate_id = (char *) candidate_id,
    .title = slot->title,
    .note = (char *) note,
    .starts_at_us = slot->starts_at_us,
    .ends_at_us = slot->ends_at_us };

  if (!coord_booking_store_take_place (db, slot->id, error))
    return NULL;
  if (candidate_id != NULL && !is_ad_hoc &&
      !coord_booking_store_reserve (
        db, candidate_id, slot->starts_at_us, slot->ends_at_us, id, error))
    return NULL;
  if (!coord_booking_store_add_interview (db, &interview, created_by, now_us, error) ||
      !add_person (db, room_id, slot->interviewer_id, ENT_ROLE_HOST, now_us, error) ||
      (candidate_id != NULL &&
        !add_person (db, room_id, candidate_id, ENT_ROLE_CANDIDATE, now_us, error)) ||
      !coord_audit_store_add (
        db, slot->org_id, created_by, "interview.book", id, "", now_us, error))
    return NULL;
  return g_steal_pointer (&id);
}

/* Finds out for whom the caller may book this slot. */
static const char *
choose_candidate (CoordDb *db,
  const CoordCaller *caller,
  const CoordSlot *slot,
  const EntApiBooking *request,
  GError **error)
{
  const char *candidate = request->candidate;
  const CoordTarget target = { slot->org_id, slot->interviewer_id, .not_found = no_such_slot };
  g_autoptr (GError) failure = NULL;
  EntOrgRole own, theirs;

  if (!coord_caller_get_role (db, caller, slot->org_id, no_such_slot, &own, error))
    return NULL;
  if (coord_permission_get_reach (COORD_ACTION_BOOK_SELF, own) == COORD_REACH_ALL &&
      (candidate == NULL || strcmp (candidate, caller->user_id) == 0))
    return caller->user_id;
  if (!coord_permission_check (db, caller, COORD_ACTION_BOOK_OTHERS, &target, error))
    return NULL;
  if (candidate == NULL || strcmp (candidate, slot->interviewer_id) == 0) {
    refuse (error, COORD_ERROR_INVALID,
      candidate == NULL ? "Say who the candidate is." : "The interviewer cannot be the candidate.");
    return NULL;
  }
  if (coord_org_store_find_role (db, slot->org_id, candidate, &theirs, &failure))
    return candidate;
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    refuse (error, COORD_ERROR_NOT_FOUND, "There is no such person in this organisation.");
  return NULL;
}

static EntInterviewState
get_state (const CoordInterview *interview, const CoordTimes *times)
{
  if (interview->is_ended || times->now_us >= interview->ends_at_us + times->grace_us)
    return ENT_INTERVIEW_ENDED;
  return times->now_us >= interview->starts_at_us ? ENT_INTERVIEW_IN_PROGRESS
                                                  : ENT_INTERVIEW_SCHEDULED;
}

static EntApiInterview *
describe_interview (const CoordInterview *interview, const CoordTimes *times)
{
  EntApiInterview *answer = ent_api_interview_new ();

  answer->id = g_strdup (interview->id);
  answer->org = g_strdup (interview->org_id);
  answer->org_name = g_strdup (interview->org_name);
  answer->title = g_strdup (interview->title);
  answer->room = g_strdup (interview->room_id);
  answer->state = get_state (interview, times);
  answer->starts = interview->starts_at_us;
  answer->ends = interview->ends_at_us;
  answer->opens = interview->starts_at_us - times->room_opens_us;
  answer->zone = g_strdup (interview->zone);
  answer->host_name = g_strdup (interview->interviewer_name);
  answer->candidate_name = g_strdup (interview->candidate_name);
  answer->role = ENT_ROLE_OBSERVER;
  for (int i = 0; interview->role != NULL && ent_role_nicks[i] != NULL; i++)
    if (strcmp (ent_role_nicks[i], interview->role) == 0)
      answer->role = i;
  answer->version = interview->version;
  return answer;
}

static EntApiInterviewAnswer *
answer_interview (CoordDb *db,
  const char *id,
  const char *person_id,
  const CoordTimes *times,
  GError **error)
{
  g_autoptr (CoordInterview) interview =
    coord_booking_store_find_interview (db, id, person_id, error);
  EntApiInterviewAnswer *answer;

  if (interview == NULL)
    return NULL;
  answer = ent_api_interview_answer_new ();
  answer->interview = describe_interview (interview, times);
  return answer;
}

EntApiInterviewAnswer *
coord_booking_service_book (CoordDb *db,
  const CoordCaller *caller,
  const EntApiBooking *request,
  const CoordTimes *times,
  GError **error)
{
  g_autoptr (CoordSlot) slot = coord_booking_store_find_slot (db, request->slot_id, error);
  g_autofree char *id = NULL;
  const char *candidate;

  if (slot == NULL || (candidate = choose_candidate (db, caller, slot, request, error)) == NULL)
    return NULL;
  if (slot->ends_at_us <= times->now_us) {
    refuse (error, COORD_ERROR_INVALID, "This appointment is over.");
    return NULL;
  }
  id = coord_booking_service_make (
    db, slot, candidate, request->note, caller->user_id, FALSE, times->now_us, error);
  return id != NULL ? answer_interview (db, id, caller->user_id, times, error) : NULL;
}

EntApiInterviewList *
coord_booking_service_list_mine (CoordDb *db,
  const CoordCaller *caller,
  gboolean is_past,
  const char *after,
  guint limit,
  const CoordTimes *times,
  GError **error)
{
  gint64 border_us = times->now_us - times->grace_us;
  CoordRange range = { .from_us = border_us, .until_us = border_us, .limit = limit };
  g_autoptr (GPtrArray) interviews = NULL;
  EntApiInterviewList *list;

  if (!read_cursor (after, &range, error) || (interviews = coord_booking_store_list_interviews (db,
                                                caller->user_id, is_past, &range, error)) == NULL)
    return NULL;
  list = ent_api_interview_list_new ();
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_interview_free);
  for (guint i = 0; i < interviews->len; i++)
    g_ptr_array_add (list->items, describe_interview (interviews->pdata[i], times));
  if (interviews->len == limit) {
    const CoordInterview *last = interviews->pdata[limit - 1];

    list->next = make_cursor (last->starts_at_us, last->id);
  }
  return list;
}

EntApiInterviewAnswer *
coord_booking_service_show (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  const CoordTimes *times,
  GError **error)
{
  g_autoptr (CoordInterview) interview =
    coord_booking_store_find_interview (db, id, caller->user_id, error);
  CoordTarget target;

  if (interview == NULL)
    return NULL;
  target = (CoordTarget){ .org_id = interview->org_id,
    .owner_id = interview->interviewer_id,
    .is_own = interview->role != NULL,
    .not_found = no_such_interview };
  if (!coord_permission_check (db, caller, COORD_ACTION_INTERVIEW_SHOW, &target, error))
    return NULL;
  return answer_interview (db, id, caller->user_id, times, error);
}
