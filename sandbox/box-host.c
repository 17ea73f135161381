#include "config.h"

#include "box-host.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box-error.h"

typedef struct {
  uid_t uid;
  gid_t gid;
} Person;

/* Phase 1, as root: whom to become. */
static gboolean
find_person (const char *name, Person *person, GError **error)
{
  const struct passwd *entry = getpwnam (name);

  if (entry == NULL) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_HOST,
      "The system user \"%s\" does not exist, and boxes are never made by root. Create it with: "
      "useradd --system --no-create-home --shell /usr/sbin/nologin %s",
      name, name);
    return FALSE;
  }
  if (entry->pw_uid == 0) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_HOST,
      "\"%s\" is root, and boxes are never made by root. Choose another user.", name);
    return FALSE;
  }
  person->uid = entry->pw_uid;
  person->gid = entry->pw_gid;
  return TRUE;
}

/* Phase 1, as whoever started the program: where things made ahead are kept. What is inside belongs
 * to the runner, so nothing beneath it is touched with more rights than the runner has. */
static void
make_cache_folder (const BoxHostOptions *options, const Person *person, BoxHost *host)
{
  const char *given = options->cache != NULL ? options->cache : g_getenv ("CACHE_DIRECTORY");
  g_autofree char *cache = NULL;

  if (given != NULL)
    cache = g_strdup (given);
  else
    cache = g_build_filename (
      person != NULL ? "/var/cache" : g_get_user_cache_dir (), "entrevue-runner", NULL);
  if (g_mkdir_with_parents (cache, 0755) == 0 &&
      (person == NULL || lchown (cache, person->uid, person->gid) == 0))
    host->prepared = g_build_filename (cache, "prepared", NULL);
  else
    g_debug ("%s cannot be made, so nothing is made ahead: %s", cache, g_strerror (errno));
}

/* Phase 2, the parent, as root: keeps what it needs to remove the groups, and nothing else. */
static void
drop_keeper_capabilities (void)
{
  struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2] = { 0 };

  data[0].permitted = data[0].effective = 1u << CAP_DAC_OVERRIDE | 1u << CAP_KILL;
  if (syscall (SYS_capset, &head, data) != 0)
    g_debug ("capabilities stay: %s", g_strerror (errno));
}

static int
exit_status_of (int status)
{
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

/* Waits for the runner, passing signals on to it; then for every orphan of its boxes, which come to
 * this process as their subreaper; then the groups are empty and can go. */
static _Noreturn void
keep (pid_t runner, BoxGroups *groups, const sigset_t *signals)
{
  int status = 0, runner_status = 0;
  gboolean gone = FALSE;

  drop_keeper_capabilities ();
  while (!gone) {
    int number = 0;
    pid_t pid;

    if (sigwait (signals, &number) != 0)
      continue;
    if (number != SIGCHLD)
      kill (runner, number);
    while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
      if (pid == runner) {
        gone = TRUE;
        runner_status = status;
      }
  }
  if (groups != NULL)
    box_groups_kill (groups);
  while (waitpid (-1, &status, 0) > 0 || errno == EINTR) {
  }
  if (groups != NULL && !box_groups_remove (groups))
    g_printerr ("entrevue-runner: some control groups could not be removed\n");
  _exit (exit_status_of (runner_status));
}

/* Phase 3, the child, still root: into its groups, then away from root for good. */
static gboolean
become_person (const Person *person, BoxGroups *groups, pid_t parent, GError **error)
{
  if (groups != NULL && !box_groups_enter_main (groups, error))
    return FALSE;
  if (setgroups (0, NULL) != 0 || setresgid (person->gid, person->gid, person->gid) != 0 ||
      setresuid (person->uid, person->uid, person->uid) != 0)
    return box_error_set_errno (error, BOX_ERROR_HOST, errno, "The user cannot be changed");
  if (setuid (0) == 0) {
    g_set_error_literal (
      error, BOX_ERROR, BOX_ERROR_HOST, "The change of user did not hold, so nothing is run.");
    return FALSE;
  }
  /* The change clears both: without the first, /proc/self/uid_map belongs to root. */
  prctl (PR_SET_DUMPABLE, 1);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent) {
    g_set_error_literal (error, BOX_ERROR, BOX_ERROR_HOST, "The starting process has ended.");
    return FALSE;
  }
  return TRUE;
}

