/* family: memory
 * language: c
 * expect: memory_limit
 * limits: memory=64
 * heavy: yes
 * breach: more memory than the limit
 */
#include <stdlib.h>
#include <string.h>

int
main (void)
{
  for (;;) {
    char *block = malloc (1 << 20);

    if (block != NULL)
      memset (block, 1, 1 << 20);
  }
}
