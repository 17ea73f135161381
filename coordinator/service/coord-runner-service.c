#include "service/coord-runner-service.h"

#include <string.h>

#include "base/ent-secret.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-runner-store.h"

#define MAX_NAME 64

char *
coord_runner_service_add (CoordDb *db, const char *name, gint64 now_us, GError **error)
{
  char *token;
  g_autofree char *hash = NULL;

  if (*name == '\0' || strlen (name) > MAX_NAME) {
    g_set_error (
      error, COORD_ERROR, COORD_ERROR_INVALID, "A runner's name has 1 to %d characters.", MAX_NAME);
    return NULL;
  }
  token = ent_secret_new_token ();
  hash = ent_secret_hash (token);
  if (coord_runner_store_add (db, name, hash, now_us, error) &&
      coord_audit_store_add (db, NULL, "operator", "runner.add", name, "", now_us, error))
    return token;
  ent_secret_free (token);
  return NULL;
}

gboolean
coord_runner_service_revoke (CoordDb *db, const char *name, gint64 now_us, GError **error)
{
  return coord_runner_store_revoke (db, name, now_us, error) &&
         coord_audit_store_add (db, NULL, "operator", "runner.revoke", name, "", now_us, error);
}

char *
coord_runner_service_admit (CoordDb *db, const char *token_hash, GError **error)
{
  return coord_runner_store_find (db, token_hash, error);
}

char **
coord_runner_service_list_revoked (CoordDb *db, const char *const *token_hashes, GError **error)
{
  g_autoptr (GStrvBuilder) revoked = g_strv_builder_new ();

  for (guint i = 0; token_hashes[i] != NULL; i++) {
    g_autoptr (GError) problem = NULL;
    g_autofree char *name = coord_runner_store_find (db, token_hashes[i], &problem);

    if (name != NULL)
      continue;
    if (!g_error_matches (problem, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
    g_strv_builder_add (revoked, token_hashes[i]);
  }
  return g_strv_builder_end (revoked);
}
