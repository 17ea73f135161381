#include "cluster/coord-node.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/ent-id.h"
#include "coord-log.h"
#include "store/coord-error.h"
#include "store/coord-node-store.h"

#define WATCH_MS 500
#define TRY_AGAIN_MS 300
#define NOTICES_AT_ONCE 500

struct _CoordNode {
  gatomicrefcount refs; /* the owner's, and those of calls on their way to the main thread */
  char *id;
  char *process;
  char *url;
  CoordEvents *events; /* main thread; NULL once freed */
  EntClock *clock;
  GSourceOnceFunc lapsed;
  gpointer lapsed_data;
  guint watch_id;
  gboolean was_acting; /* main thread */

  GThread *thread; /* NULL once it has left */
  int wake_fd;
  gint is_stopped; /* atomic */
  GMutex lock; /* of what follows */
  gint64 acts_until_us; /* boot time; 0: never had the lease */
  CoordNodeCounts counts;

  /* The thread's own. */
  CoordDb *db;
  gint64 renew_at_us;
  gint64 last_notice;
  gboolean is_troubled;
  gboolean is_apart; /* its host's clock, from the database's */
};

/* Goes on while the machine sleeps. */
static gint64
get_boot_time_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
node_unref (CoordNode *node)
{
  if (!g_atomic_ref_count_dec (&node->refs))
    return;
  g_clear_pointer (&node->db, coord_db_close);
  if (node->wake_fd >= 0)
    close (node->wake_fd);
  g_mutex_clear (&node->lock);
  g_free (node->id);
  g_free (node->process);
  g_free (node->url);
  g_free (node);
}

/* To the main thread. */

typedef struct {
  CoordNode *node;
  GPtrArray *events; /* CoordEvent; NULL: the lease was lost */
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_pointer (&call->events, g_ptr_array_unref);
  node_unref (call->node);
  g_free (call);
}

static gboolean
called_cb (gpointer data)
{
  Call *call = data;
  CoordNode *node = call->node;

  if (node->events != NULL && call->events != NULL)
    coord_events_deliver (node->events, call->events);
  else if (node->events != NULL)
    node->lapsed (node->lapsed_data);
  return G_SOURCE_REMOVE;
}

static void
call_main (CoordNode *node, GPtrArray *events)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Call *call = g_new0 (Call, 1);

  g_atomic_ref_count_inc (&node->refs);
  call->node = node;
  call->events = events;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, called_cb, call, call_free);
  g_source_attach (source, NULL);
}

/* The lease. */

double
coord_node_get_lease_s (CoordNode *node)
{
  gint64 left_us;

  g_mutex_lock (&node->lock);
  left_us = node->acts_until_us - get_boot_time_us ();
  g_mutex_unlock (&node->lock);
  return MAX (left_us, 0) / (double) G_USEC_PER_SEC;
}

CoordNodeCounts
coord_node_get_counts (CoordNode *node)
{
  CoordNodeCounts counts;

  g_mutex_lock (&node->lock);
  counts = node->counts;
  g_mutex_unlock (&node->lock);
  return counts;
}

/* begun_us: from before the database was asked, so that the end is seen too early, never too late.
 */
static void
take_lease (CoordNode *node, gint64 begun_us, gint64 nodes, gint64 homes)
{
  gboolean has_lapsed;

  g_mutex_lock (&node->lock);
  has_lapsed = node->acts_until_us != 0 && begun_us > node->acts_until_us;
  node->acts_until_us = begun_us + COORD_NODE_ACTS_US;
  node->counts.nodes = nodes;
  node->counts.homes = homes;
  node->counts.lapses += has_lapsed;
  g_mutex_unlock (&node->lock);
  node->renew_at_us = begun_us + COORD_NODE_RENEW_US;
  if (has_lapsed)
    call_main (node, NULL);
}

/* Links, bookings and tokens go by the host's clock, and others read them by theirs. The database
 * said its time between two looks at ours: it is apart by the lesser difference at least. */
