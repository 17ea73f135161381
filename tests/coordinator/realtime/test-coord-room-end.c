#include "room-fixture.h"

#include "realtime/coord-room-seal.h"
#include "store/coord-error.h"

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)

static char *
compute_seal (RoomFixture *f)
{
  g_autoptr (GError) error = NULL;
  char *seal = coord_room_seal_compute (f->store->db, "room", &error);

  g_assert_no_error (error);
  return seal;
}

static char *
wait_for_end (TestRoomPeer *peer)
{
  for (;;) {
    g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_STATE);
    const EntMsgRoom *state = message->data;

    if (state->state == ENT_ROOM_ENDED)
      return g_strdup (state->seal);
  }
}

/* The end seals the log; what comes after it is kept beside the seal, merged and relayed nowhere.
 */
static void
test_end_seals (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);
  g_autofree char *told = NULL;
  g_autofree char *computed = NULL;
  g_autofree char *again = NULL;
  guint n_updates;

  test_room_peer_type (b, "main.py", 0, "in time ");
  test_room_peer_send (b, ENT_ROOM_END, 5, NULL);
  test_room_peer_wait_error (b, "denied");
  test_room_peer_send (a, ENT_ROOM_END, 5, NULL);
  told = wait_for_end (b);
  computed = compute_seal (f);
  g_assert_cmpstr (told, ==, computed);
  n_updates = a->n_updates;
  test_room_peer_type (b, "main.py", 0, "too late ");
  test_wait (coord_test_count (f->store->db, "SELECT COUNT (*) FROM room_log WHERE kind = 6") == 1);
  g_assert_cmpuint (a->n_updates, ==, n_updates);
  again = compute_seal (f);
  g_assert_cmpstr (told, ==, again);
  test_wait (a->room_code == COORD_CLOSE_ENDED && b->sync_code == COORD_CLOSE_ENDED);
  test_room_peer_cut (b);
  room_fixture_connect (f, b, guest, NULL);
  g_assert_cmpuint (b->room_code, ==, COORD_CLOSE_NOT_SIGNED_IN); /* tokens end with the room */
}

/* A seal breaks when a row is changed or taken out. */
static void
test_seal_breaks (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autofree char *told = NULL;
  g_autofree char *changed = NULL;
  g_autofree char *cut = NULL;
  g_autoptr (GError) error = NULL;

  test_room_peer_type (a, "main.py", 0, "x");
  test_room_peer_send (a, ENT_ROOM_END, 0, NULL);
  told = wait_for_end (a);
  g_assert_true (coord_room_seal_verify_all (f->store->db, &error));
  g_assert_no_error (error);
  coord_db_run (f->store->db, &error, "UPDATE room_log SET at = at + 1 WHERE seq = 2");
  g_assert_no_error (error);
  changed = compute_seal (f);
  g_assert_cmpstr (told, !=, changed);
  coord_db_run (f->store->db, &error, "DELETE FROM room_log WHERE seq = 2");
  g_assert_no_error (error);
  cut = compute_seal (f);
  g_assert_cmpstr (told, !=, cut);
  g_assert_cmpstr (changed, !=, cut);
  g_assert_false (coord_room_seal_verify_all (f->store->db, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROOM_TEST ("/room-end/end-seals", test_end_seals);
  ADD_ROOM_TEST ("/room-end/seal-breaks", test_seal_breaks);
  return g_test_run ();
}
