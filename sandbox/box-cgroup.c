#include "box-cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box-error.h"

struct _BoxGroups {
  BoxGroupsKind kind;
  char *trees[BOX_N_TREES]; /* folders of ours; for version 2 all the same */
  BoxTree first; /* where the different ones start in trees[] */
};

struct _BoxGroup {
  BoxGroupsKind kind;
  char *trees[BOX_N_TREES];
  BoxTree first;
  int entries[BOX_N_TREES + 1];
  int events_fd;
  int memory_fd; /* -1 where the kernel kills the whole box by itself */
  BoxLimits limits; /* those that are set; 0: none yet */
};

/* What the two versions call the same things. */
typedef struct {
  const char *memory_peak;
  const char *memory_kills_file;
  const char *cache_keys[2];
} GroupNames;

static const GroupNames names[] = {
  [BOX_GROUPS_HYBRID] = { "memory.max_usage_in_bytes", "memory.oom_control",
    { "active_file", "inactive_file" } },
  [BOX_GROUPS_V2] = { "memory.peak", "memory.events", { "active_file", "inactive_file" } },
};

/* Shares of a processor, of which other programs have 1024 (version 1) or 100 (version 2). A box
 * that is made ahead of need leaves the processor to programs that run. */
#define SHARES 256
#define WEIGHT 25
#define SHARES_AHEAD 16
#define WEIGHT_AHEAD 2

/* How long a new runner waits for the processes of dead ones, which have been killed already. */
#define SWEEP_US (5 * G_USEC_PER_SEC)

#define CANNOT_MAKE \
  "This user may not create control groups, so programs cannot be held to memory and process " \
  "limits. Start the runner as a system service, with \"systemd-run --user --scope -p " \
  "Delegate=yes\", or by root."

/* Files */

static int
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  int e = 0;

  if (fd < 0)
    return errno;
  if (write (fd, text, strlen (text)) < 0)
    e = errno;
  close (fd);
  return e;
}

static int
write_number (const char *folder, const char *name, guint64 number)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, number);
  return write_file (folder, name, text);
}

/* A small file of the kernel's; -1 when it cannot be read. */
static ssize_t
read_file (const char *folder, const char *name, char *text, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  ssize_t got;

  if (fd < 0)
    return -1;
  got = read (fd, text, size - 1);
  close (fd);
  text[MAX (got, 0)] = '\0';
  return got;
}

/* The number of a "key number" line; -1 when it is not there. */
static gint64
find_number (const char *text, const char *key)
{
  gsize size = strlen (key);

  for (const char *line = text; line != NULL && *line != '\0';) {
    if (strncmp (line, key, size) == 0 && line[size] == ' ')
      return g_ascii_strtoll (line + size + 1, NULL, 10);
    line = strchr (line, '\n');
    line = line != NULL ? line + 1 : NULL;
  }
  return -1;
}

/* The same in a file, or all of the file without a key. */
static gint64
read_number (const char *folder, const char *name, const char *key)
{
  char text[4096];

  if (read_file (folder, name, text, sizeof text) < 0)
    return -1;
  return key == NULL ? g_ascii_strtoll (text, NULL, 10) : find_number (text, key);
}

static gboolean
has_word (const char *folder, const char *name, const char *word)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  words = g_strsplit_set (text, " \n", -1);
  return g_strv_contains ((const char *const *) words, word);
}

/* Finding the trees */

/* Where a tree is mounted: file system cgroup2, or cgroup with the controller among its options. */
static char *
find_mount (const char *controller)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/self/mountinfo", &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    const char *tail = strstr (*line, " - ");
    g_auto (GStrv) head = g_strsplit (*line, " ", 6);
    g_auto (GStrv) kind = tail != NULL ? g_strsplit (tail + 3, " ", 3) : NULL;
    g_auto (GStrv) options = NULL;

    if (kind == NULL || g_strv_length (kind) < 3 || g_strv_length (head) < 5)
      continue;
    if (controller == NULL && g_str_equal (kind[0], "cgroup2"))
      return g_strdup (head[4]);
    options = g_strsplit (kind[2], ",", -1);
    if (controller != NULL && g_str_equal (kind[0], "cgroup") &&
        g_strv_contains ((const char *const *) options, controller))
      return g_strdup (head[4]);
  }
  return NULL;
}

/* The group of this process in the unified tree, as a folder. */
static char *
find_own_group (const char *mount)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, "0::"))
      return g_build_filename (mount, *line + 3, NULL);
  return NULL;
}

