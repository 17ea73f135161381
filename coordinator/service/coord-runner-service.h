#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Registered code runners: each has a name and a token that is stored hashed. */

/* Registers a runner and returns its token, which is shown once; COORD_ERROR_CONFLICT when the name
 * is taken. Free it with ent_secret_free(). */
char *coord_runner_service_add (CoordDb *db, const char *name, gint64 now_us, GError **error);

/* Ends a runner's right to sign on; COORD_ERROR_NOT_FOUND. */
gboolean coord_runner_service_revoke (CoordDb *db, const char *name, gint64 now_us, GError **error);

/* Whose token it is: the runner's name, or NULL and COORD_ERROR_NOT_SIGNED_IN. Only reads. */
char *coord_runner_service_admit (CoordDb *db, const char *token, GError **error);

G_END_DECLS
