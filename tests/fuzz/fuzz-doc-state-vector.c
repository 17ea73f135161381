#include "fuzz-doc.h"

/* State vectors of strangers, and those of their updates. The input is both. */

static void
assert_round_trip (const EntStateVector *vector)
{
  g_autoptr (GBytes) bytes = ent_state_vector_encode (vector);
  g_autoptr (EntStateVector) again =
    ent_state_vector_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

  g_assert_nonnull (again);
  g_assert_cmpint (ent_state_vector_compare (vector, again), ==, ENT_STATE_EQUAL);
}

static void
compare (const EntStateVector *a, const EntStateVector *b)
{
  g_autoptr (EntStateVector) both = ent_state_vector_copy (a);
  EntStateOrder order = ent_state_vector_compare (a, b);

  ent_state_vector_merge (both, b);
  g_assert_true (ent_state_vector_covers (both, a));
  g_assert_true (ent_state_vector_covers (both, b));
  g_assert_true (
    ent_state_vector_covers (a, b) == (order == ENT_STATE_EQUAL || order == ENT_STATE_AHEAD));
  g_assert_true (
    ent_state_vector_covers (b, a) == (order == ENT_STATE_EQUAL || order == ENT_STATE_BEHIND));
  assert_round_trip (both);
  for (guint i = 0; i < ent_state_vector_get_length (a); i++) {
    guint64 client;
    guint32 clock;

    ent_state_vector_get_nth (a, i, &client, &clock);
    g_assert_cmpuint (ent_state_vector_get (a, client), ==, clock);
    g_assert_cmpuint (ent_state_vector_count_above (both, a, client), ==,
      ent_state_vector_get (both, client) - clock);
  }
}

/* What a fresh document knows after the update is at least what the update promises without one. */
static void
assert_known (GBytes *update, const EntStateVector *promised)
{
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (EntStateVector) known = NULL;

  g_assert_true (ent_doc_apply_bytes (doc, update, NULL, NULL));
  fuzz_check (doc);
  known = ent_doc_dup_state_vector (doc);
  g_assert_true (ent_doc_has_pending_structs (doc) || ent_state_vector_covers (known, promised));
  assert_round_trip (known);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (EntStateVector) vector = ent_state_vector_decode (data, size, NULL);
  g_autoptr (GBytes) update = g_bytes_new (data, size);
  g_autoptr (EntStateVector) promised = ent_update_dup_state_vector (update, NULL);
  g_autoptr (EntStateVector) empty = ent_state_vector_new ();

  if (vector) {
    assert_round_trip (vector);
    compare (vector, promised ? promised : empty);
  }
  if (promised) {
    assert_round_trip (promised);
    compare (promised, vector ? vector : empty);
    assert_known (update, promised);
  }
  return 0;
}
