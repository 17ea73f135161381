#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/ent-id.h"
#include "media/ent-media.h"
#include "room/ent-room-pairs-private.h"

/* With each peer a pair of links: the data link, described through the coordinator, and the call
 * link, described over the data link. No link is ever renegotiated: one that is lost is replaced
 * by a fresh one, which takes over when it is verified, and until then the old one is kept and
 * waited for. The smaller participant id offers. */

#define MAX_RETRY_MS 16000
#define MAX_WALK (256 << 10) /* structs that one update may walk over, some ms */
#define MAX_WALKED (16 << 20) /* likewise of one peer */
#define SEAT_GRACE_US (10 * G_USEC_PER_SEC) /* a restarted coordinator gives seats out anew */
#define DEAF_US \
  (20 * G_USEC_PER_SEC) /* after which an answerer lets go, so that the other sees it */

static const EntRoomLinkFuncs link_funcs;
static void review_pair (EntRoomPair *pair);

static void
free_leg (EntRoomLeg *leg)
{
  if (leg == NULL)
    return;
  g_signal_handlers_disconnect_by_data (leg->link, leg);
  ent_link_close (leg->link);
  g_object_unref (leg->link);
  g_clear_pointer (&leg->protocol, ent_room_link_free);
  g_free (leg);
}

static gboolean
is_alive (EntRoomPair *pair)
{
  return pair->current != NULL &&
         ent_room_link_get_life (pair->current->protocol) == ENT_ROOM_LINK_ALIVE;
}

/* --- what comes over a data link ------------------------------------------------------------- */

static EntPolicySender
describe_sender (EntRoomPair *pair)
{
  EntRoom *room = pair->room;

  return (EntPolicySender){
    .participant = ent_participant_get_id (pair->person),
    .role = ent_participant_get_role (pair->person),
    .state = ent_participant_get_state (pair->person),
    .room_ended = room->state != NULL && room->state->state == ENT_ROOM_ENDED,
  };
}

/* Random client IDs that nobody else has become the sender's. */
static void
claim_clients (EntRoomPair *pair, GBytes *update)
{
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, NULL);

  for (guint i = 0; info != NULL && i < info->created->len; i++) {
    guint64 client = g_array_index (info->created, EntClockRange, i).client;

    if (ent_room_find_author (pair->room, client) == NULL)
      ent_participant_add_client (pair->person, client);
  }
}

/* Whether the device that has this client ID is in the room: one of its block has a caret. */
static gboolean
is_present (EntRoom *room, guint64 client)
{
  g_autoptr (GArray) clients = ent_awareness_list_clients (room->awareness);
  gboolean is_random = client >= ENT_POLICY_FIRST_RANDOM_CLIENT;

  for (guint i = 0; i < clients->len; i++) {
    guint64 shown = g_array_index (clients, guint64, i);

    if (shown == client || (!is_random && shown / ENT_CLIENT_IDS == client / ENT_CLIENT_IDS))
      return TRUE;
  }
  return FALSE;
}

/* EntPolicyIsHeard. Awareness has the own device too. */
static gboolean
is_heard (guint64 client, gpointer data)
{
  EntRoom *room = data;
  EntParticipant *owner = ent_room_find_author (room, client);
  EntRoomPair *pair;

  if (owner == NULL)
    return client < ENT_POLICY_RESERVED_CLIENTS && room->is_synced && room->is_welcome;
  if (!is_present (room, client))
    return FALSE;
  pair = g_hash_table_lookup (room->pairs, ent_participant_get_id (owner));
  return (pair != NULL && is_alive (pair)) ||
         (room->is_synced && ent_participant_get_state (owner) == ENT_PEER_JOINED);
}

