/* The engine of what is due, the audit's chain, and tidying up, on a real database. */

#include "jobs/coord-jobs.h"

#include "base/ent-clock.h"
#include "service/coord-audit-service.h"
#include "store/coord-error.h"
#include "store/coord-job-store.h"
#include "support/coord-test-store.h"

#define START_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
#define GOES 3 /* of the pool, in one second of the clock */

typedef struct {
  CoordTestStore *store;
  CoordDbPool *pool;
  CoordDbPool *more_pools[2]; /* of other coordinators */
  EntClock *clock;
  CoordEvents *events;
  CoordJobs *jobs;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->store = coord_test_store_new ();
  f->pool = coord_db_pool_new (f->store->path, 1, &error);
  g_assert_no_error (error);
  f->clock = ent_clock_new_test (START_US);
  f->events = coord_events_new ();
  f->jobs = coord_jobs_new (f->pool, f->clock, f->events);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->jobs, coord_jobs_free);
  g_clear_pointer (&f->pool, coord_db_pool_free);
  while (g_main_context_iteration (NULL, FALSE))
    ; /* answers that come late */
  ent_clock_unref (f->clock);
  coord_events_free (f->events);
  coord_test_store_free (f->store);
}

static gpointer
nothing_cb (CoordDb *db, gpointer data, GError **error)
{
  return NULL;
}

static void
nothing_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = TRUE;
}

/* Until all is done that the pool has been asked for, and answered. */
static void
settle (CoordDbPool *pool)
{
  for (guint i = 0; i < GOES; i++) {
    gboolean has_read = FALSE, has_written = FALSE;

    coord_db_pool_read_async (pool, nothing_cb, NULL, NULL, NULL, NULL, nothing_done_cb, &has_read);
    coord_db_pool_write_async (
      pool, nothing_cb, NULL, NULL, NULL, NULL, nothing_done_cb, &has_written);
    while (!has_read || !has_written)
      g_main_context_iteration (NULL, TRUE);
  }
}

/* Turns the clock by seconds until the query gives the number; at most an hour. On a busy machine
 * the clock does not run ahead of the pools. */
static void
wait_for_count (Fixture *f, const char *sql, gint64 count)
{
  for (guint i = 0; i < 3600 && coord_test_count (f->store->db, sql) != count; i++) {
    ent_clock_advance (f->clock, 1000);
    settle (f->pool);
    for (guint k = 0; k < G_N_ELEMENTS (f->more_pools) && f->more_pools[k] != NULL; k++)
      settle (f->more_pools[k]);
  }
  g_assert_cmpint (coord_test_count (f->store->db, sql), ==, count);
}

static void
add_entries (Fixture *f, const char *org_id, guint count)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < count; i++) {
    coord_audit_store_add (
      f->store->db, org_id, "somebody", "thing.done", "a:b;", "größer\n", START_US, &error);
    g_assert_no_error (error);
  }
}

#define UNCHAINED "SELECT COUNT(*) FROM audit WHERE chain IS NULL"

static void
test_audit_is_chained (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordAuditProof) proof = NULL;
  g_autoptr (CoordAuditProof) other = NULL;

  add_entries (f, NULL, 3);
  add_entries (f, "acme", 700); /* more than one batch */
  add_entries (f, NULL, 1);
  wait_for_count (f, UNCHAINED, 0);
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT(*) FROM job WHERE kind NOT LIKE '%tidy'"), ==, 0);
  proof = coord_audit_service_verify (f->store->db, "acme", &error);
  g_assert_no_error (error);
  g_assert_cmpint (proof->rows, ==, 700);
  g_assert_cmpint (proof->waiting, ==, 0);
  g_assert_cmpuint (strlen (proof->head), ==, 64);
  other = coord_audit_service_verify (f->store->db, "", &error);
  g_assert_no_error (error);
  g_assert_cmpint (other->rows, ==, 4);
  g_assert_cmpstr (other->head, !=, proof->head);
}

/* Coordinators on one database all look; each job is done by one of them. A chain that two had made
 * at once would not hold. */
static void
test_several_look (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CoordDbPool **pools = f->more_pools;
  CoordJobs *jobs[G_N_ELEMENTS (f->more_pools)];
  char org[8];

  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++) {
    pools[i] = coord_db_pool_new (f->store->path, 1, &error);
    g_assert_no_error (error);
    jobs[i] = coord_jobs_new (pools[i], f->clock, f->events);
  }
  for (guint i = 0; i < 20; i++) {
    g_snprintf (org, sizeof org, "o%u", i);
    add_entries (f, org, 5);
  }
  wait_for_count (f, UNCHAINED, 0);
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT(*) FROM job WHERE attempts > 0"), ==, 0);
  for (guint i = 0; i < 20; i++) {
    g_autoptr (CoordAuditProof) proof = NULL;

    g_snprintf (org, sizeof org, "o%u", i);
    proof = coord_audit_service_verify (f->store->db, org, &error);
    g_assert_no_error (error);
    g_assert_cmpint (proof->rows, ==, 5);
  }
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++) {
    coord_jobs_free (jobs[i]);
    coord_db_pool_free (pools[i]);
  }
}

static void
assert_found (Fixture *f, const char *undo)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (coord_audit_service_verify (f->store->db, "acme", &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "entry"));
  g_clear_error (&error);
  if (undo != NULL) {
    g_autoptr (CoordAuditProof) proof = NULL;

    coord_db_run_values (f->store->db, &error, undo, COORD_VALUES ());
    g_assert_no_error (error);
    proof = coord_audit_service_verify (f->store->db, "acme", &error);
    g_assert_no_error (error);
  }
}

