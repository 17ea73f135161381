#pragma once

#include "protocol/ent-api-admin.h"
#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Jobs of site administrators that take long, each done by one process. Until it ends it has a
 * lease by the database's clock, which the process prolongs; one whose lease is over has failed. */

#define COORD_JOB_BACKUP "backup" /* a kind */
#define COORD_ADMIN_JOB_LEASE_US (30 * G_TIME_SPAN_SECOND)
#define COORD_ADMIN_JOB_KEPT_US (90 * G_TIME_SPAN_DAY)

/* asked_by: a person's id; NULL: the operator, by the command line. */
gboolean coord_admin_job_store_add (CoordDb *db,
  const char *id,
  const char *kind,
  const char *process,
  const char *folder,
  const char *asked_by,
  gint64 now_us,
  GError **error);

/* COORD_ERROR_NOT_FOUND. process, here and below: of who asks, which where nobody else can serve is
 * the only one; NULL: a command asks. */
EntApiAdminJob *
coord_admin_job_store_find (CoordDb *db, const char *id, const char *process, GError **error);

/* One page of those of a kind, as GPtrArray of EntApiAdminJob, the newest first. */
GPtrArray *coord_admin_job_store_list (CoordDb *db,
  const char *kind,
  const char *process,
  const CoordPage *page,
  GError **error);

/* The folders (char) of those that a living process does now. */
GPtrArray *coord_admin_job_store_list_running (CoordDb *db, const char *process, GError **error);

/* When somebody asked for the nth newest of a kind; 0: never for so many; -1 on error. */
gint64 coord_admin_job_store_find_nth (CoordDb *db,
  const char *kind,
  const char *asked_by,
  guint nth,
  GError **error);

/* Writes into a finished copy that it was made: what was copied knows of it at most that it was
 * being made, and a server that is restored from it would miss it. Returns how many rows came to
 * it, 1 where nothing was known (the command line makes it); -1 on error. */
gint64 coord_admin_job_store_note_copy (CoordDb *copy,
  const char *folder,
  gint64 row_count,
  gint64 byte_count,
  gint64 began_us,
  gint64 now_us,
  GError **error);

typedef struct {
  gint64 last_us; /* when the last that was done ended; 0: none is known */
  gint64 took_us; /* it */
  gint64 bytes; /* of it */
  gint64 failed; /* since then */
  gint64 running;
} CoordAdminJobCounts;

gboolean coord_admin_job_store_read_counts (CoordDb *db,
  const char *kind,
  const char *process,
  CoordAdminJobCounts *counts,
  GError **error);

/* Sets *id to one of this kind that a living process does now, or to NULL; the caller owns it. */
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
  gint64 byte_count,
  const char *message,
  gint64 now_us,
  GError **error);

/* What was made by one that is done is not there any more. */
gboolean coord_admin_job_store_remove_result (CoordDb *db, const char *folder, GError **error);

gboolean coord_admin_job_store_tidy (CoordDb *db, gint64 now_us, GError **error);

G_END_DECLS
