/* family: disk
 * language: c
 * expect: ok
 * limits: disk=8
 * says: held
 * breach: room beyond the limit is set aside
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  int fd = open ("x", O_RDWR | O_CREAT, 0600);
  int won;

  signal (SIGXFSZ, SIG_IGN);
  won = ftruncate (fd, 1L << 40) == 0 || fallocate (fd, 0, 0, 1L << 30) == 0 ||
        fallocate (fd, FALLOC_FL_KEEP_SIZE, 0, 1L << 30) == 0 || pwrite (fd, "x", 1, 1L << 40) == 1;
  puts (won ? "BREACH" : "held");
  return 0;
}
