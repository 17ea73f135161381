#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One person's own data, settings, secrets and bus name; a second profile is a second person on the
 * same desktop. A plain value that never changes. */
typedef struct {
  char *name;
  char *app_id; /* of the bus: ENT_APP_ID, and the name behind it unless it is the default */
  char *data_dir; /* $XDG_DATA_HOME/entrevue/NAME */
} EntProfile;

#define ENT_PROFILE_DEFAULT "default"
#define ENT_PROFILE_MAX_NAME 32

/* name NULL: the default profile. A name is 1 to 32 of the letters a to z, A to Z, digits, "-" and
 * "_"; the error is a sentence. */
EntProfile *ent_profile_new (const char *name, GError **error);
void ent_profile_free (EntProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntProfile, ent_profile_free)

/* Makes the data folder, for the person alone. */
gboolean ent_profile_make_data_dir (const EntProfile *profile, GError **error);

/* This profile's settings; caller owns. */
GSettings *ent_profile_new_settings (const EntProfile *profile);

G_END_DECLS
