/* family: memory
 * language: c
 * expect: ok memory_limit runtime_error
 * limits: memory=64
 * breach: sets of semaphores are a place that nobody counts
 */
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>

int
main (void)
{
  int n = 0;

  while (semget (IPC_PRIVATE, 32000, IPC_CREAT | 0600) >= 0)
    n++;
  /* 64 bytes each. */
  puts (n * 32000L * 64 > 80L << 20 ? "BREACH" : "held");
  return 0;
}
