/* A person with a valid place in the room sends what that place does not allow, over a verified
 * data link to an honest app and to the real coordinator. Nothing of it is applied, shown, relayed
 * or stored. */

#include <string.h>

#include "base/ent-id.h"
#include "client/ent-client.h"
#include "document/ent-awareness.h"
#include "document/ent-doc-sync.h"
#include "media/ent-link.h"
#include "media/ent-media.h"
#include "protocol/ent-msg-call.h"
#include "room/ent-room-link.h"
#include "room/ent-room.h"
#include "test-media.h"
#include "test-room-peer.h"
#include "test-server.h"

#define FORGED "f0rged"

typedef struct {
  TestServer *server;
  TestRoom *room;
  char *data_dir;
  EntClock *clock; /* of the honest app and both ends of the link */
  guint tick_source;
  gint64 ticked_us;
  gboolean is_observer; /* the hostile person; the bystander is a candidate then */

  EntRoom *honest; /* the app of somebody who leads */
  guint n_changes; /* of its files */
  char *notice; /* the last one */
  TestRoomPeer *bystander; /* reads along by the coordinator */
  EntApiJoined *bystander_joined;

  /* The hostile side: its sockets, and its end of the data link. */
  EntApiJoined *joined;
  TestRoomPeer *sockets;
  EntLink *link;
  EntRoomLink *protocol;
  guint n_answers; /* step 2 that came over the link */
  guint n_questions; /* step 1 */
  guint n_updates; /* live edits */
  guint n_copies; /* of the honest one's state */
  GBytes *answer; /* what a step 1 is answered with; NULL: nothing */
} Fixture;

static guint64
get_client (const EntApiJoined *joined, guint index)
{
  return g_array_index (joined->clients, gint64, index);
}

/* The clock runs with the real one. pass_time() turns it forward. */
static gboolean
tick_cb (gpointer data)
{
  Fixture *f = data;
  guint passed_ms = (g_get_monotonic_time () - f->ticked_us) / 1000;

  f->ticked_us += passed_ms * 1000;
  ent_clock_advance (f->clock, passed_ms);
  return G_SOURCE_CONTINUE;
}

static guint64
get_honest_client (Fixture *f)
{
  return ent_doc_get_client_id (ent_room_get_doc (f->honest));
}

/* --- the hostile end of the data link -------------------------------------------------------- */

static gboolean
send_bytes (EntLinkChannel channel, GBytes *bytes, gpointer data)
{
  Fixture *f = data;

  return ent_link_send (f->link, channel, bytes, NULL);
}

static void
take_sync (const EntSyncMessage *message, gpointer data)
{
  Fixture *f = data;

  if (message->kind == ENT_SYNC_STEP2)
    f->n_answers++;
  f->n_updates += message->kind == ENT_SYNC_UPDATE;
  if (message->kind != ENT_SYNC_STEP1)
    return;
  f->n_questions++;
  if (f->answer != NULL)
    ent_room_link_send_sync (f->protocol, f->answer);
}

static void
take_peer (const EntMessage *message, gpointer data)
{
  Fixture *f = data;

  f->n_copies += message->kind == ENT_PEER_COPY;
}

static void
fill_beat (EntMsgBeat *beat, gpointer data)
{
  beat->muted = TRUE;
}

static void
take_beat (const EntMsgBeat *beat, gpointer data)
{
}

static void
life_changed (EntRoomLinkLife life, gpointer data)
{
}

static void
overflowed (gpointer data)
{
}

static void
broken (const GError *error, gpointer data)
{
  g_error ("The honest side sent what it should not: %s", error->message);
}

static const EntRoomLinkFuncs link_funcs = {
  .send = send_bytes,
  .sync = take_sync,
  .peer = take_peer,
  .fill_beat = fill_beat,
  .beat = take_beat,
  .life = life_changed,
  .overflowed = overflowed,
  .broken = broken,
};

static const char *
get_honest_id (Fixture *f)
{
  return ent_participant_get_id (ent_room_get_me (f->honest));
}

