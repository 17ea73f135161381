#include "run/coord-run-files.h"

#include "protocol/ent-limits.h"
#include "run/coord-run-error.h"

#include <string.h>

CoordRunFile *
coord_run_file_new (const char *id, const char *path, GBytes *bytes)
{
  CoordRunFile *file = g_new0 (CoordRunFile, 1);

  file->id = g_strdup (id);
  file->path = g_strdup (path);
  file->bytes = g_bytes_ref (bytes);
  return file;
}

void
coord_run_file_free (CoordRunFile *file)
{
  g_free (file->id);
  g_free (file->path);
  g_bytes_unref (file->bytes);
  g_free (file);
}

gboolean
coord_run_path_is_safe (const char *path)
{
  g_auto (GStrv) parts = NULL;
  gsize size = strlen (path);

  if (size == 0 || size > ENT_MAX_PATH || !g_utf8_validate (path, size, NULL) ||
      g_ascii_isspace (path[0]) || g_ascii_isspace (path[size - 1]))
    return FALSE;
  for (const char *c = path; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) || *c == '\\')
      return FALSE;
  parts = g_strsplit (path, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] == '\0' || g_str_equal (parts[i], ".") || g_str_equal (parts[i], ".."))
      return FALSE;
  return TRUE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const CoordRunFile *left = *(CoordRunFile *const *) a;
  const CoordRunFile *right = *(CoordRunFile *const *) b;

  return g_strcmp0 (left->id, right->id);
}

/* "src/main.py" -> "src/main (2).py"; a dot that begins the name is no extension. */
static char *
number_path (const char *path, guint number)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot == name)
    return g_strdup_printf ("%s (%u)", path, number);
  return g_strdup_printf ("%.*s (%u)%s", (int) (dot - path), path, number, dot);
}

void
coord_run_files_resolve (GPtrArray *files)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);

  g_ptr_array_sort (files, compare_ids);
  for (guint i = 0; i < files->len; i++) {
    CoordRunFile *file = g_ptr_array_index (files, i);
    g_autofree char *path = g_strdup (file->path);

    for (guint number = 2; g_hash_table_contains (taken, path); number++) {
      g_free (path);
      path = number_path (file->path, number);
    }
    g_free (file->path);
    file->path = g_steal_pointer (&path);
    g_hash_table_add (taken, file->path);
  }
}

static gboolean
fail (GError **error, const char *format, const char *path)
{
  g_autofree char *shown = g_strescape (path, NULL);
  g_autofree char *message = g_strdup_printf ("%s: %s", shown, format);

  g_set_error_literal (error, COORD_RUN_ERROR, COORD_RUN_ERROR_FILES, message);
  return FALSE;
}

/* Whether another file stands where this one needs a folder. */
static gboolean
is_blocked (const char *path, GHashTable *paths)
{
  for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
    g_autofree char *folder = g_strndup (path, slash - path);

    if (g_hash_table_contains (paths, folder))
      return TRUE;
  }
  return FALSE;
}

gboolean
coord_run_files_check (GPtrArray *files, const char *entry, GError **error)
{
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  gsize total = 0;

  if (!coord_run_path_is_safe (entry))
    return fail (error, "this file's name leads out of its folder. Rename it.", entry);
  if (files->len > ENT_MAX_FILES) {
    g_set_error (error, COORD_RUN_ERROR, COORD_RUN_ERROR_FILES,
      "There are more than %d files, which is too many to run.", ENT_MAX_FILES);
    return FALSE;
  }
  for (guint i = 0; i < files->len; i++) {
    const CoordRunFile *file = g_ptr_array_index (files, i);

    if (!coord_run_path_is_safe (file->path))
      return fail (error, "this file's name leads out of its folder. Rename it.", file->path);
    total += g_bytes_get_size (file->bytes);
    g_hash_table_add (paths, file->path);
  }
  for (guint i = 0; i < files->len; i++) {
    const CoordRunFile *file = g_ptr_array_index (files, i);

    if (is_blocked (file->path, paths))
      return fail (error, "another file has the name of its folder. Rename one.", file->path);
  }
  if (total > ENT_MAX_ROOM_TEXT) {
    g_set_error_literal (error, COORD_RUN_ERROR, COORD_RUN_ERROR_FILES,
      "The files are over 16 MiB together, which is too much to run.");
    return FALSE;
  }
  if (!g_hash_table_contains (paths, entry))
    return fail (error, "there is no such file to run.", entry);
  return TRUE;
}
