#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The certificate of a server that nobody else vouches for: an ECDSA key on P-256 and a certificate
 * signed with it, both in the file DATA/secrets/tls.pem (0600). Links carry its pin (ent-pin.h).
 *
 * Reads it, or makes it at the first start. Returns key and certificate as PEM, to be freed with
 * ent_secret_free(), and the pin, which the caller owns. */
char *coord_certificate_load (const char *data_folder, char **pin, GError **error);

G_END_DECLS
