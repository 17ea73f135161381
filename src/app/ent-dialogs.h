#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Dialogs, in whatever form the libadwaita at hand has them. */

/* Asks before something that cannot be taken back. confirm is the button's word, heading and body
 * are sentences. The task is a boolean: whether it was confirmed. */
void ent_dialogs_confirm_async (GtkWidget *parent,
  const char *heading,
  const char *body,
  const char *confirm,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean ent_dialogs_confirm_finish (GAsyncResult *result);

/* The same about something that is shown, takes shown, and by which nothing is lost. */
void ent_dialogs_show_async (GtkWidget *parent,
  const char *heading,
  const char *body,
  GtkWidget *shown,
  const char *confirm,
  GAsyncReadyCallback callback,
  gpointer data);

/* The same with a text that may be given, such as a reason; label says what it is. Finish gives the
 * text, which may be empty, or NULL when it was not confirmed. The caller owns it. */
void ent_dialogs_ask_async (GtkWidget *parent,
  const char *heading,
  const char *body,
  const char *label,
  const char *confirm,
  GAsyncReadyCallback callback,
  gpointer data);
char *ent_dialogs_ask_finish (GAsyncResult *result);

/* Asks who it is before something that nobody else may do: for the password, and with_code for a
 * code of the second factor. Finish gives what was typed, NULL where nothing was, or NULL when it
 * was not confirmed. */
typedef struct {
  char *password;
  char *code;
} EntDialogsProof;

void ent_dialogs_proof_free (EntDialogsProof *proof);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntDialogsProof, ent_dialogs_proof_free)

void ent_dialogs_prove_async (GtkWidget *parent,
  const char *heading,
  const char *body,
  gboolean with_code,
  const char *confirm,
  gboolean is_destructive,
  GAsyncReadyCallback callback,
  gpointer data);
EntDialogsProof *ent_dialogs_prove_finish (GAsyncResult *result);

void ent_dialogs_show_about (GtkWindow *parent);

G_END_DECLS
