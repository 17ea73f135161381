#include "service/coord-caller.h"

#include "base/ent-secret.h"
#include "store/coord-account-store.h"
#include "store/coord-error.h"
#include "store/coord-key-store.h"
#include "store/coord-org-store.h"

void
coord_caller_free (CoordCaller *caller)
{
  g_free (caller->user_id);
  g_free (caller->key_hash);
  g_free (caller->family_id);
  g_free (caller);
}

CoordCaller *
coord_caller_copy (const CoordCaller *caller)
{
  CoordCaller *copy = g_new0 (CoordCaller, 1);

  copy->user_id = g_strdup (caller->user_id);
  copy->key_hash = g_strdup (caller->key_hash);
  copy->family_id = g_strdup (caller->family_id);
  copy->credential_version = caller->credential_version;
  copy->expires_at_us = caller->expires_at_us;
  return copy;
}

CoordCaller *
coord_caller_new_for_key (const char *key)
{
  CoordCaller *caller = g_new0 (CoordCaller, 1);

  caller->key_hash = ent_secret_hash (key);
  return caller;
}

static gboolean
check_key (CoordDb *db, const char *hash, const char *scope, gint64 now_us, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordKey) key = coord_key_store_find_by_hash (db, hash, now_us, &failure);
  g_auto (GStrv) scopes = key != NULL ? g_strsplit (key->scopes, " ", -1) : NULL;

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (key == NULL)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN,
      "This key is not known, has expired or was revoked.");
  else if (scope == NULL || !g_strv_contains ((const char *const *) scopes, scope))
    g_set_error (error, COORD_ERROR, COORD_ERROR_DENIED, "This key may not do this%s%s.",
      scope != NULL ? "; it would need the scope " : "", scope != NULL ? scope : "");
  else
    return TRUE;
  return FALSE;
}

gboolean
coord_caller_check (CoordDb *db,
  const CoordCaller *caller,
  const char *scope,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordPerson) person = NULL;

  if (caller->key_hash != NULL)
    return check_key (db, caller->key_hash, scope, now_us, error);
  person = coord_account_store_find (db, caller->user_id, &failure);
  if (person == NULL && !g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (person == NULL || !person->is_active ||
      person->credential_version != caller->credential_version) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN, "You have been signed out. Sign in again.");
    return FALSE;
  }
  return coord_account_store_check_family (db, caller->family_id, caller->user_id, error);
}

gboolean
coord_caller_get_role (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *not_found,
  EntOrgRole *role,
  GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (coord_org_store_find_role (db, org_id, caller->user_id, role, &failure))
    return TRUE;
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, not_found);
  return FALSE;
}
