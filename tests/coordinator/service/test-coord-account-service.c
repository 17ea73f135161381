#include "base/ent-secret.h"
#include "service/coord-account-service.h"
#include "service/coord-password.h"
#include "service/coord-token.h"
#include "store/coord-error.h"
#include "support/coord-test-store.h"

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

typedef struct {
  CoordTestStore *store;
  CoordSecrets *secrets;
  char *person; /* id */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->store = coord_test_store_new ();
  fixture->secrets = coord_secrets_new ();
  fixture->person = coord_account_service_add (
    fixture->store->db, "Ada@Example.org", "Ada", "hash", FALSE, NOW_US, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_test_store_free (fixture->store);
  coord_secrets_free (fixture->secrets);
  g_free (fixture->person);
}

static EntApiTokens *
sign_in (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  EntApiTokens *tokens = coord_account_service_sign_in (
    fixture->store->db, fixture->secrets, fixture->person, 1, "laptop", NULL, NOW_US, &error);

  g_assert_no_error (error);
  return tokens;
}

static EntApiTokens *
refresh (Fixture *fixture, const char *token, gint64 after_s, int code)
{
  g_autoptr (GError) error = NULL;
  EntApiTokens *tokens = coord_account_service_refresh (
    fixture->store->db, fixture->secrets, token, NOW_US + after_s * G_USEC_PER_SEC, &error);

  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, COORD_ERROR, code);
  return tokens;
}

static gboolean
is_accepted (Fixture *fixture, const EntApiTokens *tokens)
{
  g_autoptr (CoordCaller) caller =
    coord_token_verify (fixture->secrets, tokens->access, NOW_US, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (caller);
  if (coord_caller_check (fixture->store->db, caller, NULL, 1, &error))
    return TRUE;
  g_assert_error (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN);
  return FALSE;
}

static void
test_rotation (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiTokens) first = sign_in (fixture);
  g_autoptr (EntApiTokens) second = refresh (fixture, first->refresh, 60, -1);
  g_autoptr (EntApiTokens) third = refresh (fixture, second->refresh, 120, -1);

  g_assert_cmpstr (first->refresh, !=, second->refresh);
  g_assert_cmpstr (second->refresh, !=, third->refresh);
  g_assert_true (is_accepted (fixture, first));
  g_assert_null (refresh (fixture, "nonsense", 1, COORD_ERROR_NOT_SIGNED_IN));
  g_assert_null (
    refresh (fixture, third->refresh, 120 + COORD_SESSION_SECONDS, COORD_ERROR_TOKEN_EXPIRED));
}

/* The answer was lost: the same successor comes again, but only as long as it was not used. */
static void
test_lost_answer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiTokens) first = sign_in (fixture);
  g_autoptr (EntApiTokens) lost = refresh (fixture, first->refresh, 60, -1);
  g_autoptr (EntApiTokens) again = refresh (fixture, first->refresh, 70, -1);
  g_autoptr (EntApiTokens) next = NULL;

  g_assert_cmpstr (lost->refresh, ==, again->refresh);
  next = refresh (fixture, again->refresh, 71, -1);
  g_assert_nonnull (next);
  g_assert_null (refresh (fixture, first->refresh, 69, -1));
  g_assert_null (refresh (fixture, next->refresh, 72, COORD_ERROR_NOT_SIGNED_IN));
}

static void
test_reuse_ends_family (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiTokens) first = sign_in (fixture);
  g_autoptr (EntApiTokens) other = sign_in (fixture);
  g_autoptr (EntApiTokens) second = refresh (fixture, first->refresh, 60, -1);

  g_assert_null (refresh (fixture, first->refresh, 71, -1));
  g_assert_null (refresh (fixture, second->refresh, 72, COORD_ERROR_NOT_SIGNED_IN));
  g_assert_false (is_accepted (fixture, second));
  g_assert_true (is_accepted (fixture, other));
  g_assert_cmpint (coord_test_count (fixture->store->db,
                     "SELECT COUNT(*) FROM audit WHERE action = 'session.reuse'"),
    ==, 1);
}

static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiTokens) one = sign_in (fixture), two = sign_in (fixture);
  g_autoptr (CoordCaller) caller = coord_token_verify (fixture->secrets, one->access, NOW_US, NULL);

  g_assert_true (coord_account_service_sign_out (fixture->store->db, caller, FALSE, NOW_US, NULL));
  g_assert_false (is_accepted (fixture, one));
  g_assert_true (is_accepted (fixture, two));
  g_assert_true (coord_account_service_sign_out (fixture->store->db, caller, TRUE, NOW_US, NULL));
  g_assert_false (is_accepted (fixture, two));
  g_assert_null (refresh (fixture, two->refresh, 1, COORD_ERROR_NOT_SIGNED_IN));
}

/* A new password ends every access token at once. */
static void
test_credential_version (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiTokens) tokens = sign_in (fixture);

  g_assert_true (coord_account_service_set_password (
    fixture->store->db, "ADA@example.org", "other", NOW_US, NULL));
  g_assert_false (is_accepted (fixture, tokens));
  g_assert_null (refresh (fixture, tokens->refresh, 1, COORD_ERROR_NOT_SIGNED_IN));
}

