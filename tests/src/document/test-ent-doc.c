#include <string.h>

#include "document/ent-doc-relpos.h"
#include "document/ent-doc-undo.h"
#include "document/ent-doc-update.h"
#include "document/ent-doc.h"

static void
assert_text (EntType *text, const char *wanted)
{
  g_autofree char *actual = ent_text_dup (text, NULL);

  g_assert_cmpstr (actual, ==, wanted);
}

static void
assert_check (EntDoc *doc)
{
  g_autoptr (GError) error = NULL;

  ent_doc_check (doc, &error);
  g_assert_no_error (error);
}

static void
copy_state (EntDoc *from, EntDoc *to)
{
  g_autoptr (GBytes) state = ent_doc_encode (from);
  g_autoptr (GError) error = NULL;

  ent_doc_apply_bytes (to, state, NULL, &error);
  g_assert_no_error (error);
  assert_check (to);
}

/* --- units --- */

static void
test_units (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntValue) embed = ent_value_from_json ("{\"image\":1}", -1, 8, NULL);
  g_autofree char *display = NULL;

  g_assert_true (ent_text_insert (text, 0, "aé😀z", -1, NULL));
  g_assert_true (ent_text_insert_embed (text, 3, embed, NULL, NULL));
  g_assert_cmpuint (ent_text_get_length (text), ==, 5);
  g_assert_cmpuint (ent_text_get_length_utf16 (text), ==, 6);
  g_assert_cmpuint (ent_text_get_length_bytes (text), ==, 8);
  assert_text (text, "aé😀z");
  display = ent_text_dup_display (text, NULL);
  g_assert_cmpstr (display, ==, "aé😀\xef\xbf\xbcz");
  g_assert_cmpuint (ent_text_chars_to_utf16 (text, 3), ==, 4);
  g_assert_cmpuint (ent_text_chars_to_utf16 (text, 9), ==, 6);
  g_assert_cmpuint (ent_text_utf16_to_chars (text, 4), ==, 3);
  g_assert_cmpuint (ent_text_utf16_to_chars (text, 3), ==, 2);
  g_assert_cmpuint (ent_text_chars_to_bytes (text, 3), ==, 7);
  g_assert_cmpuint (ent_text_bytes_to_chars (text, 5), ==, 2);
  g_assert_cmpuint (ent_text_bytes_to_chars (text, 100), ==, 5);
  /* Deleting by characters never cuts a pair. */
  g_assert_true (ent_text_delete (text, 2, 1, NULL));
  assert_text (text, "aéz");
  assert_check (doc);
}

static void
test_broken_pair (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) other = ent_doc_new (2, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");

  ent_text_insert (text, 0, "x😀y", -1, NULL);
  copy_state (doc, other);
  g_assert_true (ent_text_insert_utf16 (text, 2, "-", -1, NULL, NULL));
  assert_text (text, "x\xef\xbf\xbd-\xef\xbf\xbdy");
  g_assert_true (ent_text_delete_utf16 (ent_doc_get_text (other, "t"), 1, 1, NULL));
  copy_state (doc, other);
  copy_state (other, doc);
  assert_text (text, "x-\xef\xbf\xbdy");
  assert_text (ent_doc_get_text (other, "t"), "x-\xef\xbf\xbdy");
}

