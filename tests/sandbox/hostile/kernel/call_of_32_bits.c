/* family: kernel
 * language: c
 * expect: runtime_error
 * unfiltered: ok
 * bwrap: nothing stands before it
 * breach: calls by the numbers of another architecture pass the filter
 */
#include <stdio.h>

int
main (void)
{
  int result;

  /* socket() of 32 bits, whose number is another call's in 64 bits. */
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(359), "b"(2), "c"(1), "d"(0) : "memory");
  printf ("BREACH %d\n", result);
  return 0;
}
