#include "config.h"

#include "ent-video-tile.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-colours.h"
#include "ent-picture.h"

#define MIN_WIDTH 96
#define NATURAL_WIDTH 120

struct _EntVideoTile {
  GtkWidget parent_instance;

  GtkWidget *overlay;
  GtkStack *stack;
  AdwAvatar *avatar;
  GtkPicture *view;
  GtkWidget *muted;
  GtkLabel *name;

  EntCall *call;
  EntParticipant *person;
  EntPicture *picture;
  const char *colour_class; /* on the avatar */
};

G_DEFINE_FINAL_TYPE (EntVideoTile, ent_video_tile, GTK_TYPE_WIDGET)

/* --- picture
 * --------------------------------------------------------------------------------------------- */

/* The call names oneself by no id. */
static const char *
get_call_id (EntVideoTile *self)
{
  return ent_participant_is_me (self->person) ? NULL : ent_participant_get_id (self->person);
}

static gboolean
is_ours (EntVideoTile *self, const char *peer_id)
{
  return g_strcmp0 (peer_id, get_call_id (self)) == 0;
}

static void
show_picture (EntVideoTile *self, gboolean is_shown)
{
  gtk_stack_set_visible_child_name (self->stack, is_shown ? "picture" : "nobody");
  if (!is_shown)
    ent_picture_take_frame (self->picture, NULL);
}

static void
frame_cb (EntCall *call, const char *peer_id, EntFrame *frame, gpointer data)
{
  EntVideoTile *self = data;

  if (!is_ours (self, peer_id))
    return;
  /* Nothing is drawn that nobody sees. */
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (ent_participant_is_me (self->person) && !ent_call_get_camera_on (self->call))
    return;
  ent_picture_take_frame (self->picture, frame);
  gtk_stack_set_visible_child_name (self->stack, "picture");
}

static void
picture_changed_cb (EntCall *call, const char *peer_id, gboolean is_shown, gpointer data)
{
  EntVideoTile *self = data;

  if (is_ours (self, peer_id) && !is_shown)
    show_picture (self, FALSE);
}

static void
camera_changed_cb (EntCall *call, GParamSpec *pspec, gpointer data)
{
  EntVideoTile *self = data;

  if (ent_participant_is_me (self->person) && !ent_call_get_camera_on (call))
    show_picture (self, FALSE);
}

/* --- words
 * -----------------------------------------------------------------------------------------------
 */

static void
show_colour (EntVideoTile *self)
{
  const char *colour = ent_colours_get_style_class (ent_participant_get_colour (self->person));

  if (self->colour_class == colour)
    return;
  if (self->colour_class)
    gtk_widget_remove_css_class (GTK_WIDGET (self->avatar), self->colour_class);
  gtk_widget_add_css_class (GTK_WIDGET (self->avatar), colour);
  self->colour_class = colour;
}

static void
person_changed_cb (EntParticipant *person, GParamSpec *pspec, gpointer data)
{
  EntVideoTile *self = data;
  const char *name = ent_participant_get_name (person);
  g_autofree char *shown = NULL;
  g_autofree char *label = NULL;
  g_autofree char *picture_label = NULL;

  /* Translators: after a person's name: that is the user. */
  shown = ent_participant_is_me (person) ? g_strdup_printf (_ ("%s (you)"), name) : g_strdup (name);
  gtk_label_set_label (self->name, shown);
  adw_avatar_set_text (self->avatar, name);
  gtk_widget_set_visible (self->muted, ent_participant_get_muted (person));
  show_colour (self);

  /* Translators: the part of the window that shows a person of the call. */
  label = g_strdup_printf (_ ("Call: %s"), shown);
  ent_accessible_set_name (GTK_WIDGET (self), label);
  picture_label = g_strdup_printf (_ ("Picture of %s"), shown);
  gtk_picture_set_alternative_text (self->view, picture_label);
}

/* --- shape
 * -----------------------------------------------------------------------------------------------
 */

static GtkSizeRequestMode
ent_video_tile_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ent_video_tile_measure (GtkWidget *widget,
  GtkOrientation orientation,
  int for_size,
  int *minimum,
  int *natural,
  int *minimum_baseline,
  int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = MIN_WIDTH;
    *natural = NATURAL_WIDTH;
    return;
  }
  *minimum = *natural = (for_size > 0 ? for_size : NATURAL_WIDTH) * 9 / 16;
}

static void
ent_video_tile_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EntVideoTile *self = ENT_VIDEO_TILE (widget);

  gtk_widget_measure (self->overlay, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_size_allocate (self->overlay, &(GtkAllocation){ 0, 0, width, height }, baseline);
  ent_call_set_picture_width (
    self->call, get_call_id (self), width * gtk_widget_get_scale_factor (widget));
}

/* --- object
 * ---------------------------------------------------------------------------------------------- */

static void
ent_video_tile_dispose (GObject *object)
{
  EntVideoTile *self = ENT_VIDEO_TILE (object);

  g_clear_object (&self->call);
  g_clear_object (&self->person);
  g_clear_object (&self->picture);
  g_clear_pointer (&self->overlay, gtk_widget_unparent);

  G_OBJECT_CLASS (ent_video_tile_parent_class)->dispose (object);
}

static void
ent_video_tile_class_init (EntVideoTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_video_tile_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  widget_class->get_request_mode = ent_video_tile_get_request_mode;
  widget_class->measure = ent_video_tile_measure;
  widget_class->size_allocate = ent_video_tile_size_allocate;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-video-tile.ui");
  gtk_widget_class_bind_template_child (widget_class, EntVideoTile, overlay);
  gtk_widget_class_bind_template_child (widget_class, EntVideoTile, stack);
  gtk_widget_class_bind_template_child (widget_class, EntVideoTile, avatar);
  gtk_widget_class_bind_template_child (widget_class, EntVideoTile, view);
  gtk_widget_class_bind_template_child (widget_class, EntVideoTile, muted);
  gtk_widget_class_bind_template_child (widget_class, EntVideoTile, name);
}

static void
ent_video_tile_init (EntVideoTile *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ent_video_tile_new (EntCall *call, EntParticipant *person)
{
  EntVideoTile *self = g_object_new (ENT_TYPE_VIDEO_TILE, NULL);

  self->call = g_object_ref (call);
  self->person = g_object_ref (person);
  self->picture = ent_picture_new ();
  gtk_picture_set_paintable (self->view, GDK_PAINTABLE (self->picture));
  g_signal_connect_object (call, "frame", G_CALLBACK (frame_cb), self, 0);
  g_signal_connect_object (call, "picture-changed", G_CALLBACK (picture_changed_cb), self, 0);
  g_signal_connect_object (call, "notify::camera-on", G_CALLBACK (camera_changed_cb), self, 0);
  g_signal_connect_object (person, "notify", G_CALLBACK (person_changed_cb), self, 0);
  person_changed_cb (person, NULL, self);
  return GTK_WIDGET (self);
}
