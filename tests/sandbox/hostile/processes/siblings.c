/* family: processes
 * language: c
 * expect: ok
 * breach: processes whose parent is the first process of the box outlive the program, or hold its
 * end back
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  for (int i = 0; i < 20; i++) {
    long child = syscall (
      SYS_clone, CLONE_PARENT | (i % 2 ? SIGCHLD : 0) | (i % 3 == 0 ? CLONE_FS : 0), 0, 0, 0, 0);

    if (child == 0) {
      setsid ();
      prctl (PR_SET_PDEATHSIG, 0);
      prctl (PR_SET_NAME, "box-init");
      for (int number = 1; number < 65; number++)
        signal (number, SIG_IGN);
      for (;;)
        if (i % 4 == 0)
          write (1, "x", 1);
        else
          pause ();
    }
  }
  usleep (20000);
  return 0;
}
