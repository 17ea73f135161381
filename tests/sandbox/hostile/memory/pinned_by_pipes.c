/* family: memory
 * language: c
 * expect: memory_limit runtime_error
 * limits: memory=64 cpu=20
 * breach: pages that only a pipe still holds are not counted
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

int
main (void)
{
  for (int i = 0; i < 500; i++) {
    char *part = mmap (NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct iovec whole = { part, 1 << 20 };
    int pipes[2];

    if (part == MAP_FAILED || pipe (pipes) != 0)
      return 1;
    memset (part, 1, 1 << 20);
    fcntl (pipes[1], F_SETPIPE_SZ, 1 << 20);
    vmsplice (pipes[1], &whole, 1, SPLICE_F_NONBLOCK);
    munmap (part, 1 << 20);
  }
  return 1;
}
