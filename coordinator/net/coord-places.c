#include "net/coord-places.h"

#define LARGE_SHARE 16 /* of one address, however small the house is */
#define SMALL_SHARE 4

struct _CoordPlaces {
  guint max;
  guint n_inside;
  GHashTable *counts; /* address -> count */
};

CoordPlaces *
coord_places_new (guint max)
{
  CoordPlaces *places = g_new0 (CoordPlaces, 1);

  places->max = max;
  places->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return places;
}

void
coord_places_free (CoordPlaces *places)
{
  g_hash_table_unref (places->counts);
  g_free (places);
}

guint
coord_places_count (CoordPlaces *places, const char *address)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (places->counts, address));
}

static void
change_count (CoordPlaces *places, const char *address, int step)
{
  guint count = coord_places_count (places, address) + step;

  places->n_inside += step;
  if (count > 0)
    g_hash_table_insert (places->counts, g_strdup (address), GUINT_TO_POINTER (count));
  else
    g_hash_table_remove (places->counts, address);
}

void
coord_places_enter (CoordPlaces *places, const char *address)
{
  change_count (places, address, 1);
}

void
coord_places_leave (CoordPlaces *places, const char *address)
{
  g_return_if_fail (coord_places_count (places, address) > 0);
  change_count (places, address, -1);
}

gboolean
coord_places_has_one_for (CoordPlaces *places, const char *address)
{
  guint max = places->max, inside = places->n_inside, own;

  if (inside < max / 2)
    return TRUE;
  if (inside >= 2 * max)
    return FALSE;
  own = coord_places_count (places, address);
  if (inside < max)
    return own < MAX (max * 3 / 4, LARGE_SHARE);
  return own < (inside < max + max / 2 ? SMALL_SHARE : 1);
}
