/* family: identity
 * language: c
 * expect: ok
 * says: held
 * bwrap: there is no filter to be under
 * breach: another user, group or capability
 */
#define _GNU_SOURCE
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct none[2] = { 0 }, all[2] = { { ~0u, ~0u, ~0u }, { ~0u, ~0u, ~0u } };
  gid_t group = 0;
  int won = setuid (0) == 0 || setgid (0) == 0 || setresuid (0, 0, 0) == 0 ||
            setreuid (0, 0) == 0 || setgroups (1, &group) == 0 ||
            syscall (SYS_capset, &head, all) == 0;

  setfsuid (0);
  won |= setfsuid (-1) == 0;
  syscall (SYS_capget, &head, none);
  won |= none[0].effective != 0 || none[0].permitted != 0 || none[1].effective != 0;
  for (int cap = 0; cap < 40; cap++)
    won |= prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) == 0 ||
           prctl (PR_CAPBSET_READ, cap, 0, 0, 0) == 1;
  won |= prctl (PR_SET_SECUREBITS, 0, 0, 0, 0) == 0;
  won |= prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || prctl (PR_GET_SECCOMP, 0, 0, 0, 0) != 2;
  puts (won ? "BREACH" : "held");
  return 0;
}
