/* ent-doc-bench: how fast and how small the document engine is, one case and one trace a process.
 * README.md tells the cases. */

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "tools/ent-bench.h"

static const struct {
  const char *name;
  gboolean (*run) (EntBench *bench, GError **error);
  gboolean needs_trace;
  const char *what;
} cases[] = {
  { "local", ent_bench_local, TRUE, "replay it, one update emitted for each transaction" },
  { "remote", ent_bench_remote, TRUE, "apply the update of each transaction to an empty document" },
  { "load", ent_bench_load, TRUE, "apply the full state to an empty document; median of 20" },
  { "encode", ent_bench_encode, TRUE, "encode the full state; median of 20" },
  { "diff", ent_bench_diff, TRUE, "encode what a replica with half of it lacks; median of 20" },
  { "merge", ent_bench_merge, TRUE, "merge the updates of all transactions; median of 5" },
  { "reversed", ent_bench_reversed, TRUE,
    "apply all updates last to first, and in order; median of 5" },
  { "concurrent", ent_bench_concurrent, TRUE, "a document for each writer, updates exchanged" },
  { "distant", ent_bench_distant, FALSE, "single edits at random places of a file of 1 MiB" },
  { "memory", ent_bench_memory, TRUE, "bytes of the heap in use after the full state was loaded" },
  { "seek", ent_bench_seek, TRUE, "jumps to random moments of a replay; 200" },
  { "structs", ent_bench_structs, FALSE, "a document of a million structs" },
  { "undo", ent_bench_undo, FALSE, "a hundred thousand steps, then all back and again" },
  { "marks", ent_bench_marks, FALSE, "two thousand words made bold" },
  { "keys", ent_bench_keys, FALSE, "fifty thousand keys of a map, each set twice" },
  { "writers", ent_bench_writers, FALSE, "an update from each of twenty thousand writers" },
};

static int
find_case (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (g_strcmp0 (cases[i].name, name) == 0)
      return i;
  }
  return -1;
}

static char *
describe_cases (void)
{
  GString *text = g_string_new ("Cases:\n");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_string_append_printf (text, "  %-12s %s\n", cases[i].name, cases[i].what);
  g_string_append (text, "\nFigures are nanoseconds and bytes. Ends with status 1 when the text "
                         "that comes out is wrong.");
  return g_string_free (text, FALSE);
}

static void
print_figures (const EntBench *bench, const char *case_name, const char *trace_name, gboolean json)
{
  g_autofree char *escaped = g_strescape (trace_name, NULL);

  printf (json ? "{\"engine\":\"entrevue\",\"case\":\"%s\",\"trace\":\"%s\"" : "%s %s\n", case_name,
    escaped);
  for (guint i = 0; i < bench->figures->len; i++) {
    const EntFigure *figure = &g_array_index (bench->figures, EntFigure, i);

    printf (
      json ? ",\"%s\":%.*f" : "  %-30s %.*f\n", figure->name, figure->decimals, figure->value);
  }
  puts (json ? ",\"ok\":true}" : "  the text is right");
}

static char *
name_trace (const char *path)
{
  char *name = g_path_get_basename (path);
  char *ending = strstr (name, ".json");

  if (ending)
    *ending = '\0';
  return name;
}

static int
run_case (EntBench *bench, int number, const char *path, int n_txns, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntTrace) trace = path ? ent_trace_load (path, &error) : NULL;
  g_autofree char *trace_name = path ? name_trace (path) : g_strdup ("random");

  if (error) {
    fprintf (stderr, "ent-doc-bench: %s\n", error->message);
    return 1;
  }
  if (trace && n_txns > 0)
    ent_trace_cut (trace, n_txns);
  bench->trace = trace;
  bench->figures = g_array_new (FALSE, FALSE, sizeof (EntFigure));
  if (cases[number].run (bench, &error)) {
    ent_bench_add (bench, "measured_units", bench->n_measured, 0);
    print_figures (bench, cases[number].name, trace_name, json);
  } else {
    fprintf (stderr, "ent-doc-bench: %s\n", error->message);
  }
  g_array_unref (bench->figures);
  return error ? 1 : 0;
}

int
main (int argc, char **argv)
{
  EntBench bench = { 0 };
  g_autofree char *case_name = NULL, *summary = describe_cases ();
  gboolean json = FALSE;
  int n_txns = 0, number;
  const GOptionEntry entries[] = {
    { "case", 'c', 0, G_OPTION_ARG_STRING, &case_name, "What to measure", "CASE" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print one line of JSON", NULL },
    { "transactions", 'n', 0, G_OPTION_ARG_INT, &n_txns, "Only the first N transactions", "N" },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &bench.rounds, "Warm rounds to take the median of", "N" },
    { "watch", 'w', 0, G_OPTION_ARG_NONE, &bench.watch, "Observe the document applied to", NULL },
    { "bytes", 0, 0, G_OPTION_ARG_INT, &bench.n_bytes, "Size of the file of distant", "N" },
    { "edits", 0, 0, G_OPTION_ARG_INT, &bench.n_edits, "Edits of a case without a trace", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[TRACE.json.gz]");
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, "Measures the document engine on an editing trace.");
  g_option_context_set_description (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "ent-doc-bench: %s\n", error->message);
    return 2;
  }
  number = find_case (case_name ? case_name : "local");
  if (number < 0 || bench.rounds < 0 || bench.n_bytes < 0 || bench.n_edits < 0 ||
      argc != (cases[number].needs_trace ? 2 : 1)) {
    fprintf (stderr, "ent-doc-bench: a case and a trace are needed; see --help\n");
    return 2;
  }
  return run_case (&bench, number, argc > 1 ? argv[1] : NULL, n_txns, json);
}
