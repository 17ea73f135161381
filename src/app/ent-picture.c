#include "config.h"

#include "ent-picture.h"

struct _EntPicture {
  GObject parent_instance;

  GdkTexture *texture; /* NULL: nothing to show */
};

static int
ent_picture_get_intrinsic_width (GdkPaintable *paintable)
{
  EntPicture *self = ENT_PICTURE (paintable);

  return self->texture ? gdk_texture_get_width (self->texture) : 0;
}

static int
ent_picture_get_intrinsic_height (GdkPaintable *paintable)
{
  EntPicture *self = ENT_PICTURE (paintable);

  return self->texture ? gdk_texture_get_height (self->texture) : 0;
}

static void
ent_picture_snapshot (GdkPaintable *paintable, GdkSnapshot *snapshot, double width, double height)
{
  EntPicture *self = ENT_PICTURE (paintable);

  if (self->texture)
    gdk_paintable_snapshot (GDK_PAINTABLE (self->texture), snapshot, width, height);
}

static void
paintable_init (GdkPaintableInterface *iface)
{
  iface->get_intrinsic_width = ent_picture_get_intrinsic_width;
  iface->get_intrinsic_height = ent_picture_get_intrinsic_height;
  iface->snapshot = ent_picture_snapshot;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (EntPicture,
  ent_picture,
  G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_init))

static void
ent_picture_dispose (GObject *object)
{
  g_clear_object (&ENT_PICTURE (object)->texture);

  G_OBJECT_CLASS (ent_picture_parent_class)->dispose (object);
}

static void
ent_picture_class_init (EntPictureClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ent_picture_dispose;
}

static void
ent_picture_init (EntPicture *self)
{
}

EntPicture *
ent_picture_new (void)
{
  return g_object_new (ENT_TYPE_PICTURE, NULL);
}

void
ent_picture_take_frame (EntPicture *self, EntFrame *frame)
{
  int old_width, old_height;

  g_return_if_fail (ENT_IS_PICTURE (self));

  old_width = ent_picture_get_intrinsic_width (GDK_PAINTABLE (self));
  old_height = ent_picture_get_intrinsic_height (GDK_PAINTABLE (self));
  g_clear_object (&self->texture);
  if (frame)
    self->texture = gdk_memory_texture_new (
      frame->width, frame->height, GDK_MEMORY_R8G8B8, frame->pixels, frame->stride);
  if (old_width != ent_picture_get_intrinsic_width (GDK_PAINTABLE (self)) ||
      old_height != ent_picture_get_intrinsic_height (GDK_PAINTABLE (self)))
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}
