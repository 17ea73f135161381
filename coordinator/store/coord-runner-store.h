#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Registered runners; tokens are stored hashed. A revoked name can be registered anew. */

/* COORD_ERROR_CONFLICT when a runner of this name is registered. */
gboolean coord_runner_store_add (CoordDb *db,
  const char *name,
  const char *token_hash,
  gint64 now_us,
  GError **error);

/* COORD_ERROR_NOT_FOUND. */
gboolean coord_runner_store_revoke (CoordDb *db, const char *name, gint64 now_us, GError **error);

/* Names of those that are not revoked, in order; the caller owns them. */
char **coord_runner_store_list (CoordDb *db, GError **error);

/* The name; COORD_ERROR_NOT_SIGNED_IN. */
char *coord_runner_store_find (CoordDb *db, const char *token_hash, GError **error);

G_END_DECLS
