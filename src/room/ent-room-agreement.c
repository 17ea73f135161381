#include "room/ent-room-pairs-private.h"

#include <glib/gi18n-lib.h>

/* Copies with equal state vectors hold the same structs, and so they must be the same. When they
 * are not, an engine is broken or somebody has written two things under one clock; then the
 * coordinator's copy, which is the record, decides. */

#define IDLE_US (30 * G_USEC_PER_SEC)
#define LOOK_US G_USEC_PER_SEC /* at most so often at one peer's copy */
#define MEND_US (2 * G_USEC_PER_SEC) /* a deletion on its way is no damage */
#define COMPARE_US (30 * G_USEC_PER_SEC) /* at most so often with the coordinator's */

static gboolean
is_idle (EntRoom *room)
{
  return room->doc != NULL && !ent_room_is_over (room) && !ent_doc_in_transaction (room->doc) &&
         !ent_doc_has_pending_structs (room->doc) && !ent_doc_has_pending_deletes (room->doc) &&
         ent_clock_get_monotonic_us (room->clock) - room->changed_us >= IDLE_US;
}

static const char *
get_hash (EntRoom *room)
{
  if (room->copy_hash == NULL)
    room->copy_hash = ent_doc_dup_state_hash (room->doc);
  return room->copy_hash;
}

void
ent_room_agreement_tick (EntRoom *room)
{
  gint64 now_us = ent_clock_get_monotonic_us (room->clock);
  g_autoptr (EntStateVector) vector = NULL;
  g_autoptr (GBytes) sv = NULL;
  EntMsgCopy copy;

  if (!is_idle (room) || now_us - room->copy_sent_us < IDLE_US)
    return;
  room->copy_sent_us = now_us;
  vector = ent_doc_dup_state_vector (room->doc);
  sv = ent_state_vector_encode (vector);
  copy = (EntMsgCopy){ sv, (char *) get_hash (room) };
  ent_room_pairs_send_copy (room, &copy);
}

/* --- the coordinator's copy ------------------------------------------------------------------ */

static void
ask_coordinator (EntRoom *room, EntParticipant *person)
{
  gint64 now_us = ent_clock_get_monotonic_us (room->clock);
  g_autoptr (EntDoc) nothing = NULL;
  g_autoptr (GBytes) step1 = NULL;

  if (!room->is_synced || room->kept.length > 0 || room->compared_for != NULL ||
      (room->compared_us != 0 && now_us - room->compared_us < COMPARE_US))
    return;
  room->compared_us = now_us;
  room->compared_for = g_strdup (ent_participant_get_name (person));
  nothing = ent_doc_new (ent_doc_get_client_id (room->doc), ENT_DOC_DEFAULT);
  step1 = ent_sync_new_step1 (nothing);
  ent_channel_send_binary (room->sync_socket, step1);
}

static gboolean
has_same_vector (EntDoc *a, EntDoc *b)
{
  g_autoptr (EntStateVector) left = ent_doc_dup_state_vector (a);
  g_autoptr (EntStateVector) right = ent_doc_dup_state_vector (b);

  return ent_state_vector_compare (left, right) == ENT_STATE_EQUAL;
}

void
ent_room_agreement_take_step2 (EntRoom *room, GBytes *update)
{
  g_autofree char *name = g_steal_pointer (&room->compared_for);
  g_autoptr (EntDoc) fresh = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *sentence = NULL;

  if (name == NULL || !is_idle (room) || room->kept.length > 0)
    return;
  fresh = ent_doc_new (ent_doc_get_client_id (room->doc), ENT_DOC_DEFAULT);
  if (!ent_doc_apply_bytes (fresh, update, room->sync_socket, NULL) ||
      !has_same_vector (fresh, room->doc))
    return;
  hash = ent_doc_dup_state_hash (fresh);
  if (g_str_equal (hash, get_hash (room))) {
    sentence = g_strdup_printf (
      _ ("%s does not have the same text as you and the server. Ask them to join again."), name);
    ent_room_tell (room, sentence);
    return;
  }
  ent_room_document_replace (room, g_steal_pointer (&fresh));
  ent_room_tell (
    room, _ ("Your copy of the room was not the same as the server’s. It was loaded anew."));
}

/* --- a peer's copy --------------------------------------------------------------------------- */

void
ent_room_agreement_take (EntRoomPair *pair, const EntMsgCopy *copy)
{
  EntRoom *room = pair->room;
  gint64 now_us = ent_clock_get_monotonic_us (room->clock);
  gsize size;
  const guint8 *data = g_bytes_get_data (copy->sv, &size);
  g_autoptr (EntStateVector) theirs = NULL;
  g_autoptr (EntStateVector) own = NULL;
  gboolean is_same_vector;

  if (!is_idle (room) || (pair->copy_us != 0 && now_us - pair->copy_us < LOOK_US))
    return;
  pair->copy_us = now_us;
  theirs = ent_state_vector_decode (data, size, NULL);
  if (theirs == NULL)
    return;
  own = ent_doc_dup_state_vector (room->doc);
  is_same_vector = ent_state_vector_compare (own, theirs) == ENT_STATE_EQUAL;
  if (is_same_vector && g_str_equal (copy->hash, get_hash (room))) {
    pair->differs_us = 0;
    return;
  }
  if (is_same_vector && pair->differs_us != 0) {
    if (now_us - pair->differs_us >= MEND_US)
      ask_coordinator (room, pair->person);
    return;
  }
  pair->differs_us = is_same_vector ? now_us : 0;
  ent_room_pair_ask (pair);
}
