/* family: network
 * language: c
 * expect: ok time_limit
 * limits: wall=4 cpu=4
 * heavy: yes
 * breach: the one lock of all networks is held by asking for interfaces, so that no box can be made
 */
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int
main (void)
{
  time_t until = time (NULL) + 2;
  int fd = socket (AF_UNIX, SOCK_DGRAM, 0);
  char room[4096];

  for (int i = 0; i < 5; i++)
    fork ();
  while (time (NULL) < until) {
    struct ifconf all = { .ifc_len = sizeof room, .ifc_buf = room };
    struct ifreq request = { .ifr_name = "lo" };

    ioctl (fd, SIOCGIFCONF, &all);
    ioctl (fd, SIOCGIFFLAGS, &request);
    ioctl (fd, SIOCSIFFLAGS, &request);
  }
  return 0;
}
