/* family: processes
 * language: c
 * expect: ok time_limit runtime_error
 * limits: wall=2
 * heavy: yes
 * breach: timers that ring all the time take processors that nobody counts
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void
rung (int number)
{
}

int
main (void)
{
  struct itimerspec often = { { 0, 1000 }, { 0, 1000 } };
  struct itimerval often_too = { { 0, 1 }, { 0, 1 } };

  for (int i = 0; i < 30; i++)
    fork ();
  signal (SIGRTMIN, SIG_IGN);
  signal (SIGALRM, rung);
  for (int i = 0; i < 2000; i++) {
    struct sigevent event = { .sigev_notify = i % 2 ? SIGEV_SIGNAL : SIGEV_NONE,
      .sigev_signo = SIGRTMIN };
    timer_t timer;

    if (timer_create (CLOCK_MONOTONIC, &event, &timer) == 0)
      timer_settime (timer, 0, &often, NULL);
  }
  for (int i = 0; i < 200; i++)
    timerfd_settime (timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK), 0, &often, NULL);
  setitimer (ITIMER_REAL, &often_too, NULL);
  for (;;)
    pause ();
}
