#pragma once

#include "store/coord-audit-store.h"

G_BEGIN_DECLS

/* The chain over the audit. The hash of a row is the SHA-256 of the hash before it (of nothing, for
 * the first) and of the row's fields, each as "LENGTH:TEXT;": sequence number, time in
 * microseconds, organisation, actor, action, subject, detail. */

/* A job: gives hashes to the rows of an organisation ("": of the installation) that wait. Returns
 * when to go on (now, when there are more), 0 when all have one, -1 on an error. */
gint64 coord_audit_service_chain (CoordDb *db, const char *org_id, gint64 now_us, GError **error);

typedef struct {
  char *org_id; /* "": the installation */
  gint64 rows;
  gint64 waiting; /* rows at the end without a hash yet */
  char *head; /* the last hash, NULL when there is none: write it down elsewhere */
} CoordAuditProof;

void coord_audit_proof_free (CoordAuditProof *proof);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordAuditProof, coord_audit_proof_free)

/* Calculates the whole chain of an organisation again. COORD_ERROR_CONFLICT with a sentence that
 * names the first row that is not what it was. That the newest rows were cut off shows only in
 * comparison with a head that was written down. */
CoordAuditProof *coord_audit_service_verify (CoordDb *db, const char *org_id, GError **error);

G_END_DECLS
