/* lines: 500000
 * prints: 500000 124999750000
 */
#include <stdio.h>

int
main (void)
{
  long n = 0, sum = 0, x;

  while (scanf ("%ld", &x) == 1) {
    n++;
    sum += x;
  }
  printf ("%ld %ld\n", n, sum);
  return 0;
}
