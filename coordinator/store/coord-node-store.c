#include "store/coord-node-store.h"

#include <string.h>

#include "store/coord-error.h"

#define FIND_HOME \
  "SELECT node.url FROM room_home JOIN node ON node.id = room_home.node" \
  " WHERE room = $1 AND room_home.node <> $2 AND lease_until > $3"

/* Nodes. */

gboolean
coord_node_store_enter (CoordDb *db,
  const char *node_id,
  const char *process,
  const char *url,
  gint64 lease_us,
  GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);

  return now_us >= 0 &&
         coord_db_run (
           db, error, "UPDATE room_home SET node = '' WHERE node = $1", COORD_TEXT (node_id)) &&
         coord_db_run (db, error,
           "INSERT INTO node (id, process, url, lease_until) VALUES ($1, $2, $3, $4)"
           " ON CONFLICT (id) DO UPDATE SET process = excluded.process, url = excluded.url,"
           " lease_until = excluded.lease_until",
           COORD_TEXT (node_id), COORD_TEXT (process), COORD_TEXT (url),
           COORD_INT (now_us + lease_us));
}

gboolean
coord_node_store_renew (CoordDb *db,
  const char *node_id,
  const char *process,
  const char *url,
  gint64 lease_us,
  GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);
  g_autoptr (CoordRows) rows = NULL;

  /* With the lease went what was open. */
  if (now_us < 0 || !coord_db_run (db, error,
                      "UPDATE room_home SET node = '' WHERE node = $1 AND EXISTS"
                      " (SELECT 1 FROM node WHERE id = $1 AND process = $2 AND lease_until <= $3)",
                      COORD_TEXT (node_id), COORD_TEXT (process), COORD_INT (now_us)))
    return FALSE;
  /* A row that is gone, by a restored backup say, is made anew. */
  rows = coord_db_query (db, error,
    "INSERT INTO node (id, process, url, lease_until) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, url = excluded.url"
    " WHERE node.process = excluded.process RETURNING id",
    COORD_TEXT (node_id), COORD_TEXT (process), COORD_TEXT (url), COORD_INT (now_us + lease_us));
  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "Another coordinator serves with the same node id %s. Each needs a data folder of its own; "
    "remove the file node-id from the copied one.",
    node_id);
  return FALSE;
}

gboolean
coord_node_store_leave (CoordDb *db, const char *node_id, GError **error)
{
  return coord_db_run (db, error, "DELETE FROM node WHERE id = $1", COORD_TEXT (node_id));
}

static gint64
read_number (CoordRows *taken)
{
  g_autoptr (CoordRows) rows = taken;

  return rows != NULL && coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : -1;
}

gint64
coord_node_store_count (CoordDb *db, GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);

  return now_us < 0 ? -1
                    : read_number (coord_db_query (db, error,
                        "SELECT COUNT (*) FROM node WHERE lease_until > $1", COORD_INT (now_us)));
}

gint64
coord_node_store_count_homes (CoordDb *db, const char *node_id, GError **error)
{
  return read_number (coord_db_query (
    db, error, "SELECT COUNT (*) FROM room_home WHERE node = $1", COORD_TEXT (node_id)));
}

/* Homes. */

gboolean
coord_home_store_check (CoordDb *db, const char *room_id, const char *node_id, GError **error)
{
  g_autoptr (CoordRows) rows = NULL;
  gint64 now_us;

  if (!coord_db_is_shared (db))
    return TRUE;
  now_us = coord_db_get_now_us (db, error);
  if (now_us < 0)
    return FALSE;
  rows = coord_db_query (
    db, error, FIND_HOME, COORD_TEXT (room_id), COORD_TEXT (node_id), COORD_INT (now_us));
  if (rows == NULL)
    return FALSE;
  if (!coord_rows_next (rows))
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_MOVED, coord_rows_get_text (rows, 0));
  return FALSE;
}

/* Who holds none would lose the room at once. */
static gboolean
check_lease (CoordDb *db, const char *node_id, GError **error)
{
  g_autoptr (CoordRows) rows = NULL;
  gint64 now_us;

  if (!coord_db_is_shared (db) || *node_id == '\0')
    return TRUE;
  now_us = coord_db_get_now_us (db, error);
  if (now_us < 0)
    return FALSE;
  rows = coord_db_query (db, error, "SELECT id FROM node WHERE id = $1 AND lease_until > $2",
    COORD_TEXT (node_id), COORD_INT (now_us));
  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
    "This server has lost its place among the others. Try again in a moment.");
  return FALSE;
}

gint64
coord_home_store_take (CoordDb *db, const char *room_id, const char *node_id, GError **error)
{
  if (!check_lease (db, node_id, error) || !coord_home_store_check (db, room_id, node_id, error))
    return -1;
  return read_number (coord_db_query (db, error,
    "INSERT INTO room_home (room, node, epoch, batch) VALUES ($1, $2, 1, 0)"
    " ON CONFLICT (room) DO UPDATE SET node = excluded.node, epoch = room_home.epoch + 1,"
    " batch = 0 RETURNING epoch",
    COORD_TEXT (room_id), COORD_TEXT (node_id)));
}

