#include "service/coord-booking-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "protocol/ent-limits.h"
#include "service/coord-availability-service.h"
#include "service/coord-notice-service.h"
#include "service/coord-permission.h"
#include "service/coord-slot-service.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"
#include "store/coord-room-store.h"

#define MAX_FREE_TIMES 5
#define FREE_WINDOW_US (31 * G_TIME_SPAN_DAY)

static const char *const no_such_org = "There is no such organisation.";
static const char *const no_such_slot = "There is no such appointment.";
static const char *const no_such_interview = "There is no such interview.";

static gboolean
refuse (GError **error, CoordError code, const char *text)
{
  g_set_error_literal (error, COORD_ERROR, code, text);
  return FALSE;
}

/* What can be had instead. */

static void
add_free_time (GPtrArray *times, gint64 starts_us, gint64 ends_us, const char *slot_id)
{
  EntApiFreeTime *time = ent_api_free_time_new ();

  *time = (EntApiFreeTime){ starts_us, ends_us, g_strdup (slot_id) };
  g_ptr_array_add (times, time);
}

static int
compare_free_times (gconstpointer a, gconstpointer b)
{
  const EntApiFreeTime *one = *(EntApiFreeTime *const *) a, *two = *(EntApiFreeTime *const *) b;

  return (one->starts > two->starts) - (one->starts < two->starts);
}

static GPtrArray *
find_free_times (CoordDb *db, const CoordSlot *slot, gint64 now_us, GError **error)
{
  g_auto (GStrv) people = coord_slot_list_people (slot);
  gint64 from_us = MAX (now_us, slot->starts_at_us + 1);
  const CoordSearch search = { people, FALSE, from_us, from_us + FREE_WINDOW_US, MAX_FREE_TIMES };
  g_autoptr (GPtrArray) slots = coord_booking_store_list_free_slots (
    db, slot->org_id, slot->interviewer_id, from_us, MAX_FREE_TIMES, error);
  g_autoptr (GPtrArray) openings =
    slots != NULL ? coord_availability_service_find (db, &search, now_us, error) : NULL;
  GPtrArray *times;

  if (openings == NULL)
    return NULL;
  times = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_free_time_free);
  for (guint i = 0; i < slots->len; i++) {
    const CoordSlot *one = slots->pdata[i];

    add_free_time (times, one->starts_at_us, one->ends_at_us, one->id);
  }
  for (guint i = 0; i < openings->len; i++) {
    const EntApiOpening *one = openings->pdata[i];

    add_free_time (times, one->starts, one->ends, NULL);
  }
  g_ptr_array_sort (times, compare_free_times);
  if (times->len > MAX_FREE_TIMES)
    g_ptr_array_set_size (times, MAX_FREE_TIMES);
  return times;
}

void
coord_booking_service_set_taken (CoordDb *db, const CoordSlot *slot, gint64 now_us, GError **error)
{
  GPtrArray *times = find_free_times (db, slot, now_us, error);
  GError *taken;

  if (times == NULL)
    return;
  taken = g_error_new_literal (COORD_ERROR, COORD_ERROR_SLOT_TAKEN,
    times->len > 0 ? "This appointment has just been taken. Choose another one."
                   : "This appointment has just been taken, and there is no other one at present.");
  coord_error_take_free (taken, times);
  g_propagate_error (error, taken);
}

/* Making. */

static gboolean
add_person (CoordDb *db,
  const char *room_id,
  const char *person_id,
  EntRole role,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, person_id, error);
  g_autoptr (CoordParticipant) old = NULL;
  g_autofree char *id = ent_id_new ();
  CoordParticipant participant = { .id = id,
    .room_id = (char *) room_id,
    .user_id = (char *) person_id,
    .role = role,
    .state = COORD_PARTICIPANT_EXPECTED };

  if (person == NULL)
    return FALSE;
  old = coord_room_store_find_participant_of_user (db, room_id, person_id, NULL);
  if (old != NULL)
    return coord_room_store_set_participant_role (db, old->id, role, error);
  participant.name = person->name;
  return coord_room_store_add_participant (db, &participant, now_us, error);
}

