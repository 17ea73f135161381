#include "config.h"

#include "ent-calendar-file.h"

#include <glib/gi18n.h>
#include <string.h>

#define TYPE "text/calendar"
#define NAME "interview.ics"

/* Only the person can read it; a later one takes its place. */
static GFile *
write_for_calendar (const char *entry, GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "entrevue", NULL);
  g_autofree char *path = g_build_filename (folder, NAME, NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0 ||
      !g_file_set_contents_full (path, entry, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error)) {
    if (error != NULL && *error == NULL)
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        _ ("The folder “%s” cannot be written, so the entry is not saved."), folder);
    return NULL;
  }
  return g_file_new_for_path (path);
}

static gboolean
open_in_calendar (GtkWidget *parent, GAppInfo *calendar, const char *entry, GError **error)
{
  g_autoptr (GFile) file = write_for_calendar (entry, error);
  GdkAppLaunchContext *context =
    gdk_display_get_app_launch_context (gtk_widget_get_display (parent));
  GList files = { .data = file };
  gboolean is_open =
    file != NULL && g_app_info_launch (calendar, &files, G_APP_LAUNCH_CONTEXT (context), error);

  g_object_unref (context);
  return is_open;
}

static void
saved_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GFile) file = NULL;
  const char *entry = g_task_get_task_data (task);
  GError *error = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file == NULL)
    g_task_return_pointer (task, NULL, NULL);
  else if (!g_file_replace_contents (
             file, entry, strlen (entry), NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (
      task, g_strdup (_ ("The calendar entry is saved. Open it with your calendar.")), g_free);
  g_object_unref (dialog);
}

static void
ask_where (GtkWidget *parent, GTask *task)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Save the calendar entry"),
    GTK_WINDOW (gtk_widget_get_root (parent)), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), NAME);
  g_signal_connect (dialog, "response", G_CALLBACK (saved_cb), task);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
ent_calendar_file_offer_async (GtkWidget *parent,
  const char *entry,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (parent, NULL, callback, data);
  g_autoptr (GAppInfo) calendar = g_app_info_get_default_for_type (TYPE, FALSE);
  GError *error = NULL;

  g_task_set_source_tag (task, ent_calendar_file_offer_async);
  g_task_set_task_data (task, g_strdup (entry), g_free);
  if (calendar == NULL) {
    ask_where (parent, g_steal_pointer (&task));
    return;
  }
  if (!open_in_calendar (parent, calendar, entry, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task,
      /* Translators: the name of a program. */
      g_strdup_printf (_ ("The entry is open in %s."), g_app_info_get_display_name (calendar)),
      g_free);
}

char *
ent_calendar_file_offer_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
