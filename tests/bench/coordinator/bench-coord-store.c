/* How many durable writes a second the pool of a database does for callers who do not wait for each
 * other: updates of a document, as rooms append them, and small transactions of four statements.
 * Prints one line of JSON each. */

#include <stdio.h>

#include "base/ent-id.h"
#include "store/coord-audit-store.h"
#include "store/coord-org-store.h"
#include "store/coord-room-store.h"
#include "support/coord-test-store.h"

#define SECONDS 4
#define UPDATE_SIZE 40

typedef struct {
  CoordDbPool *pool;
  CoordDbFunc func;
  guint in_work;
  guint64 n_done;
  gint64 end_us;
} Load;

typedef struct {
  Load *load;
} Caller;

static GBytes *update;

static gpointer
append_update (CoordDb *db, gpointer data, GError **error)
{
  g_autoptr (CoordLogRow) row = coord_log_row_new (COORD_LOG_UPDATE, 1, 0, "bench", update);

  coord_room_store_append (db, "room", row, error);
  return NULL;
}

static gpointer
make_org (CoordDb *db, gpointer data, GError **error)
{
  g_autofree char *id = ent_id_new ();

  if (coord_org_store_add (db, id, "Bench", "UTC", 1, error) &&
      coord_org_store_set_member (db, id, "host", ENT_ORG_ADMIN, NULL, 1, error))
    coord_audit_store_add (db, id, "host", "org.create", id, "", 1, error);
  return NULL;
}

static void call (Caller *caller);

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Caller *caller = data;
  Load *load = caller->load;
  GError *error = NULL;

  coord_db_pool_finish (result, &error);
  g_assert_no_error (error);
  load->n_done++;
  if (g_get_monotonic_time () < load->end_us) {
    call (caller);
    return;
  }
  load->in_work--;
}

static void
call (Caller *caller)
{
  coord_db_pool_write_async (
    caller->load->pool, caller->load->func, caller, NULL, NULL, NULL, done_cb, caller);
}

static void
measure (const char *name, CoordDbFunc func, guint n_callers, int goal)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autofree Caller *callers = g_new0 (Caller, n_callers);
  g_autoptr (GError) error = NULL;
  Load load = { .func = func, .in_work = n_callers };
  gint64 began_us;

  coord_test_store_add_room (store, 0, 1);
  load.pool = coord_db_pool_new (store->path, 2, &error);
  g_assert_no_error (error);
  began_us = g_get_monotonic_time ();
  load.end_us = began_us + SECONDS * G_USEC_PER_SEC;
  for (guint i = 0; i < n_callers; i++) {
    callers[i].load = &load;
    call (&callers[i]);
  }
  while (load.in_work > 0)
    g_main_context_iteration (NULL, TRUE);
  printf ("{\"bench\": \"%s\", \"callers\": %u, \"per_second\": %.0f, \"goal\": %d}\n", name,
    n_callers, load.n_done * 1e6 / (g_get_monotonic_time () - began_us), goal);
  coord_db_pool_free (load.pool);
}

int
main (void)
{
  update = g_bytes_new_take (g_malloc0 (UPDATE_SIZE), UPDATE_SIZE);
  measure ("store-updates", append_update, 1000, 20000);
  measure ("store-transactions", make_org, 64, 5000);
  g_bytes_unref (update);
  return 0;
}
