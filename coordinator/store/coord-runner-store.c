#include "store/coord-runner-store.h"

#include <string.h>

#include "base/ent-id.h"
#include "store/coord-error.h"

#define LINKS_KEPT_US G_TIME_SPAN_DAY /* after the node's lease */
/* Until then a coordinator may not have heard of the drain, nor told of what it gave out. */
#define DRAIN_SETTLES_US (3 * G_TIME_SPAN_SECOND)
/* So long after a coordinator has lost its lease the programs count that it last told of: it may be
 * cut off from the database alone, and a terminal lasts for half an hour. */
#define LAPSED_BUSY_US (35 * G_TIME_SPAN_MINUTE)

gboolean
coord_runner_store_add (CoordDb *db,
  const char *name,
  const char *token_hash,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = ent_id_new ();
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "INSERT INTO runner (name, token_hash, created_at, id) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (name) DO UPDATE SET token_hash = excluded.token_hash, id = excluded.id,"
    " created_at = excluded.created_at, revoked_at = NULL, draining_at = NULL, seen_at = NULL"
    " WHERE runner.revoked_at IS NOT NULL RETURNING name",
    COORD_TEXT (name), COORD_TEXT (token_hash), COORD_INT (now_us), COORD_TEXT (id));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error (
    error, COORD_ERROR, COORD_ERROR_CONFLICT, "A runner '%s' is registered already.", name);
  return FALSE;
}

static gboolean
fail_unknown (GError **error, const char *name)
{
  if (name != NULL)
    g_set_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no runner '%s'.", name);
  else
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such runner.");
  return FALSE;
}

gboolean
coord_runner_store_revoke (CoordDb *db, const char *name, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE runner SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL RETURNING name",
    COORD_TEXT (name), COORD_INT (now_us));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  return fail_unknown (error, name);
}

/* What is known of runners that are connected. */

void
coord_runner_link_row_free (CoordRunnerLinkRow *row)
{
  g_free (row->runner);
  g_free (row->version);
  g_free (row->note);
  g_free (row->languages);
  g_free (row);
}

static gboolean
mark_seen (CoordDb *db, const char *node_id, gint64 now_us, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE runner SET seen_at = $2"
    " WHERE name IN (SELECT runner FROM runner_link WHERE node = $1)",
    COORD_TEXT (node_id), COORD_INT (now_us));
}

gboolean
coord_runner_link_store_report (CoordDb *db, const char *node_id, GPtrArray *rows, GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);

  /* Those that have gone were here until now, too. */
  if (now_us < 0 || !mark_seen (db, node_id, now_us, error) ||
      !coord_db_run (db, error, "DELETE FROM runner_link WHERE node = $1", COORD_TEXT (node_id)))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    const CoordRunnerLinkRow *row = rows->pdata[i];

    if (!coord_db_run (db, error,
          "INSERT INTO runner_link (node, runner, slots, busy, version, note, languages)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7)",
          COORD_TEXT (node_id), COORD_TEXT (row->runner), COORD_INT (row->slots),
          COORD_INT (row->busy), COORD_TEXT (row->version), COORD_TEXT (row->note),
          COORD_TEXT (row->languages)))
      return FALSE;
  }
  return mark_seen (db, node_id, now_us, error);
}

gboolean
coord_runner_link_store_forget (CoordDb *db, const char *node_id, GError **error)
{
  return coord_db_run (db, error, "DELETE FROM runner_link WHERE node = $1 OR $2 = 0",
    COORD_TEXT (node_id), COORD_INT (coord_db_is_shared (db)));
}

gboolean
coord_runner_link_store_tidy (CoordDb *db, GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);

  return now_us >= 0 && (!coord_db_is_shared (db) ||
                          coord_db_run (db, error,
                            "DELETE FROM runner_link"
                            " WHERE node NOT IN (SELECT id FROM node WHERE lease_until > $1)",
                            COORD_INT (now_us - LINKS_KEPT_US)));
}

/* Listing. */

static GPtrArray *
decode_languages (const char *text)
{
  g_autoptr (EntMsgRunners) known =
    ent_codec_decode (&ent_msg_runners_struct, text, strlen (text), ENT_UNKNOWN_IGNORED, NULL);

  return known != NULL ? g_steal_pointer (&known->languages) : NULL;
}

/* Each coordinator tells of the same slots of a registered runner; those that coordinators have
 * started themselves bear one name. */
static void
add_link (EntApiRunner *runner, CoordRows *rows, gint64 now_us)
{
  gint64 slots = coord_rows_get_int (rows, 1);

  runner->slots = runner->id != NULL ? MAX (runner->slots, slots) : runner->slots + slots;
  runner->busy += coord_rows_get_int (rows, 2);
  runner->drained &= runner->busy == 0;
  if (runner->connected)
    return;
  runner->connected = TRUE;
  runner->seen = now_us;
  runner->version = coord_rows_dup_text (rows, 3);
  if (*coord_rows_get_text (rows, 4) != '\0')
    runner->note = coord_rows_dup_text (rows, 4);
  runner->languages = decode_languages (coord_rows_get_text (rows, 5));
}

