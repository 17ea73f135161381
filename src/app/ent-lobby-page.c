#include "config.h"

#include "ent-lobby-page.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-video-tile.h"

struct _EntLobbyPage {
  GtkWidget parent_instance;

  AdwStatusPage *status;
  AdwBin *picture;
  GtkLabel *problem; /* of the call: what is missing for it */
};

G_DEFINE_FINAL_TYPE (EntLobbyPage, ent_lobby_page, GTK_TYPE_WIDGET)

static void
ent_lobby_page_dispose (GObject *object)
{
  EntLobbyPage *self = ENT_LOBBY_PAGE (object);

  g_clear_pointer ((GtkWidget **) &self->status, gtk_widget_unparent);

  G_OBJECT_CLASS (ent_lobby_page_parent_class)->dispose (object);
}

static void
ent_lobby_page_class_init (EntLobbyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_lobby_page_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-lobby-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntLobbyPage, status);
  gtk_widget_class_bind_template_child (widget_class, EntLobbyPage, picture);
  gtk_widget_class_bind_template_child (widget_class, EntLobbyPage, problem);
}

static void
ent_lobby_page_init (EntLobbyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Who was in before is told that nothing is lost; who sees themselves, that nobody else does. */
static void
update_description (EntLobbyPage *self, EntRoom *room, gboolean has_picture)
{
  const char *title = ent_room_get_title (room);
  const char *sentence =
    ent_room_get_doc (room)
      ? _ ("The interviewer sent you back here and will let you in again. What you wrote is kept.")
      : _ ("The interviewer will let you in. You need not do anything.");
  g_autoptr (GString) text = g_string_new (title);
  g_autofree char *escaped = NULL;

  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n\n" : "", sentence);
  if (has_picture)
    g_string_append_printf (text, "\n%s", _ ("Until then nobody sees or hears you."));
  escaped = g_markup_escape_text (text->str, -1); /* which is markup */
  adw_status_page_set_description (self->status, escaped);
  ent_accessible_set_name (GTK_WIDGET (self), adw_status_page_get_title (self->status));
  ent_accessible_set_description (GTK_WIDGET (self), text->str);
}

static void
problem_changed_cb (EntCall *call, GParamSpec *pspec, gpointer data)
{
  EntLobbyPage *self = data;
  g_autofree char *problem = NULL;

  g_object_get (call, "problem", &problem, NULL);
  gtk_label_set_label (self->problem, problem ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

static void
show_picture (EntLobbyPage *self, EntCall *call, EntParticipant *me)
{
  adw_bin_set_child (self->picture, ent_video_tile_new (call, me));
  g_signal_handlers_disconnect_by_func (call, problem_changed_cb, self); /* of an earlier time */
  g_signal_connect_object (call, "notify::problem", G_CALLBACK (problem_changed_cb), self, 0);
  problem_changed_cb (call, NULL, self);
}

void
ent_lobby_page_set_room (EntLobbyPage *self, EntRoom *room)
{
  EntCall *call = room ? ent_room_get_call (room) : NULL;
  EntParticipant *me = room ? ent_room_get_waiting (room) : NULL;
  gboolean has_picture = call && me && ent_room_get_role (room) != ENT_ROLE_OBSERVER;

  g_return_if_fail (ENT_IS_LOBBY_PAGE (self));

  if (room)
    update_description (self, room, has_picture);
  if (!has_picture)
    adw_bin_set_child (self->picture, NULL);
  else if (!adw_bin_get_child (self->picture))
    show_picture (self, call, me);
  gtk_widget_set_visible (GTK_WIDGET (self->picture), adw_bin_get_child (self->picture) != NULL);
}
