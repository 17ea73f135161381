/* family: processes
 * language: c
 * expect: time_limit process_limit
 * limits: wall=1
 * heavy: yes
 * breach: the host cannot fork, or a process outlives the box
 */
#include <unistd.h>

int
main (void)
{
  for (;;)
    fork ();
}
