/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: nothing forbids new namespaces to a program without a file
 * breach: a program that has no file, or is run by its own memory, is under no filter
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* As the program that is started again without a file. */
static int
try_again (void)
{
  int won = unshare (CLONE_NEWUSER) == 0 || unshare (CLONE_NEWNS) == 0;

  won |= socket (AF_INET, SOCK_STREAM, 0) >= 0 || setuid (0) == 0;
  won |= prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || prctl (PR_GET_SECCOMP) != 2;
  won |= open ("/usr/x", O_WRONLY | O_CREAT, 0600) >= 0;
  return won;
}

int
main (int argc, char **argv)
{
  char *const words[] = { (char *) "again", (char *) "again", NULL };
  char *const nothing[] = { NULL };
  int file, self, status = 1;
  struct stat st;

  if (argc > 1)
    return try_again ();
  self = open ("/proc/self/exe", O_RDONLY);
  file = memfd_create ("program", 0);
  if (self < 0 || file < 0 || fstat (self, &st) != 0 ||
      sendfile (file, self, NULL, st.st_size) != st.st_size)
    return 1;
  fchmod (file, 06777);
  if (fork () == 0) {
    syscall (SYS_execveat, file, "", words, nothing, AT_EMPTY_PATH);
    _exit (0); /* refused, which is good too */
  }
  wait (&status);
  puts (status == 0 ? "held" : "BREACH");
  return 0;
}