static void
take_update (EntRoomLeg *leg, const EntSyncMessage *message)
{
  EntRoomPair *pair = leg->pair;
  EntRoom *room = pair->room;
  gboolean is_live = message->kind == ENT_SYNC_UPDATE;
  g_autoptr (GBytes) update = g_bytes_new (message->body, message->body_size);
  g_autoptr (GBytes) trimmed = NULL;
  EntPolicySender sender = describe_sender (pair);
  g_autoptr (GError) error = NULL;
  EntPolicyVerdict verdict =
    ent_room_policy_check_update (room->doc, update, is_live, &sender, ent_room_find_owner, room);

  if (pair->n_walked > MAX_WALKED)
    return;
  if (verdict != ENT_POLICY_ACCEPT) {
    g_debug ("An update of a peer was dropped: %d", (int) verdict);
    pair->was_dropped = verdict == ENT_POLICY_DROP_CLIENT || verdict == ENT_POLICY_DROP_ROLE;
    return;
  }
  if (is_live)
    claim_clients (pair, update);
  else
    trimmed = ent_room_policy_trim_step2 (update, &sender, ent_room_find_owner, is_heard, room);
  /* Who makes places that take long to find is not listened to: what the coordinator takes of it
   * comes from there. */
  ent_doc_set_max_walk (room->doc, MAX_WALK);
  if (!ent_room_document_apply (room, is_live ? update : trimmed, leg, &error))
    g_debug ("An update of a peer was passed over: %s", error->message);
  ent_doc_set_max_walk (room->doc, 0);
  pair->n_walked += ent_doc_get_walked (room->doc);
}

static void
take_step1 (EntRoomLeg *leg, const EntSyncMessage *message)
{
  EntRoomPair *pair = leg->pair;
  EntStateVector *theirs = ent_state_vector_decode (message->body, message->body_size, NULL);
  g_autoptr (GBytes) step2 = NULL;

  if (theirs == NULL)
    return;
  g_clear_pointer (&pair->theirs, ent_state_vector_free);
  pair->theirs = theirs;
  if (!ent_role_can_write (ent_room_get_role (pair->room)))
    return;
  step2 = ent_sync_new_step2 (pair->room->doc, theirs);
  if (g_bytes_get_size (step2) <= ENT_MAX_STEP2)
    ent_room_link_send_sync (leg->protocol, step2);
}

static void
take_awareness (EntRoomLeg *leg, const EntSyncMessage *message)
{
  EntRoom *room = leg->pair->room;
  EntPolicySender sender = describe_sender (leg->pair);
  g_autoptr (GBytes) update = g_bytes_new (message->body, message->body_size);

  if (!ent_room_policy_check_awareness (update, &sender, ent_room_find_owner, room))
    return;
  ent_awareness_apply (room->awareness, message->body, message->body_size,
    ent_clock_get_monotonic_us (room->clock) / 1000, leg, NULL);
}

static void
take_sync_message (const EntSyncMessage *message, gpointer data)
{
  switch (message->kind) {
  case ENT_SYNC_STEP1:
    take_step1 (data, message);
    break;
  case ENT_SYNC_STEP2:
  case ENT_SYNC_UPDATE:
    take_update (data, message);
    break;
  case ENT_SYNC_AWARENESS:
    take_awareness (data, message);
    break;
  case ENT_SYNC_DENIED:
  case ENT_SYNC_QUERY_AWARENESS:
  case ENT_SYNC_UNKNOWN:
    break;
  }
}

static void
send_step1 (EntRoomPair *pair)
{
  g_autoptr (GBytes) step1 = ent_sync_new_step1 (pair->room->doc);

  ent_room_link_send_sync (pair->current->protocol, step1);
}

static void
send_own_awareness (EntRoomPair *pair)
{
  g_autoptr (GBytes) message = ent_room_presence_new_message (pair->room);

  ent_room_link_send_presence (pair->current->protocol, message);
}

/* --- the data link's life -------------------------------------------------------------------- */

static gboolean
send_bytes (EntLinkChannel channel, GBytes *bytes, gpointer data)
{
  EntRoomLeg *leg = data;

  return ent_link_send (leg->link, channel, bytes, NULL);
}

static void
fill_beat (EntMsgBeat *beat, gpointer data)
{
  EntRoomPair *pair = ((EntRoomLeg *) data)->pair;
  EntCall *call = pair->room->call;
  double loss;
  guint kbit;

  beat->muted = call == NULL || ent_call_get_muted (call);
  beat->camera = call != NULL && ent_call_get_camera_on (call);
  if (call == NULL ||
      !ent_call_make_report (call, ent_participant_get_id (pair->person), &loss, &kbit))
    return;
  beat->video_lost = CLAMP (loss * 1000, 0, 1000);
  beat->video_kbit = MIN (kbit, G_MAXINT32);
}

