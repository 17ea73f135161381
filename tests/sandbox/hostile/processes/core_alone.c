/* family: processes
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: nothing looks at the arguments of prctl
 * breach: the program has a whole core for itself, whose other half then idles for all
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  int won = 0;

  for (int scope = 0; scope < 3; scope++)
    won +=
      prctl (62, 1, 0, scope, 0) == 0 || (errno != EPERM && errno != ENODEV && errno != EINVAL);
  won += syscall (SYS_prctl, 0x100000000L | 62, 1, 0, 0, 0) == 0;
  /* PR_SCHED_CORE is not there where a machine has no such cores: the refusal must come first. */
  won += prctl (62, 99, 0, 0, 0) == 0 || errno != EPERM;
  puts (won > 0 ? "BREACH" : "held");
  return 0;
}
