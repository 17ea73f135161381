#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* The colours that people in a room are drawn in: told apart by the colour-blind too, each with the
 * text colour that reads on it. index is that of ent_participant_get_colour(); beyond the number of
 * colours it starts over. */
#define ENT_COLOURS_N 8

const GdkRGBA *ent_colours_get (guint index);
const GdkRGBA *ent_colours_get_text (guint index);

/* "person-3", the style class of style.css that colours a name or an avatar. */
const char *ent_colours_get_style_class (guint index);

G_END_DECLS
