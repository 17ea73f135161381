/* What people try who may not, or not any more, or more than is good for the others. */

#include "room-fixture.h"

#include "realtime/coord-open-room-private.h"

#include "document/ent-awareness.h"
#include "document/ent-doc-sync.h"
#include "document/ent-doc-wire.h"

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)

static gboolean
starts_with (TestRoomPeer *peer, const char *path, const char *text)
{
  g_autofree char *shown = test_room_peer_dup_text (peer, path);

  return shown != NULL && g_str_has_prefix (shown, text);
}

static void
publish (RoomFixture *f, CoordEventKind kind, RoomPerson *person)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);

  g_ptr_array_add (events, coord_event_new (kind, "room", person->id, NULL));
  coord_events_publish (f->events, events);
}

static void
remove_in_store (RoomFixture *f, RoomPerson *person)
{
  g_autoptr (GError) error = NULL;

  coord_room_store_set_participant_state (
    f->store->db, person->id, COORD_PARTICIPANT_REMOVED, &error);
  g_assert_no_error (error);
}

/* A load that somebody else caused may see the removal before its event arrives. */
static void
test_removal_seen_by_a_load (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  remove_in_store (f, guest);
  publish (f, COORD_EVENT_PARTICIPANT_CHANGED, host);
  test_turn_for (100);
  publish (f, COORD_EVENT_PARTICIPANT_REMOVED, guest);
  test_wait (b->room_code == COORD_CLOSE_NOT_IN_ROOM && b->sync_code == COORD_CLOSE_NOT_IN_ROOM);
}

/* Somebody who got a place after the room was loaded can write before the room hears of it. */
static void
test_place_after_the_load (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  test_room_peer_type (b, "main.py", 0, "from b ");
  test_wait (starts_with (a, "main.py", "from b "));
}

static void
set_state (RoomFixture *f, RoomPerson *person, CoordParticipantState state)
{
  g_autoptr (GError) error = NULL;

  coord_room_store_set_participant_state (f->store->db, person->id, state, &error);
  g_assert_no_error (error);
}

/* Who was removed and gets a place again comes in while the room is open. */
static void
test_place_again (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  gboolean is_in = FALSE;

  remove_in_store (f, guest);
  publish (f, COORD_EVENT_PARTICIPANT_REMOVED, guest);
  test_wait (b->room_code == COORD_CLOSE_NOT_IN_ROOM && b->sync_code == COORD_CLOSE_NOT_IN_ROOM);
  set_state (f, guest, COORD_PARTICIPANT_EXPECTED);
  publish (f, COORD_EVENT_PARTICIPANT_CHANGED, guest);
  for (guint tries = 0; !is_in && tries < 1000; tries++) {
    g_autoptr (TestRoomPeer) again = test_room_peer_new (guest->first_client);

    room_fixture_connect (f, again, guest, NULL); /* until the room has heard of it */
    is_in = again->room_code == 0 && again->sync_code == 0;
  }
  g_assert_true (is_in);
}

static void
wait_description (TestRoomPeer *peer, RoomPerson *person, const char *name, EntRole role)
{
  for (;;) {
    g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_PEER);
    const EntMsgPeer *told = message->data;

    if (g_str_equal (told->id, person->id) && g_str_equal (told->name, name) &&
        told->role == (int) role)
      return;
  }
}

/* A name or role that changes while somebody is here is told to the others. */
static void
test_description_is_told (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (GError) error = NULL;

  coord_room_store_set_participant_name (f->store->db, guest->id, "Another name", &error);
  g_assert_no_error (error);
  publish (f, COORD_EVENT_PARTICIPANT_CHANGED, guest);
  wait_description (a, guest, "Another name", ENT_ROLE_CANDIDATE);
  coord_room_store_set_participant_role (f->store->db, guest->id, ENT_ROLE_OBSERVER, &error);
  g_assert_no_error (error);
  publish (f, COORD_EVENT_PARTICIPANT_CHANGED, guest);
  wait_description (a, guest, "Another name", ENT_ROLE_OBSERVER);
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

/* A device that was let in just before another one took over does not come in after it. */
static void
test_takeover_meanwhile (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) old = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) late = test_room_peer_new (host->first_client + 1);
  g_autofree char *token = NULL;
  Admission admission = { NULL, NULL };
  CoordSocket *socket;

  coord_room_table_admit_async (f->table, "room", host->token, admitted_cb, &admission);
  test_wait (admission.room != NULL);
  token = room_fixture_add_device (f, host, "newer");
  test_wait (old->sync_code == COORD_CLOSE_TAKEN_OVER);
  test_room_peer_take_sync (late, room_fixture_dial (f, &socket));
  coord_open_room_join_sync (admission.room, admission.seat, socket);
  test_wait (late->sync_code == COORD_CLOSE_TAKEN_OVER);
  coord_open_room_unref (admission.room);
  coord_seat_free (admission.seat);
}

