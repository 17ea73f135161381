#include "service/coord-account-link-service.h"

#include <string.h>

#include "service/coord-account-service.h"
#include "store/coord-error.h"
#include "support/coord-test-store.h"

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

typedef struct {
  CoordTestStore *store;
  CoordDb *db;
  char *person; /* id */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->store = coord_test_store_new ();
  fixture->db = fixture->store->db;
  fixture->person = coord_account_service_add (
    fixture->db, "ada@example.org", "Ada", "hash", FALSE, NOW_US, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_test_store_free (fixture->store);
  g_free (fixture->person);
}

static gint64
count_mail (Fixture *fixture)
{
  return coord_test_count (fixture->db, "SELECT COUNT(*) FROM outbox");
}

/* Runs the job of a person. */
static void
send (Fixture *fixture, const char *kind, const char *person, gint64 now_us)
{
  g_autofree char *subject = g_strconcat (kind, ":", person, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (coord_account_link_service_send (fixture->db, subject, now_us, &error), ==, 0);
  g_assert_no_error (error);
}

/* The token of the only mail. */
static char *
read_token (Fixture *fixture)
{
  g_autoptr (CoordRows) rows = coord_db_query (fixture->db, NULL, "SELECT text FROM outbox");
  const char *text;

  g_assert_true (coord_rows_next (rows));
  text = strstr (coord_rows_get_text (rows, 0), "token=");
  g_assert_nonnull (text);
  return g_strndup (text + strlen ("token="), 43);
}

static void
test_expiry (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autofree char *email = NULL;
  g_autoptr (GError) error = NULL;
  const gint64 end_us = NOW_US + (gint64) COORD_RESET_SECONDS * G_USEC_PER_SEC;

  send (fixture, "reset", fixture->person, NOW_US);
  token = read_token (fixture);
  g_assert_true (
    coord_account_link_service_check (fixture->db, COORD_LINK_RESET, token, end_us - 1, &error));
  g_assert_false (
    coord_account_link_service_check (fixture->db, COORD_LINK_VERIFY, token, NOW_US, NULL));
  g_assert_null (coord_account_link_service_reset (fixture->db, token, "new", end_us, &error));
  g_assert_error (error, COORD_ERROR, COORD_ERROR_LINK_ENDED);
  g_clear_error (&error);
  email = coord_account_link_service_reset (fixture->db, token, "new", end_us - 1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (email, ==, "ada@example.org");
}

static void
test_only_the_hash_is_stored (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (CoordRows) rows = NULL;

  send (fixture, "reset", fixture->person, NOW_US);
  token = read_token (fixture);
  rows = coord_db_query (
    fixture->db, NULL, "SELECT COUNT(*) FROM account_link WHERE hash = $1", COORD_TEXT (token));
  g_assert_true (coord_rows_next (rows));
  g_assert_cmpint (coord_rows_get_int (rows, 0), ==, 0);
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    send (fixture, "reset", fixture->person, NOW_US + i);
  g_assert_cmpint (count_mail (fixture), ==, COORD_LINKS_PER_HOUR);
  send (fixture, "reset", fixture->person, NOW_US + G_TIME_SPAN_HOUR + 10);
  g_assert_cmpint (count_mail (fixture), ==, COORD_LINKS_PER_HOUR + 1);
}

/* Nobody, and who was switched off, gets no mail; who has confirmed the address is not asked again.
 */
static void
test_no_mail (Fixture *fixture, gconstpointer data)
{
  send (fixture, "reset", "01a1fea9-929d-7000-bc9d-9260ab15b285", NOW_US);
  send (fixture, "nonsense", fixture->person, NOW_US);
  g_assert_true (coord_account_store_verify (fixture->db, fixture->person, NOW_US, NULL));
  send (fixture, "verify", fixture->person, NOW_US);
  g_assert_true (coord_db_run (fixture->db, NULL, "UPDATE person SET is_active = 0"));
  send (fixture, "reset", fixture->person, NOW_US);
  g_assert_cmpint (count_mail (fixture), ==, 0);
}

/* What is asked for looks alike in the database, whoever it is for, and asking twice is as asking
 * once: neither what is stored nor the time it takes tells who has an account. */
static void
test_asking (Fixture *fixture, gconstpointer data)
{
  const char *emails[] = { "ADA@example.org", "nobody@example.org", "ada@example.org",
    "NOBODY@example.org" };

  for (guint i = 0; i < G_N_ELEMENTS (emails); i++)
    g_assert_true (
      coord_account_link_service_ask (fixture->db, COORD_LINK_RESET, emails[i], NOW_US, NULL));
  g_assert_cmpint (coord_test_count (fixture->db,
                     "SELECT COUNT(*) FROM job WHERE kind = 'account.mail' AND LENGTH (subject) = "
                     "LENGTH ('reset:') + 36"),
    ==, 2);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/account-link/expiry", test_expiry);
  ADD ("/account-link/only-the-hash-is-stored", test_only_the_hash_is_stored);
  ADD ("/account-link/limits", test_limits);
  ADD ("/account-link/no-mail", test_no_mail);
  ADD ("/account-link/asking", test_asking);
  return g_test_run ();
}
