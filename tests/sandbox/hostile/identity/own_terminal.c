/* family: identity
 * language: c
 * expect: ok
 * terminal: yes
 * says: (?s).*held.?
 * unfiltered: breach
 * bwrap: no landlock keeps terminals of the box's own from being made
 * breach: the terminal that it was given is more than a terminal
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int
main (void)
{
  int discipline = 13, yes = 1, won = 0;

  won += ioctl (0, TIOCSTI, "x") == 0;
  won += ioctl (0, TIOCSETD, &discipline) == 0;
  won += ioctl (0, TIOCCONS, 0) == 0;
  won += ioctl (0, TIOCPKT, &yes) == 0;
  won += ioctl (0, TIOCSLCKTRMIOS, &yes) == 0;
  won += open ("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0;
  for (int i = 0; i < 10; i++) {
    char path[32];

    snprintf (path, sizeof path, "/dev/pts/%d", i);
    won += i > 0 && open (path, O_RDWR | O_NOCTTY) >= 0;
  }
  puts (won ? "BREACH" : "held");
  return 0;
}
