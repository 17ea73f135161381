/* family: output
 * language: c
 * expect: runtime_error
 * says: held
 * breach: the program speaks to the runner in the place of the box's first process
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
main (void)
{
  struct {
    unsigned kind;
    int status;
    unsigned long cpu_us, max_rss_kib;
    char step[40];
  } note = { 2, 0, 0, 0, "" };
  int open_ones = 0;

  for (int fd = 3; fd < 1024; fd++) {
    if (send (fd, &note, sizeof note, 0) >= 0 || errno != EBADF)
      open_ones++;
    if (write (fd, &note, sizeof note) >= 0 || errno != EBADF)
      open_ones++;
  }
  puts (open_ones > 0 ? "BREACH a descriptor is open" : "held");
  fflush (stdout);
  return 9;
}
