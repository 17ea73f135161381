#pragma once

#include "document/ent-doc.h"

G_BEGIN_DECLS

/* A position that moves with the content: it names the unit it stands at, not a number.
 *
 * With assoc >= 0 it sticks to the unit after it, with assoc < 0 to the unit before it; without
 * such a unit it is an end of its type. Carets and marks are made of these. */
typedef struct _EntRelPos EntRelPos;

/* All O(1), copies of the end of a root O(its name). */
EntRelPos *ent_rel_pos_copy (const EntRelPos *pos);
void ent_rel_pos_free (EntRelPos *pos);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntRelPos, ent_rel_pos_free)

/* O(1), of ends of roots O(their names). */
gboolean ent_rel_pos_equal (const EntRelPos *a, const EntRelPos *b);
int ent_rel_pos_get_assoc (const EntRelPos *pos);

/* The position before character or element at (past the end: the end). Caller owns. O(log n). */
EntRelPos *ent_rel_pos_new (EntType *type, guint32 at, int assoc);
EntRelPos *ent_rel_pos_new_utf16 (EntType *type, guint32 at_utf16, int assoc);

/* Where the position is now; a deleted unit gives the place where it was. FALSE when its unit is
 * unknown or collected. type is lent and may be NULL, as may at and at_utf16. O(log n). */
gboolean ent_rel_pos_resolve (const EntRelPos *pos,
  EntDoc *doc,
  EntType **type,
  guint32 *at,
  guint32 *at_utf16);

/* Both forms that y-protocols uses. Decoders own nothing of their input; caller owns results.
 * Errors: MALFORMED. O(size). */
GBytes *ent_rel_pos_encode (const EntRelPos *pos);
EntRelPos *ent_rel_pos_decode (const guint8 *data, gsize size, GError **error);
EntValue *ent_rel_pos_to_value (const EntRelPos *pos);
EntRelPos *ent_rel_pos_from_value (const EntValue *value, GError **error);

G_END_DECLS
