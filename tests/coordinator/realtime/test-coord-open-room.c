#include "room-fixture.h"

#include "document/ent-awareness.h"
#include "document/ent-doc-sync.h"
#include "protocol/ent-limits.h"
#include "protocol/ent-msg-call.h"

#include <string.h>

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)

static gboolean
starts_with (TestRoomPeer *peer, const char *path, const char *text)
{
  g_autofree char *shown = test_room_peer_dup_text (peer, path);

  return shown != NULL && g_str_has_prefix (shown, text);
}

static void
test_two_edit (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  test_room_peer_type (a, "main.py", 0, "# from a\n");
  test_wait (starts_with (b, "main.py", "# from a\n"));
  test_room_peer_type (b, "main.py", 0, "# from b\n");
  test_wait (starts_with (a, "main.py", "# from b\n# from a\n"));
  test_wait (test_room_peer_is_durable (a) && test_room_peer_is_durable (b));
  g_assert_cmpuint (a->n_updates, ==, 1); /* its own update is not sent back */
}

/* Two people who come at the same moment find each starter file once. */
static void
test_starters_once (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = test_room_peer_new (host->first_client);
  g_autoptr (TestRoomPeer) b = test_room_peer_new (guest->first_client);
  CoordSocket *sockets[2];

  test_room_peer_take_room (a, room_fixture_dial (f, &sockets[0]), host->token);
  test_room_peer_take_room (b, room_fixture_dial (f, &sockets[1]), guest->token);
  coord_room_table_take_socket (f->table, "room", sockets[0]);
  coord_room_table_take_socket (f->table, "room", sockets[1]);
  test_wait (test_room_peer_find (a, ENT_ROOM_WELCOME) != NULL);
  test_wait (test_room_peer_find (b, ENT_ROOM_WELCOME) != NULL);
  test_room_peer_cut (a);
  test_room_peer_cut (b);
  room_fixture_connect (f, a, host, NULL);
  room_fixture_connect (f, b, guest, NULL);
  g_assert_cmpuint (test_room_peer_count_files (a), ==, 3);
  g_assert_cmpuint (test_room_peer_count_files (b), ==, 3);
  g_assert_true (starts_with (a, "main.py", "# "));
  g_assert_true (starts_with (a, "main.js", "// "));
  g_assert_true (starts_with (b, "main.cpp", "// "));
  room_fixture_restart (f);
  room_fixture_connect (f, a, host, NULL);
  g_assert_cmpuint (test_room_peer_count_files (a), ==, 3);
}

/* How many units the next `durable` that tells of deletions tells of. */
static guint
wait_deleted (TestRoomPeer *peer)
{
  for (;;) {
    g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_DURABLE);
    const EntMsgDurable *durable = message->data;
    g_autoptr (EntUpdateInfo) info = NULL;

    if (durable->deleted == NULL)
      continue;
    info = ent_update_inspect (durable->deleted, NULL);
    g_assert_nonnull (info);
    g_assert_cmpuint (info->created->len, ==, 0);
    return info->n_deleted_units;
  }
}

/* A deletion has no clock: `durable` tells of it by itself, once, and of all to who comes anew. */
static void
test_deletions_are_told (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = NULL;
  EntType *text = test_room_peer_get_text (a, "main.py");

  ent_text_delete (text, 0, 2, NULL);
  g_assert_cmpuint (wait_deleted (a), ==, 2);
  ent_text_delete (text, 3, 1, NULL);
  g_assert_cmpuint (wait_deleted (a), ==, 1);
  b = room_fixture_join (f, guest);
  g_assert_cmpuint (wait_deleted (b), ==, 3);
  test_room_peer_cut (a);
  room_fixture_restart (f);
  room_fixture_connect (f, a, host, NULL);
  g_assert_cmpuint (wait_deleted (a), ==, 3);
}

#define MANY 60000 /* deletions that cannot be written as one */

static void
delete_every_second (TestRoomPeer *peer)
{
  EntType *text = test_room_peer_get_text (peer, "main.py");
  g_autofree char *letters = g_strnfill (2 * MANY, 'x');

  ent_text_insert (text, 0, letters, -1, NULL);
  ent_doc_begin (peer->doc, NULL);
  for (guint i = MANY; i > 0; i--)
    ent_text_delete (text, 2 * i - 2, 1, NULL);
  ent_doc_commit (peer->doc);
}

