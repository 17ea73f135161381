/* family: kernel
 * language: c
 * expect: ok runtime_error
 * breach: a program that turns off clocks, instructions or protections of its own takes the box
 * along
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int
main (void)
{
  for (int number = 1; number < 80; number++)
    for (unsigned long value = 0; value < 5; value++)
      if (fork () == 0) {
        prctl (number, value, value, 0, 0);
        prctl (number, value, 2, 0, 0);
        _exit (0);
      }
  while (wait (NULL) > 0) {
  }
  for (unsigned code = 0x1001; code < 0x1030; code++)
    if (fork () == 0) {
      syscall (SYS_arch_prctl, code, 0);
      syscall (SYS_arch_prctl, code, 1);
      _exit (0);
    }
  while (wait (NULL) > 0) {
  }
  for (unsigned code = 0x5001; code < 0x5006; code++)
    if (fork () == 0) {
      syscall (SYS_arch_prctl, code, 1);
      _exit (0);
    }
  while (wait (NULL) > 0) {
  }
  puts ("held");
  return 0;
}
