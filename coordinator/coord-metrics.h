#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an operator watches: counts and times of requests, and values that the layers let be read.
 * Numbers only: no names, addresses, ids or content. Main thread only. */
typedef struct _CoordMetrics CoordMetrics;

CoordMetrics *coord_metrics_new (void);
void coord_metrics_free (CoordMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordMetrics, coord_metrics_free)

/* Counts one answered request. route is the path as the table of routes has it, NULL when there was
 * none; both texts are constants. O(1). */
void coord_metrics_count_request (CoordMetrics *metrics,
  const char *method,
  const char *route,
  guint status,
  gint64 took_us);

typedef double (*CoordMetricsRead) (gpointer data);

/* Adds a value that is read when somebody looks. Texts are constants; names are as Prometheus wants
 * them, ending in _total for what only grows. labels is "a=\"b\"" or NULL; values of one name are
 * added one after the other and share the help of the first. data must outlive the metrics. */
void coord_metrics_add_value (CoordMetrics *metrics,
  const char *name,
  const char *labels,
  const char *help,
  CoordMetricsRead read,
  gpointer data);

/* One of these values, now; 0 when there is none of this name. */
double coord_metrics_read (const CoordMetrics *metrics, const char *name);

/* Everything in the text format of Prometheus (version 0.0.4), the process's own memory, time and
 * descriptors included. The caller owns it. */
char *coord_metrics_write (CoordMetrics *metrics);

G_END_DECLS