static void
test_refusals (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (GError) error = NULL;

  g_assert_false (ent_text_insert (text, 1, "x", -1, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_false (ent_text_insert (text, 0, "\xff", -1, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (ent_text_delete (text, 0, G_MAXUINT32, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_false (ent_doc_set_client_id (doc, G_GUINT64_CONSTANT (1) << 32, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID);
  g_clear_error (&error);
  ent_doc_begin (doc, NULL);
  g_assert_false (ent_doc_apply_update (doc, (const guint8 *) "\0\0", 2, NULL, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID);
  ent_doc_commit (doc);
}

/* --- maps, arrays, nested types --- */

static void
test_nested (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) other = ent_doc_new (2, ENT_DOC_DEFAULT);
  EntType *files = ent_doc_get_map (doc, "files");
  EntType *file = ent_map_set_type (files, "f1", ENT_TYPE_MAP, NULL);
  g_autoptr (EntValue) path = ent_value_new_string ("main.py", -1);
  g_autoptr (EntValue) number = ent_value_new_double (1.5);
  EntValue *values[2] = { path, number };
  EntType *lines = ent_map_set_type (file, "lines", ENT_TYPE_ARRAY, NULL);
  g_autoptr (EntValue) read = NULL;
  g_autoptr (EntType) held = NULL;
  EntType *copy;
  g_auto (GStrv) keys = NULL;
  guint64 client;
  guint32 clock;
  guint32 at;

  g_assert_true (ent_map_set (file, "path", path, NULL));
  g_assert_true (ent_array_insert (lines, 0, values, 2, NULL));
  ent_text_insert (ent_array_insert_type (lines, 1, ENT_TYPE_TEXT, NULL), 0, "deep", -1, NULL);
  copy_state (doc, other);
  copy = ent_map_get_type (ent_doc_get_map (other, "files"), "f1");
  g_assert_cmpstr (ent_type_get_key (copy), ==, "f1");
  read = ent_map_get (copy, "path");
  g_assert_true (ent_value_equal (read, path));
  g_assert_cmpuint (ent_map_get_author (copy, "path"), ==, 1);
  keys = ent_map_list_keys (copy);
  g_assert_cmpstr (keys[0], ==, "lines");
  g_assert_cmpstr (keys[1], ==, "path");
  lines = ent_map_get_type (copy, "lines");
  g_assert_cmpuint (ent_array_get_length (lines), ==, 3);
  assert_text (ent_array_get_type (lines, 1), "deep");
  g_assert_true (ent_array_get_id (lines, 2, &client, &clock));
  g_assert_true (ent_array_find_id (lines, client, clock, &at));
  g_assert_cmpuint (at, ==, 2);
  /* Deleting the holder empties every handle below it. */
  held = ent_type_ref (lines);
  g_assert_true (ent_map_delete (ent_doc_get_map (other, "files"), "f1", NULL));
  g_assert_true (ent_type_is_gone (held));
  g_assert_cmpuint (ent_array_get_length (held), ==, 0);
  g_assert_false (ent_array_delete (held, 0, 0, NULL));
  assert_check (other);
  copy_state (other, doc);
  g_assert_false (ent_map_has (files, "f1"));
}

static void
test_concurrent_key (void)
{
  g_autoptr (EntDoc) a = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) b = ent_doc_new (2, ENT_DOC_DEFAULT);
  g_autoptr (EntValue) low = ent_value_new_int (1);
  g_autoptr (EntValue) high = ent_value_new_int (2);
  g_autoptr (EntValue) value = NULL;

  ent_map_set (ent_doc_get_map (a, "m"), "k", low, NULL);
  ent_map_set (ent_doc_get_map (b, "m"), "k", high, NULL);
  copy_state (a, b);
  copy_state (b, a);
  value = ent_map_get (ent_doc_get_map (a, "m"), "k");
  g_assert_cmpint (ent_value_get_int (value), ==, 2);
  g_assert_cmpuint (ent_map_get_author (ent_doc_get_map (b, "m"), "k"), ==, 2);
}

/* --- events --- */

typedef struct {
  GString *log;
  guint n;
} Log;

static void
log_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Log *log = data;

  log->n++;
  g_assert_cmpmem (event->update_data, event->update_size,
    g_bytes_get_data (ent_doc_event_get_update (event), NULL),
    g_bytes_get_size (ent_doc_event_get_update (event)));
  for (guint i = 0; i < event->n_types; i++) {
    const EntTypeEvent *type = &event->types[i];

    for (guint k = 0; k < type->n_changes; k++) {
      const EntChange *change = &type->changes[k];

      g_string_append_printf (log->log, "%s%u+%u%.*s;",
        change->kind == ENT_CHANGE_INSERT ? "i" : "d", change->at, change->length,
        (int) change->text_bytes, change->text ? change->text : "");
    }
    for (guint k = 0; k < type->n_keys; k++)
      g_string_append_printf (log->log, "k%s;", type->keys[k]);
  }
}

static void
expect_log (Log *log, const char *wanted)
{
  g_assert_cmpstr (log->log->str, ==, wanted);
  g_string_truncate (log->log, 0);
}

static void
test_events (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntValue) value = ent_value_new_int (1);
  Log log = { g_string_new (NULL), 0 };
  guint id = ent_doc_observe (doc, log_cb, &log, NULL);

  ent_text_insert (text, 0, "hello", -1, NULL);
  expect_log (&log, "i0+5hello;");
  ent_doc_begin (doc, &log);
  ent_text_insert (text, 5, " world", -1, NULL);
  ent_text_delete (text, 0, 1, NULL);
  ent_text_insert (text, 0, "J", -1, NULL);
  ent_text_insert (text, 1, "temporary", -1, NULL);
  ent_text_delete (text, 1, 9, NULL);
  ent_doc_commit (doc);
  expect_log (&log, "d0+1;i0+1J;i5+6 world;");
  ent_map_set (ent_doc_get_map (doc, "m"), "key", value, NULL);
  expect_log (&log, "kkey;");
  ent_text_insert (text, 0, "😀", -1, NULL);
  expect_log (&log, "i0+1😀;");
  ent_text_delete_utf16 (text, 1, 1, NULL);
  expect_log (&log, "d0+1;i0+1\xef\xbf\xbd;");
  ent_doc_begin (doc, NULL);
  ent_doc_commit (doc);
  g_assert_cmpuint (log.n, ==, 5);
  ent_doc_unobserve (doc, id);
  ent_text_insert (text, 0, "x", -1, NULL);
  g_assert_cmpuint (log.n, ==, 5);
  g_string_free (log.log, TRUE);
}

static void
test_clash (void)
{
  g_autoptr (EntDoc) a = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) b = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GError) error = NULL;

  ent_text_insert (ent_doc_get_text (a, "t"), 0, "aaa", -1, NULL);
  ent_text_insert (ent_doc_get_text (b, "t"), 0, "b", -1, NULL);
  copy_state (a, b);
  g_assert_true (ent_doc_has_clash (b));
  g_assert_false (ent_text_insert (ent_doc_get_text (b, "t"), 0, "x", -1, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_CLASH);
  g_assert_false (ent_doc_set_client_id (b, 1, NULL));
  g_assert_true (ent_doc_set_client_id (b, 2, NULL));
  g_assert_true (ent_text_insert (ent_doc_get_text (b, "t"), 0, "x", -1, NULL));
  assert_check (b);
}

/* --- updates --- */

static void
test_pending (void)
{
  g_autoptr (EntDoc) from = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) to = ent_doc_new (2, ENT_DOC_DEFAULT);
  g_autoptr (GPtrArray) updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (EntStateVector) known = NULL;

  for (guint i = 0; i < 4; i++) {
    known = ent_doc_dup_state_vector (from);
    ent_text_insert (ent_doc_get_text (from, "t"), i, "x", -1, NULL);
    g_ptr_array_add (updates, ent_doc_encode_diff (from, known));
    g_clear_pointer (&known, ent_state_vector_free);
  }
  for (guint i = 3; i > 0; i--) {
    ent_doc_apply_bytes (to, updates->pdata[i], NULL, NULL);
    g_assert_true (ent_doc_has_pending_structs (to));
    assert_check (to);
  }
  g_assert_false (ent_doc_covers_update (to, updates->pdata[0]));
  ent_doc_apply_bytes (to, updates->pdata[0], NULL, NULL);
  g_assert_false (ent_doc_has_pending_structs (to));
  g_assert_cmpuint (ent_doc_get_pending_bytes (to), ==, 0);
  g_assert_true (ent_doc_covers_update (to, updates->pdata[3]));
  assert_text (ent_doc_get_text (to, "t"), "xxxx");
}

static void
test_malformed (void)
{
  g_autoptr (EntDoc) from = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) to = ent_doc_new (2, ENT_DOC_DEFAULT);
  g_autoptr (EntValue) value = ent_value_from_json ("{\"a\":[1,\"x\",null]}", -1, 8, NULL);
  g_autoptr (GBytes) state = NULL;
  const guint8 *data;
  gsize size;

  ent_text_insert (ent_doc_get_text (from, "t"), 0, "héllo", -1, NULL);
  ent_text_delete (ent_doc_get_text (from, "t"), 1, 2, NULL);
  ent_map_set (ent_doc_get_map (from, "m"), "k", value, NULL);
  state = ent_doc_encode (from);
  data = g_bytes_get_data (state, &size);
  for (gsize cut = 0; cut < size; cut++) {
    g_autoptr (GError) error = NULL;
    g_autofree guint8 *copy = g_memdup2 (data, MAX (cut, 1));

    g_assert_false (ent_doc_apply_update (to, copy, cut, NULL, &error));
    g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_MALFORMED);
  }
  g_assert_cmpuint (ent_doc_get_n_structs (to), ==, 0);
  g_assert_false (ent_doc_has_pending_structs (to));
}

