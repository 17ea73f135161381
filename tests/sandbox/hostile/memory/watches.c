/* family: memory
 * language: c
 * expect: ok runtime_error memory_limit time_limit process_limit
 * limits: memory=64 wall=4 cpu=2
 * heavy: yes
 * breach: watches of watches of descriptors take memory or locks that others need
 */
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int
main (void)
{
  int watchers[120], watched[120];

  for (int i = 0; i < 6; i++)
    fork ();
  for (int i = 0; i < 120; i++) {
    watchers[i] = epoll_create1 (0);
    watched[i] = eventfd (1, EFD_NONBLOCK);
  }
  for (;;)
    for (int i = 0; i < 120; i++)
      for (int j = 0; j < 120; j++) {
        struct epoll_event event = { .events = EPOLLIN | EPOLLET };

        epoll_ctl (watchers[i], EPOLL_CTL_ADD, watched[j], &event);
        epoll_ctl (watchers[i], EPOLL_CTL_ADD, watchers[j], &event);
        epoll_wait (watchers[i], &event, 1, 0);
      }
}
