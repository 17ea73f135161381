/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: the kernel refuses by what it was asked about, not by the request
 * breach: characters can be pushed into a terminal, also with a request whose upper half is not
 * empty
 */
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  static const unsigned long requests[] = { TIOCSTI, TIOCSTI | 0x100000000ul, TIOCLINUX,
    TIOCLINUX | 0xabcd00000000ul, TIOCSETD };
  int won = 0;

  for (unsigned i = 0; i < sizeof requests / sizeof *requests; i++)
    if (syscall (SYS_ioctl, 0, requests[i], "x") == 0 || errno != EPERM)
      won = 1;
  puts (won ? "BREACH" : "held");
  return 0;
}
