#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The files of a run. */
typedef struct {
  char *id; /* in the room's document; NULL elsewhere */
  char *path;
  GBytes *bytes;
} CoordRunFile;

CoordRunFile *coord_run_file_new (const char *id, const char *path, GBytes *bytes);
void coord_run_file_free (CoordRunFile *file);

/* Whether a path stays inside its folder: relative, no empty part, no "." or "..", no control
 * characters, backslashes or surrounding spaces, at most ENT_MAX_PATH bytes. */
gboolean coord_run_path_is_safe (const char *path);

/* Gives files with one path different ones: the smaller id keeps it, the next is "name (2).ext".
 * The array is sorted by id afterwards. */
void coord_run_files_resolve (GPtrArray *files);

/* Checks what a run takes along: safe paths, no file where another one needs a folder, numbers and
 * sizes within ent-limits.h, and the entry among them. The error is a sentence. */
gboolean coord_run_files_check (GPtrArray *files, const char *entry, GError **error);

G_END_DECLS
