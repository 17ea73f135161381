#include "store/coord-db-private.h"

#include <string.h>

#include "store/coord-error.h"

typedef struct {
  CoordValueType type;
  gint64 number; /* or the place in the arena */
  gsize size;
} Cell;

struct _CoordRows {
  guint n_columns;
  gint64 at; /* row stepped to; -1 before the first */
  GArray *cells; /* Cell */
  GByteArray *arena; /* texts with a NUL behind each, and bytes */
};

CoordRows *
coord_rows_new (guint n_columns)
{
  CoordRows *rows = g_new0 (CoordRows, 1);

  rows->n_columns = n_columns;
  rows->at = -1;
  rows->cells = g_array_sized_new (FALSE, FALSE, sizeof (Cell), n_columns);
  rows->arena = g_byte_array_sized_new (16 * n_columns);
  return rows;
}

void
coord_rows_free (CoordRows *rows)
{
  g_array_unref (rows->cells);
  g_byte_array_unref (rows->arena);
  g_free (rows);
}

void
coord_rows_add_null (CoordRows *rows)
{
  Cell cell = { COORD_VALUE_NULL, 0, 0 };

  g_array_append_val (rows->cells, cell);
}

void
coord_rows_add_int (CoordRows *rows, gint64 number)
{
  Cell cell = { COORD_VALUE_INT, number, 0 };

  g_array_append_val (rows->cells, cell);
}

static void
add_data (CoordRows *rows, CoordValueType type, const void *data, gsize size)
{
  Cell cell = { type, rows->arena->len, size };

  g_byte_array_set_size (rows->arena, cell.number + size + 1);
  if (size > 0)
    memcpy (rows->arena->data + cell.number, data, size);
  rows->arena->data[cell.number + size] = '\0';
  g_array_append_val (rows->cells, cell);
}

void
coord_rows_add_text (CoordRows *rows, const char *text, gsize size)
{
  add_data (rows, COORD_VALUE_TEXT, text, size);
}

void
coord_rows_add_bytes (CoordRows *rows, const void *data, gsize size)
{
  add_data (rows, COORD_VALUE_BYTES, data, size);
}

guint
coord_rows_count (CoordRows *rows)
{
  return rows->n_columns > 0 ? rows->cells->len / rows->n_columns : 0;
}

gboolean
coord_rows_next (CoordRows *rows)
{
  if (rows->at + 1 >= coord_rows_count (rows))
    return FALSE;
  rows->at++;
  return TRUE;
}

static const Cell *
get_cell (CoordRows *rows, guint column)
{
  g_assert (rows->at >= 0 && column < rows->n_columns);
  return &g_array_index (rows->cells, Cell, rows->at * rows->n_columns + column);
}

gint64
coord_rows_get_int (CoordRows *rows, guint column)
{
  const Cell *cell = get_cell (rows, column);

  return cell->type == COORD_VALUE_INT ? cell->number : 0;
}

const char *
coord_rows_get_text (CoordRows *rows, guint column)
{
  const Cell *cell = get_cell (rows, column);

  return cell->type == COORD_VALUE_TEXT ? (const char *) rows->arena->data + cell->number : NULL;
}

char *
coord_rows_dup_text (CoordRows *rows, guint column)
{
  return g_strdup (coord_rows_get_text (rows, column));
}

GBytes *
coord_rows_dup_bytes (CoordRows *rows, guint column)
{
  const Cell *cell = get_cell (rows, column);

  return cell->type == COORD_VALUE_BYTES
           ? g_bytes_new (rows->arena->data + cell->number, cell->size)
           : NULL;
}

gboolean
coord_rows_is_null (CoordRows *rows, guint column)
{
  return get_cell (rows, column)->type == COORD_VALUE_NULL;
}

CoordRows *
coord_db_query_values (CoordDb *db, GError **error, const char *sql, const CoordValue *values)
{
  return db->driver->query (db, error, sql, values);
}

gboolean
coord_db_run_values (CoordDb *db, GError **error, const char *sql, const CoordValue *values)
{
  CoordRows *rows = db->driver->query (db, error, sql, values);

  if (rows == NULL)
    return FALSE;
  coord_rows_free (rows);
  return TRUE;
}

CoordDb *
coord_db_open (const char *place, CoordDbMode mode, GError **error)
{
  return coord_db_is_postgres (place) ? coord_db_open_postgres (place, error)
                                      : coord_db_open_sqlite (place, mode, error);
}

gboolean
coord_db_is_postgres (const char *place)
{
  return g_str_has_prefix (place, "postgresql://") || g_str_has_prefix (place, "postgres://");
}

gboolean
coord_db_claim (CoordDb *db, CoordDbClaim claim, GError **error)
{
  return db->driver->claim == NULL || db->driver->claim (db, claim, error);
}

gboolean
coord_db_is_shared (CoordDb *db)
{
  return db->driver->listen != NULL;
}

gint64
coord_db_get_now_us (CoordDb *db, GError **error)
{
  g_autoptr (CoordRows) rows = NULL;

  if (db->driver->now_sql == NULL)
    return g_get_real_time ();
  rows = coord_db_query (db, error, db->driver->now_sql);
  return rows != NULL && coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : -1;
}

gboolean
coord_db_wake_listeners (CoordDb *db, GError **error)
{
  return db->driver->wake_listeners == NULL || db->driver->wake_listeners (db, error);
}

gboolean
coord_db_listen (CoordDb *db, int wake_fd, guint timeout_ms, GError **error)
{
  g_return_val_if_fail (coord_db_is_shared (db), FALSE);
  return db->driver->listen (db, wake_fd, timeout_ms, error);
}

gboolean
coord_db_check (CoordDb *db, GError **error)
{
  return db->driver->check == NULL || db->driver->check (db, error);
}

gint64
coord_db_measure (CoordDb *db, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error, db->driver->size_sql);

  return rows != NULL && coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : -1;
}

gboolean
coord_db_check_space (CoordDb *db, GError **error)
{
  return db->driver->check_space == NULL || db->driver->check_space (db, error);
}

void
coord_db_close (CoordDb *db)
{
  db->driver->close (db);
}

gpointer
coord_db_transaction (CoordDb *db, CoordDbFunc func, gpointer data, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gpointer result;

  if (!db->driver->begin (db, COORD_DB_WRITER, error))
    return NULL;
  result = func (db, data, &failure);
  if (failure == NULL && coord_db_run (db, &failure, "COMMIT"))
    return result;
  if (db->driver->is_in_transaction (db))
    coord_db_run (db, NULL, "ROLLBACK");
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}
