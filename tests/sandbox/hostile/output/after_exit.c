/* family: output
 * language: c
 * expect: ok
 * says: (x*)
 * breach: what holds the streams open after the end of the program holds up the verdict
 */
#include <signal.h>
#include <unistd.h>

int
main (void)
{
  for (int i = 0; i < 20; i++)
    if (fork () == 0) {
      setsid ();
      for (int number = 1; number < 65; number++)
        signal (number, SIG_IGN);
      for (;;) {
        write (1, "x", 1);
        usleep (10000);
      }
    }
  return 0;
}
