/* family: network
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: the box's own empty network can be looked at
 * breach: the network's settings can be read or changed
 */
#include <linux/netlink.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int
main (void)
{
  int won = socket (AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) >= 0;
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);
  struct ifreq request = { .ifr_name = "eth0" };
  struct if_nameindex *names = if_nameindex ();

  won += names != NULL && names[0].if_index > 0;
  won += ioctl (fd, SIOCGIFADDR, &request) == 0 || ioctl (fd, SIOCSIFFLAGS, &request) == 0;
  puts (won ? "BREACH" : "held");
  return 0;
}
