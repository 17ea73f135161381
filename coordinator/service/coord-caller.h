#pragma once

#include "protocol/ent-api.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Who asks. Made from a checked access token; what it may do is looked up by each service. */
typedef struct {
  char *user_id;
  char *family_id; /* the sign-in session */
  gint64 credential_version;
} CoordCaller;

void coord_caller_free (CoordCaller *caller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordCaller, coord_caller_free)

/* Refuses a caller whose account is not active, whose credentials have changed since, or whose
 * session has ended: COORD_ERROR_NOT_SIGNED_IN. Runs first in the transaction of every signed-in
 * request. */
gboolean coord_caller_check (CoordDb *db, const CoordCaller *caller, GError **error);

/* The caller's role in an organisation; COORD_ERROR_NOT_FOUND, with the sentence given, when it has
 * none: that a foreign thing exists is not told. */
gboolean coord_caller_get_role (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *not_found,
  EntOrgRole *role,
  GError **error);

G_END_DECLS