static gboolean
start_as_root (const BoxHostOptions *options, BoxHost *host, GError **error)
{
  g_autoptr (BoxGroups) made = NULL;
  g_autoptr (GError) local = NULL;
  sigset_t signals, before;
  Person person;
  pid_t self = getpid (), child;

  if (!find_person (options->user, &person, error))
    return FALSE;
  make_cache_folder (options, &person, host);
  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGHUP);
  /* From here on a signal to end waits for the keeper, which removes the groups. */
  sigprocmask (SIG_BLOCK, &signals, &before);
  made = box_groups_delegate (person.uid, person.gid, &local);
  if (made == NULL && !options->insecure_no_cgroup) {
    sigprocmask (SIG_SETMASK, &before, NULL);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }

  prctl (PR_SET_CHILD_SUBREAPER, 1);
  child = fork ();
  if (child > 0)
    keep (child, made, &signals);
  if (child < 0) {
    box_error_set_errno (error, BOX_ERROR_HOST, errno, "The runner cannot be started");
    if (made != NULL)
      box_groups_remove (made);
    sigprocmask (SIG_SETMASK, &before, NULL);
    return FALSE;
  }
  sigprocmask (SIG_SETMASK, &before, NULL);
  if (!become_person (&person, made, self, error))
    return FALSE;
  host->groups = g_steal_pointer (&made);
  return TRUE;
}

static gboolean
start_as_user (const BoxHostOptions *options, BoxHost *host, GError **error)
{
  g_autoptr (GError) local = NULL;

  make_cache_folder (options, NULL, host);
  host->groups = box_groups_adopt (&local);
  if (host->groups != NULL || options->insecure_no_cgroup)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Phase 4, the user: namespaces of its own. */

static gboolean
refuse_namespaces (GError **error, int e)
{
  g_autofree char *apparmor = NULL;
  const char *cure = "see kernel.unprivileged_userns_clone and the host's security module";

  g_file_get_contents (
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", &apparmor, NULL, NULL);
  if (e == ENOSPC)
    cure = "raise the kernel setting user.max_user_namespaces";
  else if (apparmor != NULL && *apparmor == '1')
    cure = "allow them with an AppArmor profile that has the rule \"userns,\" for the runner and "
           "for bubblewrap, or set kernel.apparmor_restrict_unprivileged_userns to 0";
  g_set_error (error, BOX_ERROR, BOX_ERROR_HOST,
    "This host does not let ordinary users make user namespaces (%s), without which there is no "
    "box: %s.",
    g_strerror (e), cure);
  return FALSE;
}

static int
write_map (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  int e = 0;

  if (fd < 0)
    return errno;
  if (write (fd, text, strlen (text)) < 0)
    e = errno;
  close (fd);
  return e;
}

static gboolean
enter_namespaces (GError **error)
{
  g_autofree char *users = g_strdup_printf ("%u %u 1", getuid (), getuid ());
  g_autofree char *groups = g_strdup_printf ("%u %u 1", getgid (), getgid ());
  int e;

  if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return refuse_namespaces (error, errno);
  e = write_map ("/proc/self/uid_map", users);
  if (e == 0)
    e = write_map ("/proc/self/setgroups", "deny");
  if (e == 0)
    e = write_map ("/proc/self/gid_map", groups);
  if (e == 0 && mount (NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0)
    e = errno;
  return e == 0 ? TRUE : refuse_namespaces (error, e);
}

/* Phase 5: a place for boxes that nobody else sees and that is gone with this process. It covers a
 * folder that every host has and no service uses. */
static char *
mount_base (GError **error)
{
  static const char *const places[] = { "/media", "/mnt", "/srv" };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    if (mount ("tmpfs", places[i], "tmpfs", MS_NOSUID | MS_NODEV,
          "size=16m,nr_inodes=4096,mode=0755") == 0)
      return g_strdup (places[i]);
  box_error_set_errno (error, BOX_ERROR_HOST, errno,
    "No place for boxes can be mounted (tried /media, /mnt and /srv)");
  return NULL;
}

/* The few files of /etc that programs ask for, nothing of the host's own; and an empty folder,
 * which covers others. */
static gboolean
write_base (const char *base, GBytes *init_program, GError **error)
{
  static const struct {
    const char *name;
    const char *text;
  } files[] = {
    { "passwd", "root:x:0:0:root:/root:/usr/sbin/nologin\nbox:x:1000:1000:box:/work:/bin/sh\n" },
    { "group", "root:x:0:\nbox:x:1000:\n" },
    { "nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n" },
    { "hosts", "127.0.0.1 localhost box\n::1 localhost\n" },
    { "hostname", "box\n" },
  };
  g_autofree char *init = g_build_filename (base, "box-init", NULL);
  g_autofree char *etc = g_build_filename (base, "etc", NULL);
  g_autofree char *empty = g_build_filename (base, "empty", NULL);
  gsize size;
  const char *data = g_bytes_get_data (init_program, &size);

  if (!g_file_set_contents_full (init, data, size, G_FILE_SET_CONTENTS_NONE, 0755, error))
    return FALSE;
  if (mkdir (etc, 0755) != 0 || mkdir (empty, 0555) != 0)
    return box_error_set_errno (error, BOX_ERROR_HOST, errno, "Folders in %s cannot be made", base);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (etc, files[i].name, NULL);

    if (!g_file_set_contents_full (path, files[i].text, -1, G_FILE_SET_CONTENTS_NONE, 0644, error))
      return FALSE;
  }
  return TRUE;
}

/* Files go into boxes and out of them by this call alone. Under a filter that does not know it each
 * job would fail; systemd's RestrictSUIDSGID is one. */
static gboolean
check_openat2 (const char *base, GError **error)
{
  const struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
    .resolve = RESOLVE_NO_SYMLINKS };
  int fd = syscall (SYS_openat2, AT_FDCWD, base, &how, sizeof how);

  if (fd < 0)
    return box_error_set_errno (error, BOX_ERROR_HOST, errno,
      "The call openat2 is refused, by which files are taken out of boxes (a unit with "
      "RestrictSUIDSGID= refuses it)");
  close (fd);
  return TRUE;
}

static void
block_child_signal (void)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  sigprocmask (SIG_BLOCK, &signals, NULL);
}