/* A document that is opened reads its state in one go and takes back what a broken one began. */
static void
test_opened_with_broken_state (void)
{
  g_autoptr (EntDoc) from = ent_doc_new (7, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) to = ent_doc_new (2, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (to, "t");
  EntType *nested = ent_map_set_type (ent_doc_get_map (from, "m"), "k", ENT_TYPE_TEXT, NULL);
  g_autoptr (GBytes) state = NULL;
  const guint8 *data;
  gsize size;

  ent_text_insert (ent_doc_get_text (from, "t"), 0, "hello", -1, NULL);
  ent_text_delete (ent_doc_get_text (from, "t"), 1, 2, NULL);
  ent_text_insert (nested, 0, "nested", -1, NULL);
  state = ent_doc_encode (from);
  data = g_bytes_get_data (state, &size);
  for (gsize cut = 0; cut < size; cut++) {
    g_autofree guint8 *copy = g_memdup2 (data, MAX (cut, 1));
    g_auto (GStrv) roots = NULL;

    g_assert_false (ent_doc_apply_update (to, copy, cut, NULL, NULL));
    roots = ent_doc_list_roots (to);
    g_assert_cmpuint (g_strv_length (roots), ==, 1);
    g_assert_cmpuint (ent_doc_get_clock (to, 7), ==, 0);
    g_assert_false (ent_doc_in_transaction (to));
    assert_text (text, "");
    assert_check (to);
  }
  copy_state (from, to);
  assert_text (text, "hlo");
  g_assert_true (ent_text_insert (text, 1, "e", -1, NULL));
  assert_check (to);
}

/* Two writers take turns, so that the structs of each wait for those of the other, and each deletes
 * some of what both wrote. Then a state tells of ranges of which a part comes in deleted, and the
 * rest is deleted by it. */
static void
test_delete_sets (void)
{
  g_autoptr (EntDoc) first = ent_doc_new (7, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) second = ent_doc_new (9, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) copy = ent_doc_new (11, ENT_DOC_DEFAULT);
  EntDoc *docs[] = { first, second };
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GBytes) merged = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < 200; i++) {
    EntDoc *doc = docs[i / 3 % 2];
    EntType *root = ent_doc_get_text (doc, "t");
    guint32 length = ent_text_get_length (root);

    g_assert_true (ent_text_insert (root, length ? i * 7 % length : 0, "abcde", -1, NULL));
    if (i % 2)
      g_assert_true (ent_text_delete (root, i * 5 % length, 2, NULL));
    copy_state (doc, docs[1 - i / 3 % 2]);
    if (i == 150)
      before = ent_doc_encode (doc);
  }
  after = ent_doc_encode_diff (first, NULL);
  merged = ent_update_merge ((GBytes *[]){ before, after }, 2, NULL);
  g_assert_nonnull (merged);
  g_assert_true (ent_doc_apply_bytes (copy, merged, NULL, NULL));
  assert_check (copy);
  text = ent_text_dup (ent_doc_get_text (first, "t"), NULL);
  assert_text (ent_doc_get_text (copy, "t"), text);
  again = ent_doc_encode (copy);
  g_assert_true (g_bytes_equal (again, after));
}