static void
test_changes_are_found (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *change, *undo;
  } cases[] = {
    { "UPDATE audit SET detail = 'x' WHERE seq = 4",
      "UPDATE audit SET detail = 'größer\n' WHERE seq = 4" },
    { "UPDATE audit SET actor = 'somebodyt', action = 'hing.done' WHERE seq = 1",
      "UPDATE audit SET actor = 'somebody', action = 'thing.done' WHERE seq = 1" },
    { "UPDATE audit SET at = at + 1 WHERE seq = 9", "UPDATE audit SET at = at - 1 WHERE seq = 9" },
    { "UPDATE audit SET chain = NULL WHERE seq = 5", NULL },
    { "DELETE FROM audit WHERE seq = 3", NULL },
  };

  add_entries (f, "acme", 10);
  wait_for_count (f, UNCHAINED, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    coord_db_run_values (f->store->db, &error, cases[i].change, COORD_VALUES ());
    g_assert_no_error (error);
    assert_found (f, cases[i].undo);
  }
}

/* A job that fails is put off for longer each time, and does not hold up the others. */
static void
test_failures_wait (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* warnings are wanted here */
  coord_job_store_put (f->store->db, "of another version", "x", START_US, &error);
  g_assert_no_error (error);
  wait_for_count (f, "SELECT COALESCE (MAX (attempts), 0) FROM job", 1);
  g_assert_cmpint (coord_test_count (f->store->db,
                     "SELECT COUNT(*) FROM job WHERE error LIKE '%of another version%'"),
    ==, 1);
  add_entries (f, "acme", 1);
  wait_for_count (f, UNCHAINED, 0);
  wait_for_count (f, "SELECT MAX (attempts) FROM job", 2);
}

static void
test_tidy (Fixture *f, gconstpointer data)
{
  static const char *rows[] = {
    "INSERT INTO person (id, email, name, password, created_at) VALUES ('p', 'p', 'P', '', 1)",
    "INSERT INTO session_family (id, person, device, created_at, used_at, expires_at) VALUES"
    " ('old', 'p', '', 1, 1, 2), ('new', 'p', '', 1, 1, 9000000000000000)",
    "INSERT INTO refresh_token (hash, family, expires_at) VALUES"
    " ('a', 'old', 2), ('b', 'new', 2), ('c', 'new', 9000000000000000)",
    "INSERT INTO kept_answer (person, key, request, status, body, at) VALUES"
    " ('p', 'k', 'r', 201, '', 1), ('p', 'l', 'r', 201, '', 9000000000000000)",
    "INSERT INTO outbox (id, name, address, subject, text, html, state, created_at, due_at) VALUES"
    " ('o', 'P', 'p@example.org', '', '', '', 'sent', 1, 1),"
    " ('n', 'P', 'p@example.org', '', '', '', 'sent', 9000000000000000, 1)",
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    coord_db_run_values (f->store->db, &error, rows[i], COORD_VALUES ());
    g_assert_no_error (error);
  }
  wait_for_count (f, "SELECT COUNT(*) FROM kept_answer", 1);
  g_assert_cmpint (coord_test_count (f->store->db, "SELECT COUNT(*) FROM session_family"), ==, 1);
  g_assert_cmpint (coord_test_count (f->store->db, "SELECT COUNT(*) FROM refresh_token"), ==, 1);
  g_assert_cmpint (coord_test_count (f->store->db, "SELECT COUNT(*) FROM outbox"), ==, 1);
  g_assert_cmpint (
    coord_test_count (f->store->db, "SELECT COUNT(*) FROM job WHERE kind = 'tidy'"), ==, 1);
}

/* A clock that was turned ahead makes everything seem old: nothing is removed before it has stood
 * for ten minutes. What was put while it was ahead is due again when it is turned back. */
static void
test_turned_clock (Fixture *f, gconstpointer data)
{
  static const char *const row =
    "INSERT INTO kept_answer (person, key, request, status, body, at) VALUES"
    " ('p', 'k', 'r', 201, '', $1)";
  g_autoptr (CoordClockWatch) watch = coord_clock_watch_new (f->clock, 0);
  g_autoptr (GError) error = NULL;
  gint64 began_us;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK); /* warnings are wanted here */
  coord_jobs_set_clock_watch (f->jobs, watch);
  coord_db_run_values (f->store->db, &error,
    "INSERT INTO person (id, email, name, password, created_at) VALUES ('p', 'p', 'P', '', 1)",
    COORD_VALUES ());
  g_assert_no_error (error);
  coord_db_run (f->store->db, &error, row, COORD_INT (START_US));
  g_assert_no_error (error);
  wait_for_count (f, "SELECT COUNT(*) FROM job WHERE kind = 'tidy'", 1);

  ent_clock_turn (f->clock, 366 * G_TIME_SPAN_DAY);
  began_us = ent_clock_get_monotonic_us (f->clock);
  wait_for_count (f, "SELECT COUNT(*) FROM kept_answer", 0);
  g_assert_cmpint (ent_clock_get_monotonic_us (f->clock) - began_us, >=,
    COORD_CLOCK_STABLE_MS * G_GINT64_CONSTANT (1000));

  ent_clock_turn (f->clock, -366 * G_TIME_SPAN_DAY);
  coord_db_run (f->store->db, &error, row, COORD_INT (1));
  g_assert_no_error (error);
  wait_for_count (f, "SELECT COUNT(*) FROM kept_answer", 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/jobs/audit-is-chained", test_audit_is_chained);
  ADD ("/jobs/several-look", test_several_look);
  ADD ("/jobs/changes-are-found", test_changes_are_found);
  ADD ("/jobs/failures-wait", test_failures_wait);
  ADD ("/jobs/tidy", test_tidy);
  ADD ("/jobs/turned-clock", test_turned_clock);
  return g_test_run ();
}
