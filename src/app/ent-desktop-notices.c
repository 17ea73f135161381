#include "config.h"

#include "ent-desktop-notices.h"

#include <glib/gi18n.h>

static void
arrived_cb (EntNotices *notices, const EntApiNotification *notice, gpointer data)
{
  GApplication *app = data;
  g_autofree char *title = ent_notices_new_title (notice);
  g_autofree char *body = ent_notices_new_body (notice, g_get_real_time ());
  g_autoptr (GNotification) notification = g_notification_new (title);
  GHashTable *shown = g_object_get_data (G_OBJECT (notices), "shown");

  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (
    notification, "app.show-interview", "s", notice->interview);
  if (ent_notices_is_soon (notice, g_get_real_time ())) {
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
    g_notification_add_button_with_target (
      notification, _ ("Join"), "app.join-interview", "s", notice->interview);
  }
  g_application_send_notification (app, notice->id, notification);
  g_hash_table_add (shown, g_strdup (notice->id));
}

static void
changed_cb (EntNotices *notices, gpointer data)
{
  GHashTable *shown = g_object_get_data (G_OBJECT (notices), "shown");
  const GPtrArray *list = ent_notices_get_list (notices);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const EntApiNotification *notice = g_ptr_array_index (list, i);

    if (notice->read != 0 && g_hash_table_remove (shown, notice->id))
      g_application_withdraw_notification (G_APPLICATION (data), notice->id);
  }
}

void
ent_desktop_notices_connect (GApplication *app, EntNotices *notices)
{
  g_return_if_fail (G_IS_APPLICATION (app));
  g_return_if_fail (ENT_IS_NOTICES (notices));

  g_object_set_data_full (G_OBJECT (notices), "shown",
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    (GDestroyNotify) g_hash_table_unref);
  g_signal_connect_object (notices, "arrived", G_CALLBACK (arrived_cb), app, 0);
  g_signal_connect_object (notices, "changed", G_CALLBACK (changed_cb), app, 0);
}
