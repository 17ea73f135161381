/* family: processes
 * language: c
 * expect: time_limit
 * limits: wall=1
 * heavy: yes
 * breach: a box that is killed while it forks leaves one behind
 */
#include <sys/wait.h>
#include <unistd.h>

int
main (void)
{
  for (int i = 0; i < 8; i++)
    fork ();
  for (;;) {
    if (fork () == 0)
      _exit (0);
    waitpid (-1, NULL, WNOHANG);
  }
}
