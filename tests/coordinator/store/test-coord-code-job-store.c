/* Programs whose answer is fetched later: their rows on both engines, and whose they are. */

#include "base/ent-id.h"
#include "store/coord-code-job-store.h"
#include "store/coord-error.h"
#include "support/coord-test-store.h"

#define MAX_OPEN 2

typedef struct {
  CoordTestStore *store;
  char *id;
  CoordCodeJobKey key;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->store = coord_test_store_new ();
  fixture->id = ent_id_new ();
  fixture->key = (CoordCodeJobKey){ "ada", "one process", fixture->id };
  coord_code_job_store_add (fixture->store->db, &fixture->key, 3, MAX_OPEN, 1000, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_test_store_free (fixture->store);
  g_free (fixture->id);
}

static EntApiCodeJob *
find (Fixture *fixture, const CoordCodeJobKey *key, gboolean *is_lost)
{
  g_autoptr (GError) error = NULL;
  EntApiCodeJob *job = coord_code_job_store_find (fixture->store->db, key, is_lost, &error);

  g_assert_no_error (error);
  return job;
}

static CoordCodeJobOrder
renew (Fixture *fixture, const CoordCodeJobKey *key)
{
  g_autoptr (GError) error = NULL;
  CoordCodeJobOrder order = -1;

  coord_code_job_store_renew (fixture->store->db, key, ENT_CODE_JOB_RUNNING, 0, &order, &error);
  g_assert_no_error (error);
  return order;
}

static void
end (Fixture *fixture, const CoordCodeJobKey *key, const char *output)
{
  const EntApiExecuted answer = { .output = (char *) output, .error = (char *) "" };
  g_autofree char *text = ent_codec_encode (&ent_api_executed_struct, &answer);
  g_autoptr (GError) error = NULL;

  coord_code_job_store_end (fixture->store->db, key, ENT_CODE_JOB_DONE, text, &error);
  g_assert_no_error (error);
}

static void
let_lease_end (Fixture *fixture)
{
  coord_db_run (fixture->store->db, NULL, "UPDATE code_job SET lease_until = 1");
}

static void
test_course (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiCodeJob) queued = NULL;
  g_autoptr (EntApiCodeJob) running = NULL;
  g_autoptr (EntApiCodeJob) done = NULL;
  gboolean is_lost = TRUE;

  queued = find (fixture, &fixture->key, &is_lost);
  g_assert_cmpint (queued->state, ==, ENT_CODE_JOB_QUEUED);
  g_assert_cmpint (queued->place, ==, 3);
  g_assert_cmpint (queued->created, ==, 1000);
  g_assert_false (is_lost);
  g_assert_cmpint (renew (fixture, &fixture->key), ==, COORD_CODE_JOB_GOES_ON);
  running = find (fixture, &fixture->key, &is_lost);
  g_assert_cmpint (running->state, ==, ENT_CODE_JOB_RUNNING);
  g_assert_null (running->result);
  end (fixture, &fixture->key, "42\n");
  done = find (fixture, &fixture->key, &is_lost);
  g_assert_cmpint (done->state, ==, ENT_CODE_JOB_DONE);
  g_assert_cmpstr (done->result->output, ==, "42\n");
  g_assert_false (is_lost);
}

