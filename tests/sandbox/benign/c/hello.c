/* prints: Grüße 5 */
#include <stdio.h>
#include <string.h>

int
main (void)
{
  printf ("Grüße %zu\n", strlen ("hello"));
  return 0;
}
