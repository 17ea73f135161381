#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Sessions that talk to the holder of one public key alone (see ent-pin.h).
 *
 * The session gets no roots of trust at all then, so that every certificate comes before the
 * watch, which takes the one with the pin; with no pin all is as usual. */
void ent_pinning_prepare (SoupSession *session, const char *pin);

/* For each message of such a session, before it is sent. */
void ent_pinning_watch (SoupSession *session, SoupMessage *message);

G_END_DECLS
