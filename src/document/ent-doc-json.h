#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether size bytes are one JSON text, at most max_depth deep. Strict, no recursion. O(n). */
gboolean ent_json_is_valid (const char *json, gsize size, guint max_depth);

/* Appends text as a JSON string with its quotes. O(size). */
void ent_json_append_string (GString *out, const char *text, gsize size);

G_END_DECLS
