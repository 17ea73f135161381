#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "box-filter.h"

static gboolean
has_row (const char *name, BoxFilterKind since)
{
  for (const BoxFilterRow *row = box_filter_get_rows (); row->name != NULL; row++)
    if (g_str_equal (row->name, name))
      return row->since == since;
  return FALSE;
}

static void
test_table (void)
{
  for (const BoxFilterRow *row = box_filter_get_rows (); row->name != NULL; row++) {
    g_assert_true (
      row->error == EPERM || row->error == ENOSYS || row->error == EMFILE || row->error == 0);
    g_assert_cmpuint (strlen (row->reason), >, 10);
    for (const BoxFilterRow *other = box_filter_get_rows (); other != row; other++)
      g_assert_cmpstr (other->name, !=, row->name);
  }
  g_assert_true (has_row ("unshare", BOX_FILTER_OUTER));
  g_assert_true (has_row ("mount", BOX_FILTER_OUTER));
  g_assert_true (has_row ("bpf", BOX_FILTER_OUTER));
  g_assert_true (has_row ("ptrace", BOX_FILTER_INNER));
}

static void
test_text (void)
{
  g_autofree char *outer = box_filter_describe (BOX_FILTER_OUTER, NULL);
  g_autofree char *inner = box_filter_describe (BOX_FILTER_INNER, NULL);

  g_assert_nonnull (strstr (outer, "unshare"));
  g_assert_null (strstr (outer, "ptrace"));
  g_assert_nonnull (strstr (inner, "unshare"));
  g_assert_nonnull (strstr (inner, "ptrace"));
  g_assert_nonnull (strstr (inner, "socket"));
}

/* In a child: 0 when every refused call is refused and ordinary ones are not, else which one. */
static int
try_calls (int filter)
{
  static struct sock_filter code[4096];
  ssize_t size = pread (filter, code, sizeof code, 0);
  struct sock_fprog program = { size / sizeof *code, code };
  int pair[2];

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    return 1;
  if (unshare (CLONE_NEWUSER) == 0 || errno != EPERM)
    return 2;
  if (syscall (SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0) >= 0 || errno != EPERM)
    return 3;
  if (syscall (SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS)
    return 4;
  if (socket (AF_INET, SOCK_STREAM, 0) >= 0 || errno != EACCES)
    return 5;
  if (socket (AF_NETLINK, SOCK_RAW, 0) >= 0 || errno != EACCES)
    return 6;
  if (syscall (SYS_socket, (1ULL << 32) | AF_INET, SOCK_STREAM, 0) >= 0 || errno != EACCES)
    return 7;
  if (socket (AF_UNIX, SOCK_STREAM, 0) < 0 || socketpair (AF_UNIX, SOCK_STREAM, 0, pair) != 0)
    return 8;
  if (personality (ADDR_NO_RANDOMIZE) >= 0 || personality (0xffffffff) < 0)
    return 9;
  if (syscall (SYS_ioctl, 0, (1ULL << 32) | 0x5412, NULL) >= 0 || errno != EPERM)
    return 10;
  if (syscall (SYS_ptrace, 0, 0, 0, 0) >= 0 || errno != EPERM)
    return 11;
  return 0;
}

/* In a child under the filter: as above, for what is looked at beside the call. */
static int
try_arguments (void)
{
  struct rlimit none = { 0, 0 }, before, after;
  int map = MAP_PRIVATE | MAP_ANONYMOUS;

  if (getrlimit (RLIMIT_CORE, &before) != 0 || setrlimit (RLIMIT_CORE, &none) != 0 ||
      prlimit (0, RLIMIT_CORE, &none, NULL) != 0 || prlimit (0, RLIMIT_CORE, NULL, &after) != 0 ||
      after.rlim_max != before.rlim_max)
    return 12;
  if (setrlimit (RLIMIT_STACK, &none) != 0)
    return 13;
  if (mmap (NULL, 1 << 21, PROT_READ, map | MAP_HUGETLB, -1, 0) != MAP_FAILED || errno != ENOMEM ||
      mmap (NULL, 1 << 21, PROT_READ, map, -1, 0) == MAP_FAILED)
    return 14;
  if (memfd_create ("x", MFD_HUGETLB) >= 0 || errno != ENOMEM || memfd_create ("x", 0) < 0)
    return 15;
  if (shmget (IPC_PRIVATE, 1 << 21, IPC_CREAT | SHM_HUGETLB | 0600) >= 0 || errno != ENOMEM)
    return 16;
  if (syscall (450, 0) >= 0 || errno != ENOSYS || syscall (511, 0) >= 0 || errno != ENOSYS)
    return 17;
  if (syncfs (-1) != 0)
    return 18;
  return 0;
}

/* As above: for what reaches past the box. */
static int
try_reaching_out (void)
{
  struct sock_filter pass = { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW };
  struct sock_fprog program = { 1, &pass };
  struct rlimit limit;
  int ends[2], one = 1;
  int folder = open ("/", O_RDONLY | O_DIRECTORY);

  if (socketpair (AF_UNIX, SOCK_DGRAM, 0, ends) != 0 ||
      setsockopt (ends[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof one) != 0)
    return 19;
  if (setsockopt (ends[0], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 ||
      errno != EPERM)
    return 20;
  if (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ||
      syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
    return 21;
  if (prctl (PR_SCHED_CORE, 99, 0, 0, 0) == 0 || errno != EPERM || prctl (PR_GET_DUMPABLE) < 0)
    return 22;
  if (folder < 0 || fcntl (folder, F_NOTIFY, DN_ACCESS) == 0 || fcntl (folder, F_GETFD) < 0)
    return 23;
  if (prlimit (getppid (), RLIMIT_NOFILE, NULL, &limit) == 0 || errno != EPERM ||
      prlimit (0, RLIMIT_NOFILE, NULL, &limit) != 0)
    return 24;
  if (posix_fadvise (-1, 0, 0, POSIX_FADV_DONTNEED) != 0 ||
      posix_fadvise (-1, 0, 0, POSIX_FADV_NORMAL) != EBADF)
    return 25;
  return 0;
}

static void
test_enforced (void)
{
  g_autoptr (GError) error = NULL;
  int filter = box_filter_build (BOX_FILTER_INNER, &error), copy, status = -1;
  pid_t child;

  g_assert_no_error (error);
  copy = box_filter_copy (filter, &error);
  g_assert_no_error (error);
  g_assert_cmpint (write (filter, "x", 1), <, 0);
  child = fork ();
  if (child == 0)
    _exit (try_calls (copy) + try_arguments () + try_reaching_out ());
  waitpid (child, &status, 0);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  close (filter);
  close (copy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-filter/table", test_table);
  g_test_add_func ("/box-filter/text", test_text);
  g_test_add_func ("/box-filter/enforced", test_enforced);
  return g_test_run ();
}
