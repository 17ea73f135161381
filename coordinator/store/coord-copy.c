#include "store/coord-copy.h"

#include <string.h>

#include "store/coord-db-private.h"
#include "store/coord-error.h"
#include "store/coord-migrate.h"

/* Rows may hold documents of megabytes. */
#define BATCH 64

/* A table with its columns, in one order for both engines, keys first. */
typedef struct {
  char *name;
  GPtrArray *columns; /* char; the first n_keys are the primary key */
  guint n_keys;
} Table;

static void
table_free (Table *table)
{
  g_free (table->name);
  g_ptr_array_unref (table->columns);
  g_free (table);
}

static gboolean
read_columns (CoordDb *db, Table *table, GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, db->driver->columns_sql, COORD_TEXT (table->name));

  while (rows != NULL && coord_rows_next (rows)) {
    g_ptr_array_add (table->columns, coord_rows_dup_text (rows, 0));
    table->n_keys += coord_rows_get_int (rows, 1) > 0;
  }
  if (rows != NULL && table->n_keys == 0)
    g_set_error (
      error, COORD_ERROR, COORD_ERROR_INTERNAL, "Table %s has no primary key.", table->name);
  return rows != NULL && table->n_keys > 0;
}

/* In the order of their making, so that what refers comes after what is referred to. */
static GPtrArray *
list_tables (CoordDb *db, GError **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func ((GDestroyNotify) table_free);
  g_autoptr (CoordRows) rows = coord_db_query (db, error, db->driver->tables_sql);

  if (rows == NULL)
    return NULL;
  while (coord_rows_next (rows)) {
    Table *table;

    if (strcmp (coord_rows_get_text (rows, 0), "schema_migration") == 0)
      continue;
    table = g_new0 (Table, 1);
    table->name = coord_rows_dup_text (rows, 0);
    table->columns = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (tables, table);
    if (!read_columns (db, table, error))
      return NULL;
  }
  return g_steal_pointer (&tables);
}

static const Table *
find_table (GPtrArray *tables, const char *name)
{
  for (guint i = 0; i < tables->len; i++)
    if (strcmp (((Table *) tables->pdata[i])->name, name) == 0)
      return tables->pdata[i];
  return NULL;
}

static gboolean
is_same_table (const Table *a, const Table *b)
{
  if (a->columns->len != b->columns->len || a->n_keys != b->n_keys)
    return FALSE;
  for (guint i = 0; i < a->columns->len; i++)
    if (strcmp (a->columns->pdata[i], b->columns->pdata[i]) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
check_schemas (GPtrArray *from, GPtrArray *to, GError **error)
{
  for (guint i = 0; i < from->len; i++) {
    const Table *table = from->pdata[i], *twin = find_table (to, table->name);

    if (twin != NULL && is_same_table (table, twin))
      continue;
    g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT, "The two databases differ in table %s.",
      table->name);
    return FALSE;
  }
  if (from->len == to->len)
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "The target has tables that are not Entrevue's. Give it a database of its own.");
  return FALSE;
}

static char *
join_columns (const Table *table, guint count)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < count; i++)
    g_string_append_printf (text, "%s\"%s\"", i > 0 ? ", " : "", (char *) table->columns->pdata[i]);
  return g_string_free (text, FALSE);
}

static char *
join_parameters (guint count)
{
  GString *text = g_string_new (NULL);

  for (guint i = 1; i <= count; i++)
    g_string_append_printf (text, "%s$%u", i > 1 ? ", " : "", i);
  return g_string_free (text, FALSE);
}

/* A row as parameters, behind the mark that COORD_VALUES() begins with. */
typedef struct {
  CoordValue values[COORD_MAX_PARAMETERS + 2];
  GStringChunk *texts;
  GPtrArray *bytes; /* GBytes */
  gsize size; /* about what it takes on a disk */
} Row;

