#include "config.h"

#include "ent-connection-badge.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-wording.h"

struct _EntConnectionBadge {
  AdwBin parent_instance;

  GtkWidget *button;
  GtkImage *icon;
  GtkWidget *label;
  GtkLabel *sentence;
  GtkListBox *list;
  GtkWidget *code_hint;

  EntRoom *room;
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (EntConnectionBadge, ent_connection_badge, ADW_TYPE_BIN)

enum { PROP_0, PROP_NARROW, N_PROPS };
static GParamSpec *props[N_PROPS];

/* --- one person
 * -------------------------------------------------------------------------------------------- */

static void
person_changed_cb (EntParticipant *person, GParamSpec *pspec, gpointer data)
{
  AdwActionRow *row = data;
  EntConnection connection = ent_participant_get_connection (person);
  const char *code = ent_participant_get_short_code (person);
  gint64 round_trip_us = ent_participant_get_round_trip_us (person);
  GString *text = g_string_new (ent_participant_get_reconnecting (person)
                                  ? _ ("Reconnecting")
                                  : ent_wording_get_connection (connection));

  if (round_trip_us > 0) {
    g_autofree char *round_trip = ent_wording_new_duration (MAX (round_trip_us / 1000, 1));

    /* Translators: how long a message takes to somebody and back, such as "12 ms". */
    g_string_append_printf (text, _ (", round trip %s"), round_trip);
  }
  if (code)
    /* Translators: twelve digits that two people compare. */
    g_string_append_printf (text, _ ("\nCode: %s"), code);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), ent_participant_get_name (person));
  adw_action_row_set_subtitle (row, text->str);
  gtk_widget_set_visible (GTK_WIDGET (row),
    !ent_participant_is_me (person) && ent_participant_get_state (person) == ENT_PEER_JOINED);
  g_string_free (text, TRUE);
}

static GtkWidget *
new_row (gpointer person, gpointer data)
{
  GtkWidget *row = g_object_new (
    ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "activatable", FALSE, "subtitle-lines", 0, NULL);

  g_signal_connect_object (person, "notify", G_CALLBACK (person_changed_cb), row, 0);
  person_changed_cb (person, NULL, row);
  return row;
}

/* --- the room
 * ---------------------------------------------------------------------------------------------- */

static const char *
get_icon (EntConnection connection)
{
  switch (connection) {
  case ENT_CONNECTION_NONE:
    return "network-idle-symbolic";
  case ENT_CONNECTION_OFFLINE:
    return "network-offline-symbolic";
  case ENT_CONNECTION_COORDINATOR:
    return "network-server-symbolic";
  case ENT_CONNECTION_RELAYED:
    return "network-transmit-receive-symbolic";
  case ENT_CONNECTION_DIRECT:
    return "network-wired-symbolic";
  }
  return NULL;
}

static gboolean
has_code (EntRoom *room)
{
  GListModel *roster = ent_room_get_roster (room);

  for (guint i = 0; i < g_list_model_get_n_items (roster); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (roster, i);

    if (ent_participant_get_short_code (person))
      return TRUE;
  }
  return FALSE;
}

static void
room_changed_cb (gpointer source, GParamSpec *pspec, gpointer data)
{
  EntConnectionBadge *self = data;
  EntConnection connection = ent_room_get_connection (self->room);
  gboolean is_away = ent_room_get_phase (self->room) == ENT_ROOM_PHASE_RECONNECTING ||
                     connection == ENT_CONNECTION_OFFLINE;
  guint kept = ent_room_get_kept_edits (self->room);
  GString *word = g_string_new (ent_wording_get_connection (connection));
  GString *name = g_string_new (ent_wording_get_connection_name (connection));
  GString *sentence = g_string_new (ent_wording_get_connection_sentence (connection));
  g_autofree char *log_sentence = NULL;

  /* While the coordinator is there, each edit is kept for the blink of an eye. */
  if (is_away && kept > 0) {
    g_autofree char *edits =
      g_strdup_printf (ngettext ("%u edit kept", "%u edits kept", kept), kept);

    g_string_append_printf (word, ", %s", edits);
    g_string_append_printf (name, ", %s", edits);
  }
  if (is_away && connection != ENT_CONNECTION_OFFLINE)
    g_string_append_printf (sentence, "\n%s",
      _ ("The coordinator cannot be reached. The interview goes on; your edits are kept and sent "
         "later."));
  g_object_get (self->room, "device-log-sentence", &log_sentence, NULL);
  if (log_sentence)
    g_string_append_printf (sentence, "\n%s", log_sentence);

  gtk_image_set_from_icon_name (self->icon, get_icon (connection));
  gtk_label_set_label (GTK_LABEL (self->label), word->str);
  gtk_label_set_label (self->sentence, sentence->str);
  gtk_widget_set_tooltip_text (self->button, sentence->str);
  ent_accessible_set_name (self->button, name->str);
  gtk_widget_set_visible (self->label, !self->narrow);
  gtk_widget_set_visible (self->code_hint, has_code (self->room));
  if (is_away)
    gtk_widget_add_css_class (self->button, "warning");
  else
    gtk_widget_remove_css_class (self->button, "warning");
  g_string_free (word, TRUE);
  g_string_free (name, TRUE);
  g_string_free (sentence, TRUE);
}

/* --- object
 * ------------------------------------------------------------------------------------------------
 */

static void
ent_connection_badge_dispose (GObject *object)
{
  g_clear_object (&ENT_CONNECTION_BADGE (object)->room);

  G_OBJECT_CLASS (ent_connection_badge_parent_class)->dispose (object);
}

static void
ent_connection_badge_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_NARROW:
    g_value_set_boolean (value, ENT_CONNECTION_BADGE (object)->narrow);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_connection_badge_set_property (GObject *object,
  guint id,
  const GValue *value,
  GParamSpec *pspec)
{
  EntConnectionBadge *self = ENT_CONNECTION_BADGE (object);

  switch (id) {
  case PROP_NARROW:
    if (self->narrow == g_value_get_boolean (value))
      return;
    self->narrow = g_value_get_boolean (value);
    gtk_widget_set_visible (self->label, !self->narrow);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_connection_badge_class_init (EntConnectionBadgeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_connection_badge_dispose;
  object_class->get_property = ent_connection_badge_get_property;
  object_class->set_property = ent_connection_badge_set_property;

  props[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
    G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-connection-badge.ui");
  gtk_widget_class_bind_template_child (widget_class, EntConnectionBadge, button);
  gtk_widget_class_bind_template_child (widget_class, EntConnectionBadge, icon);
  gtk_widget_class_bind_template_child (widget_class, EntConnectionBadge, label);
  gtk_widget_class_bind_template_child (widget_class, EntConnectionBadge, sentence);
  gtk_widget_class_bind_template_child (widget_class, EntConnectionBadge, list);
  gtk_widget_class_bind_template_child (widget_class, EntConnectionBadge, code_hint);
}

static void
ent_connection_badge_init (EntConnectionBadge *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ent_connection_badge_set_room (EntConnectionBadge *self, EntRoom *room)
{
  static const char *const watched[] = { "notify::connection", "notify::kept-edits",
    "notify::phase", "notify::device-log-sentence" };

  g_return_if_fail (ENT_IS_CONNECTION_BADGE (self));
  g_return_if_fail (!self->room);

  self->room = g_object_ref (room);
  gtk_list_box_bind_model (self->list, ent_room_get_roster (room), new_row, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (room, watched[i], G_CALLBACK (room_changed_cb), self, 0);
  room_changed_cb (room, NULL, self);
}
