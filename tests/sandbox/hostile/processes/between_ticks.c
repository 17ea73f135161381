/* family: processes
 * language: c
 * expect: time_limit
 * limits: cpu=1 wall=60
 * heavy: yes
 * breach: processor time that is used in pieces shorter than the clock's tick is not counted
 */
#include <time.h>
#include <unistd.h>

static long
now (void)
{
  struct timespec at;

  clock_gettime (CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000L + at.tv_nsec;
}

int
main (void)
{
  struct timespec nap = { 0, 1000 };

  for (int i = 0; i < 3; i++)
    if (fork () == 0)
      break;
  for (;;) {
    long until = now () + 300000;

    while (now () < until) {
    }
    nanosleep (&nap, NULL);
  }
}
