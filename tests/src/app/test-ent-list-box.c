#include "app/ent-list-box.h"
#include "ui-fixture.h"

static void
test_remove_all (void)
{
  GtkWidget *list = g_object_ref_sink (gtk_list_box_new ());
  GtkWidget *nobody = gtk_label_new ("Nobody");

  gtk_list_box_set_placeholder (GTK_LIST_BOX (list), nobody);
  ent_list_box_remove_all (GTK_LIST_BOX (list));
  for (guint i = 0; i < 3; i++) {
    GtkWidget *hidden = gtk_label_new ("Hidden");

    gtk_list_box_append (GTK_LIST_BOX (list), gtk_label_new ("A label")); /* gets a row */
    gtk_list_box_append (GTK_LIST_BOX (list), adw_action_row_new ());
    gtk_list_box_append (GTK_LIST_BOX (list), hidden);
    gtk_widget_set_visible (gtk_widget_get_parent (hidden), FALSE);
    g_assert_false (gtk_widget_get_child_visible (nobody));

    ent_list_box_remove_all (GTK_LIST_BOX (list));
    g_assert_null (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0));
    g_assert_true (gtk_widget_get_parent (nobody) == list);
    g_assert_true (gtk_widget_get_child_visible (nobody));
  }
  g_object_unref (list);
}

int
main (int argc, char **argv)
{
  ui_fixture_init (&argc, &argv);

  g_test_add_func ("/list-box/remove-all", test_remove_all);
  return g_test_run ();
}
