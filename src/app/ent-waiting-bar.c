#include "config.h"

#include "ent-waiting-bar.h"

#include <glib/gi18n.h>

#include "ent-notice-bar.h"
#include "ent-wording.h"

struct _EntWaitingBar {
  AdwBin parent_instance;

  EntNoticeBar *notice;

  EntRoom *room;
  guint n_waiting;
};

G_DEFINE_FINAL_TYPE (EntWaitingBar, ent_waiting_bar, ADW_TYPE_BIN)

enum { PROP_0, PROP_N_WAITING, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
show_one (EntWaitingBar *self, EntParticipant *person)
{
  g_autofree char *name = ent_wording_new_short_name (ent_participant_get_name (person));
  g_autofree char *sentence = NULL;
  g_autoptr (GVariant) id =
    g_variant_ref_sink (g_variant_new_string (ent_participant_get_id (person)));
  g_autofree char *action = g_action_print_detailed_name ("room.let-in", id);

  /* Translators: a person's name. */
  sentence = g_strdup_printf (_ ("%s is waiting in the lobby."), name);
  ent_notice_bar_set_button (self->notice, _ ("Let in"), action);
  ent_notice_bar_set_sentence (self->notice, sentence);
}

static void
show_several (EntWaitingBar *self, guint n)
{
  g_autofree char *sentence = g_strdup_printf (
    ngettext ("%u person is waiting in the lobby.", "%u people are waiting in the lobby.", n), n);

  ent_notice_bar_set_button (self->notice, _ ("Show"), "room.show-people");
  ent_notice_bar_set_sentence (self->notice, sentence);
}

static void
changed_cb (gpointer source, GParamSpec *pspec, gpointer data)
{
  EntWaitingBar *self = data;
  GListModel *roster = ent_room_get_roster (self->room);
  g_autoptr (EntParticipant) first = NULL;
  gboolean can_lead;
  guint n = 0;

  g_object_get (self->room, "can-lead", &can_lead, NULL);
  if (can_lead && ent_room_get_phase (self->room) == ENT_ROOM_PHASE_JOINED)
    for (guint i = 0; i < g_list_model_get_n_items (roster); i++) {
      g_autoptr (EntParticipant) person = g_list_model_get_item (roster, i);

      if (ent_participant_get_state (person) == ENT_PEER_LOBBY && n++ == 0)
        first = g_steal_pointer (&person);
    }
  if (n == 0) /* its button stays in view while the bar goes away */
    ent_notice_bar_set_sentence (self->notice, NULL);
  else if (n == 1)
    show_one (self, first);
  else
    show_several (self, n);
  if (self->n_waiting == n)
    return;
  self->n_waiting = n;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_WAITING]);
}

static void
roster_changed_cb (GListModel *roster, guint at, guint removed, guint added, gpointer data)
{
  for (guint i = at; i < at + added; i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (roster, i);

    g_signal_connect_object (person, "notify::state", G_CALLBACK (changed_cb), data, 0);
    g_signal_connect_object (person, "notify::name", G_CALLBACK (changed_cb), data, 0);
  }
  changed_cb (roster, NULL, data);
}

static void
ent_waiting_bar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_N_WAITING:
    g_value_set_uint (value, ENT_WAITING_BAR (object)->n_waiting);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_waiting_bar_dispose (GObject *object)
{
  g_clear_object (&ENT_WAITING_BAR (object)->room);

  G_OBJECT_CLASS (ent_waiting_bar_parent_class)->dispose (object);
}

static void
ent_waiting_bar_class_init (EntWaitingBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ent_waiting_bar_get_property;
  object_class->dispose = ent_waiting_bar_dispose;

  props[PROP_N_WAITING] = g_param_spec_uint ("n-waiting", NULL, NULL, 0, G_MAXUINT, 0,
    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ent_waiting_bar_init (EntWaitingBar *self)
{
  self->notice = g_object_new (ENT_TYPE_NOTICE_BAR, NULL);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->notice));
}

void
ent_waiting_bar_set_room (EntWaitingBar *self, EntRoom *room)
{
  GListModel *roster = ent_room_get_roster (room);

  g_return_if_fail (ENT_IS_WAITING_BAR (self));
  g_return_if_fail (!self->room);

  self->room = g_object_ref (room);
  g_signal_connect_object (roster, "items-changed", G_CALLBACK (roster_changed_cb), self, 0);
  g_signal_connect_object (room, "notify::can-lead", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (room, "notify::phase", G_CALLBACK (changed_cb), self, 0);
  roster_changed_cb (roster, 0, 0, g_list_model_get_n_items (roster), self);
}

guint
ent_waiting_bar_get_n_waiting (EntWaitingBar *self)
{
  g_return_val_if_fail (ENT_IS_WAITING_BAR (self), 0);
  return self->n_waiting;
}
