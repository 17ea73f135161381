#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who is inside, counted by address, and whether one more of an address may come in.
 *
 * The upper half of the house, and then half as much again, is for addresses with fewer and fewer
 * guests inside; the last places are for those with none, so that many who are slow do not keep out
 * one who is not. */
typedef struct _CoordPlaces CoordPlaces;

CoordPlaces *coord_places_new (guint max);
void coord_places_free (CoordPlaces *places);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordPlaces, coord_places_free)

void coord_places_enter (CoordPlaces *places, const char *address);
void coord_places_leave (CoordPlaces *places, const char *address);
guint coord_places_count (CoordPlaces *places, const char *address);
gboolean coord_places_has_one_for (CoordPlaces *places, const char *address);

G_END_DECLS
