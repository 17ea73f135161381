#pragma once

#include "http/coord-request.h"

G_BEGIN_DECLS

/* What is done once the caller has shown that it is really them. The result of func is taken by
 * done, as in coord_request_work(). */
typedef struct {
  CoordServiceFunc func;
  GDestroyNotify result_free;
  CoordWorkDone done;
} CoordDeed;

/* Compares the password with that of the caller's account, then does the deed in a writer; the
 * request is answered when it is not right, or was tried too often. An account without a password,
 * whose owner signs in elsewhere, is confirmed by a sign-in of the last 15 minutes. deed is copied.
 */
void coord_confirm (CoordRequest *request, const char *password, const CoordDeed *deed);

G_END_DECLS
