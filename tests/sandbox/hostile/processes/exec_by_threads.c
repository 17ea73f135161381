/* family: processes
 * language: c
 * expect: ok
 * says: held
 * limits: cpu=20
 * breach: a program that is replaced by one of its threads, while the others run, is lost
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char **args;

static void *
replace (void *data)
{
  static char left[16];

  snprintf (left, sizeof left, "%d", atoi (args[1]) - 1);
  execl ("/proc/self/exe", "program", left, NULL);
  return data;
}

int
main (int argc, char **argv)
{
  static char *first[] = { "program", "200", NULL };
  pthread_t threads[12];

  args = argc > 1 ? argv : first;
  if (atoi (args[1]) == 0) {
    puts ("held");
    return 0;
  }
  for (int i = 0; i < 12; i++)
    pthread_create (&threads[i], NULL, replace, NULL);
  pause ();
  return 1;
}
