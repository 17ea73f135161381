#include "box-filter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#include "box-error.h"

#define NAMESPACES "new namespaces are the door of most kernel exploits of the last years"
#define MOUNTS "the file tree is fixed"
#define KEYS "keyrings are shared by all processes of one host user"
#define MODULES "changes the kernel itself"
#define CLOCKS "the clock is the host's"
#define OTHERS "reads or changes another process"
#define LARGE_SURFACE "a large and often broken part of the kernel that programs do not need"
#define HANDLES "finds files without their path"
#define FEW_FOR_ALL "the kernel has 128 for all boxes together; programs then look by themselves"
#define HOST_DISKS "makes the host's disks write for everybody, and a box has nothing on them"
#define KERNEL_CODE "filters lie in memory that no group counts and of which all boxes have a part"
#define FIRST_UNKNOWN_CALL 450 /* the first number that this table has not looked at ... */
#define LAST_UNKNOWN_CALL 511 /* ... and the last before those of x32 */

static const BoxFilterRow rows[] = {
  { "unshare", BOX_FILTER_OUTER, EPERM, NAMESPACES },
  { "setns", BOX_FILTER_OUTER, EPERM, NAMESPACES },
  { "clone3", BOX_FILTER_OUTER, ENOSYS, "its flags lie in memory, out of sight; libc uses clone" },
  { "mount", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "umount2", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "pivot_root", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "chroot", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "open_tree", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "move_mount", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "fsopen", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "fsconfig", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "fsmount", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "fspick", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "mount_setattr", BOX_FILTER_OUTER, EPERM, MOUNTS },
  { "add_key", BOX_FILTER_OUTER, EPERM, KEYS },
  { "request_key", BOX_FILTER_OUTER, EPERM, KEYS },
  { "keyctl", BOX_FILTER_OUTER, EPERM, KEYS },
  { "bpf", BOX_FILTER_OUTER, EPERM, LARGE_SURFACE },
  { "perf_event_open", BOX_FILTER_OUTER, EPERM, LARGE_SURFACE },
  { "userfaultfd", BOX_FILTER_OUTER, EPERM, "makes races in the kernel easy to win" },
  { "io_uring_setup", BOX_FILTER_OUTER, ENOSYS, "does system calls past this filter" },
  { "io_uring_enter", BOX_FILTER_OUTER, ENOSYS, "does system calls past this filter" },
  { "io_uring_register", BOX_FILTER_OUTER, ENOSYS, "does system calls past this filter" },
  { "init_module", BOX_FILTER_OUTER, EPERM, MODULES },
  { "finit_module", BOX_FILTER_OUTER, EPERM, MODULES },
  { "delete_module", BOX_FILTER_OUTER, EPERM, MODULES },
  { "kexec_load", BOX_FILTER_OUTER, EPERM, MODULES },
  { "kexec_file_load", BOX_FILTER_OUTER, EPERM, MODULES },
  { "reboot", BOX_FILTER_OUTER, EPERM, MODULES },
  { "swapon", BOX_FILTER_OUTER, EPERM, MODULES },
  { "swapoff", BOX_FILTER_OUTER, EPERM, MODULES },
  { "acct", BOX_FILTER_OUTER, EPERM, MODULES },
  { "syslog", BOX_FILTER_OUTER, EPERM, "the kernel's log tells about the host" },
  { "quotactl", BOX_FILTER_OUTER, EPERM, LARGE_SURFACE },
  { "quotactl_fd", BOX_FILTER_OUTER, EPERM, LARGE_SURFACE },
  { "settimeofday", BOX_FILTER_OUTER, EPERM, CLOCKS },
  { "clock_settime", BOX_FILTER_OUTER, EPERM, CLOCKS },
  { "adjtimex", BOX_FILTER_OUTER, EPERM, CLOCKS },
  { "clock_adjtime", BOX_FILTER_OUTER, EPERM, CLOCKS },
  { "iopl", BOX_FILTER_OUTER, EPERM, "talks to hardware" },
  { "ioperm", BOX_FILTER_OUTER, EPERM, "talks to hardware" },
  { "modify_ldt", BOX_FILTER_OUTER, EPERM, LARGE_SURFACE },
  { "vhangup", BOX_FILTER_OUTER, EPERM, "disturbs other terminals" },
  { "lookup_dcookie", BOX_FILTER_OUTER, EPERM, HANDLES },
  { "name_to_handle_at", BOX_FILTER_OUTER, EPERM, HANDLES },
  { "open_by_handle_at", BOX_FILTER_OUTER, EPERM, HANDLES },
  { "fanotify_init", BOX_FILTER_OUTER, EPERM, LARGE_SURFACE },
  { "ptrace", BOX_FILTER_INNER, EPERM, OTHERS },
  { "process_vm_readv", BOX_FILTER_INNER, EPERM, OTHERS },
  { "process_vm_writev", BOX_FILTER_INNER, EPERM, OTHERS },
  { "process_madvise", BOX_FILTER_INNER, EPERM, OTHERS },
  { "process_mrelease", BOX_FILTER_INNER, EPERM, OTHERS },
  { "pidfd_getfd", BOX_FILTER_INNER, EPERM, OTHERS },
  { "kcmp", BOX_FILTER_INNER, EPERM, OTHERS },
  { "migrate_pages", BOX_FILTER_INNER, EPERM, OTHERS },
  { "move_pages", BOX_FILTER_INNER, EPERM, OTHERS },
  { "memfd_secret", BOX_FILTER_INNER, ENOSYS, "memory that the kernel cannot see" },
  { "sethostname", BOX_FILTER_INNER, EPERM, MOUNTS },
  { "setdomainname", BOX_FILTER_INNER, EPERM, MOUNTS },
  { "inotify_init", BOX_FILTER_INNER, EMFILE, FEW_FOR_ALL },
  { "inotify_init1", BOX_FILTER_INNER, EMFILE, FEW_FOR_ALL },
  { "seccomp", BOX_FILTER_INNER, ENOSYS, KERNEL_CODE },
  { "sync", BOX_FILTER_INNER, 0, HOST_DISKS },
  { "syncfs", BOX_FILTER_INNER, 0, HOST_DISKS },
  { NULL },
};