static void
test_inspect (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) other = ent_doc_new (2, ENT_DOC_DEFAULT);
  g_autoptr (EntStateVector) known = NULL;
  g_autoptr (GBytes) update = NULL;
  g_autoptr (EntUpdateInfo) alone = NULL;
  g_autoptr (EntUpdateInfo) info = NULL;
  g_autoptr (GBytes) deletions = NULL;

  ent_text_insert (ent_doc_get_text (doc, "text:1"), 0, "hello", -1, NULL);
  copy_state (doc, other);
  known = ent_doc_dup_state_vector (other);
  ent_text_insert (ent_doc_get_text (other, "text:1"), 2, "XY", -1, NULL);
  ent_text_delete (ent_doc_get_text (other, "text:1"), 0, 1, NULL);
  update = ent_doc_encode_diff (other, known);
  alone = ent_update_inspect (update, NULL);
  g_assert_false (alone->all_resolved);
  g_assert_cmpuint (alone->roots->len, ==, 0);
  g_assert_true (ent_update_info_only_creates (alone, 2));
  g_assert_false (ent_update_info_only_creates (alone, 1));
  info = ent_doc_inspect (doc, update, NULL);
  g_assert_true (info->all_resolved);
  g_assert_cmpuint (info->roots->len, ==, 1);
  g_assert_cmpstr (info->roots->pdata[0], ==, "text:1");
  g_assert_cmpuint (info->n_deleted_units, ==, 1);
  g_assert_cmpuint (info->text_bytes, ==, 2);
  g_assert_cmpuint (g_array_index (info->deleted, EntClockRange, 0).client, ==, 1);
  deletions =
    ent_update_new_deletions (&g_array_index (info->deleted, EntClockRange, 0), info->deleted->len);
  g_assert_true (ent_doc_apply_bytes (doc, deletions, NULL, NULL));
  assert_text (ent_doc_get_text (doc, "text:1"), "ello");
}

