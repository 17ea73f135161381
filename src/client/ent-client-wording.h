#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The server's stable codes as sentences in the person's language: what happened, and what to do.
 *
 * Borrowed; NULL for a code that is unknown or says too little, where the server's own detail is
 * the better sentence. */

/* For a code of an HTTP answer. */
const char *ent_client_wording_get (const char *code);

/* For a code of the answer to joining a room: some codes say more there. */
const char *ent_client_wording_get_for_join (const char *code);

/* For a code of an error message on a room's socket. */
const char *ent_client_wording_get_for_room (const char *code);

G_END_DECLS