static gboolean
hands_on (const char *group)
{
  write_file (group, "cgroup.subtree_control", "+memory +pids +cpu");
  return has_word (group, "cgroup.subtree_control", "memory") &&
         has_word (group, "cgroup.subtree_control", "pids");
}

/* In a container the group of this process is all there is, and a group with processes hands
 * nothing on. So this one steps aside into a leaf, and back where it was not alone. */
static gboolean
step_aside (const char *group)
{
  g_autofree char *leaf = g_build_filename (group, "entrevue-keeper", NULL);

  if (mkdir (leaf, 0755) != 0 && errno != EEXIST)
    return FALSE;
  if (write_file (leaf, "cgroup.procs", "0") == 0 && hands_on (group))
    return TRUE;
  write_file (group, "cgroup.procs", "0");
  rmdir (leaf);
  return FALSE;
}

/* The nearest group at or above ours that gives memory and pids to its children. */
static char *
find_generous_group (const char *mount)
{
  g_autofree char *own = find_own_group (mount);
  g_autofree char *folder = g_strdup (own);

  while (folder != NULL && g_str_has_prefix (folder, mount)) {
    char *above;

    if (has_word (folder, "cgroup.subtree_control", "memory") &&
        has_word (folder, "cgroup.subtree_control", "pids"))
      return g_steal_pointer (&folder);
    if (strlen (folder) <= strlen (mount) + 1)
      break;
    above = g_path_get_dirname (folder);
    g_free (folder);
    folder = above;
  }
  if (hands_on (mount))
    return g_strdup (mount);
  return own != NULL && step_aside (own) ? g_steal_pointer (&own) : NULL;
}

typedef struct {
  BoxGroupsKind kind;
  char *mounts[BOX_N_TREES];
} Trees;

