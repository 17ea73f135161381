#pragma once

#include "coord-secrets.h"
#include "service/coord-caller.h"

G_BEGIN_DECLS

/* Access tokens: JWT, HS256 and nothing else, 15 minutes. The header is checked member by member
 * before the library sees the token. */
#define COORD_ACCESS_SECONDS (15 * 60)

/* The caller owns the text. */
char *coord_token_sign (const CoordSecrets *secrets, const CoordCaller *caller, gint64 now_us);

/* COORD_ERROR_TOKEN_EXPIRED, or COORD_ERROR_NOT_SIGNED_IN for everything that is not a token of
 * ours. */
CoordCaller *
coord_token_verify (const CoordSecrets *secrets, const char *token, gint64 now_us, GError **error);

G_END_DECLS
