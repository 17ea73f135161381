#pragma once

#include "client/ent-client.h"
#include "ent-profile.h"

G_BEGIN_DECLS

/* Who this profile is signed in as, and where. The windows' view of one EntClient that may be
 * replaced by one of another server.
 *
 * Properties (read-only, with notify): state, name (of the person, or NULL while unknown),
 * unconfirmed (the server says that nobody has shown that the address is theirs, and sends mail to
 * do so). */
#define ENT_TYPE_ACCOUNT (ent_account_get_type ())
G_DECLARE_FINAL_TYPE (EntAccount, ent_account, ENT, ACCOUNT, GObject)

typedef enum {
  ENT_ACCOUNT_SIGNED_OUT,
  ENT_ACCOUNT_RESUMING, /* a kept token is being tried */
  ENT_ACCOUNT_SIGNED_IN, /* also while the server cannot be reached: the token is kept */
} EntAccountState;

#define ENT_TYPE_ACCOUNT_STATE (ent_account_state_get_type ())
GType ent_account_state_get_type (void);

/* The settings remember the server that was used last. */
EntAccount *ent_account_new (const EntProfile *profile, GSettings *settings);

EntAccountState ent_account_get_state (EntAccount *account);
const char *ent_account_get_name (EntAccount *account);

gboolean ent_account_is_unconfirmed (EntAccount *account);

/* FALSE once the server has told that it sends no mail. */
gboolean ent_account_has_mail (EntAccount *account);

/* What the server has told of who is signed in: the name may be another one. */
void ent_account_note_user (EntAccount *account, const EntApiUser *user);

/* The id of whom this profile is signed in as, known without the server too; NULL: nobody, or not
 * known yet. Caller owns. */
char *ent_account_dup_user (EntAccount *account);

/* The server of a signed-in account, else NULL. Borrowed, and replaced with the state. */
EntClient *ent_account_get_client (EntAccount *account);

/* Takes up the token kept for the last server, if there is one; the state says how it went. */
void ent_account_resume (EntAccount *account);

/* Signs in. server is what people type; each thing that can go wrong is one sentence. */
void ent_account_sign_in_async (EntAccount *account,
  const char *server,
  const char *email,
  const char *password,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean ent_account_sign_in_finish (EntAccount *account, GAsyncResult *result, GError **error);

/* Where signing in failed with ENT_CLIENT_ERROR_SECOND_FACTOR, goes on with a code; forget: it is
 * not gone on with. */
void ent_account_give_code_async (EntAccount *account,
  const char *code,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean ent_account_give_code_finish (EntAccount *account, GAsyncResult *result, GError **error);
void ent_account_forget_code (EntAccount *account);

/* Has a link to set a new password sent to the address. */
void ent_account_forgot_async (EntAccount *account,
  const char *server,
  const char *email,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean ent_account_forgot_finish (EntAccount *account, GAsyncResult *result, GError **error);

/* Makes an account and signs in with it. invite: the token of an invitation into an organisation,
 * where the server wants one; NULL: none. */
void ent_account_register_async (EntAccount *account,
  const char *server,
  const char *name,
  const char *email,
  const char *password,
  const char *invite,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean ent_account_register_finish (EntAccount *account, GAsyncResult *result, GError **error);

/* For who signs in by other ways: a client of a server as people type it, whose tokens are kept
 * here; the person that it has signed in (then the state changes); and one that waits for a code,
 * which ent_account_give_code_async() goes on with. The caller owns the client. */
EntClient *ent_account_new_client (EntAccount *account, const char *server, GError **error);
void ent_account_take_sign_in (EntAccount *account, EntClient *client, const EntApiUser *user);
void ent_account_wait_for_code (EntAccount *account, EntClient *client);

void ent_account_sign_out (EntAccount *account);

G_END_DECLS