static void
trees_clear (Trees *trees)
{
  for (int i = 0; i < BOX_N_TREES; i++)
    g_clear_pointer (&trees->mounts[i], g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trees, trees_clear)

static gboolean
find_trees (Trees *trees, GError **error)
{
  static const char *const controllers[] = { "memory", "pids", "cpu" };
  g_autofree char *unified = find_mount (NULL);

  if (unified == NULL) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_HOST,
      "This host has no control groups of version 2 mounted, so programs cannot be stopped as a "
      "whole. Mount them at /sys/fs/cgroup or, beside version 1, at /sys/fs/cgroup/unified.");
    return FALSE;
  }
  if (has_word (unified, "cgroup.controllers", "memory") &&
      has_word (unified, "cgroup.controllers", "pids")) {
    trees->kind = BOX_GROUPS_V2;
    trees->mounts[BOX_TREE_UNIFIED] = g_steal_pointer (&unified);
    return TRUE;
  }
  trees->kind = BOX_GROUPS_HYBRID;
  trees->mounts[BOX_TREE_UNIFIED] = g_steal_pointer (&unified);
  for (int i = 0; i < BOX_TREE_UNIFIED; i++) {
    trees->mounts[i] = find_mount (controllers[i]);
    if (trees->mounts[i] == NULL) {
      g_set_error (error, BOX_ERROR, BOX_ERROR_HOST,
        "This host has no control group for %s, so programs cannot be held to their limits. "
        "Enable it in the kernel (CONFIG_CGROUPS and the boot parameter cgroup_enable).",
        controllers[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* The groups of a runner */

BoxGroups *
box_groups_new (BoxGroupsKind kind, const char *const trees[BOX_N_TREES])
{
  BoxGroups *groups = g_new0 (BoxGroups, 1);

  groups->kind = kind;
  groups->first = kind == BOX_GROUPS_V2 ? BOX_TREE_UNIFIED : BOX_TREE_MEMORY;
  for (int i = 0; i < BOX_N_TREES; i++)
    groups->trees[i] = g_strdup (trees[i]);
  return groups;
}

void
box_groups_free (BoxGroups *groups)
{
  if (groups == NULL)
    return;
  for (int i = 0; i < BOX_N_TREES; i++)
    g_free (groups->trees[i]);
  g_free (groups);
}

BoxGroupsKind
box_groups_get_kind (BoxGroups *groups)
{
  return groups->kind;
}

/* Removes a group and the leaves in it; a group has files that need no removing. */
static gboolean
remove_tree (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      rmdir (path);
  }
  return rmdir (folder) == 0 || errno == ENOENT;
}

/* "entrevue-NAMESPACE-": process numbers mean nothing in another process namespace, and containers
 * may share the trees of their host. */
static char *
make_prefix (void)
{
  struct stat namespace = { 0 };

  stat ("/proc/self/ns/pid", &namespace);
  return g_strdup_printf ("entrevue-%" G_GUINT64_FORMAT "-", (guint64) namespace.st_ino);
}

/* Whether a group is of a runner that was killed together with the process that should have removed
 * it; one with this process's own number is from before the number was given out again. Those of
 * another process namespace are left alone: whether their runner lives cannot be told from here. */
static gboolean
is_of_dead (const char *name, const char *prefix)
{
  g_autofree char *own = g_strdup_printf ("%d", (int) getpid ());
  g_autofree char *process = NULL;
  const char *number;

  if (!g_str_has_prefix (name, prefix))
    return FALSE;
  number = name + strlen (prefix);
  process = g_build_filename ("/proc", number, NULL);
  return g_str_equal (number, own) || !g_file_test (process, G_FILE_TEST_EXISTS);
}

/* Kills what is in a group of the unified tree, and waits until it is gone: before that no tree
 * lets go of its group. The kernel says so by the group's events. */
static void
empty_group (const char *group, gint64 deadline)
{
  g_autofree char *path = g_build_filename (group, "cgroup.events", NULL);
  struct pollfd events = { .fd = open (path, O_RDONLY | O_CLOEXEC), .events = POLLPRI };
  char text[256] = "";
  gint64 left;

  if (events.fd < 0)
    return;
  write_file (group, "cgroup.kill", "1");
  /* A read says against what the next change is told. */
  while ((left = deadline - g_get_monotonic_time ()) > 0 &&
         pread (events.fd, text, sizeof text - 1, 0) > 0 && find_number (text, "populated") == 1)
    poll (&events, 1, (int) (left / 1000) + 1);
  close (events.fd);
}

typedef void (*GroupFunc) (const char *group, gint64 deadline);

static void
remove_group (const char *group, gint64 deadline G_GNUC_UNUSED)
{
  if (!remove_tree (group))
    g_debug ("%s stays: %s", group, g_strerror (errno));
}

static void
for_each_dead (const char *mount, GroupFunc function, gint64 deadline)
{
  g_autofree char *prefix = make_prefix ();
  g_autoptr (GDir) dir = g_dir_open (mount, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_of_dead (name, prefix)) {
      g_autofree char *group = g_build_filename (mount, name, NULL);

      function (group, deadline);
    }
}

/* What is left of runners that are gone: first their processes, then their groups in every tree. */
static void
sweep_dead (const char *const *mounts, BoxTree first)
{
  gint64 deadline = g_get_monotonic_time () + SWEEP_US;

  for_each_dead (mounts[BOX_TREE_UNIFIED], empty_group, deadline);
  for (int i = first; i < BOX_N_TREES; i++)
    for_each_dead (mounts[i], remove_group, deadline);
}

static gboolean
give_to_user (const char *folder, uid_t uid, gid_t gid, GError **error)
{
  static const char *const files[] = { "cgroup.procs", "tasks", "cgroup.threads",
    "cgroup.subtree_control" };

  if (mkdir (folder, 0755) != 0)
    return box_error_set_errno (
      error, BOX_ERROR_HOST, errno, "The control group %s cannot be made", folder);
  if (chown (folder, uid, gid) != 0)
    return box_error_set_errno (
      error, BOX_ERROR_HOST, errno, "The control group %s cannot be given away", folder);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (folder, files[i], NULL);

    if (chown (path, uid, gid) != 0 && errno != ENOENT)
      return box_error_set_errno (
        error, BOX_ERROR_HOST, errno, "The control group %s cannot be given away", path);
  }
  return TRUE;
}

BoxGroups *
box_groups_delegate (uid_t uid, gid_t gid, GError **error)
{
  g_auto (Trees) trees = { 0 };
  g_autofree char *generous = NULL;
  g_autofree char *prefix = make_prefix ();
  g_autofree char *name = g_strdup_printf ("%s%d", prefix, (int) getpid ());
  g_autoptr (BoxGroups) groups = NULL;
  const char *none[BOX_N_TREES] = { NULL }, *mounts[BOX_N_TREES] = { NULL };

  if (!find_trees (&trees, error))
    return NULL;
  groups = box_groups_new (trees.kind, none);
  if (trees.kind == BOX_GROUPS_V2) {
    generous = find_generous_group (trees.mounts[BOX_TREE_UNIFIED]);
    if (generous == NULL) {
      g_set_error (error, BOX_ERROR, BOX_ERROR_HOST,
        "No control group above this process hands on memory and pids. Start the runner as a "
        "system service with Delegate=yes.");
      return NULL;
    }
  }
  for (int i = groups->first; i < BOX_N_TREES; i++) {
    mounts[i] = generous != NULL ? generous : trees.mounts[i];
    groups->trees[i] = g_build_filename (mounts[i], name, NULL);
  }
  sweep_dead (mounts, groups->first);
  for (int i = 0; i < (int) groups->first; i++)
    groups->trees[i] = g_strdup (groups->trees[BOX_TREE_UNIFIED]);
  for (int i = groups->first; i < BOX_N_TREES; i++) {
    g_autofree char *leaf = g_build_filename (groups->trees[i], "main", NULL);

    if (!give_to_user (groups->trees[i], uid, gid, error) ||
        !give_to_user (leaf, uid, gid, error)) {
      box_groups_remove (groups);
      return NULL;
    }
  }
  if (trees.kind == BOX_GROUPS_V2)
    write_file (groups->trees[BOX_TREE_UNIFIED], "cgroup.subtree_control", "+memory +pids +cpu");
  return g_steal_pointer (&groups);
}

BoxGroups *
box_groups_adopt (GError **error)
{
  g_auto (Trees) trees = { 0 };
  g_autofree char *own = NULL, *leaf = NULL;
  g_autoptr (BoxGroups) groups = NULL;
  const char *folders[BOX_N_TREES];

  if (!find_trees (&trees, error))
    return NULL;
  if (trees.kind == BOX_GROUPS_V2)
    own = find_own_group (trees.mounts[BOX_TREE_UNIFIED]);
  leaf = own != NULL ? g_build_filename (own, "main", NULL) : NULL;
  if (leaf == NULL || (mkdir (leaf, 0755) != 0 && errno != EEXIST)) {
    g_set_error_literal (error, BOX_ERROR, BOX_ERROR_HOST, CANNOT_MAKE);
    return NULL;
  }
  for (int i = 0; i < BOX_N_TREES; i++)
    folders[i] = own;
  groups = box_groups_new (BOX_GROUPS_V2, folders);
  if (!box_groups_enter_main (groups, error))
    return NULL;
  if (!hands_on (own)) {
    g_set_error_literal (error, BOX_ERROR, BOX_ERROR_HOST, CANNOT_MAKE);
    return NULL;
  }
  return g_steal_pointer (&groups);
}

gboolean
box_groups_enter_main (BoxGroups *groups, GError **error)
{
  for (int i = groups->first; i < BOX_N_TREES; i++) {
    g_autofree char *leaf = g_build_filename (groups->trees[i], "main", NULL);
    int e = write_file (leaf, "cgroup.procs", "0");

    if (e != 0)
      return box_error_set_errno (
        error, BOX_ERROR_HOST, e, "The control group %s cannot be entered", leaf);
  }
  return TRUE;
}

void
box_groups_kill (BoxGroups *groups)
{
  write_file (groups->trees[BOX_TREE_UNIFIED], "cgroup.kill", "1");
}

gboolean
box_groups_remove (BoxGroups *groups)
{
  gboolean all = TRUE;

  for (int i = groups->first; i < BOX_N_TREES; i++)
    if (groups->trees[i] != NULL)
      all &= remove_tree (groups->trees[i]);
  return all;
}

/* The groups of a box */

/* Version 1 kills one process of a group that is out of memory, and the others go on. An eventfd
 * tells of it. Without it the verdict is the same, and comes when the program ends. */
static int
watch_memory (BoxGroup *group)
{
  g_autofree char *path =
    g_build_filename (group->trees[BOX_TREE_MEMORY], "memory.oom_control", NULL);
  int control = open (path, O_RDONLY | O_CLOEXEC);
  int fd = control >= 0 ? eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
  char text[32];

  g_snprintf (text, sizeof text, "%d %d", fd, control);
  if (fd >= 0 && write_file (group->trees[BOX_TREE_MEMORY], "cgroup.event_control", text) != 0) {
    close (fd);
    fd = -1;
  }
  if (control >= 0)
    close (control);
  return fd;
}

static gboolean
open_group_files (BoxGroup *group, GError **error)
{
  g_autofree char *events =
    g_build_filename (group->trees[BOX_TREE_UNIFIED], "cgroup.events", NULL);
  int n = 0;

  group->events_fd = open (events, O_RDONLY | O_CLOEXEC);
  if (group->events_fd < 0)
    return box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "%s cannot be read", events);
  for (int i = group->first; i < BOX_N_TREES; i++) {
    g_autofree char *path = g_build_filename (group->trees[i], "cgroup.procs", NULL);

    group->entries[n] = open (path, O_WRONLY | O_CLOEXEC);
    if (group->entries[n] < 0)
      return box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "%s cannot be opened", path);
    n++;
  }
  if (group->kind == BOX_GROUPS_HYBRID)
    group->memory_fd = watch_memory (group);
  return TRUE;
}

