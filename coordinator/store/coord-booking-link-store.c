#include "store/coord-booking-link-store.h"

#include "protocol/ent-limits.h"
#include "store/coord-error.h"

void
coord_booking_link_free (CoordBookingLink *link)
{
  g_free (link->id);
  g_free (link->org_id);
  g_strfreev (link->interviewers);
  g_free (link->title);
  g_free (link->name);
  g_free (link->email);
  g_free (link->host_name);
  g_strfreev (link->panel_names);
  g_free (link->interview_id);
  g_free (link);
}

gboolean
coord_booking_link_store_add (CoordDb *db,
  const CoordBookingLink *link,
  const char *token_hash,
  const char *created_by,
  gint64 now_us,
  GError **error)
{
  g_autofree char *panel = g_strjoinv (" ", link->interviewers + 1);

  return coord_db_run (db, error,
    "INSERT INTO booking_link (id, org, interviewer, panel, title, name, email, token_hash,"
    " created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    COORD_TEXT (link->id), COORD_TEXT (link->org_id), COORD_TEXT (link->interviewers[0]),
    COORD_TEXT (panel), COORD_TEXT (link->title), COORD_TEXT (link->name), COORD_TEXT (link->email),
    COORD_TEXT (token_hash), COORD_TEXT (created_by), COORD_INT (now_us),
    COORD_INT (link->expires_at_us));
}

#define SELECT_LINK \
  "SELECT l.id, l.org, l.interviewer, l.panel, l.title, l.name, l.email, l.interview," \
  " l.expires_at, p.name, i.starts_at FROM booking_link l" \
  " JOIN person p ON p.id = l.interviewer" \
  " LEFT JOIN interview i ON i.id = l.interview AND i.state <> 'cancelled'"

static CoordBookingLink *
read_link (CoordRows *rows)
{
  CoordBookingLink *link = g_new0 (CoordBookingLink, 1);
  const char *panel = coord_rows_get_text (rows, 3);
  g_autofree char *people =
    g_strjoin (*panel != '\0' ? " " : NULL, coord_rows_get_text (rows, 2), panel, NULL);

  link->id = coord_rows_dup_text (rows, 0);
  link->org_id = coord_rows_dup_text (rows, 1);
  link->interviewers = g_strsplit (people, " ", -1);
  link->title = coord_rows_dup_text (rows, 4);
  link->name = coord_rows_dup_text (rows, 5);
  link->email = coord_rows_dup_text (rows, 6);
  link->interview_id = coord_rows_dup_text (rows, 7);
  link->expires_at_us = coord_rows_get_int (rows, 8);
  link->host_name = coord_rows_dup_text (rows, 9);
  link->starts_at_us = coord_rows_get_int (rows, 10);
  return link;
}

CoordBookingLink *
coord_booking_link_store_find (CoordDb *db, const char *token_hash, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    SELECT_LINK " WHERE l.token_hash = $1 AND l.revoked_at IS NULL", COORD_TEXT (token_hash));

  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows))
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVITATION_WRONG,
      "This link is not known here, or was taken back. Ask for a new one.");
  else if (coord_rows_get_int (rows, 8) <= now_us)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVITATION_EXPIRED,
      "This link has expired. Ask for a new one.");
  else
    return read_link (rows);
  return NULL;
}

/* Most links are for one interviewer, and ask for nothing here. */
static gboolean
read_panel_names (CoordDb *db, CoordBookingLink *link, GError **error)
{
  const char *ids[ENT_MAX_PANEL] = { NULL };
  char **panel = link->interviewers + 1;
  guint n_ids = 0, n_names = 0;
  g_autoptr (CoordRows) rows = NULL;
  g_autoptr (GHashTable) names = NULL;

  for (; n_ids < ENT_MAX_PANEL && panel[n_ids] != NULL; n_ids++)
    ids[n_ids] = panel[n_ids];
  if (n_ids == 0)
    return TRUE;
  rows = coord_db_query (db, error,
    "SELECT id, name FROM person WHERE id IN ($1, $2, $3, $4, $5, $6, $7)", COORD_TEXT (ids[0]),
    COORD_TEXT (ids[1]), COORD_TEXT (ids[2]), COORD_TEXT (ids[3]), COORD_TEXT (ids[4]),
    COORD_TEXT (ids[5]), COORD_TEXT (ids[6]));
  if (rows == NULL)
    return FALSE;
  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (coord_rows_next (rows))
    g_hash_table_insert (names, coord_rows_dup_text (rows, 0), coord_rows_dup_text (rows, 1));
  link->panel_names = g_new0 (char *, n_ids + 1);
  for (guint i = 0; i < n_ids; i++)
    if (g_hash_table_contains (names, ids[i]))
      link->panel_names[n_names++] = g_strdup (g_hash_table_lookup (names, ids[i]));
  return TRUE;
}

GPtrArray *
coord_booking_link_store_list (CoordDb *db,
  const char *org_id,
  const char *created_by,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    SELECT_LINK " WHERE l.org = $1 AND l.id > $2 AND l.revoked_at IS NULL"
                " AND ($3 = '' OR l.created_by = $3) ORDER BY l.id LIMIT $4",
    COORD_TEXT (org_id), COORD_TEXT (page->after),
    COORD_TEXT (created_by != NULL ? created_by : ""), COORD_INT (page->limit));
  g_autoptr (GPtrArray) list = NULL;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_booking_link_free);
  while (coord_rows_next (rows)) {
    g_ptr_array_add (list, read_link (rows));
    if (!read_panel_names (db, list->pdata[list->len - 1], error))
      return NULL;
  }
  return g_steal_pointer (&list);
}

gboolean
coord_booking_link_store_set_interview (CoordDb *db,
  const char *id,
  const char *interview_id,
  gint64 good_until_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE booking_link SET interview = $2,"
    " expires_at = CASE WHEN expires_at < $3 THEN $3 ELSE expires_at END WHERE id = $1",
    COORD_TEXT (id), COORD_TEXT (interview_id), COORD_INT (good_until_us));
}

gboolean
coord_booking_link_store_revoke (CoordDb *db,
  const char *org_id,
  const char *id,
  const char *created_by,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE booking_link SET revoked_at = $4 WHERE org = $1 AND id = $2 AND revoked_at IS NULL"
    " AND ($3 = '' OR created_by = $3) RETURNING id",
    COORD_TEXT (org_id), COORD_TEXT (id), COORD_TEXT (created_by != NULL ? created_by : ""),
    COORD_INT (now_us));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such link.");
  return FALSE;
}
