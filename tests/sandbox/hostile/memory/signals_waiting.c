/* family: memory
 * language: c
 * expect: ok
 * says: held
 * breach: signals that wait to be taken are not bounded, or are those of all boxes together
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  sigset_t all;
  int n = 0;

  sigfillset (&all);
  sigprocmask (SIG_BLOCK, &all, NULL);
  while (n < 100000 && sigqueue (getpid (), SIGRTMIN, (union sigval){ n }) == 0)
    n++;
  puts (n > 5000 || n < 100 ? "BREACH" : "held");
  return 0;
}
