/* The lobby of an open room: what who waits hears, and what of them counts. */

#include "room-fixture.h"

#include "document/ent-doc-sync.h"
#include "realtime/coord-open-room-private.h"
#include "store/coord-node-store.h"

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)
#define AUTO_WAITING(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_waiting (f, #name, role)

static void
switch_on_in_store (RoomFixture *f)
{
  g_autoptr (GError) error = NULL;

  coord_db_run (f->store->db, &error, "UPDATE room SET lobby = 1, rev = rev + 1");
  g_assert_no_error (error);
}

/* Connects somebody who waits: the document socket is refused. */
static TestRoomPeer *
wait_in_lobby (RoomFixture *f, RoomPerson *person)
{
  TestRoomPeer *peer = test_room_peer_new (0x90000000);

  room_fixture_connect (f, peer, person, NULL);
  g_assert_cmpuint (peer->room_code, ==, 0);
  g_assert_cmpuint (peer->sync_code, ==, COORD_CLOSE_NOT_IN_ROOM);
  return peer;
}

static void
wait_state (TestRoomPeer *peer, RoomPerson *person, EntPeerState state)
{
  for (;;) {
    g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_PEER);
    const EntMsgPeer *told = message->data;

    if (g_str_equal (told->id, person->id) && told->state == (int) state)
      return;
  }
}

/* Whether anything that has come names the person. */
static gboolean
knows (TestRoomPeer *peer, RoomPerson *person)
{
  for (guint i = 0; i < peer->messages->len; i++) {
    const EntMessage *message = peer->messages->pdata[i];
    g_autofree char *text = ent_room_message_encode (message->kind, 0, 0, message->data);

    if (strstr (text, person->id) != NULL)
      return TRUE;
  }
  return FALSE;
}

static void
ask (TestRoomPeer *peer, EntRoomKind kind, gint64 id, RoomPerson *person)
{
  const EntMsgLobbyPerson message = { person->id };

  test_room_peer_send (peer, kind, id, &message);
}

static void
set_lobby (TestRoomPeer *peer, gboolean is_on)
{
  const EntMsgLobby message = { is_on };

  test_room_peer_send (peer, ENT_ROOM_LOBBY, 1, &message);
}

static void
wait_room (TestRoomPeer *peer, gboolean is_on)
{
  for (;;) {
    g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_STATE);

    if (((EntMsgRoom *) message->data)->lobby == is_on)
      return;
  }
}

static void
assert_log (RoomFixture *f, const char *event, gint64 count)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *part = g_strdup_printf ("\"event\":\"%s\"", event);
  gint64 found = 0;

  for (guint tries = 0; found != count && tries < 1000; tries++) {
    g_clear_pointer (&rows, g_ptr_array_unref);
    rows = coord_room_store_load_log (f->store->db, "room", 0, COORD_LOG_EVENT, 1000, &error);
    g_assert_no_error (error);
    found = 0;
    for (guint i = 0; i < rows->len; i++) {
      gsize size;
      const char *text = g_bytes_get_data (((CoordLogRow *) rows->pdata[i])->bytes, &size);

      found += g_strstr_len (text, size, part) != NULL;
    }
    test_turn ();
  }
  g_assert_cmpint (found, ==, count);
}

/* Who waits is told the title and their own name, and is heard by nobody but those who lead. */
static void
test_waiting (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (watcher, ENT_ROLE_OBSERVER);
  AUTO_WAITING (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) o = room_fixture_join (f, watcher);
  g_autoptr (TestRoomPeer) g = wait_in_lobby (f, guest);
  g_autoptr (EntMessage) told = test_room_peer_take (g, ENT_ROOM_WAITING);
  const EntMsgWaiting *waiting = told->data;

  g_assert_cmpstr (waiting->title, ==, "T");
  g_assert_cmpstr (waiting->name, ==, "guest");
  wait_state (a, guest, ENT_PEER_LOBBY);
  test_room_peer_type (a, "main.py", 0, "secret ");
  test_wait (test_room_peer_is_durable (a));
  test_room_peer_cut (g);
  wait_state (a, guest, ENT_PEER_LEFT);
  test_turn_for (100);
  g_assert_cmpuint (g->messages->len, ==, 0);
  g_assert_false (knows (o, guest));
  g_assert_null (test_room_peer_get_text (g, "main.py"));
}