static void
description_cb (EntLink *link, gboolean is_offer, const char *sdp, Fixture *f)
{
  const EntMsgDescription description = {
    .link = (char *) ent_link_get_id (link),
    .sdp = (char *) sdp,
    .to = (char *) get_honest_id (f),
  };

  test_room_peer_send (
    f->sockets, is_offer ? ENT_ROOM_RTC_OFFER : ENT_ROOM_RTC_ANSWER, 7, &description);
}

static void
candidate_cb (EntLink *link, const char *text, Fixture *f)
{
  const EntMsgCandidate candidate = {
    .link = (char *) ent_link_get_id (link),
    .mline = g_ascii_strtoll (text, NULL, 10),
    .candidate = strchr (text, ' ') + 1,
    .to = (char *) get_honest_id (f),
  };

  test_room_peer_send (f->sockets, ENT_ROOM_RTC_CANDIDATE, 7, &candidate);
}

static void
verified_cb (EntLink *link, Fixture *f)
{
  f->protocol = ent_room_link_new (&link_funcs, f, f->clock);
}

static void
message_cb (EntLink *link, EntLinkChannel channel, GBytes *bytes, Fixture *f)
{
  ent_room_link_take (f->protocol, channel, bytes);
}

static void
make_link (Fixture *f, const char *id, EntLinkRole role)
{
  test_media_forgive_webrtcbin ();
  f->link = ent_link_new (ENT_LINK_DATA, id, role, NULL, f->clock);
  g_signal_connect (f->link, "description", G_CALLBACK (description_cb), f);
  g_signal_connect (f->link, "candidate", G_CALLBACK (candidate_cb), f);
  g_signal_connect (f->link, "verified", G_CALLBACK (verified_cb), f);
  g_signal_connect (f->link, "message", G_CALLBACK (message_cb), f);
  ent_link_start (f->link);
}

static void
take_candidates (Fixture *f)
{
  EntMessage *message;

  while ((message = test_room_peer_take (f->sockets, ENT_ROOM_RTC_CANDIDATE)) != NULL) {
    const EntMsgCandidate *candidate = message->data;
    g_autofree char *text =
      g_strdup_printf ("%" G_GINT64_FORMAT " %s", candidate->mline, candidate->candidate);

    ent_link_take_candidate (f->link, text, NULL);
    ent_message_free (message);
  }
}