static void
test_state_vectors (void)
{
  g_autoptr (EntStateVector) a = ent_state_vector_new ();
  g_autoptr (EntStateVector) b = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (EntStateVector) decoded = NULL;

  ent_state_vector_set (a, 300, 5);
  ent_state_vector_set (a, 7, 2);
  b = ent_state_vector_copy (a);
  g_assert_cmpint (ent_state_vector_compare (a, b), ==, ENT_STATE_EQUAL);
  ent_state_vector_set (b, 9, 0);
  g_assert_cmpint (ent_state_vector_compare (a, b), ==, ENT_STATE_EQUAL);
  ent_state_vector_set (b, 9, 4);
  g_assert_cmpint (ent_state_vector_compare (a, b), ==, ENT_STATE_BEHIND);
  ent_state_vector_set (a, 300, 8);
  g_assert_cmpint (ent_state_vector_compare (a, b), ==, ENT_STATE_DIVERGED);
  g_assert_cmpuint (ent_state_vector_count_above (a, b, 300), ==, 3);
  g_assert_cmpuint (ent_state_vector_count_above (b, a, 300), ==, 0);
  ent_state_vector_merge (b, a);
  g_assert_cmpint (ent_state_vector_compare (a, b), ==, ENT_STATE_BEHIND);
  g_assert_true (ent_state_vector_covers (b, a));
  bytes = ent_state_vector_encode (a);
  g_assert_cmpmem (
    g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\x02\xac\x02\x08\x07\x02", 6);
  decoded =
    ent_state_vector_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  g_assert_cmpint (ent_state_vector_compare (a, decoded), ==, ENT_STATE_EQUAL);
  g_assert_null (ent_state_vector_decode ((const guint8 *) "\x02\x01", 2, NULL));
}

static void
test_merge_with_skip (void)
{
  /* The worked example of the wire format. */
  static const guint8 wanted[] = { 1, 3, 2, 0, 4, 1, 1, 't', 1, 'a', 0x0a, 1, 0x84, 2, 1, 1, 'c',
    0 };
  g_autoptr (GBytes) first = g_bytes_new ("\1\1\2\0\4\1\1t\1a\0", 11);
  g_autoptr (GBytes) third = g_bytes_new ("\1\1\2\2\x84\2\1\1c\0", 10);
  GBytes *both[] = { third, first };
  g_autoptr (GBytes) merged = ent_update_merge (both, 2, NULL);
  g_autoptr (EntStateVector) vector = NULL;

  g_assert_cmpmem (
    g_bytes_get_data (merged, NULL), g_bytes_get_size (merged), wanted, sizeof wanted);
  vector = ent_update_dup_state_vector (merged, NULL);
  g_assert_cmpuint (ent_state_vector_get (vector, 2), ==, 1);
}

static void
test_authors (void)
{
  g_autoptr (EntDoc) a = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) b = ent_doc_new (2, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (b, "t");
  g_autoptr (GArray) runs = NULL;

  ent_text_insert (ent_doc_get_text (a, "t"), 0, "😀bcdef", -1, NULL);
  copy_state (a, b);
  ent_text_insert (text, 2, "XX", -1, NULL);
  g_assert_cmpuint (ent_text_get_author (text, 1), ==, 1);
  g_assert_cmpuint (ent_text_get_author (text, 3), ==, 2);
  g_assert_cmpuint (ent_text_get_author (text, 8), ==, 0);
  runs = ent_text_list_authors (text, 1, 100);
  g_assert_cmpuint (runs->len, ==, 3);
  g_assert_cmpuint (g_array_index (runs, EntAuthorRun, 0).clock, ==, 2);
  g_assert_cmpuint (g_array_index (runs, EntAuthorRun, 1).at, ==, 2);
  g_assert_cmpuint (g_array_index (runs, EntAuthorRun, 2).length, ==, 4);
}

static void
join_run_cb (const EntTextRun *run, gpointer data)
{
  g_autofree char *marks = run->attributes ? ent_value_to_json (run->attributes) : g_strdup ("");

  g_string_append_printf (data, "%.*s%s|", (int) run->text_bytes, run->text, marks);
}

/* What is typed takes over the marks around it, whether they began near or far, one or several, and
 * whether other marks of the same key ended in between. */
static void
test_marks_are_found (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntValue) bold = ent_value_from_json ("{\"b\":true}", -1, 8, NULL);
  g_autoptr (EntValue) plain = ent_value_from_json ("{\"b\":null}", -1, 8, NULL);
  g_autoptr (EntValue) red = ent_value_from_json ("{\"c\":\"red\"}", -1, 8, NULL);
  g_autoptr (GString) runs = g_string_new (NULL);

  ent_text_insert (text, 0, "0123456789", -1, NULL);
  ent_text_format (text, 1, 8, bold, NULL);
  ent_text_format (text, 3, 2, plain, NULL);
  ent_text_format (text, 6, 2, red, NULL);
  for (int at = 10; at >= 0; at--)
    ent_text_insert (text, at, "x", -1, NULL);
  ent_text_foreach_run (text, join_run_cb, runs);
  g_assert_cmpstr (runs->str, ==,
    "x0x|1x2x{\"b\":true}|3x4x|5x{\"b\":true}|6x7x{\"b\":true,\"c\":\"red\"}|8x{\"b\":true}|9x|");
}

