#pragma once

#include "http/coord-request.h"

G_BEGIN_DECLS

/* Requests that may be repeated. A POST that makes something takes the header Idempotency-Key (1 to
 * 128 printable characters): the first answer is kept for 24 hours per user, and given again for
 * the same key and the same request; another request under that key is refused with 422. */
typedef struct _CoordRepeat CoordRepeat;

/* NULL without an error when the request has no key, or its route keeps no answers. */
CoordRepeat *coord_repeat_new (CoordRequest *request, GError **error);
void coord_repeat_free (CoordRepeat *repeat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRepeat, coord_repeat_free)

/* In the worker, before the work: FALSE when there is an answer already, or sets error. */
gboolean coord_repeat_begin (CoordRepeat *repeat, const CoordCall *call, GError **error);

/* In the worker, in the transaction of the work: keeps its answer. */
gboolean coord_repeat_keep (CoordRepeat *repeat,
  const CoordCall *call,
  gconstpointer answer,
  GError **error);

/* On the main thread: gives the kept answer; FALSE when there was none. */
gboolean coord_repeat_reply (CoordRepeat *repeat, CoordRequest *request);

G_END_DECLS
