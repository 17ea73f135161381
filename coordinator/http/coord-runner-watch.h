#pragma once

#include "base/ent-clock.h"
#include "run/coord-runner-link.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Looks whether the runners that are connected may still be here: the command `runner revoke` is a
 * process of its own, maybe on another machine, and only the database hears of it. */
typedef struct _CoordRunnerWatch CoordRunnerWatch;

#define COORD_RUNNER_WATCH_MS 500 /* between two looks, while there are runners */

/* All are borrowed and must live longer. Begins with the running main loop. */
CoordRunnerWatch *
coord_runner_watch_new (CoordDbPool *pool, CoordRunnerLinks *runners, EntClock *clock);
void coord_runner_watch_free (CoordRunnerWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRunnerWatch, coord_runner_watch_free)

G_END_DECLS
