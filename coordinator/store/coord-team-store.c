#include "store/coord-team-store.h"

#include "store/coord-error.h"

static void
set_name_taken (GError **error)
{
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "There is a team with this name already. Choose another one.");
}

gboolean
coord_team_store_add (CoordDb *db,
  const char *id,
  const char *org_id,
  const char *name,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "INSERT INTO team (id, org, name, created_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (org, name) DO NOTHING RETURNING id",
    COORD_TEXT (id), COORD_TEXT (org_id), COORD_TEXT (name), COORD_INT (now_us));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  set_name_taken (error);
  return FALSE;
}

gboolean
coord_team_store_rename (CoordDb *db,
  const char *org_id,
  const char *id,
  const char *name,
  GError **error)
{
  g_autoptr (EntApiTeam) team = coord_team_store_find (db, org_id, id, error);
  g_autoptr (CoordRows) rows = NULL;

  if (team == NULL)
    return FALSE;
  rows = coord_db_query (db, error,
    "UPDATE team SET name = $3, version = version + 1 WHERE org = $1 AND id = $2"
    " AND NOT EXISTS (SELECT 1 FROM team WHERE org = $1 AND name = $3 AND id <> $2) RETURNING id",
    COORD_TEXT (org_id), COORD_TEXT (id), COORD_TEXT (name));
  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  set_name_taken (error);
  return FALSE;
}

#define SELECT_TEAM \
  "SELECT team.id, team.name, team.version," \
  " (SELECT COUNT (*) FROM member WHERE member.org = team.org AND member.team = team.id) FROM " \
  "team"

static EntApiTeam *
read_team (CoordRows *rows)
{
  EntApiTeam *team = ent_api_team_new ();

  team->id = coord_rows_dup_text (rows, 0);
  team->name = coord_rows_dup_text (rows, 1);
  team->version = coord_rows_get_int (rows, 2);
  team->members = coord_rows_get_int (rows, 3);
  return team;
}

EntApiTeam *
coord_team_store_find (CoordDb *db, const char *org_id, const char *id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, SELECT_TEAM " WHERE org = $1 AND id = $2", COORD_TEXT (org_id), COORD_TEXT (id));

  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows))
    return read_team (rows);
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such team in this organisation.");
  return NULL;
}

GPtrArray *
coord_team_store_list (CoordDb *db, const char *org_id, const CoordPage *page, GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, SELECT_TEAM " WHERE org = $1 AND id > $2 ORDER BY id LIMIT $3",
      COORD_TEXT (org_id), COORD_TEXT (page->after), COORD_INT (page->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_team_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_team (rows));
  return list;
}

gboolean
coord_team_store_remove (CoordDb *db, const char *org_id, const char *id, GError **error)
{
  return coord_db_run (db, error, "UPDATE member SET team = NULL WHERE org = $1 AND team = $2",
           COORD_TEXT (org_id), COORD_TEXT (id)) &&
         coord_db_run (db, error, "DELETE FROM team WHERE org = $1 AND id = $2",
           COORD_TEXT (org_id), COORD_TEXT (id));
}
