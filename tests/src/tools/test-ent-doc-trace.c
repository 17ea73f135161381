#include "tools/ent-doc-trace.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static EntTrace *
parse (const char *json, GError **error)
{
  return ent_trace_parse (json, strlen (json), error);
}

static void
test_sequential (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntTrace) trace = parse (
    "{\"startContent\":\"\", \"endContent\":\"a\\n\\u00e9\\ud83d\\ude00\","
    "\"other\":{\"x\":[1,-2.5e3,null,{\"y\":\"]\"}]},"
    "\"txns\":[{\"time\":\"2020\",\"patches\":[[0,0,\"a\\n\"],[1,2,\"\"]]},{\"patches\":[]}]}",
    &error);

  g_assert_no_error (error);
  g_assert_false (trace->is_concurrent);
  g_assert_cmpuint (trace->n_agents, ==, 1);
  g_assert_cmpstr (trace->end_content, ==, "a\né😀");
  g_assert_cmpuint (trace->n_txns, ==, 2);
  g_assert_cmpuint (trace->txns[0].n_patches, ==, 2);
  g_assert_cmpuint (trace->txns[1].n_patches, ==, 0);
  g_assert_cmpmem (trace->patches[0].text, trace->patches[0].text_bytes, "a\n", 2);
  g_assert_cmpuint (trace->patches[1].at, ==, 1);
  g_assert_cmpuint (trace->patches[1].n_deleted, ==, 2);
  g_assert_cmpuint (trace->patches[1].text_bytes, ==, 0);
}

static void
test_concurrent (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntTrace) trace =
    parse ("{\"kind\":\"concurrent\",\"endContent\":\"ab\",\"numAgents\":2,\"txns\":["
           "{\"parents\":[],\"agent\":0,\"patches\":[[0,0,\"a\"]]},"
           "{\"parents\":[0],\"agent\":1,\"patches\":[[1,0,\"b\"]]}]}",
      &error);

  g_assert_no_error (error);
  g_assert_true (trace->is_concurrent);
  g_assert_cmpuint (trace->n_agents, ==, 2);
  g_assert_cmpuint (trace->txns[1].agent, ==, 1);
  g_assert_cmpuint (trace->txns[1].n_parents, ==, 1);
  g_assert_cmpuint (trace->parents[trace->txns[1].first_parent], ==, 0);

  ent_trace_cut (trace, 5);
  g_assert_cmpuint (trace->n_txns, ==, 2);
  ent_trace_cut (trace, 1);
  g_assert_cmpuint (trace->n_txns, ==, 1);
  g_assert_cmpuint (trace->n_patches, ==, 1);
  g_assert_cmpuint (trace->n_parents, ==, 0);
  g_assert_null (trace->end_content);
}

static void
test_refused (void)
{
  static const char *const wrong[] = {
    "",
    "[]",
    "{",
    "{\"txns\":3}",
    "{\"txns\":[{\"patches\":[[0,0]]}]}",
    "{\"txns\":[{\"patches\":[[0,0,\"a\",1]]}]}",
    "{\"txns\":[{\"patches\":[[0,99999999999,\"a\"]]}]}",
    "{\"txns\":[{\"patches\":[[0,-1,\"a\"]]}]}",
    "{\"txns\":[{\"patches\":[[0,0,\"\\ud800\"]]}]}",
    "{\"txns\":[{\"patches\":[[0,0,\"\\x\"]]}]}",
    "{\"txns\":[{\"patches\":[[0,0,\"\xff\"]]}]}",
    "{\"txns\":[{\"parents\":[0],\"patches\":[]}]}",
    "{\"txns\":[{\"agent\":1,\"patches\":[]}]}",
    "{\"numAgents\":0}",
    "{\"other\":[1,2}",
    "{} x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (wrong[i], &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  }
}

static void
test_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("trace-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "t.json", NULL);
  g_autoptr (EntTrace) trace = NULL;

  g_file_set_contents (path, "{\"endContent\":\"x\"}", -1, &error);
  g_assert_no_error (error);
  trace = ent_trace_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (trace->end_content, ==, "x");
  g_file_set_contents (path, "\x1f\x8bno", 4, NULL);
  g_assert_null (ent_trace_load (path, &error));
  g_assert_nonnull (error);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/sequential", test_sequential);
  g_test_add_func ("/trace/concurrent", test_concurrent);
  g_test_add_func ("/trace/refused", test_refused);
  g_test_add_func ("/trace/file", test_file);
  return g_test_run ();
}
