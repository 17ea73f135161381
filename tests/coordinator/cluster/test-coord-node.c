/* A node on a real PostgreSQL: its lease, what it hears, how it leaves. */

#include "cluster/coord-node.h"

#include <glib/gstdio.h>

#include "store/coord-error.h"
#include "store/coord-node-store.h"
#include "support/coord-test-store.h"

#define PATIENCE_US (60 * G_USEC_PER_SEC)

typedef struct {
  CoordTestStore *store;
  EntClock *clock;
  CoordEvents *events;
  guint n_heard;
  guint last_kind;
  guint n_lapsed;
} Fixture;

static void
heard_cb (const CoordEvent *event, gpointer data)
{
  Fixture *f = data;

  f->n_heard++;
  f->last_kind = event->kind;
}

static void
lapsed_cb (gpointer data)
{
  ((Fixture *) data)->n_lapsed++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->store = coord_test_store_new ();
  f->clock = ent_clock_new_real ();
  f->events = coord_events_new ();
  coord_events_subscribe (f->events, heard_cb, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  coord_events_free (f->events);
  ent_clock_unref (f->clock);
  coord_test_store_free (f->store);
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

#define wait_until(condition) \
  G_STMT_START \
  { \
    gint64 end_us = g_get_monotonic_time () + PATIENCE_US; \
    guint wake_id = g_timeout_add (20, wake_cb, NULL); \
    while (!(condition)) { \
      g_assert_cmpint (g_get_monotonic_time (), <, end_us); \
      g_main_context_iteration (NULL, TRUE); \
    } \
    g_source_remove (wake_id); \
  } \
  G_STMT_END

static CoordNode *
new_node (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  CoordNode *node =
    coord_node_new (f->store->path, "a", "https://a", f->events, f->clock, lapsed_cb, f, &error);

  g_assert_no_error (error);
  return node;
}

static gpointer
record_cb (CoordDb *db, gpointer data, GError **error)
{
  coord_events_record (db, data, error);
  return NULL;
}

/* What a service of any process wrote down is heard; what is only published here is not. */
static void
test_hears (Fixture *f, gconstpointer data)
{
  g_autoptr (CoordNode) node = new_node (f);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (list, coord_event_new (COORD_EVENT_ROOM_ENDED, "r", NULL, NULL));
  g_ptr_array_add (list, coord_event_new (COORD_EVENT_DEVICE_TAKEN_OVER, "r", "p", "d"));
  coord_events_publish (f->events, list);
  g_assert_cmpuint (f->n_heard, ==, 0);
  coord_db_transaction (f->store->db, record_cb, list, &error);
  g_assert_no_error (error);
  wait_until (f->n_heard == 2);
  g_assert_cmpuint (f->last_kind, ==, COORD_EVENT_DEVICE_TAKEN_OVER);
  g_assert_cmpuint (coord_node_get_counts (node).notices, ==, 2);
}

/* What was missed while the connection was away is heard when it is back. */
static void
test_hears_later (Fixture *f, gconstpointer data)
{
  g_autoptr (CoordNode) node = new_node (f);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  g_autoptr (GError) error = NULL;

  coord_test_count (f->store->db,
    "SELECT COUNT (pg_terminate_backend (pid)) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid () AND datname = current_database ()");
  g_ptr_array_add (list, coord_event_new (COORD_EVENT_ROOM_CHANGED, "r", NULL, NULL));
  coord_db_transaction (f->store->db, record_cb, list, &error);
  g_assert_no_error (error);
  wait_until (f->n_heard == 1);
  g_assert_cmpfloat (coord_node_get_lease_s (node), >, 0);
  g_assert_cmpuint (f->n_lapsed, ==, 0);
}

/* Another process under the same id takes the place; this one stops acting, and says so. */
static void
test_replaced (Fixture *f, gconstpointer data)
{
  g_autoptr (CoordNode) node = new_node (f);
  g_autoptr (GError) error = NULL;

  wait_until (coord_node_get_counts (node).nodes == 1);
  coord_node_store_enter (f->store->db, "a", "other", "https://b", COORD_NODE_LEASE_US, &error);
  g_assert_no_error (error);
  wait_until (f->n_lapsed == 1);
  g_assert_cmpfloat (coord_node_get_lease_s (node), ==, 0);
}

static void
test_leaves (Fixture *f, gconstpointer data)
{
  g_autoptr (CoordNode) node = new_node (f);
  g_autoptr (GError) error = NULL;
  CoordDbPool *pool = coord_db_pool_new (f->store->path, 1, &error);

  g_assert_no_error (error);
  g_assert_cmpint (coord_node_store_count (f->store->db, &error), ==, 1);
  coord_node_leave (node, pool);
  coord_db_pool_free (pool);
  g_assert_cmpint (coord_node_store_count (f->store->db, &error), ==, 0);
}

static void
test_id_stays (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = coord_node_load_id (f->store->folder, &error);
  g_autofree char *second = coord_node_load_id (f->store->folder, &error);
  g_autofree char *path = g_build_filename (f->store->folder, "node-id", NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, second);
  g_assert_true (g_file_set_contents (path, "nonsense", -1, &error));
  g_assert_null (coord_node_load_id (f->store->folder, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* databases are taken away */
  g_test_add ("/node/hears", Fixture, NULL, set_up, test_hears, tear_down);
  g_test_add ("/node/hears-later", Fixture, NULL, set_up, test_hears_later, tear_down);
  g_test_add ("/node/replaced", Fixture, NULL, set_up, test_replaced, tear_down);
  g_test_add ("/node/leaves", Fixture, NULL, set_up, test_leaves, tear_down);
  g_test_add ("/node/id-stays", Fixture, NULL, set_up, test_id_stays, tear_down);
  return g_test_run ();
}
