/* family: processes
 * language: c
 * expect: ok time_limit
 * limits: wall=4 cpu=4
 * heavy: yes
 * breach: locks of the kernel that making and ending a box needs are held by reading about oneself
 */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int
main (void)
{
  static const char *const names[] = { "/proc/self/cgroup", "/proc/self/mountinfo",
    "/proc/self/mountstats", "/proc/self/smaps", "/proc/cgroups", "/proc/self/net/dev",
    "/proc/self/net/route", "/proc/stat" };
  time_t until = time (NULL) + 2;
  static char text[65536];
  int n = 0;

  for (int i = 0; i < 5; i++)
    n = n * 2 + (fork () == 0);
  while (time (NULL) < until)
    for (int i = 0; i < 8; i++) {
      int fd = open (names[i], O_RDONLY);

      while (fd >= 0 && read (fd, text, sizeof text) > 0) {
      }
      close (fd);
    }
  return 0;
}
