#include "box-builder.h"

#include <sys/stat.h>
#include <unistd.h>

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

/* Of /proc, what tells about the host or what others do on it, and not about the box. */
static const char *const hidden_files[] = {
  "/proc/cmdline",
  "/proc/config.gz",
  "/proc/diskstats",
  "/proc/dma",
  "/proc/interrupts",
  "/proc/iomem",
  "/proc/ioports",
  "/proc/kallsyms",
  "/proc/kcore",
  "/proc/key-users",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/locks",
  "/proc/mdstat",
  "/proc/modules",
  "/proc/mtrr",
  "/proc/partitions",
  "/proc/sched_debug",
  "/proc/schedstat",
  "/proc/swaps",
  "/proc/timer_list",
};
static const char *const hidden_proc_folders[] = {
  "/proc/acpi",
  "/proc/asound",
  "/proc/bus",
  "/proc/driver",
  "/proc/dynamic_debug",
  "/proc/fs",
  "/proc/irq",
  "/proc/scsi",
};

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

static void
add_where_it_is (GStrvBuilder *command, const BoxView *view, const char *path)
{
  g_autofree char *source = find_source (view, path);

  if (exists (source))
    add (command, "--ro-bind", source, path);
}

/* /bin and its like are links into /usr on a merged host, and folders on others. */
static void
add_system_folders (GStrvBuilder *command, const BoxView *view)
{
  static const char *const folders[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" };

  add_where_it_is (command, view, "/usr");
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *source = find_source (view, folders[i]);
    g_autofree char *target = g_file_read_link (source, NULL);

    if (target != NULL)
      add (command, "--symlink", target, folders[i]);
    else if (exists (source))
      add (command, "--ro-bind", source, folders[i]);
  }
  for (gsize i = 0; view->image == NULL && i < G_N_ELEMENTS (hidden_folders); i++)
    if (exists (hidden_folders[i])) {
      add (command, "--tmpfs", hidden_folders[i], NULL);
      add (command, "--remount-ro", hidden_folders[i], NULL);
    }
}

static void
add_etc (GStrvBuilder *command, const BoxView *view)
{
  static const char *const own[] = { "passwd", "group", "nsswitch.conf", "hosts", "hostname" };

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++) {
    g_autofree char *from = g_build_filename (view->base, "etc", own[i], NULL);
    g_autofree char *to = g_build_filename ("/etc", own[i], NULL);

    add (command, "--ro-bind", from, to);
  }
  add_where_it_is (command, view, "/etc/ld.so.cache");
  for (char **path = view->paths; path != NULL && *path != NULL; path++)
    add_where_it_is (command, view, *path);
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
  g_autofree char *init = g_build_filename (view->base, "box-init", NULL);
  g_autofree char *empty = g_build_filename (view->base, "empty", NULL);
  g_autofree char *filter = g_strdup_printf ("%d", BOX_BUILDER_FILTER_FD);

  g_strv_builder_add (command, view->bwrap);
  for (gsize i = 0; i < G_N_ELEMENTS (fixed_options); i++)
    g_strv_builder_add (command, fixed_options[i]);
  add (command, "--seccomp", filter, NULL);
  add_system_folders (command, view);
  add_etc (command, view);
  add (command, "--ro-bind", init, "/box-init");
  if (view->prepared != NULL)
    add (command, "--ro-bind", view->prepared, "/prepared");
  add (command, "--proc", "/proc", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (hidden_files); i++)
    if (exists (hidden_files[i]))
      add (command, "--ro-bind", "/dev/null", hidden_files[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (hidden_proc_folders); i++)
    if (exists (hidden_proc_folders[i]))
      add (command, "--ro-bind", empty, hidden_proc_folders[i]);
  add (command, "--dev", "/dev", NULL);
  add_work (command, slot_folder);
  add (command, "--remount-ro", "/dev", NULL);
  add (command, "--remount-ro", "/", NULL);
  g_strv_builder_add (command, "/box-init");
  return g_strv_builder_end (command);
}
