/* family: processes
 * language: c
 * expect: runtime_error
 * exit: -1
 * signal: 24
 * breach: a signal that the program sends itself is told as a limit of ours
 */
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

int
main (void)
{
  struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_NPROC, &none);
  setrlimit (RLIMIT_FSIZE, &none);
  if (fork () == 0)
    _exit (kill (getpid (), SIGKILL));
  kill (getpid (), SIGXCPU);
  return 0;
}
