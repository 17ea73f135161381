#pragma once

#include <adwaita.h>

#include "ent-account.h"
#include "ent-notices.h"
#include "ent-profile.h"
#include "media/ent-call.h"

G_BEGIN_DECLS

/* How long the end of the program waits for links that are being closed. */
#define ENT_APPLICATION_MEDIA_END_MS 2000

/* The program: options, one instance for each profile, links, actions that belong to no window.
 *
 *   entrevue [--profile NAME] [--server URL] [LINK] */
#define ENT_TYPE_APPLICATION (ent_application_get_type ())
G_DECLARE_FINAL_TYPE (EntApplication, ent_application, ENT, APPLICATION, AdwApplication)

/* media_sentence: why calls and peer links do not work on this computer, or NULL. */
EntApplication *ent_application_new (const char *media_sentence);

/* All borrowed; profile, settings, account and notices are NULL before startup. */
const EntProfile *ent_application_get_profile (EntApplication *app);
GSettings *ent_application_get_settings (EntApplication *app);
EntAccount *ent_application_get_account (EntApplication *app);
EntNotices *ent_application_get_notices (EntApplication *app);
const char *ent_application_get_media_sentence (EntApplication *app);

/* Devices, or what --media asks for. */
EntCallSource ent_application_get_call_source (EntApplication *app);

G_END_DECLS
