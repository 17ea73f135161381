/* Who comes into a big document: it is encoded in a thread, while others type, come and leave. */

#include "room-fixture.h"

#include <string.h>

#define PATH "main.py"
#define PIECES 3000 /* each a struct of its own */
#define PIECE_SIZE 200
#define MANY 6
#define ROUNDS 10
#define BETWEEN_MS 120 /* one socket may ask ten times a second */

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)

static guint64
count_answers (void)
{
  const CoordRoomCounts *counts = coord_open_room_get_counts ();

  return counts->encoded + counts->shared;
}

/* Pieces at random places, which the document cannot join. */
static void
fill (TestRoomPeer *peer)
{
  EntType *text = test_room_peer_get_text (peer, PATH);
  g_autofree char *piece = g_strnfill (PIECE_SIZE, 'x');
  g_autoptr (GError) error = NULL;

  ent_doc_begin (peer->doc, NULL);
  for (guint i = 0; i < PIECES; i++) {
    piece[0] = 'a' + i % 26;
    ent_text_insert (
      text, g_test_rand_int_range (0, ent_text_get_length (text) + 1), piece, -1, &error);
    g_assert_no_error (error);
  }
  ent_doc_commit (peer->doc);
}

static gboolean
have_same_text (TestRoomPeer *a, TestRoomPeer *b)
{
  g_autofree char *one = test_room_peer_dup_text (a, PATH);
  g_autofree char *other = test_room_peer_dup_text (b, PATH);

  return g_strcmp0 (one, other) == 0;
}

static TestRoomPeer *
join_and_fill (RoomFixture *f, RoomPerson *person)
{
  TestRoomPeer *peer = room_fixture_join (f, person);

  fill (peer);
  test_wait (test_room_peer_is_durable (peer));
  return peer;
}

static gboolean
type_cb (gpointer peer)
{
  test_room_peer_type (peer, PATH, g_test_rand_int_range (0, 1000), "typed ");
  return G_SOURCE_CONTINUE;
}

/* What is written before, during and after the answer is made arrives, once. */
static void
test_while_others_type (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = join_and_fill (f, host);
  guint typing = g_timeout_add (1, type_cb, a);
  guint64 before = count_answers ();

  for (guint i = 0; i < ROUNDS; i++) {
    g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

    g_assert_cmpuint (
      ent_text_get_length (test_room_peer_get_text (b, PATH)), >, PIECES * PIECE_SIZE);
    if (i + 1 < ROUNDS) {
      test_room_peer_cut (b);
      continue;
    }
    test_room_peer_type (b, PATH, 0, "new ");
    g_source_remove (typing);
    test_wait (test_room_peer_is_durable (a) && test_room_peer_is_durable (b));
    test_wait (have_same_text (a, b));
  }
  g_assert_cmpuint (count_answers () - before, ==, ROUNDS);
}

static void
ask_for_all (TestRoomPeer *peer)
{
  static const guint8 step1[] = { 0, 0, 1, 0 };
  g_autoptr (GBytes) message = g_bytes_new_static (step1, sizeof step1);

  test_room_peer_send_sync (peer, message);
}

/* Those who ask at the same time share one answer, and each gets one. */
static void
test_several_at_once (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = join_and_fill (f, host);
  g_autoptr (GPtrArray) peers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) test_room_peer_free);
  guint64 shared = coord_open_room_get_counts ()->shared;

  for (guint i = 0; i < MANY; i++)
    g_ptr_array_add (peers, room_fixture_join (f, guest));
  for (guint round = 1; coord_open_room_get_counts ()->shared == shared; round++) {
    guint64 before = count_answers ();

    for (guint i = 0; i < MANY; i++)
      ask_for_all (peers->pdata[i]);
    test_room_peer_type (a, PATH, 0, "meanwhile ");
    for (guint i = 0; i < MANY; i++)
      test_wait (((TestRoomPeer *) peers->pdata[i])->n_synced == round + 1);
    g_assert_cmpuint (count_answers () - before, ==, MANY);
    g_assert_cmpuint (round, <, 100);
    test_turn_for (BETWEEN_MS);
  }
  for (guint i = 0; i < MANY; i++)
    test_wait (have_same_text (a, peers->pdata[i]));
}

/* Who leaves while the answer is made keeps nobody from anything; neither does the room's end. */
static void
test_leaving (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  AUTO_PERSON (other, ENT_ROLE_OBSERVER);
  g_autoptr (TestRoomPeer) a = join_and_fill (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  guint64 before;

  for (guint i = 0; i < ROUNDS; i++) {
    g_autoptr (TestRoomPeer) c = room_fixture_join (f, other);

    before = count_answers ();
    ask_for_all (c);
    ask_for_all (b);
    test_wait (count_answers () > before);
    test_room_peer_cut (c);
    test_room_peer_type (b, PATH, 0, "still here ");
    test_turn_for (BETWEEN_MS);
  }
  test_wait (test_room_peer_is_durable (b) && have_same_text (a, b));
  before = count_answers ();
  ask_for_all (b);
  test_wait (count_answers () > before);
  test_room_peer_cut (a);
  test_room_peer_cut (b);
  room_fixture_restart (f);
  room_fixture_connect (f, b, guest, NULL);
  room_fixture_connect (f, a, host, NULL);
  test_wait (have_same_text (a, b));
}

/* A small one is answered at once. */
static void
test_small (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  guint64 before = count_answers ();
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  test_room_peer_type (a, PATH, 0, "small ");
  test_wait (have_same_text (a, b));
  g_assert_cmpuint (count_answers (), ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROOM_TEST ("/sync-answer/while-others-type", test_while_others_type);
  ADD_ROOM_TEST ("/sync-answer/several-at-once", test_several_at_once);
  ADD_ROOM_TEST ("/sync-answer/leaving", test_leaving);
  ADD_ROOM_TEST ("/sync-answer/small", test_small);
  return g_test_run ();
}
