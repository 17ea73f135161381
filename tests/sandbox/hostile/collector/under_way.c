/* family: collector
 * language: c
 * expect: ok
 * collect: a/b/c
 * breach: folders that change places while a file is taken lead somewhere else
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  mkdir ("a", 0700);
  mkdir ("a/b", 0700);
  symlink ("/etc", "other");
  symlink ("passwd", "a/b/c");
  for (int i = 0; i < 4; i++)
    if (fork () == 0) {
      setsid ();
      for (;;)
        syscall (SYS_renameat2, AT_FDCWD, "a/b", AT_FDCWD, "other", RENAME_EXCHANGE);
    }
  usleep (50000);
  return 0;
}
