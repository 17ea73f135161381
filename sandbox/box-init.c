/* box-init: pid 1 of a box, a small static program that uses libc alone.
 *
 * Runs inside the box (own namespaces, uid 1000, no capabilities, the outer filter loaded) from
 * before the box is ready until its end. It says READY, waits for one order, forks, and in the
 * child puts on what bubblewrap does not: limits, landlock, the strict filter. Then the child
 * becomes the program; this process reaps, and reports how the program ended. When it leaves, the
 * kernel kills whatever the program left behind. Each protection that cannot be had ends the run
 * with its name. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box-order.h"

/* Newer than the kernel headers of Debian 12. */
#define FS_REFER (1ULL << 13) /* ABI 2 */
#define FS_TRUNCATE (1ULL << 14) /* ABI 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define NET_BIND_AND_CONNECT 3ULL /* ABI 4 */
#define SCOPE_SOCKET_AND_SIGNAL 3ULL /* ABI 6 */
#define FS_FIRST_ABI ((1ULL << 13) - 1)
#define FS_MAKE_DEVICES (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
#define FS_LOOK \
  (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE)

typedef struct {
  uint64_t fs;
  uint64_t net;
  uint64_t scoped;
} LandlockRuleset;

typedef struct {
  const BoxOrderHead *head;
  char *args[BOX_ORDER_MAX_STRINGS + 1];
  char *env[BOX_ORDER_MAX_STRINGS + 1];
  int fds[BOX_ORDER_N_FDS];
} Order;

static bool
send_note (BoxNoteKind kind, int status, const char *step)
{
  BoxNote note = { .kind = kind, .status = status };
  struct rusage usage;

  if (getrusage (RUSAGE_CHILDREN, &usage) == 0) {
    note.cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000ULL +
                  usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    note.max_rss_kib = usage.ru_maxrss;
  }
  strncpy (note.step, step, sizeof note.step - 1);
  return send (BOX_ORDER_SOCKET, &note, sizeof note, MSG_NOSIGNAL) == sizeof note;
}

/* Cuts the strings of an order into args and env; false for anything but exactly what is announced.
 */
static bool
parse_order (char *bytes, size_t size, Order *order)
{
  const BoxOrderHead *head = (const BoxOrderHead *) bytes;
  char *at = bytes + sizeof *head, *end = bytes + size;

  if (size < sizeof *head || head->magic != BOX_ORDER_MAGIC || head->n_args == 0 ||
      head->n_args > BOX_ORDER_MAX_STRINGS || head->n_env > BOX_ORDER_MAX_STRINGS)
    return false;
  for (uint32_t i = 0; i < head->n_args + head->n_env; i++) {
    char *stop = memchr (at, '\0', end - at);

    if (stop == NULL)
      return false;
    if (i < head->n_args)
      order->args[i] = at;
    else
      order->env[i - head->n_args] = at;
    at = stop + 1;
  }
  order->head = head;
  return at == end;
}

static bool
receive_order (char *bytes, Order *order)
{
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE (sizeof (int) * BOX_ORDER_N_FDS)];
  } control;
  struct iovec part = { bytes, BOX_ORDER_MAX_BYTES };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  ssize_t size;

  do
    size = recvmsg (BOX_ORDER_SOCKET, &message, MSG_CMSG_CLOEXEC);
  while (size < 0 && errno == EINTR);
  if (size <= 0 || message.msg_controllen < CMSG_LEN (sizeof order->fds) ||
      (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return false;
  memcpy (order->fds, CMSG_DATA (&control.head), sizeof order->fds);
  return parse_order (bytes, size, order);
}

/* Says something that a descriptor belongs to. */
static bool
send_descriptor (BoxNoteKind kind, int fd)
{
  BoxNote note = { .kind = kind };
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE (sizeof (int))];
  } control = { .head = { CMSG_LEN (sizeof (int)), SOL_SOCKET, SCM_RIGHTS } };
  struct iovec part = { &note, sizeof note };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };

  memcpy (CMSG_DATA (&control.head), &fd, sizeof fd);
  return sendmsg (BOX_ORDER_SOCKET, &message, MSG_NOSIGNAL) == (ssize_t) sizeof note;
}

