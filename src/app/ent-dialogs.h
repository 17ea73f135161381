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
/* The same with a password; it is finished in the same way. */
void ent_dialogs_ask_password_async (GtkWidget *parent,
  const char *heading,
  const char *body,
  const char *label,
  const char *confirm,
  GAsyncReadyCallback callback,
  gpointer data);
char *ent_dialogs_ask_finish (GAsyncResult *result);

void ent_dialogs_show_about (GtkWindow *parent);

G_END_DECLS
