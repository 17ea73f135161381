/* family: secrets
 * language: c
 * expect: ok
 * says: held
 * breach: a descriptor is open beside the three streams
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

int
main (void)
{
  int more = 0;

  for (int fd = 3; fd < 65536; fd++)
    if (fcntl (fd, F_GETFD) >= 0)
      more++;
  puts (more > 0 ? "BREACH" : "held");
  return 0;
}
