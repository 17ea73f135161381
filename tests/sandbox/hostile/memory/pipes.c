/* family: memory
 * language: c
 * expect: memory_limit ok
 * limits: memory=64 wall=4
 * breach: bytes that lie in pipes are not counted
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int
main (void)
{
  static char block[1 << 20];

  for (int child = 0; child < 40; child++) {
    if (fork () != 0)
      continue;
    for (int i = 0; i < 100; i++) {
      int ends[2];

      if (pipe2 (ends, O_NONBLOCK) != 0)
        break;
      fcntl (ends[1], F_SETPIPE_SZ, 1 << 20);
      while (write (ends[1], block, sizeof block) > 0) {
      }
    }
    pause ();
  }
  sleep (2);
  return 0;
}
