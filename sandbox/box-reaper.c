#include "box-reaper.h"

#include <glib-unix.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  BoxReaperFunc callback;
  gpointer data;
} Watch;

struct _BoxReaper {
  int fd;
  guint source;
  GHashTable *watches; /* pid -> Watch */
};

static gboolean
children_died_cb (int fd, GIOCondition condition, gpointer data)
{
  BoxReaper *reaper = data;
  struct signalfd_siginfo info;
  int status;
  pid_t pid;

  while (read (fd, &info, sizeof info) == sizeof info) {
  }
  while ((pid = waitpid (-1, &status, WNOHANG)) > 0) {
    Watch *found = g_hash_table_lookup (reaper->watches, GINT_TO_POINTER (pid));

    if (found != NULL) {
      Watch watch = *found;

      g_hash_table_remove (reaper->watches, GINT_TO_POINTER (pid));
      watch.callback (pid, status, watch.data);
    }
  }
  return G_SOURCE_CONTINUE;
}

BoxReaper *
box_reaper_new (void)
{
  BoxReaper *reaper = g_new0 (BoxReaper, 1);
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  reaper->fd = signalfd (-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  g_assert (reaper->fd >= 0);
  reaper->source = g_unix_fd_add (reaper->fd, G_IO_IN, children_died_cb, reaper);
  reaper->watches = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return reaper;
}

void
box_reaper_free (BoxReaper *reaper)
{
  if (reaper == NULL)
    return;
  g_source_remove (reaper->source);
  close (reaper->fd);
  g_hash_table_unref (reaper->watches);
  g_free (reaper);
}

void
box_reaper_watch (BoxReaper *reaper, pid_t pid, BoxReaperFunc callback, gpointer data)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->callback = callback;
  watch->data = data;
  g_hash_table_insert (reaper->watches, GINT_TO_POINTER (pid), watch);
}

void
box_reaper_unwatch (BoxReaper *reaper, pid_t pid)
{
  g_hash_table_remove (reaper->watches, GINT_TO_POINTER (pid));
}
