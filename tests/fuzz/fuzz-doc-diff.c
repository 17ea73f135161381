#include "fuzz-doc.h"

/* A state vector and an update of strangers: the update cut by the vector, and what a document that
 * holds the update sends to a replica with that vector. */

static void
assert_above (GBytes *update, const EntStateVector *known)
{
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, NULL);

  g_assert_nonnull (info);
  for (guint i = 0; i < info->created->len; i++) {
    const EntClockRange *range = &g_array_index (info->created, EntClockRange, i);

    g_assert_cmpuint (range->clock, >=, ent_state_vector_get (known, range->client));
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) vector = fuzz_take_part (&data, &size);
  g_autoptr (GBytes) update = vector ? fuzz_take_part (&data, &size) : NULL;
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (EntStateVector) known = NULL;
  g_autoptr (GBytes) cut = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GBytes) third = NULL;
  g_autoptr (GBytes) sent = NULL;

  if (!update)
    return 0;
  known =
    ent_state_vector_decode (g_bytes_get_data (vector, NULL), g_bytes_get_size (vector), NULL);
  if (!known)
    known = ent_state_vector_new ();
  cut = ent_update_diff (update, known, NULL);
  g_assert_true ((cut != NULL) == ent_doc_apply_bytes (doc, update, NULL, NULL));
  if (!cut)
    return 0;
  assert_above (cut, known);
  /* A struct that was cut keeps the mark of its key until it is written once more, as with yjs. */
  again = ent_update_diff (cut, known, NULL);
  g_assert_true (again && g_bytes_get_size (cut) == g_bytes_get_size (again));
  third = ent_update_diff (again, known, NULL);
  g_assert_true (third && g_bytes_equal (again, third));
  fuzz_check (doc);
  sent = ent_doc_encode_diff (doc, known);
  if (!ent_doc_has_pending_structs (doc))
    assert_above (sent, known);
  /* It knows that already. */
  g_assert_true (ent_doc_apply_bytes (doc, sent, NULL, NULL));
  g_assert_true (ent_doc_apply_bytes (doc, cut, NULL, NULL));
  fuzz_check (doc);
  fuzz_check_copy (doc);
  return 0;
}
