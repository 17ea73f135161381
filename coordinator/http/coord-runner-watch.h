#pragma once

#include "base/ent-clock.h"
#include "run/coord-runner-link.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Looks whether the runners that are connected may still be here and get new runs: the commands
 * `runner revoke` and `runner drain` are processes of their own, maybe on another machine, and only
 * the database hears of them. The other way it tells the database which runners are here, and how
 * busy: each coordinator knows its own links alone. */
typedef struct _CoordRunnerWatch CoordRunnerWatch;

#define COORD_RUNNER_WATCH_MS 500 /* between two looks, while there are runners */
#define COORD_RUNNER_REPORT_MS 1000 /* between two reports, while something changes */
#define COORD_RUNNER_REPORT_AGAIN_MS 60000 /* and while nothing does, with runners here */

/* All are borrowed and must live longer. Begins with the running main loop. */
CoordRunnerWatch *coord_runner_watch_new (CoordDbPool *pool,
  CoordRunnerLinks *runners,
  CoordRunQueue *runs,
  const char *node_id,
  EntClock *clock);

/* Has the pool store that no runner is here any more. */
void coord_runner_watch_free (CoordRunnerWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRunnerWatch, coord_runner_watch_free)

G_END_DECLS
