/* prints: 400000 */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long total;

static void *
count (void *data)
{
  for (int i = 0; i < 100000; i++) {
    pthread_mutex_lock (&lock);
    total++;
    pthread_mutex_unlock (&lock);
  }
  return data;
}

int
main (void)
{
  pthread_t threads[4];

  for (int i = 0; i < 4; i++)
    pthread_create (&threads[i], NULL, count, NULL);
  for (int i = 0; i < 4; i++)
    pthread_join (threads[i], NULL);
  printf ("%ld\n", total);
  return 0;
}
