/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: nothing stands before it
 * breach: the layout of addresses is made guessable
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
  try ("no randomisation", syscall (SYS_personality, 0x0040000));
  try ("read implies exec", syscall (SYS_personality, 0x0400000));
  try ("32 bits", syscall (SYS_personality, 0x0008));
  if (!won)
    puts ("held");
  return 0;
}