static void
take_beat (const EntMsgBeat *beat, gpointer data)
{
  EntRoomLeg *leg = data;
  EntRoomPair *pair = leg->pair;

  if (leg != pair->current)
    return;
  ent_participant_set_media (pair->person, beat->muted, beat->camera);
  ent_participant_set_round_trip (pair->person, ent_room_link_get_round_trip_us (leg->protocol));
  ent_participant_set_short_code (pair->person, ent_link_get_short_code (leg->link));
  ent_room_pairs_refresh_connections (pair->room);
  if (pair->room->call != NULL)
    ent_call_take_report (pair->room->call, ent_participant_get_id (pair->person),
      beat->video_lost / 1000.0, beat->video_kbit);
}

static void
life_changed (EntRoomLinkLife life, gpointer data)
{
  EntRoomLeg *leg = data;
  EntRoomPair *pair = leg->pair;

  if (leg != pair->current)
    return;
  if (life == ENT_ROOM_LINK_ALIVE) {
    send_step1 (pair);
    send_own_awareness (pair);
  }
  ent_participant_set_reconnecting (pair->person, life != ENT_ROOM_LINK_ALIVE);
  ent_room_pairs_refresh_connections (pair->room);
  if (life == ENT_ROOM_LINK_LOST)
    review_pair (pair);
}

static void
overflowed (gpointer data)
{
  EntRoomLeg *leg = data;
  EntRoomPair *pair = leg->pair;
  g_autoptr (EntStateVector) nothing = ent_state_vector_new ();
  g_autoptr (GBytes) step2 =
    ent_sync_new_step2 (pair->room->doc, pair->theirs != NULL ? pair->theirs : nothing);

  ent_room_link_send_sync (leg->protocol, step2);
}

/* Drops what is in use, from the main loop: the call came from inside of it. */
static gboolean
drop_current_cb (gpointer data)
{
  EntRoomPair *pair = data;

  pair->drop_id = 0;
  ent_room_pair_drop_call (pair);
  g_clear_pointer (&pair->current, free_leg);
  ent_participant_set_short_code (pair->person, NULL);
  ent_participant_set_reconnecting (pair->person, FALSE);
  ent_room_pairs_refresh_connections (pair->room);
  review_pair (pair);
  return G_SOURCE_REMOVE;
}

static void
drop_current_later (EntRoomPair *pair)
{
  if (pair->drop_id == 0)
    pair->drop_id = ent_clock_add (pair->room->clock, 0, drop_current_cb, pair);
}

static void
take_peer_message (const EntMessage *message, gpointer data)
{
  EntRoomPair *pair = ((EntRoomLeg *) data)->pair;

  if (message->kind == ENT_PEER_COPY)
    ent_room_agreement_take (pair, message->data);
  else
    ent_room_pair_take_call_message (pair, message);
}

static void
broken (const GError *error, gpointer data)
{
  EntRoomLeg *leg = data;
  g_autofree char *sentence =
    g_strdup_printf (_ ("The direct link to %s was closed, because what came over it could not be "
                        "read. Editing goes on through the server."),
      ent_participant_get_name (leg->pair->person));

  g_debug ("A data link was closed: %s", error->message);
  ent_room_tell (leg->pair->room, sentence);
  if (leg == leg->pair->current)
    drop_current_later (leg->pair);
}

static const EntRoomLinkFuncs link_funcs = {
  .send = send_bytes,
  .sync = take_sync_message,
  .peer = take_peer_message,
  .fill_beat = fill_beat,
  .beat = take_beat,
  .life = life_changed,
  .overflowed = overflowed,
  .broken = broken,
};

/* --- making a data link ---------------------------------------------------------------------- */

static void
description_cb (EntLink *link, gboolean is_offer, const char *sdp, gpointer data)
{
  EntRoomPair *pair = ((EntRoomLeg *) data)->pair;
  EntMsgDescription description = {
    .link = (char *) ent_link_get_id (link),
    .sdp = (char *) sdp,
    .to = (char *) ent_participant_get_id (pair->person),
  };

  ent_room_coordinator_send (
    pair->room, is_offer ? ENT_ROOM_RTC_OFFER : ENT_ROOM_RTC_ANSWER, &description);
}

static void
candidate_cb (EntLink *link, const char *candidate, gpointer data)
{
  EntRoomPair *pair = ((EntRoomLeg *) data)->pair;
  EntMsgCandidate message = {
    .link = (char *) ent_link_get_id (link),
    .to = (char *) ent_participant_get_id (pair->person),
  };

  message.candidate = (char *) ent_room_pair_split_candidate (candidate, &message.mline);
  ent_room_coordinator_send (pair->room, ENT_ROOM_RTC_CANDIDATE, &message);
}

