#include "box-work.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "box-error.h"

#define MAX_COPIED_FILES 2000

struct _BoxWork {
  char *folder;
  int fd; /* of the folder "work" */
  guint64 size_bytes;
};

/* Opens beneath a folder: no "..", no link, no other mount. -1 with errno. */
static int
open_beneath (int folder, const char *path, int flags, mode_t mode)
{
  struct open_how how = {
    .flags = flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
    .mode = mode,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
  };

  return syscall (SYS_openat2, folder, path, &how, sizeof how);
}

static gboolean
make_folders (BoxWork *work, GError **error)
{
  static const char *const parts[] = { "work", "tmp", "shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *path = g_build_filename (work->folder, parts[i], NULL);

    if (mkdir (path, 0700) != 0)
      return box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "%s cannot be made", path);
    if (i == 0)
      work->fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }
  if (work->fd < 0)
    return box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "The work folder is lost");
  return TRUE;
}

BoxWork *
box_work_new (const char *base, const char *name, GError **error)
{
  guint64 size_bytes = box_limits_get_profile ("room")->disk_bytes;
  g_autofree char *options = g_strdup_printf (
    "size=%" G_GUINT64_FORMAT ",nr_inodes=%d,mode=0700", size_bytes, BOX_WORK_MAX_INODES);
  g_autofree char *folder = g_build_filename (base, name, NULL);
  g_autoptr (BoxWork) work = NULL;

  if (mkdir (folder, 0700) != 0) {
    box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "%s cannot be made", folder);
    return NULL;
  }
  if (mount ("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) {
    box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "%s cannot be mounted", folder);
    rmdir (folder);
    return NULL;
  }
  work = g_new0 (BoxWork, 1);
  work->fd = -1;
  work->size_bytes = size_bytes;
  work->folder = g_steal_pointer (&folder);
  return make_folders (work, error) ? g_steal_pointer (&work) : NULL;
}

void
box_work_free (BoxWork *work)
{
  if (work == NULL)
    return;
  if (work->fd >= 0)
    close (work->fd);
  if (umount2 (work->folder, MNT_DETACH) != 0 || rmdir (work->folder) != 0)
    g_warning ("%s cannot be unmounted: %s", work->folder, g_strerror (errno));
  g_free (work->folder);
  g_free (work);
}

const char *
box_work_get_folder (BoxWork *work)
{
  return work->folder;
}

gboolean
box_work_set_size (BoxWork *work, guint64 size_bytes, GError **error)
{
  g_autofree char *options = g_strdup_printf ("size=%" G_GUINT64_FORMAT, size_bytes);

  if (size_bytes == work->size_bytes)
    return TRUE;
  if (mount (NULL, work->folder, NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV, options) == 0) {
    work->size_bytes = size_bytes;
    return TRUE;
  }
  return box_error_set_errno (
    error, BOX_ERROR_INTERNAL, errno, "The size of the work folder cannot be set");
}

static gboolean
add_folders_above (BoxWork *work, const char *path, GError **error)
{
  for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
    g_autofree char *folder = g_strndup (path, slash - path);

    if (mkdirat (work->fd, folder, 0755) != 0 && errno != EEXIST)
      return box_error_set_errno (
        error, BOX_ERROR_INVALID, errno, "The folder \"%s\" cannot be made in the box", folder);
  }
  return TRUE;
}

static gboolean
write_all (int fd, const char *data, gsize size)
{
  while (size > 0) {
    ssize_t written = write (fd, data, size);

    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return FALSE;
    data += written;
    size -= written;
  }
  return TRUE;
}

static gboolean
add_file (BoxWork *work, const BoxFile *file, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (file->bytes, &size);
  gboolean good;
  int fd, e;

  if (!add_folders_above (work, file->path, error))
    return FALSE;
  fd = open_beneath (work->fd, file->path, O_WRONLY | O_CREAT | O_EXCL, 0644);
  good = fd >= 0 && write_all (fd, data, size);
  e = errno;
  if (fd >= 0)
    close (fd);
  if (good)
    return TRUE;
  return box_error_set_errno (
    error, BOX_ERROR_INVALID, e, "The file \"%s\" cannot be written into the box", file->path);
}

gboolean
box_work_add_files (BoxWork *work, GPtrArray *files, GError **error)
{
  for (guint i = 0; i < files->len; i++)
    if (!add_file (work, g_ptr_array_index (files, i), error))
      return FALSE;
  return TRUE;
}

gboolean
box_work_add_folder (BoxWork *work, const char *path, GError **error)
{
  if (mkdirat (work->fd, path, 0755) == 0)
    return TRUE;
  return box_error_set_errno (
    error, BOX_ERROR_INVALID, errno, "The folder \"%s\" cannot be made in the box", path);
}

/* Copying */

typedef struct {
  guint64 bytes_left;
  guint files_left;
  guint depth;
} CopyBudget;

static gboolean
refuse_copy (GError **error, const char *name, const char *reason)
{
  g_autofree char *shown = g_strescape (name, NULL);

  g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
    "What the compiler made cannot be used: \"%s\" %s.", shown, reason);
  return FALSE;
}

