/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: its filter is empty
 * breach: a namespace for clocks, or any other by the newer call and each of its flags
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int
main (void)
{
  static const char *const kinds[] = { "time", "time_for_children", "user", "mnt", "pid", "net",
    "ipc", "uts", "cgroup" };
  static const uint64_t flags[] = { 0x80, 0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000,
    0x4000000, 0x2000000, 0x200000000ULL, 0x100000000ULL, 0x80 | 0x10000000 };
  int won = unshare (0x80) == 0 || unshare (0x80 | 0x10000000) == 0, offsets;

  for (int i = 0; i < 9; i++) {
    char path[60];
    int fd;

    snprintf (path, sizeof path, "/proc/self/ns/%s", kinds[i]);
    fd = open (path, O_RDONLY);
    won |= fd >= 0 && setns (fd, 0) == 0;
    snprintf (path, sizeof path, "/proc/1/ns/%s", kinds[i]);
    won |= open (path, O_RDONLY) >= 0;
  }
  for (int i = 0; i < 11; i++) {
    uint64_t args[11] = { flags[i], 0, 0, 0, SIGCHLD };
    long child = syscall (SYS_clone3, args, sizeof args);

    if (child == 0)
      _exit (0);
    won |= child > 0 || errno != ENOSYS;
  }
  offsets = open ("/proc/self/timens_offsets", O_WRONLY);
  won |= offsets >= 0 && write (offsets, "monotonic 86400 0\n", 18) > 0;
  puts (won ? "BREACH" : "held");
  return 0;
}
