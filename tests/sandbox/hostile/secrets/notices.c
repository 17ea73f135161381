/* family: secrets
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: any folder that can be read can be watched
 * breach: the kernel tells when somebody else, in another box or on the host, uses a folder that
 * all of them see
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const places[] = { "/usr/bin", "/usr/lib", "/usr/share", "/prepared", "/etc",
  "/dev", "/" };

int
main (void)
{
  int won = 0, notices;

  signal (SIGIO, SIG_IGN);
  for (int i = 0; i < 7; i++) {
    int fd = open (places[i], O_RDONLY | O_DIRECTORY);

    won += fd >= 0 && fcntl (fd, F_NOTIFY, DN_ACCESS | DN_CREATE | DN_MULTISHOT) == 0;
    won +=
      fd >= 0 && syscall (SYS_fcntl, fd, 0x500000000L | F_NOTIFY, DN_ACCESS | DN_MULTISHOT) == 0;
  }
  notices = inotify_init1 (0);
  won += notices >= 0 && inotify_add_watch (notices, "/usr/bin", IN_ACCESS | IN_OPEN) >= 0;
  won += fcntl (open ("/usr/bin/sh", O_RDONLY), F_SETLEASE, F_RDLCK) == 0;
  won += syscall (SYS_fanotify_init, 0, 0) >= 0;
  if (won > 0)
    puts ("BREACH");
  else
    puts ("held");
  return 0;
}
