#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Random bytes, tokens and texts that must not stay in memory. */

/* Fills data from the kernel's generator; never fails (the process ends if the kernel has none). */
void ent_secret_fill_random (void *data, gsize size);

/* A new token: 256 random bits as 43 characters of base64url without padding. Free with
 * ent_secret_free(). */
char *ent_secret_new_token (void);

/* Base64url without padding (RFC 4648, section 5); the caller owns the text. */
char *ent_secret_base64url (const void *data, gsize size);

/* The reverse; NULL when text is not base64url. The caller owns the bytes. */
GBytes *ent_secret_from_base64url (const char *text);

/* SHA-256 of the text in lower-case hex: how tokens are stored. */
char *ent_secret_hash (const char *token);

/* Compares in time that does not depend on where the texts differ. */
gboolean ent_secret_equal (const char *a, const char *b);

/* Overwrites the text and frees it; NULL is fine. */
void ent_secret_free (char *secret);

G_END_DECLS
