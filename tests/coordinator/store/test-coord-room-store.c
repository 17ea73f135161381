#include "store/coord-error.h"
#include "store/coord-room-store.h"
#include "support/coord-test-store.h"

static void
append (CoordDb *db, CoordLogKind kind, const char *text, gint64 expected_seq)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (CoordLogRow) row = coord_log_row_new (kind, 10, 0, "p", bytes);
  g_autoptr (GError) error = NULL;

  g_assert_true (coord_room_store_append (db, "room", row, &error));
  g_assert_no_error (error);
  g_assert_cmpint (row->seq, ==, expected_seq);
}

static void
test_log_in_order (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GPtrArray) rows = NULL, updates = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("snapshot", 8), loaded = NULL;
  g_autoptr (GError) error = NULL;
  gint64 upto;

  coord_test_store_add_room (store, 1000, 2000);
  append (store->db, COORD_LOG_UPDATE, "a", 1);
  append (store->db, COORD_LOG_EVENT, "{}", 2);
  append (store->db, COORD_LOG_UPDATE, "b", 3);

  rows = coord_room_store_load_log (store->db, "room", 1, 0, 10, &error);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpint (((CoordLogRow *) rows->pdata[0])->seq, ==, 2);
  updates = coord_room_store_load_log (store->db, "room", 0, COORD_LOG_UPDATE, 10, &error);
  g_assert_cmpuint (updates->len, ==, 2);
  g_assert_cmpmem (g_bytes_get_data (((CoordLogRow *) updates->pdata[1])->bytes, NULL), 1, "b", 1);

  g_assert_true (coord_room_store_load_snapshot (store->db, "room", &upto, &loaded, &error));
  g_assert_null (loaded);
  g_assert_true (coord_room_store_save_snapshot (store->db, "room", 3, bytes, &error));
  g_assert_true (coord_room_store_load_snapshot (store->db, "room", &upto, &loaded, &error));
  g_assert_cmpint (upto, ==, 3);
  g_assert_true (g_bytes_equal (loaded, bytes));
}

static void
add_participant (CoordDb *db, const char *id, const char *user, EntRole role)
{
  CoordParticipant participant = { (char *) id, "room", (char *) user, "Name", role,
    COORD_PARTICIPANT_EXPECTED };
  g_autoptr (GError) error = NULL;

  g_assert_true (coord_room_store_add_participant (db, &participant, 1, &error));
  g_assert_no_error (error);
}

static void
test_client_blocks (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GPtrArray) blocks = NULL, clients = NULL;
  g_autoptr (GError) error = NULL;
  guint32 first;

  coord_test_store_add_room (store, 1000, 2000);
  add_participant (store->db, "p1", "host", ENT_ROLE_HOST);
  add_participant (store->db, "p2", NULL, ENT_ROLE_CANDIDATE);

  g_assert_true (coord_room_store_allocate_clients (store->db, "room", "p1", "d1", &first, &error));
  g_assert_cmpuint (first, ==, 16);
  g_assert_true (coord_room_store_allocate_clients (store->db, "room", "p2", "d1", &first, &error));
  g_assert_cmpuint (first, ==, 32);
  g_assert_true (coord_room_store_allocate_clients (store->db, "room", "p1", "d2", &first, &error));
  g_assert_cmpuint (first, ==, 48);

  /* A device keeps its block until the second half of it was seen. */
  g_assert_true (coord_room_store_record_client (store->db, "room", 16 + 7, "p1", TRUE, &error));
  g_assert_true (coord_room_store_allocate_clients (store->db, "room", "p1", "d1", &first, &error));
  g_assert_cmpuint (first, ==, 16);
  g_assert_true (coord_room_store_record_client (store->db, "room", 16 + 8, "p1", TRUE, &error));
  g_assert_true (coord_room_store_allocate_clients (store->db, "room", "p1", "d1", &first, &error));
  g_assert_cmpuint (first, ==, 64);

  coord_db_run (store->db, NULL, "UPDATE room SET next_block = 512");
  g_assert_true (coord_room_store_allocate_clients (store->db, "room", "p1", "d3", &first, &error));
  g_assert_cmpuint (first, ==, COORD_MAX_ROOM_BLOCKS * COORD_CLIENT_BLOCK);
  g_assert_false (
    coord_room_store_allocate_clients (store->db, "room", "p1", "d4", &first, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_ROOM_FULL);
  g_clear_error (&error);

  blocks = coord_room_store_load_blocks (store->db, "room", &error);
  g_assert_cmpuint (blocks->len, ==, 5);
  g_assert_cmpstr (((CoordClientBlock *) blocks->pdata[1])->participant_id, ==, "p2");
  clients = coord_room_store_load_clients (store->db, "room", &error);
  g_assert_cmpuint (clients->len, ==, 2);
}

