/* prints: 200000 */
#include <stdio.h>

static int
deep (int n)
{
  volatile char room[100];

  room[0] = 1;
  return n == 0 ? 0 : room[0] + deep (n - 1);
}

int
main (void)
{
  printf ("%d\n", deep (200000));
  return 0;
}
