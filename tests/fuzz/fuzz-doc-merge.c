#include "fuzz-doc.h"

/* Updates of strangers merged into one, which can be read, applied and merged again. */

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GPtrArray) updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) merged = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *twice[2];
  GBytes *update;

  while ((update = fuzz_take_part (&data, &size))) {
    g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, NULL);

    g_ptr_array_add (all, g_bytes_ref (update));
    if (info)
      g_ptr_array_add (updates, g_bytes_ref (update));
    g_bytes_unref (update);
  }
  /* One bad update refuses all. */
  merged = ent_update_merge ((GBytes *const *) all->pdata, all->len, NULL);
  g_assert_true ((merged != NULL) == (all->len == updates->len));
  g_clear_pointer (&merged, g_bytes_unref);
  merged = ent_update_merge ((GBytes *const *) updates->pdata, updates->len, &error);
  g_assert_no_error (error);
  fuzz_assert_readable (merged);
  twice[0] = twice[1] = merged;
  again = ent_update_merge (twice, 2, &error);
  g_assert_no_error (error);
  g_assert_true (updates->len < 2 || g_bytes_equal (merged, again));
  ent_doc_apply_bytes (doc, merged, NULL, &error);
  g_assert_no_error (error);
  fuzz_check (doc);
  /* What each of them says was said. */
  for (guint i = 0; i < updates->len; i++) {
    ent_doc_apply_bytes (doc, updates->pdata[i], NULL, &error);
    g_assert_no_error (error);
    fuzz_check (doc);
  }
  return 0;
}
