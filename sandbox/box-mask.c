#include "box-mask.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box-error.h"

#define STACK_BYTES (64 * 1024)

/* What tells about the host or what others do on it, and not about the box. */
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
static const char *const hidden_folders[] = {
  "/proc/acpi",
  "/proc/asound",
  "/proc/bus",
  "/proc/driver",
  "/proc/dynamic_debug",
  "/proc/fs",
  "/proc/irq",
  "/proc/scsi",
};

/* What the box's own user could not read anyway needs no hiding. */
static gboolean
is_readable (const char *path)
{
  struct stat st;

  return lstat (path, &st) == 0 && (st.st_mode & S_IROTH) != 0;
}

static char **
list_readable (const char *const *paths, gsize n)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; i < n; i++)
    if (is_readable (paths[i]))
      g_strv_builder_add (builder, paths[i]);
  return g_strv_builder_end (builder);
}

void
box_mask_init (BoxMask *mask)
{
  mask->files = list_readable (hidden_files, G_N_ELEMENTS (hidden_files));
  mask->folders = list_readable (hidden_folders, G_N_ELEMENTS (hidden_folders));
}

void
box_mask_clear (BoxMask *mask)
{
  g_clear_pointer (&mask->files, g_strfreev);
  g_clear_pointer (&mask->folders, g_strfreev);
}

/* In the box's mount namespace, in a process that shares the runner's memory, while the runner
 * waits: system calls only. Each step returns 0 or an errno. */

#define NOTHING (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)

static int
cover (const char *path, const char *cover_path)
{
  if (mount (cover_path, path, NULL, MS_BIND, NULL) != 0 ||
      mount (NULL, path, NULL, MS_BIND | MS_REMOUNT | NOTHING, NULL) != 0)
    return errno;
  return 0;
}

/* The first folder is covered by an empty one, which then covers the others. */
static int
cover_folder (char **folders, gsize i)
{
  if (i > 0)
    return cover (folders[i], folders[0]);
  return mount ("tmpfs", folders[0], "tmpfs", NOTHING, "size=4k,nr_inodes=1,mode=0555") == 0
           ? 0
           : errno;
}

typedef struct {
  const BoxMask *mask;
  int mount_namespace;
  int error;
} Work;

static int
put_on (void *data)
{
  Work *work = data;
  const BoxMask *mask = work->mask;

  if (setns (work->mount_namespace, CLONE_NEWNS) != 0)
    work->error = errno;
  for (gsize i = 0; work->error == 0 && mask->files[i] != NULL; i++)
    work->error = cover (mask->files[i], "/dev/null");
  for (gsize i = 0; work->error == 0 && mask->folders[i] != NULL; i++)
    work->error = cover_folder (mask->folders, i);
  _exit (0);
}

gboolean
box_mask_put_on (const BoxMask *mask, int mount_namespace, GError **error)
{
  g_autofree guint8 *stack = g_malloc (STACK_BYTES);
  Work work = { mask, mount_namespace, 0 };
  int status = -1;
  pid_t pid;

  /* No signal at its end: nobody else is to take it for one of the boxes. */
  pid = clone (put_on, stack + STACK_BYTES, CLONE_VM | CLONE_VFORK, &work);
  if (pid < 0)
    work.error = errno;
  while (pid > 0 && waitpid (pid, &status, __WCLONE) < 0 && errno == EINTR) {
  }
  if (work.error == 0 && status == 0)
    return TRUE;
  return box_error_set_errno (error, BOX_ERROR_INTERNAL, work.error != 0 ? work.error : EIO,
    "What /proc tells about the host cannot be hidden");
}