const BoxFilterRow *
box_filter_get_rows (void)
{
  return rows;
}

/* Adds a rule for a call; a call that this architecture does not have needs none. */
static int
refuse_call (scmp_filter_ctx filter,
  int e,
  const char *name,
  guint n,
  const struct scmp_arg_cmp *args)
{
  int number = seccomp_syscall_resolve_name (name);
  int result;

  if (number == __NR_SCMP_ERROR)
    return 0;
  result = seccomp_rule_add_array (filter, SCMP_ACT_ERRNO (e), number, n, args);
  return result == -EDOM ? 0 : result;
}

/* Pages that the control group's memory limit does not count, where the host has set some aside. */
static int
refuse_huge_pages (scmp_filter_ctx filter)
{
  struct scmp_arg_cmp map = SCMP_A3 (SCMP_CMP_MASKED_EQ, MAP_HUGETLB, MAP_HUGETLB);
  struct scmp_arg_cmp file = SCMP_A1 (SCMP_CMP_MASKED_EQ, MFD_HUGETLB, MFD_HUGETLB);
  struct scmp_arg_cmp segment = SCMP_A2 (SCMP_CMP_MASKED_EQ, SHM_HUGETLB, SHM_HUGETLB);
  int result = refuse_call (filter, ENOMEM, "mmap", 1, &map);

  if (result == 0)
    result = refuse_call (filter, ENOMEM, "memfd_create", 1, &file);
  if (result == 0)
    result = refuse_call (filter, ENOMEM, "shmget", 1, &segment);
  return result;
}

/* A crash must not start the program that the host's core_pattern names, which runs as root outside
 * the box. Where that is a pipe the kernel asks for no size; only a limit of exactly 1, which
 * box-init has set, keeps it from starting one. So another limit is taken note of and not set. */
