#include <gio/gio.h>
#include <string.h>

#include "document/ent-awareness.h"
#include "document/ent-doc-relpos.h"
#include "document/ent-doc-sync.h"
#include "document/ent-doc-undo.h"
#include "document/ent-doc-wire.h"
#include "tools/ent-doc-view.h"

/* Replays sessions recorded with the real yjs (tests/data/README.md) in every order of delivery
 * they come with, and compares everything that yjs had in the end. After every update the structure
 * is checked, and a mirror fed by the events alone must show the same text. */

static EntValue *fixtures;

static EntValue *
member (EntValue *object, const char *name)
{
  EntValue *value = ent_value_get_member (object, name);

  if (!value)
    g_error ("the fixtures have no member %s", name);
  return value;
}

static GBytes *
bytes_of (EntValue *base64)
{
  gsize size;
  guchar *data = g_base64_decode (ent_value_get_string (base64, NULL), &size);

  return g_bytes_new_take (data, size);
}

static GBytes *
bytes_member (EntValue *object, const char *name)
{
  return bytes_of (member (object, name));
}

/* --- a peer with its mirror --- */

typedef struct {
  EntDoc *doc;
  EntType *text;
  GString *mirror;
  guint n_updates;
} Peer;

/* Counts past NUL, unlike g_utf8_strlen(). */
static guint32
count_chars (const char *text, gsize size)
{
  guint32 n = 0;

  for (gsize i = 0; i < size; i++)
    n += (text[i] & 0xc0) != 0x80;
  return n;
}

static void
apply_change (GString *mirror, const EntChange *change)
{
  const char *start = mirror->str;
  const char *at = g_utf8_offset_to_pointer (start, change->at);

  g_assert_cmpuint (change->at, <=, count_chars (mirror->str, mirror->len));
  if (change->kind == ENT_CHANGE_INSERT) {
    g_assert_cmpuint (change->length, ==, count_chars (change->text, change->text_bytes));
    g_string_insert_len (mirror, at - start, change->text, change->text_bytes);
  } else {
    g_string_erase (mirror, at - start, g_utf8_offset_to_pointer (at, change->length) - at);
  }
}

static void
changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Peer *peer = data;
  const EntTypeEvent *entry = ent_doc_event_find (event, peer->text);

  peer->n_updates++;
  for (guint i = 0; entry && i < entry->n_changes; i++)
    apply_change (peer->mirror, &entry->changes[i]);
}

static void
peer_init (Peer *peer, gboolean gc)
{
  peer->doc = ent_doc_new (4294967295, gc ? ENT_DOC_DEFAULT : ENT_DOC_KEEP_DELETED);
  peer->text = ent_doc_get_text (peer->doc, "code");
  peer->mirror = g_string_new (NULL);
  peer->n_updates = 0;
  ent_doc_get_text (peer->doc, "notes");
  ent_doc_get_map (peer->doc, "meta");
  ent_doc_get_array (peer->doc, "list");
  ent_doc_get_root (peer->doc, "xml", ENT_TYPE_XML_FRAGMENT);
  ent_doc_observe (peer->doc, changed_cb, peer, NULL);
}

static void
peer_clear (Peer *peer)
{
  ent_doc_unref (peer->doc);
  g_string_free (peer->mirror, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Peer, peer_clear)

static void
peer_check (Peer *peer)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree char *shown = NULL;

  ent_doc_check (peer->doc, &error);
  g_assert_no_error (error);
  shown = ent_text_dup_display (peer->text, &size);
  g_assert_cmpmem (peer->mirror->str, peer->mirror->len, shown, size);
}

static void
peer_apply (Peer *peer, GBytes *update)
{
  g_autoptr (GError) error = NULL;

  ent_doc_apply_bytes (peer->doc, update, NULL, &error);
  g_assert_no_error (error);
}

/* --- comparing --- */

static void
assert_same (EntValue *actual, EntValue *expected, const char *what)
{
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  if (ent_doc_view_equal (actual, expected))
    return;
  a = ent_value_to_json (actual);
  b = ent_value_to_json (expected);
  g_error ("%s differs\n got      %s\n expected %s", what, a, b);
}

