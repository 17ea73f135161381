/* family: processes
 * language: c
 * expect: time_limit
 * limits: wall=1
 * breach: a program whose first thread has ended is taken for one that has, and its others go on
 */
#include <pthread.h>
#include <unistd.h>

static void *
spin (void *data)
{
  for (;;)
    usleep (1000);
  return data;
}

int
main (void)
{
  pthread_t thread;

  for (int i = 0; i < 8; i++)
    pthread_create (&thread, NULL, spin, NULL);
  pthread_exit (NULL);
}
