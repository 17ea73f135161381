#pragma once

#include <glib.h>

#include "box-job.h"

G_BEGIN_DECLS

/* The writable part of one box: a tmpfs with a size and an inode limit, mounted by the runner and
 * bound into the box. Written to before a program starts and read after the whole box is dead;
 * every path is resolved beneath it, through no link. Never used twice. */

#define BOX_WORK_MAX_INODES 4096

typedef struct _BoxWork BoxWork;

/* Mounts it at BASE/NAME. The caller owns it; NULL with an error. */
BoxWork *box_work_new (const char *base, const char *name, GError **error);

/* Unmounts and frees. */
void box_work_free (BoxWork *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxWork, box_work_free)

const char *box_work_get_folder (BoxWork *work);

gboolean box_work_set_size (BoxWork *work, guint64 size_bytes, GError **error);

/* Adds the files of a job; what does not fit is an invalid job. */
gboolean box_work_add_files (BoxWork *work, GPtrArray *files, GError **error);

/* Makes an empty folder. */
gboolean box_work_add_folder (BoxWork *work, const char *path, GError **error);

/* Copies the regular files beneath a folder of a dead box into an open, empty folder, and tells how
 * much that was. They were written by a foreign program: links, pipes, second names and too many
 * files are refused. */
gboolean box_work_take_folder (BoxWork *from,
  const char *path,
  int to,
  guint64 max_bytes,
  guint64 *size_bytes,
  GError **error);

/* Makes a folder in a box that nothing runs in yet, with a copy of an open folder's files. */
gboolean
box_work_give_folder (BoxWork *to, const char *path, int from, guint64 max_bytes, GError **error);

/* Reads one regular file of a dead box. NULL with a sentence. */
GBytes *box_work_collect (BoxWork *work, const char *path, gsize max_bytes, GError **error);

G_END_DECLS
