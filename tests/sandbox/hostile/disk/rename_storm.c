/* family: disk
 * language: c
 * expect: time_limit
 * limits: wall=1
 * heavy: yes
 * breach: work on the box's own files slows others down
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  for (int i = 0; i < 4; i++)
    fork ();
  for (int i = 0;; i++) {
    char from[64], to[64];

    snprintf (from, sizeof from, "/tmp/a%d", i % 100);
    snprintf (to, sizeof to, "/work/b%d", i % 100);
    close (open (from, O_CREAT | O_WRONLY, 0600));
    rename (from, to);
    link (to, from);
    unlink (to);
    unlink (from);
  }
}