static CoordRoomLink *
find_link (CoordOpenRoom *room, RoomPerson *person)
{
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = room->links->pdata[i];

    if (!link->is_sync && g_str_equal (link->member->id, person->id))
      return link;
  }
  return NULL;
}

/* What somebody said before they were removed, and what waited meanwhile, does nothing any more. */
static void
test_removed_meanwhile (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autofree char *text = ent_room_message_encode (ENT_ROOM_RTC_JOIN, 0, 1, NULL);
  g_autoptr (GBytes) message = g_bytes_new (text, strlen (text));
  Admission admission = { NULL, NULL };
  CoordRoomLink *link;

  coord_room_table_admit_async (f->table, "room", guest->token, admitted_cb, &admission);
  test_wait (admission.room != NULL);
  link = find_link (admission.room, guest);
  remove_in_store (f, guest);
  publish (f, COORD_EVENT_PARTICIPANT_REMOVED, guest);
  coord_room_link_take (link, TRUE, message);
  g_assert_false (link->member->has_seat);
  test_wait (b->room_code == COORD_CLOSE_NOT_IN_ROOM);
  coord_open_room_unref (admission.room);
  coord_seat_free (admission.seat);
}

static void
send_caret (TestRoomPeer *peer, EntAwareness *awareness)
{
  g_autoptr (GBytes) update = NULL;
  g_autoptr (GBytes) message = NULL;

  g_assert_true (ent_awareness_set_state (awareness, "{\"file\":\"main.py\"}", 0, NULL));
  update = ent_awareness_encode (awareness, NULL, 0);
  message = ent_sync_new_awareness (update);
  test_room_peer_send_sync (peer, message);
}

/* An old socket that is lost late does not take the caret that came by a newer one as well. */
static void
test_caret_outlives_old_socket (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) old = room_fixture_join (f, guest);
  g_autoptr (TestRoomPeer) newer = room_fixture_join (f, guest);
  g_autoptr (EntAwareness) own = ent_awareness_new (guest->first_client);
  Admission admission = { NULL, NULL };
  guint64 clock;
  guint n_links;

  coord_room_table_admit_async (f->table, "room", guest->token, admitted_cb, &admission);
  test_wait (admission.room != NULL);
  test_wait (old->room_code == COORD_CLOSE_TAKEN_OVER);
  n_links = admission.room->links->len;
  send_caret (old, own);
  test_wait (old->n_awareness > 0);
  clock = ent_awareness_get_clock (admission.room->awareness, guest->first_client);
  send_caret (newer, own);
  test_wait (ent_awareness_get_clock (admission.room->awareness, guest->first_client) > clock);
  test_room_peer_cut (old);
  test_wait (admission.room->links->len == n_links - 1);
  g_assert_nonnull (ent_awareness_get_state (admission.room->awareness, guest->first_client));
  test_room_peer_cut (newer);
  test_wait (admission.room->links->len == n_links - 3);
  g_assert_null (ent_awareness_get_state (admission.room->awareness, guest->first_client));
  coord_open_room_unref (admission.room);
  coord_seat_free (admission.seat);
}

static void
send_update (TestRoomPeer *peer, EntDoc *doc, const EntStateVector *known, gboolean is_step2)
{
  g_autoptr (GBytes) update = ent_doc_encode_diff (doc, known);
  g_autoptr (GBytes) message =
    is_step2 ? ent_sync_new_step2 (doc, known) : ent_sync_new_update (update);

  test_room_peer_send_sync (peer, message);
}

/* A sync answer that nobody asked for is a live update: it carries the sender's edits alone. */
static void
test_answer_unasked (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (EntDoc) forged = ent_doc_new (host->first_client + 1, ENT_DOC_DEFAULT);
  g_autoptr (EntStateVector) nothing = ent_state_vector_new ();
  guint64 dropped = coord_open_room_get_counts ()->dropped_foreign;

  ent_text_insert (ent_doc_get_text (forged, "text:x"), 0, "as the host", -1, NULL);
  send_update (b, forged, nothing, TRUE);
  test_wait (coord_open_room_get_counts ()->dropped_foreign > dropped);
  g_assert_cmpuint (ent_doc_get_clock (a->doc, host->first_client + 1), ==, 0);
}

