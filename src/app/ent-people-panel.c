#include "config.h"

#include "ent-people-panel.h"

#include <glib/gi18n.h>

#include "ent-participant-row.h"
#include "ent-video-tile.h"

struct _EntPeoplePanel {
  AdwBin parent_instance;

  GtkFlowBox *tiles;
  GtkLabel *sentence;
  GtkListBox *list;

  EntRoom *room;
  char *media_sentence;
};

G_DEFINE_FINAL_TYPE (EntPeoplePanel, ent_people_panel, ADW_TYPE_BIN)

/* --- tiles
 * -----------------------------------------------------------------------------------------------
 */

/* Two tiles are large, below each other; more are side by side. */
static void
lay_out_tiles (EntPeoplePanel *self)
{
  guint n_shown = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->tiles)); child;
       child = gtk_widget_get_next_sibling (child))
    n_shown += gtk_widget_get_visible (child);
  gtk_flow_box_set_max_children_per_line (self->tiles, n_shown > 2 ? 2 : 1);
}

static void
seat_changed_cb (EntParticipant *person, GParamSpec *pspec, gpointer data)
{
  EntPeerState state = ent_participant_get_state (person);
  GtkWidget *panel = gtk_widget_get_ancestor (GTK_WIDGET (data), ENT_TYPE_PEOPLE_PANEL);

  gtk_widget_set_visible (GTK_WIDGET (data),
    ent_participant_get_seat (person) && (state == ENT_PEER_JOINED || state == ENT_PEER_AWAY));
  if (panel)
    lay_out_tiles (ENT_PEOPLE_PANEL (panel));
}

/* The others first, oneself last. */
static int
compare_people (gconstpointer a, gconstpointer b, gpointer data)
{
  return ent_participant_is_me (ENT_PARTICIPANT ((gpointer) a)) -
         ent_participant_is_me (ENT_PARTICIPANT ((gpointer) b));
}

static GtkWidget *
new_tile (gpointer item, gpointer data)
{
  GtkWidget *child = gtk_flow_box_child_new ();

  gtk_flow_box_child_set_child (
    GTK_FLOW_BOX_CHILD (child), ent_video_tile_new (ent_room_get_call (data), item));
  gtk_widget_set_focusable (child, FALSE);
  g_signal_connect_object (item, "notify::seat", G_CALLBACK (seat_changed_cb), child, 0);
  g_signal_connect_object (item, "notify::state", G_CALLBACK (seat_changed_cb), child, 0);
  seat_changed_cb (item, NULL, child);
  return child;
}

static GtkWidget *
new_row (gpointer item, gpointer data)
{
  return ent_participant_row_new (item);
}

/* --- what is missing
 * --------------------------------------------------------------------------------------- */

static void
call_changed_cb (gpointer source, GParamSpec *pspec, gpointer data)
{
  EntPeoplePanel *self = data;
  EntCall *call = ent_room_get_call (self->room);
  g_autofree char *room_sentence = NULL;
  g_autofree char *problem = NULL;
  GString *text = g_string_new (self->media_sentence);

  g_object_get (self->room, "call-sentence", &room_sentence, NULL);
  if (call)
    g_object_get (call, "problem", &problem, NULL);
  if (room_sentence)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", room_sentence);
  if (problem && ent_room_get_call_state (self->room) == ENT_ROOM_CALL_ON)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", problem);
  gtk_label_set_label (self->sentence, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), text->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->tiles), call != NULL);
  g_string_free (text, TRUE);
}

/* --- object
 * ------------------------------------------------------------------------------------------------
 */

static void
ent_people_panel_dispose (GObject *object)
{
  g_clear_object (&ENT_PEOPLE_PANEL (object)->room);

  G_OBJECT_CLASS (ent_people_panel_parent_class)->dispose (object);
}

static void
ent_people_panel_finalize (GObject *object)
{
  g_free (ENT_PEOPLE_PANEL (object)->media_sentence);

  G_OBJECT_CLASS (ent_people_panel_parent_class)->finalize (object);
}

static void
ent_people_panel_class_init (EntPeoplePanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_people_panel_dispose;
  object_class->finalize = ent_people_panel_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-people-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, EntPeoplePanel, tiles);
  gtk_widget_class_bind_template_child (widget_class, EntPeoplePanel, sentence);
  gtk_widget_class_bind_template_child (widget_class, EntPeoplePanel, list);
}

static void
ent_people_panel_init (EntPeoplePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ent_people_panel_set_room (EntPeoplePanel *self, EntRoom *room, const char *media_sentence)
{
  EntCall *call;

  g_return_if_fail (ENT_IS_PEOPLE_PANEL (self));
  g_return_if_fail (!self->room);

  self->room = g_object_ref (room);
  self->media_sentence = g_strdup (media_sentence);
  call = ent_room_get_call (room);
  gtk_list_box_bind_model (self->list, ent_room_get_roster (room), new_row, NULL, NULL);
  if (call) {
    g_autoptr (GtkSortListModel) sorted =
      gtk_sort_list_model_new (g_object_ref (ent_room_get_roster (room)),
        GTK_SORTER (gtk_custom_sorter_new (compare_people, NULL, NULL)));

    gtk_flow_box_bind_model (self->tiles, G_LIST_MODEL (sorted), new_tile, room, NULL);
    g_signal_connect_object (
      sorted, "items-changed", G_CALLBACK (lay_out_tiles), self, G_CONNECT_SWAPPED);
    lay_out_tiles (self);
    g_signal_connect_object (call, "notify::problem", G_CALLBACK (call_changed_cb), self, 0);
  }
  g_signal_connect_object (room, "notify::call-sentence", G_CALLBACK (call_changed_cb), self, 0);
  g_signal_connect_object (room, "notify::call-state", G_CALLBACK (call_changed_cb), self, 0);
  g_signal_connect_object (room, "notify::phase", G_CALLBACK (call_changed_cb), self, 0);
  call_changed_cb (room, NULL, self);
}
