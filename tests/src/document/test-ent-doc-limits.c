#include <string.h>

#include "document/ent-doc-relpos.h"
#include "document/ent-doc-sync.h"
#include "document/ent-doc-wire.h"
#include "document/ent-doc.h"

/* What strangers send: over a limit, malformed, or just inside the limits. Nothing refused has any
 * effect. */

/* An update with one struct, or with a head of a struct that is filled in by the caller. */
static void
begin_update (EntWriter *writer, guint64 client, guint64 clock)
{
  ent_writer_init (writer, 64);
  ent_write_uint (writer, 1);
  ent_write_uint (writer, 1);
  ent_write_uint (writer, client);
  ent_write_uint (writer, clock);
}

static void
write_root (EntWriter *writer, guint8 kind, const char *root)
{
  ent_write_u8 (writer, kind);
  ent_write_uint (writer, 1);
  ent_write_bytes (writer, root, strlen (root));
}

static GBytes *
end_update (EntWriter *writer)
{
  ent_write_uint (writer, 0);
  return ent_writer_end (writer);
}

static GBytes *
new_text_update (guint64 client, guint64 clock, const char *text)
{
  EntWriter writer;

  begin_update (&writer, client, clock);
  write_root (&writer, ENT_KIND_STRING, "t");
  ent_write_bytes (&writer, text, strlen (text));
  return end_update (&writer);
}

static GBytes *
new_gc_update (guint64 client, guint64 clock, guint64 length)
{
  EntWriter writer;

  begin_update (&writer, client, clock);
  ent_write_u8 (&writer, ENT_KIND_GC);
  ent_write_uint (&writer, length);
  return end_update (&writer);
}

static void
assert_applied (EntDoc *doc, GBytes *update)
{
  g_autoptr (GError) error = NULL;

  ent_doc_apply_bytes (doc, update, NULL, &error);
  g_assert_no_error (error);
  ent_doc_check (doc, &error);
  g_assert_no_error (error);
}

static void
assert_refused (EntDoc *doc, GBytes *update, int code)
{
  g_autoptr (GBytes) before = ent_doc_encode (doc);
  g_autoptr (GBytes) after = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *twice[2] = { update, update };

  g_assert_false (ent_doc_apply_bytes (doc, update, NULL, &error));
  g_assert_error (error, ENT_DOC_ERROR, code);
  g_assert_true (strlen (error->message) > 20);
  g_assert_null (ent_update_inspect (update, NULL));
  g_assert_null (ent_doc_inspect (doc, update, NULL));
  g_assert_null (ent_update_merge (twice, 2, NULL));
  g_assert_null (ent_update_dup_state_vector (update, NULL));
  g_assert_false (ent_doc_covers_update (doc, update));
  after = ent_doc_encode (doc);
  g_assert_true (g_bytes_equal (before, after));
  g_assert_true (ent_doc_check (doc, NULL));
}

/* --- identity --- */

static void
test_client_ids (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (ENT_DOC_MAX_OWN_CLIENT_ID, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) largest = new_text_update (ENT_DOC_MAX_CLIENT_ID, 0, "largest");
  g_autoptr (GBytes) zero = new_text_update (0, 0, "zero");
  g_autoptr (GBytes) state = NULL;
  EntWriter writer;
  g_autoptr (GBytes) over = NULL;

  assert_applied (doc, largest);
  state = ent_doc_encode (doc);
  g_assert_true (g_bytes_equal (state, largest));
  g_assert_cmpuint (ent_doc_get_clock (doc, ENT_DOC_MAX_CLIENT_ID), ==, 7);
  assert_applied (doc, zero);
  /* 2^53 in the place of the client. */
  ent_writer_init (&writer, 64);
  ent_write_uint (&writer, 1);
  ent_write_uint (&writer, 1);
  ent_write_raw (&writer, "\x80\x80\x80\x80\x80\x80\x80\x10\0\0\1\0", 12);
  over = ent_writer_end (&writer);
  assert_refused (doc, over, ENT_DOC_ERROR_MALFORMED);
  g_assert_false (ent_doc_set_client_id (doc, 0, NULL));
  g_assert_false (ent_doc_set_client_id (doc, ENT_DOC_MAX_OWN_CLIENT_ID + 1, NULL));
  g_assert_true (ent_doc_set_client_id (doc, 1, NULL));
}

