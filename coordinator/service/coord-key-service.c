#include "service/coord-key-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "service/coord-permission.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"

#define VISIBLE 12 /* characters of a key that are shown later */

static const char *const scope_names[] = { "execute", "tests", "questions", "read", NULL };

gboolean
coord_key_is_key (const char *text)
{
  return g_str_has_prefix (text, COORD_KEY_START);
}

static gboolean
check_scopes (char **scopes, GError **error)
{
  guint n = scopes != NULL ? g_strv_length (scopes) : 0;

  for (guint i = 0; i < n; i++) {
    gboolean is_double = FALSE;

    for (guint k = 0; k < i; k++)
      is_double |= strcmp (scopes[k], scopes[i]) == 0;
    if (is_double || !g_strv_contains (scope_names, scopes[i])) {
      g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
        "'%s' is no scope, or stands there twice. There are execute, tests, questions and read.",
        scopes[i]);
      return FALSE;
    }
  }
  if (n > 0)
    return TRUE;
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_INVALID, "A key needs a scope, such as execute.");
  return FALSE;
}

static EntApiKey *
describe (const CoordKey *key)
{
  EntApiKey *answer = ent_api_key_new ();

  answer->id = g_strdup (key->id);
  answer->name = g_strdup (key->name);
  answer->start = g_strdup (key->start);
  answer->scopes = g_strsplit (key->scopes, " ", -1);
  answer->created = key->created_at_us;
  answer->expires = key->expires_at_us;
  return answer;
}

static EntApiKey *
make (CoordDb *db, const char *actor, const EntApiNewKey *request, gint64 now_us, GError **error)
{
  g_autofree char *name = g_strstrip (g_strdup (request->name));
  g_autofree char *random = ent_secret_new_token ();
  g_autofree char *text = g_strconcat (COORD_KEY_START, random, NULL);
  g_autofree char *hash = ent_secret_hash (text);
  g_autoptr (CoordKey) key = g_new0 (CoordKey, 1);
  EntApiKey *answer;

  if (!check_scopes (request->scopes, error))
    return NULL;
  if (*name == '\0' || (request->expires != 0 && request->expires <= now_us)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID,
      *name == '\0' ? "A name is needed." : "'expires' must be a time to come.");
    return NULL;
  }
  key->id = ent_id_new ();
  key->org_id = g_strdup (request->org);
  key->name = g_steal_pointer (&name);
  key->start = g_strndup (text, VISIBLE);
  key->scopes = g_strjoinv (" ", request->scopes);
  key->created_at_us = now_us;
  key->expires_at_us = request->expires;
  if (!coord_key_store_add (db, key, hash, actor, error) ||
      !coord_audit_store_add (
        db, key->org_id, actor, "key.create", key->id, key->scopes, now_us, error))
    return NULL;
  answer = describe (key);
  answer->key = g_steal_pointer (&text);
  return answer;
}

EntApiKey *
coord_key_service_add (CoordDb *db,
  const CoordCaller *caller,
  const EntApiNewKey *request,
  gint64 now_us,
  GError **error)
{
  return coord_permission_check_org (db, caller, COORD_ACTION_KEYS, request->org, error)
           ? make (db, caller->user_id, request, now_us, error)
           : NULL;
}

EntApiKey *
coord_key_service_add_by_operator (CoordDb *db,
  const EntApiNewKey *request,
  gint64 now_us,
  GError **error)
{
  return make (db, "operator", request, now_us, error);
}

gboolean
coord_key_service_revoke_by_operator (CoordDb *db,
  const char *key_id,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordKey) key = coord_key_store_find (db, key_id, &failure);

  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (key == NULL) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND,
      "There is no key with the id '%s'. 'key list' shows them.", key_id);
    return FALSE;
  }
  return coord_key_store_revoke (db, key_id, now_us, error) &&
         coord_audit_store_add (
           db, key->org_id, "operator", "key.revoke", key_id, "", now_us, error);
}

EntApiKeyList *
coord_key_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (GPtrArray) keys = NULL;
  EntApiKeyList *list;

  if (org_id == NULL) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, "'org' is needed: ?org=ID");
    return NULL;
  }
  if (!coord_permission_check_org (db, caller, COORD_ACTION_KEYS, org_id, error) ||
      (keys = coord_key_store_list (db, org_id, page, error)) == NULL)
    return NULL;
  list = ent_api_key_list_new ();
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_key_free);
  for (guint i = 0; i < keys->len; i++)
    g_ptr_array_add (list->items, describe (keys->pdata[i]));
  list->next = coord_page_get_next (page, list->items, G_STRUCT_OFFSET (EntApiKey, id));
  return list;
}

gboolean
coord_key_service_revoke (CoordDb *db,
  const CoordCaller *caller,
  const char *key_id,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordKey) key = coord_key_store_find (db, key_id, &failure);

  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (key == NULL) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such key.");
    return FALSE;
  }
  /* A foreign key answers as an unknown one. */
  return coord_caller_get_role (
           db, caller, key->org_id, "There is no such key.", &(EntOrgRole){ 0 }, error) &&
         coord_permission_check_org (db, caller, COORD_ACTION_KEYS, key->org_id, error) &&
         coord_key_store_revoke (db, key_id, now_us, error) &&
         coord_audit_store_add (
           db, key->org_id, caller->user_id, "key.revoke", key_id, "", now_us, error);
}
