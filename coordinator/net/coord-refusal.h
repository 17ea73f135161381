#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Answers of the door itself, in the words of the routes' problems. */

/* Written straight to a descriptor on which nothing was written before; FALSE when it takes
 * nothing. */
gboolean coord_refusal_send_no_request (int fd);
gboolean coord_refusal_send_too_large (int fd);

/* For a request that came to the proxy without encryption. Nobody is led on to the encrypted
 * address from here: who sent a token has shown it already, and must hear of it. */
void coord_refusal_set_unencrypted (SoupServerMessage *message);

/* For a WebSocket when there are as many as this server takes. */
void coord_refusal_set_full (SoupServerMessage *message);

G_END_DECLS
