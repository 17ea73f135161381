/* family: processes
 * language: c
 * expect: ok runtime_error
 * says: held
 * breach: the first process of the box, or one outside, can be signalled
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  int reached = 0;

  for (int number = 1; number < 32; number++)
    if (number != SIGCHLD && number != SIGCONT && number != SIGURG && number != SIGWINCH)
      reached += kill (1, number) == 0;
  reached += kill (getppid (), SIGSTOP) == 0;
  for (int pid = 3; pid < 70000; pid++)
    reached += pid != getpid () && kill (pid, SIGKILL) == 0;
  reached += kill (-1, SIGKILL) == 0;
  puts (reached > 0 ? "BREACH signals arrive" : "held");
  fflush (stdout);
  return 0;
}
