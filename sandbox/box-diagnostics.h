#pragma once

#include <glib.h>

#include "box-language.h"

G_BEGIN_DECLS

/* Finds the errors in what a compiler said. Text from outside: any bytes, any length. */

#define BOX_DIAGNOSTICS_MAX 100
#define BOX_DIAGNOSTICS_MAX_BYTES (20 * 1024) /* of all names and messages */

/* A list of EntMsgCompileError in the order said (errors only, no warnings or notes), at most
 * BOX_DIAGNOSTICS_MAX, messages cut at 500 bytes, BOX_DIAGNOSTICS_MAX_BYTES together. The caller
 * owns it; empty when there is none. */
GPtrArray *box_diagnostics_parse (BoxDiagnostics kind, const char *text, gsize size);

G_END_DECLS
