/* family: memory
 * language: c
 * expect: memory_limit
 * limits: memory=64
 * breach: segments that no process holds are not counted
 */
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>

int
main (void)
{
  for (;;) {
    int id = shmget (IPC_PRIVATE, 4 << 20, IPC_CREAT | 0600);
    char *at = id >= 0 ? shmat (id, NULL, 0) : (char *) -1;

    if (at == (char *) -1)
      continue;
    memset (at, 1, 4 << 20);
    shmdt (at);
  }
}
