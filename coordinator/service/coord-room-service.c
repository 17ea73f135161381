#include "service/coord-room-service.h"

#include <string.h>

#include "base/ent-secret.h"
#include "protocol/ent-limits.h"
#include "service/coord-event.h"
#include "service/coord-record-service.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-invitation-store.h"

static const char *const no_such_room = "There is no such interview room.";

void
coord_seat_free (CoordSeat *seat)
{
  g_free (seat->room_id);
  g_free (seat->participant_id);
  g_free (seat->device_hash);
  g_free (seat->name);
  g_clear_pointer (&seat->blocks, g_ptr_array_unref);
  g_free (seat);
}

static gboolean
refuse (GError **error, CoordError code, const char *text)
{
  g_set_error_literal (error, COORD_ERROR, code, text);
  return FALSE;
}

EntMsgRoom *
coord_room_service_describe (const CoordRoom *room)
{
  EntMsgRoom *state = ent_msg_room_new ();

  state->rev = room->rev;
  state->state = room->state;
  state->edit_locked = room->edit_locked;
  state->run_locked = room->run_locked;
  state->lobby = room->has_lobby;
  state->title = g_strdup (room->title);
  state->starts = room->starts_at_us;
  state->ends = room->ends_at_us;
  state->seal = g_strdup (room->seal);
  return state;
}

/* Admission. */

static gboolean
check_not_removed (const CoordParticipant *participant, GError **error)
{
  return participant->state != COORD_PARTICIPANT_REMOVED ||
         refuse (error, COORD_ERROR_REMOVED, "You have been removed from this interview.");
}

static gboolean
check_not_ended (CoordDb *db, const CoordRoom *room, GError **error)
{
  return room->state == ENT_ROOM_OPEN ||
         (coord_record_service_check (db, room->id, error) &&
           refuse (error, COORD_ERROR_ROOM_ENDED, "This interview has ended."));
}

/* The blocks come with the seat: a room that was loaded earlier need not know them yet. */
static GPtrArray *
load_own_blocks (CoordDb *db, const CoordParticipant *participant, GError **error)
{
  GPtrArray *blocks = coord_room_store_load_blocks (db, participant->room_id, error);

  for (guint i = blocks != NULL ? blocks->len : 0; i > 0; i--)
    if (strcmp (((CoordClientBlock *) blocks->pdata[i - 1])->participant_id, participant->id) != 0)
      g_ptr_array_remove_index (blocks, i - 1);
  return blocks;
}

/* A room token outlives the sign-in that it was given to, but not the account. */
static gboolean
check_account (CoordDb *db, const CoordParticipant *participant, GError **error)
{
  g_autoptr (CoordPerson) person = NULL;

  if (participant->user_id == NULL)
    return TRUE;
  person = coord_account_store_find (db, participant->user_id, error);
  if (person == NULL)
    return FALSE;
  if (!person->is_active)
    refuse (error, COORD_ERROR_DENIED, "This account has been switched off.");
  return person->is_active;
}

gboolean
coord_room_service_must_wait (const CoordParticipant *participant)
{
  return participant->waits && !ent_role_can_lead (participant->role);
}

