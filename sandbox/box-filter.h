#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a program in a box may not ask of the kernel, as a table with a reason for each row. */

typedef enum {
  BOX_FILTER_OUTER, /* loaded by bubblewrap before box-init starts */
  BOX_FILTER_INNER, /* loaded by box-init just before the program starts; includes the outer rows */
} BoxFilterKind;

typedef struct {
  const char *name; /* of the system call */
  BoxFilterKind since; /* OUTER: in both filters; INNER: in the inner one alone */
  int error; /* what the caller gets; 0: it is told that it was done */
  const char *reason;
} BoxFilterRow;

/* The rows that refuse a call whatever its arguments; the last one has no name. */
const BoxFilterRow *box_filter_get_rows (void);

/* Writes the compiled filter into a sealed memfd, close-on-exec, at offset 0. The caller owns the
 * descriptor; -1 with an error. */
int box_filter_build (BoxFilterKind kind, GError **error);

/* Another descriptor of the same bytes with an offset of its own; -1 with an error. */
int box_filter_copy (int filter, GError **error);

/* The filter as text, for people and tests; the caller owns it. */
char *box_filter_describe (BoxFilterKind kind, GError **error);

G_END_DECLS
