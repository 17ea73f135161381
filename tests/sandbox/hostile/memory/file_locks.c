/* family: memory
 * language: c
 * expect: ok runtime_error memory_limit time_limit process_limit
 * limits: memory=64 wall=10 cpu=2
 * heavy: yes
 * breach: locks of parts of files lie in kernel memory that no group counts; only the clock bounds
 * it
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static long
get_kernel_memory_kib (void)
{
  FILE *file = fopen ("/proc/meminfo", "r");
  char line[200];
  long kib = 0;

  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "SUnreclaim: %ld", &kib) == 1)
      break;
  if (file != NULL)
    fclose (file);
  return kib;
}

int
main (void)
{
  long before = get_kernel_memory_kib (), count = 0;

  for (int i = 0; i < 200; i++) {
    char name[20];
    int fd;

    snprintf (name, sizeof name, "file-%d", i);
    fd = open (name, O_RDWR | O_CREAT, 0600);
    /* Backwards, so that each goes to the front of the list. */
    for (long at = 40000; at > 0 && fd >= 0; at -= 2) {
      struct flock lock = {
        .l_type = at & 2 ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1
      };

      if (fcntl (fd, F_OFD_SETLK, &lock) != 0)
        break;
      count++;
    }
    if (get_kernel_memory_kib () - before > 96 * 1024) {
      printf ("BREACH %ld locks, %ld KiB\n", count, get_kernel_memory_kib () - before);
      break;
    }
  }
  printf ("%ld locks, %ld KiB\n", count, get_kernel_memory_kib () - before);
  return 0;
}