CoordSeat *
coord_room_service_admit (CoordDb *db,
  const char *room_id,
  const char *token,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (token);
  g_autoptr (CoordRoomToken) known = coord_room_store_find_token (db, hash, error);
  g_autoptr (CoordRoom) room = NULL;
  g_autoptr (CoordParticipant) participant = NULL;
  GPtrArray *blocks;
  CoordSeat *seat;

  /* The room comes last, so that nobody learns whether there is one. */
  if (known == NULL)
    return NULL;
  if (strcmp (known->room_id, room_id) != 0) {
    refuse (error, COORD_ERROR_DENIED, "This token belongs to another interview.");
    return NULL;
  }
  room = coord_room_store_find (db, room_id, error);
  if (room == NULL)
    return NULL;
  participant = coord_room_store_find_participant (db, known->participant_id, error);
  if (participant == NULL || !check_not_removed (participant, error) ||
      !check_account (db, participant, error) || !check_not_ended (db, room, error))
    return NULL;
  if (known->expires_at_us <= now_us) {
    refuse (error, COORD_ERROR_TOKEN_EXPIRED, "The time of this interview is over.");
    return NULL;
  }
  /* Let in, or sent back, since it was given. */
  if (known->waits != coord_room_service_must_wait (participant)) {
    refuse (error, COORD_ERROR_NOT_SIGNED_IN,
      "Your place in this interview is not valid any more. Join it again.");
    return NULL;
  }
  blocks = load_own_blocks (db, participant, error);
  if (blocks == NULL)
    return NULL;
  seat = g_new0 (CoordSeat, 1);
  seat->blocks = blocks;
  seat->room_id = g_strdup (room_id);
  seat->participant_id = g_strdup (participant->id);
  seat->device_hash = g_strdup (known->device_hash);
  seat->name = g_strdup (participant->name);
  seat->role = participant->role;
  seat->expires_at_us = known->expires_at_us;
  seat->waits = known->waits;
  return seat;
}

/* Joining. */

/* The guest of an invitation, when this device may use it now; binds it. */
static CoordParticipant *
use_invitation (CoordDb *db,
  const CoordRoom *room,
  const char *token,
  const char *device_hash,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (token);
  g_autoptr (CoordInvitation) invitation = coord_invitation_store_find (db, room->id, hash, error);
  g_autoptr (CoordParticipant) guest = NULL;

  if (invitation == NULL ||
      (guest = coord_room_store_find_participant (db, invitation->participant_id, error)) == NULL ||
      !check_not_removed (guest, error))
    return NULL;
  if (invitation->is_revoked) {
    refuse (error, COORD_ERROR_INVITATION_CLOSED,
      "Could not join the interview: this invitation has been closed. Ask the interviewer for a "
      "new link.");
    return NULL;
  }
  if (!check_not_ended (db, room, error))
    return NULL;
  if (invitation->expires_at_us <= now_us) {
    refuse (error, COORD_ERROR_INVITATION_EXPIRED,
      "Could not join the interview: the invitation has expired. Ask the interviewer for a new "
      "link.");
    return NULL;
  }
  if (invitation->device_hash != NULL && strcmp (invitation->device_hash, device_hash) != 0) {
    refuse (error, COORD_ERROR_INVITATION_OTHER_DEVICE,
      "Could not join the interview: this link has been used on another device. Use that device, "
      "or ask the interviewer for a new link.");
    return NULL;
  }
  if (!coord_invitation_store_bind (db, invitation->id, device_hash, error))
    return NULL;
  return g_steal_pointer (&guest);
}

/* The caller's own place. To strangers of the organisation the room does not exist. */
static CoordParticipant *
find_own_place (CoordDb *db, const CoordCaller *caller, const CoordRoom *room, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordParticipant) own = NULL;
  EntOrgRole role;

  own = coord_room_store_find_participant_of_user (db, room->id, caller->user_id, &failure);
  if (own == NULL) {
    if (!g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND))
      g_propagate_error (error, g_steal_pointer (&failure));
    else if (coord_caller_get_role (db, caller, room->org_id, no_such_room, &role, error))
      refuse (error, COORD_ERROR_DENIED, "You have no place in this interview.");
    return NULL;
  }
  if (!check_not_removed (own, error) || !check_not_ended (db, room, error))
    return NULL;
  return g_steal_pointer (&own);
}

