#pragma once

#include "document/ent-doc.h"
#include "tools/ent-doc-trace.h"

G_BEGIN_DECLS

/* The parts of ent-doc-bench. What is timed runs inside ent_bench_measure() and nothing else does:
 * reading the trace, making the updates to apply, checking the result and freeing it stay outside.
 * Instructions are counted by callgrind over the same function. */

#define ENT_BENCH_ROOT "t"
#define ENT_BENCH_WARM_ROUNDS 20
#define ENT_BENCH_ORDER_ROUNDS 5

typedef struct {
  gint64 wall_ns;
  gint64 cpu_ns;
} EntTook;

typedef struct {
  const char *name;
  double value;
  int decimals;
} EntFigure;

typedef struct {
  EntTrace *trace; /* NULL for cases that need none */
  int rounds; /* 0: what the case has */
  int n_bytes; /* of the file of cases without a trace; 0: what the case has */
  int n_edits; /* of cases without a trace; 0: what the case has */
  gboolean watch; /* observe the document that updates are applied to, as an editor does */
  GArray *figures; /* EntFigure */
  gsize n_measured; /* units in all measured sections of the process */
} EntBench;

/* --- ent-bench.c --- */

/* Never inlined: its name is what callgrind looks for. */
EntTook ent_bench_measure (void (*body) (gpointer data), gpointer data);
gsize ent_bench_read_heap (void); /* bytes in use */
void ent_bench_add (EntBench *bench, const char *name, double value, int decimals);

/* The time of a case: the first run, which was cold, and the median of all after it, if any (warm
 * is sorted). */
void
ent_bench_add_times (EntBench *bench, const char *unit, gsize n_units, EntTook first, GArray *warm);
EntTook ent_bench_find_median (GArray *all); /* of either time by itself; sorts */
void ent_bench_add_state (EntBench *bench, EntDoc *doc);

/* Observer that adds the size of each update to the gsize in data. */
void ent_bench_count_update_cb (EntDoc *doc, const EntDocEvent *event, gpointer data);

/* Whether the text is the wanted one (NULL: any) and the document in order. */
gboolean ent_bench_check_text (EntDoc *doc, const char *wanted, GError **error);

/* --- ent-bench-replay.c --- */

/* The update of each transaction of a trace; of GBytes. */
GPtrArray *ent_bench_make_updates (const EntTrace *trace, GError **error);
EntDoc *ent_bench_make_doc (const EntTrace *trace, GError **error);

/* Cases: FALSE with the error set when the result is not what it must be. */
gboolean ent_bench_local (EntBench *bench, GError **error);
gboolean ent_bench_concurrent (EntBench *bench, GError **error);

/* --- ent-bench-state.c --- */

gboolean ent_bench_remote (EntBench *bench, GError **error);
gboolean ent_bench_reversed (EntBench *bench, GError **error);
gboolean ent_bench_load (EntBench *bench, GError **error);
gboolean ent_bench_encode (EntBench *bench, GError **error);
gboolean ent_bench_diff (EntBench *bench, GError **error);
gboolean ent_bench_merge (EntBench *bench, GError **error);
gboolean ent_bench_memory (EntBench *bench, GError **error);
gboolean ent_bench_seek (EntBench *bench, GError **error);

/* --- ent-bench-made.c --- */

gboolean ent_bench_distant (EntBench *bench, GError **error);
gboolean ent_bench_structs (EntBench *bench, GError **error);
gboolean ent_bench_undo (EntBench *bench, GError **error);
gboolean ent_bench_marks (EntBench *bench, GError **error);
gboolean ent_bench_keys (EntBench *bench, GError **error);
gboolean ent_bench_writers (EntBench *bench, GError **error);

G_END_DECLS
