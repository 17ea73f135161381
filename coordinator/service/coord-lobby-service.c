#include "service/coord-lobby-service.h"

#include <string.h>

#include "service/coord-event.h"
#include "store/coord-error.h"

static gboolean
refuse (GError **error, CoordError code, const char *text)
{
  g_set_error_literal (error, COORD_ERROR, code, text);
  return FALSE;
}

/* The room that who sits there may lead, while it is open. */
static CoordRoom *
find_led (CoordDb *db, const CoordSeat *seat, GError **error)
{
  g_autoptr (CoordRoom) room = coord_room_store_find (db, seat->room_id, error);

  if (room == NULL || !coord_room_service_check_leads (db, seat, error))
    return NULL;
  if (room->state == ENT_ROOM_ENDED) {
    refuse (error, COORD_ERROR_ROOM_ENDED, "This interview has ended.");
    return NULL;
  }
  return g_steal_pointer (&room);
}

static void
add_event (GPtrArray *events, const CoordParticipant *person)
{
  g_ptr_array_add (
    events, coord_event_new (COORD_EVENT_PARTICIPANT_CHANGED, person->room_id, person->id, NULL));
}

static gboolean
let_in (CoordDb *db, const CoordParticipant *person, GPtrArray *events, GError **error)
{
  add_event (events, person);
  return coord_room_store_set_participant_waits (db, person->id, FALSE, error);
}

/* Without tokens, what comes over their sockets is nobody's any more. */
static gboolean
put_out (CoordDb *db, const CoordParticipant *person, GPtrArray *events, GError **error)
{
  add_event (events, person);
  return coord_room_store_set_participant_waits (db, person->id, TRUE, error) &&
         coord_room_store_revoke_tokens (db, person->room_id, person->id, NULL, error);
}

static gboolean
move_everybody (CoordDb *db,
  const CoordRoom *room,
  gboolean is_on,
  const char *const *here,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (GPtrArray) people = coord_room_store_load_participants (db, room->id, error);

  for (guint i = 0; people != NULL && i < people->len; i++) {
    const CoordParticipant *one = people->pdata[i];
    gboolean is_done = TRUE;

    if (one->state == COORD_PARTICIPANT_REMOVED)
      continue;
    if (!is_on && one->waits)
      is_done = let_in (db, one, events, error);
    else if (is_on && one->state == COORD_PARTICIPANT_PRESENT && !ent_role_can_lead (one->role) &&
             !g_strv_contains (here, one->id))
      is_done = put_out (db, one, events, error);
    if (!is_done)
      return FALSE;
  }
  return people != NULL;
}

gboolean
coord_lobby_service_set (CoordDb *db,
  const CoordSeat *seat,
  gboolean is_on,
  const char *const *here,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordRoom) room = find_led (db, seat, error);

  if (room == NULL)
    return FALSE;
  if (room->has_lobby == is_on)
    return TRUE;
  room->has_lobby = is_on;
  g_ptr_array_add (events, coord_event_new (COORD_EVENT_ROOM_CHANGED, room->id, NULL, NULL));
  return coord_room_store_update (db, room, error) &&
         move_everybody (db, room, is_on, here, events, error) &&
         coord_room_service_audit (
           db, room, seat, is_on ? "room.lobby_on" : "room.lobby_off", room->id, now_us, error);
}

/* Somebody of the room who may come in at all. */
static CoordParticipant *
find_person (CoordDb *db, const CoordRoom *room, const char *participant_id, GError **error)
{
  g_autoptr (CoordParticipant) person =
    coord_room_store_find_participant (db, participant_id, error);

  if (person == NULL)
    return NULL;
  if (strcmp (person->room_id, room->id) != 0) {
    refuse (error, COORD_ERROR_NOT_FOUND, "There is no such person in this interview.");
    return NULL;
  }
  if (person->state == COORD_PARTICIPANT_REMOVED) {
    refuse (error, COORD_ERROR_CONFLICT, "This person was removed from the interview.");
    return NULL;
  }
  if (person->state == COORD_PARTICIPANT_EXPECTED && !coord_room_service_must_wait (person)) {
    refuse (error, COORD_ERROR_CONFLICT, "This person has not come yet.");
    return NULL;
  }
  return g_steal_pointer (&person);
}

gboolean
coord_lobby_service_admit (CoordDb *db,
  const CoordSeat *seat,
  const char *participant_id,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordRoom) room = find_led (db, seat, error);
  g_autoptr (CoordParticipant) person = NULL;

  if (room == NULL || (person = find_person (db, room, participant_id, error)) == NULL)
    return FALSE;
  if (!coord_room_service_must_wait (person))
    return refuse (error, COORD_ERROR_CONFLICT, "This person is in the interview already.");
  return let_in (db, person, events, error) &&
         coord_room_service_audit (db, room, seat, "room.admit", participant_id, now_us, error);
}

gboolean
coord_lobby_service_return (CoordDb *db,
  const CoordSeat *seat,
  const char *participant_id,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordRoom) room = find_led (db, seat, error);
  g_autoptr (CoordParticipant) person = NULL;

  if (room == NULL || (person = find_person (db, room, participant_id, error)) == NULL)
    return FALSE;
  if (ent_role_can_lead (person->role))
    return refuse (error, COORD_ERROR_DENIED, "Interviewers do not wait in the lobby.");
  if (!room->has_lobby)
    return refuse (error, COORD_ERROR_CONFLICT, "Switch the lobby on first.");
  if (coord_room_service_must_wait (person))
    return refuse (error, COORD_ERROR_CONFLICT, "This person is in the lobby already.");
  return put_out (db, person, events, error) &&
         coord_room_service_audit (db, room, seat, "room.return", participant_id, now_us, error);
}