BoxHost *
box_host_enter (const BoxHostOptions *options, GError **error)
{
  g_autoptr (BoxHost) host = g_new0 (BoxHost, 1);

  host->bwrap = g_find_program_in_path ("bwrap");
  if (host->bwrap == NULL) {
    g_set_error_literal (error, BOX_ERROR, BOX_ERROR_HOST,
      "bubblewrap is not installed. Install it with: apt install bubblewrap");
    return NULL;
  }
  if (options->image != NULL) {
    g_autofree char *usr = g_build_filename (options->image, "usr", NULL);

    if (!g_path_is_absolute (options->image) || !g_file_test (usr, G_FILE_TEST_IS_DIR)) {
      g_set_error (error, BOX_ERROR, BOX_ERROR_HOST,
        "%s is no root file system for boxes: it must be a full path, and have a folder usr.",
        options->image);
      return NULL;
    }
    host->image = g_strdup (options->image);
  }
  if (!(geteuid () == 0 ? start_as_root : start_as_user) (options, host, error))
    return NULL;
  block_child_signal ();
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  umask (022);
  if (host->prepared != NULL && mkdir (host->prepared, 0755) != 0 && errno != EEXIST) {
    g_debug ("%s cannot be made, so nothing is made ahead: %s", host->prepared, g_strerror (errno));
    g_clear_pointer (&host->prepared, g_free);
  }
  if (chdir ("/") != 0 || !enter_namespaces (error))
    return NULL;
  host->base = mount_base (error);
  if (host->base == NULL || !check_openat2 (host->base, error) ||
      !write_base (host->base, options->init_program, error))
    return NULL;
#ifndef __SANITIZE_ADDRESS__
  /* Nobody of the same user reads this process's memory; a leak checker needs to. */
  prctl (PR_SET_DUMPABLE, 0);
#endif
  return g_steal_pointer (&host);
}

void
box_host_free (BoxHost *host)
{
  if (host == NULL)
    return;
  box_groups_free (host->groups);
  g_free (host->base);
  g_free (host->bwrap);
  g_free (host->prepared);
  g_free (host->image);
  g_free (host);
}

/* The folder of the running program when it runs from where it was built; NULL when installed. */
static char *
find_build_folder (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *init = folder != NULL ? g_build_filename (folder, "box-init", NULL) : NULL;

  return init != NULL && g_file_test (init, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&folder)
                                                                    : NULL;
}

GBytes *
box_host_load_init (GError **error)
{
  g_autofree char *folder = find_build_folder ();
  g_autofree char *path =
    g_build_filename (folder != NULL ? folder : ENT_LIBEXEC_DIR, "box-init", NULL);
  char *data = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &data, &size, error)) {
    g_prefix_error (error, "The runner is not installed whole: ");
    return NULL;
  }
  return g_bytes_new_take (data, size);
}

char **
box_host_find_folders (const char *what)
{
  g_autofree char *folder = find_build_folder ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *shipped = g_build_filename (folder != NULL ? folder : ENT_DATA_DIR, what, NULL);
  g_autofree char *own = g_build_filename ("/etc/entrevue", what, NULL);

  g_strv_builder_add_many (builder, shipped, own, NULL);
  return g_strv_builder_end (builder);
}
