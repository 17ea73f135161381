#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Registered code runners: each has a name and a token that is stored hashed. */

/* Registers a runner and returns its token, which is shown once; COORD_ERROR_CONFLICT when the name
 * is taken. Free it with ent_secret_free(). */
char *coord_runner_service_add (CoordDb *db, const char *name, gint64 now_us, GError **error);

/* Ends a runner's right to be here; COORD_ERROR_NOT_FOUND. A server that it is connected to finds
 * out by itself, see coord-runner-watch.h. */
gboolean coord_runner_service_revoke (CoordDb *db, const char *name, gint64 now_us, GError **error);

/* Whose token has this hash (ent_secret_hash()): the runner's name, or NULL and
 * COORD_ERROR_NOT_SIGNED_IN. Only reads. */
char *coord_runner_service_admit (CoordDb *db, const char *token_hash, GError **error);

/* Those of the hashes whose tokens are good no more; NULL on error. Only reads; caller owns. */
char **
coord_runner_service_list_revoked (CoordDb *db, const char *const *token_hashes, GError **error);

G_END_DECLS
