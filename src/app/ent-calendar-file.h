#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Hands a calendar entry (an .ics text) to the person's calendar, or asks where to save it where
 * the desktop knows of none. */
void ent_calendar_file_offer_async (GtkWidget *parent,
  const char *entry,
  GAsyncReadyCallback callback,
  gpointer data);

/* A sentence that says what was done; the caller owns it. NULL without an error when the person
 * saved it nowhere. */
char *ent_calendar_file_offer_finish (GAsyncResult *result, GError **error);

G_END_DECLS