static void
test_clocks (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) most = new_gc_update (2, 0, ENT_DOC_MAX_CLOCK);
  g_autoptr (GBytes) over = new_gc_update (3, 0, (guint64) ENT_DOC_MAX_CLOCK + 1);
  g_autoptr (GBytes) beyond = new_text_update (3, ENT_DOC_MAX_CLOCK - 1, "ab");
  g_autoptr (GBytes) start = new_text_update (3, (guint64) ENT_DOC_MAX_CLOCK + 1, "a");
  g_autoptr (GBytes) deletes = NULL;
  EntWriter writer;

  assert_applied (doc, most);
  g_assert_cmpuint (ent_doc_get_clock (doc, 2), ==, ENT_DOC_MAX_CLOCK);
  assert_refused (doc, over, ENT_DOC_ERROR_TOO_LARGE);
  assert_refused (doc, beyond, ENT_DOC_ERROR_TOO_LARGE);
  assert_refused (doc, start, ENT_DOC_ERROR_TOO_LARGE);
  ent_writer_init (&writer, 64);
  ent_write_uint (&writer, 0);
  ent_write_uint (&writer, 1);
  ent_write_uint (&writer, 3);
  ent_write_uint (&writer, 1);
  ent_write_uint (&writer, ENT_DOC_MAX_CLOCK);
  ent_write_uint (&writer, 1);
  deletes = ent_writer_end (&writer);
  assert_refused (doc, deletes, ENT_DOC_ERROR_TOO_LARGE);
  /* One more than the last: 2^32 in a state vector. */
  g_assert_null (ent_state_vector_decode ((const guint8 *) "\1\1\x80\x80\x80\x80\x10", 7, NULL));
  /* Who has used up all clocks writes no more under this ID. */
  g_assert_false (ent_doc_set_client_id (doc, 2, NULL));
}

static void
count_clash_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  if (event->clash)
    ++*(guint *) data;
}

static void
test_clash (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (7, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "t");
  EntType *map = ent_doc_get_map (doc, "m");
  EntType *array = ent_doc_get_array (doc, "a");
  g_autoptr (GBytes) theirs = new_text_update (7, 0, "theirs");
  g_autoptr (EntValue) value = ent_value_new_int (1);
  guint n_clashes = 0;

  ent_doc_observe (doc, count_clash_cb, &n_clashes, NULL);
  assert_applied (doc, theirs);
  g_assert_cmpuint (n_clashes, ==, 1);
  g_assert_true (ent_doc_has_clash (doc));
  g_assert_false (ent_text_insert (text, 0, "x", -1, NULL));
  g_assert_false (ent_text_delete (text, 0, 1, NULL));
  g_assert_false (ent_text_format (text, 0, 1, value, NULL));
  g_assert_false (ent_map_set (map, "k", value, NULL));
  g_assert_null (ent_map_set_type (map, "k", ENT_TYPE_MAP, NULL));
  g_assert_false (ent_array_insert (array, 0, &value, 1, NULL));
  assert_applied (doc, theirs); /* nothing new: no event */
  g_assert_cmpuint (n_clashes, ==, 1);
  g_assert_true (ent_doc_set_client_id (doc, 8, NULL));
  g_assert_false (ent_doc_has_clash (doc));
  g_assert_true (ent_text_insert (text, 0, "x", -1, NULL));
  g_assert_true (ent_doc_check (doc, NULL));
}

/* The end of a log that this device has lost: it waits for what is missing, but shows already that
 * the ID is used. */
static void
test_waiting_clash (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (7, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) later = new_text_update (7, 5, "later");
  guint n_clashes = 0;

  ent_doc_observe (doc, count_clash_cb, &n_clashes, NULL);
  assert_applied (doc, later);
  g_assert_true (ent_doc_has_pending_structs (doc));
  g_assert_cmpuint (n_clashes, ==, 1);
  g_assert_false (ent_text_insert (ent_doc_get_text (doc, "t"), 0, "x", -1, NULL));
}

/* --- depth, counts, sizes --- */

static GBytes *
new_any_update (guint depth)
{
  EntWriter writer;

  begin_update (&writer, 2, 0);
  write_root (&writer, ENT_KIND_ANY, "a");
  ent_write_uint (&writer, 1);
  for (guint i = 0; i < depth; i++)
    ent_write_raw (&writer, "\x75\x01", 2); /* an array of one */
  ent_write_u8 (&writer, 126);
  return end_update (&writer);
}

