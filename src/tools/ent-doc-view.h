#pragma once

#include "document/ent-doc.h"

G_BEGIN_DECLS

/* Documents as JSON values, for ent-doc-tool and tests: what JSON cannot say is an object with one
 * tag, $undefined, $bigint, $number, $bytes, $subdoc, $xml, $text, $array or $map. Made with the
 * JSON of the document library, which keeps NUL and repairs lone surrogates. Callers own every
 * value returned. */

EntValue *ent_doc_view_value (EntValue *value);

/* The reverse: tags become what they stand for. */
EntValue *ent_doc_view_parse (EntValue *json);

/* A root or nested type; nested ones are tagged. */
EntValue *ent_doc_view_type (EntType *type, gboolean tagged);

/* The text with marks as a delta: an array of {insert, attributes}. */
EntValue *ent_doc_view_delta (EntType *text);

/* Whether both say the same: numbers by value, members in any order. */
gboolean ent_doc_view_equal (EntValue *a, EntValue *b);

G_END_DECLS
