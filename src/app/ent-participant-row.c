#include "config.h"

#include "ent-participant-row.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-colours.h"
#include "ent-wording.h"

/* What the menu of a person offers. */
enum {
  MENU_REMOVE,
  MENU_SEND_BACK, /* and remove */
  N_MENUS,
};

struct _EntParticipantRow {
  AdwActionRow parent_instance;

  AdwAvatar *avatar;
  GtkWidget *muted;
  GtkWidget *no_camera;
  GtkButton *let_in;
  GtkMenuButton *menu;

  EntRoom *room;
  EntParticipant *person;
  const char *colour_class; /* on the avatar */
  GMenuModel *menus[N_MENUS];
};

G_DEFINE_FINAL_TYPE (EntParticipantRow, ent_participant_row, ADW_TYPE_ACTION_ROW)

static const char *
get_presence (EntParticipant *person)
{
  if (ent_participant_get_state (person) == ENT_PEER_LOBBY)
    return _ ("In the lobby");
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

static guint
find_menu (EntParticipant *person)
{
  gboolean is_in = ent_participant_get_state (person) != ENT_PEER_LOBBY;

  return is_in && !ent_role_can_lead (ent_participant_get_role (person)) ? MENU_SEND_BACK
                                                                         : MENU_REMOVE;
}

static void
update_menu (EntParticipantRow *self)
{
  gboolean can_lead;

  g_object_get (self->room, "can-lead", &can_lead, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->let_in),
    can_lead && ent_participant_get_state (self->person) == ENT_PEER_LOBBY);
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
  GMenuModel *menu = self->menus[find_menu (person)];
  g_autofree char *shown = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *actions = NULL;
  g_autofree char *let_in = NULL;

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
  gtk_widget_set_visible (GTK_WIDGET (self),
    state == ENT_PEER_JOINED || state == ENT_PEER_AWAY || state == ENT_PEER_LOBBY);

  /* Translators: the name of a menu: what can be done about a person. */
  actions = g_strdup_printf (_ ("Actions for %s"), name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu), actions);
  ent_accessible_set_name (GTK_WIDGET (self->menu), actions);
  /* Translators: a person's name. */
  let_in = g_strdup_printf (_ ("Let %s in"), name);
  ent_accessible_set_name (GTK_WIDGET (self->let_in), let_in);
  if (gtk_menu_button_get_menu_model (self->menu) != menu) /* which would close it */
    gtk_menu_button_set_menu_model (self->menu, menu);
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
  for (guint i = 0; i < N_MENUS; i++)
    g_clear_object (&ENT_PARTICIPANT_ROW (object)->menus[i]);
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
  gtk_widget_class_bind_template_child (widget_class, EntParticipantRow, let_in);
  gtk_widget_class_bind_template_child (widget_class, EntParticipantRow, menu);
}

static void
ent_participant_row_init (EntParticipantRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
add_item (GMenu *menu, const char *label, const char *action, EntParticipant *person)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", ent_participant_get_id (person));
  g_menu_item_set_attribute (item, "hidden-when", "s", "action-disabled");
  g_menu_append_item (menu, item);
}

static GMenuModel *
new_menu (EntParticipant *person, gboolean with_send_back)
{
  GMenu *menu = g_menu_new ();

  if (with_send_back)
    add_item (menu, _ ("_Send back to the lobby"), "room.send-back", person);
  add_item (menu, _ ("_Remove from the interview…"), "room.remove-participant", person);
  return G_MENU_MODEL (menu);
}

GtkWidget *
ent_participant_row_new (EntRoom *room, EntParticipant *person)
{
  EntParticipantRow *self = g_object_new (ENT_TYPE_PARTICIPANT_ROW, NULL);

  self->room = g_object_ref (room);
  self->person = g_object_ref (person);
  self->menus[MENU_REMOVE] = new_menu (person, FALSE);
  self->menus[MENU_SEND_BACK] = new_menu (person, TRUE);
  gtk_actionable_set_action_target (
    GTK_ACTIONABLE (self->let_in), "s", ent_participant_get_id (person));
  g_signal_connect_object (room, "notify::can-lead", G_CALLBACK (rights_changed_cb), self, 0);
  g_signal_connect_object (person, "notify", G_CALLBACK (person_changed_cb), self, 0);
  person_changed_cb (person, NULL, self);
  return GTK_WIDGET (self);
}
