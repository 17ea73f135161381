/* family: memory
 * language: c
 * expect: memory_limit
 * limits: memory=64
 * breach: memory shared between processes is not counted
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int
main (void)
{
  for (;;) {
    char *at = mmap (NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (at != MAP_FAILED)
      memset (at, 1, 8 << 20);
    fork ();
  }
}
