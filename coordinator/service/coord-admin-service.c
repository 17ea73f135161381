#include "service/coord-admin-service.h"

#include <string.h>

#include "service/coord-account-service.h"
#include "store/coord-account-store.h"
#include "store/coord-error.h"
#include "store/coord-overview-store.h"

gboolean
coord_admin_service_check (CoordDb *db, const CoordCaller *caller, GError **error)
{
  g_autoptr (CoordPerson) person =
    caller->user_id != NULL ? coord_account_store_find (db, caller->user_id, error) : NULL;

  if (person != NULL && person->is_site_admin)
    return TRUE;
  if (person != NULL || caller->user_id == NULL)
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_DENIED, "Only site administrators can see and do this.");
  return FALSE;
}

static EntApiAccount *
describe (const CoordPerson *person)
{
  EntApiAccount *account = ent_api_account_new ();

  account->id = g_strdup (person->id);
  account->email = g_strdup (person->email);
  account->name = g_strdup (person->name);
  account->site_admin = person->is_site_admin;
  account->active = person->is_active;
  account->verified = person->verified_at_us != 0;
  return account;
}

EntApiAccountList *
coord_admin_service_list_accounts (CoordDb *db,
  const CoordCaller *caller,
  const char *search,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (GPtrArray) people = NULL;
  EntApiAccountList *list;

  if (!coord_admin_service_check (db, caller, error) ||
      (people = coord_account_store_list (db, search != NULL ? search : "", page, error)) == NULL)
    return NULL;
  list = ent_api_account_list_new ();
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_account_free);
  for (guint i = 0; i < people->len; i++)
    g_ptr_array_add (list->items, describe (people->pdata[i]));
  list->next = coord_page_get_next (page, list->items, G_STRUCT_OFFSET (EntApiAccount, id));
  return list;
}

EntApiAccount *
coord_admin_service_set_active (CoordDb *db,
  const CoordCaller *caller,
  const char *person_id,
  gboolean is_active,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = NULL;

  if (!coord_admin_service_check (db, caller, error))
    return NULL;
  if (strcmp (person_id, caller->user_id) == 0) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "This is your own account. Let another site administrator do it.");
    return NULL;
  }
  person = coord_account_store_find (db, person_id, error);
  if (person == NULL)
    return NULL;
  if (person->erased_at_us != 0) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no account with this address.");
    return NULL;
  }
  if (person->is_active != is_active &&
      !coord_account_service_set_active (db, caller->user_id, person, is_active, now_us, error))
    return NULL;
  person->is_active = is_active;
  return describe (person);
}

EntApiOverview *
coord_admin_service_get_overview (CoordDb *db,
  const CoordCaller *caller,
  gint64 now_us,
  GError **error)
{
  return coord_admin_service_check (db, caller, error)
           ? coord_overview_store_read (db, now_us, error)
           : NULL;
}