static int
keep_core_limit (scmp_filter_ctx filter)
{
  struct scmp_arg_cmp one = SCMP_A0 (SCMP_CMP_MASKED_EQ, 0xffffffffu, RLIMIT_CORE);
  struct scmp_arg_cmp two[] = { SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffffu, RLIMIT_CORE),
    SCMP_A2 (SCMP_CMP_NE, 0) };
  int result = refuse_call (filter, 0, "setrlimit", 1, &one);

  return result != 0 ? result : refuse_call (filter, 0, "prlimit64", G_N_ELEMENTS (two), two);
}

/* What a kernel newer than this table can do. Programs know that older kernels cannot. */
static int
refuse_unknown_calls (scmp_filter_ctx filter)
{
  int result = 0;

  for (int number = FIRST_UNKNOWN_CALL; result == 0 && number <= LAST_UNKNOWN_CALL; number++)
    result = seccomp_rule_add_exact_array (filter, SCMP_ACT_ERRNO (ENOSYS), number, 0, NULL);
  return result;
}

/* Calls that are refused, or said to be done, for one value of an argument or two. The kernel looks
 * at the low half of these arguments only, and so must we. */
static const struct {
  const char *name;
  int error;
  struct {
    guint at;
    guint value;
  } arguments[2]; /* a second one at 0: there is none */
} narrow_rows[] = {
  /* Programs that the kernel runs; further ones for calls included (KERNEL_CODE). */
  { "setsockopt", EPERM, { { 1, SOL_SOCKET }, { 2, SO_ATTACH_FILTER } } },
  { "setsockopt", EPERM, { { 1, SOL_SOCKET }, { 2, SO_ATTACH_BPF } } },
  { "setsockopt", EPERM, { { 1, SOL_SOCKET }, { 2, SO_ATTACH_REUSEPORT_CBPF } } },
  { "setsockopt", EPERM, { { 1, SOL_SOCKET }, { 2, SO_ATTACH_REUSEPORT_EBPF } } },
  { "prctl", EINVAL, { { 0, PR_SET_SECCOMP } } },
  /* Other processes' use of folders and files that all boxes see. */
  { "fcntl", EINVAL, { { 1, F_NOTIFY } } },
  { "fcntl", EINVAL, { { 1, F_SETLEASE } } },
  /* A core whose other half is kept idle. */
  { "prctl", EPERM, { { 0, PR_SCHED_CORE } } },
  /* Files that all boxes use, dropped from memory: each would wait for the disk. Both are advice.
   */
  { "fadvise64", 0, { { 3, POSIX_FADV_DONTNEED } } },
  { "madvise", 0, { { 2, MADV_PAGEOUT } } },
};

static int
refuse_narrowly (scmp_filter_ctx filter)
{
  /* The limits of another process; the box's first one is of the same user. */
  struct scmp_arg_cmp other = SCMP_A0 (SCMP_CMP_NE, 0);
  int result = refuse_call (filter, EPERM, "prlimit64", 1, &other);

  for (gsize i = 0; result == 0 && i < G_N_ELEMENTS (narrow_rows); i++) {
    struct scmp_arg_cmp args[2];
    guint n = narrow_rows[i].arguments[1].at > 0 ? 2 : 1;

    for (guint j = 0; j < n; j++)
      args[j] = SCMP_CMP (narrow_rows[i].arguments[j].at, SCMP_CMP_MASKED_EQ, 0xffffffffu,
        narrow_rows[i].arguments[j].value);
    result = refuse_call (filter, narrow_rows[i].error, narrow_rows[i].name, n, args);
  }
  return result;
}

