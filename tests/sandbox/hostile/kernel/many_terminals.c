/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * bwrap: nothing forbids to open the maker of terminals
 * breach: terminals are made, of which the kernel has 4096 for all boxes together
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_NOCTTY | O_NONBLOCK };
static const char *const names[] = { "/dev/ptmx", "/dev/pts/ptmx", "/dev/pts/../ptmx" };

int
main (void)
{
  int made = 0;

  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 3; j++)
      for (int k = 0; k < 5; k++)
        made += open (names[j], modes[i]) >= 0;
  for (int i = 0; i < 4; i++) {
    int folder = open ("/dev/pts", O_PATH | O_DIRECTORY);

    made += folder >= 0 && openat (folder, "ptmx", modes[i]) >= 0;
  }
  if (made > 0)
    printf ("BREACH %d terminals\n", made);
  else
    puts ("held");
  return 0;
}