static void
set_moved (GError **error)
{
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_MOVED, "");
}

CoordHomeAnswer
coord_home_store_begin_batch (CoordDb *db,
  const char *room_id,
  gint64 epoch,
  gint64 batch,
  GError **error)
{
  g_autoptr (CoordRows) begun = coord_db_query (db, error,
    "UPDATE room_home SET batch = $3 WHERE room = $1 AND epoch = $2 AND batch = $3 - 1"
    " RETURNING epoch",
    COORD_TEXT (room_id), COORD_INT (epoch), COORD_INT (batch));
  g_autoptr (CoordRows) written = NULL;

  if (begun == NULL)
    return COORD_HOME_FAILED;
  if (coord_rows_next (begun))
    return COORD_HOME_MINE;
  written = coord_db_query (db, error,
    "SELECT epoch FROM room_home WHERE room = $1 AND epoch = $2 AND batch >= $3",
    COORD_TEXT (room_id), COORD_INT (epoch), COORD_INT (batch));
  if (written == NULL)
    return COORD_HOME_FAILED;
  if (coord_rows_next (written))
    return COORD_HOME_WRITTEN;
  set_moved (error);
  return COORD_HOME_FAILED;
}

gboolean
coord_home_store_hold (CoordDb *db, const char *room_id, gint64 epoch, GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, "SELECT epoch FROM room_home WHERE room = $1 AND epoch = $2",
      COORD_TEXT (room_id), COORD_INT (epoch));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  set_moved (error);
  return FALSE;
}

gboolean
coord_home_store_give_up (CoordDb *db, const char *room_id, gint64 epoch, GError **error)
{
  return coord_db_run (db, error, "UPDATE room_home SET node = '' WHERE room = $1 AND epoch = $2",
    COORD_TEXT (room_id), COORD_INT (epoch));
}

/* Notices. */

void
coord_notice_free (CoordNotice *notice)
{
  g_free (notice->room_id);
  g_free (notice->participant_id);
  g_free (notice->device_hash);
  g_free (notice);
}

gboolean
coord_notice_store_add (CoordDb *db, const CoordNotice *notice, GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);

  return now_us >= 0 &&
         coord_db_run (db, error,
           "INSERT INTO notice (id, at, kind, room, participant, device)"
           " SELECT COALESCE (MAX (id), 0) + 1, $1, $2, $3, $4, $5 FROM notice",
           COORD_INT (now_us), COORD_INT (notice->kind), COORD_TEXT (notice->room_id),
           COORD_TEXT (notice->participant_id), COORD_TEXT (notice->device_hash)) &&
         coord_db_wake_listeners (db, error);
}

GPtrArray *
coord_notice_store_load (CoordDb *db, gint64 after_id, guint limit, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT id, kind, room, participant, device FROM notice WHERE id > $1 ORDER BY id LIMIT $2",
    COORD_INT (after_id), COORD_INT (limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_notice_free);
  while (coord_rows_next (rows)) {
    CoordNotice *notice = g_new0 (CoordNotice, 1);

    notice->id = coord_rows_get_int (rows, 0);
    notice->kind = coord_rows_get_int (rows, 1);
    notice->room_id = coord_rows_dup_text (rows, 2);
    notice->participant_id = coord_rows_dup_text (rows, 3);
    notice->device_hash = coord_rows_dup_text (rows, 4);
    g_ptr_array_add (list, notice);
  }
  return list;
}

gint64
coord_notice_store_get_last (CoordDb *db, GError **error)
{
  return read_number (coord_db_query (db, error, "SELECT COALESCE (MAX (id), 0) FROM notice"));
}

gboolean
coord_notice_store_tidy (CoordDb *db, GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);

  return now_us >= 0 && coord_db_run (db, error,
                          "DELETE FROM notice WHERE at < $1 AND id < (SELECT MAX (id) FROM notice)",
                          COORD_INT (now_us - COORD_NOTICE_KEPT_US));
}

/* Keys. */

gboolean
coord_key_check_store_compare (CoordDb *db, const char *name, const char *hash, GError **error)
{
  g_autoptr (CoordRows) rows = NULL;

  if (!coord_db_run (db, error,
        "INSERT INTO key_check (name, hash) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        COORD_TEXT (name), COORD_TEXT (hash)))
    return FALSE;
  rows =
    coord_db_query (db, error, "SELECT hash FROM key_check WHERE name = $1", COORD_TEXT (name));
  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows) && strcmp (coord_rows_get_text (rows, 0), hash) == 0)
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "The secret '%s' is not the one that the other coordinators on this database have. Copy "
    "their folder 'secrets' to this one.",
    name);
  return FALSE;
}