/* Whoever registers a known address learns nothing and changes nothing. */
static void
test_register_known (Fixture *fixture, gconstpointer data)
{
  EntApiRegister request = { .email = (char *) "ada@example.org", .name = (char *) "Eve" };
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiUserAnswer) known =
    coord_account_service_register (fixture->store->db, &request, "evil", NOW_US, &error);
  g_autoptr (EntApiUserAnswer) fresh = NULL;
  g_autoptr (CoordPerson) person = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (known->user->name, ==, "Eve");
  g_assert_cmpstr (known->user->id, !=, fixture->person);
  person = coord_account_store_find_by_email (fixture->store->db, "ada@example.org", &error);
  g_assert_cmpstr (person->password, ==, "hash");
  g_assert_cmpstr (person->name, ==, "Ada");

  request.email = (char *) "new@example.org";
  fresh = coord_account_service_register (fixture->store->db, &request, "x", NOW_US, &error);
  g_assert_no_error (error);
  g_assert_cmpint (coord_test_count (fixture->store->db, "SELECT COUNT(*) FROM person"), ==, 2);
}

static void
test_addresses (void)
{
  const char *good[] = { "a@b", "Ada.Lovelace+x@example.org" };
  const char *bad[] = { "", "a", "@b", "a@", "a@@b", "a b@c", "a@b\n", "a@.org" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (coord_account_service_check (good[i], "N", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (coord_account_service_check (bad[i], "N", NULL));
  g_assert_false (coord_account_service_check ("a@b", "  ", NULL));
}

/* Passwords. */

typedef struct {
  guint left, right, busy;
} Tally;

static void
verified_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Tally *tally = data;
  g_autoptr (GError) error = NULL;

  if (coord_passwords_verify_finish (result, &error))
    tally->right++;
  if (g_error_matches (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE))
    tally->busy++;
  tally->left--;
}

static void
test_passwords (void)
{
  g_autoptr (CoordPasswords) passwords = coord_passwords_new ();
  g_autofree char *hash = coord_password_hash ("correct horse");
  const char *tries[] = { "correct horse", "correct horse ", "", "Correct horse" };
  Tally tally = { .left = 5 };

  g_assert_true (g_str_has_prefix (hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    coord_passwords_verify_async (passwords, COORD_TURN_KNOWN, tries[i], hash, verified_cb, &tally);
  coord_passwords_verify_async (passwords, COORD_TURN_STRANGER, "x", NULL, verified_cb, &tally);
  while (tally.left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tally.right, ==, 1);

  tally = (Tally){ .left = 60 };
  for (guint i = 0; i < 60; i++)
    coord_passwords_verify_async (passwords, COORD_TURN_STRANGER, "x", hash, verified_cb, &tally);
  while (tally.left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (tally.busy, >, 0);
  g_assert_nonnull (coord_password_find_fault ("too short"));
  g_assert_null (coord_password_find_fault ("long enough"));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

/* Who has compared the old password, and waits for a worker while it is changed, does not come in.
 */
static void
test_password_changed_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EntApiTokens) tokens = NULL;
  g_autoptr (EntApiTokens) refused = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (coord_account_service_set_password (
    fixture->store->db, "ada@example.org", "another", NOW_US, &error));
  g_assert_no_error (error);
  refused = coord_account_service_sign_in (
    fixture->store->db, fixture->secrets, fixture->person, 1, "laptop", NULL, NOW_US, &error);
  g_assert_null (refused);
  g_assert_error (error, COORD_ERROR, COORD_ERROR_WRONG_PASSWORD);
  g_clear_error (&error);
  tokens = coord_account_service_sign_in (
    fixture->store->db, fixture->secrets, fixture->person, 2, "laptop", NULL, NOW_US, &error);
  g_assert_no_error (error);
  g_assert_true (is_accepted (fixture, tokens));
}

/* However many strangers wait, who is known has a place, and is next. */
static void
test_turns (void)
{
  g_autoptr (CoordPasswords) passwords = coord_passwords_new ();
  g_autofree char *hash = coord_password_hash ("correct horse");
  guint count = 60 + 2 * g_get_num_processors ();
  Tally strangers = { .left = count }, known = { .left = 1 };

  for (guint i = 0; i < count; i++)
    coord_passwords_verify_async (
      passwords, COORD_TURN_STRANGER, "x", hash, verified_cb, &strangers);
  coord_passwords_verify_async (
    passwords, COORD_TURN_KNOWN, "correct horse", hash, verified_cb, &known);
  while (known.left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (known.right, ==, 1);
  g_assert_cmpuint (strangers.busy, >, 0);
  g_assert_cmpuint (strangers.left, >, 8);
  while (strangers.left > 0)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/account/rotation", test_rotation);
  ADD ("/account/lost-answer", test_lost_answer);
  ADD ("/account/reuse-ends-family", test_reuse_ends_family);
  ADD ("/account/sign-out", test_sign_out);
  ADD ("/account/credential-version", test_credential_version);
  ADD ("/account/password-changed-meanwhile", test_password_changed_meanwhile);
  ADD ("/account/register-known", test_register_known);
  g_test_add_func ("/account/addresses", test_addresses);
  g_test_add_func ("/account/passwords", test_passwords);
  g_test_add_func ("/account/turns", test_turns);
  return g_test_run ();
}
