/* family: disk
 * language: c
 * expect: ok memory_limit runtime_error
 * breach: a file has names without end
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  char name[32];
  int n = 0;

  close (open ("file", O_CREAT | O_WRONLY, 0600));
  for (;;) {
    snprintf (name, sizeof name, "n%d", n);
    if (link ("file", name) != 0)
      break;
    n++;
  }
  puts (n > 4096 ? "BREACH" : "held");
  return 0;
}