/* Waits until so many deletions were told of, in messages that nobody has too little room for. */
static void
wait_many_deleted (TestRoomPeer *peer)
{
  guint n_deleted = 0;

  while (n_deleted < MANY) {
    g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_DURABLE);
    const EntMsgDurable *durable = message->data;
    g_autoptr (EntUpdateInfo) info = NULL;

    if (durable->deleted == NULL)
      continue;
    g_assert_cmpuint (g_bytes_get_size (durable->deleted), <=, 64 * 1024);
    info = ent_update_inspect (durable->deleted, NULL);
    g_assert_nonnull (info);
    n_deleted += info->n_deleted_units;
  }
}

/* Who deletes in a hundred thousand places keeps nobody out: they are told in parts. */
static void
test_many_deletions (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  delete_every_second (b);
  wait_many_deleted (a);
  test_wait (test_room_peer_is_durable (b));
  test_room_peer_cut (a);
  room_fixture_connect (f, a, host, NULL);
  wait_many_deleted (a);
  test_wait (test_room_peer_is_durable (a));
  test_room_peer_cut (a);
  test_room_peer_cut (b);
  room_fixture_restart (f);
  room_fixture_connect (f, a, host, NULL);
  wait_many_deleted (a);
  test_wait (test_room_peer_is_durable (a));
}

static void
test_observer_is_dropped (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (watcher, ENT_ROLE_OBSERVER);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) o = room_fixture_join (f, watcher);
  guint64 dropped = coord_open_room_get_counts ()->dropped_role;
  gint64 rows;

  test_wait (test_room_peer_is_durable (a));
  rows = coord_test_count (f->store->db, "SELECT COUNT (*) FROM room_log WHERE kind = 1");
  test_room_peer_type (o, "main.py", 0, "observed");
  test_wait (coord_open_room_get_counts ()->dropped_role > dropped);
  test_room_peer_type (a, "main.js", 0, "x");
  test_wait (starts_with (o, "main.js", "x"));
  g_assert_false (starts_with (a, "main.py", "observed"));
  /* Nor does it slip in with the answer to a sync step. */
  test_room_peer_cut (o);
  room_fixture_connect (f, o, watcher, NULL);
  test_wait (coord_open_room_get_counts ()->dropped_role > dropped + 1);
  test_wait (test_room_peer_is_durable (a));
  g_assert_false (starts_with (a, "main.py", "observed"));
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT (*) FROM room_log WHERE kind = 1"), ==, rows + 1);
}

/* A live update under another person's client ID is dropped, in a sync answer it is merged. */
static void
test_foreign_client (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = test_room_peer_new (host->first_client + 1);
  guint64 dropped = coord_open_room_get_counts ()->dropped_foreign;

  room_fixture_connect (f, b, guest, NULL);
  test_room_peer_type (b, "main.py", 0, "stolen ");
  test_wait (coord_open_room_get_counts ()->dropped_foreign > dropped);
  g_assert_false (starts_with (a, "main.py", "stolen"));
  test_room_peer_cut (b);
  room_fixture_connect (f, b, guest, NULL);
  test_wait (starts_with (a, "main.py", "stolen"));
}

/* Random IDs of stock clients become the sender's, and are told to everybody. */
static void
test_random_client (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = test_room_peer_new (0x90000001);
  g_autoptr (EntDoc) forged = ent_doc_new (0x90000001, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) update = NULL;
  g_autoptr (GBytes) theft = NULL;
  guint64 dropped = coord_open_room_get_counts ()->dropped_foreign;
  g_autoptr (EntMessage) message = NULL;
  const EntMsgPeer *peer;

  room_fixture_connect (f, b, guest, NULL);
  test_room_peer_skip (a, ENT_ROOM_PEER);
  test_room_peer_type (b, "main.py", 0, "mine ");
  test_wait (starts_with (a, "main.py", "mine"));
  message = test_room_peer_wait (a, ENT_ROOM_PEER);
  peer = message->data;
  g_assert_cmpstr (peer->id, ==, guest->id);
  g_assert_cmpint (g_array_index (peer->clients, gint64, peer->clients->len - 1), ==, 0x90000001);
  g_assert_true (peer->unconfirmed == NULL || peer->unconfirmed->len == 0);
  /* Another person cannot write under it. */
  ent_text_insert (ent_doc_get_text (forged, "text:x"), 0, "a longer text", -1, NULL);
  update = ent_doc_encode (forged);
  theft = ent_sync_new_update (update);
  test_room_peer_send_sync (a, theft);
  test_wait (coord_open_room_get_counts ()->dropped_foreign > dropped);
}