/* The rows that look at arguments. */
static int
refuse_by_argument (scmp_filter_ctx filter, BoxFilterKind kind)
{
  static const int namespaces[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
    CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP };
  /* Pushing characters into a terminal's input, the console's selection, and another line
   * discipline, for which the kernel loads modules that are seldom looked at. */
  static const guint terminal_requests[] = { TIOCSTI, TIOCLINUX, TIOCSETD };
  struct scmp_arg_cmp one;
  int result = 0;

  for (gsize i = 0; result == 0 && i < G_N_ELEMENTS (namespaces); i++) {
    one = SCMP_A0 (SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i]);
    result = refuse_call (filter, EPERM, "clone", 1, &one);
  }
  /* The kernel looks at the low half of the request only, and so must we. */
  for (gsize i = 0; result == 0 && i < G_N_ELEMENTS (terminal_requests); i++) {
    one = SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffffu, terminal_requests[i]);
    result = refuse_call (filter, EPERM, "ioctl", 1, &one);
  }
  if (result != 0 || kind == BOX_FILTER_OUTER)
    return result;

  /* Local sockets between a program's own processes only: there is no network to talk to. The
   * domain is an int: the upper half of the register is not looked at by the kernel. */
  for (int domain = AF_UNIX + 1; result == 0 && domain < 64; domain++) {
    one = SCMP_A0 (SCMP_CMP_MASKED_EQ, 0xffffffffu, domain);
    result = refuse_call (filter, EACCES, "socket", 1, &one);
    if (result == 0)
      result = refuse_call (filter, EACCES, "socketpair", 1, &one);
  }
  one = SCMP_A0 (SCMP_CMP_GE, 64);
  if (result == 0)
    result = refuse_call (filter, EACCES, "socket", 1, &one);
  /* Asking for the current personality is fine, another one weakens address randomisation. */
  one = SCMP_A0 (SCMP_CMP_NE, 0xffffffffu);
  if (result == 0)
    result = refuse_call (filter, EPERM, "personality", 1, &one);
  if (result == 0)
    result = refuse_huge_pages (filter);
  if (result == 0)
    result = keep_core_limit (filter);
  if (result == 0)
    result = refuse_narrowly (filter);
  return result != 0 ? result : refuse_unknown_calls (filter);
}

static scmp_filter_ctx
make_filter (BoxFilterKind kind, GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  int result = filter == NULL ? -ENOMEM : 0;

  /* Calls of another architecture (32 bits, x32) would pass by the numbers of this table. */
  if (result == 0)
    result = seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  if (result == 0)
    result = seccomp_attr_set (filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  for (const BoxFilterRow *row = rows; result == 0 && row->name != NULL; row++)
    if (row->since <= kind)
      result = refuse_call (filter, row->error, row->name, 0, NULL);
  if (result == 0)
    result = refuse_by_argument (filter, kind);
  if (result == 0)
    return filter;
  seccomp_release (filter);
  box_error_set_errno (error, BOX_ERROR_INTERNAL, -result, "The seccomp filter cannot be built");
  return NULL;
}

int
box_filter_build (BoxFilterKind kind, GError **error)
{
  scmp_filter_ctx filter = make_filter (kind, error);
  int fd, result;

  if (filter == NULL)
    return -1;
  fd = memfd_create ("filter", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  result = fd < 0 ? -errno : seccomp_export_bpf (filter, fd);
  seccomp_release (filter);
  if (result == 0 && lseek (fd, 0, SEEK_SET) == 0 &&
      fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
    return fd;
  box_error_set_errno (error, BOX_ERROR_INTERNAL, result != 0 ? -result : errno,
    "The seccomp filter cannot be written");
  if (fd >= 0)
    close (fd);
  return -1;
}

int
box_filter_copy (int filter, GError **error)
{
  guint8 code[64 * 1024];
  ssize_t size = pread (filter, code, sizeof code, 0);
  int fd = memfd_create ("filter", MFD_CLOEXEC);

  if (fd >= 0 && size > 0 && pwrite (fd, code, size, 0) == size)
    return fd;
  box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "The seccomp filter cannot be copied");
  if (fd >= 0)
    close (fd);
  return -1;
}

char *
box_filter_describe (BoxFilterKind kind, GError **error)
{
  scmp_filter_ctx filter = make_filter (kind, error);
  g_autoptr (GMappedFile) text = NULL;
  char *copy = NULL;
  int fd;

  if (filter == NULL)
    return NULL;
  fd = memfd_create ("filter", MFD_CLOEXEC);
  if (fd >= 0 && seccomp_export_pfc (filter, fd) == 0)
    text = g_mapped_file_new_from_fd (fd, FALSE, error);
  if (text != NULL)
    copy = g_strndup (g_mapped_file_get_contents (text), g_mapped_file_get_length (text));
  if (fd >= 0)
    close (fd);
  seccomp_release (filter);
  return copy;
}
