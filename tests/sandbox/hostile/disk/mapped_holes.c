/* family: disk
 * language: c
 * expect: runtime_error memory_limit
 * breach: the holes of a mapped file take more room than the limit when they are written to
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int
main (void)
{
  int fd = open ("holes", O_CREAT | O_RDWR, 0600);
  char *all;

  if (ftruncate (fd, 60 << 20) != 0)
    return 2;
  all = mmap (NULL, 60 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  for (int turn = 0; turn < 4; turn++) {
    char name[16];
    int other;

    for (long at = 0; at < 60 << 20; at += 4096)
      all[at] = 1;
    snprintf (name, sizeof name, "more%d", turn);
    other = open (name, O_CREAT | O_RDWR, 0600);
    if (ftruncate (other, 60 << 20) != 0)
      return 2;
    all = mmap (NULL, 60 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);
  }
  puts ("BREACH");
  return 0;
}
