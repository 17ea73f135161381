/* family: processes
 * language: c
 * expect: ok
 * says: held
 * breach: a process outside has a number in the box
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  int seen = 0;

  for (int pid = 1; pid < 70000; pid++) {
    int fd = syscall (SYS_pidfd_open, pid, 0);

    if (fd >= 0 && pid != 1 && pid != getpid ())
      seen++;
    if (fd >= 0 && pid == 1 && syscall (SYS_pidfd_send_signal, fd, 9, NULL, 0) == 0)
      seen++;
    if (fd >= 0)
      close (fd);
  }
  puts (seen > 0 ? "BREACH others are seen" : "held");
  return 0;
}
