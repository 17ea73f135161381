#include "config.h"

#include "ent-zone-chooser.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "ent-zones.h"

struct _EntZoneChooser {
  AdwWindow parent_instance;

  GtkEditable *search;
  GtkListBox *list;

  char *needle; /* folded; NULL: all */
  GTask *task; /* NULL once it is answered */
};

#define ENT_TYPE_ZONE_CHOOSER (ent_zone_chooser_get_type ())
G_DECLARE_FINAL_TYPE (EntZoneChooser, ent_zone_chooser, ENT, ZONE_CHOOSER, AdwWindow)
G_DEFINE_FINAL_TYPE (EntZoneChooser, ent_zone_chooser, ADW_TYPE_WINDOW)

#define ZONE_KEY "zone"
#define TEXT_KEY "text" /* folded, what is searched in */

/* "buenos" is found in "America/Argentina/Buenos_Aires", and so is "argentina/bu". */
static char *
fold (const char *text)
{
  g_autofree char *plain = g_strdelimit (g_strdup (text), "_", ' ');

  return g_utf8_casefold (plain, -1);
}

static gboolean
filter_cb (GtkListBoxRow *row, gpointer data)
{
  EntZoneChooser *self = data;

  return self->needle == NULL ||
         strstr (g_object_get_data (G_OBJECT (row), TEXT_KEY), self->needle) != NULL;
}

static void
search_changed_cb (GtkSearchEntry *search, gpointer data)
{
  EntZoneChooser *self = data;
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->search)));

  g_free (self->needle);
  self->needle = *text != '\0' ? fold (text) : NULL;
  gtk_list_box_invalidate_filter (self->list);
}

static void
take (EntZoneChooser *self, const char *zone)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (task == NULL)
    return;
  g_task_return_pointer (task, g_strdup (zone), g_free);
  gtk_window_close (GTK_WINDOW (self));
}

static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer data)
{
  take (ENT_ZONE_CHOOSER (data), g_object_get_data (G_OBJECT (row), ZONE_KEY));
}

/* Return takes the first one that is found. */
static void
search_activated_cb (GtkSearchEntry *search, gpointer data)
{
  EntZoneChooser *self = data;
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (filter_cb (row, self)) {
      row_activated_cb (self->list, row, self);
      return;
    }
}

static void
stop_search_cb (GtkSearchEntry *search, gpointer data)
{
  gtk_window_close (GTK_WINDOW (data));
}

static void
add_zone (EntZoneChooser *self, const char *zone, const char *note, int place)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = ent_zones_new_title (zone);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (note != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), note);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), ZONE_KEY, g_strdup (zone), g_free);
  g_object_set_data_full (G_OBJECT (row), TEXT_KEY, fold (zone), g_free);
  gtk_list_box_insert (self->list, row, place);
}

static void
fill (EntZoneChooser *self, const char *current)
{
  g_auto (GStrv) zones = ent_zones_list (ENT_ZONES_FILE);
  g_autofree char *local = ent_zones_dup_local ();

  for (guint i = 0; zones[i] != NULL; i++)
    if (g_strcmp0 (zones[i], local) != 0 && g_strcmp0 (zones[i], current) != 0)
      add_zone (self, zones[i], NULL, -1);
  if (current != NULL && g_strcmp0 (current, local) != 0)
    add_zone (self, current, _ ("Chosen now"), 0);
  add_zone (self, local,
    g_strcmp0 (current, local) == 0 ? _ ("Chosen now, and the zone of this device")
                                    : _ ("The zone of this device"),
    0);
}

static void
ent_zone_chooser_dispose (GObject *object)
{
  EntZoneChooser *self = ENT_ZONE_CHOOSER (object);
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (task != NULL)
    g_task_return_pointer (task, NULL, NULL);

  G_OBJECT_CLASS (ent_zone_chooser_parent_class)->dispose (object);
}

static void
ent_zone_chooser_finalize (GObject *object)
{
  g_free (ENT_ZONE_CHOOSER (object)->needle);

  G_OBJECT_CLASS (ent_zone_chooser_parent_class)->finalize (object);
}

static void
ent_zone_chooser_class_init (EntZoneChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_zone_chooser_dispose;
  object_class->finalize = ent_zone_chooser_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-zone-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, EntZoneChooser, search);
  gtk_widget_class_bind_template_child (widget_class, EntZoneChooser, list);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
ent_zone_chooser_init (EntZoneChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_filter_func (self->list, filter_cb, self, NULL);
}

void
ent_zone_chooser_ask_async (GtkWidget *parent,
  const char *current,
  GAsyncReadyCallback callback,
  gpointer data)
{
  EntZoneChooser *self;

  g_return_if_fail (GTK_IS_WIDGET (parent));

  self = g_object_new (ENT_TYPE_ZONE_CHOOSER, "transient-for", gtk_widget_get_root (parent), NULL);
  self->task = g_task_new (parent, NULL, callback, data);
  g_task_set_source_tag (self->task, ent_zone_chooser_ask_async);
  fill (self, current);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

char *
ent_zone_chooser_ask_finish (GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, ent_zone_chooser_ask_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
