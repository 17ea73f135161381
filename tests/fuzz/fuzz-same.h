#pragma once

#include <glib.h>

/* What makes an input do the same each time: ids and secrets are counted (linked in place of the
 * random ones), and what is logged goes nowhere but for criticals, which end the process. */

/* Begins counting anew. The n-th id is 00000000-0000-7000-8000- and n as 12 hexadecimal digits. */
void fuzz_same_begin (void);

/* Once, before all else. */
void fuzz_same_set_up (void);

/* One turn of the default main context; FALSE when there was nothing to do. */
gboolean fuzz_same_turn (void);

/* Runs the default main context until nothing is left to do. */
void fuzz_same_settle (void);

/* Whether this is UTF-8, with or without NULs, as the text of a WebSocket may be. */
gboolean fuzz_same_is_text (const void *data, gsize size);

/* What is interned (quarks) is never freed: an assertion when some of this input was, so that
 * nobody outside can fill the memory. Of the first call only the state is kept. */
void fuzz_same_check_interned (const void *data, gsize size);
