#pragma once

#include "protocol/ent-api-admin.h"
#include "service/coord-caller.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Registered code runners: each has a name and a token that is stored hashed. */

/* Registers a runner and returns its token, which is shown once; COORD_ERROR_CONFLICT when the name
 * is taken. Free it with ent_secret_free(). */
char *coord_runner_service_add (CoordDb *db, const char *name, gint64 now_us, GError **error);

/* Ends a runner's right to be here; COORD_ERROR_NOT_FOUND. A server that it is connected to finds
 * out by itself, see coord-runner-watch.h. */
gboolean coord_runner_service_revoke (CoordDb *db, const char *name, gint64 now_us, GError **error);

/* A runner that may be here. */
typedef struct {
  char *name;
  gboolean is_draining; /* it gets no new programs */
} CoordRunnerEntry;

void coord_runner_entry_free (CoordRunnerEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRunnerEntry, coord_runner_entry_free)

/* Whose token has this hash (ent_secret_hash()): the runner, or NULL and COORD_ERROR_NOT_SIGNED_IN.
 * Only reads. */
CoordRunnerEntry *coord_runner_service_admit (CoordDb *db, const char *token_hash, GError **error);

typedef enum {
  COORD_RUNNER_OPEN,
  COORD_RUNNER_DRAINING,
  COORD_RUNNER_REVOKED,
} CoordRunnerStanding;

/* How those with these tokens stand, in the same order (GArray of CoordRunnerStanding); NULL on
 * error. Only reads; caller owns. */
GArray *coord_runner_service_look (CoordDb *db, const char *const *token_hashes, GError **error);

/* The name that a runner has which a coordinator starts itself. */
#define COORD_RUNNER_LOCAL "local"

/* What site administrators see and do; anybody else is refused with COORD_ERROR_DENIED. */
EntApiRunnerList *coord_runner_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordPage *page,
  GError **error);

/* Which languages the connected runners have ready, in which versions, and which of them lack one.
 */
EntApiImageList *
coord_runner_service_list_images (CoordDb *db, const CoordCaller *caller, GError **error);

/* Gives a runner no new programs, or gives it some again: it finishes what it holds. The
 * coordinators find out by themselves, see coord-runner-watch.h. COORD_ERROR_NOT_FOUND. */
EntApiRunner *coord_runner_service_drain (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  gboolean is_draining,
  gint64 now_us,
  GError **error);

/* The same for the operator, by its name. */
gboolean coord_runner_service_drain_name (CoordDb *db,
  const char *name,
  gboolean is_draining,
  gint64 now_us,
  GError **error);

G_END_DECLS