/* Somebody with ever more devices leaves the others theirs. */
static void
test_own_blocks (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GError) error = NULL;
  guint32 first;

  coord_test_store_add_room (store, 1000, 2000);
  add_participant (store->db, "p1", "host", ENT_ROLE_HOST);
  add_participant (store->db, "p2", NULL, ENT_ROLE_CANDIDATE);
  for (guint i = 0; i < COORD_MAX_OWN_BLOCKS; i++) {
    g_autofree char *device = g_strdup_printf ("d%u", i);

    g_assert_true (
      coord_room_store_allocate_clients (store->db, "room", "p1", device, &first, &error));
  }
  g_assert_false (
    coord_room_store_allocate_clients (store->db, "room", "p1", "one more", &first, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_ROOM_FULL);
  g_clear_error (&error);
  g_assert_true (
    coord_room_store_allocate_clients (store->db, "room", "p1", "d31", &first, &error));
  g_assert_true (coord_room_store_allocate_clients (store->db, "room", "p2", "d1", &first, &error));
}

/* Whose a client ID is can be confirmed later, and never be taken away. */
static void
test_client_witness (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (GPtrArray) clients = NULL;
  CoordRoomClient *client;

  coord_test_store_add_room (store, 1000, 2000);
  g_assert_true (coord_room_store_record_client (store->db, "room", 20, "p1", FALSE, NULL));
  g_assert_true (coord_room_store_record_client (store->db, "room", 20, "p2", TRUE, NULL));
  g_assert_true (coord_room_store_record_client (store->db, "room", 20, "p3", TRUE, NULL));
  clients = coord_room_store_load_clients (store->db, "room", NULL);
  client = clients->pdata[0];
  g_assert_cmpuint (clients->len, ==, 1);
  g_assert_cmpstr (client->participant_id, ==, "p2");
  g_assert_true (client->is_witnessed);
}

static void
test_state_by_revision (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordRoom) room = NULL, other = NULL;
  g_autoptr (GError) error = NULL;

  coord_test_store_add_room (store, 1000, 2000);
  room = coord_room_store_find (store->db, "room", &error);
  other = coord_room_store_find (store->db, "room", &error);
  g_assert_cmpint (room->state, ==, ENT_ROOM_OPEN);
  g_assert_cmpint (room->ends_at_us, ==, 2000);

  room->state = ENT_ROOM_ENDED;
  room->ended_at_us = 1500;
  room->seal = g_strdup ("ab");
  g_assert_true (coord_room_store_update (store->db, room, &error));
  g_assert_cmpint (room->rev, ==, 2);
  g_assert_false (coord_room_store_update (store->db, other, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
  g_clear_error (&error);

  coord_room_free (g_steal_pointer (&other));
  other = coord_room_store_find (store->db, "room", &error);
  g_assert_cmpint (other->state, ==, ENT_ROOM_ENDED);
  g_assert_cmpstr (other->seal, ==, "ab");
  g_assert_null (coord_room_store_find (store->db, "nowhere", &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND);
}

static void
add_token (CoordDb *db, const char *hash, const char *participant, const char *device)
{
  const CoordRoomToken token = { (char *) "room", (char *) participant, (char *) device, 9 };

  g_assert_true (coord_room_store_add_token (db, hash, &token, 1, NULL));
}

static gboolean
has_token (CoordDb *db, const char *hash)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordRoomToken) token = coord_room_store_find_token (db, hash, &error);

  if (token == NULL)
    g_assert_error (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN);
  return token != NULL;
}

static void
test_tokens_revoked (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  CoordDb *db = store->db;

  coord_test_store_add_room (store, 1000, 2000);
  add_participant (db, "p1", "host", ENT_ROLE_HOST);
  add_participant (db, "p2", NULL, ENT_ROLE_CANDIDATE);
  add_token (db, "t1", "p1", "d1");
  add_token (db, "t2", "p1", "d2");
  add_token (db, "t3", "p2", "d1");

  g_assert_true (coord_room_store_revoke_tokens (db, "room", "p1", "d2", NULL));
  g_assert_false (has_token (db, "t1"));
  g_assert_true (has_token (db, "t2"));
  g_assert_true (has_token (db, "t3"));
  g_assert_true (coord_room_store_revoke_tokens (db, "room", NULL, NULL, NULL));
  g_assert_false (has_token (db, "t2"));
  g_assert_false (has_token (db, "t3"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-store/log-in-order", test_log_in_order);
  g_test_add_func ("/room-store/client-blocks", test_client_blocks);
  g_test_add_func ("/room-store/own-blocks", test_own_blocks);
  g_test_add_func ("/room-store/client-witness", test_client_witness);
  g_test_add_func ("/room-store/state-by-revision", test_state_by_revision);
  g_test_add_func ("/room-store/tokens-revoked", test_tokens_revoked);
  return g_test_run ();
}
