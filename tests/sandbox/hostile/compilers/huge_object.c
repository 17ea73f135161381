/* family: compilers
 * language: c
 * expect: compile_error memory_limit time_limit runtime_error
 * limits: compile-memory=256 compile-wall=4
 * breach: the compiler writes more than it may
 */
char big[1u << 30] = { 1 };

int
main (void)
{
  return big[7];
}
