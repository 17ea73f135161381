#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether these bytes are a small picture and nothing else: PNG or JPEG, at most 512 pixels wide
 * and high, each part of a kind that draws (no place where it was taken, no comments, nothing
 * behind the end). Returns its media type, static; COORD_ERROR_INVALID. */
#define COORD_PICTURE_PIXELS 512

const char *coord_picture_check (GBytes *data, GError **error);

G_END_DECLS
