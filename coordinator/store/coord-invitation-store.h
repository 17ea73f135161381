#pragma once

#include "protocol/ent-api.h"
#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Personal invitations: each stands for one guest in one room; its token is stored hashed. */
typedef struct {
  char *id;
  char *room_id;
  char *participant_id;
  char *device_hash; /* the first device that used it; NULL: none yet */
  gint64 expires_at_us;
  gboolean is_revoked;
} CoordInvitation;

void coord_invitation_free (CoordInvitation *invitation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordInvitation, coord_invitation_free)

gboolean coord_invitation_store_add (CoordDb *db,
  const CoordInvitation *invitation,
  const char *token_hash,
  const char *created_by,
  gint64 now_us,
  GError **error);

/* Both: COORD_ERROR_INVITATION_WRONG when there is none. */
CoordInvitation *coord_invitation_store_find (CoordDb *db,
  const char *room_id,
  const char *token_hash,
  GError **error);
CoordInvitation *coord_invitation_store_find_by_id (CoordDb *db,
  const char *room_id,
  const char *id,
  GError **error);

/* Binds it to a device when it is not bound yet. */
gboolean
coord_invitation_store_bind (CoordDb *db, const char *id, const char *device_hash, GError **error);

/* One invitation, or all of a participant when id is NULL. */
gboolean coord_invitation_store_revoke (CoordDb *db,
  const char *id,
  const char *participant_id,
  gint64 now_us,
  GError **error);

/* Those not revoked (GPtrArray of EntApiInvitation without links, owned), oldest first. */
GPtrArray *coord_invitation_store_list (CoordDb *db,
  const char *room_id,
  const CoordPage *page,
  GError **error);

/* All open ones of a room are good until then. */
gboolean coord_invitation_store_move (CoordDb *db,
  const char *room_id,
  gint64 expires_at_us,
  GError **error);

G_END_DECLS
