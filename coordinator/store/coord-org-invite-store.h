#pragma once

#include "protocol/ent-api-people.h"
#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Invitations into an organisation. Tokens are stored as their hash. */
gboolean coord_org_invite_store_add (CoordDb *db,
  const EntApiOrgInvite *invite,
  const char *org_id,
  const char *token_hash,
  const char *created_by,
  gint64 now_us,
  GError **error);

/* An open one, by the hash of its token; *org_id is owned by the caller.
 * COORD_ERROR_INVITATION_WRONG when there is none, _EXPIRED and _CLOSED. */
EntApiOrgInvite *coord_org_invite_store_find (CoordDb *db,
  const char *token_hash,
  gint64 now_us,
  char **org_id,
  GError **error);

/* Used or revoked; COORD_ERROR_NOT_FOUND when it was before, or is of another organisation. */
gboolean coord_org_invite_store_close (CoordDb *db,
  const char *org_id,
  const char *id,
  gint64 now_us,
  GError **error);

/* Open ones in the order of ids (GPtrArray of EntApiOrgInvite, owned). */
GPtrArray *coord_org_invite_store_list (CoordDb *db,
  const char *org_id,
  const CoordPage *page,
  gint64 now_us,
  GError **error);

G_END_DECLS