gboolean
coord_booking_service_seat (CoordDb *db,
  const char *room_id,
  const CoordSlot *slot,
  gint64 now_us,
  GError **error)
{
  g_auto (GStrv) people = coord_slot_list_people (slot);

  for (guint i = 0; people[i] != NULL; i++)
    if (!add_person (
          db, room_id, people[i], i == 0 ? ENT_ROLE_HOST : ENT_ROLE_CO_INTERVIEWER, now_us, error))
      return FALSE;
  return TRUE;
}

char *
coord_booking_get_busy_name (const char *candidate_id, const CoordGuest *guest)
{
  if (candidate_id != NULL)
    return g_strdup (candidate_id);
  return guest != NULL && guest->email != NULL ? g_strconcat ("mailto:", guest->email, NULL) : NULL;
}

char *
coord_booking_service_make (CoordDb *db,
  const CoordSlot *slot,
  const CoordBooking *booking,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = ent_id_new ();
  g_autofree char *room_id = ent_id_new ();
  g_autofree char *busy = coord_booking_get_busy_name (booking->candidate_id, booking->guest);
  CoordInterview interview = { .id = id,
    .org_id = slot->org_id,
    .slot_id = slot->id,
    .room_id = room_id,
    .interviewer_id = slot->interviewer_id,
    .candidate_id = (char *) booking->candidate_id,
    .title = slot->title,
    .note = (char *) booking->note,
    .starts_at_us = slot->starts_at_us,
    .ends_at_us = slot->ends_at_us };

  if (booking->guest != NULL)
    interview.guest = *booking->guest;
  if (!coord_booking_store_take_place (db, slot->id, error))
    return NULL;
  if (busy != NULL && !booking->is_ad_hoc &&
      !coord_booking_store_reserve (db, busy, slot->starts_at_us, slot->ends_at_us, id, error))
    return NULL;
  if (!coord_booking_store_add_interview (db, &interview, booking->created_by, now_us, error) ||
      !coord_booking_service_seat (db, room_id, slot, now_us, error) ||
      (booking->candidate_id != NULL &&
        !add_person (db, room_id, booking->candidate_id, ENT_ROLE_CANDIDATE, now_us, error)) ||
      !coord_booking_store_add_change (
        db, id, booking->created_by, "booked", slot->starts_at_us, NULL, now_us, error) ||
      !coord_audit_store_add (
        db, slot->org_id, booking->created_by, "interview.book", id, "", now_us, error))
    return NULL;
  return g_steal_pointer (&id);
}

CoordSlot *
coord_booking_service_plan (CoordDb *db,
  const char *org_id,
  char **interviewers,
  gint64 starts_at_us,
  const char *title,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordSlot) slot = g_new0 (CoordSlot, 1);
  g_autoptr (CoordPersonHours) hours = NULL;
  gint64 ends_at_us;

  slot->id = ent_id_new ();
  slot->org_id = g_strdup (org_id);
  slot->interviewer_id = g_strdup (interviewers[0]);
  slot->panel = interviewers[1] != NULL ? g_strdupv (interviewers + 1) : NULL;
  slot->title = g_strdup (title != NULL ? title : "Interview");
  slot->starts_at_us = starts_at_us;
  slot->capacity = 1;
  slot->is_from_hours = TRUE;
  hours = coord_availability_store_find (db, interviewers[0], error);
  if (hours == NULL)
    return NULL;
  slot->zone = g_strdup (hours->zone_name);
  ends_at_us = coord_availability_service_check (db, interviewers, starts_at_us, now_us, error);
  if (ends_at_us == 0)
    coord_booking_service_set_taken (db, slot, now_us, error);
  if (ends_at_us <= 0)
    return NULL;
  slot->ends_at_us = ends_at_us;
  return g_steal_pointer (&slot);
}

/* Booking. */

/* Finds out for whom the caller may book this slot. What is made of people's hours (is_new) takes
 * the time of the whole panel; an appointment was offered with it. */
