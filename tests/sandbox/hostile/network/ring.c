/* family: network
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: nothing stands before io_uring
 * breach: a ring, which makes sockets past the filter
 */
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  struct io_uring_params params;
  int fd;

  memset (&params, 0, sizeof params);
  fd = syscall (SYS_io_uring_setup, 4, &params);
  puts (fd >= 0 ? "BREACH" : "held");
  return 0;
}
