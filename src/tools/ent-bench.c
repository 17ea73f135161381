#include "tools/ent-bench.h"

#include <malloc.h>
#include <stdio.h>
#include <time.h>

static gint64
read_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

__attribute__ ((noinline)) EntTook
ent_bench_measure (void (*body) (gpointer data), gpointer data)
{
  gint64 wall = read_clock (CLOCK_MONOTONIC), cpu = read_clock (CLOCK_PROCESS_CPUTIME_ID);

  body (data);
  return (
    EntTook){ read_clock (CLOCK_MONOTONIC) - wall, read_clock (CLOCK_PROCESS_CPUTIME_ID) - cpu };
}

gsize
ent_bench_read_heap (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

void
ent_bench_add (EntBench *bench, const char *name, double value, int decimals)
{
  EntFigure figure = { name, value, decimals };

  g_array_append_val (bench->figures, figure);
}

static int
compare_wall (gconstpointer a, gconstpointer b)
{
  gint64 left = ((const EntTook *) a)->wall_ns, right = ((const EntTook *) b)->wall_ns;

  return (left > right) - (left < right);
}

static int
compare_cpu (gconstpointer a, gconstpointer b)
{
  gint64 left = ((const EntTook *) a)->cpu_ns, right = ((const EntTook *) b)->cpu_ns;

  return (left > right) - (left < right);
}

EntTook
ent_bench_find_median (GArray *all)
{
  EntTook median;

  g_array_sort (all, compare_wall);
  median.wall_ns = g_array_index (all, EntTook, all->len / 2).wall_ns;
  g_array_sort (all, compare_cpu);
  median.cpu_ns = g_array_index (all, EntTook, all->len / 2).cpu_ns;
  return median;
}

/* The time of a case: the first run, which was cold, and the median of all after it, if any. */
void
ent_bench_add_times (EntBench *bench, const char *unit, gsize n_units, EntTook first, GArray *warm)
{
  gboolean has_warm = warm && warm->len > 0;
  EntTook took = first;
  static char per_unit[32];

  if (has_warm) {
    took = ent_bench_find_median (warm);
    ent_bench_add (bench, "cold_ns", first.wall_ns, 0);
  }
  g_snprintf (per_unit, sizeof per_unit, "ns_per_%s", unit);
  ent_bench_add (bench, "rounds", has_warm ? warm->len : 1, 0);
  ent_bench_add (bench, "total_ns", took.wall_ns, 0);
  ent_bench_add (bench, "cpu_ns", took.cpu_ns, 0);
  ent_bench_add (bench, "units", n_units, 0);
  ent_bench_add (bench, per_unit, n_units ? (double) took.cpu_ns / n_units : 0, 1);
}

void
ent_bench_add_state (EntBench *bench, EntDoc *doc)
{
  g_autoptr (GBytes) state = ent_doc_encode (doc);

  ent_bench_add (bench, "structs", ent_doc_get_n_structs (doc), 0);
  ent_bench_add (bench, "state_bytes", g_bytes_get_size (state), 0);
}

void
ent_bench_count_update_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  gsize *bytes = data;

  *bytes += event->update_size;
}

gboolean
ent_bench_check_text (EntDoc *doc, const char *wanted, GError **error)
{
  g_autofree char *text = ent_text_dup (ent_doc_get_text (doc, ENT_BENCH_ROOT), NULL);

  if (wanted && !g_str_equal (text, wanted)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_BROKEN,
      "The text is not the one that the trace ends with");
    return FALSE;
  }
  return ent_doc_check (doc, error);
}
