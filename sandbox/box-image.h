#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Recipes of root file systems for boxes, `ID.image`. See images/README.md. */

typedef struct {
  char *id;
  char *name;
  char *suite;
  char **packages; /* with versions, as apt takes them */
} BoxImage;

/* Reads one key file; unknown groups and keys are refused. The caller owns it. */
BoxImage *box_image_load (const char *path, GError **error);
void box_image_free (BoxImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxImage, box_image_free)

/* Finds a recipe in the first of the folders that has it; NULL with an error. */
BoxImage *box_image_find (const char *const *folders, const char *id, GError **error);

/* The command that makes the root file system in a folder that is not there yet. */
char **box_image_build_command (const BoxImage *image, const char *folder);

/* Makes it, with clean.sh of the first of the folders, and says on stdout what is done. FALSE with
 * a sentence; then nothing is left at `folder`. Blocks for minutes. */
gboolean box_image_build (const BoxImage *image,
  const char *const *folders,
  const char *folder,
  GError **error);

G_END_DECLS
