#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Names and descriptions for screen readers, where a template cannot give them. */

/* Names the text field inside an entry row of libadwaita, where a screen reader stops. */
void ent_accessible_name_entry_row (GtkEditable *row, const char *name);

void ent_accessible_set_name (GtkWidget *widget, const char *name);

/* What is said after the name. */
void ent_accessible_set_description (GtkWidget *widget, const char *description);

G_END_DECLS
