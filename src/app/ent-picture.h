#pragma once

#include <gtk/gtk.h>

#include "media/ent-frame.h"

G_BEGIN_DECLS

/* A moving picture to show with GtkPicture: the newest frame that was given to it. It is empty
 * until then, and again after NULL. The frame's memory is used as it is, without a copy. */
#define ENT_TYPE_PICTURE (ent_picture_get_type ())
G_DECLARE_FINAL_TYPE (EntPicture, ent_picture, ENT, PICTURE, GObject)

EntPicture *ent_picture_new (void);

void ent_picture_take_frame (EntPicture *picture, EntFrame *frame);

G_END_DECLS