/* The smaller id offers, as among honest peers. */
static void
build_link (Fixture *f)
{
  gboolean offers = strcmp (f->joined->participant, get_honest_id (f)) < 0;
  g_autoptr (EntMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  test_room_peer_send (f->sockets, ENT_ROOM_RTC_JOIN, 5, &(EntMsgEmpty){ 0 });
  if (offers) {
    g_autofree char *id = ent_id_new ();

    make_link (f, id, ENT_LINK_OFFERER);
    message = test_room_peer_wait (f->sockets, ENT_ROOM_RTC_ANSWER);
  } else {
    message = test_room_peer_wait (f->sockets, ENT_ROOM_RTC_OFFER);
    make_link (f, ((EntMsgDescription *) message->data)->link, ENT_LINK_ANSWERER);
  }
  ent_link_take_description (f->link, ((EntMsgDescription *) message->data)->sdp, &error);
  g_assert_no_error (error);
  while (f->protocol == NULL || !ent_link_is_channel_open (f->link, ENT_LINK_SYNC) ||
         !ent_link_is_channel_open (f->link, ENT_LINK_PRESENCE)) {
    take_candidates (f);
    test_turn ();
  }
  ent_room_link_start (f->protocol);
  test_wait (f->n_questions > 0);
}

/* --- people ---------------------------------------------------------------------------------- */

static void
file_changed_cb (EntRoom *room, EntRoomFile *file, gboolean is_local, Fixture *f)
{
  f->n_changes++;
}

static void
notice_cb (EntRoom *room, const char *sentence, Fixture *f)
{
  g_free (f->notice);
  f->notice = g_strdup (sentence);
}

static EntRoom *
open_honest (Fixture *f)
{
  g_autoptr (EntClient) client = ent_client_new (f->server->origin);
  const EntRoomOptions options = {
    .room = f->room->id,
    .invite = f->room->lead,
    .name = "Lea",
    .data_dir = f->data_dir,
    .peer_links = TRUE,
    .clock = f->clock,
  };
  EntRoom *room = ent_room_new (client, &options);

  ent_room_start (room);
  test_wait (ent_room_get_phase (room) == ENT_ROOM_PHASE_JOINED);
  test_wait (ent_room_find_file (room, "main.py") != NULL);
  return room;
}

static TestRoomPeer *
enter (Fixture *f, const EntApiJoined *joined)
{
  TestRoomPeer *peer = test_room_peer_new (get_client (joined, 0));

  test_room_peer_connect (
    peer, f->server->session, f->server->origin, f->room->id, joined->room_token);
  g_assert_cmpuint (peer->sync_code, ==, 0);
  return peer;
}

/* Whether somebody's app has shown this device's caret, that is, knows that it is here. */
static void
show_caret (TestRoomPeer *peer, guint64 client)
{
  g_autoptr (EntAwareness) awareness = ent_awareness_new (client);
  g_autoptr (GBytes) update = NULL;
  g_autoptr (GBytes) message = NULL;
  guint n_before = peer->n_awareness;

  ent_awareness_set_state (awareness, "{}", 0, NULL);
  update = ent_awareness_encode (awareness, NULL, 0);
  message = ent_sync_new_awareness (update);
  test_room_peer_send_sync (peer, message);
  test_wait (peer->n_awareness > n_before);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  gboolean is_observer = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;

  f->server = test_server_new ();
  f->room = test_server_add_room (f->server);
  f->is_observer = is_observer;
  f->clock = ent_clock_new_test (g_get_real_time ());
  f->ticked_us = g_get_monotonic_time ();
  f->tick_source = g_timeout_add (2, tick_cb, f);
  f->data_dir = g_dir_make_tmp ("hostile-XXXXXX", &error);
  g_assert_no_error (error);
  f->honest = open_honest (f);
  g_signal_connect (f->honest, "change", G_CALLBACK (file_changed_cb), f);
  g_signal_connect (f->honest, "notice", G_CALLBACK (notice_cb), f);
  f->bystander_joined = test_server_join (
    f->server, f->room, is_observer ? f->room->candidate : f->room->observer, "b");
  f->bystander = enter (f, f->bystander_joined);
  show_caret (f->bystander, get_client (f->bystander_joined, 0));
  f->joined = test_server_join (
    f->server, f->room, is_observer ? f->room->observer : f->room->candidate, "h");
  f->sockets = enter (f, f->joined);
}

static void
left_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  ent_room_leave_finish (ENT_ROOM (source), result);
  *(gboolean *) data = TRUE;
}

static void
leave_honest (Fixture *f)
{
  gboolean has_left = FALSE;

  ent_room_leave_async (f->honest, left_cb, &has_left);
  test_wait (has_left);
  g_clear_object (&f->honest);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  const char *const argv[] = { "rm", "-rf", "--", f->data_dir, NULL };

  if (f->honest != NULL)
    leave_honest (f);
  g_signal_handlers_disconnect_by_data (f->link, f);
  ent_link_close (f->link);
  g_clear_object (&f->link);
  g_clear_pointer (&f->protocol, ent_room_link_free);
  g_clear_pointer (&f->answer, g_bytes_unref);
  test_room_peer_free (f->sockets);
  test_room_peer_free (f->bystander);
  ent_api_joined_free (f->joined);
  ent_api_joined_free (f->bystander_joined);
  g_source_remove (f->tick_source);
  ent_clock_unref (f->clock);
  test_room_free (f->room);
  test_server_free (f->server);
  g_spawn_sync (
    NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (f->data_dir);
  g_free (f->notice);
  g_assert_true (ent_media_finish (60000));
}

/* --- what it sends --------------------------------------------------------------------------- */

/* A document as everybody has it, in which client then writes, or only deletes. */
static GBytes *
forge_text (Fixture *f, guint64 client, gboolean deletes_only, const char *forged)
{
  g_autoptr (EntDoc) doc = ent_doc_new (client, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) state = ent_doc_encode (f->sockets->doc);
  g_autoptr (EntStateVector) before = NULL;
  g_autoptr (GError) error = NULL;
  EntRoomFile *file = ent_room_find_file (f->honest, "main.py");
  g_autofree char *name = g_strconcat ("text:", ent_room_file_get_id (file), NULL);
  EntType *text;

  ent_doc_apply_bytes (doc, state, NULL, &error);
  g_assert_no_error (error);
  before = ent_doc_dup_state_vector (doc);
  text = ent_doc_get_text (doc, name);
  if (deletes_only)
    ent_text_delete (text, 0, ent_text_get_length (text), &error);
  else
    ent_text_insert (text, 0, forged, -1, &error);
  g_assert_no_error (error);
  return ent_doc_encode_diff (doc, before);
}

static GBytes *
forge (Fixture *f, guint64 client, gboolean deletes_only)
{
  return forge_text (f, client, deletes_only, FORGED);
}

/* Step 2 by hand: its body is an update like any other. */
static GBytes *
new_step2 (GBytes *update)
{
  g_autoptr (GBytes) message = ent_sync_new_update (update);
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);
  guint8 *bytes = g_memdup2 (data, size);

  bytes[1] = 1;
  return g_bytes_new_take (bytes, size);
}