/* Nothing that is asked from there is done. */
static void
test_refused_all (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_WAITING (guest, ENT_ROLE_CANDIDATE);
  AUTO_WAITING (watcher, ENT_ROLE_OBSERVER);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) g = wait_in_lobby (f, guest);
  g_autoptr (TestRoomPeer) w = wait_in_lobby (f, watcher);
  const EntMsgLock lock = { TRUE, TRUE };
  const EntMsgLobby off = { FALSE };
  const EntMsgTimes times = { 16, 0, 1 };

  ask (g, ENT_ROOM_LOBBY_ADMIT, 1, guest);
  test_room_peer_wait_error (g, "denied");
  ask (w, ENT_ROOM_LOBBY_ADMIT, 1, watcher);
  test_room_peer_wait_error (w, "denied");
  ask (g, ENT_ROOM_LOBBY_RETURN, 2, host);
  test_room_peer_wait_error (g, "denied");
  test_room_peer_send (g, ENT_ROOM_LOCK, 3, &lock);
  test_room_peer_wait_error (g, "denied");
  test_room_peer_send (g, ENT_ROOM_LOBBY, 4, &off);
  test_room_peer_wait_error (g, "denied");
  test_room_peer_send (g, ENT_ROOM_RTC_JOIN, 5, NULL);
  test_room_peer_wait_error (g, "denied");
  test_room_peer_send (g, ENT_ROOM_END, 6, NULL);
  test_room_peer_wait_error (g, "denied");
  test_room_peer_send (g, ENT_ROOM_TIMES, 7, &times);
  test_room_peer_wait_error (g, "denied");
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT (*) FROM participant WHERE waits <> 0"), ==, 2);
  soup_websocket_connection_send_text (w->room, "{");
  test_wait (w->room_code == COORD_CLOSE_BAD_MESSAGE);
}

/* Only those who lead see to the lobby. */
static void
test_roles (RoomFixture *f, gconstpointer data)
{
  const EntRole roles[] = { ENT_ROLE_CANDIDATE, ENT_ROLE_OBSERVER, ENT_ROLE_CO_INTERVIEWER };
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_WAITING (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) g = wait_in_lobby (f, guest);

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autoptr (RoomPerson) person = room_fixture_add_person (f, "somebody", roles[i]);
    g_autoptr (TestRoomPeer) b = room_fixture_join (f, person);

    if (ent_role_can_lead (roles[i])) {
      ask (b, ENT_ROOM_LOBBY_ADMIT, 1, guest);
      test_wait (g->room_code == COORD_CLOSE_NOT_SIGNED_IN);
      break;
    }
    ask (b, ENT_ROOM_LOBBY_ADMIT, 1, guest);
    test_room_peer_wait_error (b, "denied");
    ask (b, ENT_ROOM_LOBBY_RETURN, 2, guest);
    test_room_peer_wait_error (b, "denied");
    set_lobby (b, TRUE);
    test_room_peer_wait_error (b, "denied");
    g_assert_cmpuint (g->room_code, ==, 0);
  }
  test_room_peer_free (g_steal_pointer (&g));
  ask (a, ENT_ROOM_LOBBY_ADMIT, 3, guest);
  test_room_peer_wait_error (a, "conflict");
}

