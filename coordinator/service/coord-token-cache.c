#include "service/coord-token-cache.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "base/ent-secret.h"

struct _CoordTokenCache {
  const CoordSecrets *secrets;
  guint per_generation;
  /* hash of the token -> CoordTokenGrant. When the young are many they become the old, and the old
   * are forgotten; who is asked for again is young again. */
  GHashTable *young, *old;
};

static GHashTable *
new_generation (void)
{
  return g_hash_table_new_full (
    g_str_hash, g_str_equal, g_free, (GDestroyNotify) coord_token_grant_free);
}

CoordTokenCache *
coord_token_cache_new (const CoordSecrets *secrets, guint max)
{
  CoordTokenCache *cache = g_new0 (CoordTokenCache, 1);

  cache->secrets = secrets;
  cache->per_generation = max / 2;
  cache->young = new_generation ();
  cache->old = new_generation ();
  return cache;
}

void
coord_token_cache_free (CoordTokenCache *cache)
{
  g_hash_table_unref (cache->young);
  g_hash_table_unref (cache->old);
  g_free (cache);
}

guint
coord_token_cache_count (CoordTokenCache *cache)
{
  return g_hash_table_size (cache->young) + g_hash_table_size (cache->old);
}

static void
remember (CoordTokenCache *cache, char *hash, CoordTokenGrant *grant)
{
  if (g_hash_table_size (cache->young) >= cache->per_generation) {
    g_hash_table_unref (cache->old);
    cache->old = g_steal_pointer (&cache->young);
    cache->young = new_generation ();
  }
  g_hash_table_insert (cache->young, hash, grant);
}

/* By gnutls, which has the processor hash: each request does this. */
static char *
hash_token (const char *token)
{
  guint8 hash[32];

  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, token, strlen (token), hash) != 0)
    g_error ("No SHA-256");
  return ent_secret_base64url (hash, sizeof hash);
}

/* Lent; NULL when it is not remembered. */
static CoordTokenGrant *
recall (CoordTokenCache *cache, const char *hash)
{
  CoordTokenGrant *grant = g_hash_table_lookup (cache->young, hash);
  gpointer key, value;

  if (grant != NULL || !g_hash_table_steal_extended (cache->old, hash, &key, &value))
    return grant;
  remember (cache, key, value);
  return value;
}

CoordCaller *
coord_token_cache_verify (CoordTokenCache *cache, const char *token, gint64 now_us, GError **error)
{
  g_autofree char *hash = hash_token (token);
  CoordTokenGrant *grant = recall (cache, hash);

  if (grant != NULL && !coord_token_grant_check (grant, now_us, error)) {
    g_hash_table_remove (cache->young, hash);
    return NULL;
  }
  if (grant == NULL) {
    g_autoptr (CoordTokenGrant) fresh = coord_token_read (cache->secrets, token, error);

    if (fresh == NULL || !coord_token_grant_check (fresh, now_us, error))
      return NULL;
    grant = fresh;
    remember (cache, g_steal_pointer (&hash), g_steal_pointer (&fresh));
  }
  return coord_token_grant_dup_caller (grant);
}
