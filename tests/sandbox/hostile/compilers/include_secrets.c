/* family: compilers
 * language: c
 * expect: compile_error
 * breach: the compiler reads what the program may not
 */
#include "/etc/shadow"
#include "/proc/1/environ"
#include "/root/.bashrc"
#include "../../../../../../etc/shadow"

int
main (void)
{
  return 0;
}
