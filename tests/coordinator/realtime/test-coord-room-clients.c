#include "realtime/coord-room-clients.h"

#include "protocol/ent-limits.h"

#define RANDOM 0x90000000u

static gint64
get (GArray *list, guint index)
{
  return g_array_index (list, gint64, index);
}

static void
test_blocks (void)
{
  g_autoptr (CoordRoomClients) clients = coord_room_clients_new ();
  g_autoptr (GArray) list = NULL;

  g_assert_true (coord_room_clients_add_block (clients, 16, "a"));
  g_assert_false (coord_room_clients_add_block (clients, 16, "a"));
  g_assert_true (coord_room_clients_add_block (clients, 32, "b"));
  g_assert_cmpint (coord_room_clients_claim (clients, "a", 16), ==, COORD_CLAIM_NEW);
  g_assert_cmpint (coord_room_clients_claim (clients, "a", 16), ==, COORD_CLAIM_OLD);
  g_assert_cmpint (coord_room_clients_claim (clients, "a", 31), ==, COORD_CLAIM_NEW);
  g_assert_cmpint (coord_room_clients_claim (clients, "a", 32), ==, COORD_CLAIM_FOREIGN);
  g_assert_cmpstr (coord_room_clients_get_owner (clients, 47), ==, "b");
  list = coord_room_clients_list (clients, "a", FALSE);
  g_assert_cmpuint (list->len, ==, 16);
  g_assert_cmpint (get (list, 0), ==, 16);
}

static void
test_reserved (void)
{
  g_autoptr (CoordRoomClients) clients = coord_room_clients_new ();
  const guint64 refused[] = { 0, 1, 15, 48, COORD_CLIENT_RESERVED - 1,
    G_GUINT64_CONSTANT (0x100000000) };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_cmpint (coord_room_clients_claim (clients, "a", refused[i]), ==, COORD_CLAIM_REFUSED);
  g_assert_cmpint (
    coord_room_clients_claim (clients, "a", COORD_CLIENT_RESERVED), ==, COORD_CLAIM_NEW);
  g_assert_cmpint (coord_room_clients_claim (clients, "a", G_MAXUINT32), ==, COORD_CLAIM_NEW);
}

/* What came inside somebody's sync answer is theirs only until its author shows up. */
static void
test_witness (void)
{
  g_autoptr (CoordRoomClients) clients = coord_room_clients_new ();
  g_autoptr (GArray) unconfirmed = NULL;
  g_autoptr (GArray) confirmed = NULL;

  g_assert_true (coord_room_clients_notice (clients, "a", RANDOM));
  g_assert_false (coord_room_clients_notice (clients, "b", RANDOM));
  g_assert_cmpstr (coord_room_clients_get_owner (clients, RANDOM), ==, "a");
  unconfirmed = coord_room_clients_list (clients, "a", TRUE);
  g_assert_cmpuint (unconfirmed->len, ==, 1);
  g_assert_cmpint (coord_room_clients_claim (clients, "b", RANDOM), ==, COORD_CLAIM_NEW);
  g_assert_cmpint (coord_room_clients_claim (clients, "a", RANDOM), ==, COORD_CLAIM_FOREIGN);
  confirmed = coord_room_clients_list (clients, "b", TRUE);
  g_assert_cmpuint (confirmed->len, ==, 0);
}

/* A block that is given out later is its owner's, whatever was recorded before. */
static void
test_block_wins (void)
{
  g_autoptr (CoordRoomClients) clients = coord_room_clients_new ();
  const guint32 client = COORD_CLIENT_LIMIT - 8;

  g_assert_cmpint (coord_room_clients_claim (clients, "a", client), ==, COORD_CLAIM_NEW);
  coord_room_clients_add_block (clients, COORD_CLIENT_LIMIT - 16, "b");
  g_assert_cmpint (coord_room_clients_claim (clients, "a", client), ==, COORD_CLAIM_FOREIGN);
  g_assert_cmpint (coord_room_clients_claim (clients, "b", client), !=, COORD_CLAIM_FOREIGN);
  g_assert_cmpstr (coord_room_clients_get_owner (clients, client), ==, "b");
}

static void
test_limit (void)
{
  g_autoptr (CoordRoomClients) clients = coord_room_clients_new ();
  g_autoptr (GArray) list = NULL;

  for (guint i = 0; i < ENT_MAX_PEER_CLIENTS / 2; i++)
    g_assert_cmpint (coord_room_clients_claim (clients, "a", RANDOM + i), ==, COORD_CLAIM_NEW);
  g_assert_cmpint (coord_room_clients_claim (clients, "a", RANDOM - 1), ==, COORD_CLAIM_TOO_MANY);
  g_assert_cmpint (coord_room_clients_claim (clients, "a", RANDOM), ==, COORD_CLAIM_OLD);
  g_assert_false (coord_room_clients_notice (clients, "a", RANDOM - 2));
  g_assert_cmpint (coord_room_clients_claim (clients, "b", RANDOM - 1), ==, COORD_CLAIM_NEW);
  list = coord_room_clients_list (clients, "a", FALSE);
  g_assert_cmpuint (list->len, <=, ENT_MAX_PEER_CLIENTS);
}

