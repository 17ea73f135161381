/* family: network
 * language: c
 * expect: ok
 * says: held
 * breach: a local socket is enough to read or change the network's settings, or to load parts of it
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/sockios.h>
#include <unistd.h>

int
main (void)
{
  int fd = socket (AF_UNIX, SOCK_DGRAM, 0), won = 0;
  struct ifreq request = { 0 };
  char room[4096];
  struct ifconf all = { .ifc_len = sizeof room, .ifc_buf = room };

  if (ioctl (fd, SIOCGIFCONF, &all) == 0)
    won |= all.ifc_len > (int) sizeof request;
  for (int i = 0; i < 64; i++) {
    strcpy (request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_PROMISC;
    if (ioctl (fd, SIOCSIFFLAGS, &request) == 0)
      won |= 2;
    strcpy (request.ifr_name, "eth0");
    if (ioctl (fd, SIOCGIFHWADDR, &request) == 0)
      won |= 4;
    strcpy (request.ifr_name, "../../x");
    ioctl (fd, SIOCGIFINDEX, &request);
  }
  strcpy (request.ifr_name, "lo");
  strcpy (request.ifr_newname, "mine");
  if (ioctl (fd, SIOCSIFNAME, &request) == 0 || ioctl (fd, SIOCBRADDBR, "br0") == 0)
    won |= 8;
  if (won)
    printf ("BREACH %d\n", won);
  else
    puts ("held");
  return 0;
}
