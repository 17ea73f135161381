/* prints: 7 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int
main (void)
{
  int status, ends[2];

  if (pipe (ends) != 0 || fork () == 0)
    _exit (7);
  wait (&status);
  printf ("%d\n", WEXITSTATUS (status));
  return 0;
}
