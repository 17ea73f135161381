#include "service/coord-code-service.h"

#include "store/coord-error.h"
#include "store/coord-key-store.h"
#include "store/coord-org-store.h"

static char *
get_scope_of_key (CoordDb *db, const char *hash, gint64 now_us, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordKey) key = coord_key_store_find_by_hash (db, hash, now_us, &failure);

  if (key != NULL)
    return g_strdup (key->org_id);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN,
      "This key is not known, has expired or was revoked.");
  return NULL;
}

char *
coord_code_service_get_scope (CoordDb *db, const CoordCaller *caller, gint64 now_us, GError **error)
{
  g_autoptr (GPtrArray) memberships = NULL;

  if (caller->key_hash != NULL)
    return get_scope_of_key (db, caller->key_hash, now_us, error);
  memberships = coord_org_store_list_memberships (db, caller->user_id, error);
  if (memberships == NULL)
    return NULL;
  if (memberships->len == 1)
    return g_strdup (((EntApiMembership *) memberships->pdata[0])->org);
  return g_strconcat ("person-", caller->user_id, NULL);
}
