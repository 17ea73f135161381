/* family: processes
 * language: c
 * expect: ok
 * terminal: yes
 * breach: who gives its terminal up goes on without it
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

int
main (void)
{
  signal (SIGHUP, SIG_IGN);
  ioctl (0, TIOCEXCL);
  for (int i = 0; i < 10; i++)
    if (fork () == 0) {
      setsid ();
      pause ();
    }
  ioctl (0, TIOCNOTTY);
  return 0;
}
