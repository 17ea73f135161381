#include "store/coord-org-store.h"

#include "store/coord-error.h"

gboolean
coord_org_store_add (CoordDb *db,
  const char *id,
  const char *name,
  const char *zone,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO org (id, name, zone, created_at) VALUES ($1, $2, $3, $4)", COORD_TEXT (id),
    COORD_TEXT (name), COORD_TEXT (zone), COORD_INT (now_us));
}

static EntApiOrg *
read_org (CoordRows *rows)
{
  EntApiOrg *org = ent_api_org_new ();

  org->id = coord_rows_dup_text (rows, 0);
  org->name = coord_rows_dup_text (rows, 1);
  org->zone = coord_rows_dup_text (rows, 2);
  org->version = coord_rows_get_int (rows, 3);
  org->record_days = coord_rows_get_int (rows, 4);
  return org;
}

EntApiOrg *
coord_org_store_find (CoordDb *db, const char *id_or_name, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT id, name, zone, version, record_days FROM org WHERE id = $1 OR name = $1 LIMIT 2",
    COORD_TEXT (id_or_name));

  if (rows == NULL)
    return NULL;
  if (coord_rows_count (rows) != 1) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND,
      coord_rows_count (rows) == 0 ? "There is no organisation '%s'."
                                   : "There is more than one organisation '%s'; give its id.",
      id_or_name);
    return NULL;
  }
  coord_rows_next (rows);
  return read_org (rows);
}

GPtrArray *
coord_org_store_list_of (CoordDb *db, const char *person_id, const CoordPage *page, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT org.id, org.name, org.zone, org.version, record_days FROM member JOIN org ON org.id = "
    "member.org"
    " WHERE member.person = $1 AND org.id > $2 ORDER BY org.id LIMIT $3",
    COORD_TEXT (person_id), COORD_TEXT (page->after), COORD_INT (page->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_org_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_org (rows));
  return list;
}

/* A role that the database holds and this program does not know gives the least rights. */
static EntOrgRole
read_role (const char *text)
{
  for (int i = 0; text != NULL && ent_org_role_nicks[i] != NULL; i++)
    if (g_str_equal (ent_org_role_nicks[i], text))
      return i;
  return ENT_ORG_CANDIDATE;
}

GPtrArray *
coord_org_store_list_memberships (CoordDb *db, const char *person_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT org.id, org.name, role FROM member JOIN org ON org.id = member.org"
    " WHERE member.person = $1 ORDER BY member.created_at, org.id LIMIT 200",
    COORD_TEXT (person_id));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_membership_free);
  while (coord_rows_next (rows)) {
    EntApiMembership *membership = ent_api_membership_new ();

    membership->org = coord_rows_dup_text (rows, 0);
    membership->name = coord_rows_dup_text (rows, 1);
    membership->role = read_role (coord_rows_get_text (rows, 2));
    g_ptr_array_add (list, membership);
  }
  return list;
}

GPtrArray *
coord_org_store_list (CoordDb *db, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT id, name, zone, version, record_days FROM org ORDER BY name, id");
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_org_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_org (rows));
  return list;
}

gboolean
coord_org_store_find_role (CoordDb *db,
  const char *org_id,
  const char *person_id,
  EntOrgRole *role,
  GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, "SELECT role FROM member WHERE org = $1 AND person = $2",
      COORD_TEXT (org_id), COORD_TEXT (person_id));

  if (rows == NULL || !coord_rows_next (rows))
    return FALSE;
  *role = read_role (coord_rows_get_text (rows, 0));
  return TRUE;
}

gboolean
coord_org_store_set_member (CoordDb *db,
  const char *org_id,
  const char *person_id,
  EntOrgRole role,
  const char *team_id,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO member (org, person, role, team, created_at) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (org, person) DO UPDATE SET role = excluded.role, team = excluded.team",
    COORD_TEXT (org_id), COORD_TEXT (person_id), COORD_TEXT (ent_org_role_nicks[role]),
    COORD_TEXT (team_id), COORD_INT (now_us));
}

gboolean
coord_org_store_remove_member (CoordDb *db,
  const char *org_id,
  const char *person_id,
  GError **error)
{
  return coord_db_run (db, error, "DELETE FROM member WHERE org = $1 AND person = $2",
    COORD_TEXT (org_id), COORD_TEXT (person_id));
}

char *
coord_org_store_find_team_of (CoordDb *db,
  const char *org_id,
  const char *person_id,
  GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, "SELECT team FROM member WHERE org = $1 AND person = $2",
      COORD_TEXT (org_id), COORD_TEXT (person_id));

  return rows != NULL && coord_rows_next (rows) ? coord_rows_dup_text (rows, 0) : NULL;
}

gboolean
coord_org_store_change (CoordDb *db,
  const char *id,
  const char *name,
  const char *zone,
  gint64 record_days,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE org SET name = COALESCE ($2, name), zone = COALESCE ($3, zone),"
    " record_days = CASE WHEN $4 = 0 THEN record_days WHEN $4 < 0 THEN NULL ELSE $4 END,"
    " version = version + 1 WHERE id = $1",
    COORD_TEXT (id), COORD_TEXT (name), COORD_TEXT (zone), COORD_INT (record_days));
}

GPtrArray *
coord_org_store_list_members (CoordDb *db,
  const char *org_id,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT person.id, email, name, role, team FROM member JOIN person ON person.id = member.person"
    " WHERE member.org = $1 AND person.id > $2 ORDER BY person.id LIMIT $3",
    COORD_TEXT (org_id), COORD_TEXT (page->after), COORD_INT (page->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_member_free);
  while (coord_rows_next (rows)) {
    EntApiMember *member = ent_api_member_new ();

    member->user = coord_rows_dup_text (rows, 0);
    member->email = coord_rows_dup_text (rows, 1);
    member->name = coord_rows_dup_text (rows, 2);
    member->role = read_role (coord_rows_get_text (rows, 3));
    member->team = coord_rows_dup_text (rows, 4);
    g_ptr_array_add (list, member);
  }
  return list;
}

GPtrArray *
coord_org_store_list_colleagues (CoordDb *db,
  const char *org_id,
  const char *person_id,
  CoordColleagues which,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT person.id, name, role FROM member JOIN person ON person.id = member.person"
    " WHERE member.org = $1 AND person.id > $2 AND role <> 'candidate'"
    " AND (person.id = $4 OR CAST ($5 AS BIGINT) = 2 OR (CAST ($5 AS BIGINT) = 1 AND team ="
    " (SELECT own.team FROM member AS own WHERE own.org = $1 AND own.person = $4)))"
    " ORDER BY person.id LIMIT $3",
    COORD_TEXT (org_id), COORD_TEXT (page->after), COORD_INT (page->limit), COORD_TEXT (person_id),
    COORD_INT (which));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_colleague_free);
  while (coord_rows_next (rows)) {
    EntApiColleague *colleague = ent_api_colleague_new ();

    colleague->user = coord_rows_dup_text (rows, 0);
    colleague->name = coord_rows_dup_text (rows, 1);
    colleague->role = read_role (coord_rows_get_text (rows, 2));
    g_ptr_array_add (list, colleague);
  }
  return list;
}
