#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Removes all rows, and leaves what the list shows when it has none. As gtk_list_box_remove_all(),
 * which only GTK 4.12 brought. */
void ent_list_box_remove_all (GtkListBox *list);

G_END_DECLS