static void
test_depth (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) deepest = new_any_update (ENT_VALUE_MAX_DEPTH);
  g_autoptr (GBytes) over = new_any_update (ENT_VALUE_MAX_DEPTH + 1);
  g_autoptr (GBytes) far_over = new_any_update (1000000);

  assert_refused (doc, over, ENT_DOC_ERROR_TOO_LARGE);
  assert_refused (doc, far_over, ENT_DOC_ERROR_TOO_LARGE);
  assert_applied (doc, deepest);
}

/* Types nest without limit: nothing may call itself for each level. */
static void
test_nested_types (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) copy = ent_doc_new (2, ENT_DOC_DEFAULT);
  EntType *map = ent_doc_get_map (doc, "m");
  g_autoptr (GBytes) state = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *copied = NULL;
  g_autoptr (GBytes) after = NULL;

  ent_doc_begin (doc, NULL);
  for (guint i = 0; i < 100000; i++)
    map = ent_map_set_type (map, "k", ENT_TYPE_MAP, NULL);
  ent_doc_commit (doc);
  state = ent_doc_encode (doc);
  assert_applied (copy, state);
  hash = ent_doc_dup_state_hash (doc);
  copied = ent_doc_dup_state_hash (copy);
  g_assert_cmpstr (hash, ==, copied);
  g_assert_true (ent_map_delete (ent_doc_get_map (copy, "m"), "k", NULL));
  after = ent_doc_encode (copy);
  assert_applied (doc, after);
  g_assert_true (ent_type_is_gone (ent_doc_get_map (doc, "m")) == FALSE);
  g_assert_false (ent_map_has (ent_doc_get_map (doc, "m"), "k"));
}

static void
test_counts (void)
{
  /* Counts that no message of this size can hold, in each place where there is one. */
  static const struct {
    const char *bytes;
    gsize size;
  } inputs[] = {
    { "\xff\xff\xff\xff\x0f", 5 }, /* clients */
    { "\1\xff\xff\xff\xff\x0f\2\0", 8 }, /* structs */
    { "\1\1\2\0\4\1\1t\xff\xff\xff\xff\x0f", 13 }, /* bytes of text */
    { "\1\1\2\0\4\1\xff\xff\xff\xff\x0ft", 12 }, /* bytes of a name */
    { "\1\1\2\0\x08\1\1t\xff\xff\xff\xff\x0f", 13 }, /* values */
    { "\1\1\2\0\x02\1\1t\xff\xff\xff\xff\x0f", 13 }, /* JSON values */
    { "\1\1\2\0\x03\1\1t\xff\xff\xff\xff\x0f", 13 }, /* bytes */
    { "\0\xff\xff\xff\xff\x0f", 6 }, /* clients of deletes */
    { "\0\1\2\xff\xff\xff\xff\x0f", 8 }, /* ranges */
    { "\1\1\2\0\x0b\1\1t\1\0", 10 }, /* no such kind */
    { "\1\1\2\0\x07\1\1t\x07\0", 10 }, /* no such type */
    { "\1\1\2\0\4\1\1t\1\xff\0", 11 }, /* not UTF-8 */
    { "\1\1\2\0\4\1\1t\0\0", 10 }, /* a struct of nothing */
    { "\1\1\2\0\0\0\0", 7 }, /* GC of nothing */
    { "\1\1\2\0\4\1\1t\1a\0\0", 12 }, /* bytes left over */
  };
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++) {
    g_autoptr (GBytes) update = g_bytes_new (inputs[i].bytes, inputs[i].size);
    g_autoptr (GError) error = NULL;

    if (ent_doc_apply_bytes (doc, update, NULL, &error))
      g_error ("input %zu was applied", i);
    g_assert_true (error->domain == ENT_DOC_ERROR);
    g_assert_cmpuint (ent_doc_get_n_structs (doc), ==, 0);
  }
}