/* The runner finishes the box from outside, and needs to find it. */
static bool
say_ready (void)
{
  int fd = open ("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  bool good = fd >= 0 && send_descriptor (BOX_NOTE_READY, fd);

  if (fd >= 0)
    close (fd);
  return good;
}

/* A terminal of the box's own devices. Its far side goes to the runner and stays with nobody here,
 * so that it ends with the last process that has the near side open. */
static int
open_terminal (const BoxOrderHead *head)
{
  struct winsize size = { .ws_row = head->rows, .ws_col = head->columns };
  int far = open ("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  int near = -1, unlocked = 0;

  if (far < 0)
    return -1;
  if (ioctl (far, TIOCSPTLCK, &unlocked) == 0 && ioctl (far, TIOCSWINSZ, &size) == 0)
    near = ioctl (far, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (near >= 0 && !send_descriptor (BOX_NOTE_TERMINAL, far)) {
    close (near);
    near = -1;
  }
  close (far);
  return near;
}

/* The terminal takes the place of the three streams. */
static bool
replace_streams (Order *order)
{
  int near = order->head->rows > 0 ? open_terminal (order->head) : -1;

  if (order->head->rows == 0)
    return true;
  if (near < 0)
    return false;
  for (int i = BOX_ORDER_STDIN; i <= BOX_ORDER_STDERR; i++) {
    close (order->fds[i]);
    order->fds[i] = fcntl (near, F_DUPFD_CLOEXEC, 10);
  }
  close (near);
  return true;
}

/* From here on in the child only: each step returns 0 or an errno. */

static int
set_limit (int resource, rlim_t value)
{
  struct rlimit limit = { value, value };

  return setrlimit (resource, &limit) == 0 ? 0 : errno;
}

static int
set_limits (const BoxOrderHead *head)
{
  struct rlimit cpu = { head->cpu_s, head->cpu_s + 1 };
  int e = set_limit (RLIMIT_CORE, 1); /* see keep_core_limit() in box-filter.c */

  /* First a signal that tells why, then one that cannot be ignored. */
  if (e == 0 && head->cpu_s > 0 && setrlimit (RLIMIT_CPU, &cpu) != 0)
    e = errno;
  if (e == 0 && head->open_files > 0)
    e = set_limit (RLIMIT_NOFILE, head->open_files);
  if (e == 0 && head->file_bytes > 0)
    e = set_limit (RLIMIT_FSIZE, head->file_bytes);
  if (e == 0 && head->stack_bytes > 0)
    e = set_limit (RLIMIT_STACK, head->stack_bytes);
  if (e == 0 && head->processes > 0)
    e = set_limit (RLIMIT_NPROC, head->processes);
  if (e == 0 && head->data_bytes > 0)
    e = set_limit (RLIMIT_DATA, head->data_bytes);
  /* What the kernel keeps for a program outside the control group's sight. */
  if (e == 0)
    e = set_limit (RLIMIT_MSGQUEUE, 0);
  if (e == 0)
    e = set_limit (RLIMIT_MEMLOCK, 64 * 1024);
  if (e == 0)
    e = set_limit (RLIMIT_SIGPENDING, 1024);
  return e;
}

static int
allow_beneath (int ruleset, const char *path, uint64_t access)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = access };
  struct stat st;
  int e = 0;

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return errno == ENOENT ? 0 : errno; /* a rule for what is not there allows nothing */
  if (fstat (rule.parent_fd, &st) == 0 && !S_ISDIR (st.st_mode))
    rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                           LANDLOCK_ACCESS_FS_EXECUTE | FS_TRUNCATE | FS_IOCTL_DEV;
  if (syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
    e = errno;
  close (rule.parent_fd);
  return e;
}

/* All of the box's root but /dev, whose devices are allowed one by one: a terminal, of which the
 * kernel has few for all boxes together, is made by opening a device, also for reading. */
static int
allow_root (int ruleset)
{
  DIR *root = opendir ("/");
  const struct dirent *entry;
  int e;

  if (root == NULL)
    return errno;
  e = allow_beneath (ruleset, "/", LANDLOCK_ACCESS_FS_READ_DIR);
  while (e == 0 && (entry = readdir (root)) != NULL) {
    char path[sizeof entry->d_name + 1] = "/";

    if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0 ||
        strcmp (entry->d_name, "dev") == 0)
      continue;
    strcat (path, entry->d_name);
    e = allow_beneath (ruleset, path, FS_LOOK);
  }
  closedir (root);
  return e;
}

/* Everything may be read and executed that the box shows outside /dev; only the work folder, /tmp
 * and /dev/shm may be changed; a few devices may be used; no TCP; no signal leaves the program's
 * tree. */
static int
restrict_by_landlock (void)
{
  static const char *const places[] = { "/work", "/tmp", "/dev/shm" };
  static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
    "/dev/urandom", "/dev/tty" };
  long abi = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  LandlockRuleset rules = { .fs = FS_FIRST_ABI };
  size_t size = abi >= 6 ? sizeof rules : abi >= 4 ? 2 * sizeof (uint64_t) : sizeof (uint64_t);
  int ruleset, e = 0;

  if (abi < 1)
    return abi < 0 ? errno : ENOSYS;
  if (abi >= 2)
    rules.fs |= FS_REFER;
  if (abi >= 3)
    rules.fs |= FS_TRUNCATE;
  if (abi >= 5)
    rules.fs |= FS_IOCTL_DEV;
  if (abi >= 4)
    rules.net = NET_BIND_AND_CONNECT;
  if (abi >= 6)
    rules.scoped = SCOPE_SOCKET_AND_SIGNAL;

  ruleset = syscall (SYS_landlock_create_ruleset, &rules, size, 0);
  if (ruleset < 0)
    return errno;
  e = allow_root (ruleset);
  for (size_t i = 0; e == 0 && i < sizeof places / sizeof *places; i++)
    e = allow_beneath (ruleset, places[i], rules.fs & ~(uint64_t) FS_MAKE_DEVICES);
  for (size_t i = 0; e == 0 && i < sizeof devices / sizeof *devices; i++)
    e = allow_beneath (ruleset, devices[i],
      rules.fs & (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE));
  if (e == 0 && syscall (SYS_landlock_restrict_self, ruleset, 0) < 0)
    e = errno;
  close (ruleset);
  return e;
}

