#pragma once

#include <gtk/gtk.h>

#include "protocol/ent-api-people.h"

G_BEGIN_DECLS

/* The server's table of who may do what, in words. */
GtkWidget *ent_permission_table_new (const EntApiPermissionList *permissions);

/* Its first column, to lie over the table where that is scrolled, so that one sees whose row it is.
 * Pointers and screen readers pass through it. */
GtkWidget *ent_permission_table_new_names (const EntApiPermissionList *permissions);

/* How far a role reaches: an index into ent_api_reach_nicks; 0 for an action that the table does
 * not have. */
int ent_permission_table_get_reach (const EntApiPermissionList *permissions,
  const char *action,
  EntOrgRole role);

/* "Lead", "Administrator". Borrowed. */
const char *ent_permission_table_get_role (EntOrgRole role);

/* For a window in which only columns are scrolled to: the wheel scrolls the page around it, also
 * when the pointer is over the table. GTK 4.8 would take it, and do nothing with it. */
void ent_permission_table_prepare_scroller (GtkScrolledWindow *scroller);

G_END_DECLS