static void
assert_bytes (GBytes *actual, GBytes *expected, const char *what)
{
  if (!g_bytes_equal (actual, expected)) {
    gsize size[2];
    g_autofree char *a =
      g_base64_encode (g_bytes_get_data (actual, &size[0]), g_bytes_get_size (actual));
    g_autofree char *b =
      g_base64_encode (g_bytes_get_data (expected, &size[1]), g_bytes_get_size (expected));

    g_error (
      "%s differs (%zu, %zu bytes)\n got      %s\n expected %s", what, size[0], size[1], a, b);
  }
}

static void
assert_root (Peer *peer, const char *root, gboolean tagged, EntValue *expected)
{
  g_autoptr (EntValue) view =
    ent_doc_view_type (ent_doc_get_root (peer->doc, root, ENT_TYPE_UNKNOWN), tagged);

  assert_same (view, expected, root);
}

static void
assert_expected (Peer *peer, EntValue *session, const char *order)
{
  EntValue *expected = member (session, "expected");
  g_autoptr (EntValue) delta = ent_doc_view_delta (peer->text);
  g_autoptr (EntStateVector) vector = ent_doc_dup_state_vector (peer->doc);
  g_autoptr (GBytes) vector_bytes = ent_state_vector_encode (vector);
  g_autoptr (GBytes) wanted_vector = bytes_member (expected, "stateVectorBytes");
  g_autoptr (GBytes) state = ent_doc_encode (peer->doc);
  g_autoptr (GBytes) wanted_state = bytes_member (expected, "fullState");
  const char *kind = ent_value_get_member_string (session, "kind");

  peer_check (peer);
  g_assert_false (ent_doc_has_pending_structs (peer->doc));
  g_assert_false (ent_doc_has_pending_deletes (peer->doc));
  assert_root (peer, "code", FALSE, member (expected, "text"));
  assert_root (peer, "notes", FALSE, member (expected, "notes"));
  assert_root (peer, "meta", TRUE, member (expected, "map"));
  assert_root (peer, "list", TRUE, member (expected, "array"));
  assert_root (peer, "xml", FALSE, member (expected, "xml"));
  g_assert_cmpuint (ent_text_get_length_utf16 (peer->text), ==,
    ent_value_get_int (member (expected, "utf16Length")));
  assert_bytes (vector_bytes, wanted_vector, "the state vector");
  /* yjs drops needless marks by itself while it applies; we pass them on. */
  if (!strstr (kind, "format") && !strstr (kind, "everything") && !strstr (kind, "embed")) {
    assert_same (delta, member (expected, "delta"), "the delta");
    if (g_str_equal (order, "in order"))
      assert_bytes (state, wanted_state, "the full state");
  } else {
    assert_same (delta, member (expected, "delta"), "the delta");
  }
  if (g_bytes_get_size (state) * 100 > g_bytes_get_size (wanted_state) * 101)
    g_error ("the state takes %zu bytes, that of yjs %zu", g_bytes_get_size (state),
      g_bytes_get_size (wanted_state));
}

static GBytes *
nth_update (EntValue *session, guint i)
{
  return bytes_member (ent_value_get_item (member (session, "updates"), i), "update");
}

static void
replay_order (EntValue *session, EntValue *order, const char *name, gboolean gc)
{
  guint n = ent_value_get_length (order ? order : member (session, "updates"));
  g_auto (Peer) peer = { 0 };

  peer_init (&peer, gc);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) update =
      nth_update (session, order ? ent_value_get_int (ent_value_get_item (order, i)) : i);

    peer_apply (&peer, update);
    if (i % 8 == 0)
      peer_check (&peer);
  }
  assert_expected (&peer, session, name);
}

static void
replay_merged (EntValue *session, gboolean gc)
{
  EntValue *merged = member (session, "merged");
  guint n = ent_value_get_length (member (session, "updates"));
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GBytes) one = NULL;
  g_auto (Peer) peer = { 0 };
  g_auto (Peer) own = { 0 };

  peer_init (&peer, gc);
  peer_init (&own, gc);
  for (guint i = 0; i < ent_value_get_length (merged); i++) {
    g_autoptr (GBytes) update = bytes_of (ent_value_get_item (merged, i));

    peer_apply (&peer, update);
    peer_check (&peer);
  }
  assert_expected (&peer, session, "merged");
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (all, nth_update (session, i));
  one = ent_update_merge ((GBytes *const *) all->pdata, all->len, NULL);
  g_assert_nonnull (one);
  peer_apply (&own, one);
  assert_expected (&own, session, "merged here");
}

