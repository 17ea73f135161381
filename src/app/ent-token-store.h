#pragma once

#include <gio/gio.h>

#include "ent-profile.h"

G_BEGIN_DECLS

/* Keeps the refresh token of one profile between starts: in the desktop's secret service where
 * there is one, else in a file that only the person can read. */
#define ENT_TYPE_TOKEN_STORE (ent_token_store_get_type ())
G_DECLARE_FINAL_TYPE (EntTokenStore, ent_token_store, ENT, TOKEN_STORE, GObject)

EntTokenStore *ent_token_store_new (const EntProfile *profile);

/* The token kept for this server, or NULL without an error when there is none. Caller frees with
 * ent_secret_free(). */
void ent_token_store_load_async (EntTokenStore *store,
  const char *origin,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
char *ent_token_store_load_finish (EntTokenStore *store, GAsyncResult *result, GError **error);

/* Keeps token for this server instead of the one before; NULL: forgets it. Calls are carried out in
 * order. A token that cannot be kept is a debug message: the person signs in again next time. */
void ent_token_store_save (EntTokenStore *store, const char *origin, const char *token);

G_END_DECLS
