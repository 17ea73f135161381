#include "service/coord-profile-service.h"

#include <string.h>

#include "service/coord-account-service.h"
#include "service/coord-org-service.h"
#include "service/coord-picture-check.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-picture-store.h"

/* "de", "de_DE", "de-DE", "zh_Hant_TW", also with an encoding behind it. */
static gboolean
is_locale (const char *text)
{
  gsize language = strspn (text, "abcdefghijklmnopqrstuvwxyz");

  if (language < 2 || language > 3)
    return FALSE;
  for (const char *c = text + language; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("_-.@", *c) == NULL)
      return FALSE;
  return !g_ascii_isalnum (text[language]);
}

static gboolean
check (const EntApiProfileChange *change, GError **error)
{
  g_autofree char *name = change->name != NULL ? g_strstrip (g_strdup (change->name)) : NULL;
  const char *fault = change->zone != NULL ? coord_zone_find_fault (change->zone) : NULL;

  if (name != NULL && *name == '\0')
    fault = "A name is needed.";
  else if (change->locale != NULL && !is_locale (change->locale))
    fault = "A language must be like 'de' or 'en_GB'.";
  if (fault != NULL)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, fault);
  return fault == NULL;
}

EntApiUserAnswer *
coord_profile_service_change (CoordDb *db,
  const CoordCaller *caller,
  const EntApiProfileChange *change,
  gint64 version,
  gint64 now_us,
  GError **error)
{
  g_autofree char *name = change->name != NULL ? g_strstrip (g_strdup (change->name)) : NULL;
  EntApiMe *me;
  EntApiUserAnswer *answer;

  if (!check (change, error) ||
      !coord_account_store_set_profile (
        db, caller->user_id, name, change->locale, change->zone, version, error) ||
      !coord_audit_store_add (
        db, NULL, caller->user_id, "account.profile", caller->user_id, "", now_us, error) ||
      (me = coord_account_service_show_me (db, caller, error)) == NULL)
    return NULL;
  answer = ent_api_user_answer_new ();
  answer->user = g_steal_pointer (&me->user);
  ent_api_me_free (me);
  return answer;
}

gboolean
coord_profile_service_set_picture (CoordDb *db,
  const CoordCaller *caller,
  GBytes *data,
  GError **error)
{
  const char *type = data != NULL ? coord_picture_check (data, error) : NULL;

  return (data == NULL || type != NULL) &&
         coord_picture_store_set (db, caller->user_id, type, data, error);
}

EntApiPicture *
coord_profile_service_show_picture (CoordDb *db,
  const CoordCaller *caller,
  const char *person_id,
  GError **error)
{
  GBytes *data = coord_picture_store_find (db, person_id, caller->user_id, error);
  EntApiPicture *picture;

  if (data == NULL)
    return NULL;
  picture = ent_api_picture_new ();
  picture->data = data;
  return picture;
}