static gboolean
check_open (const CoordRoom *room,
  EntRole role,
  const CoordConfig *config,
  gint64 now_us,
  GError **error)
{
  gint64 opens_us = room->starts_at_us - config->room_opens_minutes * G_TIME_SPAN_MINUTE;
  g_autoptr (GDateTime) opens = NULL;
  g_autofree char *text = NULL;

  if (room->ends_at_us + config->grace_minutes * G_TIME_SPAN_MINUTE <= now_us)
    return refuse (error, COORD_ERROR_ROOM_ENDED, "The time of this interview is over.");
  if (now_us >= opens_us || ent_role_can_lead (role))
    return TRUE;
  opens = g_date_time_new_from_unix_utc (opens_us / G_USEC_PER_SEC);
  text = g_date_time_format (opens, "%Y-%m-%d %H:%M UTC");
  g_set_error (error, COORD_ERROR, COORD_ERROR_ROOM_NOT_OPEN,
    "The interview is not open yet. You can join from %s on.", text);
  return FALSE;
}

static gboolean
check_not_full (CoordDb *db, const CoordRoom *room, GError **error)
{
  g_autoptr (GPtrArray) people = coord_room_store_load_participants (db, room->id, error);
  guint present = 0;

  if (people == NULL)
    return FALSE;
  for (guint i = 0; i < people->len; i++) {
    const CoordParticipant *one = people->pdata[i];

    if (one->state == COORD_PARTICIPANT_PRESENT ||
        (one->state == COORD_PARTICIPANT_EXPECTED && one->waits))
      present++;
  }
  return present < ENT_MAX_PEOPLE ||
         refuse (error, COORD_ERROR_ROOM_FULL,
           "The interview is full (" G_STRINGIFY (ENT_MAX_PEOPLE) " people).");
}

/* Marks the participant as come, to the room or to its lobby; a guest may give a name the first
 * time. Who waits has a place already. */
static gboolean
enter (CoordDb *db,
  const CoordRoom *room,
  CoordParticipant *participant,
  const char *name,
  GPtrArray *events,
  GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (name != NULL ? name : ""));

  g_ptr_array_add (
    events, coord_event_new (COORD_EVENT_PARTICIPANT_CHANGED, room->id, participant->id, NULL));
  if (participant->state != COORD_PARTICIPANT_EXPECTED ||
      coord_room_service_must_wait (participant))
    return TRUE;
  if (!participant->waits && !check_not_full (db, room, error))
    return FALSE;
  if (participant->user_id == NULL && *trimmed != '\0') {
    g_free (participant->name);
    participant->name = g_steal_pointer (&trimmed);
    if (!coord_room_store_set_participant_name (db, participant->id, participant->name, error))
      return FALSE;
  }
  participant->waits = room->has_lobby && !ent_role_can_lead (participant->role);
  if (participant->waits)
    return coord_room_store_set_participant_waits (db, participant->id, TRUE, error);
  return coord_room_store_set_participant_state (
    db, participant->id, COORD_PARTICIPANT_PRESENT, error);
}

/* A person's newer device takes the place of the others. */
static gboolean
take_over (CoordDb *db,
  const CoordRoom *room,
  const CoordParticipant *participant,
  const char *device_hash,
  GPtrArray *events,
  GError **error)
{
  g_ptr_array_add (events,
    coord_event_new (COORD_EVENT_DEVICE_TAKEN_OVER, room->id, participant->id, device_hash));
  return coord_room_store_revoke_tokens (db, room->id, participant->id, device_hash, error);
}

static EntApiJoined *
answer_waiting (const CoordParticipant *participant, const char *token, gint64 expires_at_us)
{
  EntApiJoined *joined = ent_api_joined_new ();

  joined->room = g_strdup (participant->room_id);
  joined->participant = g_strdup (participant->id);
  joined->name = g_strdup (participant->name);
  joined->role = participant->role;
  joined->waiting_token = g_strdup (token);
  joined->renew = expires_at_us;
  return joined;
}