/* 1 for what a node says that may act, or the only one. */
#define LIVING " CASE WHEN $1 = 0 OR lease_until > $2 THEN 1 ELSE 0 END"

static EntApiRunner *
find_runner (GPtrArray *list, const char *name)
{
  for (guint i = 0; i < list->len; i++)
    if (strcmp (((EntApiRunner *) list->pdata[i])->name, name) == 0)
      return list->pdata[i];
  return NULL;
}

/* What a node that is gone has said counts no more, but that its programs may not have ended. */
static gboolean
add_links (CoordDb *db, GPtrArray *list, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT runner, slots, busy, version, note, languages," LIVING " FROM runner_link"
    " LEFT JOIN node ON node.id = runner_link.node"
    " WHERE $1 = 0 OR lease_until > $2 OR (busy > 0 AND lease_until > $3) ORDER BY runner, node",
    COORD_INT (coord_db_is_shared (db)), COORD_INT (now_us), COORD_INT (now_us - LAPSED_BUSY_US));
  while (rows != NULL && coord_rows_next (rows)) {
    EntApiRunner *runner = find_runner (list, coord_rows_get_text (rows, 0));

    if (runner != NULL && coord_rows_get_int (rows, 6) != 0)
      add_link (runner, rows, now_us);
    else if (runner != NULL)
      runner->drained = FALSE;
  }
  return rows != NULL;
}

static EntApiRunner *
read_runner (CoordRows *rows, gint64 now_us)
{
  EntApiRunner *runner = ent_api_runner_new ();
  gint64 draining_us = coord_rows_get_int (rows, 2);

  runner->name = coord_rows_dup_text (rows, 0);
  runner->id = *coord_rows_get_text (rows, 1) != '\0' ? coord_rows_dup_text (rows, 1) : NULL;
  runner->draining = draining_us != 0;
  runner->drained = runner->draining && now_us - draining_us > DRAIN_SETTLES_US;
  runner->seen = coord_rows_get_int (rows, 3);
  return runner;
}

GPtrArray *
coord_runner_store_list (CoordDb *db,
  const char *name,
  gboolean is_served,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (GPtrArray) list =
    g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_runner_free);
  gint64 now_us = coord_db_get_now_us (db, error);
  g_autoptr (CoordRows) rows = NULL;

  if (now_us < 0)
    return NULL;
  rows = coord_db_query (db, error,
    "SELECT name, id, COALESCE (draining_at, 0), COALESCE (seen_at, 0) FROM runner"
    " WHERE revoked_at IS NULL AND name > $1 AND ($2 = '' OR name = $2)"
    " UNION ALL SELECT DISTINCT runner, '', 0, 0 FROM runner_link"
    " WHERE runner > $1 AND ($2 = '' OR runner = $2) AND $3 = 1"
    " AND runner NOT IN (SELECT name FROM runner)"
    " AND ($5 = 0 OR node IN (SELECT id FROM node WHERE lease_until > $6)) ORDER BY 1 LIMIT $4",
    COORD_TEXT (page->after), COORD_TEXT (name != NULL ? name : ""), COORD_INT (is_served),
    COORD_INT (page->limit), COORD_INT (coord_db_is_shared (db)), COORD_INT (now_us));
  while (rows != NULL && coord_rows_next (rows))
    g_ptr_array_add (list, read_runner (rows, now_us));
  if (rows == NULL || (is_served && !add_links (db, list, now_us, error)))
    return NULL;
  return g_steal_pointer (&list);
}

/* Draining. */

char *
coord_runner_store_find_name (CoordDb *db, const char *id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT name FROM runner WHERE id = $1 AND revoked_at IS NULL", COORD_TEXT (id));

  if (rows != NULL && coord_rows_next (rows))
    return coord_rows_dup_text (rows, 0);
  if (rows != NULL)
    fail_unknown (error, NULL);
  return NULL;
}

gboolean
coord_runner_store_set_draining (CoordDb *db,
  const char *name,
  gboolean is_draining,
  gboolean *is_changed,
  GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);
  g_autoptr (CoordRows) before = NULL;

  if (now_us < 0)
    return FALSE;
  before = coord_db_query (db, error,
    "SELECT draining_at FROM runner WHERE name = $1 AND revoked_at IS NULL", COORD_TEXT (name));
  if (before == NULL)
    return FALSE;
  if (!coord_rows_next (before))
    return fail_unknown (error, name);
  *is_changed = coord_rows_is_null (before, 0) == is_draining;
  return !*is_changed ||
         coord_db_run (db, error, "UPDATE runner SET draining_at = $2 WHERE name = $1",
           COORD_TEXT (name),
           is_draining ? COORD_INT (now_us) : ((CoordValue){ .type = COORD_VALUE_NULL }));
}

char *
coord_runner_store_find (CoordDb *db, const char *token_hash, gboolean *is_draining, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT name, draining_at FROM runner WHERE token_hash = $1 AND revoked_at IS NULL",
    COORD_TEXT (token_hash));

  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows)) {
    *is_draining = !coord_rows_is_null (rows, 1);
    return coord_rows_dup_text (rows, 0);
  }
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN,
    "This runner is not registered. Register it with 'entrevue-coordinator runner add'.");
  return NULL;
}
