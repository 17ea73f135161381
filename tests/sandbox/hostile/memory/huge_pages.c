/* family: memory
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: nothing stands before it
 * breach: huge pages, which the limit of memory does not count
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

int
main (void)
{
  int map_flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
  void *at = mmap (NULL, 2 << 20, PROT_READ | PROT_WRITE, map_flags, -1, 0);
  /* A file needs no page yet, so that it tells whether it is refused as such. */
  int fd = memfd_create ("x", MFD_HUGETLB);
  int segment = shmget (IPC_PRIVATE, 2 << 20, IPC_CREAT | SHM_HUGETLB | 0600);

  puts (at != MAP_FAILED || fd >= 0 || segment >= 0 ? "BREACH huge pages" : "held");
  return 0;
}
