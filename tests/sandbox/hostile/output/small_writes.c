/* family: output
 * language: c
 * expect: time_limit output_limit
 * limits: wall=1 output=1024
 * heavy: yes
 * breach: many small writes keep the runner from its other work
 */
#include <unistd.h>

int
main (void)
{
  for (;;)
    (void) !write (1, "x", 1);
}
