/* family: processes
 * language: c
 * expect: ok
 * breach: a process that adopts orphans keeps them after the end of the program
 */
#include <sys/prctl.h>
#include <unistd.h>

int
main (void)
{
  if (fork () == 0) {
    setsid ();
    prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl (PR_SET_PDEATHSIG, 0, 0, 0, 0);
    for (int i = 0; i < 5; i++)
      if (fork () == 0 && fork () == 0)
        pause ();
    pause ();
  }
  return 0;
}
