/* family: compilers
 * language: c
 * expect: compile_error memory_limit time_limit output_limit
 * breach: a source that never ends takes the compiler's host down
 */
#include </dev/zero>
#include "/proc/self/mem"
#include "/proc/kmsg"
int
main (void)
{
  return 0;
}
