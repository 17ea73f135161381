#pragma once

#include "coord-config.h"
#include "protocol/ent-api-admin.h"
#include "service/coord-caller.h"

G_BEGIN_DECLS

/* Backups that site administrators ask for, as jobs of the process that was asked; anybody else is
 * refused with COORD_ERROR_DENIED. jobs/coord-backups.h makes them. */

#define COORD_JOB_BACKUP "backup"
#define COORD_BACKUP_PER_HOUR 2

/* Whether the caller may, there is a folder for them, and this process makes no other one:
 * COORD_ERROR_CONFLICT. Only reads. */
gboolean coord_backup_service_check (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  const char *process,
  GError **error);

/* What is to be made, and where. */
typedef struct {
  char *job;
  char *folder; /* where it will be; it does not exist yet */
} CoordBackupOrder;

void coord_backup_order_free (CoordBackupOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordBackupOrder, coord_backup_order_free)

/* Checks that, and writes down that this process makes one. */
CoordBackupOrder *coord_backup_service_ask (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  const char *process,
  gint64 now_us,
  GError **error);

/* COORD_ERROR_NOT_FOUND. process: of who asks. */
EntApiAdminJob *coord_backup_service_show (CoordDb *db,
  const CoordCaller *caller,
  const char *job,
  const char *process,
  GError **error);

/* It is made, of so many rows; or not, with a sentence why. */
gboolean coord_backup_service_end (CoordDb *db,
  const CoordBackupOrder *order,
  gint64 n_rows,
  const char *message,
  gint64 now_us,
  GError **error);

G_END_DECLS
