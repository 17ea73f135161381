#pragma once

#include <stdint.h>

#include "document/ent-doc.h"

/* What the targets of the document library share. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Inputs of many parts are parts behind two bytes of length. Takes the next one; FALSE at the end.
 * The copy is exactly as long as the part, so that a read past its end is seen. Caller owns it. */
static inline GBytes *
fuzz_take_part (const uint8_t **data, size_t *size)
{
  gsize length;
  GBytes *part;

  if (*size < 2)
    return NULL;
  length = MIN ((gsize) ((*data)[0] | (*data)[1] << 8), *size - 2);
  part = g_bytes_new (*data + 2, length);
  *data += 2 + length;
  *size -= 2 + length;
  return part;
}

static inline void
fuzz_check (EntDoc *doc)
{
  g_autoptr (GError) error = NULL;

  ent_doc_check (doc, &error);
  g_assert_no_error (error);
}

/* A replica made from the full state is sound and knows the same, or more when a stranger's struct
 * waited for a unit that we have written since: it comes in with the next update. Its content may
 * differ when strangers break the rules, with a right origin left of the origin for example. */
static inline void
fuzz_check_copy (EntDoc *doc)
{
  g_autoptr (EntDoc) copy = ent_doc_new (6, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) state = ent_doc_encode (doc);
  g_autoptr (EntStateVector) known = ent_doc_dup_state_vector (doc);
  g_autoptr (EntStateVector) copied = NULL;
  g_autoptr (GError) error = NULL;

  ent_doc_apply_bytes (copy, state, NULL, &error);
  g_assert_no_error (error);
  fuzz_check (copy);
  copied = ent_doc_dup_state_vector (copy);
  g_assert_true (ent_state_vector_covers (copied, known));
  g_assert_true (ent_doc_has_pending_structs (doc) || ent_state_vector_covers (known, copied));
}

/* Updates that we make can be read. */
static inline void
fuzz_assert_readable (GBytes *update)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, &error);

  g_assert_no_error (error);
  g_assert_nonnull (info);
}
