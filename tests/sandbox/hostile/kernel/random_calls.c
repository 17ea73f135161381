/* family: kernel
 * language: c
 * expect: ok runtime_error time_limit memory_limit process_limit output_limit stopped
 * limits: wall=2 memory=64
 * heavy: yes
 * breach: calls with wild arguments do harm
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long
wild (char *room)
{
  static const unsigned long edges[] = { 0, 1, 2, -1ul, 4096, 0x7fffffff, 0x80000000, 1ul << 63 };

  switch (random () % 4) {
  case 0:
    return edges[random () % 8];
  case 1:
    return random () % 64;
  case 2:
    return (unsigned long) room + random () % 4096;
  default:
    return (unsigned long) random () << 32 | random ();
  }
}

int
main (void)
{
  static char room[8192];

  for (int child = 0; child < 40; child++) {
    if (fork () == 0) {
      srandom (child);
      alarm (1);
      for (int i = 0; i < 20000; i++) {
        long number = random () % 450;

        if (number == SYS_pause || number == SYS_exit || number == SYS_exit_group ||
            number == SYS_rt_sigsuspend || number == SYS_rt_sigprocmask || number == SYS_kill)
          continue;
        syscall (
          number, wild (room), wild (room), wild (room), wild (room), wild (room), wild (room));
      }
      _exit (0);
    }
    wait (NULL);
  }
  return 0;
}
