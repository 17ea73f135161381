#include "config.h"

#include "ent-people-panel.h"

#include <glib/gi18n.h>

#include "ent-participant-row.h"
#include "ent-video-tile.h"

#define MIN_HEIGHT 120
#define MAX_NATURAL_HEIGHT 480

struct _EntPeoplePanel {
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkWidget *content;
  GtkGrid *tiles;
  GtkLabel *sentence;
  GtkWidget *lobby; /* for those who lead */
  GtkListBox *list;

  EntRoom *room;
  char *media_sentence;
  GHashTable *tile_of; /* EntParticipant to its EntVideoTile */
};

G_DEFINE_FINAL_TYPE (EntPeoplePanel, ent_people_panel, GTK_TYPE_WIDGET)

/* --- tiles
 * -----------------------------------------------------------------------------------------------
 */

static gboolean
is_in_call (EntParticipant *person)
{
  EntPeerState state = ent_participant_get_state (person);

  return ent_participant_get_seat (person) && (state == ENT_PEER_JOINED || state == ENT_PEER_AWAY);
}

/* The tile of a person, made when it is first needed. */
static GtkWidget *
get_tile (EntPeoplePanel *self, EntCall *call, EntParticipant *person)
{
  GtkWidget *tile = g_hash_table_lookup (self->tile_of, person);

  if (!tile) {
    tile = g_object_ref_sink (ent_video_tile_new (call, person));
    g_hash_table_insert (self->tile_of, g_object_ref (person), tile);
  }
  return tile;
}

/* Tiles are not shown again after they were taken out: GTK 4.8 complains where a screen reader
 * knows them. */
static gboolean
remove_unless_wanted (gpointer person, gpointer tile, gpointer wanted)
{
  if (g_ptr_array_find (wanted, tile, NULL))
    return FALSE;
  gtk_grid_remove (GTK_GRID (gtk_widget_get_parent (tile)), tile);
  return TRUE;
}

/* A tile that is shown already is only moved. */
static void
place_tile (EntPeoplePanel *self, GtkWidget *tile, GtkWidget *previous, guint at, guint n_columns)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self->tiles));
  int column = at % n_columns;
  int row = at / n_columns;

  gtk_widget_set_hexpand (tile, TRUE);
  if (gtk_widget_get_parent (tile))
    g_object_set (
      gtk_layout_manager_get_layout_child (layout, tile), "column", column, "row", row, NULL);
  else
    gtk_grid_attach (self->tiles, tile, column, row, 1, 1);
  gtk_widget_insert_after (tile, GTK_WIDGET (self->tiles), previous);
}

static void
add_tiles (EntPeoplePanel *self, EntCall *call, gboolean of_me, GPtrArray *tiles)
{
  GListModel *roster = ent_room_get_roster (self->room);

  for (guint i = 0; i < g_list_model_get_n_items (roster); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (roster, i);

    if (is_in_call (person) && ent_participant_is_me (person) == of_me)
      g_ptr_array_add (tiles, get_tile (self, call, person));
  }
}

/* The others first, oneself last. Two tiles are large, below each other; more are side by side. */
static void
lay_out_tiles (EntPeoplePanel *self)
{
  EntCall *call = ent_room_get_call (self->room);
  g_autoptr (GPtrArray) tiles = g_ptr_array_new ();
  GtkWidget *previous = NULL;

  if (call && ent_room_get_phase (self->room) != ENT_ROOM_PHASE_WAITING &&
      ent_room_get_phase (self->room) < ENT_ROOM_PHASE_ENDED) {
    add_tiles (self, call, FALSE, tiles);
    add_tiles (self, call, TRUE, tiles);
  }
  g_hash_table_foreach_remove (self->tile_of, remove_unless_wanted, tiles);
  for (guint i = 0; i < tiles->len; i++) {
    GtkWidget *tile = g_ptr_array_index (tiles, i);

    place_tile (self, tile, previous, i, tiles->len > 2 ? 2 : 1);
    previous = tile;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->tiles), tiles->len > 0);
}

static void
seat_changed_cb (EntParticipant *person, GParamSpec *pspec, gpointer data)
{
  lay_out_tiles (ENT_PEOPLE_PANEL (data));
}

static void
roster_changed_cb (GListModel *roster, guint at, guint removed, guint added, gpointer data)
{
  EntPeoplePanel *self = data;

  for (guint i = at; i < at + added; i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (roster, i);

    g_signal_connect_object (person, "notify::seat", G_CALLBACK (seat_changed_cb), self, 0);
    g_signal_connect_object (person, "notify::state", G_CALLBACK (seat_changed_cb), self, 0);
  }
  lay_out_tiles (self);
}

