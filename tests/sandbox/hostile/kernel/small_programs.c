/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: any socket may have a filter, and any process further ones
 * breach: filters of sockets and of calls are compiled into kernel memory that no group counts and
 * of which all boxes together have a fixed part; when it is used up, no box can load its own filter
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LENGTH 4000

static int won;

static void
try (const char *name, long result)
{
  if (result < 0 && (errno == EPERM || errno == ENOSYS || errno == EACCES || errno == EINVAL))
    return;
  printf ("BREACH %s\n", name);
  won = 1;
}

int
main (void)
{
  static struct sock_filter code[LENGTH];
  struct sock_fprog program = { LENGTH, code };
  int ends[2], number = 0;

  for (int i = 0; i < LENGTH - 1; i++)
    code[i] = (struct sock_filter) BPF_STMT (BPF_ALU | BPF_ADD | BPF_K, 1);
  code[LENGTH - 1] = (struct sock_filter) BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  if (socketpair (AF_UNIX, SOCK_DGRAM, 0, ends) != 0)
    return 1;
  try (
    "socket filter", setsockopt (ends[0], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
  try ("extended socket filter",
    setsockopt (ends[0], SOL_SOCKET, SO_ATTACH_BPF, &number, sizeof number));
  try ("group filter",
    setsockopt (ends[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program));
  try ("filter by wide level", syscall (SYS_setsockopt, ends[1], 0x700000000L | SOL_SOCKET,
                                 SO_ATTACH_FILTER, &program, sizeof program));
  try ("filter of calls", prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
  try ("filter of calls by its call", syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
  try ("listener",
    syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
  if (!won)
    puts ("held");
  return 0;
}
