#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Answers to requests with an Idempotency-Key are kept so long. */
#define COORD_KEPT_ANSWER_US G_TIME_SPAN_DAY

/* A job: removes what has expired and nobody can ask for any more: tokens, sessions that ended 30
 * days ago, kept answers, notices between nodes. Returns when to do it again, -1 on an error. */
gint64 coord_tidy_service_run (CoordDb *db, const char *subject, gint64 now_us, GError **error);

G_END_DECLS
