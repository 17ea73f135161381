#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Links to an account that go out by mail: each is good once and for a time, and known here by the
 * hash of its token alone. */

gboolean coord_account_link_store_add (CoordDb *db,
  const char *hash,
  const char *person_id,
  const char *kind,
  gint64 now_us,
  gint64 expires_at_us,
  GError **error);

/* How many of this kind were made for a person since then; -1 on an error. */
gint64 coord_account_link_store_count (CoordDb *db,
  const char *person_id,
  const char *kind,
  gint64 since_us,
  GError **error);

/* Whose it is (the caller owns the id); COORD_ERROR_LINK_ENDED when it is unknown, was used or is
 * too old. use spends it. */
char *coord_account_link_store_find (CoordDb *db,
  const char *hash,
  const char *kind,
  gint64 now_us,
  GError **error);
char *coord_account_link_store_use (CoordDb *db,
  const char *hash,
  const char *kind,
  gint64 now_us,
  GError **error);

/* Ends what a person has of a kind and has not used. */
gboolean coord_account_link_store_end (CoordDb *db,
  const char *person_id,
  const char *kind,
  gint64 now_us,
  GError **error);

/* Removes those that were over before then. */
gboolean coord_account_link_store_tidy (CoordDb *db, gint64 before_us, GError **error);

G_END_DECLS
