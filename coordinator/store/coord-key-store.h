#pragma once

#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* API keys: each belongs to an organisation and may do what its scopes say. */
typedef struct {
  char *id;
  char *org_id;
  char *name;
  char *start; /* the key's first characters */
  char *scopes; /* words with a space between */
  gint64 created_at_us;
  gint64 expires_at_us; /* 0: never */
} CoordKey;

void coord_key_free (CoordKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordKey, coord_key_free)

gboolean coord_key_store_add (CoordDb *db,
  const CoordKey *key,
  const char *hash,
  const char *created_by,
  GError **error);

/* Those that are not revoked; find also leaves out what has expired. NULL without an error when
 * there is none. */
CoordKey *
coord_key_store_find_by_hash (CoordDb *db, const char *hash, gint64 now_us, GError **error);
CoordKey *coord_key_store_find (CoordDb *db, const char *id, GError **error);
GPtrArray *
coord_key_store_list (CoordDb *db, const char *org_id, const CoordPage *page, GError **error);

gboolean coord_key_store_revoke (CoordDb *db, const char *id, gint64 now_us, GError **error);

G_END_DECLS
