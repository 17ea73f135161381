/* family: memory
 * language: c
 * expect: runtime_error memory_limit
 * limits: memory=64
 * breach: a stack without end
 */
#include <alloca.h>
#include <string.h>

static int
deeper (int n)
{
  volatile char *room = alloca (4096);

  memset ((char *) room, n, 4096);
  return deeper (n + 1) + room[n % 4096];
}

int
main (void)
{
  return deeper (1);
}
