/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: nothing stands before them
 * breach: calls that are newer than the filter pass it
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
  for (long number = 450; number < 512; number++)
    try ("a newer call", syscall (number, -1, -1, -1, -1, -1, -1));
  if (!won)
    puts ("held");
  return 0;
}
