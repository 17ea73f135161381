/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: there is no filter
 * breach: a filter of the program's own lifts the one that it is under
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  struct sock_filter allow[] = { { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW } };
  struct sock_fprog program = { 1, allow };
  int won = 0;

  prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
  won |= unshare (CLONE_NEWUSER) == 0 || syscall (SYS_personality, 0x40000) >= 0;
  won |= prctl (PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
  won |= prctl (PR_SET_DUMPABLE, 2, 0, 0, 0) == 0;
  puts (won ? "BREACH" : "held");
  return 0;
}
