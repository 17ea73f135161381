#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "document/ent-doc-undo.h"
#include "document/ent-doc.h"

/* Updates of strangers: applied to a document that is being edited and undone, merged, cut, looked
 * into. The input is a list of updates, each behind two bytes of length. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
try_alone (GBytes *update)
{
  g_autoptr (EntStateVector) vector = ent_update_dup_state_vector (update, NULL);
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, NULL);
  g_autoptr (GBytes) cut = vector ? ent_update_diff (update, vector, NULL) : NULL;
  GBytes *twice[2] = { update, update };
  g_autoptr (GBytes) merged = ent_update_merge (twice, 2, NULL);

  g_assert_true ((vector != NULL) == (merged != NULL));
  g_assert_true ((vector != NULL) == (cut != NULL));
  g_assert_true ((vector != NULL) == (info != NULL));
}

static void
check (EntDoc *doc)
{
  g_autoptr (GError) error = NULL;

  ent_doc_check (doc, &error);
  g_assert_no_error (error);
}

/* A replica made from the full state knows the same. Its content may differ when strangers break
 * the rules of the game, with a right origin left of the origin for example. */
static void
check_copy (EntDoc *doc)
{
  g_autoptr (EntDoc) copy = ent_doc_new (6, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) state = ent_doc_encode (doc);
  g_autoptr (EntStateVector) known = ent_doc_dup_state_vector (doc);
  g_autoptr (EntStateVector) copied = NULL;
  g_autofree char *hash = ent_doc_dup_state_hash (doc);
  g_autoptr (GError) error = NULL;

  ent_doc_apply_bytes (copy, state, NULL, &error);
  g_assert_no_error (error);
  check (copy);
  copied = ent_doc_dup_state_vector (copy);
  g_assert_cmpint (ent_state_vector_compare (known, copied), ==, ENT_STATE_EQUAL);
  g_assert_cmpuint (strlen (hash), ==, 64);
}

static void
edit (EntDoc *doc, EntUndo *undo, guint turn)
{
  EntType *text = ent_doc_get_text (doc, "t");
  guint32 length = ent_text_get_length (text);

  switch (turn % 4) {
  case 0:
    ent_text_insert (text, length / 2, "ab\xf0\x9f\x98\x80", -1, NULL);
    break;
  case 1:
    ent_text_delete_utf16 (
      text, ent_text_get_length_utf16 (text) / 3, ent_text_get_length_utf16 (text) / 4, NULL);
    break;
  case 2:
    ent_undo_undo (undo);
    break;
  default:
    ent_undo_redo (undo);
  }
}

static void
ignore_event (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  EntDoc *doc = ent_doc_new (5, size & 1 ? ENT_DOC_KEEP_DELETED : ENT_DOC_DEFAULT);
  EntUndo *undo = ent_undo_new (doc, NULL, NULL);

  ent_doc_observe (doc, ignore_event, NULL, NULL);
  ent_undo_add_scope (undo, ent_doc_get_text (doc, "t"));
  for (guint turn = 0; size >= 2; turn++) {
    gsize length = MIN ((gsize) (data[0] | data[1] << 8), size - 2);
    g_autoptr (GBytes) update = g_bytes_new (data + 2, length);
    g_autoptr (EntUpdateInfo) info = ent_doc_inspect (doc, update, NULL);
    gboolean applied = ent_doc_apply_bytes (doc, update, NULL, NULL);

    try_alone (update);
    g_assert_true (applied == (info != NULL));
    edit (doc, undo, turn);
    data += 2 + length;
    size -= 2 + length;
  }
  check (doc);
  check_copy (doc);
  ent_undo_free (undo);
  check (doc);
  ent_doc_unref (doc);
  return 0;
}
