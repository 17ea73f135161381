/* family: secrets
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: keyrings are those of the host user
 * breach: the kernel's log, keyrings or addresses can be read
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/klog.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
can_read (const char *path)
{
  char byte;
  int fd = open (path, O_RDONLY | O_NONBLOCK);

  return fd >= 0 && read (fd, &byte, 1) > 0;
}

int
main (void)
{
  static const char *const paths[] = { "/dev/kmsg", "/proc/kmsg", "/proc/kallsyms", "/proc/keys",
    "/proc/key-users", "/proc/timer_list", "/proc/sched_debug", "/proc/modules",
    "/proc/vmallocinfo", "/proc/slabinfo", "/proc/pagetypeinfo", "/sys/kernel/notes" };
  char text[256];
  int won = klogctl (3, text, sizeof text) > 0 || syscall (SYS_keyctl, 0, -3, 0) >= 0 ||
            syscall (SYS_request_key, "user", "x", NULL, 0) >= 0;

  for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++)
    if (can_read (paths[i])) {
      printf ("BREACH %s\n", paths[i]);
      won = 1;
    }
  puts (won ? "BREACH" : "held");
  return 0;
}
