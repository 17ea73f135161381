/* family: collector
 * language: c
 * expect: ok
 * collect: one two/three
 * breach: a file that has many names, holes, or changes its size while it is taken
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Goes on until it is killed, which is after the first process has ended. */
static void
disturb (int kind)
{
  for (;;) {
    int fd = open ("one", O_RDWR | O_CREAT, 0666);

    if (kind == 0) {
      ftruncate (fd, 60 << 20);
      ftruncate (fd, 0);
    } else if (kind == 1) {
      link ("one", "name");
      unlink ("name");
    } else if (kind == 2) {
      fallocate (fd, FALLOC_FL_KEEP_SIZE, 0, 1 << 20);
      fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1 << 20);
    } else {
      rename ("two", "gone");
      symlink ("/etc", "two");
      unlink ("two");
      rename ("gone", "two");
    }
    close (fd);
  }
}

int
main (void)
{
  mkdir ("two", 0777);
  close (open ("two/three", O_CREAT | O_WRONLY, 0666));
  for (int kind = 0; kind < 8; kind++)
    if (fork () == 0)
      disturb (kind % 4);
  usleep (50000);
  return 0;
}
