/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * breach: the kernel, its clock or the hardware can be changed
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int won;

/* A call that is refused as such says so; any other answer means that the kernel looked into it. */
static void
try (const char *name, long result)
{
  if (result < 0 && (errno == EPERM || errno == ENOSYS || errno == EACCES))
    return;
  printf ("BREACH %s\n", name);
  won = 1;
}

int
main (void)
{
  static char room[256];

  try ("init_module", syscall (SYS_init_module, room, sizeof room, ""));
  try ("finit_module", syscall (SYS_finit_module, 0, "", 0));
  try ("delete_module", syscall (SYS_delete_module, "x", 0));
  try ("kexec_load", syscall (SYS_kexec_load, 0, 0, 0, 0));
  try ("kexec_file_load", syscall (SYS_kexec_file_load, 0, 0, 0, "", 0));
  try ("reboot", syscall (SYS_reboot, 0xfee1dead, 672274793, 0, 0));
  try ("settimeofday", syscall (SYS_settimeofday, room, 0));
  try ("clock_settime", syscall (SYS_clock_settime, 0, room));
  room[0] = 1;
  try ("adjtimex", syscall (SYS_adjtimex, room));
  try ("clock_adjtime", syscall (SYS_clock_adjtime, 0, room));
  try ("iopl", syscall (SYS_iopl, 3));
  try ("ioperm", syscall (SYS_ioperm, 0, 1, 1));
  try ("acct", syscall (SYS_acct, "/work/acct"));
  try ("vhangup", syscall (SYS_vhangup));
  try ("syslog", syscall (SYS_syslog, 3, room, sizeof room));
  try ("sethostname", syscall (SYS_sethostname, "x", 1));
  try ("setdomainname", syscall (SYS_setdomainname, "x", 1));
  if (!won)
    puts ("held");
  return 0;
}