static void
replay_diff (EntValue *session, gboolean gc)
{
  EntValue *diff = member (session, "diff");
  g_autoptr (GBytes) wanted = bytes_member (diff, "stateVector");
  g_autoptr (GBytes) update = bytes_member (diff, "update");
  g_autoptr (GBytes) full = bytes_member (member (session, "expected"), "fullState");
  g_autoptr (GBytes) own = NULL;
  g_autoptr (EntStateVector) vector = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Peer) peer = { 0 };
  g_auto (Peer) source = { 0 };
  guint n = ent_value_get_int (member (diff, "knownUpdates"));

  peer_init (&peer, gc);
  peer_init (&source, gc);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) known = nth_update (session, i);

    peer_apply (&peer, known);
  }
  vector = ent_doc_dup_state_vector (peer.doc);
  bytes = ent_state_vector_encode (vector);
  assert_bytes (bytes, wanted, "the state vector of the middle");
  peer_apply (&peer, update);
  assert_expected (&peer, session, "diff");
  peer_apply (&source, full);
  assert_expected (&source, session, "full");
  own = ent_doc_encode_diff (source.doc, vector);
  if (g_bytes_get_size (own) > g_bytes_get_size (update) * 101 / 100 + 1)
    g_error (
      "a diff of %zu bytes instead of %zu", g_bytes_get_size (own), g_bytes_get_size (update));
  /* The full state again changes nothing. */
  n = source.n_updates;
  peer_apply (&source, full);
  g_assert_cmpuint (source.n_updates, ==, n);
}

static void
replay_checkpoint (EntValue *session, gboolean gc)
{
  EntValue *checkpoint = member (session, "checkpoint");
  EntValue *order =
    member (member (session, "orders"), ent_value_get_member_string (checkpoint, "order"));
  EntValue *vector = member (checkpoint, "stateVector");
  guint n = ent_value_get_int (member (checkpoint, "after"));
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GBytes) theirs = bytes_member (checkpoint, "encodedState");
  g_auto (Peer) peer = { 0 };
  g_auto (Peer) copy = { 0 };

  peer_init (&peer, gc);
  peer_init (&copy, gc);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) update =
      nth_update (session, ent_value_get_int (ent_value_get_item (order, i)));

    peer_apply (&peer, update);
  }
  /* At least as much as yjs had; and what waits travels with the state. */
  for (guint i = 0; i < ent_value_get_length (vector); i++) {
    guint64 client = g_ascii_strtoull (ent_value_get_key (vector, i), NULL, 10);

    g_assert_cmpuint (ent_doc_get_clock (peer.doc, client), >=,
      (guint32) ent_value_get_double (ent_value_get_item (vector, i)));
  }
  encoded = ent_doc_encode (peer.doc);
  peer_apply (&copy, encoded);
  peer_apply (&copy, theirs);
  peer_check (&copy);
  for (guint i = n; i < ent_value_get_length (order); i++) {
    g_autoptr (GBytes) update =
      nth_update (session, ent_value_get_int (ent_value_get_item (order, i)));

    peer_apply (&copy, update);
  }
  assert_expected (&copy, session, "after the checkpoint");
}

