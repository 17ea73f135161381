/* The benchmark program, on traces of a few edits: each case runs and checks what comes out. */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

static const char sequential[] = "{\"startContent\":\"\",\"endContent\":\"Hello, wörld\",\"txns\":["
                                 "{\"patches\":[[0,0,\"Hallo wörld\"]]},"
                                 "{\"patches\":[[1,1,\"e\"],[5,0,\",\"]]},"
                                 "{\"patches\":[]},"
                                 "{\"patches\":[[0,0,\"x\"]]},{\"patches\":[[0,1,\"\"]]}]}";
static const char concurrent[] =
  "{\"kind\":\"concurrent\",\"endContent\":\"a-b+c\",\"numAgents\":2,\"txns\":["
  "{\"parents\":[],\"agent\":1,\"patches\":[[0,0,\"abc\"]]},"
  "{\"parents\":[0],\"agent\":0,\"patches\":[[1,0,\"-\"]]},"
  "{\"parents\":[0],\"agent\":1,\"patches\":[[2,0,\"+\"]]},"
  "{\"parents\":[1,2],\"agent\":0,\"patches\":[]}]}";
static const char wrong_end[] = "{\"endContent\":\"b\",\"txns\":[{\"patches\":[[0,0,\"a\"]]}]}";
static const char out_of_range[] = "{\"endContent\":\"b\",\"txns\":[{\"patches\":[[7,0,\"a\"]]}]}";

/* Runs one case; returns its output, or NULL when it ended with another status than 0. */
static char *
run_bench (const char *case_name, const char *trace)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("bench-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "t.json", NULL);
  g_autoptr (GSubprocess) bench = NULL;
  g_autofree char *out = NULL, *messages = NULL;

  g_file_set_contents (path, trace ? trace : "", -1, &error);
  g_assert_no_error (error);
  bench = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
    g_getenv ("ENT_DOC_BENCH"), "--json", "--case", case_name, "--rounds", "2", "--edits", "50",
    "--bytes", "1000", trace ? path : NULL, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (bench, NULL, NULL, &out, &messages, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
  if (g_subprocess_get_successful (bench))
    return g_steal_pointer (&out);
  g_assert_true (g_str_has_prefix (messages, "ent-doc-bench: "));
  return NULL;
}

static void
assert_runs (const char *case_name, const char *trace)
{
  g_autofree char *out = run_bench (case_name, trace);

  g_assert_nonnull (out);
  g_assert_true (g_str_has_prefix (out, "{\"engine\":\"entrevue\""));
  g_assert_true (g_str_has_suffix (out, ",\"ok\":true}\n"));
}

static void
test_cases (void)
{
  static const char *const names[] = { "local", "remote", "load", "encode", "diff", "merge",
    "reversed", "memory", "seek" };
  static const char *const made[] = { "distant", "structs", "undo", "marks", "keys", "writers" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    assert_runs (names[i], sequential);
    if (i > 0)
      assert_runs (names[i], concurrent);
  }
  assert_runs ("concurrent", concurrent);
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    assert_runs (made[i], NULL);
}

static void
test_refused (void)
{
  g_assert_null (run_bench ("local", wrong_end));
  g_assert_null (run_bench ("local", out_of_range));
  g_assert_null (run_bench ("remote", out_of_range));
  g_assert_null (run_bench ("concurrent", sequential));
  g_assert_null (run_bench ("nothing", sequential));
  g_assert_null (run_bench ("local", NULL));
  g_assert_null (run_bench ("local", "{"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc-bench/each-case-runs", test_cases);
  g_test_add_func ("/doc-bench/wrong-results-and-arguments-are-refused", test_refused);
  return g_test_run ();
}
