#include "config.h"

#include "ent-profile.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

static gboolean
is_good_name (const char *name)
{
  return *name && strlen (name) <= ENT_PROFILE_MAX_NAME &&
         strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
           strlen (name);
}

EntProfile *
ent_profile_new (const char *name, GError **error)
{
  g_autoptr (EntProfile) profile = NULL;

  if (!name)
    name = ENT_PROFILE_DEFAULT;
  if (!is_good_name (name)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      _ ("“%s” is no name for a profile. Use up to 32 letters, digits, “-” and “_”."), name);
    return NULL;
  }

  profile = g_new0 (EntProfile, 1);
  profile->name = g_strdup (name);
  /* An element of a bus name must not begin with a digit. */
  profile->app_id = g_str_equal (name, ENT_PROFILE_DEFAULT)
                      ? g_strdup (ENT_APP_ID)
                      : g_strdup_printf ("%s.%s%s", ENT_APP_ID,
                          g_ascii_isdigit (name[0]) || name[0] == '-' ? "_" : "", name);
  profile->data_dir = g_build_filename (g_get_user_data_dir (), "entrevue", name, NULL);
  return g_steal_pointer (&profile);
}

void
ent_profile_free (EntProfile *profile)
{
  g_free (profile->name);
  g_free (profile->app_id);
  g_free (profile->data_dir);
  g_free (profile);
}

gboolean
ent_profile_make_data_dir (const EntProfile *profile, GError **error)
{
  if (g_mkdir_with_parents (profile->data_dir, 0700) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
    _ ("The folder %s for this app’s data could not be made: %s."), profile->data_dir,
    g_strerror (errno));
  return FALSE;
}

GSettings *
ent_profile_new_settings (const EntProfile *profile)
{
  g_autofree char *path = g_strdup_printf ("/org/entrevue/Entrevue/%s/", profile->name);

  return g_settings_new_with_path (ENT_APP_ID, path);
}
