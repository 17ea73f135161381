/* family: memory
 * language: c
 * expect: ok
 * says: held
 * breach: memory is locked that the host may want back
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int
main (void)
{
  char *at = mmap (NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  memset (at, 1, 16 << 20);
  puts (mlock (at, 16 << 20) == 0 || mlockall (MCL_CURRENT | MCL_FUTURE) == 0 ? "BREACH locked"
                                                                              : "held");
  return 0;
}
