#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Names for screen readers, where a template cannot give them. */

/* Gives the text field inside an entry row its accessible name, which a screen reader stops at. */
void ent_accessible_name_entry (GtkEditable *entry, const char *name);

void ent_accessible_set_name (GtkWidget *widget, const char *name);

G_END_DECLS
