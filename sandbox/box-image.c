#include "box-image.h"

#include <glib/gstdio.h>
#include <string.h>

#include "box-error.h"

#define MAX_ID 64

static gboolean
refuse (GError **error, const char *path, const char *what)
{
  g_set_error (error, BOX_ERROR, BOX_ERROR_HOST, "The image file %s is wrong: %s.", path, what);
  return FALSE;
}

/* Letters, digits and what stands in names of packages and their versions; never an option. */
static gboolean
is_plain (const char *text, const char *more)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr (more, *c) == NULL)
      return FALSE;
  return *text != '\0' && *text != '-';
}

static gboolean
check_keys (GKeyFile *file, const char *path, GError **error)
{
  static const char *const known[] = { "id", "name", "suite", "packages", NULL };
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  g_auto (GStrv) keys = g_key_file_get_keys (file, "image", NULL, NULL);

  if (keys == NULL || g_strv_length (groups) != 1)
    return refuse (error, path, "it has one group, \"image\"");
  for (char **key = keys; *key != NULL; key++)
    if (!g_strv_contains (known, *key))
      return refuse (error, path, "it has an unknown key");
  return TRUE;
}

BoxImage *
box_image_load (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (BoxImage) image = g_new0 (BoxImage, 1);

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error)) {
    g_prefix_error (error, "The image file %s cannot be read: ", path);
    return NULL;
  }
  if (!check_keys (file, path, error))
    return NULL;
  image->id = g_key_file_get_string (file, "image", "id", NULL);
  image->name = g_key_file_get_string (file, "image", "name", NULL);
  image->suite = g_key_file_get_string (file, "image", "suite", NULL);
  image->packages = g_key_file_get_string_list (file, "image", "packages", NULL, NULL);
  if (image->id == NULL || image->name == NULL || image->suite == NULL || image->packages == NULL ||
      image->packages[0] == NULL) {
    refuse (error, path, "id, name, suite and packages are needed");
    return NULL;
  }
  if (!is_plain (image->id, "-") || strlen (image->id) > MAX_ID || !is_plain (image->suite, "-")) {
    refuse (error, path, "its id or suite cannot be used");
    return NULL;
  }
  for (char **package = image->packages; *package != NULL; package++)
    if (!is_plain (*package, "+-.:=*~")) {
      refuse (error, path, "a package's name or version cannot be used");
      return NULL;
    }
  return g_steal_pointer (&image);
}

void
box_image_free (BoxImage *image)
{
  if (image == NULL)
    return;
  g_free (image->id);
  g_free (image->name);
  g_free (image->suite);
  g_strfreev (image->packages);
  g_free (image);
}

BoxImage *
box_image_find (const char *const *folders, const char *id, GError **error)
{
  g_autofree char *name = g_strconcat (id, ".image", NULL);

  for (; is_plain (id, "-") && *folders != NULL; folders++) {
    g_autofree char *path = g_build_filename (*folders, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return box_image_load (path, error);
  }
  g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
    "There is no image \"%s\"; \"entrevue-runner images\" lists them.", id);
  return NULL;
}

char **
box_image_build_command (const BoxImage *image, const char *folder)
{
  g_autofree char *packages = g_strjoinv (",", image->packages);
  g_autofree char *include = g_strconcat ("--include=", packages, NULL);
  const char *command[] = { "mmdebstrap", "--variant=minbase", "--format=directory",
    "--aptopt=Acquire::Languages \"none\"", include, image->suite, folder, NULL };

  return g_strdupv ((char **) command);
}

static gboolean
run_program (char **command, GError **error)
{
  int status;

  return g_spawn_sync (NULL, command, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN,
           NULL, NULL, NULL, NULL, &status, error) &&
         g_spawn_check_wait_status (status, error);
}

static void
remove_folder (const char *folder)
{
  const char *command[] = { "rm", "-rf", "--one-file-system", "--", folder, NULL };
  g_autoptr (GError) error = NULL;

  if (!run_program ((char **) command, &error))
    g_warning ("%s cannot be removed: %s", folder, error->message);
}

gboolean
box_image_build (const BoxImage *image,
  const char *const *folders,
  const char *folder,
  GError **error)
{
  g_autofree char *partial = g_strconcat (folder, ".partial", NULL);
  g_autofree char *clean = g_build_filename (folders[0], "clean.sh", NULL);
  g_auto (GStrv) make = box_image_build_command (image, partial);
  const char *tidy[] = { "/bin/sh", clean, partial, NULL };

  if (g_file_test (folder, G_FILE_TEST_EXISTS) || g_file_test (partial, G_FILE_TEST_EXISTS)) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
      "%s is there already, or being made. Choose another folder, or remove it first.", folder);
    return FALSE;
  }
  if (!run_program (make, error)) {
    g_prefix_error (error, "The image \"%s\" could not be made by mmdebstrap: ", image->id);
  } else if (!run_program ((char **) tidy, error)) {
    g_prefix_error (error, "The image \"%s\" could not be cleaned: ", image->id);
  } else if (g_rename (partial, folder) != 0) {
    g_set_error (
      error, BOX_ERROR, BOX_ERROR_HOST, "%s could not be renamed to %s.", partial, folder);
  } else {
    return TRUE;
  }
  remove_folder (partial);
  return FALSE;
}
