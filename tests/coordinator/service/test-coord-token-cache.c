#include <string.h>

#include "service/coord-token-cache.h"
#include "store/coord-error.h"

#define NOW_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)
#define LIFE_US ((gint64) COORD_ACCESS_SECONDS * G_USEC_PER_SEC)
#define BOUND 64

static const CoordCaller caller = { .user_id = (char *) "user",
  .family_id = (char *) "family",
  .credential_version = 7 };

typedef struct {
  CoordSecrets *secrets;
  CoordTokenCache *cache;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->secrets = coord_secrets_new ();
  fixture->cache = coord_token_cache_new (fixture->secrets, BOUND);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_token_cache_free (fixture->cache);
  coord_secrets_free (fixture->secrets);
}

static void
expect_caller (Fixture *fixture, const char *token, gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordCaller) got = coord_token_cache_verify (fixture->cache, token, now_us, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (got->user_id, ==, "user");
  g_assert_cmpstr (got->family_id, ==, "family");
  g_assert_cmpint (got->credential_version, ==, 7);
  g_assert_cmpint (got->expires_at_us, >, 0);
  g_assert_null (got->key_hash);
}

static void
expect_refused (Fixture *fixture, const char *token, gint64 now_us, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (coord_token_cache_verify (fixture->cache, token, now_us, &error));
  g_assert_error (error, COORD_ERROR, code);
}

static void
test_twice (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = coord_token_sign (fixture->secrets, &caller, NOW_US);

  for (guint i = 0; i < 3; i++) {
    expect_caller (fixture, token, NOW_US + i);
    g_assert_cmpuint (coord_token_cache_count (fixture->cache), ==, 1);
  }
}

/* A token that is remembered ends with its own time, and is forgotten then. */
static void
test_times (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = coord_token_sign (fixture->secrets, &caller, NOW_US);

  expect_refused (fixture, token, NOW_US + LIFE_US, COORD_ERROR_TOKEN_EXPIRED);
  g_assert_cmpuint (coord_token_cache_count (fixture->cache), ==, 0);
  expect_caller (fixture, token, NOW_US);
  expect_caller (fixture, token, NOW_US + LIFE_US - G_USEC_PER_SEC);
  expect_refused (fixture, token, NOW_US + LIFE_US, COORD_ERROR_TOKEN_EXPIRED);
  g_assert_cmpuint (coord_token_cache_count (fixture->cache), ==, 0);
  expect_caller (fixture, token, NOW_US);
  /* The clock was wrong. */
  expect_refused (fixture, token, NOW_US - 61 * G_USEC_PER_SEC, COORD_ERROR_NOT_SIGNED_IN);
  g_assert_cmpuint (coord_token_cache_count (fixture->cache), ==, 0);
}

/* What is not quite a token that is remembered is none. */
static void
test_neighbours (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CoordSecrets) others = coord_secrets_new ();
  g_autofree char *token = coord_token_sign (fixture->secrets, &caller, NOW_US);
  g_autofree char *foreign = coord_token_sign (others, &caller, NOW_US);
  gsize size = strlen (token);

  expect_caller (fixture, token, NOW_US);
  for (gsize i = 0; i < size; i++) {
    g_autofree char *bent = g_strdup (token);
    g_autofree char *cut = g_strndup (token, i);

    bent[i] = bent[i] == 'A' ? 'B' : 'A';
    expect_refused (fixture, bent, NOW_US, COORD_ERROR_NOT_SIGNED_IN);
    expect_refused (fixture, cut, NOW_US, COORD_ERROR_NOT_SIGNED_IN);
  }
  expect_refused (fixture, foreign, NOW_US, COORD_ERROR_NOT_SIGNED_IN);
  g_assert_cmpuint (coord_token_cache_count (fixture->cache), ==, 1);
}

/* However many come, only so many are remembered, and all are still good. */
static void
test_bound (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = coord_token_sign (fixture->secrets, &caller, NOW_US);

  expect_caller (fixture, first, NOW_US);
  for (guint i = 0; i < BOUND + BOUND / 2; i++) {
    g_autofree char *token = coord_token_sign (fixture->secrets, &caller, NOW_US);

    expect_caller (fixture, token, NOW_US);
    g_assert_cmpuint (coord_token_cache_count (fixture->cache), <=, BOUND);
    if (i % 10 == 0)
      expect_caller (fixture, first, NOW_US);
  }
  expect_caller (fixture, first, NOW_US);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/token-cache/twice", test_twice);
  ADD ("/token-cache/times", test_times);
  ADD ("/token-cache/neighbours", test_neighbours);
  ADD ("/token-cache/bound", test_bound);
  return g_test_run ();
}
