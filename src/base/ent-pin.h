#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The pin of an X.509 certificate (DER): base64url of the SHA-256 of its public key with the key's
 * algorithm (SubjectPublicKeyInfo). It stays the same when a certificate is made anew for the same
 * key. NULL when the bytes are no certificate. The caller owns it. */
char *ent_pin_of_certificate (gconstpointer der, gsize size);

G_END_DECLS
