/* expect: runtime_error
 * signal: 6
 * errors: (?s).*Assertion .*1 \+ 1 == 3.* failed.*
 */
#include <assert.h>

int
main (void)
{
  assert (1 + 1 == 3);
}
