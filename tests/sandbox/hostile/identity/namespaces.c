/* family: identity
 * language: c
 * expect: ok
 * says: held
 * bwrap: namespaces of its own may be entered once more
 * breach: a namespace of its own, in which the program is root
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const unsigned long kinds[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
  CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP };

int
main (void)
{
  static const char *const names[] = { "user", "mnt", "pid", "net", "ipc", "uts", "cgroup",
    "time" };
  int won = 0;

  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct clone_args args = { .flags = kinds[i], .exit_signal = SIGCHLD };
    unsigned long flags[] = { kinds[i], kinds[i] | CLONE_NEWUSER, kinds[i] | 0xffffffff00000000ul };

    for (unsigned j = 0; j < 3; j++) {
      long pid = syscall (SYS_clone, flags[j] | SIGCHLD, 0, 0, 0, 0);

      if (pid == 0)
        _exit (0);
      won += pid > 0;
      if (fork () == 0)
        _exit (unshare (flags[j]) == 0);
    }
    args.flags |= CLONE_NEWUSER;
    switch (syscall (SYS_clone3, &args, sizeof args)) {
    case 0:
      _exit (0);
    case -1:
      break;
    default:
      won++;
    }
  }
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char path[64];
    int fd;

    snprintf (path, sizeof path, "/proc/self/ns/%s", names[i]);
    fd = open (path, O_RDONLY);
    if (fd >= 0)
      won += setns (fd, 0) == 0;
    snprintf (path, sizeof path, "/proc/1/ns/%s", names[i]);
    won += open (path, O_RDONLY) >= 0;
  }
  for (int status; wait (&status) > 0;)
    won += WIFEXITED (status) && WEXITSTATUS (status) != 0;
  puts (won ? "BREACH" : "held");
  return 0;
}
