/* family: disk
 * language: c
 * expect: ok
 * says: held
 * limits: disk=8
 * breach: room is set aside beyond the limit, past the end of files or in files without a name
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char *const places[] = { "/work", "/tmp", "/dev/shm" };
static const int modes[] = { 0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_ZERO_RANGE,
  FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0x40 };

int
main (void)
{
  long long total = 0;

  signal (SIGXFSZ, SIG_IGN);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 5; j++)
      for (int k = 0; k < 8; k++) {
        int fd = open (places[i], O_TMPFILE | O_RDWR, 0600);
        struct stat st;

        if (fd < 0)
          continue;
        if (fallocate (fd, modes[j], k * (1LL << 20), 1 << 20) != 0)
          posix_fallocate (fd, 1LL << 40, 1 << 20);
        if (fstat (fd, &st) == 0)
          total += st.st_blocks * 512LL;
      }
  if (total > 8 << 20)
    printf ("BREACH %lld\n", total);
  else
    puts ("held");
  return 0;
}
