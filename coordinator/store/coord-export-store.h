#pragma once

#include "protocol/ent-api-privacy.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* A person's copy of what is kept of them: at most one each. */

/* Asks for a new one; one that is there goes. */
gboolean coord_export_store_ask (CoordDb *db,
  const char *person_id,
  gint64 now_us,
  gint64 expires_at_us,
  GError **error);

/* COORD_ERROR_NOT_FOUND when there is none, or it has expired. */
EntApiExport *
coord_export_store_find (CoordDb *db, const char *person_id, gint64 now_us, GError **error);

/* The archive; COORD_ERROR_NOT_FOUND when it is not ready, or not there any more. */
GBytes *
coord_export_store_fetch (CoordDb *db, const char *person_id, gint64 now_us, GError **error);

/* Keeps the archive, when it is the one that was asked for then. *is_kept: whether it was. */
gboolean coord_export_store_save (CoordDb *db,
  const char *person_id,
  gint64 requested_us,
  GBytes *data,
  gint64 now_us,
  gint64 expires_at_us,
  gboolean *is_kept,
  GError **error);

gboolean coord_export_store_remove (CoordDb *db, const char *person_id, GError **error);
gboolean coord_export_store_tidy (CoordDb *db, gint64 now_us, GError **error);

/* What stands in a copy, a document each. No secrets, hashed or not, and nothing of other people
 * but the names of organisations. Columns are named with a mark before those that are no text: @
 * time, # number, ? yes or no, { JSON. */
typedef struct {
  const char *name; /* of the document, as in coord-person-store.h */
  const char *about; /* a sentence */
  const char *columns; /* names with spaces between */
  const char *sql;
  gboolean wants_address; /* $2; empty when it is not known to be the person's */
} CoordExportDocument;

const CoordExportDocument *coord_export_store_list_documents (guint *n_documents);
CoordRows *coord_export_store_read (CoordDb *db,
  const CoordExportDocument *document,
  const char *person_id,
  const char *address,
  GError **error);

/* The rooms in which the person has or had a place, the newest first. Free with
 * g_ptr_array_unref().
 */
typedef struct {
  char *room_id;
  char *participant_id;
  char *title;
  gint64 starts_at_us;
  gboolean is_removed; /* the record */
} CoordExportRoom;

GPtrArray *
coord_export_store_list_rooms (CoordDb *db, const char *person_id, guint limit, GError **error);

G_END_DECLS
