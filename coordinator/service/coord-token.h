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

/* What a token says, its signature checked and its times not. */
typedef struct {
  CoordCaller caller;
  gint64 from_s; /* the later of nbf and iat */
  gint64 until_s;
} CoordTokenGrant;

/* The two halves of coord_token_verify(), for who does the first one once: reading, NULL for what
 * is no token of ours; and comparing the times. */
CoordTokenGrant *coord_token_read (const CoordSecrets *secrets, const char *token, GError **error);
gboolean coord_token_grant_check (const CoordTokenGrant *grant, gint64 now_us, GError **error);

/* A copy. */
CoordCaller *coord_token_grant_dup_caller (const CoordTokenGrant *grant);
void coord_token_grant_free (CoordTokenGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordTokenGrant, coord_token_grant_free)

G_END_DECLS