static const char *
choose_candidate (CoordDb *db,
  const CoordCaller *caller,
  const CoordSlot *slot,
  gboolean is_new,
  const EntApiBooking *request,
  GError **error)
{
  const char *candidate = request->candidate;
  const CoordTarget target = { slot->org_id, .not_found = no_such_slot };
  char *host[] = { slot->interviewer_id, NULL };
  g_auto (GStrv) people = is_new ? coord_slot_list_people (slot) : g_strdupv (host);
  g_autoptr (GError) failure = NULL;
  EntOrgRole own, theirs;

  if (!coord_caller_get_role (db, caller, slot->org_id, no_such_slot, &own, error))
    return NULL;
  if (coord_permission_get_reach (COORD_ACTION_BOOK_SELF, own) == COORD_REACH_ALL &&
      (candidate == NULL || strcmp (candidate, caller->user_id) == 0))
    return caller->user_id;
  if (!coord_permission_check_people (db, caller, COORD_ACTION_BOOK_OTHERS, &target, people, error))
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
  if (g_strcmp0 (interview->state, "cancelled") == 0)
    return ENT_INTERVIEW_CANCELLED;
  if (g_strcmp0 (interview->state, "no-show") == 0)
    return ENT_INTERVIEW_NO_SHOW;
  if (!coord_interview_is_booked (interview) ||
      times->now_us >= interview->ends_at_us + times->grace_us)
    return ENT_INTERVIEW_ENDED;
  return times->now_us >= interview->starts_at_us ? ENT_INTERVIEW_IN_PROGRESS
                                                  : ENT_INTERVIEW_SCHEDULED;
}

EntApiInterview *
coord_booking_service_describe (const CoordInterview *interview, const CoordTimes *times)
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
  answer->record_removed = interview->record_removed_us;
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
  answer->interview = coord_booking_service_describe (interview, times);
  return answer;
}

/* Whole pages say where the next one starts. */
static EntApiInterviewList *
describe_list (const GPtrArray *interviews, guint limit, const CoordTimes *times)
{
  EntApiInterviewList *list = ent_api_interview_list_new ();

  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_interview_free);
  for (guint i = 0; i < interviews->len; i++)
    g_ptr_array_add (list->items, coord_booking_service_describe (interviews->pdata[i], times));
  if (interviews->len == limit) {
    const CoordInterview *last = interviews->pdata[limit - 1];

    list->next = coord_slot_make_cursor (last->starts_at_us, last->id);
  }
  return list;
}

/* The slot that is asked for, with a free place; *is_new: it is not in the database yet. */
static CoordSlot *
find_slot (CoordDb *db,
  const CoordCaller *caller,
  const EntApiBooking *request,
  gint64 now_us,
  gboolean *is_new,
  GError **error)
{
  gboolean is_planned = request->interviewers != NULL && request->starts != 0;
  g_autoptr (CoordSlot) slot = NULL;
  EntOrgRole role;

  if ((request->slot_id != NULL) == (is_planned && request->org != NULL)) {
    refuse (error, COORD_ERROR_INVALID,
      "Give a slot_id, or org, interviewers and starts of one of their openings.");
    return NULL;
  }
  *is_new = is_planned;
  if (is_planned)
    return coord_caller_get_role (db, caller, request->org, no_such_org, &role, error) &&
               coord_availability_service_check_people (
                 db, request->org, request->interviewers, error)
             ? coord_booking_service_plan (db, request->org, request->interviewers, request->starts,
                 request->title, now_us, error)
             : NULL;
  slot = coord_booking_store_find_slot (db, request->slot_id, error);
  if (slot != NULL && (slot->is_cancelled || slot->is_from_hours)) {
    refuse (error, COORD_ERROR_NOT_FOUND, no_such_slot);
    return NULL;
  }
  return g_steal_pointer (&slot);
}

static gboolean
check_free (CoordDb *db, const CoordSlot *slot, gint64 now_us, GError **error)
{
  if (slot->ends_at_us <= now_us)
    return refuse (error, COORD_ERROR_INVALID, "This appointment is over.");
  if (slot->taken < slot->capacity)
    return TRUE;
  coord_booking_service_set_taken (db, slot, now_us, error);
  return FALSE;
}

