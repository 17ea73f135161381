#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Something that is done in a thread of its own, and may hang there: on a disk of another host that
 * does not answer, say. Who wants it done never has to wait for it: what it works on belongs to
 * both and is freed by the last. */
typedef struct _CoordErrand CoordErrand;

typedef void (*CoordErrandFunc) (gpointer data);

/* Takes data, which is freed with data_free on whichever thread is last; NULL: no thread could be
 * made, and data is freed. */
CoordErrand *coord_errand_start (const char *name,
  CoordErrandFunc func,
  gpointer data,
  GDestroyNotify data_free,
  GError **error);

/* Whether func has returned: then data is the caller's alone, as long as it keeps the errand. */
gboolean coord_errand_is_done (CoordErrand *errand);

/* Waits until it has, for so long at most. */
gboolean coord_errand_wait (CoordErrand *errand, guint timeout_ms);

/* The data; lent. */
gpointer coord_errand_get_data (CoordErrand *errand);

/* Waits for nothing. */
void coord_errand_free (CoordErrand *errand);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordErrand, coord_errand_free)

G_END_DECLS