static void
check_positions (EntValue *session, gboolean gc)
{
  EntValue *positions = member (session, "relpos");
  g_autoptr (GBytes) full = bytes_member (member (session, "expected"), "fullState");
  g_auto (Peer) peer = { 0 };

  peer_init (&peer, gc);
  peer_apply (&peer, full);
  for (guint i = 0; i < ent_value_get_length (positions); i++) {
    EntValue *entry = ent_value_get_item (positions, i);
    guint32 index = ent_value_get_int (member (entry, "index"));
    g_autoptr (GBytes) wanted = bytes_member (entry, "bytes");
    g_autoptr (EntRelPos) pos =
      ent_rel_pos_new_utf16 (peer.text, index, ent_value_get_int (member (entry, "assoc")));
    g_autoptr (GBytes) bytes = ent_rel_pos_encode (pos);
    g_autoptr (EntValue) json = ent_rel_pos_to_value (pos);
    g_autoptr (EntRelPos) from_bytes = NULL;
    g_autoptr (EntRelPos) from_json = NULL;
    guint32 at;

    assert_bytes (bytes, wanted, "a position");
    assert_same (json, member (entry, "json"), "a position");
    from_bytes =
      ent_rel_pos_decode (g_bytes_get_data (wanted, NULL), g_bytes_get_size (wanted), NULL);
    from_json = ent_rel_pos_from_value (member (entry, "json"), NULL);
    /* The binary form of a unit does not name the root. */
    g_assert_true (ent_rel_pos_equal (from_bytes, pos));
    g_assert_true (ent_rel_pos_equal (from_json, pos));
    g_assert_true (ent_rel_pos_resolve (from_bytes, peer.doc, NULL, NULL, &at));
    g_assert_cmpuint (at, ==, ent_value_get_int (member (entry, "resolves")));
  }
}

static void
test_session (gconstpointer data)
{
  EntValue *session = (EntValue *) data;
  EntValue *orders = member (session, "orders");
  gboolean gc = ent_value_get_bool (member (session, "gc"));

  replay_order (session, NULL, "in order", gc);
  for (guint i = 0; i < ent_value_get_length (orders); i++)
    replay_order (session, ent_value_get_item (orders, i), ent_value_get_key (orders, i), gc);
  replay_merged (session, gc);
  replay_diff (session, gc);
  replay_checkpoint (session, gc);
  check_positions (session, gc);
}

/* --- one user typing --- */

static void
test_local_script (gconstpointer data)
{
  EntValue *script = (EntValue *) data;
  EntValue *steps = member (script, "steps");
  g_autoptr (GBytes) full = bytes_member (script, "fullState");
  g_autoptr (GBytes) state = NULL;
  g_auto (Peer) peer = { 0 };

  peer_init (&peer, TRUE);
  ent_doc_set_client_id (
    peer.doc, (guint64) ent_value_get_double (member (script, "clientID")), NULL);
  for (guint i = 0; i < ent_value_get_length (steps); i++) {
    EntValue *step = ent_value_get_item (steps, i);

    if (g_str_equal (ent_value_get_member_string (step, "op"), "remote")) {
      g_autoptr (GBytes) update = bytes_member (step, "update");

      peer_apply (&peer, update);
    } else {
      EntValue *patches = member (step, "patches");

      ent_doc_begin (peer.doc, NULL);
      for (guint k = 0; k < ent_value_get_length (patches); k++) {
        EntValue *patch = ent_value_get_item (patches, k);
        guint32 at = ent_value_get_int (ent_value_get_item (patch, 0));
        guint32 count = ent_value_get_int (ent_value_get_item (patch, 1));
        gsize size;
        const char *text = ent_value_get_string (ent_value_get_item (patch, 2), &size);

        if (count)
          g_assert_true (ent_text_delete_utf16 (peer.text, at, count, NULL));
        if (size)
          g_assert_true (ent_text_insert_utf16 (peer.text, at, text, size, NULL, NULL));
      }
      ent_doc_commit (peer.doc);
    }
    assert_root (&peer, "code", FALSE, member (step, "text"));
    peer_check (&peer);
  }
  state = ent_doc_encode (peer.doc);
  assert_bytes (state, full, "the full state");
}

/* --- undo among others --- */

static void
run_undo_step (Peer *peer, EntUndo *undo, EntValue *step)
{
  const char *op = ent_value_get_member_string (step, "op");

  if (g_str_equal (op, "remote")) {
    EntValue *updates = member (step, "updates");

    for (guint i = 0; i < ent_value_get_length (updates); i++) {
      g_autoptr (GBytes) update = bytes_of (ent_value_get_item (updates, i));

      peer_apply (peer, update);
    }
  } else if (g_str_equal (op, "local")) {
    EntValue *patch = member (step, "patch");
    guint32 at = ent_value_get_int (ent_value_get_item (patch, 0));
    guint32 count = ent_value_get_int (ent_value_get_item (patch, 1));
    gsize size;
    const char *text = ent_value_get_string (ent_value_get_item (patch, 2), &size);

    ent_undo_stop (undo);
    ent_doc_begin (peer->doc, NULL);
    g_assert_true (ent_text_delete_utf16 (peer->text, at, count, NULL));
    g_assert_true (ent_text_insert_utf16 (peer->text, at, text, size, NULL, NULL));
    ent_doc_commit (peer->doc);
  } else {
    gboolean did = g_str_equal (op, "undo") ? ent_undo_undo (undo) : ent_undo_redo (undo);

    g_assert_cmpint (did, ==, ent_value_get_bool (member (step, "did")));
  }
}

