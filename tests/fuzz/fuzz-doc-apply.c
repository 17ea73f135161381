#include "fuzz-doc.h"

#include <string.h>

#include "document/ent-doc-undo.h"

/* Updates of strangers, one after the other, applied to a document that is being edited and undone,
 * or backspaced and deleted forward without undo, which has shorter ways; some documents cut off
 * what takes long.
 */

#define MAX_WALK 2

static void
delete_at (EntType *text, guint32 at_utf16, guint32 n)
{
  guint32 length = ent_text_get_length_utf16 (text);

  if (at_utf16 < length)
    ent_text_delete_utf16 (text, at_utf16, MIN (n, length - at_utf16), NULL);
}

static void
edit (EntDoc *doc, EntUndo *undo, guint turn)
{
  EntType *text = ent_doc_get_text (doc, "t");
  guint32 length = ent_text_get_length (text);
  guint32 third = ent_text_get_length_utf16 (text) / 3;

  switch (turn % 4) {
  case 0:
    ent_text_insert (text, length / 2, "ab\xf0\x9f\x98\x80", -1, NULL);
    break;
  case 1:
    delete_at (text, third, ent_text_get_length_utf16 (text) / 4);
    break;
  case 2:
    if (undo)
      ent_undo_undo (undo);
    else
      delete_at (text, third ? third - 1 : 0, 1);
    break;
  default:
    if (undo)
      ent_undo_redo (undo);
    else
      delete_at (text, third ? third - 1 : 0, 2);
  }
}

/* An editor that follows the events has as many characters as the text. */
static void
count_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  guint32 *n_chars = data;
  const EntTypeEvent *entry = ent_doc_event_find (event, ent_doc_get_text (doc, "t"));

  for (guint i = 0; entry && i < entry->n_changes; i++) {
    const EntChange *change = &entry->changes[i];

    g_assert_cmpuint (change->at, <=, *n_chars);
    if (change->kind == ENT_CHANGE_INSERT) {
      *n_chars += change->length;
    } else {
      g_assert_cmpuint (change->length, <=, *n_chars - change->at);
      *n_chars -= change->length;
    }
  }
}

static void
read_all (EntDoc *doc)
{
  g_auto (GStrv) roots = ent_doc_list_roots (doc);
  g_autofree char *hash = ent_doc_dup_state_hash (doc);

  for (guint i = 0; roots[i]; i++) {
    EntType *root = ent_doc_get_root (doc, roots[i], ENT_TYPE_UNKNOWN);
    g_auto (GStrv) keys = ent_map_list_keys (root);
    gsize size;
    g_autofree char *text = ent_text_dup (root, &size);
    g_autofree char *display = ent_text_dup_display (root, NULL);

    g_assert_cmpuint (size, ==, ent_text_get_length_bytes (root));
    g_assert_true (text && display);
    for (guint k = 0; keys[k]; k++)
      ent_value_unref (ent_map_get (root, keys[k]) ?: ent_value_new_null ());
    if (ent_array_get_length (root))
      ent_value_unref (ent_array_get (root, 0) ?: ent_value_new_null ());
  }
  g_assert_cmpuint (strlen (hash), ==, 64);
}

/* Whether it took the last update only up to a struct that took too long. */
static gboolean
is_cut (EntDoc *doc, gboolean is_cutting)
{
  return is_cutting && ent_doc_get_walked (doc) > MAX_WALK;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  EntDoc *doc = ent_doc_new (5, size & 1 ? ENT_DOC_KEEP_DELETED : ENT_DOC_DEFAULT);
  EntUndo *undo = size & 2 ? NULL : ent_undo_new (doc, NULL, NULL);
  EntType *text = ent_doc_get_text (doc, "t");
  gboolean is_cutting = (size & 12) == 12;
  guint32 n_chars = 0;
  GBytes *update;

  if (is_cutting)
    ent_doc_set_max_walk (doc, MAX_WALK);
  ent_doc_observe (doc, count_cb, &n_chars, NULL);
  if (undo)
    ent_undo_add_scope (undo, text);
  for (guint turn = 0; (update = fuzz_take_part (&data, &size)); turn++) {
    g_autoptr (EntUpdateInfo) info = ent_doc_inspect (doc, update, NULL);
    gboolean applied = ent_doc_apply_bytes (doc, update, NULL, NULL);

    g_assert_true (applied == (info != NULL && !is_cut (doc, is_cutting)));
    /* What had waited and was forgotten, since it took too long, may take too long again. */
    g_assert_true (
      !applied || ent_doc_apply_bytes (doc, update, NULL, NULL) || is_cut (doc, is_cutting));
    edit (doc, undo, turn);
    fuzz_check (doc);
    g_assert_cmpuint (n_chars, ==, ent_text_get_length (text));
    g_bytes_unref (update);
  }
  read_all (doc);
  fuzz_check_copy (doc);
  g_clear_pointer (&undo, ent_undo_free);
  fuzz_check (doc);
  ent_doc_unref (doc);
  return 0;
}
