/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * breach: requests on open files change the host's file systems, hold them up, or tell where they
 * lie
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/random.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int
main (void)
{
  static const char *const names[] = { "/usr", "/usr/bin/true", "/etc", "/etc/passwd", "/box-init",
    "/", "/prepared" };
  struct fstrim_range range = { 0, ~0ULL, 0 };
  int won = 0, block = 0, bits = 1000, device;
  long flags = FS_IMMUTABLE_FL;

  for (int i = 0; i < 7; i++) {
    int fd = open (names[i], O_RDONLY);
    struct fsxattr attributes = { .fsx_xflags = FS_XFLAG_IMMUTABLE };

    if (fd < 0)
      continue;
    won |= ioctl (fd, FIFREEZE, 0) == 0 || ioctl (fd, FITHAW, 0) == 0;
    won |= (ioctl (fd, FITRIM, &range) == 0 || ioctl (fd, FIBMAP, &block) == 0) << 1;
    won |= (ioctl (fd, FS_IOC_SETFLAGS, &flags) == 0) << 2;
    won |= (ioctl (fd, FS_IOC_FSSETXATTR, &attributes) == 0) << 3;
    won |= (fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == 0) << 4;
    won |= (ioctl (fd, FICLONE, fd) == 0) << 5;
  }
  device = open ("/dev/urandom", O_RDWR);
  won |= (ioctl (device, RNDADDTOENTCNT, &bits) == 0 || ioctl (device, RNDCLEARPOOL, 0) == 0 ||
           ioctl (device, RNDRESEEDCRNG, 0) == 0)
         << 6;
  if (won)
    printf ("BREACH %x\n", won);
  else
    puts ("held");
  return 0;
}