BoxGroup *
box_group_open (BoxGroups *groups, const char *name, GError **error)
{
  g_autoptr (BoxGroup) group = g_new0 (BoxGroup, 1);

  group->kind = groups->kind;
  group->first = groups->first;
  group->events_fd = -1;
  group->memory_fd = -1;
  for (int i = 0; i <= BOX_N_TREES; i++)
    group->entries[i] = -1;
  for (int i = 0; i < BOX_N_TREES; i++)
    group->trees[i] = g_build_filename (groups->trees[i], name, NULL);
  if (open_group_files (group, error))
    return g_steal_pointer (&group);
  box_group_remove (group);
  return NULL;
}

BoxGroup *
box_group_new (BoxGroups *groups, const char *name, GError **error)
{
  for (int i = groups->first; i < BOX_N_TREES; i++) {
    g_autofree char *folder = g_build_filename (groups->trees[i], name, NULL);

    if (mkdir (folder, 0755) == 0)
      continue;
    box_error_set_errno (
      error, BOX_ERROR_INTERNAL, errno, "The control group %s cannot be made", folder);
    while (--i >= (int) groups->first) {
      g_autofree char *made = g_build_filename (groups->trees[i], name, NULL);

      rmdir (made);
    }
    return NULL;
  }
  return box_group_open (groups, name, error);
}

