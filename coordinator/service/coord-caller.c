#include "service/coord-caller.h"

#include "store/coord-account-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"

void
coord_caller_free (CoordCaller *caller)
{
  g_free (caller->user_id);
  g_free (caller->family_id);
  g_free (caller);
}

gboolean
coord_caller_check (CoordDb *db, const CoordCaller *caller, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordPerson) person = coord_account_store_find (db, caller->user_id, &failure);

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
