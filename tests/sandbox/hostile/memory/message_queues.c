/* family: memory
 * language: c
 * expect: memory_limit ok
 * limits: memory=64 wall=4
 * breach: bytes that lie in message queues are not counted
 */
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>

int
main (void)
{
  static struct {
    long kind;
    char text[8192];
  } message = { 1, "x" };

  for (int i = 0; i < 30000; i++) {
    int queue = msgget (IPC_PRIVATE, IPC_CREAT | 0600);

    if (queue < 0)
      break;
    while (msgsnd (queue, &message, sizeof message.text, IPC_NOWAIT) == 0) {
    }
  }
  puts ("held");
  return 0;
}