/* Let in, the person joins again, writes, is sent back, and is nobody any more. */
static void
test_in_and_back (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (watcher, ENT_ROLE_OBSERVER);
  AUTO_WAITING (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = NULL;
  g_autoptr (TestRoomPeer) o = NULL;
  g_autoptr (TestRoomPeer) g = NULL;
  g_autoptr (TestRoomPeer) in = NULL;
  g_autoptr (TestRoomPeer) again = NULL;
  g_autoptr (EntMessage) told = NULL;

  switch_on_in_store (f);
  a = room_fixture_join (f, host);
  o = room_fixture_join (f, watcher);
  g = wait_in_lobby (f, guest);
  ask (a, ENT_ROOM_LOBBY_ADMIT, 1, guest);
  told = test_room_peer_wait (g, ENT_ROOM_ADMITTED);
  test_wait (g->room_code == COORD_CLOSE_NOT_SIGNED_IN);
  room_fixture_renew (f, guest, FALSE);
  in = room_fixture_join (f, guest);
  wait_state (a, guest, ENT_PEER_JOINED);
  wait_state (o, guest, ENT_PEER_JOINED);
  test_room_peer_send (in, ENT_ROOM_RTC_JOIN, 1, NULL);
  test_room_peer_type (in, "main.py", 0, "mine;");
  test_wait (test_room_peer_is_durable (in));

  test_room_peer_skip (o, ENT_ROOM_PEER);
  ask (a, ENT_ROOM_LOBBY_RETURN, 2, guest);
  test_wait (in->room_code == COORD_CLOSE_NOT_SIGNED_IN);
  test_wait (in->sync_code == COORD_CLOSE_NOT_SIGNED_IN);
  wait_state (o, guest, ENT_PEER_LEFT);
  g_assert_cmpint (
    coord_test_count (f->store->db,
      "SELECT COUNT (*) FROM room_token JOIN participant ON participant.id = participant"
      " WHERE participant.waits <> 0 AND room_token.waits = 0 AND revoked_at IS NULL"),
    ==, 0);
  again = test_room_peer_new (guest->first_client + 1);
  room_fixture_connect (f, again, guest, NULL);
  g_assert_cmpuint (again->room_code, ==, COORD_CLOSE_NOT_SIGNED_IN);
  g_assert_cmpuint (again->sync_code, ==, COORD_CLOSE_NOT_SIGNED_IN);

  test_room_peer_skip (o, ENT_ROOM_PEER);
  room_fixture_renew (f, guest, TRUE);
  test_room_peer_free (g_steal_pointer (&g));
  g = wait_in_lobby (f, guest);
  wait_state (a, guest, ENT_PEER_LOBBY);
  test_turn_for (100);
  g_assert_false (knows (o, guest));
  assert_log (f, "admitted", 1);
  assert_log (f, "returned", 1);
}

typedef struct {
  CoordOpenRoom *room;
  CoordSeat *seat;
} Admission;

static void
admitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Admission *admission = data;
  g_autoptr (GError) error = NULL;

  admission->room = coord_room_table_admit_finish (result, &admission->seat, &error);
  g_assert_no_error (error);
}

static CoordRoomLink *
find_link (CoordOpenRoom *room, RoomPerson *person, gboolean is_sync)
{
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = room->links->pdata[i];

    if (link->is_sync == is_sync && g_str_equal (link->member->id, person->id))
      return link;
  }
  return NULL;
}

/* What was on its way when the person was sent back changes nothing, and who was just admitted with
 * the old token does not come in. */
static void
test_in_flight (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (TestRoomPeer) late = test_room_peer_new (guest->first_client + 2);
  g_autoptr (EntDoc) doc = ent_doc_new (guest->first_client + 1, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) update = NULL;
  g_autoptr (GBytes) message = NULL;
  g_autofree char *before = test_room_peer_dup_text (a, "main.py");
  g_autofree char *text = ent_room_message_encode (ENT_ROOM_RTC_JOIN, 0, 1, NULL);
  g_autoptr (GBytes) join = g_bytes_new (text, strlen (text));
  Admission admission = { NULL, NULL };
  CoordMember *member;
  CoordSocket *socket;

  coord_room_table_admit_async (f->table, "room", guest->token, admitted_cb, &admission);
  test_wait (admission.room != NULL);
  member = g_hash_table_lookup (admission.room->members, guest->id);
  ent_map_set_type (ent_doc_get_map (doc, "files"), "f", ENT_TYPE_MAP, NULL);
  update = ent_doc_encode (doc);
  message = ent_sync_new_update (update);
  coord_room_lobby_return (admission.room, guest->id);
  coord_sync_link_take (find_link (admission.room, guest, TRUE), FALSE, message);
  g_assert_true (coord_room_document_take (find_link (admission.room, guest, TRUE), update, FALSE));
  coord_room_link_take (find_link (admission.room, guest, FALSE), TRUE, join);
  g_assert_false (member->has_seat);
  g_assert_cmpuint (ent_doc_get_clock (admission.room->doc, guest->first_client + 1), ==, 0);
  test_room_peer_take_sync (late, room_fixture_dial (f, &socket));
  coord_open_room_join_sync (admission.room, admission.seat, socket);
  test_wait (late->sync_code != 0);
  test_wait (b->room_code != 0 && b->sync_code != 0);
  g_assert_true (test_room_peer_shows (a, "main.py", before));
  coord_open_room_unref (admission.room);
  coord_seat_free (admission.seat);
}

