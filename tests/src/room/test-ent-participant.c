#include "room/ent-participant.h"

#include "room/ent-room-items-private.h"

static void
count_cb (EntParticipant *person, GParamSpec *pspec, guint *count)
{
  (*count)++;
}

/* The coordinator says the colour, also of somebody who is known already; there are no more of them
 * than can be told apart. */
static void
test_colour (void)
{
  EntMsgPeer peer = { .id = (char *) "gus", .name = (char *) "Gus", .colour = 3 };
  EntParticipant *person = ent_participant_new (&peer, FALSE);
  guint n_changes = 0;

  g_signal_connect (person, "notify::colour", G_CALLBACK (count_cb), &n_changes);
  g_assert_cmpuint (ent_participant_get_colour (person), ==, 3);
  g_assert_false (ent_participant_update (person, &peer));
  g_assert_cmpuint (n_changes, ==, 0);
  peer.colour = ENT_PARTICIPANT_N_COLOURS + 2;
  ent_participant_update (person, &peer);
  g_assert_cmpuint (ent_participant_get_colour (person), ==, 2);
  g_assert_cmpuint (n_changes, ==, 1);
  peer.colour = G_MAXINT32;
  ent_participant_update (person, &peer);
  g_assert_cmpuint (ent_participant_get_colour (person), <, ENT_PARTICIPANT_N_COLOURS);
  g_assert_finalize_object (person);
}

static void
test_clients (void)
{
  g_autoptr (GArray) clients = g_array_new (FALSE, FALSE, sizeof (gint64));
  EntMsgPeer peer = { .id = (char *) "gus", .name = (char *) "Gus", .clients = clients };
  g_autoptr (EntParticipant) person = ent_participant_new (&peer, FALSE);
  gint64 client = 160;

  g_assert_false (ent_participant_has_client (person, 160));
  g_array_append_val (clients, client);
  g_assert_true (ent_participant_update (person, &peer));
  g_assert_true (ent_participant_has_client (person, 160));
  g_assert_false (ent_participant_update (person, &peer));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/participant/colour", test_colour);
  g_test_add_func ("/participant/clients", test_clients);
  return g_test_run ();
}
