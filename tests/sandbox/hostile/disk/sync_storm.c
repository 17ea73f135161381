/* family: disk
 * language: c
 * expect: ok
 * limits: wall=4
 * heavy: yes
 * says: held
 * breach: the host's disks are made to write, which slows everybody down
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int
main (void)
{
  int usr = open ("/usr", O_RDONLY | O_DIRECTORY);
  struct timespec start, now;
  int rounds = 0;

  clock_gettime (CLOCK_MONOTONIC, &start);
  do {
    sync ();
    syncfs (usr);
    rounds++;
    clock_gettime (CLOCK_MONOTONIC, &now);
  } while (now.tv_sec - start.tv_sec < 1);
  puts (rounds > 0 ? "held" : "BREACH");
  return 0;
}
