#pragma once

#include <adwaita.h>

#include "ent-account.h"
#include "protocol/ent-api-provider.h"

G_BEGIN_DECLS

/* Where somebody who is not signed in begins: sign in, make an account, or join with a link.
 *
 * Actions: welcome.go (sign in, or make the account), welcome.switch (between the two),
 * welcome.provider (another service, by its name), welcome.browser-again and -cancel meanwhile.
 * Signal toast (const char *sentence). */
#define ENT_TYPE_WELCOME_PAGE (ent_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (EntWelcomePage, ent_welcome_page, ENT, WELCOME_PAGE, AdwBin)

GtkWidget *ent_welcome_page_new (EntAccount *account);

/* What the server field says. */
void ent_welcome_page_set_server (EntWelcomePage *page, const char *server);

/* Begins with an invitation into an organisation of the server at that place: an account is made,
 * or somebody who has one signs in, and becomes a member with it. */
void ent_welcome_page_show_invitation (EntWelcomePage *page, const char *place, const char *link);

/* What the server told before anybody signed in: its other services, and who may make an account.
 * NULL: nothing is known of it. */
void ent_welcome_page_take (EntWelcomePage *page, const EntApiProviderList *list);

G_END_DECLS
