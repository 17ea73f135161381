/* family: output
 * language: c
 * expect: output_limit
 * limits: output=64
 * heavy: yes
 * breach: more output than the limit
 */
#include <unistd.h>

int
main (void)
{
  static char block[1 << 16];

  for (;;)
    (void) !write (2, block, sizeof block);
}