/* A person has as many drawn IDs and as many of blocks, whichever came first, and all are named. */
static void
test_limit_of_both (void)
{
  g_autoptr (CoordRoomClients) clients = coord_room_clients_new ();
  g_autoptr (GArray) list = NULL;

  for (guint block = 1; block <= COORD_MAX_OWN_BLOCKS; block++)
    coord_room_clients_add_block (clients, block * COORD_CLIENT_BLOCK, "a");
  for (guint i = 0; i < COORD_MAX_OWN_BLOCKS * COORD_CLIENT_BLOCK; i++)
    g_assert_cmpint (
      coord_room_clients_claim (clients, "a", COORD_CLIENT_BLOCK + i), ==, COORD_CLAIM_NEW);
  for (guint i = 0; i < ENT_MAX_PEER_CLIENTS / 2; i++)
    g_assert_cmpint (coord_room_clients_claim (clients, "a", RANDOM + i), ==, COORD_CLAIM_NEW);
  g_assert_cmpint (coord_room_clients_claim (clients, "a", RANDOM - 1), ==, COORD_CLAIM_TOO_MANY);
  list = coord_room_clients_list (clients, "a", FALSE);
  g_assert_cmpuint (list->len, ==, ENT_MAX_PEER_CLIENTS);
}

/* Whom an answer brought first, and who was there since, leave no hole in the count. */
static void
test_limit_after_notice (void)
{
  g_autoptr (CoordRoomClients) clients = coord_room_clients_new ();
  guint n_new = 0;

  for (guint i = 0; i < 10; i++)
    g_assert_true (coord_room_clients_notice (clients, "a", RANDOM + i));
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (coord_room_clients_claim (clients, "b", RANDOM + i), ==, COORD_CLAIM_NEW);
  for (guint i = 10; i < ENT_MAX_PEER_CLIENTS / 2; i++)
    g_assert_cmpint (coord_room_clients_claim (clients, "b", RANDOM + i), ==, COORD_CLAIM_NEW);
  g_assert_cmpint (coord_room_clients_claim (clients, "b", RANDOM - 1), ==, COORD_CLAIM_TOO_MANY);
  /* "a" has all of its own again, and no answer may bring more. */
  for (guint i = 0; i < ENT_MAX_PEER_CLIENTS / 2; i++)
    g_assert_true (coord_room_clients_may_notice (clients, "a", 2 * RANDOM + i, &n_new));
  g_assert_true (coord_room_clients_may_notice (clients, "a", RANDOM, &n_new));
  g_assert_false (coord_room_clients_may_notice (clients, "a", RANDOM - 1, &n_new));
}

/* The room's state vector is never longer than what apps read. */
static void
test_limit_of_room (void)
{
  g_autoptr (CoordRoomClients) clients = coord_room_clients_new ();
  guint n = 0;

  for (guint person = 0; person < 100; person++) {
    g_autofree char *name = g_strdup_printf ("p%u", person);

    for (guint i = 0; i < 300; i++)
      n += coord_room_clients_claim (clients, name, RANDOM + 300 * person + i) == COORD_CLAIM_NEW;
  }
  g_assert_cmpuint (n, ==, ENT_MAX_ROOM_CLIENTS / 2);
}

/* Interned strings are never freed, and rooms and people come and go. */
static void
test_nothing_is_interned (void)
{
  g_autoptr (CoordRoomClients) clients = coord_room_clients_new ();
  char name[] = "participant";

  coord_room_clients_add_block (clients, 16, name);
  coord_room_clients_claim (clients, name, RANDOM);
  coord_room_clients_notice (clients, name, RANDOM + 1);
  name[0] = 'P';
  g_assert_cmpstr (coord_room_clients_get_owner (clients, 16), ==, "participant");
  g_assert_cmpstr (coord_room_clients_get_owner (clients, RANDOM), ==, "participant");
  g_assert_cmpuint (g_quark_try_string ("participant"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-clients/blocks", test_blocks);
  g_test_add_func ("/room-clients/reserved", test_reserved);
  g_test_add_func ("/room-clients/witness", test_witness);
  g_test_add_func ("/room-clients/block-wins", test_block_wins);
  g_test_add_func ("/room-clients/limit", test_limit);
  g_test_add_func ("/room-clients/limit-of-both", test_limit_of_both);
  g_test_add_func ("/room-clients/limit-after-notice", test_limit_after_notice);
  g_test_add_func ("/room-clients/limit-of-room", test_limit_of_room);
  g_test_add_func ("/room-clients/nothing-is-interned", test_nothing_is_interned);
  return g_test_run ();
}
