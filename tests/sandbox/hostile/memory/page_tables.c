/* family: memory
 * language: c
 * expect: memory_limit runtime_error
 * limits: memory=64 wall=4
 * breach: the tables of a sparse address space are not counted
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>

int
main (void)
{
  for (;;) {
    const volatile char *at =
      mmap (NULL, 1L << 36, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (at == MAP_FAILED)
      return 1;
    madvise ((void *) at, 1L << 36, MADV_NOHUGEPAGE);
    for (long i = 0; i < 1L << 36; i += 2 << 20)
      (void) at[i];
  }
}
