#include "document/ent-doc-snapshot.h"

#include <string.h>

static void
insert (EntDoc *doc, guint32 at, const char *words)
{
  g_autoptr (GError) error = NULL;

  ent_text_insert (ent_doc_get_text (doc, "t"), at, words, -1, &error);
  g_assert_no_error (error);
}

static void delete (EntDoc *doc, guint32 at, guint32 count)
{
  g_autoptr (GError) error = NULL;

  ent_text_delete (ent_doc_get_text (doc, "t"), at, count, &error);
  g_assert_no_error (error);
}

static void
assert_text_at (const EntSnapshot *snapshot, EntDoc *doc, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntDoc) restored = ent_snapshot_restore (snapshot, doc, 77, ENT_DOC_DEFAULT, &error);
  g_autoptr (EntStateVector) vector = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = ent_text_dup (ent_doc_get_text (restored, "t"), NULL);
  g_assert_cmpstr (text, ==, wanted);
  ent_doc_check (restored, &error);
  g_assert_no_error (error);
  vector = ent_doc_dup_state_vector (restored);
  g_assert_cmpint (ent_state_vector_compare (vector, ent_snapshot_get_state_vector (snapshot)), ==,
    ENT_STATE_EQUAL);
}

static void
test_moments (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_KEEP_DELETED);
  g_autoptr (EntSnapshot) empty = ent_snapshot_new (doc);
  g_autoptr (EntSnapshot) first = NULL;
  g_autoptr (EntSnapshot) second = NULL;
  g_autoptr (EntSnapshot) copy = NULL;

  insert (doc, 0, "hello world");
  first = ent_snapshot_new (doc);
  delete (doc, 0, 6);
  second = ent_snapshot_new (doc);
  insert (doc, 5, "!");
  delete (doc, 0, 6);

  assert_text_at (empty, doc, "");
  assert_text_at (first, doc, "hello world");
  assert_text_at (second, doc, "world");
  g_assert_true (ent_snapshot_shows (first, 1, 3));
  g_assert_false (ent_snapshot_shows (second, 1, 3));
  g_assert_true (ent_snapshot_shows (second, 1, 6));
  g_assert_false (ent_snapshot_shows (second, 1, 11));
  g_assert_false (ent_snapshot_shows (second, 2, 0));
  copy = ent_snapshot_copy (second);
  g_assert_true (ent_snapshot_equal (copy, second));
  g_assert_false (ent_snapshot_equal (first, second));
  g_assert_false (ent_snapshot_equal (first, empty));
}

/* A run that was typed on after the snapshot is one struct: it is cut, whatever it holds. */
static void
test_cut_inside_structs (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_KEEP_DELETED);
  g_autoptr (EntDoc) restored = NULL;
  g_autoptr (GError) error = NULL;
  EntType *list = ent_doc_get_array (doc, "a");
  g_autoptr (EntValue) one = ent_value_new_string ("one", -1);
  g_autoptr (EntValue) two = ent_value_new_int (2);
  g_autoptr (EntSnapshot) typed = NULL;
  g_autoptr (EntSnapshot) listed = NULL;
  g_autoptr (EntValue) item = NULL;

  insert (doc, 0, "é😀");
  typed = ent_snapshot_new (doc);
  insert (doc, 2, "more");
  ent_array_insert (list, 0, &one, 1, NULL);
  listed = ent_snapshot_new (doc);
  ent_array_insert (list, 1, &two, 1, NULL);
  g_assert_cmpuint (ent_doc_get_n_structs (doc), ==, 2);

  assert_text_at (typed, doc, "é😀");
  restored = ent_snapshot_restore (listed, doc, 2, ENT_DOC_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ent_array_get_length (ent_doc_get_array (restored, "a")), ==, 1);
  item = ent_array_get (ent_doc_get_array (restored, "a"), 0);
  g_assert_cmpstr (ent_value_get_string (item, NULL), ==, "one");
}

/* A state vector from elsewhere can end between the halves of a pair: both become U+FFFD. */
static void
test_cut_inside_pair (void)
{
  static const guint8 bytes[] = { 0, 1, 1, 2 };
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_KEEP_DELETED);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntSnapshot) snapshot = ent_snapshot_decode (bytes, sizeof bytes, &error);

  g_assert_no_error (error);
  insert (doc, 0, "a😀b");
  assert_text_at (snapshot, doc, "a\uFFFD");
}

static gboolean
copy_into (EntDoc *from, EntDoc *to)
{
  g_autoptr (GBytes) state = ent_doc_encode (from);

  return ent_doc_apply_bytes (to, state, NULL, NULL);
}

