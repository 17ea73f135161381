#pragma once

#include "service/coord-caller.h"

G_BEGIN_DECLS

/* Running code without a room. */

/* With whom the caller shares builds: the organisation of a key, and of a person who belongs to one
 * only; anybody else with nobody but themselves. Nothing that a client sends has a say in it. The
 * caller owns the text. */
char *coord_code_service_get_scope (CoordDb *db,
  const CoordCaller *caller,
  gint64 now_us,
  GError **error);

G_END_DECLS
