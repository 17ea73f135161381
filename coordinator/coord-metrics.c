#include "config.h"

#include "coord-metrics.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Bounds of the histogram. A request that waits for the disk takes milliseconds; the pool of
 * passwords, tenths. */
static const struct {
  gint64 us;
  const char *label;
} bounds[] = {
  { 500, "0.0005" },
  { 1000, "0.001" },
  { 2500, "0.0025" },
  { 5000, "0.005" },
  { 10000, "0.01" },
  { 25000, "0.025" },
  { 100000, "0.1" },
  { 250000, "0.25" },
  { 1000000, "1" },
  { 10000000, "10" },
};

typedef struct {
  const char *method;
  const char *route;
  guint status;
} RequestKey;

typedef struct {
  RequestKey key;
  guint64 n;
} RequestCount;

typedef struct {
  const char *name;
  const char *labels; /* NULL: none */
  const char *help;
  CoordMetricsRead read;
  gpointer data;
} Value;

struct _CoordMetrics {
  GHashTable *requests; /* RequestCount, its key within */
  guint64 took[G_N_ELEMENTS (bounds) + 1]; /* requests up to each bound, and over the last */
  gint64 took_us;
  GArray *values; /* Value */
  gint64 started_us; /* of the wall clock */
};

static guint
hash_key (gconstpointer data)
{
  const RequestKey *key = data;

  return g_str_hash (key->route) * 31 + g_str_hash (key->method) + key->status;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const RequestKey *x = a;
  const RequestKey *y = b;

  return x->status == y->status && strcmp (x->route, y->route) == 0 &&
         strcmp (x->method, y->method) == 0;
}

CoordMetrics *
coord_metrics_new (void)
{
  CoordMetrics *metrics = g_new0 (CoordMetrics, 1);

  metrics->requests = g_hash_table_new_full (hash_key, equal_keys, NULL, g_free);
  metrics->values = g_array_new (FALSE, FALSE, sizeof (Value));
  metrics->started_us = g_get_real_time ();
  return metrics;
}

void
coord_metrics_free (CoordMetrics *metrics)
{
  g_hash_table_unref (metrics->requests);
  g_array_unref (metrics->values);
  g_free (metrics);
}

void
coord_metrics_count_request (CoordMetrics *metrics,
  const char *method,
  const char *route,
  guint status,
  gint64 took_us)
{
  /* Whatever a stranger calls a method or a path makes no new line. */
  RequestKey key = { route != NULL ? method : "other", route != NULL ? route : "none", status };
  RequestCount *count = g_hash_table_lookup (metrics->requests, &key);
  guint i = 0;

  if (count == NULL) {
    count = g_new0 (RequestCount, 1);
    count->key = key;
    g_hash_table_insert (metrics->requests, &count->key, count);
  }
  count->n++;
  while (i < G_N_ELEMENTS (bounds) && took_us > bounds[i].us)
    i++;
  metrics->took[i]++;
  metrics->took_us += MAX (took_us, 0);
}

void
coord_metrics_add_value (CoordMetrics *metrics,
  const char *name,
  const char *labels,
  const char *help,
  CoordMetricsRead read,
  gpointer data)
{
  Value value = { name, labels, help, read, data };

  g_array_append_val (metrics->values, value);
}

double
coord_metrics_read (const CoordMetrics *metrics, const char *name)
{
  for (guint i = 0; i < metrics->values->len; i++) {
    const Value *value = &g_array_index (metrics->values, Value, i);

    if (strcmp (value->name, name) == 0)
      return value->read (value->data);
  }
  return 0;
}

/* --- writing --- */

static void
write_head (GString *out, const char *name, const char *help, const char *type)
{
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Prometheus reads a point, whatever the locale. */
static void
write_number (GString *out, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, " %s\n", g_ascii_dtostr (text, sizeof text, number));
}

static const char *
get_type (const char *name)
{
  return g_str_has_suffix (name, "_total") ? "counter" : "gauge";
}

