#pragma once

#include "base/ent-clock.h"
#include "service/coord-event.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* This process among the coordinators of one PostgreSQL database.
 *
 * It holds a lease, prolonged every 2 s by a thread with a connection of its own, and the homes of
 * rooms stand on it. When it could not be prolonged for 6 s the process stops acting as a home;
 * after 9 s the others may take its rooms. Whoever was stopped longer learns of it before anything
 * else that it could do wrong, since what it writes is fenced (store/coord-node-store.h).
 *
 * The same thread hears what services did at other nodes, and here, and publishes it: by NOTIFY at
 * once, by looking every 2 s at the latest. */
typedef struct _CoordNode CoordNode;

#define COORD_NODE_LEASE_US (9 * G_USEC_PER_SEC)
#define COORD_NODE_ACTS_US (6 * G_USEC_PER_SEC)
#define COORD_NODE_RENEW_US (2 * G_USEC_PER_SEC)
#define COORD_NODE_CLOCKS_APART_US (2 * G_USEC_PER_SEC) /* the log tells of more */

typedef struct {
  guint64 lapses; /* how often the lease was lost */
  guint64 notices; /* heard of */
  gint64 nodes; /* that hold a lease, this one included */
  gint64 homes; /* rooms at home here, open or not */
  gint64 clock_ahead_us; /* of this host's clock, of the database's, at least; below 0: behind */
} CoordNodeCounts;

/* Enters the database as a node. id: of the data folder; url: where clients reach this process and
 * no other; events: they come from the database alone from now on, in the same order everywhere.
 * place is that of coord_db_open(), shared. lapsed is called on the main thread when the lease was
 * lost: close all rooms. clock and events are borrowed. */
CoordNode *coord_node_new (const char *place,
  const char *id,
  const char *url,
  CoordEvents *events,
  EntClock *clock,
  GSourceOnceFunc lapsed,
  gpointer data,
  GError **error);

/* Gives up the lease after all that was handed to the pool before, so that others may take the
 * rooms at once. Waits for the thread. */
void coord_node_leave (CoordNode *node, CoordDbPool *pool);

void coord_node_free (CoordNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordNode, coord_node_free)

/* Seconds for which it may still act; 0: it may not. */
double coord_node_get_lease_s (CoordNode *node);

CoordNodeCounts coord_node_get_counts (CoordNode *node);

/* The id of a data folder, made when there is none. The caller owns it. */
char *coord_node_load_id (const char *data_folder, GError **error);

G_END_DECLS