static void
verified_cb (EntLink *link, gpointer data)
{
  EntRoomLeg *leg = data;

  if (leg->protocol == NULL)
    leg->protocol = ent_room_link_new (&link_funcs, leg, leg->pair->room->clock);
}

/* Both channels are open: the fresh link takes the place of the old one. */
static void
promote (EntRoomPair *pair)
{
  EntRoomLeg *old = pair->current;

  pair->current = g_steal_pointer (&pair->fresh);
  pair->current->is_up = TRUE;
  pair->n_failures = 0;
  if (pair->drop_id != 0)
    ent_clock_remove (pair->room->clock, pair->drop_id);
  pair->drop_id = 0;
  ent_room_pair_drop_call (pair);
  free_leg (old);
  g_ptr_array_set_size (pair->early, 0);
  ent_room_link_start (pair->current->protocol);
  send_step1 (pair);
  send_own_awareness (pair);
  ent_participant_set_reconnecting (pair->person, FALSE);
  ent_room_pairs_refresh_connections (pair->room);
  ent_room_pair_start_call (pair);
}

static void
channel_open_cb (EntLink *link, EntLinkChannel channel, gpointer data)
{
  EntRoomLeg *leg = data;

  if (!leg->is_up && leg == leg->pair->fresh && leg->protocol != NULL &&
      ent_link_is_channel_open (link, ENT_LINK_SYNC) &&
      ent_link_is_channel_open (link, ENT_LINK_PRESENCE))
    promote (leg->pair);
}

static void
message_cb (EntLink *link, EntLinkChannel channel, GBytes *bytes, gpointer data)
{
  EntRoomLeg *leg = data;
  EntRoom *room = leg->pair->room;

  if (leg->protocol == NULL)
    return;
  g_object_ref (room);
  ent_room_link_take (leg->protocol, channel, bytes);
  g_object_unref (room);
}

static gboolean
retry_cb (gpointer data)
{
  EntRoomPair *pair = data;

  pair->retry_id = 0;
  review_pair (pair);
  return G_SOURCE_REMOVE;
}

static void
failed_cb (EntLink *link, const GError *error, gpointer data)
{
  EntRoomLeg *leg = data;
  EntRoomPair *pair = leg->pair;
  guint wait_ms = MIN (ENT_PAIR_FIRST_RETRY_MS << MIN (pair->n_failures, 4), MAX_RETRY_MS);
  g_autofree char *sentence = NULL;

  g_debug ("A data link failed: %s", error->message);
  if (g_error_matches (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_FINGERPRINT)) {
    sentence = g_strdup_printf (_ ("The direct link to %s was refused: its certificate is not the "
                                   "one that was announced. Somebody may be in the middle. Editing "
                                   "goes on through the server."),
      ent_participant_get_name (pair->person));
    ent_room_tell (pair->room, sentence);
  }
  if (leg == pair->current) {
    drop_current_later (pair);
    return;
  }
  pair->n_failures++;
  pair->fresh = NULL;
  free_leg (leg);
  if (pair->retry_id == 0)
    pair->retry_id = ent_clock_add (pair->room->clock, wait_ms, retry_cb, pair);
}

static void
new_fresh (EntRoomPair *pair, const char *id, EntLinkRole role)
{
  EntRoom *room = pair->room;
  EntRoomLeg *leg = g_new0 (EntRoomLeg, 1);

  g_clear_pointer (&pair->fresh, free_leg);
  leg->pair = pair;
  leg->link = ent_link_new (ENT_LINK_DATA, id, role, room->ice, room->clock);
  pair->fresh = leg;
  g_signal_connect (leg->link, "description", G_CALLBACK (description_cb), leg);
  g_signal_connect (leg->link, "candidate", G_CALLBACK (candidate_cb), leg);
  g_signal_connect (leg->link, "verified", G_CALLBACK (verified_cb), leg);
  g_signal_connect (leg->link, "channel-open", G_CALLBACK (channel_open_cb), leg);
  g_signal_connect (leg->link, "message", G_CALLBACK (message_cb), leg);
  g_signal_connect (leg->link, "failed", G_CALLBACK (failed_cb), leg);
  ent_link_start (leg->link);
}