static gboolean
copy_file (int from,
  int to_folder,
  const char *name,
  const struct stat *st,
  CopyBudget *budget,
  GError **error)
{
  gsize left = st->st_size;
  int to;

  if (st->st_nlink != 1)
    return refuse_copy (error, name, "has a second name");
  if ((guint64) st->st_size > budget->bytes_left || budget->files_left == 0)
    return refuse_copy (error, name, "is too much");
  budget->bytes_left -= st->st_size;
  budget->files_left--;
  to = open_beneath (
    to_folder, name, O_WRONLY | O_CREAT | O_EXCL, (st->st_mode & S_IXUSR) != 0 ? 0755 : 0644);
  if (to < 0)
    return box_error_set_errno (error, BOX_ERROR_INVALID, errno, "%s cannot be copied", name);
  while (left > 0) {
    ssize_t copied = sendfile (to, from, NULL, left);

    if (copied <= 0) {
      int e = copied == 0 ? EIO : errno;

      close (to);
      return box_error_set_errno (error, BOX_ERROR_INVALID, e, "%s cannot be copied", name);
    }
    left -= copied;
  }
  close (to);
  return TRUE;
}

static gboolean copy_entries (int from, int to, CopyBudget *budget, GError **error);

static gboolean
copy_entry (int from, int to, const char *name, CopyBudget *budget, GError **error)
{
  int source = open_beneath (from, name, O_RDONLY, 0);
  gboolean good = FALSE;
  struct stat st;

  if (source < 0)
    return refuse_copy (error, name, "is a link or cannot be read");
  if (fstat (source, &st) == 0 && S_ISREG (st.st_mode)) {
    good = copy_file (source, to, name, &st, budget, error);
  } else if (S_ISDIR (st.st_mode) && budget->depth > 0) {
    int folder;

    budget->depth--;
    folder =
      mkdirat (to, name, 0755) == 0 ? open_beneath (to, name, O_RDONLY | O_DIRECTORY, 0) : -1;
    good = folder >= 0 ? copy_entries (source, folder, budget, error)
                       : refuse_copy (error, name, "cannot be copied");
    if (folder >= 0)
      close (folder);
    budget->depth++;
  } else {
    refuse_copy (error, name, "is no plain file");
  }
  close (source);
  return good;
}

static gboolean
copy_entries (int from, int to, CopyBudget *budget, GError **error)
{
  DIR *dir = fdopendir (dup (from));
  const struct dirent *entry;
  gboolean good = TRUE;

  if (dir == NULL)
    return box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "A folder cannot be read");
  rewinddir (dir); /* the position is shared with whoever read this folder before */
  while (good && (entry = readdir (dir)) != NULL)
    if (!g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, ".."))
      good = copy_entry (from, to, entry->d_name, budget, error);
  closedir (dir);
  return good;
}

gboolean
box_work_take_folder (BoxWork *from,
  const char *path,
  int to,
  guint64 max_bytes,
  guint64 *size_bytes,
  GError **error)
{
  CopyBudget budget = {
    .bytes_left = max_bytes, .files_left = MAX_COPIED_FILES, .depth = BOX_JOB_MAX_DEPTH
  };
  int source = open_beneath (from->fd, path, O_RDONLY | O_DIRECTORY, 0);
  gboolean good;

  if (source < 0)
    return refuse_copy (error, path, "is not the folder it was");
  good = copy_entries (source, to, &budget, error);
  close (source);
  *size_bytes = max_bytes - budget.bytes_left;
  return good;
}

gboolean
box_work_give_folder (BoxWork *to, const char *path, int from, guint64 max_bytes, GError **error)
{
  CopyBudget budget = {
    .bytes_left = max_bytes, .files_left = MAX_COPIED_FILES, .depth = BOX_JOB_MAX_DEPTH
  };
  int target = -1;
  gboolean good;

  if (box_work_add_folder (to, path, error))
    target = open_beneath (to->fd, path, O_RDONLY | O_DIRECTORY, 0);
  good = target >= 0 && copy_entries (from, target, &budget, error);
  if (target >= 0)
    close (target);
  return good;
}

GBytes *
box_work_collect (BoxWork *work, const char *path, gsize max_bytes, GError **error)
{
  int fd = open_beneath (work->fd, path, O_RDONLY, 0);
  g_autofree char *data = NULL;
  struct stat st;
  gsize size = 0;
  ssize_t got = 0;

  if (fd < 0) {
    box_error_set_errno (error, BOX_ERROR_INVALID, errno, "\"%s\" cannot be taken", path);
    return NULL;
  }
  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode) || st.st_nlink != 1 ||
      (guint64) st.st_size > max_bytes) {
    close (fd);
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
      "\"%s\" cannot be taken: it is no plain file, or too large", path);
    return NULL;
  }
  data = g_malloc (st.st_size + 1);
  while (size < (gsize) st.st_size && (got = read (fd, data + size, st.st_size - size)) > 0)
    size += got;
  close (fd);
  if (got < 0) {
    box_error_set_errno (error, BOX_ERROR_INTERNAL, EIO, "\"%s\" cannot be read", path);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&data), size);
}
