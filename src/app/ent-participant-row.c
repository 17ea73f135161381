#include "config.h"

#include "ent-participant-row.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-colours.h"
#include "ent-wording.h"

struct _EntParticipantRow {
  AdwActionRow parent_instance;

  AdwAvatar *avatar;
  GtkWidget *muted;
  GtkWidget *no_camera;
  GtkMenuButton *menu;

  EntRoom *room;
  EntParticipant *person;
  const char *colour_class; /* on the avatar */
};

G_DEFINE_FINAL_TYPE (EntParticipantRow, ent_participant_row, ADW_TYPE_ACTION_ROW)

static const char *
get_presence (EntParticipant *person)
{
  if (ent_participant_get_state (person) != ENT_PEER_JOINED)
    return _ ("Away");
  if (ent_participant_is_me (person))
    return NULL;
  if (ent_participant_get_reconnecting (person))
    return _ ("Reconnecting");
  if (ent_participant_get_connection (person) == ENT_CONNECTION_NONE)
    return NULL;
  return ent_wording_get_connection (ent_participant_get_connection (person));
}

static void
update_menu (EntParticipantRow *self)
{
  gboolean can_lead;

  g_object_get (self->room, "can-lead", &can_lead, NULL);
  gtk_widget_set_visible (
    GTK_WIDGET (self->menu), can_lead && !ent_participant_is_me (self->person) &&
                               ent_participant_get_role (self->person) != ENT_ROLE_HOST);
}

static void
rights_changed_cb (EntRoom *room, GParamSpec *pspec, gpointer data)
{
  update_menu (data);
}

static void
person_changed_cb (EntParticipant *person, GParamSpec *pspec, gpointer data)
{
  EntParticipantRow *self = data;
  const char *name = ent_participant_get_name (person);
  const char *role = ent_wording_get_role (ent_participant_get_role (person));
  const char *presence = get_presence (person);
  EntPeerState state = ent_participant_get_state (person);
  gboolean is_in_call = ent_participant_get_seat (person) && state == ENT_PEER_JOINED;
  const char *colour = ent_colours_get_style_class (ent_participant_get_colour (person));
  g_autofree char *shown = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *actions = NULL;

  /* Translators: after a person's name: that is the user. */
  shown = ent_participant_is_me (person) ? g_strdup_printf (_ ("%s (you)"), name) : g_strdup (name);
  /* Translators: a role and how somebody is connected. */
  subtitle = presence ? g_strdup_printf (_ ("%s, %s"), role, presence) : g_strdup (role);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), shown);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  /* The name comes from the title. */
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
  adw_avatar_set_text (self->avatar, name);
  gtk_widget_set_visible (self->muted, is_in_call && ent_participant_get_muted (person));
  gtk_widget_set_visible (self->no_camera, is_in_call && !ent_participant_get_camera (person));
  gtk_widget_set_visible (GTK_WIDGET (self), state == ENT_PEER_JOINED || state == ENT_PEER_AWAY);

  /* Translators: the name of a menu: what can be done about a person. */
  actions = g_strdup_printf (_ ("Actions for %s"), name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu), actions);
  ent_accessible_set_name (GTK_WIDGET (self->menu), actions);
  update_menu (self);

  if (self->colour_class != colour) {
    if (self->colour_class)
      gtk_widget_remove_css_class (GTK_WIDGET (self->avatar), self->colour_class);
    gtk_widget_add_css_class (GTK_WIDGET (self->avatar), colour);
    self->colour_class = colour;
  }
}

static void
ent_participant_row_dispose (GObject *object)
{
  g_clear_object (&ENT_PARTICIPANT_ROW (object)->person);
  g_clear_object (&ENT_PARTICIPANT_ROW (object)->room);

  G_OBJECT_CLASS (ent_participant_row_parent_class)->dispose (object);
}

static void
ent_participant_row_class_init (EntParticipantRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_participant_row_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-participant-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EntParticipantRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, EntParticipantRow, muted);
  gtk_widget_class_bind_template_child (widget_class, EntParticipantRow, no_camera);
  gtk_widget_class_bind_template_child (widget_class, EntParticipantRow, menu);
}

static void
ent_participant_row_init (EntParticipantRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static GMenuModel *
new_menu (EntParticipant *person)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenuItem) item = g_menu_item_new (_ ("_Remove from the interview…"), NULL);

  g_menu_item_set_action_and_target (
    item, "room.remove-participant", "s", ent_participant_get_id (person));
  g_menu_append_item (menu, item);
  return G_MENU_MODEL (menu);
}

GtkWidget *
ent_participant_row_new (EntRoom *room, EntParticipant *person)
{
  EntParticipantRow *self = g_object_new (ENT_TYPE_PARTICIPANT_ROW, NULL);
  g_autoptr (GMenuModel) menu = new_menu (person);

  self->room = g_object_ref (room);
  self->person = g_object_ref (person);
  gtk_menu_button_set_menu_model (self->menu, menu);
  g_signal_connect_object (room, "notify::can-lead", G_CALLBACK (rights_changed_cb), self, 0);
  g_signal_connect_object (person, "notify", G_CALLBACK (person_changed_cb), self, 0);
  person_changed_cb (person, NULL, self);
  return GTK_WIDGET (self);
}