static void
take_offer (EntRoomPair *pair, const EntMsgDescription *offer)
{
  g_autoptr (GError) error = NULL;

  if (pair->offers)
    return;
  new_fresh (pair, offer->link, ENT_LINK_ANSWERER);
  if (!ent_link_take_description (pair->fresh->link, offer->sdp, &error)) {
    g_debug ("A data link's offer was refused: %s", error->message);
    g_clear_pointer (&pair->fresh, free_leg);
    return;
  }
  ent_room_pair_take_early_candidates (pair, pair->fresh->link);
}

/* --- pairs ----------------------------------------------------------------------------------- */

static void
free_pair (gpointer data)
{
  EntRoomPair *pair = data;
  EntClock *clock = pair->room->clock;

  ent_room_pair_drop_call (pair);
  g_clear_pointer (&pair->fresh, free_leg);
  g_clear_pointer (&pair->current, free_leg);
  if (pair->retry_id != 0)
    ent_clock_remove (clock, pair->retry_id);
  if (pair->drop_id != 0)
    ent_clock_remove (clock, pair->drop_id);
  g_clear_pointer (&pair->theirs, ent_state_vector_free);
  g_ptr_array_unref (pair->early);
  ent_participant_set_short_code (pair->person, NULL);
  ent_participant_set_reconnecting (pair->person, FALSE);
  g_object_unref (pair->person);
  g_free (pair);
}

static EntRoomPair *
new_pair (EntRoom *room, EntParticipant *person)
{
  EntRoomPair *pair = g_new0 (EntRoomPair, 1);

  pair->room = room;
  pair->person = g_object_ref (person);
  pair->offers = strcmp (ent_participant_get_id (room->me), ent_participant_get_id (person)) < 0;
  pair->early = g_ptr_array_new_with_free_func (ent_early_candidate_free);
  g_hash_table_insert (room->pairs, g_strdup (ent_participant_get_id (person)), pair);
  return pair;
}

/* Builds a fresh link when one is needed and the signalling can carry its description. */
static void
review_pair (EntRoomPair *pair)
{
  EntRoom *room = pair->room;
  gint64 silence_us =
    pair->current != NULL ? ent_room_link_get_silence_us (pair->current->protocol) : 0;
  gboolean is_lost =
    pair->current == NULL || ent_room_link_get_life (pair->current->protocol) == ENT_ROOM_LINK_LOST;

  if (!pair->offers && pair->current != NULL && silence_us > DEAF_US && room->is_welcome)
    drop_current_later (pair);
  if (!pair->offers || !is_lost || pair->fresh != NULL || pair->retry_id != 0 || pair->drop_id != 0)
    return;
  if (room->is_welcome && ent_participant_get_seat (room->me) &&
      ent_participant_get_seat (pair->person) &&
      ent_participant_get_state (pair->person) == ENT_PEER_JOINED) {
    g_autofree char *id = ent_id_new ();

    new_fresh (pair, id, ENT_LINK_OFFERER);
  }
}

static gboolean
is_sent_away (EntPeerState state)
{
  return state == ENT_PEER_REMOVED || state == ENT_PEER_LOBBY;
}

static gboolean
is_gone (EntPeerState state)
{
  return state == ENT_PEER_LEFT || is_sent_away (state);
}

/* Whether the pair is still to be: links outlive the coordinator, but not a person's going. */
static gboolean
is_wanted (EntRoom *room, EntRoomPair *pair)
{
  EntPeerState state = ent_participant_get_state (pair->person);
  gint64 now_us = ent_clock_get_monotonic_us (room->clock);

  if (is_gone (state))
    return FALSE;
  if (ent_participant_get_seat (pair->person) || !room->is_welcome || state == ENT_PEER_AWAY) {
    pair->seatless_us = 0;
    return TRUE;
  }
  if (pair->seatless_us == 0)
    pair->seatless_us = now_us;
  return now_us - pair->seatless_us < SEAT_GRACE_US;
}

void
ent_room_pairs_review (EntRoom *room)
{
  GListModel *model = G_LIST_MODEL (room->roster);

  if (room->phase == ENT_ROOM_PHASE_WAITING)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (model) && room->pairs != NULL; i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (model, i);
    EntRoomPair *pair = g_hash_table_lookup (room->pairs, ent_participant_get_id (person));

    if (ent_participant_is_me (person) || !room->has_peer_links)
      continue;
    if (pair == NULL && ent_participant_get_seat (person) && !ent_room_is_over (room))
      pair = new_pair (room, person);
    if (pair == NULL)
      continue;
    if (!is_wanted (room, pair)) {
      g_hash_table_remove (room->pairs, ent_participant_get_id (person));
      continue;
    }
    if (pair->was_dropped && pair->current != NULL) {
      pair->was_dropped = FALSE;
      send_step1 (pair);
    }
    review_pair (pair);
  }
  ent_room_pairs_refresh_connections (room);
}