static EntApiJoined *
answer_join (const CoordRoom *room,
  const CoordParticipant *participant,
  const char *token,
  guint32 first_client,
  gint64 expires_at_us)
{
  EntApiJoined *joined = answer_waiting (participant, NULL, expires_at_us);

  joined->interview = g_strdup (room->interview_id);
  joined->room_token = g_strdup (token);
  joined->clients = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < COORD_CLIENT_BLOCK; i++) {
    gint64 client = first_client + i;

    g_array_append_val (joined->clients, client);
  }
  joined->state = coord_room_service_describe (room);
  return joined;
}

/* The caller owns the token. */
static char *
give_token (CoordDb *db,
  const CoordParticipant *participant,
  const char *device_hash,
  gint64 now_us,
  gint64 expires_at_us,
  GError **error)
{
  g_autofree char *token = ent_secret_new_token ();
  g_autofree char *hash = ent_secret_hash (token);
  const CoordRoomToken row = { .room_id = participant->room_id,
    .participant_id = participant->id,
    .device_hash = (char *) device_hash,
    .expires_at_us = expires_at_us,
    .waits = coord_room_service_must_wait (participant) };

  return coord_room_store_add_token (db, hash, &row, now_us, error) ? g_steal_pointer (&token)
                                                                    : NULL;
}

EntApiJoined *
coord_room_service_join (CoordDb *db,
  const CoordCaller *caller,
  const char *room_id,
  const EntApiJoin *request,
  const CoordConfig *config,
  const CoordSecrets *secrets,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordRoom) room = NULL;
  g_autoptr (CoordParticipant) participant = NULL;
  g_autofree char *device_hash = ent_secret_hash (request->device_key);
  g_autofree char *token = NULL;
  guint32 first_client;
  gint64 expires_at_us;
  EntApiJoined *joined;

  /* What can be refused without the room is: the answer tells nobody whether there is one. */
  if (strlen (request->device_key) < 16) {
    refuse (error, COORD_ERROR_INVALID, "'device_key' must have at least 16 characters.");
    return NULL;
  }
  if (caller == NULL && request->invite == NULL) {
    refuse (
      error, COORD_ERROR_NOT_SIGNED_IN, "Sign in, or open the complete link of your invitation.");
    return NULL;
  }
  room = coord_room_store_find (db, room_id, &failure);
  if (room == NULL && request->invite != NULL &&
      g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND)) {
    /* The same answer as for a wrong token, so that rooms cannot be guessed. */
    coord_invitation_store_find (db, room_id, "", error);
    return NULL;
  }
  if (room == NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  participant = request->invite != NULL
                  ? use_invitation (db, room, request->invite, device_hash, now_us, error)
                  : find_own_place (db, caller, room, error);
  if (participant == NULL || !check_open (room, participant->role, config, now_us, error) ||
      !enter (db, room, participant, request->name, events, error) ||
      !take_over (db, room, participant, device_hash, events, error))
    return NULL;
  expires_at_us = room->ends_at_us + config->grace_minutes * G_TIME_SPAN_MINUTE;
  token = give_token (db, participant, device_hash, now_us, expires_at_us, error);
  if (token == NULL)
    return NULL;
  if (coord_room_service_must_wait (participant))
    return answer_waiting (participant, token, expires_at_us);
  if (!coord_room_store_allocate_clients (
        db, room_id, participant->id, device_hash, &first_client, error))
    return NULL;
  joined = answer_join (room, participant, token, first_client, expires_at_us);
  joined->ice = coord_ice_servers (config, secrets, participant->id, expires_at_us);
  joined->relay_only = config->ice_policy == COORD_ICE_RELAY;
  return joined;
}

/* Leading. */

gboolean
coord_room_service_check_leads (CoordDb *db, const CoordSeat *seat, GError **error)
{
  g_autoptr (CoordParticipant) own =
    coord_room_store_find_participant (db, seat->participant_id, error);

  if (own == NULL || !check_not_removed (own, error))
    return FALSE;
  return ent_role_can_lead (own->role) ||
         refuse (error, COORD_ERROR_DENIED, "Only those who lead the interview can do this.");
}

