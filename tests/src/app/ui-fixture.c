#include "ui-fixture.h"

#include <gtksourceview/gtksource.h>

#define WAIT_S 120

void
ui_fixture_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  gtk_init ();
  adw_init ();
  gtk_source_init ();
}

GtkWindow *
ui_fixture_show (GtkWidget *widget, int width, int height)
{
  GtkWidget *window = adw_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  adw_window_set_content (ADW_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  ui_fixture_settle ();
  return GTK_WINDOW (window);
}

void
ui_fixture_wait (UiCheck check, gpointer data)
{
  gint64 end = g_get_monotonic_time () + WAIT_S * G_USEC_PER_SEC;

  while (!check (data)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, FALSE);
  }
}

void
ui_fixture_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
gone_cb (gpointer data, GObject *object)
{
  *(gboolean *) data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

void
ui_fixture_check_narrow (GtkWidget *widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
}

void
ui_fixture_destroy (GtkWindow *window, GtkWidget *widget)
{
  gboolean is_gone = FALSE;

  g_object_weak_ref (G_OBJECT (widget), gone_cb, &is_gone);
  gtk_window_destroy (window);
  ui_fixture_wait (is_true, &is_gone);
}

static const char *
get_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_label (GTK_LABEL (widget));
  if (GTK_IS_EDITABLE (widget))
    return gtk_editable_get_text (GTK_EDITABLE (widget));
  return NULL;
}

GtkWidget *
ui_fixture_find_text (GtkWidget *widget, const char *text)
{
  if (gtk_widget_get_child_visible (widget) && gtk_widget_get_visible (widget) &&
      g_strcmp0 (get_text (widget), text) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = gtk_widget_get_visible (child) && gtk_widget_get_child_visible (child)
                         ? ui_fixture_find_text (child, text)
                         : NULL;

    if (found)
      return found;
  }
  return NULL;
}

typedef struct {
  GtkWidget *widget;
  const char *text;
} Wanted;

static gboolean
is_shown (gpointer data)
{
  Wanted *wanted = data;

  return ui_fixture_find_text (wanted->widget, wanted->text) != NULL;
}

void
ui_fixture_wait_text (GtkWidget *widget, const char *text)
{
  ui_fixture_wait (is_shown, &(Wanted){ widget, text });
}

void
ui_account_set_up (UiAccount *fixture, gconstpointer data)
{
  g_setenv ("ENTREVUE_SECRETS", "file", TRUE);
  fixture->profile = ent_profile_new ("windows", NULL);
  g_assert_true (ent_profile_make_data_dir (fixture->profile, NULL));
  fixture->settings = ent_profile_new_settings (fixture->profile);
  fixture->account = ent_account_new (fixture->profile, fixture->settings);
}

void
ui_account_tear_down (UiAccount *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->account);
  g_object_unref (fixture->settings);
  ent_profile_free (fixture->profile);
}
