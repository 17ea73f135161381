#include "document/ent-awareness.h"
#include "room/ent-room-policy.h"

#define ANN 100
#define BEN 200

static const char *
find_owner (guint64 client, gpointer data)
{
  return client == ANN ? "ann" : client == BEN ? "ben" : NULL;
}

static GBytes *
new_update (guint64 client)
{
  g_autoptr (EntDoc) doc = ent_doc_new (client, ENT_DOC_DEFAULT);

  ent_text_insert (ent_doc_get_text (doc, "text:f"), 0, "x", -1, NULL);
  return ent_doc_encode (doc);
}

static EntPolicyVerdict
check (guint64 client, gboolean is_live, EntPolicySender sender)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) update = new_update (client);

  return ent_room_policy_check_update (doc, update, is_live, &sender, find_owner, NULL);
}

/* Who may write, by role, state and kind of message. */
static void
test_every_role (void)
{
  static const struct {
    EntRole role;
    EntPeerState state;
    EntPolicyVerdict verdict;
  } cases[] = {
    { ENT_ROLE_HOST, ENT_PEER_JOINED, ENT_POLICY_ACCEPT },
    { ENT_ROLE_CO_INTERVIEWER, ENT_PEER_JOINED, ENT_POLICY_ACCEPT },
    { ENT_ROLE_CANDIDATE, ENT_PEER_JOINED, ENT_POLICY_ACCEPT },
    { ENT_ROLE_CANDIDATE, ENT_PEER_AWAY, ENT_POLICY_ACCEPT },
    { ENT_ROLE_CANDIDATE, ENT_PEER_LEFT, ENT_POLICY_ACCEPT },
    { ENT_ROLE_OBSERVER, ENT_PEER_JOINED, ENT_POLICY_DROP_ROLE },
    { ENT_ROLE_HOST, ENT_PEER_REMOVED, ENT_POLICY_DROP_ROLE },
    { ENT_ROLE_CANDIDATE, ENT_PEER_REMOVED, ENT_POLICY_DROP_ROLE },
    { ENT_ROLE_CANDIDATE, ENT_PEER_LOBBY, ENT_POLICY_DROP_ROLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    EntPolicySender sender = {
      .participant = "ann",
      .role = cases[i].role,
      .state = cases[i].state,
    };

    g_assert_cmpint (check (ANN, TRUE, sender), ==, cases[i].verdict);
    g_assert_cmpint (check (ANN, FALSE, sender), ==, cases[i].verdict);
    sender.room_ended = TRUE;
    g_assert_cmpint (check (ANN, TRUE, sender), ==, ENT_POLICY_DROP_ENDED);
    sender.room_ended = FALSE;
    sender.participant = NULL;
    g_assert_cmpint (check (ANN, TRUE, sender), ==, ENT_POLICY_DROP_ROLE);
  }
}

/* Live updates speak for their sender only; a step 2 hands on what others made. */
static void
test_client_ids (void)
{
  EntPolicySender ann = { .participant = "ann", .role = ENT_ROLE_CANDIDATE };

  g_assert_cmpint (check (ANN, TRUE, ann), ==, ENT_POLICY_ACCEPT);
  g_assert_cmpint (check (BEN, TRUE, ann), ==, ENT_POLICY_DROP_CLIENT);
  g_assert_cmpint (check (BEN, FALSE, ann), ==, ENT_POLICY_ACCEPT);
  g_assert_cmpint (check (300, TRUE, ann), ==, ENT_POLICY_DROP_CLIENT);
  g_assert_cmpint (check (ENT_POLICY_FIRST_RANDOM_CLIENT, TRUE, ann), ==, ENT_POLICY_ACCEPT);
}

static void
test_malformed (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) noise = g_bytes_new_static ("\xff\xff\xff\xff", 4);
  EntPolicySender ann = { .participant = "ann", .role = ENT_ROLE_CANDIDATE };

  g_assert_cmpint (ent_room_policy_check_update (doc, noise, TRUE, &ann, find_owner, NULL), ==,
    ENT_POLICY_DROP_MALFORMED);
}

static gboolean
check_caret (guint64 client, EntPolicySender sender)
{
  g_autoptr (EntAwareness) awareness = ent_awareness_new (client);
  g_autoptr (GBytes) update = NULL;

  ent_awareness_set_state (awareness, "{}", 0, NULL);
  update = ent_awareness_encode (awareness, NULL, 0);
  return ent_room_policy_check_awareness (update, &sender, find_owner, NULL);
}

static void
test_carets (void)
{
  EntPolicySender ann = { .participant = "ann", .role = ENT_ROLE_OBSERVER };

  g_assert_true (check_caret (ANN, ann));
  g_assert_false (check_caret (BEN, ann));
  ann.state = ENT_PEER_REMOVED;
  g_assert_false (check_caret (ANN, ann));
  ann.state = ENT_PEER_LOBBY;
  g_assert_false (check_caret (ANN, ann));
}

static gboolean
is_heard (guint64 client, gpointer data)
{
  const guint64 *heard = data;

  return client == *heard;
}

/* Nobody speaks for who is here: of a step 2 only the sender's own structs and those of people who
 * are away are left. */
static void
test_nobody_speaks_for_others (void)
{
  const EntPolicySender ann = { .participant = "ann", .role = ENT_ROLE_CANDIDATE };
  g_autoptr (GBytes) of_ann = new_update (ANN);
  g_autoptr (GBytes) of_ben = new_update (BEN);
  GBytes *const both[] = { of_ann, of_ben };
  g_autoptr (GBytes) merged = ent_update_merge (both, 2, NULL);
  guint64 heard = BEN;
  g_autoptr (GBytes) cut = ent_room_policy_trim_step2 (merged, &ann, find_owner, is_heard, &heard);
  g_autoptr (EntStateVector) left = ent_update_dup_state_vector (cut, NULL);
  g_autoptr (GBytes) whole = NULL;

  g_assert_cmpuint (ent_state_vector_get (left, ANN), ==, 1);
  g_assert_cmpuint (ent_state_vector_get (left, BEN), ==, 0);
  heard = ANN;
  whole = ent_room_policy_trim_step2 (merged, &ann, find_owner, is_heard, &heard);
  g_assert_true (g_bytes_equal (whole, merged));
}

static void
test_refusals_are_sentences (void)
{
  g_assert_null (ent_room_policy_get_edit_refusal (ENT_ROLE_CANDIDATE, FALSE, FALSE));
  g_assert_null (ent_room_policy_get_edit_refusal (ENT_ROLE_HOST, TRUE, FALSE));
  g_assert_nonnull (ent_room_policy_get_edit_refusal (ENT_ROLE_CANDIDATE, TRUE, FALSE));
  g_assert_nonnull (ent_room_policy_get_edit_refusal (ENT_ROLE_OBSERVER, FALSE, FALSE));
  g_assert_nonnull (ent_room_policy_get_edit_refusal (ENT_ROLE_HOST, FALSE, TRUE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-policy/every-role", test_every_role);
  g_test_add_func ("/room-policy/client-ids", test_client_ids);
  g_test_add_func ("/room-policy/malformed", test_malformed);
  g_test_add_func ("/room-policy/carets", test_carets);
  g_test_add_func ("/room-policy/nobody-speaks-for-others", test_nobody_speaks_for_others);
  g_test_add_func ("/room-policy/refusals-are-sentences", test_refusals_are_sentences);
  return g_test_run ();
}
