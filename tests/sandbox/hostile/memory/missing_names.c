/* family: memory
 * language: c
 * expect: ok time_limit
 * limits: memory=64 wall=5 cpu=2
 * heavy: yes
 * breach: names that are asked for and are not there fill the host's memory
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static long
get_kernel_memory_kib (void)
{
  FILE *file = fopen ("/proc/meminfo", "r");
  char line[200];
  long kib = 0;

  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "SReclaimable: %ld", &kib) == 1)
      break;
  if (file != NULL)
    fclose (file);
  return kib;
}

int
main (void)
{
  long before = get_kernel_memory_kib ();
  int self;

  fork ();
  fork ();
  self = getpid ();
  for (long i = 0; i < 2000000; i++) {
    char path[300];
    struct stat st;

    snprintf (path, sizeof path, "/usr/share/%d-%ld-%0200d", self, i, 0);
    stat (path, &st);
    if (i % 10000 == 0 && get_kernel_memory_kib () - before > 320 * 1024) {
      puts ("BREACH");
      return 0;
    }
  }
  return 0;
}