/* Everything that was acknowledged is there after a restart, and the snapshot is as good. */
static void
test_restart (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = NULL;
  g_autofree char *before = NULL;

  for (guint i = 0; i < 50; i++)
    test_room_peer_type (a, "main.py", 0, "x");
  test_wait (test_room_peer_is_durable (a));
  before = test_room_peer_dup_text (a, "main.py");
  test_room_peer_cut (a);
  room_fixture_restart (f);
  b = room_fixture_join (f, guest);
  g_assert_true (test_room_peer_shows (b, "main.py", before));
}

static void
test_takeover (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) old = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) new = test_room_peer_new (host->first_client + 1);
  g_autofree char *token = room_fixture_add_device (f, host, "newer");

  test_wait (old->sync_code == COORD_CLOSE_TAKEN_OVER && old->room_code == COORD_CLOSE_TAKEN_OVER);
  room_fixture_connect (f, new, host, token);
  g_assert_cmpuint (new->room_code, ==, 0);
  test_room_peer_cut (old);
  room_fixture_connect (f, old, host, NULL);
  g_assert_cmpuint (old->room_code, ==, COORD_CLOSE_NOT_SIGNED_IN);
  g_assert_cmpuint (old->sync_code, ==, COORD_CLOSE_NOT_SIGNED_IN);
}

/* News of the older device must not end the newer one. */
static void
test_late_news (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) new = test_room_peer_new (host->first_client + 1);
  g_autofree char *token = room_fixture_add_device (f, host, "newer");

  room_fixture_connect (f, new, host, token);
  room_fixture_tell_device (f, host, "device");
  for (guint i = 0; i < 3; i++) {
    test_room_peer_type (new, "main.py", 0, "x");
    test_wait (test_room_peer_is_durable (new));
  }
  g_assert_cmpuint (new->room_code, ==, 0);
  g_assert_cmpuint (new->sync_code, ==, 0);
}

static void
test_peers_and_leaving (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = NULL;
  g_autoptr (EntMessage) came = NULL;
  g_autoptr (EntMessage) went = NULL;
  const EntMsgPeer *peer;

  test_room_peer_skip (a, ENT_ROOM_PEER);
  b = room_fixture_join (f, guest);
  came = test_room_peer_wait (a, ENT_ROOM_PEER);
  peer = came->data;
  g_assert_cmpstr (peer->id, ==, guest->id);
  g_assert_cmpint (peer->state, ==, ENT_PEER_JOINED);
  g_assert_cmpint (peer->colour, ==, 1);
  g_assert_cmpuint (peer->clients->len, ==, COORD_CLIENT_BLOCK);
  test_room_peer_skip (a, ENT_ROOM_PEER);
  test_room_peer_leave (b);
  test_wait (test_room_peer_find (a, ENT_ROOM_PEER) != NULL);
  went = test_room_peer_take (a, ENT_ROOM_PEER);
  peer = went->data;
  g_assert_true (peer->state == ENT_PEER_LEFT || peer->state == ENT_PEER_AWAY);
}

static void
send_awareness (TestRoomPeer *peer, EntAwareness *awareness)
{
  g_autoptr (GBytes) update = ent_awareness_encode (awareness, NULL, 0);
  g_autoptr (GBytes) message = ent_sync_new_awareness (update);

  test_room_peer_send_sync (peer, message);
}

/* Carets are relayed to all, their sender too, and go with the socket. */
static void
test_awareness (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (EntAwareness) own = ent_awareness_new (host->first_client);
  g_autoptr (EntAwareness) forged = ent_awareness_new (guest->first_client);

  g_assert_true (ent_awareness_set_state (own, "{\"file\":\"main.py\"}", 0, NULL));
  send_awareness (a, own);
  test_wait (a->n_awareness == 1 && b->n_awareness == 1);
  g_assert_true (ent_awareness_set_state (forged, "{\"file\":\"main.js\"}", 0, NULL));
  send_awareness (a, forged);
  send_awareness (a, own);
  test_room_peer_cut (a);
  test_wait (b->n_awareness == 2);
}

