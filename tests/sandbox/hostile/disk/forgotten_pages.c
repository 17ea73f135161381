/* family: disk
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: anybody who can read a file can have it dropped from memory
 * breach: files that all boxes use are dropped from the host's memory, so that each of them waits
 * for the disk
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Whether the kernel still has the first page at hand. */
static int
is_in_memory (int fd)
{
  char byte;
  struct iovec part = { &byte, 1 };

  return preadv2 (fd, &part, 1, 0, RWF_NOWAIT) == 1;
}

int
main (void)
{
  /* Seldom used, and nothing of what runs here. */
  static const char *const names[] = { "/usr/share/common-licenses/GPL-3",
    "/usr/share/common-licenses/LGPL-2", "/usr/bin/pr", "/usr/bin/ptx" };
  int dropped = 0;

  for (int i = 0; i < 4; i++) {
    int fd = open (names[i], O_RDONLY);
    char room[4096];
    struct stat st;

    if (fd < 0 || fstat (fd, &st) != 0 || read (fd, room, sizeof room) <= 0 || !is_in_memory (fd))
      continue;
    posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
    syscall (SYS_fadvise64, fd, 0, 0, 0x100000000L | POSIX_FADV_DONTNEED);
    dropped += !is_in_memory (fd);
  }
  if (dropped > 0)
    printf ("BREACH %d files\n", dropped);
  else
    puts ("held");
  return 0;
}
