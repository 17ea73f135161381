#include "store/coord-invitation-store.h"

#include "store/coord-error.h"

void
coord_invitation_free (CoordInvitation *invitation)
{
  g_free (invitation->id);
  g_free (invitation->room_id);
  g_free (invitation->participant_id);
  g_free (invitation->device_hash);
  g_free (invitation);
}

gboolean
coord_invitation_store_add (CoordDb *db,
  const CoordInvitation *invitation,
  const char *token_hash,
  const char *created_by,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO invitation (id, room, participant, token_hash, expires_at, created_by, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)",
    COORD_TEXT (invitation->id), COORD_TEXT (invitation->room_id),
    COORD_TEXT (invitation->participant_id), COORD_TEXT (token_hash),
    COORD_INT (invitation->expires_at_us), COORD_TEXT (created_by), COORD_INT (now_us));
}

#define COLUMNS "id, room, participant, device_hash, expires_at, revoked_at IS NOT NULL"

static CoordInvitation *
read_invitation (CoordRows *rows, GError **error)
{
  CoordInvitation *invitation;

  if (!coord_rows_next (rows)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVITATION_WRONG,
      "Could not join the interview: this link is not valid. Check that it is complete, or ask the "
      "interviewer for a new one.");
    return NULL;
  }
  invitation = g_new0 (CoordInvitation, 1);
  invitation->id = coord_rows_dup_text (rows, 0);
  invitation->room_id = coord_rows_dup_text (rows, 1);
  invitation->participant_id = coord_rows_dup_text (rows, 2);
  invitation->device_hash = coord_rows_dup_text (rows, 3);
  invitation->expires_at_us = coord_rows_get_int (rows, 4);
  invitation->is_revoked = coord_rows_get_int (rows, 5) != 0;
  return invitation;
}

CoordInvitation *
coord_invitation_store_find (CoordDb *db,
  const char *room_id,
  const char *token_hash,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " COLUMNS " FROM invitation WHERE token_hash = $2 AND room = $1", COORD_TEXT (room_id),
    COORD_TEXT (token_hash));

  return rows != NULL ? read_invitation (rows, error) : NULL;
}

CoordInvitation *
coord_invitation_store_find_by_id (CoordDb *db, const char *room_id, const char *id, GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, "SELECT " COLUMNS " FROM invitation WHERE id = $2 AND room = $1",
      COORD_TEXT (room_id), COORD_TEXT (id));

  return rows != NULL ? read_invitation (rows, error) : NULL;
}

gboolean
coord_invitation_store_bind (CoordDb *db, const char *id, const char *device_hash, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE invitation SET device_hash = $2 WHERE id = $1 AND device_hash IS NULL", COORD_TEXT (id),
    COORD_TEXT (device_hash));
}

gboolean
coord_invitation_store_revoke (CoordDb *db,
  const char *id,
  const char *participant_id,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE invitation SET revoked_at = $3 WHERE revoked_at IS NULL AND participant = $2"
    " AND (CAST ($1 AS TEXT) IS NULL OR id = $1)",
    COORD_TEXT (id), COORD_TEXT (participant_id), COORD_INT (now_us));
}

static EntRole
read_role (const char *text)
{
  for (int i = 0; text != NULL && ent_role_nicks[i] != NULL; i++)
    if (g_str_equal (ent_role_nicks[i], text))
      return i;
  return ENT_ROLE_OBSERVER;
}

GPtrArray *
coord_invitation_store_list (CoordDb *db,
  const char *room_id,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT invitation.id, name, role, expires_at FROM invitation"
    " JOIN participant ON participant.id = invitation.participant"
    " WHERE invitation.room = $1 AND invitation.id > $2 AND revoked_at IS NULL"
    " ORDER BY invitation.id LIMIT $3",
    COORD_TEXT (room_id), COORD_TEXT (page->after), COORD_INT (page->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_invitation_free);
  while (coord_rows_next (rows)) {
    EntApiInvitation *invitation = ent_api_invitation_new ();

    invitation->id = coord_rows_dup_text (rows, 0);
    invitation->name = coord_rows_dup_text (rows, 1);
    invitation->role = read_role (coord_rows_get_text (rows, 2));
    invitation->expires = coord_rows_get_int (rows, 3);
    g_ptr_array_add (list, invitation);
  }
  return list;
}

gboolean
coord_invitation_store_move (CoordDb *db, const char *room_id, gint64 expires_at_us, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE invitation SET expires_at = $2 WHERE room = $1 AND revoked_at IS NULL",
    COORD_TEXT (room_id), COORD_INT (expires_at_us));
}
