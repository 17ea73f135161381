#include "run/coord-local-runner.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOKEN_FD 3
#define FIRST_PAUSE_MS 1000
#define LAST_PAUSE_MS 30000
#define STEADY_MS (60 * 1000) /* a runner that lived so long begins anew with the first pause */
#define END_MS 5000 /* after SIGTERM */

struct _CoordLocalRunner {
  pid_t launcher;
  int life; /* the launcher ends when this is closed */
};

/* The launcher. It is forked from a process without threads and calls nothing of GLib. */

typedef struct {
  const char *program;
  const char *connect;
  const char *token;
  int life;
} Launch;

/* Waits until fd is readable or closed; FALSE when the time is over first. */
static gboolean
wait_for (int fd, int timeout_ms)
{
  struct pollfd poll_fd = { fd, POLLIN, 0 };
  int ready;

  do
    ready = poll (&poll_fd, 1, timeout_ms);
  while (ready < 0 && errno == EINTR);
  return ready != 0;
}

/* In the runner-to-be: the token on descriptor 3, nothing else inherited. */
static void
become_runner (const Launch *launch)
{
  char fd_text[] = { '0' + TOKEN_FD, '\0' };
  char *argv[] = { (char *) launch->program, (char *) "serve", (char *) "--connect",
    (char *) launch->connect, (char *) "--token-fd", fd_text, NULL };
  int fds[2];

  prctl (PR_SET_PDEATHSIG, SIGTERM);
  if (pipe (fds) != 0 ||
      write (fds[1], launch->token, strlen (launch->token)) != (ssize_t) strlen (launch->token))
    _exit (126);
  close (fds[1]);
  if (fds[0] != TOKEN_FD && dup2 (fds[0], TOKEN_FD) < 0)
    _exit (126);
  syscall (SYS_close_range, TOKEN_FD + 1, ~0u, 0);
  execv (launch->program, argv);
  _exit (127);
}

static void
end_runner (pid_t runner, int runner_fd)
{
  kill (runner, SIGTERM);
  if (!wait_for (runner_fd, END_MS))
    kill (runner, SIGKILL);
  waitpid (runner, NULL, 0);
}

/* Runs it once; FALSE when the server has ended meanwhile. */
static gboolean
run_once (const Launch *launch)
{
  pid_t runner = fork ();
  int runner_fd;
  struct pollfd fds[2];

  if (runner == 0)
    become_runner (launch);
  if (runner < 0)
    return TRUE;
  runner_fd = syscall (SYS_pidfd_open, runner, 0);
  fds[0] = (struct pollfd){ runner_fd, POLLIN, 0 };
  fds[1] = (struct pollfd){ launch->life, POLLIN, 0 };
  while (poll (fds, 2, -1) < 0 && errno == EINTR)
    continue;
  if (fds[1].revents != 0) {
    end_runner (runner, runner_fd);
    return FALSE;
  }
  waitpid (runner, NULL, 0);
  close (runner_fd);
  return TRUE;
}

static void
launch_for_ever (const Launch *launch)
{
  int pause_ms = FIRST_PAUSE_MS;

  prctl (PR_SET_NAME, "runner-launcher");
  signal (SIGINT, SIG_IGN); /* the server hears it and closes the pipe */
  signal (SIGTERM, SIG_IGN);
  for (;;) {
    gint64 start_us = g_get_monotonic_time ();

    if (!run_once (launch))
      _exit (0);
    if (g_get_monotonic_time () - start_us > STEADY_MS * 1000)
      pause_ms = FIRST_PAUSE_MS;
    if (wait_for (launch->life, pause_ms))
      _exit (0);
    pause_ms = MIN (pause_ms * 2, LAST_PAUSE_MS);
  }
}

/* The server. */

CoordLocalRunner *
coord_local_runner_start (const char *program,
  const char *connect,
  const char *token,
  GError **error)
{
  Launch launch = { program, connect, token, -1 };
  CoordLocalRunner *runner;
  pid_t pid;
  int fds[2];

  if (!g_unix_open_pipe (fds, FD_CLOEXEC, error))
    return NULL;
  pid = fork ();
  if (pid == 0) {
    close (fds[1]);
    launch.life = fds[0];
    launch_for_ever (&launch);
  }
  close (fds[0]);
  if (pid < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
      "Could not start the local runner: %s.", g_strerror (errno));
    close (fds[1]);
    return NULL;
  }
  runner = g_new0 (CoordLocalRunner, 1);
  runner->launcher = pid;
  runner->life = fds[1];
  return runner;
}

void
coord_local_runner_stop (CoordLocalRunner *runner)
{
  close (runner->life);
  while (waitpid (runner->launcher, NULL, 0) < 0 && errno == EINTR)
    continue;
  g_free (runner);
}

char *
coord_local_runner_find (GError **error)
{
  static const char *const places[] = { "entrevue-runner", "../sandbox/entrevue-runner" };
  g_autofree char *self = g_file_read_link ("/proc/self/exe", error);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = g_build_filename (folder, places[i], NULL);

    if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
      return g_steal_pointer (&path);
  }
  if (folder != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
      "The configuration asks for a local runner, but there is no entrevue-runner beside %s.",
      self);
  return NULL;
}
