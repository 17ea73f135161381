/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: nothing stands before io_uring
 * breach: a large part of the kernel that programs do not need
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

  try ("io_uring_setup", syscall (SYS_io_uring_setup, 4, room));
  try ("io_uring_enter", syscall (SYS_io_uring_enter, 0, 1, 1, 0, 0, 0));
  try ("io_uring_register", syscall (SYS_io_uring_register, 0, 0, 0, 0));
  try ("bpf", syscall (SYS_bpf, 0, room, sizeof room));
  try ("perf_event_open", syscall (SYS_perf_event_open, room, 0, -1, -1, 0));
  try ("userfaultfd", syscall (SYS_userfaultfd, 1));
  try ("fanotify_init", syscall (SYS_fanotify_init, 0, 0));
  try ("modify_ldt", syscall (SYS_modify_ldt, 0, room, sizeof room));
  try ("lookup_dcookie", syscall (SYS_lookup_dcookie, 1, room, sizeof room));
  try ("memfd_secret", syscall (447, 0));
  if (!won)
    puts ("held");
  return 0;
}
