#pragma once

#include "service/coord-caller.h"
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

/* Whether the caller may read the audit: A that of the organisation, S that of the installation
 * (org
 * "" or NULL) and nothing else. */
gboolean coord_audit_service_check_reader (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  GError **error);

/* A page of the audit, for those who may read it. after is the cursor of an earlier answer, or "";
 * before_seq of the search is taken from it. */
EntApiAuditList *coord_audit_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordAuditSearch *search,
  const char *after,
  GError **error);

G_END_DECLS
