/* family: identity
 * language: c
 * expect: ok
 * says: held
 * breach: a terminal of the host, or characters pushed into one
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int
main (void)
{
  static const char *const paths[] = { "/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1",
    "/dev/pts/0", "/dev/pts/1", "/proc/self/fd/0" };
  int won = 0;

  for (int fd = 0; fd < 3; fd++)
    won += isatty (fd) || ioctl (fd, TIOCSTI, "x") == 0 || ioctl (fd, TIOCSCTTY, 1) == 0;
  for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
    int fd = open (paths[i], O_RDWR | O_NOCTTY);

    won += fd >= 0 && (isatty (fd) || ioctl (fd, TIOCSTI, "x") == 0);
  }
  puts (won ? "BREACH" : "held");
  return 0;
}
