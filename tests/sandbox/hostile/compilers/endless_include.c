/* family: compilers
 * language: c
 * expect: compile_error memory_limit time_limit output_limit
 * limits: compile-memory=128 compile-wall=5
 * heavy: yes
 * breach: a source without end takes the compiler's host down
 */
#include "/dev/zero"
