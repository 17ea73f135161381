#include "document/ent-doc-undo.h"
#include "tools/ent-bench.h"

/* Cases that need no trace: what people seldom do, and what must not cost more for being much. */

#define DISTANT_BYTES (1 << 20)
#define DISTANT_EDITS 10000
#define MANY_STRUCTS 1000000
#define MANY_STEPS 100000
#define MANY_MARKS 2000
#define MANY_KEYS 100000
#define MANY_WRITERS 20000
#define LATER_EDITS 1000 /* measured once the document is large */

/* What the bodies of all cases work on. */
typedef struct {
  EntDoc *doc;
  EntType *type; /* the text, or the map */
  guint32 state; /* of the random numbers */
  int n_edits;
  EntUndo *undo;
  GPtrArray *updates;
  GBytes *encoded;
  GError *error;
} Made;

static void
made_init (Made *made, EntBench *bench, int n_edits)
{
  *made = (Made){ .state = 1, .n_edits = bench->n_edits ? bench->n_edits : n_edits };
  made->doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  made->type = ent_doc_get_text (made->doc, ENT_BENCH_ROOT);
}

static void
made_clear (Made *made)
{
  g_clear_pointer (&made->undo, ent_undo_free);
  g_clear_pointer (&made->updates, g_ptr_array_unref);
  g_clear_pointer (&made->encoded, g_bytes_unref);
  g_clear_pointer (&made->doc, ent_doc_unref);
  g_clear_error (&made->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Made, made_clear)

/* The same numbers on every machine and in every language: a step of 32 bits, of which the high
 * ones choose. */
static guint32
next_below (guint32 *state, guint32 bound)
{
  *state = *state * 1664525u + 1013904223u;
  return ((guint64) *state * bound) >> 32;
}

/* Runs the body that the case is about, and notes its time. */
static gboolean
measure (EntBench *bench, Made *made, void (*body) (gpointer), const char *unit, GError **error)
{
  EntTook took = ent_bench_measure (body, made);

  bench->n_measured += made->n_edits;
  ent_bench_add_times (bench, unit, made->n_edits, took, NULL);
  if (!made->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&made->error));
  return FALSE;
}

/* Runs a body on what the case has made; the figure is nanoseconds of the processor for each of
 * n_units. */
static gboolean
measure_later (EntBench *bench,
  Made *made,
  void (*body) (gpointer),
  const char *name,
  gsize n_units,
  GError **error)
{
  EntTook took = ent_bench_measure (body, made);

  ent_bench_add (bench, name, (double) took.cpu_ns / MAX (n_units, 1), 1);
  if (!made->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&made->error));
  return FALSE;
}

/* --- distant: single edits at random places of a large file --- */

static void
edit_anywhere (Made *made, int n_edits)
{
  for (int i = 0; !made->error && i < n_edits; i++) {
    guint32 at = next_below (&made->state, ent_text_get_length (made->type));
    char letter = 'a' + next_below (&made->state, 26);

    if (i % 2 == 0)
      ent_text_insert (made->type, at, &letter, 1, &made->error);
    else
      ent_text_delete (made->type, at, 1, &made->error);
  }
}

static void
distant_body (gpointer data)
{
  Made *made = data;

  edit_anywhere (made, made->n_edits);
}

static void
later_body (gpointer data)
{
  edit_anywhere (data, LATER_EDITS);
}

static char *
make_file (guint32 *state, int n_bytes)
{
  char *file = g_malloc (n_bytes + 1);

  for (int i = 0; i < n_bytes; i++)
    file[i] = i % 64 == 63 ? '\n' : (char) ('a' + next_below (state, 26));
  file[n_bytes] = '\0';
  return file;
}

static guint32
hash_text (EntType *type)
{
  g_autofree char *text = ent_text_dup (type, NULL);
  guint32 hash = 2166136261u;

  for (const char *at = text; *at; at++)
    hash = (hash ^ (guint8) *at) * 16777619u;
  return hash;
}