void
ent_room_pairs_take (EntRoom *room, const EntMessage *message)
{
  const EntMsgDescription *description = message->data;
  const EntMsgCandidate *candidate = message->data;
  const char *from = message->kind == ENT_ROOM_RTC_CANDIDATE ? candidate->from : description->from;
  EntParticipant *person = from != NULL ? ent_room_find_participant (room, from) : NULL;
  EntRoomPair *pair;
  EntLink *link;

  if (person == NULL || ent_participant_is_me (person) || !room->has_peer_links ||
      room->phase == ENT_ROOM_PHASE_WAITING || is_sent_away (ent_participant_get_state (person)) ||
      ent_room_is_over (room))
    return;
  pair = g_hash_table_lookup (room->pairs, from);
  if (pair == NULL)
    pair = new_pair (room, person);
  link = pair->fresh != NULL ? pair->fresh->link : NULL;
  if (message->kind == ENT_ROOM_RTC_OFFER)
    take_offer (pair, description);
  else if (message->kind == ENT_ROOM_RTC_CANDIDATE)
    ent_room_pair_take_candidate (
      pair, link, candidate->link, candidate->mline, candidate->candidate);
  else if (link != NULL && pair->offers &&
           g_strcmp0 (ent_link_get_id (link), description->link) == 0)
    ent_link_take_description (link, description->sdp, NULL);
}

void
ent_room_pairs_set_ice (EntRoom *room, GPtrArray *servers, gboolean is_relay_only)
{
  EntIceConfig *ice =
    ent_ice_config_new (is_relay_only ? ENT_ICE_POLICY_RELAY : ENT_ICE_POLICY_ALL);

  for (guint i = 0; servers != NULL && i < servers->len; i++) {
    const EntMsgIceServer *server = g_ptr_array_index (servers, i);
    g_autoptr (GError) error = NULL;

    if (!ent_ice_config_add_server (
          ice, (const char *const *) server->urls, server->username, server->credential, 0, &error))
      g_debug ("A call server was passed over: %s", error->message);
  }
  g_clear_pointer (&room->ice, ent_ice_config_unref);
  room->ice = ice;
}

/* Of oneself the roster tells what one chose. */
static void
media_changed_cb (EntCall *call, GParamSpec *pspec, gpointer data)
{
  EntRoom *room = data;
  EntParticipant *oneself = room->me != NULL ? room->me : room->waiting_me;

  if (oneself != NULL)
    ent_participant_set_media (oneself, ent_call_get_muted (call), ent_call_get_camera_on (call));
}

void
ent_room_pairs_open_call (EntRoom *room, EntRole role)
{
  EntCallSource source = room->call_source;

  if (!room->has_peer_links || !room->has_call || room->call != NULL)
    return;
  if (role == ENT_ROLE_OBSERVER) /* receives only */
    source = ENT_CALL_SOURCE_NONE;
  room->call = ent_call_new (source, room->clock);
  g_signal_connect_object (room->call, "notify::muted", G_CALLBACK (media_changed_cb), room, 0);
  g_signal_connect_object (room->call, "notify::camera-on", G_CALLBACK (media_changed_cb), room, 0);
  media_changed_cb (room->call, NULL, room);
  ent_call_start (room->call);
}

void
ent_room_pairs_open (EntRoom *room)
{
  room->pairs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_pair);
  ent_room_pairs_open_call (room, ent_room_get_role (room));
  if (room->call != NULL) /* which may have been made in the lobby */
    media_changed_cb (room->call, NULL, room);
}

static gboolean
drop_all_cb (gpointer data)
{
  EntRoom *room = data;

  room->drop_all_id = 0;
  if (room->pairs != NULL)
    g_hash_table_remove_all (room->pairs);
  if (room->call != NULL && ent_room_is_over (room))
    ent_call_stop (room->call);
  ent_room_pairs_refresh_connections (room);
  return G_SOURCE_REMOVE;
}

void
ent_room_pairs_drop_all_later (EntRoom *room)
{
  if ((room->pairs != NULL || room->call != NULL) && room->drop_all_id == 0)
    room->drop_all_id = ent_clock_add (room->clock, 0, drop_all_cb, room);
}

