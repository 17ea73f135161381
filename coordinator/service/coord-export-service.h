#pragma once

#include "protocol/ent-api-privacy.h"
#include "service/coord-caller.h"

G_BEGIN_DECLS

/* A copy of all that is kept of a person, for them to take along: a ZIP with documents in JSON, the
 * picture, and what they wrote in interviews. Asked for, made by a job, told of by mail, and kept
 * for some days for nobody but them. */

#define COORD_JOB_EXPORT "account.export" /* subject: a person */

#define COORD_EXPORT_PER_DAY 2
#define COORD_EXPORT_KEPT_DAYS 3
#define COORD_EXPORT_MAX_BYTES (16 * 1024 * 1024) /* of the archive; what is over stays out */
#define COORD_EXPORT_MAX_ROOMS 500 /* the newest */

/* Of the caller. That it is them was confirmed before. */
EntApiExport *
coord_export_service_ask (CoordDb *db, const CoordCaller *caller, gint64 now_us, GError **error);
EntApiExport *
coord_export_service_show (CoordDb *db, const CoordCaller *caller, gint64 now_us, GError **error);

/* The archive, for the person alone: COORD_ERROR_NOT_FOUND for everybody else. person_id NULL: the
 * caller's. */
GBytes *coord_export_service_fetch (CoordDb *db,
  const CoordCaller *caller,
  const char *person_id,
  gint64 now_us,
  GError **error);
gboolean coord_export_service_remove (CoordDb *db, const CoordCaller *caller, GError **error);

/* What is to be stored. */
typedef struct {
  gint64 requested_us;
  GBytes *archive;
} CoordExport;

void coord_export_free (CoordExport *copy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordExport, coord_export_free)

/* The archive; in a reader, and it may take seconds. The caller owns it. */
GBytes *
coord_export_service_make (CoordDb *db, const char *person_id, gint64 now_us, GError **error);

/* The job's first half, in a reader: NULL without an error when there is nothing to do any more.
 * The second half stores it and has the person told; nothing when it was asked for anew meanwhile.
 */
gpointer
coord_export_service_prepare (CoordDb *db, const char *subject, gint64 now_us, GError **error);
gint64 coord_export_service_store (CoordDb *db,
  const char *subject,
  gpointer prepared,
  gint64 now_us,
  GError **error);

G_END_DECLS
