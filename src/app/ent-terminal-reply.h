#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether this is what a terminal answers by itself when a program asks it something (where the
 * caret is, what it is, its colours, whether it has the focus), and no key that somebody pressed.
 * Everybody in a room shows the same terminal: only one of them may answer. size -1:
 * NUL-terminated. */
gboolean ent_terminal_is_reply (const char *text, gssize size);

G_END_DECLS
