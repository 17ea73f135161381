#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* How far a copy is, and whether it goes on. The numbers are for another thread, which reads and
 * writes them by g_atomic_int_get() and _set(); the function is called by the copying one. */
typedef struct {
  gint permille; /* of rows that were written, and then compared */
  gint pulse; /* another number with each of them */
  gint is_cancelled; /* ends it with COORD_ERROR_UNAVAILABLE */
  /* Asked after each COORD_COPY_STRIDE bytes that were written; FALSE ends the copy with the error
   * that it sets. NULL: nobody is asked. */
  gboolean (*may_go_on) (gpointer data, GError **error);
  gpointer data; /* for it */
} CoordCopyWatch;

#define COORD_COPY_STRIDE (1024 * 1024)

/* Whether it goes on, from outside of the copy: FALSE with COORD_ERROR_UNAVAILABLE. */
gboolean coord_copy_watch_check (const CoordCopyWatch *watch, GError **error);

/* Copies a whole database into an empty one of the same schema number, of either engine, and then
 * compares both row by row. from stays as it is; to gets all or nothing. Nobody may write to either
 * meanwhile. Returns the number of rows, or -1: COORD_ERROR_CONFLICT when to is not empty or
 * the schemas differ, COORD_ERROR_INTERNAL when a row did not arrive as it was. watch may be NULL.
 */
gint64 coord_copy (CoordDb *from, CoordDb *to, CoordCopyWatch *watch, GError **error);

/* Reads every row of every table of the newest schema; returns their number, or -1. */
gint64 coord_copy_count (CoordDb *db, GError **error);

G_END_DECLS
