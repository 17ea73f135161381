#include <string.h>

#include "coord-metrics.h"

static double
read_number (gpointer data)
{
  return *(double *) data;
}

static void
assert_line (const char *text, const char *line)
{
  g_autofree char *wanted = g_strconcat ("\n", line, "\n", NULL);

  if (!strstr (text, wanted))
    g_error ("no line \"%s\" in:\n%s", line, text);
}

static void
test_requests (void)
{
  g_autoptr (CoordMetrics) metrics = coord_metrics_new ();
  g_autofree char *text = NULL;

  coord_metrics_count_request (metrics, "GET", "/a", 200, 400);
  coord_metrics_count_request (metrics, "GET", "/a", 200, 2000);
  coord_metrics_count_request (metrics, "POST", "/a", 429, 3000);
  coord_metrics_count_request (metrics, "\"}\nevil", NULL, 405, 60000000);
  text = coord_metrics_write (metrics);
  assert_line (text, "# TYPE entrevue_http_requests_total counter");
  assert_line (text, "entrevue_http_requests_total{method=\"GET\",route=\"/a\",status=\"200\"} 2");
  assert_line (text, "entrevue_http_requests_total{method=\"POST\",route=\"/a\",status=\"429\"} 1");
  assert_line (
    text, "entrevue_http_requests_total{method=\"other\",route=\"none\",status=\"405\"} 1");
  assert_line (text, "# TYPE entrevue_http_request_seconds histogram");
  assert_line (text, "entrevue_http_request_seconds_bucket{le=\"0.0005\"} 1");
  assert_line (text, "entrevue_http_request_seconds_bucket{le=\"0.0025\"} 2");
  assert_line (text, "entrevue_http_request_seconds_bucket{le=\"0.005\"} 3");
  assert_line (text, "entrevue_http_request_seconds_bucket{le=\"10\"} 3");
  assert_line (text, "entrevue_http_request_seconds_bucket{le=\"+Inf\"} 4");
  assert_line (text, "entrevue_http_request_seconds_count 4");
  g_assert_null (strstr (text, "evil"));
}

static void
test_values (void)
{
  g_autoptr (CoordMetrics) metrics = coord_metrics_new ();
  double open = 3, lost = 1.5;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  char *first;

  coord_metrics_add_value (metrics, "rooms_open", NULL, "Rooms.", read_number, &open);
  coord_metrics_add_value (metrics, "lost_total", "why=\"a\"", "Lost.", read_number, &lost);
  coord_metrics_add_value (metrics, "lost_total", "why=\"b\"", NULL, read_number, &open);
  before = coord_metrics_write (metrics);
  g_assert_true (g_str_has_prefix (before, "# HELP rooms_open Rooms.\n# TYPE rooms_open gauge\n"));
  assert_line (before, "rooms_open 3");
  assert_line (before, "# TYPE lost_total counter");
  assert_line (before, "lost_total{why=\"a\"} 1.5");
  first = strstr (before, "# HELP lost_total");
  g_assert_null (strstr (first + 1, "# HELP lost_total"));
  open = 4;
  after = coord_metrics_write (metrics);
  assert_line (after, "rooms_open 4");
  assert_line (after, "lost_total{why=\"b\"} 4");
}

static void
test_process (void)
{
  g_autoptr (CoordMetrics) metrics = coord_metrics_new ();
  g_autofree char *text = coord_metrics_write (metrics);
  static const char *const names[] = { "process_cpu_seconds_total", "process_resident_memory_bytes",
    "process_open_fds", "process_start_time_seconds" };

  g_assert_nonnull (strstr (text, "\nentrevue_build_info{version=\""));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *start = g_strconcat ("\n", names[i], " ", NULL);
    const char *line = strstr (text, start);

    g_assert_nonnull (line);
    g_assert_cmpfloat (g_ascii_strtod (line + strlen (start), NULL), >, 0);
  }
  g_assert_true (g_str_has_suffix (text, "\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metrics/requests", test_requests);
  g_test_add_func ("/metrics/values", test_values);
  g_test_add_func ("/metrics/process", test_process);
  return g_test_run ();
}
