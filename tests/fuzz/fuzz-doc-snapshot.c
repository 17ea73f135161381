#include <stdint.h>
#include <stdlib.h>

#include "document/ent-doc-snapshot.h"

/* Snapshots of strangers: what can be read is the same when written and read again, and either
 * brings back a document in order or is refused. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static EntDoc *
new_document (void)
{
  EntDoc *doc = ent_doc_new (1, ENT_DOC_KEEP_DELETED);
  g_autoptr (EntDoc) other = ent_doc_new (2, ENT_DOC_KEEP_DELETED);
  EntType *text = ent_doc_get_text (other, "t");
  g_autoptr (GBytes) state = NULL;

  ent_text_insert (text, 0, "abc\xf0\x9f\x98\x80xyz", -1, NULL);
  ent_text_delete (text, 1, 1, NULL);
  ent_text_insert (ent_map_set_type (ent_doc_get_map (other, "m"), "k", ENT_TYPE_TEXT, NULL), 0,
    "nested", -1, NULL);
  ent_map_delete (ent_doc_get_map (other, "m"), "k", NULL);
  state = ent_doc_encode (other);
  ent_doc_apply_bytes (doc, state, NULL, NULL);
  ent_text_insert (ent_doc_get_text (doc, "t"), 2, "more", -1, NULL);
  return doc;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (EntSnapshot) snapshot = ent_snapshot_decode (data, size, NULL);
  g_autoptr (EntSnapshot) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (EntDoc) doc = NULL;
  g_autoptr (EntDoc) restored = NULL;
  g_autoptr (GError) error = NULL;

  if (!snapshot)
    return 0;
  bytes = ent_snapshot_encode (snapshot);
  again = ent_snapshot_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  g_assert_true (again && ent_snapshot_equal (snapshot, again));
  doc = new_document ();
  restored = ent_snapshot_restore (snapshot, doc, 9, ENT_DOC_DEFAULT, NULL);
  if (!restored)
    return 0;
  ent_doc_check (restored, &error);
  g_assert_no_error (error);
  g_assert_false (ent_doc_has_pending_structs (restored) || ent_doc_has_pending_deletes (restored));
  return 0;
}