static GtkWidget *
new_row (gpointer item, gpointer data)
{
  return ent_participant_row_new (ENT_PEOPLE_PANEL (data)->room, item);
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
  lay_out_tiles (self);
  g_string_free (text, TRUE);
}

/* --- shape ------------------------------------------------------------------------------------ */

/* A scrolled window does not know how high its content is for a width; here it is known, and the
 * panel asks for that up to a bound. */
static GtkSizeRequestMode
ent_people_panel_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ent_people_panel_measure (GtkWidget *widget,
  GtkOrientation orientation,
  int for_size,
  int *minimum,
  int *natural,
  int *minimum_baseline,
  int *natural_baseline)
{
  EntPeoplePanel *self = ENT_PEOPLE_PANEL (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (self->scroller, orientation, -1, minimum, natural, NULL, NULL);
    return;
  }
  gtk_widget_measure (self->content, orientation, for_size, NULL, natural, NULL, NULL);
  *natural = CLAMP (*natural, MIN_HEIGHT, MAX_NATURAL_HEIGHT);
  *minimum = MIN_HEIGHT;
}

static void
ent_people_panel_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_size_allocate (
    ENT_PEOPLE_PANEL (widget)->scroller, &(GtkAllocation){ 0, 0, width, height }, baseline);
}

/* --- object
 * ------------------------------------------------------------------------------------------------
 */

static gboolean
ent_people_panel_grab_focus (GtkWidget *widget)
{
  return gtk_widget_child_focus (GTK_WIDGET (ENT_PEOPLE_PANEL (widget)->list), GTK_DIR_TAB_FORWARD);
}

static void
ent_people_panel_dispose (GObject *object)
{
  EntPeoplePanel *self = ENT_PEOPLE_PANEL (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_hash_table_remove_all (self->tile_of);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (ent_people_panel_parent_class)->dispose (object);
}

static void
ent_people_panel_finalize (GObject *object)
{
  EntPeoplePanel *self = ENT_PEOPLE_PANEL (object);

  g_hash_table_unref (self->tile_of);
  g_free (self->media_sentence);

  G_OBJECT_CLASS (ent_people_panel_parent_class)->finalize (object);
}

static void
ent_people_panel_class_init (EntPeoplePanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_people_panel_dispose;
  object_class->finalize = ent_people_panel_finalize;
  widget_class->get_request_mode = ent_people_panel_get_request_mode;
  widget_class->grab_focus = ent_people_panel_grab_focus;
  widget_class->measure = ent_people_panel_measure;
  widget_class->size_allocate = ent_people_panel_size_allocate;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-people-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, EntPeoplePanel, scroller);
  gtk_widget_class_bind_template_child (widget_class, EntPeoplePanel, content);
  gtk_widget_class_bind_template_child (widget_class, EntPeoplePanel, tiles);
  gtk_widget_class_bind_template_child (widget_class, EntPeoplePanel, sentence);
  gtk_widget_class_bind_template_child (widget_class, EntPeoplePanel, lobby);
  gtk_widget_class_bind_template_child (widget_class, EntPeoplePanel, list);
}

static void
ent_people_panel_init (EntPeoplePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->tile_of = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
}

void
ent_people_panel_set_room (EntPeoplePanel *self, EntRoom *room, const char *media_sentence)
{
  GListModel *roster = ent_room_get_roster (room);
  EntCall *call;

  g_return_if_fail (ENT_IS_PEOPLE_PANEL (self));
  g_return_if_fail (!self->room);

  self->room = g_object_ref (room);
  self->media_sentence = g_strdup (media_sentence);
  call = ent_room_get_call (room);
  gtk_list_box_bind_model (self->list, roster, new_row, self, NULL);
  if (call)
    g_signal_connect_object (call, "notify::problem", G_CALLBACK (call_changed_cb), self, 0);
  g_signal_connect_object (roster, "items-changed", G_CALLBACK (roster_changed_cb), self, 0);
  roster_changed_cb (roster, 0, 0, g_list_model_get_n_items (roster), self);
  g_signal_connect_object (room, "notify::call-sentence", G_CALLBACK (call_changed_cb), self, 0);
  g_signal_connect_object (room, "notify::call-state", G_CALLBACK (call_changed_cb), self, 0);
  g_signal_connect_object (room, "notify::phase", G_CALLBACK (call_changed_cb), self, 0);
  call_changed_cb (room, NULL, self);
  g_object_bind_property (room, "can-lead", self->lobby, "visible", G_BINDING_SYNC_CREATE);
}
