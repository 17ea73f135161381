/* family: memory
 * language: c
 * expect: memory_limit ok
 * limits: memory=64 wall=4
 * breach: bytes that lie in sockets are not counted
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

int
main (void)
{
  static char block[1 << 16];

  for (int child = 0; child < 40; child++) {
    if (fork () != 0)
      continue;
    for (int i = 0; i < 120; i++) {
      int ends[2], size = 1 << 26;

      if (socketpair (AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) != 0)
        break;
      setsockopt (ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
      setsockopt (ends[1], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
      while (write (ends[0], block, sizeof block) > 0) {
      }
    }
    pause ();
  }
  sleep (2);
  return 0;
}
