#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Answers that are kept for a day, so that a request whose answer was lost can be repeated without
 * doing its work twice (the header Idempotency-Key). */

typedef struct {
  char *request; /* hash of what was asked */
  guint status;
  char *body;
} CoordKeptAnswer;

void coord_kept_answer_free (CoordKeptAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordKeptAnswer, coord_kept_answer_free)

/* The answer to this key of a person, given since that time; NULL without an error when there is
 * none. */
CoordKeptAnswer *coord_kept_answer_store_find (CoordDb *db,
  const char *person_id,
  const char *key,
  gint64 since_us,
  GError **error);

/* Keeps an answer in the transaction of its work; replaces one that is too old. */
gboolean coord_kept_answer_store_put (CoordDb *db,
  const char *person_id,
  const char *key,
  const CoordKeptAnswer *answer,
  gint64 now_us,
  GError **error);

G_END_DECLS
