#include "config.h"

#include "ent-participant-row.h"

#include <glib/gi18n.h>

#include "ent-colours.h"
#include "ent-wording.h"

struct _EntParticipantRow {
  AdwActionRow parent_instance;

  AdwAvatar *avatar;
  GtkWidget *muted;
  GtkWidget *no_camera;

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
}

static void
ent_participant_row_init (EntParticipantRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ent_participant_row_new (EntParticipant *person)
{
  EntParticipantRow *self = g_object_new (ENT_TYPE_PARTICIPANT_ROW, NULL);

  self->person = g_object_ref (person);
  g_signal_connect_object (person, "notify", G_CALLBACK (person_changed_cb), self, 0);
  person_changed_cb (person, NULL, self);
  return GTK_WIDGET (self);
}
