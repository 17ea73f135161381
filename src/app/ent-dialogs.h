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

void ent_dialogs_show_about (GtkWindow *parent);

G_END_DECLS