static void
test_undo_script (gconstpointer data)
{
  EntValue *script = (EntValue *) data;
  EntValue *steps = member (script, "steps");
  g_auto (Peer) peer = { 0 };
  EntUndo *undo;

  peer_init (&peer, TRUE);
  ent_doc_set_client_id (
    peer.doc, (guint64) ent_value_get_double (member (script, "clientID")), NULL);
  undo = ent_undo_new (peer.doc, NULL, NULL);
  ent_undo_add_scope (undo, peer.text);
  for (guint i = 0; i < ent_value_get_length (steps); i++) {
    EntValue *step = ent_value_get_item (steps, i);

    run_undo_step (&peer, undo, step);
    assert_root (&peer, "code", FALSE, member (step, "text"));
    g_assert_cmpuint (
      ent_undo_get_undo_depth (undo), ==, ent_value_get_int (member (step, "undoDepth")));
    g_assert_cmpuint (
      ent_undo_get_redo_depth (undo), ==, ent_value_get_int (member (step, "redoDepth")));
    peer_check (&peer);
  }
  ent_undo_free (undo);
  peer_check (&peer);
}

/* --- primitives --- */

static EntReader
reader_of (GBytes *bytes)
{
  EntReader reader;

  ent_reader_init (&reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return reader;
}

static void
assert_written (EntWriter *writer, GBytes *wanted, const char *what)
{
  g_autoptr (GBytes) written = ent_writer_end (writer);

  assert_bytes (written, wanted, what);
}

static void
test_numbers (void)
{
  EntValue *primitives = member (fixtures, "primitives");
  EntValue *unsigned_list = member (primitives, "varUint");
  EntValue *signed_list = member (primitives, "varInt");

  for (guint i = 0; i < ent_value_get_length (unsigned_list); i++) {
    EntValue *entry = ent_value_get_item (unsigned_list, i);
    guint64 number = (guint64) ent_value_get_double (member (entry, "v"));
    g_autoptr (GBytes) bytes = bytes_member (entry, "bytes");
    EntReader reader = reader_of (bytes);
    EntWriter writer;

    g_assert_cmpuint (ent_read_uint (&reader), ==, number);
    ent_writer_init (&writer, 16);
    ent_write_uint (&writer, number);
    assert_written (&writer, bytes, "a varUint");
  }
  for (guint i = 0; i < ent_value_get_length (signed_list); i++) {
    EntValue *entry = ent_value_get_item (signed_list, i);
    gint64 number = (gint64) ent_value_get_double (member (entry, "v"));
    gboolean is_negative_zero = ent_value_get_string (member (entry, "v"), NULL) != NULL;
    g_autoptr (GBytes) bytes = bytes_member (entry, "bytes");
    EntReader reader = reader_of (bytes);
    EntWriter writer;
    gboolean negative_zero;

    g_assert_cmpint (ent_read_int (&reader, &negative_zero), ==, number);
    g_assert_cmpint (negative_zero, ==, is_negative_zero);
    ent_writer_init (&writer, 16);
    ent_write_int (&writer, number, is_negative_zero);
    assert_written (&writer, bytes, "a varInt");
  }
}

static void
test_strings_and_values (void)
{
  EntValue *primitives = member (fixtures, "primitives");
  EntValue *strings = member (primitives, "varString");
  EntValue *values = member (primitives, "any");

  for (guint i = 0; i < ent_value_get_length (strings); i++) {
    EntValue *entry = ent_value_get_item (strings, i);
    gsize wanted_size;
    const char *wanted = ent_value_get_string (member (entry, "v"), &wanted_size);
    g_autoptr (GBytes) bytes = bytes_member (entry, "bytes");
    EntReader reader = reader_of (bytes);
    EntWriter writer;
    gsize size;
    const char *text = ent_read_string (&reader, &size, NULL, NULL);

    g_assert_cmpmem (text, size, wanted, wanted_size);
    ent_writer_init (&writer, 16);
    ent_write_bytes (&writer, wanted, wanted_size);
    assert_written (&writer, bytes, "a varString");
  }
  for (guint i = 0; i < ent_value_get_length (values); i++) {
    EntValue *entry = ent_value_get_item (values, i);
    g_autoptr (EntValue) parsed = ent_doc_view_parse (member (entry, "v"));
    g_autoptr (GBytes) bytes = bytes_member (entry, "bytes");
    EntReader reader = reader_of (bytes);
    g_autoptr (EntValue) value = ent_read_any (&reader);
    g_autoptr (EntValue) view = ent_doc_view_value (value);
    EntWriter writer;

    g_assert_false (ent_reader_failed (&reader));
    assert_same (view, member (entry, "v"), "a value");
    g_assert_cmpint (ent_value_get_kind (parsed), ==, ent_value_get_kind (value));
    ent_writer_init (&writer, 16);
    ent_write_any (&writer, value);
    assert_written (&writer, bytes, "a value");
  }
}

/* --- messages --- */

static void
assert_awareness (EntAwareness *awareness, EntValue *seen, guint64 own)
{
  EntValue *states = member (seen, "states");
  EntValue *meta = member (seen, "meta");

  for (guint i = 0; i < ent_value_get_length (meta); i++) {
    const char *key = ent_value_get_key (meta, i);
    guint64 client = g_ascii_strtoull (key, NULL, 10);
    EntValue *wanted = ent_value_get_member (states, key);
    const char *state = ent_awareness_get_state (awareness, client);
    g_autoptr (EntValue) value = NULL;

    /* The reference client begins with an empty own state of clock 0; we begin with none. */
    if (client == own)
      continue;
    g_assert_cmpuint (ent_awareness_get_clock (awareness, client), ==,
      ent_value_get_int (ent_value_get_item (meta, i)));
    g_assert_cmpint (state != NULL, ==, wanted != NULL);
    if (!state)
      continue;
    value = ent_value_from_json (state, -1, 32, NULL);
    assert_same (value, wanted, "a state");
  }
}

static void
apply_awareness (EntAwareness *awareness, EntValue *entry)
{
  g_autoptr (GBytes) update = bytes_member (entry, "update");
  g_autoptr (GError) error = NULL;

  ent_awareness_apply (
    awareness, g_bytes_get_data (update, NULL), g_bytes_get_size (update), 0, NULL, &error);
  g_assert_no_error (error);
}

static void
test_awareness (void)
{
  EntValue *fixture = member (member (fixtures, "messages"), "awareness");
  EntValue *log = member (fixture, "log");
  EntValue *seen = member (fixture, "seen");
  guint64 own = (guint64) ent_value_get_double (member (fixture, "receiver"));
  g_autoptr (EntAwareness) awareness = ent_awareness_new (own);
  /* Which message of the log each step of the receiver is about. */
  static const guint order[] = { 0, 1, 2, 1, 2, 3, 3, 4, 5, 6 };

  g_assert_cmpuint (ent_value_get_length (seen), ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    if (order[i] == 6) {
      for (guint k = 0; k < 5; k++)
        ent_awareness_set_state (awareness, "{\"me\":true}", 0, NULL);
    }
    apply_awareness (awareness, ent_value_get_item (log, order[i]));
    assert_awareness (awareness, ent_value_get_item (seen, i), own);
  }
  g_assert_cmpuint (ent_awareness_get_clock (awareness, own), ==, 7);
  g_assert_cmpstr (ent_awareness_get_state (awareness, own), ==, "{\"me\":true}");
}

static void
test_sync (void)
{
  EntValue *sync = member (member (fixtures, "messages"), "sync");
  g_autoptr (EntDoc) doc = ent_doc_new (42, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) empty = ent_doc_new (1, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) step1_empty = bytes_member (sync, "step1Empty");
  g_autoptr (GBytes) step1 = bytes_member (sync, "step1");
  g_autoptr (GBytes) step2 = bytes_member (sync, "step2");
  g_autoptr (GBytes) nothing = bytes_member (sync, "step2NothingNew");
  g_autoptr (GBytes) denied = bytes_member (sync, "permissionDenied");
  g_autoptr (GBytes) query = bytes_member (sync, "queryAwareness");
  g_autoptr (GBytes) own_step1 = NULL;
  g_autoptr (GBytes) own_denied = ent_sync_new_denied ("no entry");
  g_autoptr (GBytes) own_query = ent_sync_new_query_awareness ();
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GBytes) second = NULL;
  EntSyncMessage message;

  own_step1 = ent_sync_new_step1 (empty);
  assert_bytes (own_step1, step1_empty, "step 1");
  g_clear_pointer (&own_step1, g_bytes_unref);
  g_assert_true (ent_text_insert (ent_doc_get_text (doc, "code"), 0, "hi 😀", -1, NULL));
  own_step1 = ent_sync_new_step1 (doc);
  assert_bytes (own_step1, step1, "step 1");
  g_assert_true (ent_sync_parse (
    g_bytes_get_data (step1_empty, NULL), g_bytes_get_size (step1_empty), &message, NULL));
  g_assert_true (ent_sync_handle (doc, &message, NULL, &reply, NULL));
  assert_bytes (reply, step2, "step 2");
  g_assert_true (
    ent_sync_parse (g_bytes_get_data (step2, NULL), g_bytes_get_size (step2), &message, NULL));
  g_assert_cmpint (message.kind, ==, ENT_SYNC_STEP2);
  g_assert_true (ent_sync_handle (empty, &message, NULL, &second, NULL));
  g_assert_null (second);
  g_assert_true (
    ent_sync_parse (g_bytes_get_data (step1, NULL), g_bytes_get_size (step1), &message, NULL));
  g_assert_true (ent_sync_handle (empty, &message, NULL, &second, NULL));
  assert_bytes (second, nothing, "step 2 with nothing new");
  assert_bytes (own_denied, denied, "permission denied");
  assert_bytes (own_query, query, "query awareness");
  g_assert_true (
    ent_sync_parse (g_bytes_get_data (denied, NULL), g_bytes_get_size (denied), &message, NULL));
  g_assert_cmpint (message.kind, ==, ENT_SYNC_DENIED);
  g_assert_cmpmem (message.body, message.body_size, "no entry", 8);
  g_assert_true (ent_sync_parse ((const guint8 *) "\x09zzz", 4, &message, NULL));
  g_assert_cmpint (message.kind, ==, ENT_SYNC_UNKNOWN);
  g_assert_false (ent_sync_parse ((const guint8 *) "\0\x07\0", 3, &message, NULL));
  g_assert_false (ent_sync_parse ((const guint8 *) "\0\2\5a", 4, &message, NULL));
}

