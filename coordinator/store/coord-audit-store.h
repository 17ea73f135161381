#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* The audit: who did what, in rows that are never changed. Those of one organisation (and those of
 * the whole installation, organisation "") are chained: each has a hash over itself and the one
 * before, so that a row that was changed, put in or taken out is found. */

typedef struct {
  gint64 seq;
  gint64 at_us;
  char *org_id; /* NULL: the whole installation */
  char *actor;
  char *action;
  char *subject;
  char *detail;
  char *chain; /* hexadecimal SHA-256; NULL: not chained yet */
} CoordAuditRow;

void coord_audit_row_free (CoordAuditRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordAuditRow, coord_audit_row_free)

/* Adds a row in the transaction that it belongs to, and has it chained soon. org may be NULL; actor
 * is a person's id, or "operator" for the command line. No contents, tokens or passwords. */
gboolean coord_audit_store_add (CoordDb *db,
  const char *org_id,
  const char *actor,
  const char *action,
  const char *subject,
  const char *detail,
  gint64 now_us,
  GError **error);

/* The rows of an organisation ("" or NULL: of the installation) after seq, oldest first. */
GPtrArray *coord_audit_store_list (CoordDb *db,
  const char *org_id,
  gint64 after_seq,
  guint limit,
  GError **error);

/* What a search in the audit looks for. */
typedef struct {
  const char *org_id; /* "" or NULL: of the installation */
  const char *actor; /* NULL: any */
  const char *action; /* NULL: any */
  gint64 since_us;
  gint64 until_us;
  gint64 before_seq;
  guint limit;
} CoordAuditSearch;

/* The rows that match, the newest first. */
GPtrArray *coord_audit_store_search (CoordDb *db, const CoordAuditSearch *search, GError **error);

/* The rows that wait for their hash, oldest first; and the hash of the last that has one, NULL
 * without an error when none has. */
GPtrArray *
coord_audit_store_list_waiting (CoordDb *db, const char *org_id, guint limit, GError **error);
char *coord_audit_store_find_head (CoordDb *db, const char *org_id, GError **error);

/* The time that the last entry of all has; 0 when there is none or it cannot be read. */
gint64 coord_audit_store_get_last_at (CoordDb *db);

gboolean coord_audit_store_set_chain (CoordDb *db, gint64 seq, const char *chain, GError **error);

/* All organisations that have rows, "" first when the installation has. */
GStrv coord_audit_store_list_orgs (CoordDb *db, GError **error);

G_END_DECLS
