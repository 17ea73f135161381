#pragma once

#include "store/coord-db.h"

/* What a driver does; shared by coord-db.c and the drivers only. */
typedef struct {
  CoordRows *(*query) (CoordDb *db, GError **error, const char *sql, const CoordValue *values);
  /* Whether a transaction is still open: an engine may end it by itself when its disk is full. */
  gboolean (*is_in_transaction) (CoordDb *db);
  void (*close) (CoordDb *db);
} CoordDbDriver;

/* The first member of every driver's connection. */
struct _CoordDb {
  const CoordDbDriver *driver;
};

/* Building rows: cells are added in order, n_columns to a row. */
CoordRows *coord_rows_new (guint n_columns);
void coord_rows_add_null (CoordRows *rows);
void coord_rows_add_int (CoordRows *rows, gint64 number);
void coord_rows_add_text (CoordRows *rows, const char *text, gsize size);
void coord_rows_add_bytes (CoordRows *rows, const void *data, gsize size);
