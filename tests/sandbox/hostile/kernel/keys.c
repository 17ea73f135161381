/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: keyrings are those of the host user
 * breach: keyrings, which all boxes of one user would share
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
  char text[64];

  try ("add_key", syscall (SYS_add_key, "user", "x", "y", 1, -3));
  try ("request_key", syscall (SYS_request_key, "user", "x", 0, 0));
  try ("keyctl", syscall (SYS_keyctl, 0, -4, 1));
  try ("keyctl search", syscall (SYS_keyctl, 10, -4, "user", "x", 0));
  try ("keyctl read", syscall (SYS_keyctl, 11, -3, text, sizeof text));
  if (!won)
    puts ("held");
  return 0;
}