/* Nor does an answer use the IDs of people to come, or of the coordinator itself. */
static void
test_reserved_in_answer (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  const guint32 stolen[] = { 2, 15, guest->first_client + 160 };

  for (guint i = 0; i < G_N_ELEMENTS (stolen); i++) {
    g_autoptr (TestRoomPeer) b = test_room_peer_new (stolen[i]);
    guint64 dropped = coord_open_room_get_counts ()->dropped_foreign;

    ent_text_insert (ent_doc_get_text (b->doc, "text:x"), 0, "a long text of mine", -1, NULL);
    room_fixture_connect (f, b, guest, NULL);
    test_wait (coord_open_room_get_counts ()->dropped_foreign > dropped);
  }
}

/* A question of four bytes must not cost the document each time. The clock stands still: however
 * slow this machine is, they come within one second. */
static void
test_many_questions (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (GBytes) question = g_bytes_new_static ("\x00\x00\x01\x00", 4);

  for (guint i = 0; i < 100; i++)
    test_room_peer_send_sync (b, question);
  test_wait (b->sync_code == COORD_CLOSE_TRY_AGAIN);
}

static void
test_many_requests (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  for (guint i = 0; i < 1000; i++)
    test_room_peer_send (b, i % 2 ? ENT_ROOM_RTC_LEAVE : ENT_ROOM_RTC_JOIN, 0, NULL);
  test_wait (b->room_code == COORD_CLOSE_TRY_AGAIN);
}

static void
point (TestRoomPeer *peer, EntAwareness *awareness, const char *state)
{
  g_autoptr (GBytes) update = NULL;
  g_autoptr (GBytes) message = NULL;

  g_assert_true (ent_awareness_set_state (awareness, state, 0, NULL));
  update = ent_awareness_encode (awareness, NULL, 0);
  message = ent_sync_new_awareness (update);
  test_room_peer_send_sync (peer, message);
}

/* However fast a caret moves, the others get it a few times a second. */
static void
test_many_carets (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (EntAwareness) own = ent_awareness_new (guest->first_client);
  g_autoptr (EntAwareness) other = ent_awareness_new (guest->first_client + 1);
  g_autofree char *noise = g_strnfill (20000, 'x');
  g_autofree char *big = g_strdup_printf ("\"%s\"", noise);

  point (b, other, big);
  test_turn_for (100);
  g_assert_cmpuint (a->n_awareness, ==, 0);
  for (guint i = 0; i < 500; i++)
    point (b, own, "{\"file\":\"main.py\"}");
  test_wait (a->n_awareness > 1);
  test_turn_for (200);
  g_assert_cmpuint (a->n_awareness, <, 50);
}

/* One socket does not stand for a crowd. */
static void
test_crowd_of_carets (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  for (guint i = 0; i < 40; i++) {
    g_autoptr (EntAwareness) own = ent_awareness_new (0x90000000 + i);

    point (b, own, "{}");
    test_turn_for (60);
  }
  g_assert_cmpuint (a->n_awareness, <=, 16);
}

/* Many messages in one update are no messages of a person; a few rows are enough. */
static void
test_chat_rows (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autoptr (EntStateVector) known = ent_doc_dup_state_vector (b->doc);
  EntType *chat = ent_doc_get_array (b->doc, "chat");

  ent_doc_begin (b->doc, NULL);
  for (guint i = 0; i < 2000; i++) {
    g_autoptr (EntValue) value = ent_value_new_bool (TRUE);

    g_assert_true (ent_array_insert (chat, 0, &value, 1, NULL));
  }
  ent_doc_commit (b->doc);
  send_update (b, b->doc, known, FALSE);
  test_wait (test_room_peer_is_durable (b));
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT (*) FROM room_log WHERE kind = 5"), <=, 64);
}

/* An update whose predecessor never comes: text of that size under the client, from its second
 * clock on. */
static void
send_orphan (TestRoomPeer *peer, guint64 client, gsize size)
{
  g_autoptr (EntDoc) doc = ent_doc_new (client, ENT_DOC_DEFAULT);
  g_autoptr (EntStateVector) known = NULL;
  g_autofree char *text = g_strnfill (size, 'x');

  ent_text_insert (ent_doc_get_text (doc, "text:x"), 0, "first", -1, NULL);
  known = ent_doc_dup_state_vector (doc);
  ent_text_insert (ent_doc_get_text (doc, "text:x"), 0, text, -1, NULL);
  send_update (peer, doc, known, FALSE);
}

/* What waits for edits that never come is bounded for each, so that nobody else's are refused. */
static void
test_pending_is_bounded (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  for (guint i = 0; i < 4; i++)
    send_orphan (b, 0x90000000 + i, 1500000);
  test_wait (b->sync_code == COORD_CLOSE_TRY_AGAIN);
  test_room_peer_type (a, "main.py", 0, "the host goes on ");
  test_wait (test_room_peer_is_durable (a));
}

