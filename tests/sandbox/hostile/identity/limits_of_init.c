/* family: identity
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: processes of one user set limits for each other
 * breach: the limits of the box's first process, whose user the program shares, can be changed
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  struct rlimit none = { 0, 0 }, one = { 1, 1 }, seen;
  int won = 0;

  won += prlimit (1, RLIMIT_NOFILE, &none, &seen) == 0;
  won += prlimit (1, RLIMIT_CPU, &one, NULL) == 0;
  won += prlimit (1, RLIMIT_STACK, &none, NULL) == 0;
  won += prlimit (1, RLIMIT_AS, NULL, &seen) == 0;
  won += syscall (SYS_prlimit64, 0x100000001L, RLIMIT_SIGPENDING, &none, NULL) == 0;
  /* Its own stay its own. */
  if (prlimit (0, RLIMIT_NOFILE, NULL, &seen) != 0)
    won++;
  puts (won > 0 ? "BREACH" : "held");
  return 0;
}
