#include "box-builder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box-error.h"

/* Namespaces, identity and life. Every user namespace of a box is mapped to the runner's user, who
 * is never root; inside it no further one can be made. */
static const char *const fixed_options[] = {
  "--unshare-all",
  "--unshare-user",
  "--disable-userns",
  "--uid",
  "1000",
  "--gid",
  "1000",
  "--hostname",
  "box",
  "--new-session",
  "--as-pid-1",
  "--die-with-parent",
  "--cap-drop",
  "ALL",
  "--clearenv",
};

/* Beneath /usr, but the operator's own and none of a program's business. */
static const char *const hidden_folders[] = { "/usr/local", "/usr/src" };

static void
add (GStrvBuilder *command, const char *option, const char *a, const char *b)
{
  g_strv_builder_add (command, option);
  if (a != NULL)
    g_strv_builder_add (command, a);
  if (b != NULL)
    g_strv_builder_add (command, b);
}

static gboolean
exists (const char *path)
{
  struct stat st;

  return lstat (path, &st) == 0;
}

/* A path of the box, where it comes from. */
static char *
find_source (const BoxView *view, const char *path)
{
  return view->image != NULL ? g_strconcat (view->image, path, NULL) : g_strdup (path);
}

/* Laying out: what all boxes show alike, put together once. bubblewrap reads the whole table of
 * mounts for each thing it is told to show, so a few trees are much cheaper than many files. */

/* Shows source at target with all that is mounted in it; bubblewrap makes both read-only. */
static gboolean
show (const char *source, const char *target, GError **error)
{
  if (mount (source, target, NULL, MS_BIND | MS_REC, NULL) == 0)
    return TRUE;
  return box_error_set_errno (error, BOX_ERROR_HOST, errno, "%s cannot be shown in boxes", source);
}

/* Whether a path is shown as a part of the one tree of /etc: not when it is a link, which
 * bubblewrap follows in its own way. */
static gboolean
is_part_of_etc (const BoxView *view, const char *path)
{
  g_autofree char *source = find_source (view, path);
  struct stat st;

  return g_str_has_prefix (path, "/etc/") && lstat (source, &st) == 0 &&
         (S_ISDIR (st.st_mode) || S_ISREG (st.st_mode));
}

static gboolean
lay_out_in_etc (const BoxView *view, const char *path, GError **error)
{
  g_autofree char *source = find_source (view, path);
  g_autofree char *target = g_strconcat (view->base, path, NULL);
  g_autofree char *above = g_path_get_dirname (target);
  gboolean is_folder = g_file_test (source, G_FILE_TEST_IS_DIR);
  int fd = -1;

  if (!is_part_of_etc (view, path))
    return TRUE;
  if (g_mkdir_with_parents (is_folder ? target : above, 0755) != 0 ||
      (!is_folder && (fd = open (target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) < 0))
    return box_error_set_errno (error, BOX_ERROR_HOST, errno, "%s cannot be made", target);
  if (fd >= 0)
    close (fd);
  return show (source, target, error);
}

static gboolean
lay_out_usr (const BoxView *view, GError **error)
{
  g_autofree char *source = find_source (view, "/usr");
  g_autofree char *target = g_build_filename (view->base, "usr", NULL);

  if (mkdir (target, 0755) != 0 && errno != EEXIST)
    return box_error_set_errno (error, BOX_ERROR_HOST, errno, "%s cannot be made", target);
  if (!show (source, target, error))
    return FALSE;
  for (gsize i = 0; view->image == NULL && i < G_N_ELEMENTS (hidden_folders); i++) {
    g_autofree char *hidden = g_strconcat (view->base, hidden_folders[i], NULL);

    if (exists (hidden) &&
        mount ("tmpfs", hidden, "tmpfs", MS_NOSUID | MS_NODEV | MS_RDONLY, "mode=0755") != 0)
      return box_error_set_errno (
        error, BOX_ERROR_HOST, errno, "%s cannot be hidden from boxes", hidden_folders[i]);
  }
  return TRUE;
}

gboolean
box_builder_lay_out (const BoxView *view, GError **error)
{
  if (!lay_out_usr (view, error) || !lay_out_in_etc (view, "/etc/ld.so.cache", error))
    return FALSE;
  for (char **path = view->paths; path != NULL && *path != NULL; path++)
    if (!lay_out_in_etc (view, *path, error))
      return FALSE;
  return TRUE;
}

/* The command line */

static void
add_tree (GStrvBuilder *command, const BoxView *view, const char *path)
{
  g_autofree char *source = g_strconcat (view->base, path, NULL);

  add (command, "--ro-bind", source, path);
}

/* /bin and its like are links into /usr on a merged host, and folders on others. */
static void
add_system_folders (GStrvBuilder *command, const BoxView *view)
{
  static const char *const folders[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" };

  add_tree (command, view, "/usr");
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *source = find_source (view, folders[i]);
    g_autofree char *target = g_file_read_link (source, NULL);

    if (target != NULL)
      add (command, "--symlink", target, folders[i]);
    else if (exists (source))
      add (command, "--ro-bind", source, folders[i]);
  }
}

static void
add_etc (GStrvBuilder *command, const BoxView *view)
{
  add_tree (command, view, "/etc");
  for (char **path = view->paths; path != NULL && *path != NULL; path++) {
    g_autofree char *source = find_source (view, *path);

    if (!is_part_of_etc (view, *path) && exists (source))
      add (command, "--ro-bind", source, *path);
  }
}

/* The only places that can be written to; all three are one file system with one limit. */
static void
add_work (GStrvBuilder *command, const char *slot_folder)
{
  g_autofree char *work = g_build_filename (slot_folder, "work", NULL);
  g_autofree char *tmp = g_build_filename (slot_folder, "tmp", NULL);
  g_autofree char *shm = g_build_filename (slot_folder, "shm", NULL);

  add (command, "--bind", work, "/work");
  add (command, "--bind", tmp, "/tmp");
  add (command, "--bind", shm, "/dev/shm");
  add (command, "--chdir", "/work", NULL);
}

char **
box_builder_build (const BoxView *view, const char *slot_folder)
{
  g_autoptr (GStrvBuilder) command = g_strv_builder_new ();
  g_autofree char *filter = g_strdup_printf ("%d", BOX_BUILDER_FILTER_FD);

  g_strv_builder_add (command, view->bwrap);
  for (gsize i = 0; i < G_N_ELEMENTS (fixed_options); i++)
    g_strv_builder_add (command, fixed_options[i]);
  add (command, "--seccomp", filter, NULL);
  add (command, "--proc", "/proc", NULL);
  add_system_folders (command, view);
  add_etc (command, view);
  add_tree (command, view, "/box-init");
  if (view->prepared != NULL)
    add (command, "--ro-bind", view->prepared, "/prepared");
  add (command, "--dev", "/dev", NULL);
  add_work (command, slot_folder);
  add (command, "--remount-ro", "/dev", NULL);
  add (command, "--remount-ro", "/", NULL);
  g_strv_builder_add (command, "/box-init");
  return g_strv_builder_end (command);
}
