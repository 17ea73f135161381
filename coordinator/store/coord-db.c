#include "store/coord-db-private.h"

#include <string.h>

#include "store/coord-error.h"

typedef struct {
  CoordValueType type;
  gint64 number; /* or the place in the arena */
  gsize size;
} Cell;

/* Rows are made and freed by the thousand, mostly by one thread: a few keep their memory for the
 * next query of their thread. Not where a sanitizer looks for who reads what is freed. */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define MAX_SPARE_CELLS 0
#else
#define MAX_SPARE_CELLS 2048
#endif
#define MAX_SPARE_BYTES (64 * 1024)
#define MAX_SPARE 4
#define FIRST_CELLS 64
#define FIRST_BYTES 1024

struct _CoordRows {
  guint n_columns;
  gint64 at; /* row stepped to; -1 before the first */
  Cell *cells;
  gsize n_cells, max_cells;
  char *arena; /* texts with a NUL behind each, and bytes */
  gsize n_bytes, max_bytes;
};

typedef struct {
  CoordRows *rows[MAX_SPARE];
  guint n_rows;
} Spare;

static void
free_rows (CoordRows *rows)
{
  g_free (rows->cells);
  g_free (rows->arena);
  g_free (rows);
}

static void
free_spare (gpointer data)
{
  Spare *spare = data;

  while (spare->n_rows > 0)
    free_rows (spare->rows[--spare->n_rows]);
  g_free (spare);
}

static GPrivate spare_of_thread = G_PRIVATE_INIT (free_spare);

CoordRows *
coord_rows_new (guint n_columns)
{
  Spare *spare = g_private_get (&spare_of_thread);
  CoordRows *rows =
    spare != NULL && spare->n_rows > 0 ? spare->rows[--spare->n_rows] : g_new0 (CoordRows, 1);

  rows->n_columns = n_columns;
  rows->at = -1;
  rows->n_cells = rows->n_bytes = 0;
  return rows;
}

void
coord_rows_free (CoordRows *rows)
{
  Spare *spare = g_private_get (&spare_of_thread);

  if (spare == NULL) {
    spare = g_new0 (Spare, 1);
    g_private_set (&spare_of_thread, spare);
  }
  if (spare->n_rows < MAX_SPARE && rows->max_cells <= MAX_SPARE_CELLS &&
      rows->max_bytes <= MAX_SPARE_BYTES)
    spare->rows[spare->n_rows++] = rows;
  else
    free_rows (rows);
}

static void
add_cell (CoordRows *rows, CoordValueType type, gint64 number, gsize size)
{
  if (rows->n_cells == rows->max_cells) {
    rows->max_cells = MAX (2 * rows->max_cells, FIRST_CELLS);
    rows->cells = g_renew (Cell, rows->cells, rows->max_cells);
  }
  rows->cells[rows->n_cells++] = (Cell){ type, number, size };
}

void
coord_rows_add_null (CoordRows *rows)
{
  add_cell (rows, COORD_VALUE_NULL, 0, 0);
}

void
coord_rows_add_int (CoordRows *rows, gint64 number)
{
  add_cell (rows, COORD_VALUE_INT, number, 0);
}

static void
add_data (CoordRows *rows, CoordValueType type, const void *data, gsize size)
{
  if (rows->max_bytes - rows->n_bytes <= size) {
    rows->max_bytes = MAX (2 * rows->max_bytes, rows->n_bytes + size + FIRST_BYTES);
    rows->arena = g_realloc (rows->arena, rows->max_bytes);
  }
  add_cell (rows, type, rows->n_bytes, size);
  if (size > 0)
    memcpy (rows->arena + rows->n_bytes, data, size);
  rows->n_bytes += size;
  rows->arena[rows->n_bytes++] = '\0';
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
  return rows->n_columns > 0 ? rows->n_cells / rows->n_columns : 0;
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
  return &rows->cells[rows->at * rows->n_columns + column];
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

  return cell->type == COORD_VALUE_TEXT ? rows->arena + cell->number : NULL;
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

  return cell->type == COORD_VALUE_BYTES ? g_bytes_new (rows->arena + cell->number, cell->size)
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