/* Who comes later and leads sees who waits; others do not. */
static void
test_seen_later (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (watcher, ENT_ROLE_OBSERVER);
  AUTO_WAITING (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) g = NULL;
  g_autoptr (TestRoomPeer) a = NULL;
  g_autoptr (TestRoomPeer) o = NULL;
  g_autoptr (EntMessage) welcome = NULL;
  const EntMsgPeer *peer;

  switch_on_in_store (f);
  g = wait_in_lobby (f, guest);
  a = room_fixture_join (f, host);
  o = room_fixture_join (f, watcher);
  welcome = test_room_peer_take (a, ENT_ROOM_WELCOME);
  g_assert_true (((EntMsgWelcome *) welcome->data)->room->lobby);
  g_assert_cmpuint (((EntMsgWelcome *) welcome->data)->peers->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    peer = ((EntMsgWelcome *) welcome->data)->peers->pdata[i];
    if (g_str_equal (peer->id, guest->id))
      g_assert_cmpint (peer->state, ==, ENT_PEER_LOBBY);
  }
  g_assert_false (knows (o, guest));
}

/* Switched on and off by message: who is here stays, who waits is let in. */
static void
test_switched (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  AUTO_PERSON (away, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (TestRoomPeer) late = test_room_peer_new (away->first_client);
  g_autoptr (TestRoomPeer) g = NULL;

  set_lobby (a, TRUE);
  wait_room (a, TRUE);
  wait_room (b, TRUE);
  test_room_peer_type (b, "main.py", 0, "still here;");
  test_wait (test_room_peer_is_durable (b));
  room_fixture_connect (f, late, away, NULL);
  g_assert_cmpuint (late->room_code, ==, COORD_CLOSE_NOT_SIGNED_IN);
  room_fixture_renew (f, away, TRUE);
  g = wait_in_lobby (f, away);
  wait_state (a, away, ENT_PEER_LOBBY);
  set_lobby (a, FALSE);
  wait_room (a, FALSE);
  test_wait (g->room_code == COORD_CLOSE_NOT_SIGNED_IN);
  g_assert_nonnull (test_room_peer_find (g, ENT_ROOM_ADMITTED));
  assert_log (f, "lobby", 2);
}

/* Removed, taken over by another device, and at the end. */
static void
test_closed (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_WAITING (guest, ENT_ROLE_CANDIDATE);
  AUTO_WAITING (other, ENT_ROLE_CANDIDATE);
  AUTO_WAITING (third, ENT_ROLE_OBSERVER);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) g = wait_in_lobby (f, guest);
  g_autoptr (TestRoomPeer) twice = wait_in_lobby (f, guest);
  g_autoptr (TestRoomPeer) o = wait_in_lobby (f, other);
  g_autoptr (TestRoomPeer) t = wait_in_lobby (f, third);
  g_autofree char *token = NULL;
  const EntMsgRemove removal = { guest->id };

  test_wait (g->room_code == COORD_CLOSE_TAKEN_OVER); /* the same device anew */
  test_room_peer_send (a, ENT_ROOM_REMOVE, 1, &removal);
  test_wait (twice->room_code == COORD_CLOSE_NOT_IN_ROOM);
  token = room_fixture_add_device (f, third, "newer");
  test_wait (t->room_code == COORD_CLOSE_TAKEN_OVER);
  test_room_peer_send (a, ENT_ROOM_END, 2, NULL);
  test_wait (o->room_code == COORD_CLOSE_ENDED);
}

