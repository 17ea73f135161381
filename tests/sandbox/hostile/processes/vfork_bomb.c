/* family: processes
 * language: c
 * expect: time_limit process_limit runtime_error
 * limits: wall=1
 * heavy: yes
 * breach: the host cannot fork, or a process outlives the box
 */
#include <unistd.h>

int
main (int argc, char **argv)
{
  for (;;) {
    if (vfork () == 0) {
      execl ("/proc/self/exe", argv[0], "again", NULL);
      _exit (1);
    }
  }
}
