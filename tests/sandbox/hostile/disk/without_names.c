/* family: disk
 * language: c
 * expect: ok memory_limit runtime_error
 * says: held
 * breach: files without a name are more than the limit
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
main (void)
{
  static const char *const places[] = { "/work", "/tmp", "/dev/shm", "/dev", "/", "/usr", "/etc",
    "/proc" };
  static char part[1 << 20];
  long total = 0, files = 0;

  memset (part, 1, sizeof part);
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 20; j++) {
      int fd = open (places[i], O_TMPFILE | O_RDWR, 0600);
      ssize_t got;

      files += fd >= 0 && i > 2;
      while (fd >= 0 && (got = write (fd, part, sizeof part)) > 0)
        total += got;
    }
  puts (files > 0 || total > 64 << 20 ? "BREACH" : "held");
  return 0;
}
