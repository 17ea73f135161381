#pragma once

#include "service/coord-token.h"

G_BEGIN_DECLS

/* Remembers access tokens whose signature was right, so that it is computed once for each and not
 * for each request. Keyed by a hash of the whole token, bounded; main thread only.
 *
 * It replaces nothing but the arithmetic: the times of a token are compared at each use, and
 * whether its account, session and credential version still stand is looked up in the transaction
 * of each request (coord_caller_check()), whatever is remembered here. */
typedef struct _CoordTokenCache CoordTokenCache;

/* Remembers max tokens at most; when there are more, those that were not asked for lately go.
 * secrets is borrowed and must live longer. */
CoordTokenCache *coord_token_cache_new (const CoordSecrets *secrets, guint max);
void coord_token_cache_free (CoordTokenCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordTokenCache, coord_token_cache_free)

/* As coord_token_verify(). */
CoordCaller *
coord_token_cache_verify (CoordTokenCache *cache, const char *token, gint64 now_us, GError **error);

/* How many tokens are remembered. */
guint coord_token_cache_count (CoordTokenCache *cache);

G_END_DECLS
