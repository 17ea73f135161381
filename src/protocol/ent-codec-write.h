#pragma once

#include "protocol/ent-codec.h"

G_BEGIN_DECLS

/* The writing half of the codec, for ent-codec.c alone: appends compact JSON straight to a text.
 * json-glib's tree of nodes costs ten times as much. All texts must be valid UTF-8. */

void ent_codec_write_string (GString *out, const char *text);
void ent_codec_write_int (GString *out, gint64 number);

/* The struct as one JSON object; what is optional and empty is left out. */
void ent_codec_write_struct (GString *out, const EntStruct *type, gconstpointer value);

G_END_DECLS