static void
load (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "yjs-sessions.json.gz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) raw = g_file_read (file, NULL, &error);
  g_autoptr (GZlibDecompressor) gunzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) plain = NULL;
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

  g_assert_no_error (error);
  plain = g_converter_input_stream_new (G_INPUT_STREAM (raw), G_CONVERTER (gunzip));
  g_output_stream_splice (memory, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  fixtures = ent_value_from_json (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)),
    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory)), 64, &error);
  g_assert_no_error (error);
}

static void
add_cases (const char *list, GTestDataFunc func)
{
  EntValue *cases = member (fixtures, list);

  for (guint i = 0; i < ent_value_get_length (cases); i++) {
    EntValue *one = ent_value_get_item (cases, i);
    const char *kind = ent_value_get_member_string (one, "kind");
    g_autofree char *path = g_strdup_printf ("/yjs/%s/%s%u", list, kind ? kind : "", i);

    g_test_add_data_func (path, one, func);
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  load ();
  g_test_add_func ("/yjs/primitives/numbers", test_numbers);
  g_test_add_func ("/yjs/primitives/strings-and-values", test_strings_and_values);
  g_test_add_func ("/yjs/messages/awareness", test_awareness);
  g_test_add_func ("/yjs/messages/sync", test_sync);
  add_cases ("sessions", test_session);
  add_cases ("localScripts", test_local_script);
  add_cases ("undoScripts", test_undo_script);
  status = g_test_run ();
  ent_value_unref (fixtures);
  return status;
}