/* Who closes the room socket has left, whichever of the two goes last. */
static void
test_leaving_room_first (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  EntPeerState state = ENT_PEER_JOINED;

  soup_websocket_connection_close (b->room, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait (b->room_code != 0);
  soup_websocket_connection_close (b->sync, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  while (state == ENT_PEER_JOINED) {
    g_autoptr (EntMessage) message = test_room_peer_wait (a, ENT_ROOM_PEER);

    state = ((const EntMsgPeer *) message->data)->state;
  }
  g_assert_cmpint (state, ==, ENT_PEER_LEFT);
}

static gboolean
has_seat (TestRoomPeer *watcher, RoomPerson *person, gboolean wanted)
{
  EntMessage *message;
  gboolean found = FALSE;

  while ((message = test_room_peer_take (watcher, ENT_ROOM_PEER)) != NULL) {
    const EntMsgPeer *peer = message->data;

    if (g_str_equal (peer->id, person->id))
      found = peer->seat == wanted;
    ent_message_free (message);
  }
  return found;
}

static void
test_seats (RoomFixture *f, gconstpointer data)
{
  const EntRole roles[] = { ENT_ROLE_HOST, ENT_ROLE_CANDIDATE, ENT_ROLE_CO_INTERVIEWER,
    ENT_ROLE_OBSERVER, ENT_ROLE_CO_INTERVIEWER, ENT_ROLE_OBSERVER };
  RoomPerson *people[G_N_ELEMENTS (roles)];
  TestRoomPeer *peers[G_N_ELEMENTS (roles)];

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    people[i] = room_fixture_add_person (f, "Somebody", roles[i]);
    peers[i] = room_fixture_join (f, people[i]);
  }
  for (guint i = 0; i < 4; i++) {
    test_room_peer_send (peers[i], ENT_ROOM_RTC_JOIN, 10, NULL);
    test_wait (has_seat (peers[0], people[i], TRUE));
  }
  test_room_peer_send (peers[5], ENT_ROOM_RTC_JOIN, 10, NULL);
  test_room_peer_wait_error (peers[5], "call_full");
  test_room_peer_send (peers[4], ENT_ROOM_RTC_JOIN, 10, NULL);
  test_wait (has_seat (peers[5], people[4], TRUE));
  test_room_peer_skip (peers[0], ENT_ROOM_PEER);
  test_room_peer_send (peers[1], ENT_ROOM_RTC_LEAVE, 0, NULL);
  test_wait (has_seat (peers[0], people[1], FALSE));
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    test_room_peer_free (peers[i]);
    room_person_free (people[i]);
  }
}

static void
test_descriptions (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autofree char *sdp = g_strnfill (ENT_MAX_SDP, '\n');
  const EntMsgDescription offer = { (char *) "link", sdp, guest->id, guest->id };
  g_autoptr (EntMessage) message = NULL;
  const EntMsgDescription *got;

  test_room_peer_send (a, ENT_ROOM_RTC_OFFER, 7, &offer);
  test_room_peer_wait_error (a, "no_seat");
  test_room_peer_send (a, ENT_ROOM_RTC_JOIN, 0, NULL);
  test_room_peer_send (a, ENT_ROOM_RTC_OFFER, 8, &offer);
  test_room_peer_wait_error (a, "not_in_call");
  test_room_peer_send (b, ENT_ROOM_RTC_JOIN, 0, NULL);
  test_wait (has_seat (a, guest, TRUE));
  test_room_peer_send (a, ENT_ROOM_RTC_OFFER, 9, &offer);
  message = test_room_peer_wait (b, ENT_ROOM_RTC_OFFER);
  got = message->data;
  g_assert_cmpstr (got->from, ==, host->id);
  g_assert_cmpstr (got->sdp, ==, sdp);
}

static void
test_locks (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  const EntMsgLock lock = { TRUE, FALSE };
  g_autoptr (EntMessage) message = NULL;
  const EntMsgRoom *state;

  test_room_peer_send (b, ENT_ROOM_LOCK, 3, &lock);
  test_room_peer_wait_error (b, "denied");
  test_room_peer_send (a, ENT_ROOM_LOCK, 3, &lock);
  message = test_room_peer_wait (b, ENT_ROOM_STATE);
  state = message->data;
  g_assert_true (state->edit_locked);
  g_assert_false (state->run_locked);
  /* A lock informs; what was typed before it was heard of is merged. */
  test_room_peer_type (b, "main.py", 0, "before ");
  test_wait (starts_with (a, "main.py", "before "));
}

static void
test_remove (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  const EntMsgRemove guest_out = { guest->id };
  const EntMsgRemove host_out = { host->id };

  test_room_peer_send (a, ENT_ROOM_REMOVE, 3, &host_out);
  test_room_peer_wait_error (a, "denied");
  test_room_peer_send (a, ENT_ROOM_REMOVE, 4, &guest_out);
  test_wait (b->room_code == COORD_CLOSE_NOT_IN_ROOM && b->sync_code == COORD_CLOSE_NOT_IN_ROOM);
  test_room_peer_cut (b);
  room_fixture_connect (f, b, guest, NULL);
  g_assert_cmpuint (b->room_code, !=, 0);
  g_assert_cmpuint (b->sync_code, !=, 0);
}