static void
test_sizes (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autofree char *name = g_strnfill (ENT_DOC_MAX_NAME_BYTES + 1, 'n');
  g_autofree guint8 *huge = g_malloc0 (ENT_DOC_MAX_UPDATE_BYTES + 1);
  g_autoptr (GBytes) update = g_bytes_new_static (huge, ENT_DOC_MAX_UPDATE_BYTES + 1);
  g_autoptr (GBytes) named = NULL;
  g_autoptr (GError) error = NULL;
  EntSyncMessage message;
  EntWriter writer;

  assert_refused (doc, update, ENT_DOC_ERROR_TOO_LARGE);
  begin_update (&writer, 2, 0);
  write_root (&writer, ENT_KIND_STRING, name);
  ent_write_bytes (&writer, "x", 1);
  named = end_update (&writer);
  assert_refused (doc, named, ENT_DOC_ERROR_TOO_LARGE);
  memset (huge, 'x', ENT_DOC_MAX_UPDATE_BYTES + 1);
  g_assert_false (ent_text_insert (
    ent_doc_get_text (doc, "t"), 0, (char *) huge, ENT_DOC_MAX_UPDATE_BYTES / 2 + 1, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE);
  g_assert_cmpuint (ent_doc_get_n_structs (doc), ==, 0);
  g_assert_false (ent_sync_parse ((guint8 *) "\0\1\xff\xff\xff\xff\x0f", 7, &message, NULL));
}

/* What waits for ever is bounded. */
static void
test_pending (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autofree char *text = g_strnfill (24 << 20, 'x');
  guint n = 0;

  for (; n < 8; n++) {
    g_autoptr (GBytes) update = new_text_update (2, 1 + (guint64) n * (30 << 20), text);
    g_autoptr (GError) error = NULL;

    if (ent_doc_apply_bytes (doc, update, NULL, &error))
      continue;
    g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE);
    break;
  }
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpuint (n, <, 5);
  g_assert_cmpuint (
    ent_doc_get_pending_bytes (doc), <=, ENT_DOC_MAX_PENDING_BYTES + ENT_DOC_MAX_UPDATE_BYTES / 2);
  g_assert_true (ent_doc_check (doc, NULL));
}

/* --- damage --- */

/* Any byte of an update changed: it is applied whole or refused without a trace. */
static void
test_damage (void)
{
  g_autoptr (EntDoc) from = ent_doc_new (2, ENT_DOC_DEFAULT);
  g_autoptr (EntValue) value = ent_value_from_json ("{\"a\":[1,\"x\",null,1.5]}", -1, 8, NULL);
  g_autoptr (EntValue) bold = ent_value_from_json ("{\"bold\":true}", -1, 8, NULL);
  g_autoptr (GBytes) state = NULL;
  g_autofree guint8 *copy = NULL;
  gsize size;
  guint n_refused = 0;

  ent_text_insert (ent_doc_get_text (from, "t"), 0, "h\xc3\xa9llo \xf0\x9f\x98\x80", -1, NULL);
  ent_text_delete (ent_doc_get_text (from, "t"), 1, 2, NULL);
  ent_text_format (ent_doc_get_text (from, "t"), 0, 2, bold, NULL);
  ent_map_set (ent_doc_get_map (from, "m"), "k", value, NULL);
  ent_map_set_type (ent_doc_get_map (from, "m"), "n", ENT_TYPE_TEXT, NULL);
  ent_array_insert (ent_doc_get_array (from, "a"), 0, &value, 1, NULL);
  state = ent_doc_encode (from);
  copy = g_memdup2 (g_bytes_get_data (state, &size), g_bytes_get_size (state));
  for (gsize i = 0; i < size; i++) {
    for (guint bit = 0; bit < 8; bit++) {
      g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
      g_autoptr (GBytes) before = NULL;
      g_autoptr (GBytes) after = NULL;
      g_autoptr (GBytes) damaged = NULL;

      ent_text_insert (ent_doc_get_text (doc, "t"), 0, "mine", -1, NULL);
      before = ent_doc_encode (doc);
      copy[i] ^= 1 << bit;
      damaged = g_bytes_new (copy, size);
      copy[i] ^= 1 << bit;
      if (!ent_doc_apply_bytes (doc, damaged, NULL, NULL)) {
        after = ent_doc_encode (doc);
        g_assert_true (g_bytes_equal (before, after));
        n_refused++;
      }
      g_assert_true (ent_doc_check (doc, NULL));
    }
  }
  g_assert_cmpuint (n_refused, >, size);
}