gboolean
ent_bench_distant (EntBench *bench, GError **error)
{
  g_auto (Made) made = { 0 };
  g_autofree char *file = NULL;
  gsize update_bytes = 0;

  made_init (&made, bench, DISTANT_EDITS);
  file = make_file (&made.state, bench->n_bytes ? bench->n_bytes : DISTANT_BYTES);
  if (!ent_text_insert (made.type, 0, file, -1, error))
    return FALSE;
  ent_doc_observe (made.doc, ent_bench_count_update_cb, &update_bytes, NULL);
  if (!measure (bench, &made, distant_body, "edit", error))
    return FALSE;
  ent_bench_add (bench, "text_hash", hash_text (made.type), 0);
  ent_bench_add (bench, "update_bytes", update_bytes, 0);
  ent_bench_add_state (bench, made.doc);
  return ent_bench_check_text (made.doc, NULL, error);
}

/* --- structs: a document of very many --- */

/* Each letter before the last one: no two can merge. */
static void
prepend_body (gpointer data)
{
  Made *made = data;

  for (int i = 0; !made->error && i < made->n_edits; i++)
    ent_text_insert (made->type, 0, "x", 1, &made->error);
}

static void
encode_body (gpointer data)
{
  Made *made = data;

  made->encoded = ent_doc_encode (made->doc);
}

static void
load_body (gpointer data)
{
  Made *made = data;
  g_autoptr (EntDoc) doc = ent_doc_new (2, ENT_DOC_DEFAULT);

  ent_doc_apply_bytes (doc, made->encoded, NULL, &made->error);
}

gboolean
ent_bench_structs (EntBench *bench, GError **error)
{
  g_auto (Made) made = { 0 };
  gsize heap = ent_bench_read_heap ();

  made_init (&made, bench, MANY_STRUCTS);
  if (!measure (bench, &made, prepend_body, "edit", error))
    return FALSE;
  ent_bench_add (bench, "heap_bytes", ent_bench_read_heap () - heap, 0);
  ent_bench_add (bench, "structs", ent_doc_get_n_structs (made.doc), 0);
  return measure_later (bench, &made, encode_body, "encode_ns_per_struct", made.n_edits, error) &&
         measure_later (bench, &made, load_body, "load_ns_per_struct", made.n_edits, error) &&
         measure_later (bench, &made, later_body, "later_ns_per_edit", LATER_EDITS, error) &&
         ent_bench_check_text (made.doc, NULL, error);
}

/* --- undo: very many steps --- */

static void
steps_body (gpointer data)
{
  Made *made = data;

  for (int i = 0; !made->error && i < made->n_edits; i++) {
    ent_undo_stop (made->undo);
    if (i % 3 == 2)
      ent_text_delete (made->type, next_below (&made->state, i / 3), 1, &made->error);
    else
      ent_text_insert (made->type, next_below (&made->state, i / 3 + 1), "x", 1, &made->error);
  }
}

static void
undo_body (gpointer data)
{
  Made *made = data;

  while (ent_undo_undo (made->undo))
    ;
}

static void
redo_body (gpointer data)
{
  Made *made = data;

  while (ent_undo_redo (made->undo))
    ;
}

gboolean
ent_bench_undo (EntBench *bench, GError **error)
{
  g_auto (Made) made = { 0 };
  guint depth;
  guint32 hash;

  made_init (&made, bench, MANY_STEPS);
  made.undo = ent_undo_new (made.doc, NULL, NULL);
  ent_undo_add_scope (made.undo, made.type);
  if (!measure (bench, &made, steps_body, "step", error))
    return FALSE;
  depth = ent_undo_get_undo_depth (made.undo);
  hash = hash_text (made.type);
  ent_bench_add (bench, "depth", depth, 0);
  if (!measure_later (bench, &made, undo_body, "undo_ns_per_step", depth, error) ||
      !measure_later (bench, &made, redo_body, "redo_ns_per_step", depth, error))
    return FALSE;
  if (hash_text (made.type) != hash) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_BROKEN, "Redo did not bring the text back");
    return FALSE;
  }
  return ent_bench_check_text (made.doc, NULL, error);
}