gboolean
coord_room_service_audit (CoordDb *db,
  const CoordRoom *room,
  const CoordSeat *seat,
  const char *action,
  const char *subject,
  gint64 now_us,
  GError **error)
{
  return coord_audit_store_add (
    db, room->org_id, seat->participant_id, action, subject, "", now_us, error);
}

/* Its tokens end with it. */
static gboolean
end (CoordDb *db,
  CoordRoom *room,
  const char *actor,
  const char *seal,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  room->state = ENT_ROOM_ENDED;
  room->ended_at_us = now_us;
  g_free (room->seal);
  room->seal = g_strdup (seal);
  g_ptr_array_add (events, coord_event_new (COORD_EVENT_ROOM_ENDED, room->id, NULL, NULL));
  return coord_room_store_update (db, room, error) &&
         coord_room_store_revoke_tokens (db, room->id, NULL, NULL, error) &&
         coord_audit_store_add (db, room->org_id, actor, "room.end", room->id, "", now_us, error);
}

gboolean
coord_room_service_end (CoordDb *db,
  const CoordSeat *seat,
  const char *seal,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordRoom) room = coord_room_store_find (db, seat->room_id, error);

  if (room == NULL || !coord_room_service_check_leads (db, seat, error))
    return FALSE;
  return room->state == ENT_ROOM_ENDED ||
         (end (db, room, seat->participant_id, seal, now_us, events, error) &&
           coord_booking_store_end_interview (db, room->id, now_us, error));
}

gboolean
coord_room_service_end_overdue (CoordDb *db,
  const char *room_id,
  const char *seal,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordRoom) room = coord_room_store_find (db, room_id, error);

  return room != NULL &&
         (room->state == ENT_ROOM_ENDED || end (db, room, "server", seal, now_us, events, error));
}

gboolean
coord_room_service_lock (CoordDb *db,
  const CoordSeat *seat,
  gboolean is_edit_locked,
  gboolean is_run_locked,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordRoom) room = coord_room_store_find (db, seat->room_id, error);

  if (room == NULL || !coord_room_service_check_leads (db, seat, error) ||
      !check_not_ended (db, room, error))
    return FALSE;
  if (room->edit_locked == is_edit_locked && room->run_locked == is_run_locked)
    return TRUE;
  room->edit_locked = is_edit_locked;
  room->run_locked = is_run_locked;
  g_ptr_array_add (events, coord_event_new (COORD_EVENT_ROOM_CHANGED, room->id, NULL, NULL));
  return coord_room_store_update (db, room, error);
}

gboolean
coord_room_service_remove (CoordDb *db,
  const CoordSeat *seat,
  const char *participant_id,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordRoom) room = coord_room_store_find (db, seat->room_id, error);
  g_autoptr (CoordParticipant) other = NULL;

  if (room == NULL || !coord_room_service_check_leads (db, seat, error) ||
      (other = coord_room_store_find_participant (db, participant_id, error)) == NULL)
    return FALSE;
  if (strcmp (other->room_id, seat->room_id) != 0)
    return refuse (error, COORD_ERROR_NOT_FOUND, "There is no such person in this interview.");
  if (other->role == ENT_ROLE_HOST)
    return refuse (error, COORD_ERROR_DENIED, "The host cannot be removed.");
  g_ptr_array_add (
    events, coord_event_new (COORD_EVENT_PARTICIPANT_REMOVED, room->id, participant_id, NULL));
  return coord_room_store_set_participant_state (
           db, participant_id, COORD_PARTICIPANT_REMOVED, error) &&
         coord_invitation_store_revoke (db, NULL, participant_id, now_us, error) &&
         coord_room_store_revoke_tokens (db, room->id, participant_id, NULL, error) &&
         coord_room_service_audit (db, room, seat, "room.remove", participant_id, now_us, error);
}
