#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A window in which somebody chooses a time zone by typing a part of its name. Finish gives the
 * IANA name, or NULL when it was closed; the caller owns it. */
void ent_zone_chooser_ask_async (GtkWidget *parent,
  const char *current,
  GAsyncReadyCallback callback,
  gpointer data);
char *ent_zone_chooser_ask_finish (GAsyncResult *result);

G_END_DECLS