/* Nobody makes the log grow without end. */
static void
test_volume_is_bounded (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autofree char *text = g_strnfill (2000000, 'x');

  for (guint i = 0; i < 40; i++) {
    g_autoptr (EntStateVector) known = ent_doc_dup_state_vector (b->doc);
    EntType *type = ent_doc_get_text (b->doc, "text:x");

    ent_text_insert (type, 0, text, -1, NULL);
    send_update (b, b->doc, known, FALSE);
    ent_text_delete (type, 0, 2000000, NULL);
    test_turn_for (20);
  }
  test_room_peer_wait_error (b, "too_large");
}

/* Letters one by one in front of all others, by somebody who does not see their own: only who
 * breaks the rules writes so. */
static void
send_pile (TestRoomPeer *peer, guint64 client, guint64 clock, guint count)
{
  EntWriter writer;
  g_autoptr (GBytes) update = NULL;
  g_autoptr (GBytes) message = NULL;

  ent_writer_init (&writer, 6 * count);
  ent_write_uint (&writer, 1);
  ent_write_uint (&writer, count);
  ent_write_uint (&writer, client);
  ent_write_uint (&writer, clock);
  for (guint i = 0; i < count; i++) {
    ent_write_u8 (&writer, ENT_KIND_STRING);
    ent_write_uint (&writer, 1);
    ent_write_bytes (&writer, "t", 1);
    ent_write_bytes (&writer, "a", 1);
  }
  ent_write_uint (&writer, 0);
  update = ent_writer_end (&writer);
  message = ent_sync_new_update (update);
  test_room_peer_send_sync (peer, message);
}

/* Nobody holds up the server with edits whose places take long to find: each of the second pile
 * walks over the whole of the first. A part of it is taken each time, and in the end nothing. */
static void
test_walks_are_bounded (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  guint n_cut = 0;

  for (guint i = 0; i < 10; i++)
    send_pile (b, guest->first_client, 10000 * i, 10000);
  test_wait (ent_doc_get_clock (a->doc, guest->first_client) == 100000);
  test_room_peer_leave (b);
  do {
    guint32 clock = ent_doc_get_clock (a->doc, guest->first_client + 1);

    room_fixture_connect (f, b, guest, NULL);
    send_pile (b, guest->first_client + 1, clock, 10000);
    test_wait (b->sync_code == COORD_CLOSE_TRY_AGAIN);
    test_wait (ent_doc_get_clock (a->doc, guest->first_client + 1) > clock);
    g_assert_cmpuint (ent_doc_get_clock (a->doc, guest->first_client + 1), <=, clock + 4);
    g_assert_cmpuint (++n_cut, <, 100);
    test_room_peer_leave (b);
  } while (test_room_peer_find (b, ENT_ROOM_ERROR) == NULL);
  test_room_peer_wait_error (b, "too_large");
  test_room_peer_type (a, "main.py", 0, "the host goes on ");
  test_wait (test_room_peer_is_durable (a));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROOM_TEST ("/room-rights/removal-seen-by-a-load", test_removal_seen_by_a_load);
  ADD_ROOM_TEST ("/room-rights/place-after-the-load", test_place_after_the_load);
  ADD_ROOM_TEST ("/room-rights/takeover-meanwhile", test_takeover_meanwhile);
  ADD_ROOM_TEST ("/room-rights/place-again", test_place_again);
  ADD_ROOM_TEST ("/room-rights/description-is-told", test_description_is_told);
  ADD_ROOM_TEST ("/room-rights/removed-meanwhile", test_removed_meanwhile);
  ADD_ROOM_TEST ("/room-rights/caret-outlives-old-socket", test_caret_outlives_old_socket);
  ADD_ROOM_TEST ("/room-rights/answer-unasked", test_answer_unasked);
  ADD_ROOM_TEST ("/room-rights/reserved-in-answer", test_reserved_in_answer);
  ADD_CLOCK_TEST ("/room-rights/many-questions", test_many_questions);
  ADD_CLOCK_TEST ("/room-rights/many-requests", test_many_requests);
  ADD_ROOM_TEST ("/room-rights/many-carets", test_many_carets);
  ADD_ROOM_TEST ("/room-rights/crowd-of-carets", test_crowd_of_carets);
  ADD_ROOM_TEST ("/room-rights/chat-rows", test_chat_rows);
  ADD_ROOM_TEST ("/room-rights/pending-is-bounded", test_pending_is_bounded);
  ADD_ROOM_TEST ("/room-rights/volume-is-bounded", test_volume_is_bounded);
  ADD_ROOM_TEST ("/room-rights/walks-are-bounded", test_walks_are_bounded);
  return g_test_run ();
}
