/* family: memory
 * language: c
 * expect: ok runtime_error memory_limit process_limit time_limit
 * limits: memory=64 wall=3
 * breach: open files that are on their way through sockets are not bounded
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static int
send_descriptor (int through, int fd)
{
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE (sizeof (int))];
  } control = { 0 };
  char byte = 0;
  struct iovec part = { &byte, 1 };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };

  control.head.cmsg_level = SOL_SOCKET;
  control.head.cmsg_type = SCM_RIGHTS;
  control.head.cmsg_len = CMSG_LEN (sizeof (int));
  memcpy (CMSG_DATA (&control.head), &fd, sizeof fd);
  return sendmsg (through, &message, MSG_DONTWAIT) > 0;
}

int
main (void)
{
  for (int round = 0; round < 100000; round++) {
    int ends[2];

    if (socketpair (AF_UNIX, SOCK_DGRAM, 0, ends) != 0)
      return 1;
    if (!send_descriptor (ends[0], ends[1]) || !send_descriptor (ends[1], ends[0]))
      return 1;
    close (ends[0]);
    close (ends[1]);
  }
  return 0;
}
