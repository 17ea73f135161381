#include "config.h"

#include <unistd.h>

#include "box-command.h"
#include "box-error.h"
#include "box-host.h"
#include "box-image.h"

static int
list_images (char **folders)
{
  for (; *folders != NULL; folders++) {
    g_autoptr (GDir) dir = g_dir_open (*folders, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *path = g_build_filename (*folders, name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (BoxImage) image = NULL;
      g_autofree char *packages = NULL;

      if (!g_str_has_suffix (name, ".image"))
        continue;
      image = box_image_load (path, &error);
      if (image == NULL)
        return box_command_fail (error);
      packages = g_strjoinv (" ", image->packages);
      g_print ("%-12s %s (%s: %s)\n", image->id, image->name, image->suite, packages);
    }
  }
  return BOX_EXIT_OK;
}

static int
build_image (char **folders, const char *id, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BoxImage) image = box_image_find ((const char *const *) folders, id, &error);
  g_autofree char *mmdebstrap = g_find_program_in_path ("mmdebstrap");

  if (image == NULL)
    return box_command_fail (error);
  if (mmdebstrap == NULL || geteuid () != 0) {
    g_printerr (
      "entrevue-runner: An image is made by root, with mmdebstrap (apt install mmdebstrap).\n");
    return BOX_EXIT_HOST;
  }
  if (!box_image_build (image, (const char *const *) folders, folder, &error)) {
    box_command_fail (error);
    return g_error_matches (error, BOX_ERROR, BOX_ERROR_INVALID) ? BOX_EXIT_USAGE : BOX_EXIT_HOST;
  }
  g_print ("%s is ready: entrevue-runner serve --image %s\n", image->name, folder);
  return BOX_EXIT_OK;
}

int
box_command_images (int argc, char **argv)
{
  g_auto (GStrv) folders = box_host_find_folders ("images");
  int status;

  if (!box_command_parse ("[build ID FOLDER]",
        "Lists the recipes of root file systems for boxes, or makes one.", NULL, NULL, &argc, &argv,
        &status))
    return status;
  if (argc == 1)
    return list_images (folders);
  if (argc == 4 && g_str_equal (argv[1], "build"))
    return build_image (folders, argv[2], argv[3]);
  g_printerr ("entrevue-runner: images, or images build ID FOLDER\n");
  return BOX_EXIT_USAGE;
}
