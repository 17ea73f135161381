#pragma once

#include "store/coord-db.h"

/* Parameters of one statement. */
#define COORD_MAX_PARAMETERS 32

/* What a driver does; shared by coord-db.c and the drivers only. */
typedef struct {
  const char *name; /* of the folder with its migrations */
  const char *tables_sql; /* names of all tables, in the order of their making */
  const char *columns_sql; /* of table $1: names, keys first in their order; 1 for a key */
  const char *size_sql; /* bytes that its tables take, as far as the engine knows */
  const char *now_sql; /* microseconds since 1970 by the server's clock; NULL: this host's */
  CoordRows *(*query) (CoordDb *db, GError **error, const char *sql, const CoordValue *values);
  gboolean shares_reads; /* a statement that failed spoils nothing for the next read */
  /* Begins a transaction, a writer's alone among all writers. */
  gboolean (*begin) (CoordDb *db, CoordDbMode mode, GError **error);
  /* Whether a transaction is still open: an engine may end it by itself when its disk is full. */
  gboolean (*is_in_transaction) (CoordDb *db);
  /* A COMMIT has failed: sees to it that no later start finds what it wrote; NULL: nothing to do */
  void (*forget_commit) (CoordDb *db);
  /* coord_db_claim(); NULL where the data folder's lock does it. */
  gboolean (*claim) (CoordDb *db, CoordDbClaim claim, GError **error);
  /* The two of these names; NULL where nobody else can be there. */
  gboolean (*wake_listeners) (CoordDb *db, GError **error);
  gboolean (*listen) (CoordDb *db, int wake_fd, guint timeout_ms, GError **error);
  gboolean (*check) (CoordDb *db, GError **error); /* NULL: nothing to do */
  gboolean (*check_space) (CoordDb *db, GError **error); /* NULL: it cannot be seen */
  void (*close) (CoordDb *db);
} CoordDbDriver;

/* The drivers' doors; coord_db_open() chooses. */
CoordDb *coord_db_open_sqlite (const char *path, CoordDbMode mode, GError **error);
CoordDb *coord_db_open_postgres (const char *uri, GError **error);

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