static void
row_clear (Row *row)
{
  g_clear_pointer (&row->texts, g_string_chunk_free);
  g_clear_pointer (&row->bytes, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, row_clear)

static CoordValue
row_read_value (Row *row, CoordRows *rows, guint column)
{
  const char *text = coord_rows_get_text (rows, column);
  GBytes *bytes = coord_rows_dup_bytes (rows, column);

  if (bytes != NULL) {
    g_ptr_array_add (row->bytes, bytes);
    row->size += g_bytes_get_size (bytes);
    return COORD_BYTES (bytes);
  }
  if (text != NULL) {
    row->size += strlen (text);
    return COORD_TEXT (g_string_chunk_insert (row->texts, text));
  }
  if (coord_rows_is_null (rows, column))
    return (CoordValue){ .type = COORD_VALUE_NULL };
  return COORD_INT (coord_rows_get_int (rows, column));
}

static void
row_read (Row *row, CoordRows *rows, guint count)
{
  g_assert (count <= COORD_MAX_PARAMETERS);
  row_clear (row);
  row->texts = g_string_chunk_new (256);
  row->bytes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  row->values[0] = (CoordValue){ .type = COORD_VALUE_NULL };
  row->size = count * sizeof (gint64);
  for (guint i = 0; i < count; i++)
    row->values[i + 1] = row_read_value (row, rows, i);
  row->values[count + 1] = (CoordValue){ .type = COORD_VALUE_END };
}

static gboolean
is_same_value (const CoordValue *a, const CoordValue *b)
{
  if (a->type != b->type)
    return FALSE;
  switch (a->type) {
  case COORD_VALUE_INT:
    return a->number == b->number;
  case COORD_VALUE_TEXT:
    return strcmp (a->text, b->text) == 0;
  case COORD_VALUE_BYTES:
    return g_bytes_equal (a->bytes, b->bytes);
  default:
    return TRUE;
  }
}

/* Walks a table by its key. */
typedef struct {
  CoordDb *db;
  const Table *table;
  CoordRows *rows; /* the batch */
  Row row; /* stepped to */
} Walk;

static void
walk_clear (Walk *walk)
{
  g_clear_pointer (&walk->rows, coord_rows_free);
  row_clear (&walk->row);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static gboolean
walk_fetch (Walk *walk, GError **error)
{
  const Table *table = walk->table;
  g_autofree char *columns = join_columns (table, table->columns->len);
  g_autofree char *keys = join_columns (table, table->n_keys);
  g_autofree char *marks = join_parameters (table->n_keys);
  g_autofree char *first = g_strdup_printf (
    "SELECT %s FROM \"%s\" ORDER BY %s LIMIT %d", columns, table->name, keys, BATCH);
  g_autofree char *next =
    g_strdup_printf ("SELECT %s FROM \"%s\" WHERE (%s) > (%s) ORDER BY %s LIMIT %d", columns,
      table->name, keys, marks, keys, BATCH);
  gboolean is_first = walk->rows == NULL;

  g_clear_pointer (&walk->rows, coord_rows_free);
  if (!is_first)
    walk->row.values[table->n_keys + 1] = (CoordValue){ .type = COORD_VALUE_END };
  walk->rows = is_first ? coord_db_query (walk->db, error, first)
                        : coord_db_query_values (walk->db, error, next, walk->row.values);
  return walk->rows != NULL;
}

/* Steps to the next row, or sets *is_end; FALSE only for an error. */
static gboolean
walk_next (Walk *walk, gboolean *is_end, GError **error)
{
  *is_end = FALSE;
  if (walk->rows != NULL && coord_rows_next (walk->rows)) {
    row_read (&walk->row, walk->rows, walk->table->columns->len);
    return TRUE;
  }
  if (walk->rows != NULL && coord_rows_count (walk->rows) < BATCH) {
    *is_end = TRUE;
    return TRUE;
  }
  return walk_fetch (walk, error) && walk_next (walk, is_end, error);
}

typedef struct {
  CoordDb *from;
  CoordCopyWatch *watch; /* NULL: nobody looks */
  gint64 n_steps; /* rows to write and to compare */
  gint64 n_done;
  gint64 count; /* rows written */
  gsize n_unseen; /* bytes written since it was asked whether there may be more */
} Copy;

gboolean
coord_copy_watch_check (const CoordCopyWatch *watch, GError **error)
{
  if (watch == NULL || !g_atomic_int_get (&watch->is_cancelled))
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
    "The copy was stopped before its end. Begin it anew.");
  return FALSE;
}

/* One row more was written or compared. */
static gboolean
go_on (Copy *copy, GError **error)
{
  copy->n_done++;
  if (copy->watch == NULL)
    return TRUE;
  g_atomic_int_inc (&copy->watch->pulse);
  g_atomic_int_set (
    &copy->watch->permille, (int) (MIN (copy->n_done, copy->n_steps) * 1000 / copy->n_steps));
  return coord_copy_watch_check (copy->watch, error);
}

/* A row of so many bytes was written. */
static gboolean
may_write_more (Copy *copy, gsize size, GError **error)
{
  copy->n_unseen += size;
  if (copy->n_unseen < COORD_COPY_STRIDE || copy->watch == NULL || copy->watch->may_go_on == NULL)
    return TRUE;
  copy->n_unseen = 0;
  return copy->watch->may_go_on (copy->watch->data, error);
}

static gboolean
copy_table (Copy *copy, const Table *table, CoordDb *to, GError **error)
{
  g_auto (Walk) walk = { .db = copy->from, .table = table };
  g_autofree char *columns = join_columns (table, table->columns->len);
  g_autofree char *marks = join_parameters (table->columns->len);
  g_autofree char *sql =
    g_strdup_printf ("INSERT INTO \"%s\" (%s) VALUES (%s)", table->name, columns, marks);
  gboolean is_end = FALSE;

  while (walk_next (&walk, &is_end, error)) {
    if (is_end)
      return TRUE;
    if (!coord_db_run_values (to, error, sql, walk.row.values) ||
        !may_write_more (copy, walk.row.size, error) || !go_on (copy, error))
      return FALSE;
    copy->count++;
  }
  return FALSE;
}

static gboolean
compare_table (Copy *copy, const Table *table, CoordDb *to, GError **error)
{
  g_auto (Walk) a = { .db = copy->from, .table = table }, b = { .db = to, .table = table };
  gboolean is_a_end = FALSE, is_b_end = FALSE;

  for (guint64 number = 1; walk_next (&a, &is_a_end, error) && walk_next (&b, &is_b_end, error);
       number++) {
    gboolean is_same = is_a_end == is_b_end;

    for (guint i = 1; i <= table->columns->len && is_same && !is_a_end; i++)
      is_same = is_same_value (&a.row.values[i], &b.row.values[i]);
    if (!is_same) {
      g_set_error (error, COORD_ERROR, COORD_ERROR_INTERNAL,
        "Row %" G_GUINT64_FORMAT " of table %s did not arrive as it was.", number, table->name);
      return FALSE;
    }
    if (is_a_end)
      return TRUE;
    if (!go_on (copy, error))
      return FALSE;
  }
  return FALSE;
}

/* For who looks how far it is; what is counted is seen in one transaction with what is copied. */
static gboolean
count_steps (Copy *copy, GPtrArray *tables, GError **error)
{
  copy->n_steps = 1;
  for (guint i = 0; copy->watch != NULL && i < tables->len; i++) {
    g_autofree char *sql =
      g_strdup_printf ("SELECT COUNT (*) FROM \"%s\"", ((Table *) tables->pdata[i])->name);
    g_autoptr (CoordRows) rows = coord_db_query (copy->from, error, sql);

    if (rows == NULL || !coord_rows_next (rows))
      return FALSE;
    copy->n_steps += 2 * coord_rows_get_int (rows, 0);
    g_atomic_int_inc (&copy->watch->pulse);
  }
  return TRUE;
}

static gboolean
is_empty (CoordDb *db, const Table *table, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM \"%s\" LIMIT 1", table->name);
  g_autoptr (CoordRows) rows = coord_db_query (db, error, sql);

  if (rows != NULL && coord_rows_count (rows) > 0)
    g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "The target is not empty: table %s has rows. Nothing was copied.", table->name);
  return rows != NULL && coord_rows_count (rows) == 0;
}

