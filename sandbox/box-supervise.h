#pragma once

#include <glib.h>

#include "box-report.h"
#include "box-slot.h"

G_BEGIN_DECLS

/* One program in one box: gives the order, reads its output, watches the clocks, kills the whole
 * tree at a limit, and says what happened from the kernel's counters. */
typedef struct _BoxSupervisor BoxSupervisor;

typedef struct {
  char **command;
  char **environment;
  const BoxLimits *limits;
  GBytes *input; /* NULL: none */
  int input_fd; /* read as the program reads, instead of input; -1: none. Stays the caller's */
  guint rows; /* of a terminal instead of three streams; 0: none */
  guint columns;
  gboolean reads_work; /* files are read afterwards: the outcome waits until the box is dead */
} BoxPhase;

/* Bytes as they come; never more than the output limit altogether. */
typedef void (
  *BoxOutputFunc) (EntStream stream, const guint8 *data, gsize size, gpointer user_data);

/* The program has ended, its output is complete and, with reads_work, the whole box is dead. The
 * outcome is the callee's to read only. */
typedef void (*BoxOutcomeFunc) (const BoxOutcome *outcome, gpointer user_data);

/* Starts the program in a ready box whose work folder is filled. slot stays the caller's, who gets
 * `done` exactly once, never before this returns, and then frees the supervisor. */
BoxSupervisor *box_supervisor_start (BoxSlot *slot,
  int inner_filter,
  const BoxPhase *phase,
  BoxOutputFunc output,
  BoxOutcomeFunc done,
  gpointer user_data);
void box_supervisor_free (BoxSupervisor *supervisor);

/* Input for the terminal. What comes before there is one, or when the program is too far behind, is
 * dropped: FALSE then. */
gboolean box_supervisor_feed (BoxSupervisor *supervisor, const guint8 *data, gsize size);

/* The terminal's new size; its program is told by SIGWINCH. */
void box_supervisor_resize (BoxSupervisor *supervisor, guint rows, guint columns);

/* Kills the program; `done` follows. */
void box_supervisor_stop (BoxSupervisor *supervisor);

G_END_DECLS
