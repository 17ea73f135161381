/* family: output
 * language: c
 * expect: output_limit time_limit
 * limits: wall=1
 * heavy: yes
 * breach: a pipe of packets of one byte each takes more of the runner than its share
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int
main (void)
{
  fcntl (1, F_SETFL, O_DIRECT);
  fcntl (2, F_SETFL, O_DIRECT);
  fork ();
  fork ();
  for (;;) {
    write (1, "x", 1);
    write (2, "y", 1);
  }
}
