/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: handles can be made, though not opened
 * breach: files are found without their path
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
  static struct {
    unsigned size;
    int type;
    unsigned char bytes[128];
  } handle = { 128, 1, { 2 } };
  int id;

  try ("name_to_handle_at", syscall (SYS_name_to_handle_at, -100, "/usr", &handle, &id, 0));
  try ("open_by_handle_at", syscall (SYS_open_by_handle_at, -100, &handle, 0));
  if (!won)
    puts ("held");
  return 0;
}