static void
test_hash (void)
{
  g_autoptr (EntDoc) a = ent_doc_new (1, ENT_DOC_KEEP_DELETED);
  g_autoptr (EntDoc) b = ent_doc_new (2, ENT_DOC_DEFAULT);
  g_autofree char *before = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *other = NULL;

  ent_text_insert (ent_doc_get_text (a, "t"), 0, "abc", -1, NULL);
  copy_state (a, b);
  before = ent_doc_dup_state_hash (b);
  ent_text_delete (ent_doc_get_text (a, "t"), 1, 1, NULL);
  copy_state (a, b);
  hash = ent_doc_dup_state_hash (a);
  other = ent_doc_dup_state_hash (b);
  g_assert_cmpstr (hash, ==, other);
  g_assert_cmpstr (hash, !=, before);
}

/* --- positions and undo --- */

static void
test_positions (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntRelPos) after = NULL;
  g_autoptr (EntRelPos) before = NULL;
  g_autoptr (EntRelPos) end = NULL;
  guint32 at;

  ent_text_insert (text, 0, "a😀c", -1, NULL);
  after = ent_rel_pos_new (text, 2, 0);
  before = ent_rel_pos_new (text, 2, -1);
  end = ent_rel_pos_new (text, 3, 0);
  ent_text_insert (text, 2, "---", -1, NULL);
  g_assert_true (ent_rel_pos_resolve (after, doc, NULL, &at, NULL));
  g_assert_cmpuint (at, ==, 5);
  g_assert_true (ent_rel_pos_resolve (before, doc, NULL, &at, NULL));
  g_assert_cmpuint (at, ==, 2);
  ent_text_delete (text, 4, 2, NULL);
  g_assert_true (ent_rel_pos_resolve (after, doc, NULL, &at, NULL));
  g_assert_cmpuint (at, ==, 4);
  g_assert_true (ent_rel_pos_resolve (end, doc, NULL, &at, NULL));
  g_assert_cmpuint (at, ==, 4);
}

