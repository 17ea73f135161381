#include "config.h"

#include "ent-lobby-page.h"

#include <glib/gi18n.h>

#include "ent-video-tile.h"

struct _EntLobbyPage {
  GtkWidget parent_instance;

  AdwStatusPage *status;
  AdwBin *picture;
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
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-lobby-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntLobbyPage, status);
  gtk_widget_class_bind_template_child (widget_class, EntLobbyPage, picture);
}

static void
ent_lobby_page_init (EntLobbyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Who was in before is told that nothing is lost. */
static void
update_description (EntLobbyPage *self, EntRoom *room)
{
  const char *title = ent_room_get_title (room);
  const char *sentence =
    ent_room_get_doc (room)
      ? _ ("The interviewer sent you back here and will let you in again. What you wrote is kept.")
      : _ ("The interviewer will let you in.");
  g_autofree char *text =
    title && *title ? g_strdup_printf ("%s\n%s", title, sentence) : g_strdup (sentence);
  g_autofree char *escaped = g_markup_escape_text (text, -1); /* which is markup */

  adw_status_page_set_description (self->status, escaped);
}

void
ent_lobby_page_set_room (EntLobbyPage *self, EntRoom *room)
{
  EntCall *call = room ? ent_room_get_call (room) : NULL;
  EntParticipant *me = room ? ent_room_get_waiting (room) : NULL;

  g_return_if_fail (ENT_IS_LOBBY_PAGE (self));

  if (room)
    update_description (self, room);
  if (!call || !me || ent_room_get_role (room) == ENT_ROLE_OBSERVER)
    adw_bin_set_child (self->picture, NULL);
  else if (!adw_bin_get_child (self->picture))
    adw_bin_set_child (self->picture, ent_video_tile_new (call, me));
  gtk_widget_set_visible (GTK_WIDGET (self->picture), adw_bin_get_child (self->picture) != NULL);
}
