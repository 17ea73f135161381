/* family: disk
 * language: c
 * expect: ok
 * breach: a file that cannot be removed keeps the box from being taken down
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

int
main (void)
{
  int fd = open ("stay", O_CREAT | O_RDWR, 0600);
  int flags = FS_IMMUTABLE_FL | FS_APPEND_FL;
  struct flock lock = { .l_type = F_WRLCK };

  ioctl (fd, FS_IOC_SETFLAGS, &flags);
  flock (fd, LOCK_EX);
  fcntl (fd, F_SETLK, &lock);
  fcntl (fd, F_SETLEASE, F_WRLCK);
  puts ("held");
  return 0;
}
