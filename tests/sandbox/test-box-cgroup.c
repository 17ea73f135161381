#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "box-cgroup.h"

/* Plain folders that look like the kernel's trees: which files are written, and which are read, is
 * all that the two kinds differ in. That real ones obey is shown by the integration suite. */
typedef struct {
  char *root;
  BoxGroups *groups;
} Fixture;

static const char *const hybrid_files[] = { "memory/box/memory.limit_in_bytes",
  "memory/box/memory.memsw.limit_in_bytes", "memory/box/memory.max_usage_in_bytes",
  "memory/box/memory.oom_control", "memory/box/memory.stat", "memory/box/cgroup.procs",
  "pids/box/pids.max", "pids/box/pids.events", "pids/box/cgroup.procs", "cpu/box/cpu.shares",
  "cpu/box/cpu.cfs_period_us", "cpu/box/cpu.cfs_quota_us", "cpu/box/cgroup.procs",
  "unified/box/cgroup.procs", "unified/box/cgroup.kill", "unified/box/cgroup.events",
  "unified/box/cpu.stat", NULL };

static const char *const v2_files[] = { "unified/box/cgroup.procs", "unified/box/cgroup.kill",
  "unified/box/cgroup.events", "unified/box/cpu.stat", "unified/box/cpu.weight",
  "unified/box/cpu.max", "unified/box/memory.max", "unified/box/memory.swap.max",
  "unified/box/memory.oom.group", "unified/box/memory.peak", "unified/box/memory.events",
  "unified/box/memory.stat", "unified/box/pids.max", "unified/box/pids.events", NULL };

