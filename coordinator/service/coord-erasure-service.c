#include "service/coord-erasure-service.h"

#include <string.h>

#include "service/coord-event.h"
#include "service/coord-interview-service.h"
#include "service/coord-record-service.h"
#include "service/coord-slot-service.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-job-store.h"
#include "store/coord-person-store.h"
#include "store/coord-room-store.h"

/* Sockets of a room that was ended by a notice are gone by then, on every coordinator. */
#define RECORD_DELAY_US G_TIME_SPAN_MINUTE

static const char *const reason = "Somebody who takes part has left.";

/* An address that was confirmed is proven; so is one that an operator gives. */
static const char *
get_proven_address (const CoordPerson *person, const char *actor)
{
  return person->verified_at_us != 0 || strcmp (actor, "operator") == 0 ? person->email : NULL;
}

EntApiErasure *
coord_erasure_service_show (CoordDb *db, const CoordCaller *caller, gint64 now_us, GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, caller->user_id, error);
  const char *email = person != NULL ? get_proven_address (person, caller->user_id) : NULL;
  g_autoptr (GPtrArray) coming = NULL;
  g_autoptr (GPtrArray) rooms = NULL;
  g_autoptr (GPtrArray) orgs = NULL;
  EntApiErasure *answer;

  if (person == NULL ||
      (coming = coord_person_store_list_coming (db, person->id, email, now_us, error)) == NULL ||
      (rooms = coord_person_store_list_candidate_rooms (db, person->id, email, error)) == NULL ||
      (orgs = coord_person_store_list_hand_over (db, person->id, error)) == NULL)
    return NULL;
  answer = ent_api_erasure_new ();
  answer->cancelled = coming->len;
  answer->records = rooms->len;
  g_ptr_array_add (orgs, NULL);
  answer->hand_over = g_strdupv ((char **) orgs->pdata);
  return answer;
}

gboolean
coord_erasure_service_check (CoordDb *db,
  const CoordCaller *caller,
  const char *person_id,
  GError **error)
{
  g_autoptr (CoordPerson) own = coord_account_store_find (db, caller->user_id, error);
  g_autoptr (CoordPerson) person = NULL;
  g_autoptr (GError) failure = NULL;

  if (own == NULL)
    return FALSE;
  if (strcmp (own->id, person_id) == 0)
    return TRUE;
  if (own->is_site_admin)
    person = coord_account_store_find (db, person_id, &failure);
  if (person != NULL && person->erased_at_us == 0)
    return TRUE;
  if (failure != NULL && !g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such person, or not any more.");
  return FALSE;
}

static gboolean
check_handed_over (CoordDb *db, const CoordPerson *person, GError **error)
{
  g_autoptr (GPtrArray) orgs = coord_person_store_list_hand_over (db, person->id, error);
  g_autofree char *names = NULL;

  if (orgs == NULL || orgs->len == 0)
    return orgs != NULL;
  g_ptr_array_add (orgs, NULL);
  names = g_strjoinv (", ", (char **) orgs->pdata);
  g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "Without this account nobody would be left to administer %s. Make somebody else an "
    "administrator there first.",
    names);
  return FALSE;
}

/* Nobody is told of what follows who is not there any more. */
static gboolean
leave_rooms (CoordDb *db, const char *person_id, GPtrArray *events, GError **error)
{
  g_autoptr (GPtrArray) places = coord_person_store_list_open_places (db, person_id, error);

  for (guint i = 0; places != NULL && i < places->len; i++) {
    g_autoptr (CoordParticipant) place =
      coord_room_store_find_participant (db, places->pdata[i], error);

    if (place == NULL ||
        !coord_room_store_set_participant_state (db, place->id, COORD_PARTICIPANT_REMOVED, error) ||
        !coord_room_store_revoke_tokens (db, place->room_id, place->id, NULL, error))
      return FALSE;
    g_ptr_array_add (
      events, coord_event_new (COORD_EVENT_PARTICIPANT_REMOVED, place->room_id, place->id, NULL));
  }
  return places != NULL;
}

static gboolean
cancel_all (CoordDb *db,
  const GPtrArray *interviews,
  const char *actor,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  for (guint i = 0; i < interviews->len; i++) {
    g_autoptr (CoordInterview) interview =
      coord_booking_store_find_interview (db, interviews->pdata[i], "", error);

    if (interview == NULL ||
        !coord_interview_service_apply_cancel (db, interview, actor, reason, now_us, events, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
close_slots (CoordDb *db, const char *person_id, gint64 now_us, GError **error)
{
  g_autoptr (GPtrArray) slots = coord_person_store_list_slots (db, person_id, now_us, error);

  for (guint i = 0; slots != NULL && i < slots->len; i++)
    if (!coord_slot_service_close (db, slots->pdata[i], error))
      return FALSE;
  return slots != NULL;
}

static gboolean
forget_records (CoordDb *db, const GPtrArray *rooms, gint64 now_us, GError **error)
{
  for (guint i = 0; i < rooms->len; i++)
    if (!coord_room_store_close (db, rooms->pdata[i], now_us, error) ||
        !coord_job_store_put (
          db, COORD_JOB_RECORD, rooms->pdata[i], now_us + RECORD_DELAY_US, error))
      return FALSE;
  return TRUE;
}

gboolean
coord_erasure_service_erase (CoordDb *db,
  const char *person_id,
  const char *actor,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, person_id, error);
  const char *email = person != NULL ? get_proven_address (person, actor) : NULL;
  g_autoptr (GPtrArray) coming = NULL;
  g_autoptr (GPtrArray) rooms = NULL;

  if (person == NULL || !check_handed_over (db, person, error) ||
      (coming = coord_person_store_list_coming (db, person_id, email, now_us, error)) == NULL ||
      (rooms = coord_person_store_list_candidate_rooms (db, person_id, email, error)) == NULL)
    return FALSE;
  return leave_rooms (db, person_id, events, error) &&
         coord_account_store_end_families_of (db, person_id, now_us, error) &&
         coord_person_store_erase (db, person, email != NULL, now_us, error) &&
         cancel_all (db, coming, actor, now_us, events, error) &&
         close_slots (db, person_id, now_us, error) && forget_records (db, rooms, now_us, error) &&
         coord_person_store_keep_places (db, person_id, error) &&
         coord_audit_store_add (db, NULL, actor, "account.erase", person_id, "", now_us, error);
}

gboolean
coord_erasure_service_erase_address (CoordDb *db,
  const char *email,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (GPtrArray) coming = coord_person_store_list_coming (db, "", email, now_us, error);
  g_autoptr (GPtrArray) rooms =
    coming != NULL ? coord_person_store_list_candidate_rooms (db, "", email, error) : NULL;

  if (rooms == NULL)
    return FALSE;
  return coord_person_store_check_address (db, email, error) &&
         coord_person_store_erase_address (db, email, error) &&
         cancel_all (db, coming, "operator", now_us, events, error) &&
         forget_records (db, rooms, now_us, error) &&
         coord_audit_store_add (db, NULL, "operator", "guest.erase", "guest", "", now_us, error);
}