static gpointer
copy_cb (CoordDb *to, gpointer data, GError **error)
{
  Copy *copy = data;
  g_autoptr (GPtrArray) tables = list_tables (copy->from, error);
  g_autoptr (GPtrArray) targets = tables != NULL ? list_tables (to, error) : NULL;

  if (targets == NULL || !check_schemas (tables, targets, error))
    return NULL;
  for (guint i = 0; i < tables->len; i++)
    if (!is_empty (to, tables->pdata[i], error))
      return NULL;
  if (!count_steps (copy, tables, error))
    return NULL;
  for (guint i = 0; i < tables->len; i++)
    if (!copy_table (copy, tables->pdata[i], to, error))
      return NULL;
  for (guint i = 0; i < tables->len; i++)
    if (!compare_table (copy, tables->pdata[i], to, error))
      return NULL;
  return NULL;
}

gint64
coord_copy (CoordDb *from, CoordDb *to, CoordCopyWatch *watch, GError **error)
{
  g_autoptr (GError) failure = NULL;
  Copy copy = { .from = from, .watch = watch };

  if (!coord_migrate_check (from, error) || !coord_migrate_check (to, error) ||
      !from->driver->begin (from, COORD_DB_READER, error))
    return -1;
  coord_db_transaction (to, copy_cb, &copy, &failure);
  coord_db_run (from, NULL, "ROLLBACK");
  if (failure == NULL)
    return copy.count;
  g_propagate_error (error, g_steal_pointer (&failure));
  return -1;
}

/* Walking reads all columns, so that a page that cannot be read is found. */
gint64
coord_copy_count (CoordDb *db, GError **error)
{
  g_autoptr (GPtrArray) tables = list_tables (db, error);
  gint64 count = 0;

  if (tables == NULL)
    return -1;
  for (guint i = 0; i < tables->len; i++) {
    g_auto (Walk) walk = { .db = db, .table = tables->pdata[i] };
    gboolean is_end = FALSE;

    while (!is_end) {
      if (!walk_next (&walk, &is_end, error))
        return -1;
      count += !is_end;
    }
  }
  return count;
}
