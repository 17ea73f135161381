/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: some are refused by the kernel for their arguments, after a look at them
 * breach: the tree of files can be changed
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
  static char attributes[32];

  try ("mount", syscall (SYS_mount, "x", "/tmp", "tmpfs", 0, 0));
  try ("bind", syscall (SYS_mount, "/usr", "/tmp", "", 4096, 0));
  try ("remount", syscall (SYS_mount, "", "/usr", "", 32 | 4096, 0));
  try ("umount", syscall (SYS_umount2, "/proc", 2));
  try ("pivot_root", syscall (SYS_pivot_root, "/", "/tmp"));
  try ("chroot", syscall (SYS_chroot, "/tmp"));
  try ("fsopen", syscall (SYS_fsopen, "tmpfs", 0));
  try ("fsconfig", syscall (SYS_fsconfig, -1, 0, 0, 0, 0));
  try ("fsmount", syscall (SYS_fsmount, -1, 0, 0));
  try ("fspick", syscall (SYS_fspick, -100, "/usr", 0));
  try ("open_tree", syscall (SYS_open_tree, -100, "/usr", 1));
  try ("move_mount", syscall (SYS_move_mount, -100, "/usr", -100, "/tmp", 0));
  try ("mount_setattr", syscall (SYS_mount_setattr, -100, "/usr", 0, attributes, 32));
  try ("open_tree_attr", syscall (467, -100, "/usr", 1, attributes, 32));
  try ("swapon", syscall (SYS_swapon, "/work/x", 0));
  try ("quotactl", syscall (SYS_quotactl, 0x80000700, "/dev/vda", 0, 0));
  if (!won)
    puts ("held");
  return 0;
}
