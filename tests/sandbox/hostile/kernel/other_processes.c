/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: own children may be traced
 * breach: another process, be it its own child, can be looked into
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
  char room[64];
  int child = fork ();

  if (child == 0) {
    pause ();
    _exit (0);
  }
  try ("ptrace attach", syscall (SYS_ptrace, 16, child, 0, 0));
  try ("ptrace seize", syscall (SYS_ptrace, 0x4206, child, 0, 0));
  try ("ptrace traceme", syscall (SYS_ptrace, 0, 0, 0, 0));
  try ("process_vm_readv", syscall (SYS_process_vm_readv, child, room, 0, room, 0, 0));
  try ("process_vm_writev", syscall (SYS_process_vm_writev, 1, room, 0, room, 0, 0));
  try ("pidfd_getfd", syscall (438, syscall (434, child, 0), 0, 0));
  try ("kcmp", syscall (SYS_kcmp, child, getpid (), 0, 0, 0));
  try ("process_madvise", syscall (440, syscall (434, child, 0), room, 1, 21, 0));
  try ("migrate_pages", syscall (SYS_migrate_pages, child, 1, room, room));
  try ("move_pages", syscall (SYS_move_pages, child, 0, 0, 0, 0, 0));
  if (!won)
    puts ("held");
  return 0;
}