static void
test_bad_messages (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (GBytes) bad = g_bytes_new_static ("\x00\x02\x03\xff\xff\xff", 6);

  test_room_peer_send_sync (a, bad);
  soup_websocket_connection_send_text (a->room, "{\"t\":\"room:lock\",\"d\":7}");
  test_wait (a->sync_code == COORD_CLOSE_BAD_MESSAGE && a->room_code == COORD_CLOSE_BAD_MESSAGE);
}

/* Without a first hello nobody is let in. */
static void
test_no_hello (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) wrong = test_room_peer_new (1000);
  g_autoptr (TestRoomPeer) early = test_room_peer_new (1001);
  CoordSocket *socket;

  test_room_peer_take_room (wrong, room_fixture_dial (f, &socket), "no such token");
  coord_room_table_take_socket (f->table, "room", socket);
  test_wait (wrong->room_code == COORD_CLOSE_NOT_SIGNED_IN);
  test_room_peer_wait_error (wrong, "not_signed_in");
  test_room_peer_take_room (early, room_fixture_dial (f, &socket), host->token);
  test_room_peer_send (early, ENT_ROOM_RTC_JOIN, 0, NULL);
  coord_room_table_take_socket (f->table, "room", socket);
  test_wait (early->room_code == COORD_CLOSE_BAD_MESSAGE);
}

/* Edits announced as made offline keep their time, between the last contact and the arrival. */
static void
test_made_at (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  gint64 contact_us;
  gint64 made_at_us;
  EntMsgTimes times = { host->first_client, 1, 0 };
  const EntMsgDescription offer = { (char *) "link", (char *) "sdp", host->id, host->id };

  test_room_peer_type (a, "main.py", 0, "x");
  test_wait (test_room_peer_is_durable (a));
  contact_us = g_get_real_time ();
  test_room_peer_cut (a);
  test_wait (g_get_real_time () > contact_us + 10000);
  room_fixture_connect (f, a, host, NULL);
  times.made_at = contact_us + 10000;
  test_room_peer_send (a, ENT_ROOM_TIMES, 0, &times);
  times.clock = 2;
  times.made_at = 1;
  test_room_peer_send (a, ENT_ROOM_TIMES, 0, &times);
  /* Edits come by the other socket: what was told before this refusal has been taken in. */
  test_room_peer_send (a, ENT_ROOM_RTC_OFFER, 7, &offer);
  test_room_peer_wait_error (a, "no_seat");
  test_room_peer_type (a, "main.py", 0, "y");
  test_room_peer_type (a, "main.py", 0, "z");
  test_wait (test_room_peer_is_durable (a));
  made_at_us = coord_test_count (
    f->store->db, "SELECT made_at FROM room_log WHERE made_at IS NOT NULL ORDER BY seq LIMIT 1");
  g_assert_cmpint (made_at_us, ==, contact_us + 10000);
  made_at_us = coord_test_count (f->store->db,
    "SELECT made_at FROM room_log WHERE made_at IS NOT NULL ORDER BY seq DESC LIMIT 1");
  g_assert_cmpint (ABS (made_at_us - contact_us), <, G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROOM_TEST ("/open-room/two-edit", test_two_edit);
  ADD_ROOM_TEST ("/open-room/starters-once", test_starters_once);
  ADD_ROOM_TEST ("/open-room/deletions-are-told", test_deletions_are_told);
  ADD_ROOM_TEST ("/open-room/many-deletions", test_many_deletions);
  ADD_ROOM_TEST ("/open-room/observer-is-dropped", test_observer_is_dropped);
  ADD_ROOM_TEST ("/open-room/foreign-client", test_foreign_client);
  ADD_ROOM_TEST ("/open-room/random-client", test_random_client);
  ADD_ROOM_TEST ("/open-room/restart", test_restart);
  ADD_ROOM_TEST ("/open-room/takeover", test_takeover);
  ADD_ROOM_TEST ("/open-room/late-news", test_late_news);
  ADD_ROOM_TEST ("/open-room/peers-and-leaving", test_peers_and_leaving);
  ADD_ROOM_TEST ("/open-room/leaving-room-first", test_leaving_room_first);
  ADD_ROOM_TEST ("/open-room/awareness", test_awareness);
  ADD_ROOM_TEST ("/open-room/seats", test_seats);
  ADD_ROOM_TEST ("/open-room/descriptions", test_descriptions);
  ADD_ROOM_TEST ("/open-room/locks", test_locks);
  ADD_ROOM_TEST ("/open-room/remove", test_remove);
  ADD_ROOM_TEST ("/open-room/bad-messages", test_bad_messages);
  ADD_ROOM_TEST ("/open-room/no-hello", test_no_hello);
  ADD_ROOM_TEST ("/open-room/made-at", test_made_at);
  return g_test_run ();
}
