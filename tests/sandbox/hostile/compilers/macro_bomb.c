/* family: compilers
 * language: c
 * expect: compile_error memory_limit time_limit output_limit
 * limits: compile-memory=128 compile-wall=4
 * heavy: yes
 * breach: the compiler takes more than its limits
 */
#define A(x) x x x x x x x x x x x x x x x x
#define B(x) A (A (A (A (x))))

int
main (void)
{
  return 0 B (B (+1));
}