static GBytes *
forge_caret (guint64 client)
{
  g_autoptr (EntAwareness) awareness = ent_awareness_new (client);
  g_autoptr (GBytes) update = NULL;

  for (guint i = 0; i < 1000; i++) /* newer than any that the person has sent */
    g_assert_true (ent_awareness_set_state (awareness, "{\"file\":\"" FORGED "\"}", 0, NULL));
  update = ent_awareness_encode (awareness, NULL, 0);
  return ent_sync_new_awareness (update);
}

static void
send_both_ways (Fixture *f, GBytes *message)
{
  ent_room_link_send_sync (f->protocol, message);
  test_room_peer_send_sync (f->sockets, message);
}

/* Everything of a kind that must not get through: live, and as a step 2 that was not asked for. */
static void
send_update (Fixture *f, GBytes *update)
{
  g_autoptr (GBytes) live = ent_sync_new_update (update);
  g_autoptr (GBytes) step2 = new_step2 (update);

  send_both_ways (f, live);
  send_both_ways (f, step2);
}

static void
send_forged (Fixture *f, guint64 client, gboolean deletes_only)
{
  g_autoptr (GBytes) update = forge (f, client, deletes_only);

  send_update (f, update);
}

static void
send_caret (Fixture *f, guint64 client)
{
  g_autoptr (GBytes) message = forge_caret (client);

  send_both_ways (f, message);
  ent_room_link_send_presence (f->protocol, message);
}

/* The honest app and the coordinator have taken in what was sent before: they answer a question
 * that came after it. */
static void
wait_for_link (Fixture *f)
{
  g_autoptr (GBytes) step1 = ent_sync_new_step1 (f->sockets->doc);
  guint n_answers = f->n_answers;

  ent_room_link_send_sync (f->protocol, step1);
  test_wait (f->n_answers > n_answers);
}

static void
wait_for_coordinator (TestRoomPeer *sockets)
{
  g_autoptr (GBytes) step1 = ent_sync_new_step1 (sockets->doc);
  guint n_synced = sockets->n_synced;

  test_room_peer_send_sync (sockets, step1);
  test_wait (sockets->n_synced > n_synced || sockets->sync_code != 0);
}

static void
wait_for_both (Fixture *f)
{
  wait_for_link (f);
  wait_for_coordinator (f->sockets);
}

/* Everybody has what the coordinator relayed of it: they have what the candidate wrote after it. */
static void
wait_for_relays (Fixture *f)
{
  TestRoomPeer *writer = f->is_observer ? f->bystander : f->sockets;
  TestRoomPeer *reader = f->is_observer ? f->sockets : f->bystander;
  guint n_changes = f->n_changes;
  guint n_updates = reader->n_updates;

  test_room_peer_type (writer, "main.js", 0, "honest ");
  test_wait (f->n_changes > n_changes && reader->n_updates > n_updates);
}

/* --- what came of it ------------------------------------------------------------------------- */

static char *
read_hash (EntDoc *doc)
{
  return ent_doc_dup_state_hash (doc);
}

static gboolean
holds_bytes (const char *path, const char *bytes)
{
  g_autofree char *content = NULL;
  gsize size;

  return g_file_get_contents (path, &content, &size, NULL) &&
         memmem (content, size, bytes, strlen (bytes)) != NULL;
}

