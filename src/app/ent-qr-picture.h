#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A short text as a QR code, to show with GtkPicture: black on white whatever the theme is, with
 * the quiet border that cameras need, and sharp at every size. */
#define ENT_TYPE_QR_PICTURE (ent_qr_picture_get_type ())
G_DECLARE_FINAL_TYPE (EntQrPicture, ent_qr_picture, ENT, QR_PICTURE, GObject)

/* NULL when the text is too long for a code, which holds about 2000 bytes. */
EntQrPicture *ent_qr_picture_new (const char *text);

/* Modules to a side, without the border, and whether one is black. */
guint ent_qr_picture_get_size (EntQrPicture *picture);
gboolean ent_qr_picture_is_black (EntQrPicture *picture, guint x, guint y);

G_END_DECLS