static void
put (Fixture *fixture, const char *file, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->root, file, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
get (Fixture *fixture, const char *file)
{
  g_autofree char *path = g_build_filename (fixture->root, file, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BoxGroupsKind kind = GPOINTER_TO_INT (data);
  static const char *const names[] = { "memory", "pids", "cpu", "unified" };
  const char *trees[BOX_N_TREES];

  fixture->root = g_dir_make_tmp ("box-cgroup-XXXXXX", NULL);
  for (int i = 0; i < BOX_N_TREES; i++) {
    trees[i] = g_build_filename (fixture->root, kind == BOX_GROUPS_V2 ? "unified" : names[i], NULL);
    g_mkdir_with_parents (trees[i], 0755);
  }
  fixture->groups = box_groups_new (kind, trees);
  for (int i = 0; i < BOX_N_TREES; i++)
    g_free ((char *) trees[i]);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  const char *command[] = { "rm", "-rf", fixture->root, NULL };

  g_assert_true (g_spawn_sync (
    NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
  box_groups_free (fixture->groups);
  g_free (fixture->root);
}

/* The kernel fills a new group with files; here a box group cannot be made before they are there,
 * so making one fails and leaves nothing, and one put in by hand is opened. */
static BoxGroup *
make_group (Fixture *fixture, const char *const *files)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (box_group_new (fixture->groups, "box", &error));
  g_assert_nonnull (error);
  for (; *files != NULL; files++) {
    g_autofree char *path = g_build_filename (fixture->root, *files, NULL);
    g_autofree char *folder = g_path_get_dirname (path);

    g_mkdir_with_parents (folder, 0755);
    put (fixture, *files, "");
  }
  return box_group_open (fixture->groups, "box", &error);
}

static void
assert_file (Fixture *fixture, const char *file, const char *wanted)
{
  g_autofree char *text = get (fixture, file);

  g_assert_cmpstr (text, ==, wanted);
}

static const BoxLimits limits = { .memory_bytes = 64 << 20, .processes = 10, .cpu_percent = 50 };

static void
test_hybrid (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BoxGroup) group = make_group (fixture, hybrid_files);
  g_autoptr (GError) error = NULL;
  BoxGroupUsage usage;
  int n = 0;

  for (const int *entry = box_group_get_entries (group); *entry >= 0; entry++)
    n++;
  g_assert_cmpint (n, ==, 4);
  g_assert_true (box_group_limit (group, &limits, &error));
  assert_file (fixture, "memory/box/memory.limit_in_bytes", "69206016");
  assert_file (fixture, "memory/box/memory.memsw.limit_in_bytes", "69206016");
  assert_file (fixture, "pids/box/pids.max", "12");
  assert_file (fixture, "cpu/box/cpu.cfs_quota_us", "50000");
  g_assert_true (box_group_set_ahead (group, TRUE, &error));
  assert_file (fixture, "cpu/box/cpu.shares", "16");
  g_assert_true (box_group_set_ahead (group, FALSE, &error));
  assert_file (fixture, "cpu/box/cpu.shares", "256");
  put (fixture, "memory/box/memory.max_usage_in_bytes", "1000000\n");
  put (fixture, "memory/box/memory.stat", "cache 5\nactive_file 1000\ninactive_file 2000\n");
  put (fixture, "memory/box/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
  put (fixture, "pids/box/pids.events", "max 7\n");
  put (fixture, "unified/box/cpu.stat", "usage_usec 12345\nuser_usec 1\n");
  box_group_read_usage (group, &usage);
  g_assert_cmpint (usage.memory_bytes, ==, 997000);
  g_assert_cmpuint (usage.memory_kills, ==, 3);
  g_assert_cmpuint (usage.process_refusals, ==, 7);
  g_assert_cmpint (usage.cpu_us, ==, 12345);
  box_group_kill (group);
  assert_file (fixture, "unified/box/cgroup.kill", "1");
}

static void
test_v2 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BoxGroup) group = make_group (fixture, v2_files);
  g_autoptr (GError) error = NULL;
  BoxGroupUsage usage;
  int n = 0;

  for (const int *entry = box_group_get_entries (group); *entry >= 0; entry++)
    n++;
  g_assert_cmpint (n, ==, 1);
  g_assert_true (box_group_limit (group, &limits, &error));
  assert_file (fixture, "unified/box/memory.max", "69206016");
  assert_file (fixture, "unified/box/memory.swap.max", "0");
  assert_file (fixture, "unified/box/memory.oom.group", "1");
  assert_file (fixture, "unified/box/pids.max", "12");
  assert_file (fixture, "unified/box/cpu.max", "50000 100000");
  g_assert_true (box_group_set_ahead (group, TRUE, &error));
  assert_file (fixture, "unified/box/cpu.weight", "2");
  g_assert_true (box_group_set_ahead (group, FALSE, &error));
  assert_file (fixture, "unified/box/cpu.weight", "25");
  put (fixture, "unified/box/memory.peak", "1000000\n");
  put (fixture, "unified/box/memory.stat", "file 9\nactive_file 1000\ninactive_file 2000\n");
  put (fixture, "unified/box/memory.events", "low 0\noom 5\noom_kill 3\noom_group_kill 1\n");
  put (fixture, "unified/box/pids.events", "max 7\n");
  put (fixture, "unified/box/cpu.stat", "usage_usec 12345\n");
  box_group_read_usage (group, &usage);
  g_assert_cmpint (usage.memory_bytes, ==, 997000);
  g_assert_cmpuint (usage.memory_kills, ==, 3);
  g_assert_cmpuint (usage.process_refusals, ==, 7);
  g_assert_cmpint (usage.cpu_us, ==, 12345);
}

static void
test_populated (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BoxGroup) group = NULL;
  g_autofree char *events = NULL;
  int fd;

  group = make_group (fixture, v2_files);
  events = g_build_filename (fixture->root, "unified/box/cgroup.events", NULL);
  g_assert_false (box_group_is_populated (group));
  /* In place, as the group has it open. */
  fd = open (events, O_WRONLY | O_CLOEXEC);
  g_assert_cmpint (write (fd, "populated 1\nfrozen 0\n", 21), ==, 21);
  close (fd);
  g_assert_true (box_group_is_populated (group));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/box-cgroup/hybrid", Fixture, GINT_TO_POINTER (BOX_GROUPS_HYBRID), set_up,
    test_hybrid, tear_down);
  g_test_add (
    "/box-cgroup/v2", Fixture, GINT_TO_POINTER (BOX_GROUPS_V2), set_up, test_v2, tear_down);
  g_test_add ("/box-cgroup/populated", Fixture, GINT_TO_POINTER (BOX_GROUPS_V2), set_up,
    test_populated, tear_down);
  return g_test_run ();
}