static gboolean
compare_clocks (CoordNode *node, GError **error)
{
  gint64 before_us = g_get_real_time ();
  gint64 database_us = coord_db_get_now_us (node->db, error);
  gint64 after_us = g_get_real_time ();
  gint64 ahead_us = before_us > database_us ? before_us - database_us : 0;
  gboolean is_apart;

  if (database_us < 0)
    return FALSE;
  if (after_us < database_us)
    ahead_us = after_us - database_us;
  is_apart = ABS (ahead_us) > COORD_NODE_CLOCKS_APART_US;
  if (is_apart != node->is_apart)
    coord_log (is_apart ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_MESSAGE, COORD_LOG_NODE, node->id,
      is_apart ? "This host's clock is %.1f s ahead of the database's: set both by NTP"
               : "This host's clock agrees with the database's again (%.1f s ahead)",
      ahead_us / (double) G_USEC_PER_SEC);
  node->is_apart = is_apart;
  g_mutex_lock (&node->lock);
  node->counts.clock_ahead_us = ahead_us;
  g_mutex_unlock (&node->lock);
  return TRUE;
}

static gboolean
renew (CoordNode *node, GError **error)
{
  gint64 begun_us = get_boot_time_us ();
  gint64 nodes, homes;

  if (!coord_node_store_renew (
        node->db, node->id, node->process, node->url, COORD_NODE_LEASE_US, error) ||
      (nodes = coord_node_store_count (node->db, error)) < 0 ||
      (homes = coord_node_store_count_homes (node->db, node->id, error)) < 0)
    return FALSE;
  take_lease (node, begun_us, nodes, homes);
  return compare_clocks (node, error);
}

/* A process that was stopped is told by the renewal; one whose database is away by this. */
static gboolean
watch_cb (gpointer data)
{
  CoordNode *node = data;
  gboolean is_acting = coord_node_get_lease_s (node) > 0;

  if (node->was_acting && !is_acting) {
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_NODE, node->id,
      "The lease could not be prolonged: rooms are closed until it is");
    node->lapsed (node->lapsed_data);
  }
  node->was_acting = is_acting;
  return G_SOURCE_CONTINUE;
}

/* Notices. */

static gboolean
hear (CoordNode *node, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  guint n_notices;

  do {
    g_autoptr (GPtrArray) notices =
      coord_notice_store_load (node->db, node->last_notice, NOTICES_AT_ONCE, error);

    if (notices == NULL)
      return FALSE;
    n_notices = notices->len;
    for (guint i = 0; i < n_notices; i++) {
      const CoordNotice *notice = g_ptr_array_index (notices, i);

      node->last_notice = notice->id;
      g_ptr_array_add (events, coord_event_new (notice->kind, notice->room_id,
                                 notice->participant_id, notice->device_hash));
    }
  } while (n_notices == NOTICES_AT_ONCE);
  if (events->len == 0)
    return TRUE;
  g_mutex_lock (&node->lock);
  node->counts.notices += events->len;
  g_mutex_unlock (&node->lock);
  call_main (node, g_steal_pointer (&events));
  return TRUE;
}

/* The thread. */

static gboolean
work (CoordNode *node, GError **error)
{
  gint64 left_us;

  if (get_boot_time_us () >= node->renew_at_us && !renew (node, error))
    return FALSE;
  if (!hear (node, error))
    return FALSE;
  left_us = node->renew_at_us - get_boot_time_us ();
  return coord_db_listen (node->db, node->wake_fd, MAX (left_us, 0) / 1000, error);
}

static void
take_trouble (CoordNode *node, const GError *error)
{
  struct pollfd wake = { .fd = node->wake_fd, .events = POLLIN };

  if (!node->is_troubled)
    coord_log (
      G_LOG_LEVEL_WARNING, COORD_LOG_NODE, node->id, "Not among the others: %s", error->message);
  node->is_troubled = TRUE;
  poll (&wake, 1, TRY_AGAIN_MS);
}

static gpointer
node_thread (gpointer data)
{
  CoordNode *node = data;

  while (!g_atomic_int_get (&node->is_stopped)) {
    g_autoptr (GError) error = NULL;

    if (!work (node, &error)) {
      take_trouble (node, error);
      continue;
    }
    if (node->is_troubled)
      coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_NODE, node->id, "Among the others again");
    node->is_troubled = FALSE;
  }
  return NULL;
}

