#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Takes in every dead child of this process: bubblewraps that somebody watches, and processes of
 * boxes that came to this process because it is their subreaper. SIGCHLD must be blocked. */
typedef struct _BoxReaper BoxReaper;

typedef void (*BoxReaperFunc) (pid_t pid, int status, gpointer data);

BoxReaper *box_reaper_new (void);
void box_reaper_free (BoxReaper *reaper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxReaper, box_reaper_free)

/* Calls back once when the child is dead. */
void box_reaper_watch (BoxReaper *reaper, pid_t pid, BoxReaperFunc callback, gpointer data);
void box_reaper_unwatch (BoxReaper *reaper, pid_t pid);

G_END_DECLS