/* Letters one by one in front of all others, by somebody who does not see their own. */
static GBytes *
new_piled_update (guint64 client, guint64 clock, guint count)
{
  EntWriter writer;

  ent_writer_init (&writer, 6 * count);
  ent_write_uint (&writer, 1);
  ent_write_uint (&writer, count);
  ent_write_uint (&writer, client);
  ent_write_uint (&writer, clock);
  for (guint i = 0; i < count; i++) {
    write_root (&writer, ENT_KIND_STRING, "t");
    ent_write_uint (&writer, 1);
    ent_write_u8 (&writer, 'a');
  }
  return end_update (&writer);
}

/* Each letter of the second walks over all of the first: what would take too long is cut off, and
 * goes on when it comes again. */
static void
test_walk (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) first = new_piled_update (1000, 0, 1000);
  g_autoptr (GBytes) second = new_piled_update (2000, 0, 100);
  g_autoptr (GBytes) state = NULL;
  g_autoptr (GBytes) same = NULL;
  g_autoptr (EntDoc) other = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GError) error = NULL;

  ent_doc_set_max_walk (doc, 2500);
  assert_applied (doc, first);
  g_assert_cmpuint (ent_doc_get_walked (doc), <=, 1000);
  g_assert_false (ent_doc_apply_bytes (doc, second, NULL, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE);
  g_assert_cmpuint (ent_doc_get_walked (doc), >, 2500);
  g_assert_cmpuint (ent_doc_get_walked (doc), <=, 2500 + 2 * 1100);
  g_assert_false (ent_doc_apply_update (doc, (const guint8 *) "x", 1, NULL, NULL));
  g_assert_cmpuint (ent_doc_get_walked (doc), ==, 0); /* of another's, that is refused */
  g_assert_cmpuint (ent_doc_get_clock (doc, 2000), <, 5);
  g_assert_cmpuint (ent_doc_get_clock (doc, 2000), >, 0);
  g_assert_true (ent_doc_check (doc, NULL));
  for (guint i = 0; i < 100 && ent_doc_get_clock (doc, 2000) < 100; i++)
    ent_doc_apply_bytes (doc, second, NULL, NULL);
  assert_applied (doc, second);
  /* The same as all at once. */
  assert_applied (other, first);
  assert_applied (other, second);
  g_assert_cmpuint (ent_doc_get_walked (other), >, 50000);
  state = ent_doc_encode (doc);
  same = ent_doc_encode (other);
  g_assert_true (g_bytes_equal (state, same));
}

/* What waits takes no longer than an update may, and whoever makes it go on is not blamed. */
static void
test_walk_of_what_waits (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) first = new_piled_update (1000, 0, 1000);
  g_autoptr (GBytes) late = new_piled_update (2000, 1, 100);
  g_autoptr (GBytes) missing = new_piled_update (2000, 0, 1);

  ent_doc_set_max_walk (doc, 2500);
  assert_applied (doc, first);
  assert_applied (doc, late);
  g_assert_true (ent_doc_has_pending_structs (doc));
  assert_applied (doc, missing);
  g_assert_cmpuint (ent_doc_get_walked (doc), <=, 2500);
  g_assert_false (ent_doc_has_pending_structs (doc));
  g_assert_cmpuint (ent_doc_get_pending_bytes (doc), ==, 0);
  g_assert_cmpuint (ent_doc_get_clock (doc, 2000), >, 1);
  g_assert_cmpuint (ent_doc_get_clock (doc, 2000), <, 10);
  g_assert_true (ent_doc_check (doc, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/limits/client-ids-of-53-bits", test_client_ids);
  g_test_add_func ("/doc/limits/clocks-of-32-bits", test_clocks);
  g_test_add_func ("/doc/limits/clash-is-an-event", test_clash);
  g_test_add_func ("/doc/limits/clash-with-what-waits", test_waiting_clash);
  g_test_add_func ("/doc/limits/depth-of-values", test_depth);
  g_test_add_func ("/doc/limits/nested-types-without-recursion", test_nested_types);
  g_test_add_func ("/doc/limits/counts-over-the-message", test_counts);
  g_test_add_func ("/doc/limits/sizes", test_sizes);
  g_test_add_func ("/doc/limits/pending-is-bounded", test_pending);
  g_test_add_func ("/doc/limits/walk", test_walk);
  g_test_add_func ("/doc/limits/walk-of-what-waits", test_walk_of_what_waits);
  g_test_add_func ("/doc/limits/damage-has-no-effect", test_damage);
  return g_test_run ();
}