static void
test_refused (void)
{
  static const guint8 no_deletes[] = { 0, 1, 1, 5 }, second[] = { 0, 1, 2, 1 };
  g_autoptr (EntDoc) keeper = ent_doc_new (1, ENT_DOC_KEEP_DELETED);
  g_autoptr (EntDoc) collector = ent_doc_new (2, ENT_DOC_DEFAULT);
  g_autoptr (EntSnapshot) only_second = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntSnapshot) whole = ent_snapshot_decode (no_deletes, sizeof no_deletes, &error);

  g_assert_no_error (error);
  insert (keeper, 0, "abc");
  g_assert_null (ent_snapshot_restore (whole, keeper, 2, ENT_DOC_DEFAULT, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_RANGE);
  g_clear_error (&error);
  /* Written beside something that the vector does not know. */
  g_assert_true (copy_into (keeper, collector));
  insert (collector, 1, "x");
  g_assert_true (copy_into (collector, keeper));
  only_second = ent_snapshot_decode (second, sizeof second, &error);
  g_assert_no_error (error);
  g_assert_null (ent_snapshot_restore (only_second, keeper, 3, ENT_DOC_DEFAULT, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_RANGE);
  g_clear_error (&error);
  ent_doc_unref (collector);
  collector = ent_doc_new (1, ENT_DOC_DEFAULT);
  insert (collector, 0, "abcde");
  assert_text_at (whole, collector, "abcde");
  delete (collector, 1, 2);
  g_assert_null (ent_snapshot_restore (whole, collector, 2, ENT_DOC_DEFAULT, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_GONE);
}

/* What waits is no part of the moment, neither structs nor deletes. */
static void
test_pending (void)
{
  g_autoptr (EntDoc) source = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_KEEP_DELETED);
  g_autoptr (GBytes) later = NULL;
  g_autoptr (EntStateVector) vector = NULL;
  g_autoptr (EntSnapshot) snapshot = NULL;

  insert (source, 0, "first");
  vector = ent_doc_dup_state_vector (source);
  insert (source, 5, "second");
  delete (source, 0, 1);
  later = ent_doc_encode_diff (source, vector);
  insert (doc, 0, "mine");
  g_assert_true (ent_doc_apply_bytes (doc, later, NULL, NULL));
  g_assert_true (ent_doc_has_pending_structs (doc));
  snapshot = ent_snapshot_new (doc);
  assert_text_at (snapshot, doc, "mine");
  g_assert_false (ent_snapshot_covers_update (snapshot, later));
}

static void
test_covers (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GBytes) garbage = g_bytes_new_static ("\xff", 1);
  g_autoptr (EntSnapshot) snapshot = NULL;

  insert (doc, 0, "abc");
  before = ent_doc_encode (doc);
  snapshot = ent_snapshot_new (doc);
  delete (doc, 1, 1);
  after = ent_doc_encode (doc);
  g_assert_true (ent_snapshot_covers_update (snapshot, before));
  g_assert_false (ent_snapshot_covers_update (snapshot, after));
  g_assert_false (ent_snapshot_covers_update (snapshot, garbage));
  ent_snapshot_free (snapshot);
  snapshot = ent_snapshot_new (doc);
  g_assert_true (ent_snapshot_covers_update (snapshot, before));
  g_assert_true (ent_snapshot_covers_update (snapshot, after));
}

static void
test_bytes (void)
{
  /* Clients 9 and 4; ranges that touch, and one without length, which goes away. */
  static const guint8 odd[] = { 2, 4, 3, 5, 1, 0, 2, 2, 1, 9, 2, 1, 0, 7, 2, 2, 4, 9, 9, 12 };
  static const guint8 tidy[] = { 2, 9, 1, 7, 2, 4, 2, 0, 3, 5, 1, 2, 9, 12, 4, 9 };
  static const struct {
    gsize size;
    guint8 bytes[12];
  } wrong[] = {
    { 0, { 0 } },
    { 1, { 0 } },
    { 3, { 0, 0, 0 } },
    { 4, { 1, 1, 200, 1 } },
    { 5, { 1, 1, 1, 1, 0 } },
    { 12, { 1, 1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 0, 0, 0 } },
    { 6, { 0xff, 0xff, 0xff, 0xff, 0x7f, 0 } },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntSnapshot) snapshot = ent_snapshot_decode (odd, sizeof odd, &error);
  g_autoptr (GBytes) encoded = NULL;

  g_assert_no_error (error);
  encoded = ent_snapshot_encode (snapshot);
  g_assert_cmpmem (g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded), tidy, sizeof tidy);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_null (ent_snapshot_decode (wrong[i].bytes, wrong[i].size, &error));
    g_assert_true (error->domain == ENT_DOC_ERROR);
    g_clear_error (&error);
  }
}

/* Whatever was done since, the moment shows what it showed. */
static void
test_random (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_KEEP_DELETED);
  g_autoptr (GPtrArray) snapshots =
    g_ptr_array_new_with_free_func ((GDestroyNotify) ent_snapshot_free);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 300; i++) {
    guint32 length = ent_text_get_length (ent_doc_get_text (doc, "t"));
    guint32 at = g_test_rand_int_range (0, length + 1);

    if (g_test_rand_int_range (0, 3) == 0 && at < length)
      delete (doc, at, g_test_rand_int_range (1, MIN (length - at, 5) + 1));
    else
      insert (doc, at, g_test_rand_bit () ? "ab" : "😀é");
    if (i % 20 == 0) {
      g_ptr_array_add (snapshots, ent_snapshot_new (doc));
      g_ptr_array_add (texts, ent_text_dup (ent_doc_get_text (doc, "t"), NULL));
    }
  }
  for (guint i = 0; i < snapshots->len; i++)
    assert_text_at (snapshots->pdata[i], doc, texts->pdata[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc-snapshot/moments-come-back", test_moments);
  g_test_add_func ("/doc-snapshot/structs-are-cut", test_cut_inside_structs);
  g_test_add_func ("/doc-snapshot/pairs-are-cut-as-yjs-does", test_cut_inside_pair);
  g_test_add_func ("/doc-snapshot/refused", test_refused);
  g_test_add_func ("/doc-snapshot/what-waits-is-left-out", test_pending);
  g_test_add_func ("/doc-snapshot/covers-update", test_covers);
  g_test_add_func ("/doc-snapshot/bytes", test_bytes);
  g_test_add_func ("/doc-snapshot/random", test_random);
  return g_test_run ();
}
