#include "store/coord-audit-store.h"

#include "store/coord-job-store.h"

#define COLUMNS "seq, at, org, actor, action, subject, detail, chain"

void
coord_audit_row_free (CoordAuditRow *row)
{
  g_free (row->org_id);
  g_free (row->actor);
  g_free (row->action);
  g_free (row->subject);
  g_free (row->detail);
  g_free (row->chain);
  g_free (row);
}

gboolean
coord_audit_store_add (CoordDb *db,
  const char *org_id,
  const char *actor,
  const char *action,
  const char *subject,
  const char *detail,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
           "INSERT INTO audit (seq, at, org, actor, action, subject, detail)"
           " SELECT COALESCE (MAX (seq), 0) + 1, $1, $2, $3, $4, $5, $6 FROM audit",
           COORD_INT (now_us), COORD_TEXT (org_id), COORD_TEXT (actor), COORD_TEXT (action),
           COORD_TEXT (subject), COORD_TEXT (detail)) &&
         coord_job_store_put (db, COORD_JOB_AUDIT_CHAIN, org_id != NULL ? org_id : "",
           now_us + COORD_AUDIT_CHAIN_DELAY_US, error);
}

static GPtrArray *
read_rows (CoordRows *rows)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_audit_row_free);

  while (coord_rows_next (rows)) {
    CoordAuditRow *row = g_new0 (CoordAuditRow, 1);

    row->seq = coord_rows_get_int (rows, 0);
    row->at_us = coord_rows_get_int (rows, 1);
    row->org_id = coord_rows_dup_text (rows, 2);
    row->actor = coord_rows_dup_text (rows, 3);
    row->action = coord_rows_dup_text (rows, 4);
    row->subject = coord_rows_dup_text (rows, 5);
    row->detail = coord_rows_dup_text (rows, 6);
    row->chain = coord_rows_dup_text (rows, 7);
    g_ptr_array_add (list, row);
  }
  return list;
}

/* NULL does not equal NULL in SQL, and an index serves only what is written plainly. */
#define OF_ORG " FROM audit WHERE org = $1"
#define OF_INSTALLATION " FROM audit WHERE org IS NULL AND CAST ($1 AS TEXT) = ''"

static gboolean
is_org (const char *org_id)
{
  return org_id != NULL && *org_id != '\0';
}

GPtrArray *
coord_audit_store_list (CoordDb *db,
  const char *org_id,
  gint64 after_seq,
  guint limit,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    is_org (org_id) ? "SELECT " COLUMNS OF_ORG " AND seq > $2 ORDER BY seq LIMIT $3"
                    : "SELECT " COLUMNS OF_INSTALLATION " AND seq > $2 ORDER BY seq LIMIT $3",
    COORD_TEXT (is_org (org_id) ? org_id : ""), COORD_INT (after_seq), COORD_INT (limit));

  return rows != NULL ? read_rows (rows) : NULL;
}

#define SEARCH \
  " AND seq < $2 AND at >= $3 AND at < $4 AND (CAST ($5 AS TEXT) IS NULL OR actor = $5)" \
  " AND (CAST ($6 AS TEXT) IS NULL OR action = $6) ORDER BY seq DESC LIMIT $7"

GPtrArray *
coord_audit_store_search (CoordDb *db, const CoordAuditSearch *search, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    is_org (search->org_id) ? "SELECT " COLUMNS OF_ORG SEARCH
                            : "SELECT " COLUMNS OF_INSTALLATION SEARCH,
    COORD_TEXT (is_org (search->org_id) ? search->org_id : ""), COORD_INT (search->before_seq),
    COORD_INT (search->since_us), COORD_INT (search->until_us), COORD_TEXT (search->actor),
    COORD_TEXT (search->action), COORD_INT (search->limit));

  return rows != NULL ? read_rows (rows) : NULL;
}

GPtrArray *
coord_audit_store_list_waiting (CoordDb *db, const char *org_id, guint limit, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    is_org (org_id) ? "SELECT " COLUMNS OF_ORG " AND chain IS NULL ORDER BY seq LIMIT $2"
                    : "SELECT " COLUMNS OF_INSTALLATION " AND chain IS NULL ORDER BY seq LIMIT $2",
    COORD_TEXT (is_org (org_id) ? org_id : ""), COORD_INT (limit));

  return rows != NULL ? read_rows (rows) : NULL;
}

char *
coord_audit_store_find_head (CoordDb *db, const char *org_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    is_org (org_id) ? "SELECT chain" OF_ORG " AND chain IS NOT NULL ORDER BY seq DESC LIMIT 1"
                    : "SELECT chain" OF_INSTALLATION
                      " AND chain IS NOT NULL ORDER BY seq DESC LIMIT 1",
    COORD_TEXT (is_org (org_id) ? org_id : ""));

  return rows != NULL && coord_rows_next (rows) ? coord_rows_dup_text (rows, 0) : NULL;
}

gboolean
coord_audit_store_set_chain (CoordDb *db, gint64 seq, const char *chain, GError **error)
{
  return coord_db_run (
    db, error, "UPDATE audit SET chain = $2 WHERE seq = $1", COORD_INT (seq), COORD_TEXT (chain));
}

GStrv
coord_audit_store_list_orgs (CoordDb *db, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT DISTINCT COALESCE (org, '') AS name FROM audit ORDER BY name");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (rows == NULL)
    return NULL;
  while (coord_rows_next (rows))
    g_strv_builder_add (builder, coord_rows_get_text (rows, 0));
  return g_strv_builder_end (builder);
}

gint64
coord_audit_store_get_last_at (CoordDb *db)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, NULL, "SELECT at FROM audit ORDER BY seq DESC LIMIT 1");

  return rows != NULL && coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : 0;
}