/* Coming and going. */

static gpointer
enter_cb (CoordDb *db, gpointer data, GError **error)
{
  CoordNode *node = data;

  coord_node_store_enter (db, node->id, node->process, node->url, COORD_NODE_LEASE_US, error);
  return NULL;
}

static gboolean
enter (CoordNode *node, const char *place, GError **error)
{
  gint64 begun_us = get_boot_time_us ();
  g_autoptr (GError) failure = NULL;

  node->db = coord_db_open (place, COORD_DB_WRITER, error);
  if (node->db == NULL)
    return FALSE;
  node->last_notice = coord_notice_store_get_last (node->db, error);
  if (node->last_notice < 0)
    return FALSE;
  coord_db_transaction (node->db, enter_cb, node, &failure);
  if (failure == NULL) {
    take_lease (node, begun_us, 1, 0);
    node->renew_at_us = 0;
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

CoordNode *
coord_node_new (const char *place,
  const char *id,
  const char *url,
  CoordEvents *events,
  EntClock *clock,
  GSourceOnceFunc lapsed,
  gpointer data,
  GError **error)
{
  CoordNode *node = g_new0 (CoordNode, 1);

  g_atomic_ref_count_init (&node->refs);
  g_mutex_init (&node->lock);
  node->id = g_strdup (id);
  node->process = ent_id_new ();
  node->url = g_strdup (url);
  node->lapsed = lapsed;
  node->lapsed_data = data;
  node->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (node->wake_fd < 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
      "Could not make an event descriptor: %s.", g_strerror (errno));
    node_unref (node);
    return NULL;
  }
  if (!enter (node, place, error)) {
    node_unref (node);
    return NULL;
  }
  node->events = events;
  coord_events_set_shared (events, TRUE);
  node->was_acting = TRUE;
  node->clock = ent_clock_ref (clock);
  node->watch_id = ent_clock_add (clock, WATCH_MS, watch_cb, node);
  node->thread = g_thread_new ("node", node_thread, node);
  return node;
}

static void
stop_thread (CoordNode *node)
{
  guint64 one = 1;

  if (node->thread == NULL)
    return;
  g_atomic_int_set (&node->is_stopped, TRUE);
  if (write (node->wake_fd, &one, sizeof one) < 0)
    g_warning ("Could not wake the node's thread: %s", g_strerror (errno));
  g_thread_join (g_steal_pointer (&node->thread));
}

static gpointer
leave_cb (CoordDb *db, gpointer data, GError **error)
{
  coord_node_store_leave (db, data, error);
  return NULL;
}

/* The thread is gone before, or it would come back. */
void
coord_node_leave (CoordNode *node, CoordDbPool *pool)
{
  stop_thread (node);
  ent_clock_remove (node->clock, node->watch_id);
  node->watch_id = 0;
  coord_db_pool_write_async (pool, leave_cb, g_strdup (node->id), g_free, NULL, NULL, NULL, NULL);
}

void
coord_node_free (CoordNode *node)
{
  stop_thread (node);
  ent_clock_remove (node->clock, node->watch_id);
  ent_clock_unref (node->clock);
  coord_events_set_shared (node->events, FALSE);
  node->events = NULL;
  node_unref (node);
}

char *
coord_node_load_id (const char *data_folder, GError **error)
{
  g_autofree char *path = g_build_filename (data_folder, "node-id", NULL);
  g_autofree char *id = NULL;
  g_autoptr (GError) failure = NULL;

  if (g_file_get_contents (path, &id, NULL, &failure)) {
    g_strstrip (id);
    if (ent_id_is_valid (id))
      return g_steal_pointer (&id);
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
      "The file %s holds no node id. Remove it, and a new one is made.", path);
    return NULL;
  }
  if (!g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  id = ent_id_new ();
  return g_file_set_contents_full (path, id, -1, G_FILE_SET_CONTENTS_DURABLE, 0600, error)
           ? g_steal_pointer (&id)
           : NULL;
}