void
ent_room_pairs_close (EntRoom *room)
{
  g_autoptr (GHashTable) pairs = g_steal_pointer (&room->pairs);

  if (room->drop_all_id != 0)
    ent_clock_remove (room->clock, room->drop_all_id);
  room->drop_all_id = 0;
  if (pairs != NULL)
    g_hash_table_remove_all (pairs);
  if (room->call != NULL)
    ent_call_stop (room->call);
  g_clear_object (&room->call);
}

void
ent_room_pairs_send_update (EntRoom *room, GBytes *update)
{
  g_autoptr (GBytes) message = NULL;
  GHashTableIter iter;
  gpointer value;

  if (room->pairs == NULL)
    return;
  message = ent_sync_new_update (update);
  g_hash_table_iter_init (&iter, room->pairs);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    EntRoomPair *pair = value;

    if (pair->current != NULL)
      ent_room_link_send_sync (pair->current->protocol, message);
  }
}

void
ent_room_pairs_send_copy (EntRoom *room, const EntMsgCopy *copy)
{
  GHashTableIter iter;
  gpointer value;

  if (room->pairs == NULL)
    return;
  g_hash_table_iter_init (&iter, room->pairs);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    EntRoomPair *pair = value;

    if (pair->current != NULL)
      ent_room_link_send_peer (pair->current->protocol, ENT_PEER_COPY, copy);
  }
}

void
ent_room_pair_ask (EntRoomPair *pair)
{
  if (pair->current != NULL)
    send_step1 (pair);
}

void
ent_room_pairs_send_awareness (EntRoom *room, GBytes *message)
{
  GHashTableIter iter;
  gpointer value;

  if (room->pairs == NULL)
    return;
  g_hash_table_iter_init (&iter, room->pairs);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    EntRoomPair *pair = value;

    if (pair->current != NULL)
      ent_room_link_send_presence (pair->current->protocol, message);
  }
}

/* --- how people are reached ------------------------------------------------------------------ */

static EntConnection
find_connection (EntRoom *room, EntParticipant *person)
{
  EntRoomPair *pair =
    room->pairs != NULL ? g_hash_table_lookup (room->pairs, ent_participant_get_id (person)) : NULL;
  EntPeerState state = ent_participant_get_state (person);
  EntLinkPath path;

  if (ent_participant_is_me (person) || ent_room_is_over (room))
    return ENT_CONNECTION_NONE;
  if (pair != NULL && is_alive (pair))
    return ent_link_get_path (pair->current->link, &path) && ent_link_path_is_relayed (&path)
             ? ENT_CONNECTION_RELAYED
             : ENT_CONNECTION_DIRECT;
  if (is_gone (state))
    return ENT_CONNECTION_NONE;
  return room->is_welcome && state == ENT_PEER_JOINED ? ENT_CONNECTION_COORDINATOR
                                                      : ENT_CONNECTION_OFFLINE;
}

void
ent_room_pairs_refresh_connections (EntRoom *room)
{
  GListModel *model = G_LIST_MODEL (room->roster);
  EntConnection best = room->is_welcome ? ENT_CONNECTION_COORDINATOR : ENT_CONNECTION_OFFLINE;

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (model, i);
    EntConnection connection = find_connection (room, person);

    ent_participant_set_connection (person, connection);
    best = MAX (best, connection);
  }
  if (room->connection == best)
    return;
  room->connection = best;
  ent_room_notify (room, ENT_ROOM_PROP_CONNECTION);
}

gboolean
ent_room_get_link_stats (EntRoom *room, EntParticipant *person, EntRoomLinkStats *stats)
{
  EntRoomPair *pair =
    room->pairs != NULL ? g_hash_table_lookup (room->pairs, ent_participant_get_id (person)) : NULL;
  EntLinkStats link_stats;

  memset (stats, 0, sizeof *stats);
  if (pair == NULL || pair->current == NULL)
    return FALSE;
  stats->verified = ent_link_get_state (pair->current->link) == ENT_LINK_STATE_VERIFIED;
  ent_link_get_path (pair->current->link, &stats->path);
  ent_link_get_stats (pair->current->link, &link_stats);
  stats->round_trip_us = ent_room_link_get_round_trip_us (pair->current->protocol);
  stats->bytes_sent = link_stats.bytes_sent;
  stats->bytes_received = link_stats.bytes_received;
  return TRUE;
}