void
box_group_free (BoxGroup *group)
{
  if (group == NULL)
    return;
  box_group_close_entries (group);
  if (group->events_fd >= 0)
    close (group->events_fd);
  if (group->memory_fd >= 0)
    close (group->memory_fd);
  for (int i = 0; i < BOX_N_TREES; i++)
    g_free (group->trees[i]);
  g_free (group);
}

/* The limit without swap may not be above the one with it, also not in between. Hosts that do not
 * count swap have no such file; there swappiness 0 keeps the box out of swap. */
static int
limit_memory_hybrid (BoxGroup *group, guint64 bytes)
{
  static const char *const names_up[] = { "memory.memsw.limit_in_bytes", "memory.limit_in_bytes" };
  const char *memory = group->trees[BOX_TREE_MEMORY];
  gboolean is_raised = group->limits.memory_bytes != 0 && bytes > group->limits.memory_bytes;
  int e = 0;

  for (int i = 0; e == 0 && i < 2; i++) {
    const char *name = names_up[is_raised ? i : 1 - i];

    e = write_number (memory, name, bytes + BOX_GROUP_OWN_BYTES);
    if (e == ENOENT && name == names_up[0])
      e = write_number (memory, "memory.swappiness", 0);
  }
  return e;
}

static int
limit_hybrid (BoxGroup *group, const BoxLimits *limits)
{
  const char *cpu = group->trees[BOX_TREE_CPU];
  int e = 0;

  if (limits->memory_bytes != group->limits.memory_bytes)
    e = limit_memory_hybrid (group, limits->memory_bytes);
  if (e == 0 && limits->processes != group->limits.processes)
    e = write_number (
      group->trees[BOX_TREE_PIDS], "pids.max", limits->processes + BOX_GROUP_OWN_PROCESSES);
  if (e == 0 && limits->cpu_percent > 0)
    e = write_number (cpu, "cpu.cfs_period_us", 100000);
  if (e == 0 && limits->cpu_percent > 0)
    e = write_number (cpu, "cpu.cfs_quota_us", limits->cpu_percent * 1000);
  return e;
}

/* What does not depend on the job. */
static int
limit_v2_once (const char *folder)
{
  int e = write_number (folder, "memory.swap.max", 0);

  if (e == ENOENT) /* a kernel without swap */
    e = 0;
  if (e == 0)
    e = write_number (folder, "memory.oom.group", 1);
  return e;
}

