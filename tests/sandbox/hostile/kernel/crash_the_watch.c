/* family: kernel
 * language: c
 * expect: time_limit
 * limits: cpu=1 wall=5
 * breach: clocks and limits of the program can be turned back
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

int
main (void)
{
  struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

  for (int i = 0; i < RLIM_NLIMITS; i++)
    setrlimit (i, &none);
  signal (SIGXCPU, SIG_IGN);
  for (;;) {
  }
}
