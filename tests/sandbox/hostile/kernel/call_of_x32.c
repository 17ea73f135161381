/* family: kernel
 * language: c
 * expect: runtime_error
 * unfiltered: ok
 * bwrap: nothing stands before it
 * breach: calls by the numbers of another architecture pass the filter
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  long result = syscall (0x40000000 + SYS_getpid);

  printf ("BREACH %ld\n", result);
  return 0;
}