static int
limit_v2 (BoxGroup *group, const BoxLimits *limits)
{
  const char *folder = group->trees[BOX_TREE_UNIFIED];
  int e = 0;

  if (group->limits.memory_bytes == 0)
    e = limit_v2_once (folder);
  if (e == 0 && limits->memory_bytes != group->limits.memory_bytes)
    e = write_number (folder, "memory.max", limits->memory_bytes + BOX_GROUP_OWN_BYTES);
  if (e == 0 && limits->processes != group->limits.processes)
    e = write_number (folder, "pids.max", limits->processes + BOX_GROUP_OWN_PROCESSES);
  if (e == 0 && limits->cpu_percent > 0) {
    g_autofree char *quota = g_strdup_printf ("%u 100000", limits->cpu_percent * 1000);

    e = write_file (folder, "cpu.max", quota);
  }
  return e;
}

gboolean
box_group_limit (BoxGroup *group, const BoxLimits *limits, GError **error)
{
  int e = group->kind == BOX_GROUPS_V2 ? limit_v2 (group, limits) : limit_hybrid (group, limits);

  if (e != 0)
    return box_error_set_errno (
      error, BOX_ERROR_INTERNAL, e, "The limits of the box cannot be set");
  group->limits = *limits;
  return TRUE;
}

gboolean
box_group_set_ahead (BoxGroup *group, gboolean is_ahead, GError **error)
{
  int e;

  if (group->kind == BOX_GROUPS_V2) {
    e =
      write_number (group->trees[BOX_TREE_UNIFIED], "cpu.weight", is_ahead ? WEIGHT_AHEAD : WEIGHT);
    if (e == ENOENT) /* cpu is not handed on: shared evenly */
      e = 0;
  } else {
    e = write_number (group->trees[BOX_TREE_CPU], "cpu.shares", is_ahead ? SHARES_AHEAD : SHARES);
  }
  if (e == 0)
    return TRUE;
  return box_error_set_errno (
    error, BOX_ERROR_INTERNAL, e, "The box's share of the processors cannot be set");
}

const int *
box_group_get_entries (BoxGroup *group)
{
  return group->entries;
}

void
box_group_close_entries (BoxGroup *group)
{
  for (int i = 0; i < BOX_N_TREES; i++) {
    if (group->entries[i] >= 0)
      close (group->entries[i]);
    group->entries[i] = -1;
  }
}

int
box_group_get_events_fd (BoxGroup *group)
{
  return group->events_fd;
}

int
box_group_get_memory_fd (BoxGroup *group)
{
  return group->memory_fd;
}

gboolean
box_group_is_populated (BoxGroup *group)
{
  char text[256];
  ssize_t size = pread (group->events_fd, text, sizeof text - 1, 0);

  if (size <= 0)
    return FALSE;
  text[size] = '\0';
  return strstr (text, "populated 1") != NULL;
}

void
box_group_kill (BoxGroup *group)
{
  write_file (group->trees[BOX_TREE_UNIFIED], "cgroup.kill", "1");
}

void
box_group_read_usage (BoxGroup *group, BoxGroupUsage *usage)
{
  const GroupNames *name = &names[group->kind];
  const char *memory = group->trees[BOX_TREE_MEMORY];
  gint64 peak = read_number (memory, name->memory_peak, NULL);
  gint64 cache = 0;
  char stat[4096];

  /* Before Linux 5.19 version 2 keeps no peak. */
  if (peak < 0)
    peak = read_number (memory, "memory.current", NULL);
  if (read_file (memory, "memory.stat", stat, sizeof stat) > 0)
    for (gsize i = 0; i < G_N_ELEMENTS (name->cache_keys); i++)
      cache += MAX (find_number (stat, name->cache_keys[i]), 0);
  usage->memory_bytes = MAX (peak - cache, 0);
  usage->memory_kills = MAX (read_number (memory, name->memory_kills_file, "oom_kill"), 0);
  usage->process_refusals =
    MAX (read_number (group->trees[BOX_TREE_PIDS], "pids.events", "max"), 0);
  usage->cpu_us = box_group_read_cpu (group);
}

gint64
box_group_read_cpu (BoxGroup *group)
{
  return MAX (read_number (group->trees[BOX_TREE_UNIFIED], "cpu.stat", "usage_usec"), 0);
}

gboolean
box_group_remove (BoxGroup *group)
{
  gboolean all = TRUE;

  for (int i = group->first; i < BOX_N_TREES; i++)
    if (group->trees[i] != NULL && rmdir (group->trees[i]) != 0 && errno != ENOENT)
      all = FALSE;
  return all;
}
