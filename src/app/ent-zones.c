#include "config.h"

#include "ent-zones.h"

#include <string.h>

#define NAME_COLUMN 2
#define UTC "UTC"

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
has (GPtrArray *zones, const char *zone)
{
  return g_ptr_array_find_with_equal_func (zones, zone, g_str_equal, NULL);
}

char **
ent_zones_list (const char *file)
{
  g_autoptr (GPtrArray) zones = g_ptr_array_new ();
  g_autofree char *local = ent_zones_dup_local ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (g_file_get_contents (file, &text, NULL, NULL))
    lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++) {
    g_auto (GStrv) columns = g_strsplit (lines[i], "\t", -1);

    if (*lines[i] != '#' && g_strv_length (columns) > NAME_COLUMN)
      g_ptr_array_add (zones, g_strdup (columns[NAME_COLUMN]));
  }
  if (!has (zones, local))
    g_ptr_array_add (zones, g_strdup (local));
  if (!has (zones, UTC))
    g_ptr_array_add (zones, g_strdup (UTC));
  g_ptr_array_sort (zones, compare);
  g_ptr_array_add (zones, NULL);
  return (char **) g_ptr_array_steal (zones, NULL);
}

char *
ent_zones_dup_local (void)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  const char *name = g_time_zone_get_identifier (local);
  g_autoptr (GTimeZone) known = g_time_zone_new_identifier (name);

  return g_strdup (known != NULL && g_ascii_isalpha (*name) ? name : UTC);
}

char *
ent_zones_new_title (const char *zone)
{
  const char *slash = strrchr (zone, '/');
  g_autofree char *region = slash != NULL ? g_strndup (zone, slash - zone) : NULL;
  char *title = slash != NULL ? g_strdup_printf ("%s (%s)", slash + 1, region) : g_strdup (zone);

  return g_strdelimit (title, "_", ' ');
}