/* Fails when a file below the folder holds the bytes. */
static void
assert_not_stored (const char *folder, const char *bytes)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      continue;
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      assert_not_stored (path, bytes);
    else if (holds_bytes (path, bytes))
      g_error ("'%s' holds what must not be stored", path);
  }
}

/* hash is of what everybody has, and becomes that of what they have after another, honest edit. */
static void
assert_untouched (Fixture *f, char **hash)
{
  g_autofree char *before = read_hash (f->bystander->doc);
  g_autofree char *honest = NULL;
  g_autofree char *read_along = NULL;
  g_autofree char *fresh = NULL;
  g_autoptr (TestRoomPeer) late = NULL;
  EntRoomFile *file = ent_room_find_file (f->honest, "main.py");
  g_autoptr (GArray) carets = NULL;

  g_assert_cmpstr (before, ==, *hash);
  g_assert_cmpuint (f->n_changes, ==, 0);
  wait_for_relays (f);
  g_free (*hash);
  *hash = read_hash (f->sockets->doc);
  honest = read_hash (ent_room_get_doc (f->honest));
  read_along = read_hash (f->bystander->doc);
  carets = ent_room_file_list_carets (file);
  g_assert_cmpstr (honest, ==, *hash);
  g_assert_cmpstr (read_along, ==, *hash);
  g_assert_cmpuint (f->n_changes, ==, 1);
  g_assert_cmpuint (carets->len, ==, 0);
  late = enter (f, f->bystander_joined);
  fresh = read_hash (late->doc);
  g_assert_cmpstr (fresh, ==, *hash);
}

/* After the honest app has left, and the server was stopped and has started again. */
static void
assert_nothing_stored (Fixture *f, const char *hash)
{
  g_autofree char *kept = NULL;
  g_autofree char *served = NULL;
  g_autoptr (TestRoomPeer) late = NULL;

  leave_honest (f);
  assert_not_stored (f->data_dir, FORGED);
  test_server_stop (f->server);
  assert_not_stored (f->server->folder, FORGED);
  test_server_start (f->server);
  late = enter (f, f->bystander_joined);
  served = read_hash (late->doc);
  g_assert_cmpstr (served, ==, hash);
  f->honest = open_honest (f);
  kept = read_hash (ent_room_get_doc (f->honest));
  g_assert_cmpstr (kept, ==, hash);
}

/* Sends under every client ID there is: the own ones, those of others in the room and those of
 * nobody. */
static void
test_observer (Fixture *f, gconstpointer data)
{
  const guint64 clients[] = { get_client (f->joined, 0), get_honest_client (f),
    get_client (f->bystander_joined, 0), 0x90000001, 3 };
  g_autofree char *hash = read_hash (f->sockets->doc);
  g_autoptr (GBytes) own = forge (f, clients[0], FALSE);

  f->answer = new_step2 (own);
  build_link (f);
  wait_for_both (f);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++) {
    send_forged (f, clients[i], FALSE);
    send_forged (f, clients[i], TRUE);
    if (i == 1 || i == 2)
      send_caret (f, clients[i]);
  }
  wait_for_both (f);
  assert_untouched (f, &hash);
  g_assert_cmpuint (ent_room_link_get_life (f->protocol), ==, ENT_ROOM_LINK_ALIVE);
  assert_nothing_stored (f, hash);
}

/* A candidate writes, but only in the own name. */
static void
test_candidate_as_others (Fixture *f, gconstpointer data)
{
  const guint64 others[] = { get_honest_client (f), get_honest_client (f) ^ 1,
    get_client (f->bystander_joined, 0), 3 };
  g_autofree char *hash = read_hash (f->sockets->doc);
  g_autofree char *shown = NULL;
  g_autoptr (GBytes) as_host = forge (f, others[0], FALSE);

  f->answer = new_step2 (as_host);
  build_link (f);
  wait_for_both (f);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    send_forged (f, others[i], FALSE);
    send_caret (f, others[i]);
  }
  wait_for_both (f);
  assert_untouched (f, &hash);
  assert_nothing_stored (f, hash);
}

