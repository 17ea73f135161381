#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* One picture: three bytes a pixel, red, green, blue. The pixels are the pipeline's own memory,
 * lent until the last reference goes; do not keep more than one or two per tile. */
typedef struct {
  GBytes *pixels;
  guint width;
  guint height;
  gsize stride; /* bytes from row to row */
} EntFrame;

#define ENT_TYPE_FRAME (ent_frame_get_type ())
GType ent_frame_get_type (void);
EntFrame *ent_frame_ref (EntFrame *frame);
void ent_frame_unref (EntFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntFrame, ent_frame_unref)

G_END_DECLS
