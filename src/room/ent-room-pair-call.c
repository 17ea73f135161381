#include "base/ent-id.h"
#include "media/ent-media.h"
#include "room/ent-room-pairs-private.h"

void
ent_early_candidate_free (gpointer data)
{
  EntEarlyCandidate *early = data;

  g_free (early->link);
  g_free (early->text);
  g_free (early);
}

void
ent_room_pair_drop_call (EntRoomPair *pair)
{
  if (pair->call_retry_id != 0)
    ent_clock_remove (pair->room->clock, pair->call_retry_id);
  pair->call_retry_id = 0;
  if (pair->call == NULL)
    return;
  g_signal_handlers_disconnect_by_data (pair->call, pair);
  if (pair->room->call != NULL)
    ent_call_remove_peer (pair->room->call, ent_participant_get_id (pair->person));
  ent_link_close (pair->call);
  g_clear_object (&pair->call);
}

static void
call_description_cb (EntLink *link, gboolean is_offer, const char *sdp, gpointer data)
{
  EntRoomPair *pair = data;
  EntMsgCallDescription description = {
    .link = (char *) ent_link_get_id (link),
    .sdp = (char *) sdp,
  };

  if (pair->current != NULL)
    ent_room_link_send_peer (
      pair->current->protocol, is_offer ? ENT_PEER_CALL_OFFER : ENT_PEER_CALL_ANSWER, &description);
}

const char *
ent_room_pair_split_candidate (const char *candidate, gint64 *mline)
{
  char *rest;

  *mline = g_ascii_strtoll (candidate, &rest, 10);
  return *rest == ' ' ? rest + 1 : rest;
}

static void
call_candidate_cb (EntLink *link, const char *candidate, gpointer data)
{
  EntRoomPair *pair = data;
  EntMsgCallCandidate message = { .link = (char *) ent_link_get_id (link) };

  message.candidate = (char *) ent_room_pair_split_candidate (candidate, &message.mline);
  if (pair->current != NULL)
    ent_room_link_send_peer (pair->current->protocol, ENT_PEER_CALL_CANDIDATE, &message);
}

static void
call_verified_cb (EntLink *link, gpointer data)
{
  EntRoomPair *pair = data;

  pair->n_call_failures = 0;
}

static gboolean
retry_call_cb (gpointer data)
{
  EntRoomPair *pair = data;

  pair->call_retry_id = 0;
  ent_room_pair_drop_call (pair);
  ent_room_pair_start_call (pair);
  return G_SOURCE_REMOVE;
}

static void
call_failed_cb (EntLink *link, const GError *error, gpointer data)
{
  EntRoomPair *pair = data;
  guint wait_ms = ENT_PAIR_FIRST_RETRY_MS << MIN (pair->n_call_failures, 4);

  g_debug ("A call link failed: %s", error->message);
  if (g_error_matches (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_FINGERPRINT))
    ent_room_tell (pair->room, error->message);
  pair->n_call_failures++;
  if (pair->call_retry_id == 0 && pair->offers)
    pair->call_retry_id = ent_clock_add (pair->room->clock, wait_ms, retry_call_cb, pair);
}

static void
new_call (EntRoomPair *pair, const char *id, EntLinkRole role)
{
  EntRoom *room = pair->room;
  g_autoptr (GError) error = NULL;

  ent_room_pair_drop_call (pair);
  pair->call = ent_link_new (ENT_LINK_CALL, id, role, room->ice, room->clock);
  g_signal_connect (pair->call, "description", G_CALLBACK (call_description_cb), pair);
  g_signal_connect (pair->call, "candidate", G_CALLBACK (call_candidate_cb), pair);
  g_signal_connect (pair->call, "verified", G_CALLBACK (call_verified_cb), pair);
  g_signal_connect (pair->call, "failed", G_CALLBACK (call_failed_cb), pair);
  if (!ent_call_add_peer (room->call, ent_participant_get_id (pair->person), pair->call, &error))
    g_debug ("The call took no further peer: %s", error->message);
  ent_link_start (pair->call);
}

void
ent_room_pair_start_call (EntRoomPair *pair)
{
  g_autofree char *id = ent_id_new ();

  if (pair->room->call == NULL || !pair->offers || pair->current == NULL)
    return;
  new_call (pair, id, ENT_LINK_OFFERER);
}

void
ent_room_pair_take_early_candidates (EntRoomPair *pair, EntLink *link)
{
  for (guint i = 0; i < pair->early->len; i++) {
    EntEarlyCandidate *early = g_ptr_array_index (pair->early, i);

    if (g_strcmp0 (early->link, ent_link_get_id (link)) == 0)
      ent_link_take_candidate (link, early->text, NULL);
  }
}

void
ent_room_pair_take_candidate (EntRoomPair *pair,
  EntLink *link,
  const char *id,
  gint64 mline,
  const char *candidate)
{
  g_autofree char *text = g_strdup_printf ("%d %s", (int) mline, candidate);
  EntEarlyCandidate *early;

  if (link != NULL && g_strcmp0 (ent_link_get_id (link), id) == 0) {
    ent_link_take_candidate (link, text, NULL);
    return;
  }
  if (pair->early->len >= ENT_PAIR_MAX_EARLY_CANDIDATES)
    g_ptr_array_remove_index (pair->early, 0);
  early = g_new0 (EntEarlyCandidate, 1);
  early->link = g_strdup (id);
  early->text = g_steal_pointer (&text);
  g_ptr_array_add (pair->early, early);
}

static void
take_call_offer (EntRoomPair *pair, const EntMsgCallDescription *offer)
{
  g_autoptr (GError) error = NULL;

  if (pair->room->call == NULL || pair->offers)
    return;
  new_call (pair, offer->link, ENT_LINK_ANSWERER);
  if (!ent_link_take_description (pair->call, offer->sdp, &error)) {
    g_debug ("A call offer was refused: %s", error->message);
    ent_room_pair_drop_call (pair);
    return;
  }
  ent_room_pair_take_early_candidates (pair, pair->call);
}

void
ent_room_pair_take_call_message (EntRoomPair *pair, const EntMessage *message)
{
  const EntMsgCallDescription *description = message->data;
  const EntMsgCallCandidate *candidate = message->data;

  if (message->kind == ENT_PEER_CALL_OFFER)
    take_call_offer (pair, description);
  else if (message->kind == ENT_PEER_CALL_CANDIDATE)
    ent_room_pair_take_candidate (
      pair, pair->call, candidate->link, candidate->mline, candidate->candidate);
  else if (message->kind == ENT_PEER_CALL_ANSWER && pair->call != NULL && pair->offers &&
           g_strcmp0 (ent_link_get_id (pair->call), description->link) == 0)
    ent_link_take_description (pair->call, description->sdp, NULL);
}