/* --- marks: text with very many --- */

static void
marks_body (gpointer data)
{
  Made *made = data;
  g_autoptr (EntValue) bold = ent_value_new_object ();

  ent_value_object_set (bold, "bold", ent_value_new_bool (TRUE));
  for (int i = 0; !made->error && i < made->n_edits; i++)
    ent_text_format (made->type, 16 * i + 4, 8, bold, &made->error);
}

static void
count_run_cb (const EntTextRun *run, gpointer data)
{
  ++*(gsize *) data;
}

static void
runs_body (gpointer data)
{
  Made *made = data;
  gsize n_runs = 0;

  ent_text_foreach_run (made->type, count_run_cb, &n_runs);
}

gboolean
ent_bench_marks (EntBench *bench, GError **error)
{
  g_auto (Made) made = { 0 };
  g_autofree char *file = NULL;

  made_init (&made, bench, MANY_MARKS);
  file = make_file (&made.state, 16 * made.n_edits);
  if (!ent_text_insert (made.type, 0, file, -1, error) ||
      !measure (bench, &made, marks_body, "mark", error))
    return FALSE;
  return measure_later (bench, &made, runs_body, "read_ns_per_mark", made.n_edits, error) &&
         measure_later (bench, &made, later_body, "later_ns_per_edit", LATER_EDITS, error) &&
         ent_bench_check_text (made.doc, NULL, error);
}

/* --- keys: a map with very many, each set twice --- */

static void
keys_body (gpointer data)
{
  Made *made = data;
  g_autoptr (EntValue) value = ent_value_new_int (1);

  for (int i = 0; !made->error && i < made->n_edits; i++) {
    char key[32];

    g_snprintf (key, sizeof key, "key%d", i % MAX (made->n_edits / 2, 1));
    ent_map_set (made->type, key, value, &made->error);
  }
}

gboolean
ent_bench_keys (EntBench *bench, GError **error)
{
  g_auto (Made) made = { 0 };

  made_init (&made, bench, MANY_KEYS);
  made.type = ent_doc_get_map (made.doc, "m");
  return measure (bench, &made, keys_body, "set", error) &&
         measure_later (bench, &made, encode_body, "encode_ns_per_set", made.n_edits, error) &&
         measure_later (bench, &made, load_body, "load_ns_per_set", made.n_edits, error) &&
         ent_bench_check_text (made.doc, NULL, error);
}

/* --- writers: very many, each with a word --- */

static void
writers_body (gpointer data)
{
  Made *made = data;

  for (int i = 0; !made->error && i < made->n_edits; i++)
    ent_doc_apply_bytes (made->doc, made->updates->pdata[i], NULL, &made->error);
}

gboolean
ent_bench_writers (EntBench *bench, GError **error)
{
  g_auto (Made) made = { 0 };

  made_init (&made, bench, MANY_WRITERS);
  made.updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (int i = 0; i < made.n_edits; i++) {
    g_autoptr (EntDoc) writer = ent_doc_new (1000 + 7 * i, ENT_DOC_DEFAULT);

    ent_text_insert (ent_doc_get_text (writer, ENT_BENCH_ROOT), 0, "word ", -1, NULL);
    g_ptr_array_add (made.updates, ent_doc_encode (writer));
  }
  return measure (bench, &made, writers_body, "update", error) &&
         measure_later (bench, &made, encode_body, "encode_ns_per_writer", made.n_edits, error) &&
         measure_later (bench, &made, load_body, "load_ns_per_writer", made.n_edits, error) &&
         measure_later (bench, &made, later_body, "later_ns_per_edit", LATER_EDITS, error) &&
         ent_bench_check_text (made.doc, NULL, error);
}
