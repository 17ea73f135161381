/* family: network
 * language: c
 * expect: ok
 * says: held
 * unfiltered: breach
 * bwrap: sockets of every family can be made, with nothing to connect to
 * breach: a socket of any family but the local one
 */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  int won = 0;

  for (long family = 2; family < 70; family++)
    for (int kind = 1; kind <= 5; kind++)
      for (int protocol = 0; protocol < 3; protocol++) {
        int pair[2];

        won += socket (family, kind, protocol) >= 0;
        won += syscall (SYS_socket, family | 0x100000000l, kind, protocol) >= 0;
        won += socketpair (family, kind, protocol, pair) == 0;
      }
  puts (won ? "BREACH" : "held");
  return 0;
}
