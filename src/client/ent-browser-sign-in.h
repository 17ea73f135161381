#pragma once

#include "client/ent-client.h"
#include "protocol/ent-api-provider.h"

G_BEGIN_DECLS

/* The services that people can sign in with at this server, and who may make an account; free with
 * ent_api_provider_list_free().
 */
void ent_client_list_providers_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
EntApiProviderList *
ent_client_list_providers_finish (EntClient *client, GAsyncResult *result, GError **error);

/* One sign-in with another service: a browser goes there and comes back to this process, which
 * listens on a loopback address meanwhile, with a code that is changed for tokens. Only who made
 * the sign-in can change it (PKCE), so no token is in any address.
 *
 * The order: new, open the address in a browser, run. */
#define ENT_TYPE_BROWSER_SIGN_IN (ent_browser_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (EntBrowserSignIn, ent_browser_sign_in, ENT, BROWSER_SIGN_IN, GObject)

/* Begins to listen. client is the one to be signed in; provider a name of the list. */
EntBrowserSignIn *ent_browser_sign_in_new (EntClient *client, const char *provider, GError **error);

/* The same for somebody who is signed in as client already, and wants the other service to be one
 * more way in: run, then ent_browser_sign_in_connect_finish(). */
EntBrowserSignIn *
ent_browser_sign_in_new_to_connect (EntClient *client, const char *provider, GError **error);

/* The token of an invitation into an organisation, for servers that want one of who has no account
 * yet; before it runs. NULL: none. */
void ent_browser_sign_in_set_invite (EntBrowserSignIn *self, const char *invite);

/* What the browser has to open; borrowed. */
const char *ent_browser_sign_in_get_uri (EntBrowserSignIn *self);

EntClient *ent_browser_sign_in_get_client (EntBrowserSignIn *self);

/* Waits for the browser, for at most eleven minutes, and signs in; the user is the caller's. Once
 * only. Fails as ent_client_login_finish() does, SECOND_FACTOR too; with the code "link_needed" the
 * address has an account already, and connect may be called when its owner has signed in. */
void ent_browser_sign_in_run_async (EntBrowserSignIn *self,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
EntApiUser *
ent_browser_sign_in_run_finish (EntBrowserSignIn *self, GAsyncResult *result, GError **error);

/* Connects whom the browser brought with who is signed in at `client` now. */
void ent_browser_sign_in_connect_async (EntBrowserSignIn *self,
  EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean
ent_browser_sign_in_connect_finish (EntBrowserSignIn *self, GAsyncResult *result, GError **error);

G_END_DECLS