static gint64
now_cb (gpointer data)
{
  return *(gint64 *) data;
}

static void
test_undo_capture (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  gint64 now_ms = 1000;
  g_autoptr (EntUndo) undo = ent_undo_new (doc, now_cb, &now_ms);

  ent_undo_add_scope (undo, text);
  ent_text_insert (text, 0, "a", -1, NULL);
  now_ms += 499;
  ent_text_insert (text, 1, "b", -1, NULL);
  now_ms += 500;
  ent_text_insert (text, 2, "c", -1, NULL);
  g_assert_cmpuint (ent_undo_get_undo_depth (undo), ==, 2);
  g_assert_true (ent_undo_undo (undo));
  assert_text (text, "ab");
  g_assert_true (ent_undo_undo (undo));
  assert_text (text, "");
  g_assert_false (ent_undo_can_undo (undo));
  g_assert_true (ent_undo_redo (undo));
  assert_text (text, "ab");
  /* A new edit clears what could be redone. */
  ent_text_insert (text, 0, "x", -1, NULL);
  g_assert_false (ent_undo_can_redo (undo));
  assert_check (doc);
}

static void
test_undo_map (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) other = ent_doc_new (2, ENT_DOC_DEFAULT);
  EntType *map = ent_doc_get_map (doc, "m");
  g_autoptr (EntUndo) undo = ent_undo_new (doc, NULL, NULL);
  g_autoptr (EntValue) one = ent_value_new_int (1);
  g_autoptr (EntValue) two = ent_value_new_int (2);
  g_autoptr (EntValue) value = NULL;
  EntType *nested;

  ent_undo_add_scope (undo, map);
  ent_map_set (map, "k", one, NULL);
  ent_undo_stop (undo);
  ent_map_set (map, "k", two, NULL);
  g_assert_true (ent_undo_undo (undo));
  value = ent_map_get (map, "k");
  g_assert_cmpint (ent_value_get_int (value), ==, 1);
  /* A deleted nested type comes back with what was in it. */
  nested = ent_map_set_type (map, "n", ENT_TYPE_TEXT, NULL);
  ent_text_insert (nested, 0, "inside", -1, NULL);
  ent_undo_stop (undo);
  ent_map_delete (map, "n", NULL);
  g_assert_true (ent_undo_undo (undo));
  assert_text (ent_map_get_type (map, "n"), "inside");
  copy_state (doc, other);
  assert_text (ent_map_get_type (ent_doc_get_map (other, "m"), "n"), "inside");
  assert_check (doc);
}

