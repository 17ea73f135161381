#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A runner on this machine that the server starts itself (`local-runner = child`).
 *
 * A small process, the launcher, is forked first of all: it keeps the rights that the server was
 * started with, starts the runner, starts it anew with growing pauses (1 s to 30 s) when it ends,
 * and ends it when the server ends, however that happens. The runner reads its token from an
 * inherited descriptor and dials like any other. */
typedef struct _CoordLocalRunner CoordLocalRunner;

/* Forks the launcher; the process must have no threads yet. program is the runner's file, connect
 * where it dials ("unix:PATH"). */
CoordLocalRunner *coord_local_runner_start (const char *program,
  const char *connect,
  const char *token,
  GError **error);

/* Ends the runner and waits for it; at most some seconds. */
void coord_local_runner_stop (CoordLocalRunner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordLocalRunner, coord_local_runner_stop)

/* The runner's file: beside this program, or where the build leaves it; NULL and an error when it
 * is in neither place. The caller owns the text. */
char *coord_local_runner_find (GError **error);

G_END_DECLS
