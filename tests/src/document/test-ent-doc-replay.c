#include "document/ent-doc-replay.h"

#include <string.h>

static void
keep_update_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  g_ptr_array_add (data, g_bytes_ref (ent_doc_event_get_update (event)));
}

/* A log and what the text was after each of its updates. */
typedef struct {
  EntDoc *doc;
  GPtrArray *updates;
  GPtrArray *texts; /* by moment */
} Log;

static void
note_text (Log *log)
{
  g_ptr_array_add (log->texts, ent_text_dup (ent_doc_get_text (log->doc, "t"), NULL));
}

static void
log_init (Log *log)
{
  log->doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  log->updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  log->texts = g_ptr_array_new_with_free_func (g_free);
  note_text (log);
  ent_doc_observe (log->doc, keep_update_cb, log->updates, NULL);
}

static void
log_clear (Log *log)
{
  ent_doc_unref (log->doc);
  g_ptr_array_unref (log->updates);
  g_ptr_array_unref (log->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Log, log_clear)

static void
log_edit (Log *log, guint n_edits)
{
  EntType *text = ent_doc_get_text (log->doc, "t");

  for (guint i = 0; i < n_edits; i++) {
    guint32 length = ent_text_get_length (text);
    guint32 at = g_test_rand_int_range (0, length + 1);

    if (length > 200 || (at < length && g_test_rand_int_range (0, 3) == 0))
      ent_text_delete (text, length > 200 ? 0 : at, length > 200 ? 50 : 1, NULL);
    else
      ent_text_insert (text, at, g_test_rand_bit () ? "word " : "é", -1, NULL);
    note_text (log);
  }
}

static EntReplay *
make_replay (Log *log, GBytes *state)
{
  EntReplay *replay = ent_replay_new (state, NULL);

  for (guint i = 0; i < log->updates->len; i++)
    g_assert_true (ent_replay_append (replay, log->updates->pdata[i], 10 * i, NULL));
  return replay;
}

static void
assert_moment (EntReplay *replay, Log *log, guint moment)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  ent_replay_seek (replay, moment, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ent_replay_get_moment (replay), ==, moment);
  text = ent_text_dup (ent_doc_get_text (ent_replay_get_doc (replay), "t"), NULL);
  g_assert_cmpstr (text, ==, log->texts->pdata[moment]);
}

static void
test_any_order (void)
{
  g_auto (Log) log = { 0 };
  g_autoptr (EntReplay) replay = NULL;
  gsize bytes = 0;

  log_init (&log);
  log_edit (&log, 8000);
  for (guint i = 0; i < log.updates->len; i++)
    bytes += g_bytes_get_size (log.updates->pdata[i]);
  replay = make_replay (&log, NULL);
  g_assert_cmpuint (ent_replay_get_length (replay), ==, 8000);
  for (guint i = 0; i < 40; i++)
    assert_moment (replay, &log, g_test_rand_int_range (0, 8001));
  assert_moment (replay, &log, 8000);
  assert_moment (replay, &log, 0);
  g_assert_cmpuint (ent_replay_get_checkpoint_bytes (replay), >, 2);
  g_assert_cmpuint (ent_replay_get_checkpoint_bytes (replay), <=, 2 * bytes);
}

static void
count_event_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  ++*(guint *) data;
}

/* Going on keeps the document and tells its observers of each update. */
static void
test_playing (void)
{
  g_auto (Log) log = { 0 };
  g_autoptr (EntReplay) replay = NULL;
  EntDoc *doc;
  guint n_events = 0;

  log_init (&log);
  log_edit (&log, 50);
  replay = make_replay (&log, NULL);
  doc = ent_replay_get_doc (replay);
  ent_doc_observe (doc, count_event_cb, &n_events, NULL);
  for (guint i = 1; i <= 50; i++)
    assert_moment (replay, &log, i);
  g_assert_true (ent_replay_get_doc (replay) == doc);
  g_assert_cmpuint (n_events, ==, 50);
  assert_moment (replay, &log, 30);
  g_assert_true (ent_replay_get_doc (replay) != doc);
}

static void
test_first_state (void)
{
  g_auto (Log) log = { 0 };
  g_autoptr (GBytes) state = NULL;
  g_autoptr (EntReplay) replay = NULL;
  GPtrArray *updates;

  log_init (&log);
  log_edit (&log, 30);
  state = ent_doc_encode (log.doc);
  g_ptr_array_set_size (log.updates, 0);
  g_ptr_array_remove_range (log.texts, 0, 30);
  log_edit (&log, 30);
  updates = log.updates;
  replay = make_replay (&log, state);
  g_assert_cmpuint (updates->len, ==, 30);
  assert_moment (replay, &log, 30);
  assert_moment (replay, &log, 0);
  assert_moment (replay, &log, 17);
}

static void
test_times (void)
{
  g_autoptr (EntReplay) replay = ent_replay_new (NULL, NULL);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("\0\0", 2);

  g_assert_cmpint (ent_replay_get_time (replay, 0), ==, 0);
  g_assert_cmpuint (ent_replay_find_moment (replay, 5), ==, 0);
  g_assert_true (ent_replay_append (replay, nothing, 100, NULL));
  g_assert_true (ent_replay_append (replay, nothing, 200, NULL));
  g_assert_true (ent_replay_append (replay, nothing, 150, NULL));
  g_assert_true (ent_replay_append (replay, nothing, 300, NULL));
  g_assert_cmpint (ent_replay_get_time (replay, 0), ==, 100);
  g_assert_cmpint (ent_replay_get_time (replay, 1), ==, 100);
  g_assert_cmpint (ent_replay_get_time (replay, 3), ==, 200);
  g_assert_cmpuint (ent_replay_find_moment (replay, 99), ==, 0);
  g_assert_cmpuint (ent_replay_find_moment (replay, 100), ==, 1);
  g_assert_cmpuint (ent_replay_find_moment (replay, 200), ==, 3);
  g_assert_cmpuint (ent_replay_find_moment (replay, 299), ==, 3);
  g_assert_cmpuint (ent_replay_find_moment (replay, 1000), ==, 4);
}

static void
test_refused (void)
{
  g_autoptr (GBytes) garbage = g_bytes_new_static ("\x05\x01", 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntReplay) replay = NULL;

  g_assert_null (ent_replay_new (garbage, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_MALFORMED);
  g_clear_error (&error);
  replay = ent_replay_new (NULL, &error);
  g_assert_no_error (error);
  g_assert_false (ent_replay_append (replay, garbage, 1, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_MALFORMED);
  g_assert_cmpuint (ent_replay_get_length (replay), ==, 0);
  g_assert_true (ent_replay_seek (replay, 0, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc-replay/any-moment-in-any-order", test_any_order);
  g_test_add_func ("/doc-replay/playing-keeps-the-document", test_playing);
  g_test_add_func ("/doc-replay/from-a-first-state", test_first_state);
  g_test_add_func ("/doc-replay/times", test_times);
  g_test_add_func ("/doc-replay/refused", test_refused);
  return g_test_run ();
}