/* After a restart who waited waits, and who was let in is in. */
static void
test_restart (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_WAITING (guest, ENT_ROLE_CANDIDATE);
  AUTO_WAITING (other, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = NULL;
  g_autoptr (TestRoomPeer) g = NULL;
  g_autoptr (TestRoomPeer) o = NULL;

  switch_on_in_store (f);
  a = room_fixture_join (f, host);
  g = wait_in_lobby (f, guest);
  o = wait_in_lobby (f, other);
  ask (a, ENT_ROOM_LOBBY_ADMIT, 1, other);
  test_wait (o->room_code == COORD_CLOSE_NOT_SIGNED_IN);
  room_fixture_restart (f);
  test_room_peer_free (g_steal_pointer (&g));
  test_room_peer_free (g_steal_pointer (&o));
  g = wait_in_lobby (f, guest);
  room_fixture_renew (f, other, FALSE);
  o = room_fixture_join (f, other);
  g_assert_false (knows (o, guest));
  room_fixture_connect (f, a, host, NULL);
  g_assert_true (knows (a, guest));
}

/* Who waits is sent to the room's home, and another node that takes the room knows who waits. */
static void
test_nodes (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_WAITING (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = NULL;
  g_autoptr (TestRoomPeer) g = NULL;
  g_autoptr (TestRoomPeer) lost = test_room_peer_new (0x90000000);
  g_autoptr (TestRoomPeer) b = NULL;
  RoomFixture second;

  coord_node_store_enter (
    f->store->db, "a", "p", "https://a.example.org", G_TIME_SPAN_MINUTE, NULL);
  coord_node_store_enter (
    f->store->db, "b", "p", "https://b.example.org", G_TIME_SPAN_MINUTE, NULL);
  f->node_id = "a";
  room_fixture_restart (f);
  switch_on_in_store (f);
  a = room_fixture_join (f, host);
  g = wait_in_lobby (f, guest);
  room_fixture_set_up_beside (&second, f, "b");
  room_fixture_connect (&second, lost, guest, NULL);
  g_assert_cmpuint (lost->room_code, ==, COORD_CLOSE_MOVED);

  coord_node_store_enter (f->store->db, "a", "p", "https://a.example.org", 0, NULL);
  test_room_peer_free (g_steal_pointer (&lost));
  lost = wait_in_lobby (&second, guest);
  b = room_fixture_join (&second, host);
  g_assert_true (knows (b, guest));
  ask (b, ENT_ROOM_LOBBY_ADMIT, 1, guest);
  test_wait (lost->room_code == COORD_CLOSE_NOT_SIGNED_IN);
  g_assert_nonnull (test_room_peer_find (lost, ENT_ROOM_ADMITTED));
  room_fixture_tear_down_beside (&second);
}

/* A room where somebody only waits stays open. */
static void
test_not_idle (RoomFixture *f, gconstpointer data)
{
  AUTO_WAITING (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) g = wait_in_lobby (f, guest);

  room_fixture_advance (f, 2 * COORD_ROOM_IDLE_S);
  g_assert_cmpuint (coord_room_table_count (f->table), ==, 1);
  g_assert_cmpuint (g->room_code, ==, 0);
  room_fixture_advance (f, 2 * 3600);
  test_wait (g->room_code == COORD_CLOSE_NOT_SIGNED_IN); /* the token's end */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROOM_TEST ("/room-lobby/waiting", test_waiting);
  ADD_ROOM_TEST ("/room-lobby/refused-all", test_refused_all);
  ADD_ROOM_TEST ("/room-lobby/roles", test_roles);
  ADD_ROOM_TEST ("/room-lobby/in-and-back", test_in_and_back);
  ADD_ROOM_TEST ("/room-lobby/in-flight", test_in_flight);
  ADD_ROOM_TEST ("/room-lobby/seen-later", test_seen_later);
  ADD_ROOM_TEST ("/room-lobby/switched", test_switched);
  ADD_ROOM_TEST ("/room-lobby/closed", test_closed);
  ADD_ROOM_TEST ("/room-lobby/restart", test_restart);
  if (g_getenv ("COORD_TEST_DATABASE") != NULL) /* with SQLite there is one node */
    ADD_ROOM_TEST ("/room-lobby/nodes", test_nodes);
  ADD_CLOCK_TEST ("/room-lobby/not-idle", test_not_idle);
  return g_test_run ();
}
