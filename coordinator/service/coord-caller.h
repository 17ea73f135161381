#pragma once

#include "protocol/ent-api.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Who asks. Made from a checked access token, or for a key that is looked up first of all; what it
 * may do is decided by each service. */
typedef struct {
  char *user_id; /* NULL: a key */
  char *key_hash; /* NULL: a person */
  char *family_id; /* the sign-in session */
  gint64 credential_version;
  gint64 expires_at_us; /* of the access token */
} CoordCaller;

void coord_caller_free (CoordCaller *caller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordCaller, coord_caller_free)

/* The caller owns it. */
CoordCaller *coord_caller_copy (const CoordCaller *caller);

/* A caller for an API key, which is refused later unless it is one. */
CoordCaller *coord_caller_new_for_key (const char *key);

/* Refuses a caller whose account is not active, whose credentials have changed since, or whose
 * session has ended, and a key that is unknown, expired or revoked: COORD_ERROR_NOT_SIGNED_IN; a
 * key without the scope: COORD_ERROR_DENIED. Runs first in the transaction of every request with a
 * credential. scope is what the route wants of a key; NULL: it takes none. */
gboolean coord_caller_check (CoordDb *db,
  const CoordCaller *caller,
  const char *scope,
  gint64 now_us,
  GError **error);

/* The caller's role in an organisation; COORD_ERROR_NOT_FOUND, with the sentence given, when it has
 * none: that a foreign thing exists is not told. */
gboolean coord_caller_get_role (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *not_found,
  EntOrgRole *role,
  GError **error);

G_END_DECLS
