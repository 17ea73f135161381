/* family: processes
 * language: c
 * expect: ok
 * says: held
 * breach: the first process of the box is stopped, ended or woken by some other way of signalling
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int
main (void)
{
  siginfo_t info = { .si_signo = SIGKILL, .si_code = SI_QUEUE };
  int won = 0, pidfd = syscall (434, 1, 0), pipes[2];

  for (int number = 1; number < 65; number++) {
    info.si_signo = number;
    syscall (SYS_rt_sigqueueinfo, 1, number, &info);
    syscall (SYS_rt_tgsigqueueinfo, 1, 1, number, &info);
    syscall (SYS_tgkill, 1, 1, number);
    syscall (SYS_tkill, 1, number);
    if (pidfd >= 0)
      syscall (424, pidfd, number, &info, 0);
  }
  /* By the kernel in the place of the program: the owner of a pipe. */
  if (pipe (pipes) == 0) {
    fcntl (pipes[0], F_SETOWN, 1);
    fcntl (pipes[0], F_SETSIG, SIGKILL);
    fcntl (pipes[0], F_SETFL, O_ASYNC);
    write (pipes[1], "x", 1);
  }
  syscall (SYS_sched_setscheduler, 1, 5, &(int){ 0 });
  won |= setpgid (1, getpgrp ()) == 0 || syscall (SYS_ptrace, 0x4206, 1, 0, 0) == 0;
  won |= waitpid (1, NULL, WNOHANG) >= 0;
  puts (won ? "BREACH" : "held");
  return 0;
}