static int
load_filter (int fd)
{
  static struct sock_filter code[4096];
  ssize_t size = pread (fd, code, sizeof code, 0);
  struct sock_fprog program = { .len = size / sizeof *code, .filter = code };

  if (size <= 0 || size == sizeof code || size % sizeof *code != 0)
    return EINVAL;
  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : errno;
}

static void
reset_signals (void)
{
  sigset_t none;

  sigemptyset (&none);
  for (int i = 1; i < NSIG; i++)
    if (i != SIGKILL && i != SIGSTOP)
      signal (i, SIG_DFL);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static _Noreturn void
fail (int trouble, int e, const char *step)
{
  BoxNote note = { .kind = BOX_NOTE_FAILED, .status = e };

  strncpy (note.step, step, sizeof note.step - 1);
  if (write (trouble, &note, sizeof note) < 0)
    _exit (126);
  _exit (125);
}

static _Noreturn void
become_program (const Order *order, int trouble)
{
  int e;

  reset_signals ();
  setsid ();
  for (int i = BOX_ORDER_STDIN; i <= BOX_ORDER_STDERR; i++)
    if (dup2 (order->fds[i], i) < 0)
      fail (trouble, errno, "streams");
  if (order->head->rows > 0 && ioctl (0, TIOCSCTTY, 0) != 0)
    fail (trouble, errno, "terminal");
  if ((e = set_limits (order->head)) != 0)
    fail (trouble, e, "resource limits");
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    fail (trouble, errno, "no_new_privs");
  if ((e = restrict_by_landlock ()) != 0)
    fail (trouble, e, "landlock");
  if ((e = load_filter (order->fds[BOX_ORDER_FILTER])) != 0)
    fail (trouble, e, "seccomp");
  execve (order->args[0], order->args, order->env);
  fail (trouble, errno, order->args[0]);
}

/* Waits until the child is the program (the pipe closes on exec) or says what failed. */
static bool
program_started (int trouble, BoxNote *note)
{
  ssize_t size;

  do
    size = read (trouble, note, sizeof *note);
  while (size < 0 && errno == EINTR);
  return size == 0;
}

int
main (void)
{
  static char bytes[BOX_ORDER_MAX_BYTES] __attribute__ ((aligned (16)));
  static Order order;
  BoxNote note;
  int trouble[2], status;
  pid_t child, pid;

  prctl (PR_SET_DUMPABLE, 0);
  if (fcntl (BOX_ORDER_SOCKET, F_SETFD, FD_CLOEXEC) != 0 || !say_ready ())
    return 1;
  if (!receive_order (bytes, &order))
    return 1; /* the runner went away, and so does the box */
  if (!replace_streams (&order))
    return !send_note (BOX_NOTE_FAILED, errno, "terminal");
  if (pipe2 (trouble, O_CLOEXEC) != 0)
    return !send_note (BOX_NOTE_FAILED, errno, "pipe");

  child = fork ();
  if (child == 0) {
    close (trouble[0]);
    become_program (&order, trouble[1]);
  }
  close (trouble[1]);
  for (int i = 0; i < BOX_ORDER_N_FDS; i++)
    close (order.fds[i]);
  if (child < 0)
    return !send_note (BOX_NOTE_FAILED, errno, "fork");
  if (!program_started (trouble[0], &note)) {
    note.step[sizeof note.step - 1] = '\0';
    return !send_note (BOX_NOTE_FAILED, note.status, note.step);
  }

  do
    pid = wait (&status);
  while (pid != child && (pid >= 0 || errno == EINTR));
  return pid == child ? !send_note (BOX_NOTE_ENDED, status, "") : 1;
}
