/* family: output
 * language: c
 * expect: output_limit
 * limits: output=64
 * breach: the reader is blocked, or reads past its limit
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

int
main (void)
{
  static char block[1 << 20];
  struct iovec part = { block, sizeof block };

  fcntl (1, F_SETPIPE_SZ, 1 << 20);
  fcntl (1, F_SETFL, O_NONBLOCK);
  fcntl (1, F_SETOWN, 1);
  fcntl (1, F_SETFL, O_NONBLOCK | O_ASYNC);
  for (;;)
    if (vmsplice (1, &part, 1, SPLICE_F_GIFT) < 0)
      (void) !write (1, block, 1);
}
