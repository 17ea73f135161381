/* family: output
 * language: c
 * expect: ok
 * says: held
 * breach: the streams of the program tell their owner, whom the program chooses, by signals
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int
main (void)
{
  static const int owners[] = { 1, -1, -2, 2 };
  int on = 1;

  signal (SIGIO, SIG_IGN);
  signal (SIGURG, SIG_IGN);
  for (int fd = 0; fd < 3; fd++)
    for (int i = 0; i < 4; i++) {
      fcntl (fd, F_SETOWN, owners[i]);
      ioctl (fd, 0x8901 /* FIOSETOWN */, &owners[i]);
      fcntl (fd, F_SETSIG, SIGURG);
      ioctl (fd, FIOASYNC, &on);
      write (2, "x", 1);
    }
  for (int fd = 0; fd < 3; fd++) {
    fcntl (fd, F_SETPIPE_SZ, 4096);
    ioctl (fd, FIONBIO, &on);
    fcntl (fd, F_SETFL, O_DIRECT | O_NONBLOCK | O_APPEND);
  }
  puts ("held");
  return 0;
}