static void
write_value (GString *out, const char *name, const char *help, double number)
{
  write_head (out, name, help, get_type (name));
  g_string_append (out, name);
  write_number (out, number);
}

static void
write_values (CoordMetrics *metrics, GString *out)
{
  const char *last = "";

  for (guint i = 0; i < metrics->values->len; i++) {
    const Value *value = &g_array_index (metrics->values, Value, i);

    if (strcmp (value->name, last) != 0)
      write_head (out, value->name, value->help, get_type (value->name));
    last = value->name;
    g_string_append (out, value->name);
    if (value->labels != NULL)
      g_string_append_printf (out, "{%s}", value->labels);
    write_number (out, value->read (value->data));
  }
}

static int
compare_counts (gconstpointer a, gconstpointer b)
{
  const RequestKey *x = &(*(RequestCount *const *) a)->key;
  const RequestKey *y = &(*(RequestCount *const *) b)->key;
  int order = strcmp (x->route, y->route);

  if (order == 0)
    order = strcmp (x->method, y->method);
  return order != 0 ? order : (int) x->status - (int) y->status;
}

static void
write_requests (CoordMetrics *metrics, GString *out)
{
  g_autoptr (GPtrArray) counts = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer one;
  guint64 n = 0;

  g_hash_table_iter_init (&iter, metrics->requests);
  while (g_hash_table_iter_next (&iter, NULL, &one))
    g_ptr_array_add (counts, one);
  g_ptr_array_sort (counts, compare_counts);
  write_head (out, "entrevue_http_requests_total", "Answered requests.", "counter");
  for (guint i = 0; i < counts->len; i++) {
    const RequestCount *count = counts->pdata[i];

    g_string_append_printf (out,
      "entrevue_http_requests_total{method=\"%s\",route=\"%s\",status=\"%u\"} %" G_GUINT64_FORMAT
      "\n",
      count->key.method, count->key.route, count->key.status, count->n);
  }
  write_head (out, "entrevue_http_request_seconds", "Time from head to answer.", "histogram");
  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++) {
    n += metrics->took[i];
    g_string_append_printf (out,
      "entrevue_http_request_seconds_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n", bounds[i].label,
      n);
  }
  n += metrics->took[G_N_ELEMENTS (bounds)];
  g_string_append_printf (
    out, "entrevue_http_request_seconds_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT "\n", n);
  g_string_append (out, "entrevue_http_request_seconds_sum");
  write_number (out, metrics->took_us / 1e6);
  g_string_append_printf (out, "entrevue_http_request_seconds_count %" G_GUINT64_FORMAT "\n", n);
}

static double
read_resident_bytes (void)
{
  g_autofree char *text = NULL;
  unsigned long pages = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%*u %lu", &pages) != 1)
    return 0;
  return (double) pages * sysconf (_SC_PAGESIZE);
}

static double
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (folder != NULL && g_dir_read_name (folder) != NULL)
    n++;
  return n > 0 ? n - 1 : 0; /* not the one that reads the folder */
}

static void
write_process (CoordMetrics *metrics, GString *out)
{
  struct rusage usage = { 0 };

  getrusage (RUSAGE_SELF, &usage);
  write_head (out, "entrevue_build_info", "The version that runs.", "gauge");
  g_string_append (out, "entrevue_build_info{version=\"" ENT_VERSION "\"} 1\n");
  write_value (out, "process_cpu_seconds_total", "Processor time used.",
    usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
      (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
  write_value (out, "process_resident_memory_bytes", "Resident memory.", read_resident_bytes ());
  write_value (out, "process_open_fds", "Open descriptors.", count_descriptors ());
  write_value (
    out, "process_start_time_seconds", "When it started.", metrics->started_us / 1000000.0);
}

char *
coord_metrics_write (CoordMetrics *metrics)
{
  GString *out = g_string_new (NULL);

  write_values (metrics, out);
  write_requests (metrics, out);
  write_process (metrics, out);
  return g_string_free (out, FALSE);
}