EntApiInterviewAnswer *
coord_booking_service_book (CoordDb *db,
  const CoordCaller *caller,
  const EntApiBooking *request,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error)
{
  CoordBooking booking = { .note = request->note, .created_by = caller->user_id };
  gboolean is_new = FALSE;
  g_autoptr (CoordSlot) slot = find_slot (db, caller, request, times->now_us, &is_new, error);
  g_autofree char *id = NULL;

  if (slot == NULL ||
      (booking.candidate_id = choose_candidate (db, caller, slot, is_new, request, error)) ==
        NULL ||
      !check_free (db, slot, times->now_us, error) ||
      (is_new && !coord_slot_service_open (db, slot, FALSE, times->now_us, error)))
    return NULL;
  id = coord_booking_service_make (db, slot, &booking, times->now_us, error);
  return id != NULL && coord_notice_service_tell (db, id, COORD_NOTICE_BOOKED, request->note, NULL,
                         times->now_us, events, error)
           ? answer_interview (db, id, caller->user_id, times, error)
           : NULL;
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

  if (!coord_slot_read_cursor (after, &range, error) ||
      (interviews = coord_booking_store_list_interviews (
         db, caller->user_id, is_past, &range, error)) == NULL)
    return NULL;
  return describe_list (interviews, limit, times);
}

EntApiInterviewList *
coord_booking_service_list_of_org (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *after,
  guint limit,
  const CoordTimes *times,
  GError **error)
{
  CoordRange range = { .from_us = times->now_us - times->grace_us, .limit = limit };
  const CoordTarget own = { org_id, caller->user_id, .not_found = no_such_org };
  g_autoptr (GPtrArray) interviews = NULL;
  g_autofree char *team = NULL;
  EntOrgRole role;

  if (!coord_permission_check (db, caller, COORD_ACTION_INTERVIEW_LIST, &own, error) ||
      !coord_caller_get_role (db, caller, org_id, no_such_org, &role, error) ||
      !coord_slot_read_cursor (after, &range, error))
    return NULL;
  if (coord_permission_get_reach (COORD_ACTION_INTERVIEW_LIST, role) == COORD_REACH_TEAM) {
    team = coord_org_store_find_team_of (db, org_id, caller->user_id, error);
    if (team == NULL) {
      if (error == NULL || *error == NULL)
        refuse (error, COORD_ERROR_DENIED, "You are in no team yet.");
      return NULL;
    }
  }
  interviews = coord_booking_store_list_of_org (db, org_id, team, caller->user_id, &range, error);
  return interviews != NULL ? describe_list (interviews, limit, times) : NULL;
}

/* FALSE on an error. */
static gboolean
add_place (CoordDb *db, const CoordParticipant *participant, GPtrArray *people, GError **error)
{
  g_autoptr (CoordPerson) person = NULL;
  EntApiPlace *place;

  if (participant->state == COORD_PARTICIPANT_REMOVED)
    return TRUE;
  if (participant->user_id != NULL &&
      (person = coord_account_store_find (db, participant->user_id, error)) == NULL)
    return FALSE;
  place = ent_api_place_new ();
  place->name = g_strdup (participant->name);
  place->role = participant->role;
  place->zone = person != NULL ? g_strdup (person->zone) : NULL;
  g_ptr_array_add (people, place);
  return TRUE;
}

/* Who takes part, in the order in which they were given a place. */
static GPtrArray *
describe_people (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (GPtrArray) participants = coord_room_store_load_participants (db, room_id, error);
  g_autoptr (GPtrArray) people =
    g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_place_free);

  if (participants == NULL)
    return NULL;
  for (guint i = 0; i < participants->len; i++)
    if (!add_place (db, g_ptr_array_index (participants, i), people, error))
      return NULL;
  return g_steal_pointer (&people);
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
  g_autoptr (EntApiInterviewAnswer) answer = NULL;
  CoordTarget target;

  if (interview == NULL)
    return NULL;
  target = (CoordTarget){ .org_id = interview->org_id,
    .owner_id = interview->interviewer_id,
    .is_own = interview->role != NULL,
    .not_found = no_such_interview };
  if (!coord_permission_check (db, caller, COORD_ACTION_INTERVIEW_SHOW, &target, error) ||
      (answer = answer_interview (db, id, caller->user_id, times, error)) == NULL ||
      (answer->people = describe_people (db, interview->room_id, error)) == NULL)
    return NULL;
  return g_steal_pointer (&answer);
}
