/* family: kernel
 * language: c
 * expect: runtime_error
 * says: held
 * unfiltered: breach
 * bwrap: the limit is the caller's business
 * breach: a crash starts the host's collector of crashes, which runs as root outside the box
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

int
main (void)
{
  struct rlimit limit = { 0, 0 };

  /* A limit of 1, and no other, keeps the kernel from starting a program that core_pattern names.
   */
  setrlimit (RLIMIT_CORE, &limit);
  prlimit (0, RLIMIT_CORE, &limit, NULL);
  getrlimit (RLIMIT_CORE, &limit);
  puts (limit.rlim_cur == 1 && limit.rlim_max == 1 ? "held" : "BREACH");
  fflush (stdout);
  abort ();
}