static void
test_somebody_elses (Fixture *fixture, gconstpointer data)
{
  const CoordCodeJobKey other = { "otto", "one process", fixture->id };
  g_autoptr (EntApiCodeJob) job = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_lost;

  g_assert_null (coord_code_job_store_find (fixture->store->db, &other, &is_lost, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND);
  g_assert_true (coord_code_job_store_cancel (fixture->store->db, &other, NULL));
  let_lease_end (fixture);
  g_assert_true (coord_code_job_store_end_lost (fixture->store->db, &other, NULL));
  job = find (fixture, &fixture->key, &is_lost);
  g_assert_cmpint (job->state, ==, ENT_CODE_JOB_QUEUED);
}

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  g_autofree char *second = ent_id_new ();
  g_autofree char *third = ent_id_new ();
  const CoordCodeJobKey key = { "ada", "another process", second }, more = { "ada", "one", third };
  g_autoptr (GError) error = NULL;

  g_assert_true (coord_code_job_store_add (fixture->store->db, &key, 1, MAX_OPEN, 1, NULL));
  g_assert_false (coord_code_job_store_add (fixture->store->db, &more, 1, MAX_OPEN, 1, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_TOO_FAST);
  end (fixture, &key, "");
  g_assert_true (coord_code_job_store_add (fixture->store->db, &more, 1, MAX_OPEN, 1, NULL));
}

/* Its process is told when it prolongs the lease. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiCodeJob) job = NULL;
  gboolean is_lost;

  g_assert_true (coord_code_job_store_cancel (fixture->store->db, &fixture->key, NULL));
  job = find (fixture, &fixture->key, &is_lost);
  g_assert_cmpint (job->state, ==, ENT_CODE_JOB_CANCELLED);
  g_assert_cmpint (renew (fixture, &fixture->key), ==, COORD_CODE_JOB_CANCELLED);
}

/* Whoever finds the lease over ends it, and nobody does so again. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiCodeJob) before = NULL;
  g_autoptr (EntApiCodeJob) after = NULL;
  gboolean is_lost = FALSE;

  g_assert_true (coord_code_job_store_end_lost (fixture->store->db, &fixture->key, NULL));
  g_assert_cmpint (renew (fixture, &fixture->key), ==, COORD_CODE_JOB_GOES_ON);
  let_lease_end (fixture);
  before = find (fixture, &fixture->key, &is_lost);
  g_assert_true (is_lost);
  g_assert_true (coord_code_job_store_end_lost (fixture->store->db, &fixture->key, NULL));
  g_assert_cmpint (renew (fixture, &fixture->key), ==, COORD_CODE_JOB_TAKEN);
  end (fixture, &fixture->key, "too late");
  after = find (fixture, &fixture->key, &is_lost);
  g_assert_false (is_lost);
  g_assert_cmpint (after->state, ==, ENT_CODE_JOB_FAILED);
  g_assert_cmpint (after->result->verdict, ==, ENT_VERDICT_INTERNAL_ERROR);
  g_assert_nonnull (after->result->message);
  g_assert_cmpstr (after->result->output, ==, "");
}

/* Where nobody else can serve, another process is one that is gone. */
static void
test_process_of_before (Fixture *fixture, gconstpointer data)
{
  const CoordCodeJobKey now = { "ada", "the next process", fixture->id };
  g_autoptr (EntApiCodeJob) job = NULL;
  gboolean is_lost;

  job = find (fixture, &now, &is_lost);
  g_assert_cmpint (is_lost, ==, !coord_db_is_shared (fixture->store->db));
}

static guint
count (Fixture *fixture)
{
  g_autoptr (CoordRows) rows = coord_db_query (fixture->store->db, NULL, "SELECT id FROM code_job");

  return coord_rows_count (rows);
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  CoordDb *db = fixture->store->db;

  for (guint i = 0; i < COORD_CODE_JOB_MAX_KEPT + 3; i++) {
    g_autofree char *id = ent_id_new ();
    const CoordCodeJobKey key = { "ada", "one process", id };

    g_assert_true (coord_code_job_store_add (db, &key, 1, MAX_OPEN, 1, NULL));
    end (fixture, &key, "");
  }
  g_assert_cmpuint (count (fixture), ==, COORD_CODE_JOB_MAX_KEPT + 1);
  coord_db_run (db, NULL, "UPDATE code_job SET bytes = $1 WHERE ended_at IS NOT NULL",
    COORD_INT (COORD_CODE_JOB_MAX_BYTES / 4));
  end (fixture, &fixture->key, "the newest");
  g_assert_cmpuint (count (fixture), ==, 1 + 3);
  coord_db_run (db, NULL, "UPDATE code_job SET ended_at = 1");
  g_assert_true (coord_code_job_store_tidy (db, NULL));
  g_assert_cmpuint (count (fixture), ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/code-job-store/course", test_course);
  ADD ("/code-job-store/somebody-elses", test_somebody_elses);
  ADD ("/code-job-store/too-many", test_too_many);
  ADD ("/code-job-store/cancelled", test_cancelled);
  ADD ("/code-job-store/lost", test_lost);
  ADD ("/code-job-store/process-of-before", test_process_of_before);
  ADD ("/code-job-store/kept", test_kept);
  return g_test_run ();
}
