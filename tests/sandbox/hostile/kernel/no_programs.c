/* family: kernel
 * language: c
 * expect: ok
 * says: held
 * breach: files that are no programs are started by something of the host
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  char *args[] = { "x", NULL };
  int won = 0;

  for (int i = 0; i < 400; i++) {
    unsigned char text[128] = { 1, 2, i & 255, 128 + i / 256, 'M', 'Z', 127, 'E', 'L', 'F' };
    int fd = open ("x", O_CREAT | O_TRUNC | O_WRONLY, 0700);

    write (fd, text, sizeof text);
    close (fd);
    execv ("x", args);
    won |= errno != ENOEXEC;
  }
  puts (won ? "BREACH" : "held");
  return 0;
}
