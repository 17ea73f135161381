#pragma once

#include "protocol/ent-api-admin.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Jobs of site administrators that take long, each done by one process. Until it ends it has a
 * lease by the database's clock, which the process prolongs; one whose lease is over has failed. */

#define COORD_ADMIN_JOB_LEASE_US (30 * G_TIME_SPAN_SECOND)
#define COORD_ADMIN_JOB_KEPT_US (90 * G_TIME_SPAN_DAY)

gboolean coord_admin_job_store_add (CoordDb *db,
  const char *id,
  const char *kind,
  const char *process,
  const char *folder,
  gint64 now_us,
  GError **error);

/* COORD_ERROR_NOT_FOUND. process: of who asks, which where nobody else can serve is the only one.
 */
EntApiAdminJob *
coord_admin_job_store_find (CoordDb *db, const char *id, const char *process, GError **error);

/* Sets *id to one of this kind that the process does now, or to NULL; the caller owns it. */
gboolean coord_admin_job_store_find_running (CoordDb *db,
  const char *kind,
  const char *process,
  char **id,
  GError **error);

/* Prolongs the lease, and says how far it is; nothing when it has ended. */
gboolean coord_admin_job_store_renew (CoordDb *db, const char *id, gint64 permille, GError **error);

/* It is done, or has failed, with a sentence why. */
gboolean coord_admin_job_store_end (CoordDb *db,
  const char *id,
  gint64 row_count,
  const char *message,
  gint64 now_us,
  GError **error);

gboolean coord_admin_job_store_tidy (CoordDb *db, gint64 now_us, GError **error);

G_END_DECLS
