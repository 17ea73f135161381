#include "store/coord-org-invite-store.h"

#include "store/coord-error.h"

gboolean
coord_org_invite_store_add (CoordDb *db,
  const EntApiOrgInvite *invite,
  const char *org_id,
  const char *token_hash,
  const char *created_by,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO org_invite (id, org, email, role, team, token_hash, created_by, created_at,"
    " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    COORD_TEXT (invite->id), COORD_TEXT (org_id), COORD_TEXT (invite->email),
    COORD_TEXT (ent_org_role_nicks[invite->role]), COORD_TEXT (invite->team),
    COORD_TEXT (token_hash), COORD_TEXT (created_by), COORD_INT (now_us),
    COORD_INT (invite->expires));
}

#define SELECT_INVITE "SELECT id, email, role, team, expires_at, closed_at, org FROM org_invite"

static EntApiOrgInvite *
read_invite (CoordRows *rows)
{
  EntApiOrgInvite *invite = ent_api_org_invite_new ();
  const char *role = coord_rows_get_text (rows, 2);

  invite->id = coord_rows_dup_text (rows, 0);
  invite->email = coord_rows_dup_text (rows, 1);
  for (int i = 0; ent_org_role_nicks[i] != NULL; i++)
    if (g_str_equal (ent_org_role_nicks[i], role))
      invite->role = i;
  invite->team = coord_rows_dup_text (rows, 3);
  invite->expires = coord_rows_get_int (rows, 4);
  return invite;
}

EntApiOrgInvite *
coord_org_invite_store_find (CoordDb *db,
  const char *token_hash,
  gint64 now_us,
  char **org_id,
  GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, SELECT_INVITE " WHERE token_hash = $1", COORD_TEXT (token_hash));

  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows))
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVITATION_WRONG,
      "This invitation is not known here. Ask for a new one.");
  else if (!coord_rows_is_null (rows, 5))
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVITATION_CLOSED,
      "This invitation was used already, or taken back. Ask for a new one.");
  else if (coord_rows_get_int (rows, 4) <= now_us)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVITATION_EXPIRED,
      "This invitation has expired. Ask for a new one.");
  else {
    *org_id = coord_rows_dup_text (rows, 6);
    return read_invite (rows);
  }
  return NULL;
}

gboolean
coord_org_invite_store_close (CoordDb *db,
  const char *org_id,
  const char *id,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE org_invite SET closed_at = $3 WHERE org = $1 AND id = $2 AND closed_at IS NULL"
    " RETURNING id",
    COORD_TEXT (org_id), COORD_TEXT (id), COORD_INT (now_us));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such open invitation.");
  return FALSE;
}

GPtrArray *
coord_org_invite_store_list (CoordDb *db,
  const char *org_id,
  const CoordPage *page,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    SELECT_INVITE " WHERE org = $1 AND id > $2 AND closed_at IS NULL AND expires_at > $3"
                  " ORDER BY id LIMIT $4",
    COORD_TEXT (org_id), COORD_TEXT (page->after), COORD_INT (now_us), COORD_INT (page->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_org_invite_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_invite (rows));
  return list;
}
