/* family: compilers
 * language: c
 * expect: compile_error memory_limit time_limit output_limit
 * heavy: yes
 * breach: a source without end takes the compiler's host down
 */
#include "/dev/zero"
