#pragma once

#include "net/coord-socket.h"
#include "run/coord-run-queue.h"

G_BEGIN_DECLS

/* A runner behind a WebSocket: says what it can do, takes jobs, sends output and results. The
 * socket's token has been checked before. */

#define COORD_RUNNER_HELLO_MS 5000

extern const CoordSocketLimits coord_runner_link_limits;

/* The runners that are connected now. */
typedef struct _CoordRunnerLinks CoordRunnerLinks;

CoordRunnerLinks *coord_runner_links_new (CoordRunQueue *queue, EntClock *clock);

/* The sockets must have been closed. */
void coord_runner_links_free (CoordRunnerLinks *links);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRunnerLinks, coord_runner_links_free)

/* Takes over the socket's events. token_hash is of the token it came with; NULL: one that nobody
 * can revoke. */
void coord_runner_links_add (CoordRunnerLinks *links,
  const char *name,
  const char *token_hash,
  CoordSocket *socket);

/* The hashes they came with, each once. Caller owns. */
char **coord_runner_links_list_tokens (CoordRunnerLinks *links);

/* Those that came with this token get no new runs, or some again. */
void coord_runner_links_set_draining (CoordRunnerLinks *links,
  const char *token_hash,
  gboolean is_draining);

/* Closes those that came with this token, which is good no more; their runs go on elsewhere. */
void coord_runner_links_revoke (CoordRunnerLinks *links, const char *token_hash);

guint coord_runner_links_count (CoordRunnerLinks *links);

G_END_DECLS
