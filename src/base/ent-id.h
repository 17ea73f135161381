#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Identifiers are UUIDs of version 7 (RFC 9562, section 5.7) in lower-case text: 36 characters, and
 * text order is the order of making within one process, also when the clock steps back. */
#define ENT_ID_LENGTH 36

/* Makes a new identifier; thread-safe; the caller owns the text. */
char *ent_id_new (void);

/* Whether text is a UUID as this library writes them: lower case, hyphens in place, any version. */
gboolean ent_id_is_valid (const char *text);

G_END_DECLS
