#include "fuzz-doc.h"

#include "document/ent-doc-relpos.h"
#include "document/ent-doc-undo.h"

/* Positions of strangers, in both forms, against a document with a bit of everything. */

static EntDoc *
new_document (void)
{
  EntDoc *doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  EntType *map = ent_doc_get_map (doc, "m");
  EntUndo *undo = ent_undo_new (doc, NULL, NULL);

  ent_text_insert (text, 0,
    "abc\xf0\x9f\x98\x80"
    "def",
    -1, NULL);
  ent_text_delete (text, 1, 1, NULL);
  ent_text_insert (ent_map_set_type (map, "k", ENT_TYPE_TEXT, NULL), 0, "nested", -1, NULL);
  ent_map_set_type (map, "gone", ENT_TYPE_ARRAY, NULL);
  ent_map_delete (map, "gone", NULL);
  /* Text made anew, which positions follow. */
  ent_undo_add_scope (undo, text);
  ent_text_delete (text, 2, 3, NULL);
  ent_undo_undo (undo);
  fuzz_check (doc);
  return doc;
}

static void
resolve (EntDoc *doc, const EntRelPos *pos)
{
  EntType *type;
  guint32 at;
  guint32 at_utf16;
  g_autoptr (EntValue) value = ent_rel_pos_to_value (pos);
  g_autoptr (EntRelPos) again = ent_rel_pos_from_value (value, NULL);

  g_assert_nonnull (again);
  g_assert_true (ent_rel_pos_equal (pos, again));
  if (!ent_rel_pos_resolve (pos, doc, &type, &at, &at_utf16))
    return;
  g_assert_cmpuint (at, <=, ent_text_get_length (type));
  g_assert_cmpuint (at_utf16, <=, ent_text_get_length_utf16 (type));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static EntDoc *doc;
  g_autoptr (EntRelPos) pos = ent_rel_pos_decode (data, size, NULL);
  g_autoptr (EntValue) value = ent_value_from_json ((const char *) data, size, 64, NULL);
  g_autoptr (EntRelPos) from_json = value ? ent_rel_pos_from_value (value, NULL) : NULL;
  g_autofree char *json = value ? ent_value_to_json (value) : NULL;

  if (!doc)
    doc = new_document ();
  if (pos) {
    g_autoptr (GBytes) bytes = ent_rel_pos_encode (pos);
    g_autoptr (EntRelPos) again =
      ent_rel_pos_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

    g_assert_true (ent_rel_pos_equal (pos, again));
    resolve (doc, pos);
    fuzz_check (doc);
  }
  if (from_json)
    resolve (doc, from_json);
  if (json) {
    g_autoptr (EntValue) same = ent_value_from_json (json, -1, 64, NULL);

    g_assert_nonnull (same);
  }
  return 0;
}