static void
test_undo_limit (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntUndo) undo = ent_undo_new (doc, NULL, NULL);

  ent_undo_add_scope (undo, text);
  for (guint i = 0; i < ENT_UNDO_MAX_STEPS + 10; i++) {
    ent_undo_stop (undo);
    ent_text_insert (text, 0, "ab", -1, NULL);
    ent_undo_stop (undo);
    ent_text_delete (text, 0, 1, NULL);
  }
  g_assert_cmpuint (ent_undo_get_undo_depth (undo), ==, ENT_UNDO_MAX_STEPS);
  ent_undo_clear (undo);
  g_assert_false (ent_undo_can_undo (undo));
  assert_check (doc);
}

static void
test_undo_not_mine (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) other = ent_doc_new (2, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntUndo) undo = ent_undo_new (doc, NULL, NULL);
  int origin;

  ent_undo_add_scope (undo, text);
  ent_text_insert (ent_doc_get_text (other, "t"), 0, "theirs", -1, NULL);
  copy_state (other, doc);
  g_assert_false (ent_undo_can_undo (undo));
  ent_doc_begin (doc, &origin);
  ent_text_insert (text, 0, "untracked", -1, NULL);
  ent_doc_commit (doc);
  g_assert_false (ent_undo_can_undo (undo));
  ent_undo_track (undo, &origin);
  ent_doc_begin (doc, &origin);
  ent_text_delete (text, 0, 9, NULL);
  ent_doc_commit (doc);
  g_assert_true (ent_undo_undo (undo));
  assert_text (text, "untrackedtheirs");
}

static void
test_marks (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  g_autoptr (EntValue) bold = ent_value_from_json ("{\"bold\":true}", -1, 8, NULL);
  g_autoptr (EntValue) plain = ent_value_from_json ("{\"bold\":null}", -1, 8, NULL);

  ent_text_insert (text, 0, "abcd", -1, NULL);
  g_assert_true (ent_text_format (text, 1, 2, bold, NULL));
  g_assert_cmpuint (ent_text_get_length (text), ==, 4);
  g_assert_true (ent_text_insert (text, 2, "X", -1, NULL));
  g_assert_true (ent_text_insert_with (text, 0, "P", -1, bold, NULL));
  g_assert_true (ent_text_format (text, 0, 6, plain, NULL));
  assert_text (text, "PabXcd");
  assert_check (doc);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/units/characters-utf16-and-bytes", test_units);
  g_test_add_func ("/doc/units/broken-pair-becomes-two-replacements", test_broken_pair);
  g_test_add_func ("/doc/edit/refuses-without-effect", test_refusals);
  g_test_add_func ("/doc/types/nested-and-gone", test_nested);
  g_test_add_func ("/doc/types/higher-client-wins-a-key", test_concurrent_key);
  g_test_add_func ("/doc/events/fewest-steps", test_events);
  g_test_add_func ("/doc/clash/refuses-edits-until-a-fresh-id", test_clash);
  g_test_add_func ("/doc/update/waits-for-what-is-missing", test_pending);
  g_test_add_func ("/doc/update/cut-at-every-byte-is-refused", test_malformed);
  g_test_add_func ("/doc/update/broken-state-leaves-no-trace", test_opened_with_broken_state);
  g_test_add_func ("/doc/update/delete-sets-of-writers-in-turn", test_delete_sets);
  g_test_add_func ("/doc/update/inspected-without-applying", test_inspect);
  g_test_add_func ("/doc/update/merged-with-a-skip", test_merge_with_skip);
  g_test_add_func ("/doc/state-vector", test_state_vectors);
  g_test_add_func ("/doc/authors", test_authors);
  g_test_add_func ("/doc/marks/are-found", test_marks_are_found);
  g_test_add_func ("/doc/hash/independent-of-collection", test_hash);
  g_test_add_func ("/doc/positions/move-with-the-text", test_positions);
  g_test_add_func ("/doc/marks/count-nothing", test_marks);
  g_test_add_func ("/doc/undo/joins-edits-in-time", test_undo_capture);
  g_test_add_func ("/doc/undo/maps-and-nested-types", test_undo_map);
  g_test_add_func ("/doc/undo/keeps-at-most-a-thousand-steps", test_undo_limit);
  g_test_add_func ("/doc/undo/only-tracked-edits", test_undo_not_mine);
  return g_test_run ();
}