/* The same link and sockets carry what is allowed: the tests above did not fail to send. */
static void
test_candidate_as_itself (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) own = forge (f, get_client (f->joined, 0), FALSE);
  g_autoptr (GBytes) live = ent_sync_new_update (own);

  build_link (f);
  wait_for_both (f);
  ent_room_link_send_sync (f->protocol, live);
  test_wait (f->n_changes == 1);
  test_room_peer_send_sync (f->sockets, live);
  test_wait (f->bystander->n_updates == 1);
}

/* The answer to the coordinator's own question may carry what absent people wrote, and nothing of
 * those who are here. */
static void
test_answer_as_others (Fixture *f, gconstpointer data)
{
  const guint64 others[] = { get_honest_client (f), get_client (f->bystander_joined, 0) };
  g_autofree char *hash = read_hash (f->sockets->doc);

  build_link (f);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (GBytes) update = forge (f, others[i], FALSE);
    g_autoptr (TestRoomPeer) again = test_room_peer_new (get_client (f->joined, 1 + i));

    ent_doc_apply_bytes (again->doc, update, NULL, NULL);
    test_room_peer_connect (
      again, f->server->session, f->server->origin, f->room->id, f->joined->room_token);
    test_wait (again->n_synced > 0 || again->sync_code != 0);
    wait_for_coordinator (again);
  }
  test_room_peer_connect (
    f->sockets, f->server->session, f->server->origin, f->room->id, f->joined->room_token);
  assert_untouched (f, &hash);
}

/* Second by second, so that the link lives. */
static void
pass_time (Fixture *f, guint seconds)
{
  for (guint i = 0; i < seconds; i++) {
    ent_clock_advance (f->clock, 1000);
    wait_for_link (f);
  }
}

/* Says what the own copy is, as honest peers do when nothing changes; twice, since a difference may
 * pass. */
static void
claim_copy (Fixture *f, EntDoc *doc, const char *hash)
{
  g_autoptr (EntStateVector) vector = ent_doc_dup_state_vector (doc);
  g_autoptr (GBytes) sv = ent_state_vector_encode (vector);
  const EntMsgCopy copy = { sv, (char *) hash };

  pass_time (f, 32);
  test_wait (f->n_copies > 0); /* it is idle */
  ent_room_link_send_peer (f->protocol, ENT_PEER_COPY, &copy);
  pass_time (f, 3);
  g_assert_null (f->notice);
  ent_room_link_send_peer (f->protocol, ENT_PEER_COPY, &copy);
  test_wait (f->notice != NULL);
}

/* Somebody writes one thing to a peer and another to the coordinator, under one clock. The
 * coordinator's copy is loaded, and everything goes on with it. */
static void
test_two_faces (Fixture *f, gconstpointer data)
{
  guint64 client = get_client (f->joined, 0);
  g_autoptr (GBytes) here = forge_text (f, client, FALSE, "said to the peer");
  g_autoptr (GBytes) there = forge_text (f, client, FALSE, "SAID TO THE REST");
  g_autoptr (GBytes) to_peer = ent_sync_new_update (here);
  g_autoptr (GBytes) to_rest = ent_sync_new_update (there);
  g_autofree char *hash = NULL;
  g_autofree char *loaded = NULL;
  EntRoomFile *file;

  build_link (f);
  wait_for_both (f);
  ent_room_link_send_sync (f->protocol, to_peer);
  test_wait (f->n_changes == 1);
  test_room_peer_send_sync (f->sockets, to_rest);
  test_wait (f->bystander->n_updates == 1);
  hash = read_hash (f->bystander->doc);
  loaded = read_hash (ent_room_get_doc (f->honest));
  g_assert_cmpstr (loaded, !=, hash);
  claim_copy (f, f->bystander->doc, hash);
  g_free (loaded);
  loaded = read_hash (ent_room_get_doc (f->honest));
  g_assert_cmpstr (loaded, ==, hash);
  g_assert_nonnull (strstr (f->notice, "loaded anew"));
  file = ent_room_find_file (f->honest, "main.py");
  g_assert_true (ent_room_insert (f->honest, file, 0, "goes on;", NULL));
  test_wait (f->bystander->n_updates == 2);
  leave_honest (f);
  f->honest = open_honest (f);
  g_free (loaded);
  loaded = read_hash (ent_room_get_doc (f->honest));
  g_free (hash);
  hash = read_hash (f->bystander->doc);
  g_assert_cmpstr (loaded, ==, hash);
}

