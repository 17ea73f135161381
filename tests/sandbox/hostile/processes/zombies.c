/* family: processes
 * language: c
 * expect: process_limit
 * says: held
 * breach: the dead do not count as processes
 */
#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  int made = 0;

  for (;; made++) {
    pid_t pid = fork ();

    if (pid == 0)
      _exit (0);
    if (pid < 0)
      break;
  }
  puts (made > 64 ? "BREACH more than the limit" : "held");
  return 1;
}
