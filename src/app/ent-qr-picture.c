#include "config.h"

#include "ent-qr-picture.h"

#include <math.h>
#include <qrencode.h>

#define BORDER 4 /* modules, by the standard */
#define MODULE_PX 4 /* in its natural size */

struct _EntQrPicture {
  GObject parent_instance;

  QRcode *code;
};

static int
count_modules (EntQrPicture *self)
{
  return self->code->width + 2 * BORDER;
}

static int
ent_qr_picture_get_intrinsic_size (GdkPaintable *paintable)
{
  return count_modules (ENT_QR_PICTURE (paintable)) * MODULE_PX;
}

static double
ent_qr_picture_get_intrinsic_aspect_ratio (GdkPaintable *paintable)
{
  return 1;
}

static GdkPaintableFlags
ent_qr_picture_get_flags (GdkPaintable *paintable)
{
  return GDK_PAINTABLE_STATIC_CONTENTS | GDK_PAINTABLE_STATIC_SIZE;
}

/* A module is a whole number of pixels, since lines between them would confuse cameras; black
 * neighbours of a row are one rectangle. */
static void
ent_qr_picture_snapshot (GdkPaintable *paintable,
  GdkSnapshot *snapshot,
  double width,
  double height)
{
  static const GdkRGBA white = { 1, 1, 1, 1 }, black = { 0, 0, 0, 1 };
  EntQrPicture *self = ENT_QR_PICTURE (paintable);
  guint size = ent_qr_picture_get_size (self);
  double module = MAX (floor (MIN (width, height) / count_modules (self)), 1);
  double left = floor ((width - size * module) / 2), top = floor ((height - size * module) / 2);

  gtk_snapshot_append_color (snapshot, &white, &GRAPHENE_RECT_INIT (0, 0, width, height));
  for (guint y = 0; y < size; y++)
    for (guint x = 0, end; x < size; x = end) {
      end = x + 1;
      if (!ent_qr_picture_is_black (self, x, y))
        continue;
      while (end < size && ent_qr_picture_is_black (self, end, y))
        end++;
      gtk_snapshot_append_color (snapshot, &black,
        &GRAPHENE_RECT_INIT (left + x * module, top + y * module, (end - x) * module, module));
    }
}

static void
paintable_init (GdkPaintableInterface *iface)
{
  iface->get_flags = ent_qr_picture_get_flags;
  iface->get_intrinsic_width = ent_qr_picture_get_intrinsic_size;
  iface->get_intrinsic_height = ent_qr_picture_get_intrinsic_size;
  iface->get_intrinsic_aspect_ratio = ent_qr_picture_get_intrinsic_aspect_ratio;
  iface->snapshot = ent_qr_picture_snapshot;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (EntQrPicture,
  ent_qr_picture,
  G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_init))

static void
ent_qr_picture_finalize (GObject *object)
{
  QRcode_free (ENT_QR_PICTURE (object)->code);

  G_OBJECT_CLASS (ent_qr_picture_parent_class)->finalize (object);
}

static void
ent_qr_picture_class_init (EntQrPictureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ent_qr_picture_finalize;
}

static void
ent_qr_picture_init (EntQrPicture *self)
{
}

EntQrPicture *
ent_qr_picture_new (const char *text)
{
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  EntQrPicture *self;

  if (code == NULL)
    return NULL;
  self = g_object_new (ENT_TYPE_QR_PICTURE, NULL);
  self->code = code;
  return self;
}

guint
ent_qr_picture_get_size (EntQrPicture *self)
{
  g_return_val_if_fail (ENT_IS_QR_PICTURE (self), 0);
  return self->code->width;
}

gboolean
ent_qr_picture_is_black (EntQrPicture *self, guint x, guint y)
{
  g_return_val_if_fail (ENT_IS_QR_PICTURE (self), FALSE);
  return self->code->data[y * self->code->width + x] & 1;
}