/* A copy that is said to differ changes nothing where the own one is the coordinator's. */
static void
test_false_alarm (Fixture *f, gconstpointer data)
{
  g_autofree char *hash = read_hash (f->sockets->doc);
  EntDoc *doc = ent_room_get_doc (f->honest);

  build_link (f);
  wait_for_both (f);
  claim_copy (f, f->sockets->doc, "0123");
  g_assert_nonnull (strstr (f->notice, "does not have the same text"));
  g_assert_true (ent_room_get_doc (f->honest) == doc);
  assert_untouched (f, &hash);
}

static EntParticipant *
find_hostile (Fixture *f)
{
  GListModel *people = ent_room_get_roster (f->honest);

  for (guint i = 0; i < g_list_model_get_n_items (people); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (people, i);

    if (g_str_equal (ent_participant_get_id (person), f->joined->participant))
      return person; /* the room's */
  }
  g_assert_not_reached ();
}

/* Somebody who was sent back to the lobby keeps the data link open, and goes on with it. */
static void
test_sent_back (Fixture *f, gconstpointer data)
{
  guint64 client = get_client (f->joined, 0);
  g_autoptr (GBytes) own = forge (f, client, FALSE);
  g_autoptr (GBytes) live = ent_sync_new_update (own);
  g_autoptr (GBytes) step2 = new_step2 (own);
  g_autoptr (GBytes) caret = forge_caret (client);
  g_autoptr (GBytes) step1 = ent_sync_new_step1 (f->sockets->doc);
  g_autoptr (GArray) carets = NULL;
  EntRoomFile *file = ent_room_find_file (f->honest, "main.py");
  EntParticipant *hostile = find_hostile (f);
  guint n_answers, n_updates;

  build_link (f);
  wait_for_both (f);
  ent_room_set_lobby (f->honest, TRUE);
  ent_room_send_back (f->honest, hostile);
  test_wait (f->sockets->sync_code != 0 && ent_participant_get_state (hostile) == ENT_PEER_LEFT);
  n_answers = f->n_answers;
  n_updates = f->n_updates;
  for (guint i = 0; i < 5; i++) {
    guint n_seen = f->bystander->n_updates;

    ent_room_link_send_sync (f->protocol, live);
    ent_room_link_send_sync (f->protocol, step2);
    ent_room_link_send_sync (f->protocol, caret);
    ent_room_link_send_presence (f->protocol, caret);
    ent_room_link_send_sync (f->protocol, step1);
    ent_clock_advance (f->clock, 1000);
    g_assert_true (ent_room_insert (f->honest, file, 0, "unheard ", NULL));
    test_wait (f->bystander->n_updates > n_seen);
  }
  carets = ent_room_file_list_carets (file);
  g_assert_cmpuint (carets->len, ==, 0);
  g_assert_cmpuint (f->n_answers, ==, n_answers);
  g_assert_cmpuint (f->n_updates, ==, n_updates);
  leave_honest (f);
  assert_not_stored (f->data_dir, FORGED);
  assert_not_stored (f->server->folder, FORGED);
}

#define ADD(path, is_observer, func) \
  g_test_add (path, Fixture, GINT_TO_POINTER (is_observer), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_true (ent_media_init (&error));
  ADD ("/hostile-peer/observer", TRUE, test_observer);
  ADD ("/hostile-peer/candidate-as-others", FALSE, test_candidate_as_others);
  ADD ("/hostile-peer/candidate-as-itself", FALSE, test_candidate_as_itself);
  ADD ("/hostile-peer/answer-as-others", FALSE, test_answer_as_others);
  ADD ("/hostile-peer/two-faces", FALSE, test_two_faces);
  ADD ("/hostile-peer/false-alarm", FALSE, test_false_alarm);
  ADD ("/hostile-peer/sent-back", FALSE, test_sent_back);
  status = g_test_run ();
  ent_media_exit (status, 10000);
}
