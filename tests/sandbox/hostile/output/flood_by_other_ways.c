/* family: output
 * language: c
 * expect: output_limit
 * heavy: yes
 * breach: output that is not written but spliced, teed or sent, through stderr alone, has no bound
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

int
main (void)
{
  int file = memfd_create ("much", 0), pipes[2];
  static char room[1 << 16];
  struct iovec part = { room, sizeof room };

  for (int i = 0; i < 64; i++)
    write (file, room, sizeof room);
  pipe (pipes);
  fcntl (2, F_SETPIPE_SZ, 1 << 20);
  close (1);
  if (fork () == 0)
    for (;;) {
      vmsplice (pipes[1], &part, 1, 0);
      splice (pipes[0], 0, 2, 0, sizeof room, 0);
    }
  for (;;) {
    off_t at = 0;

    sendfile (2, file, &at, 1 << 22);
    vmsplice (2, &part, 1, 0);
    pwritev2 (2, &part, 1, -1, RWF_APPEND);
  }
}
