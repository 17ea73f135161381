#include <gio/gio.h>
#include <string.h>

#include "document/ent-doc-replay.h"
#include "document/ent-doc-snapshot.h"

/* Compares snapshots, what they bring back, and the authors with what the real yjs recorded
 * (tests/data/README.md): a document that collects nothing gets all updates, and yjs restored each
 * moment from its end by createDocFromSnapshot(). A replay of the same log must show the same. */

static EntValue *sessions;

static GBytes *
bytes_member (EntValue *object, const char *name)
{
  gsize size;
  guchar *data = g_base64_decode (ent_value_get_member_string (object, name), &size);

  return g_bytes_new_take (data, size);
}

static GPtrArray *
list_updates (EntValue *session)
{
  EntValue *list = ent_value_get_member (session, "updates");
  GPtrArray *updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < ent_value_get_length (list); i++) {
    gsize size;
    guchar *data =
      g_base64_decode (ent_value_get_string (ent_value_get_item (list, i), NULL), &size);

    g_ptr_array_add (updates, g_bytes_new_take (data, size));
  }
  return updates;
}

static void
assert_shows (EntDoc *doc, EntValue *look)
{
  EntType *text = ent_doc_get_text (doc, "t");
  EntValue *authors = ent_value_get_member (look, "authors");
  g_autoptr (GArray) runs = ent_text_list_authors (text, 0, G_MAXUINT32);
  g_autofree char *shown = ent_text_dup (text, NULL);

  g_assert_cmpstr (shown, ==, ent_value_get_member_string (look, "text"));
  g_assert_cmpuint (runs->len, ==, ent_value_get_length (authors));
  for (guint i = 0; i < runs->len; i++) {
    const EntAuthorRun *run = &g_array_index (runs, EntAuthorRun, i);
    EntValue *wanted = ent_value_get_item (authors, i);

    g_assert_cmpuint (run->client, ==, ent_value_get_int (ent_value_get_item (wanted, 0)));
    g_assert_cmpuint (run->length, ==, ent_value_get_int (ent_value_get_item (wanted, 1)));
  }
}

static void
assert_restores (EntDoc *doc, EntValue *moment)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bytes_member (moment, "snapshot");
  g_autoptr (GBytes) wanted = bytes_member (moment, "state");
  g_autoptr (EntSnapshot) snapshot =
    ent_snapshot_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
  g_autoptr (EntDoc) restored = NULL;
  g_autoptr (GBytes) state = NULL;

  g_assert_no_error (error);
  restored = ent_snapshot_restore (snapshot, doc, 77, ENT_DOC_DEFAULT, &error);
  g_assert_no_error (error);
  ent_doc_check (restored, &error);
  g_assert_no_error (error);
  assert_shows (restored, ent_value_get_member (moment, "restored"));
  state = ent_doc_encode (restored);
  g_assert_true (g_bytes_equal (state, wanted));
}

static void
run_session (EntValue *session)
{
  g_autoptr (GPtrArray) updates = list_updates (session);
  EntValue *moments = ent_value_get_member (session, "moments");
  g_autoptr (EntDoc) doc = ent_doc_new (99, ENT_DOC_KEEP_DELETED);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (guint i = 0; i < ent_value_get_length (moments); i++) {
    EntValue *moment = ent_value_get_item (moments, i);
    g_autoptr (GBytes) wanted = bytes_member (moment, "snapshot");
    g_autoptr (EntSnapshot) snapshot = NULL;
    g_autoptr (GBytes) bytes = NULL;

    for (; n < ent_value_get_int (ent_value_get_member (moment, "after")); n++) {
      ent_doc_apply_bytes (doc, updates->pdata[n], NULL, &error);
      g_assert_no_error (error);
    }
    snapshot = ent_snapshot_new (doc);
    bytes = ent_snapshot_encode (snapshot);
    g_assert_true (g_bytes_equal (bytes, wanted));
  }
  for (; n < updates->len; n++)
    g_assert_true (ent_doc_apply_bytes (doc, updates->pdata[n], NULL, NULL));
  for (guint i = 0; i < ent_value_get_length (moments); i++)
    assert_restores (doc, ent_value_get_item (moments, i));
}

static void
test_snapshots (void)
{
  for (guint i = 0; i < ent_value_get_length (sessions); i++)
    run_session (ent_value_get_item (sessions, i));
}

static void
test_replays (void)
{
  for (guint i = 0; i < ent_value_get_length (sessions); i++) {
    EntValue *session = ent_value_get_item (sessions, i);
    EntValue *moments = ent_value_get_member (session, "moments");
    g_autoptr (GPtrArray) updates = list_updates (session);
    g_autoptr (EntReplay) replay = ent_replay_new (NULL, NULL);

    for (guint k = 0; k < updates->len; k++)
      g_assert_true (ent_replay_append (replay, updates->pdata[k], k, NULL));
    for (guint k = ent_value_get_length (moments); k > 0; k--) {
      EntValue *moment = ent_value_get_item (moments, k - 1);

      g_assert_true (
        ent_replay_seek (replay, ent_value_get_int (ent_value_get_member (moment, "after")), NULL));
      assert_shows (ent_replay_get_doc (replay), ent_value_get_member (moment, "live"));
    }
  }
}

static EntValue *
load_sessions (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "yjs-snapshots.json.gz", NULL);
  g_autofree char *zipped = NULL;
  gsize size;
  gsize size_out;
  g_autoptr (GConverter) gzip =
    G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) memory = NULL;
  g_autoptr (GInputStream) plain = NULL;
  g_autofree char *json = g_malloc (1 << 20);
  EntValue *all;

  g_file_get_contents (path, &zipped, &size, &error);
  g_assert_no_error (error);
  memory = g_memory_input_stream_new_from_data (zipped, size, NULL);
  plain = g_converter_input_stream_new (memory, gzip);
  g_input_stream_read_all (plain, json, 1 << 20, &size_out, NULL, &error);
  g_assert_no_error (error);
  all = ent_value_from_json (json, size_out, 32, &error);
  g_assert_no_error (error);
  return all;
}

int
main (int argc, char **argv)
{
  g_autoptr (EntValue) all = NULL;

  g_test_init (&argc, &argv, NULL);
  all = load_sessions ();
  sessions = ent_value_get_member (all, "sessions");
  g_test_add_func ("/yjs-snapshots/bytes-and-restored-moments", test_snapshots);
  g_test_add_func ("/yjs-snapshots/replays-show-the-same", test_replays);
  return g_test_run ();
}
