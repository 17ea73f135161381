#include "config.h"

#include "ent-accessible.h"

void
ent_accessible_set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
ent_accessible_set_description (GtkWidget *widget, const char *description)
{
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

void
ent_accessible_name_entry_row (GtkEditable *row, const char *name)
{
  ent_accessible_set_name (GTK_WIDGET (gtk_editable_get_delegate (row)), name);
}
