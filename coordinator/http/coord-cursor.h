#pragma once

#include "coord-secrets.h"

G_BEGIN_DECLS

/* The cursors of lists. What services call the place where the next page starts is sealed on its
 * way out and opened on its way in: a cursor is only what this server gave to this caller for this
 * list. scope says which (the route and the caller). */

char *coord_cursor_seal (const CoordSecrets *secrets, const char *scope, const char *place);

/* NULL when it is no such cursor; the caller owns the place. */
char *coord_cursor_open (const CoordSecrets *secrets, const char *scope, const char *cursor);

G_END_DECLS
