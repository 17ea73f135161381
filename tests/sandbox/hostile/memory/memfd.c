/* family: memory
 * language: c
 * expect: memory_limit runtime_error
 * limits: memory=64
 * breach: files without a name are not counted
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int
main (void)
{
  static char block[1 << 20];

  memset (block, 1, sizeof block);
  for (;;) {
    int fd = memfd_create ("x", 0);

    for (int i = 0; i < 32; i++)
      if (write (fd, block, sizeof block) < 0)
        return 1;
  }
}
