#pragma once

#include "coord-config.h"
#include "protocol/ent-api-admin.h"
#include "service/coord-caller.h"
#include "store/coord-backup.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Backups that site administrators ask for, as jobs of the process that was asked; anybody else is
 * refused with COORD_ERROR_DENIED. jobs/coord-backups.h makes them. */

#define COORD_BACKUP_PER_HOUR 2

typedef struct {
  gint64 bytes; /* about what the copy will take */
  gint64 wait_s; /* how long the caller has to wait, who has asked too often; 0: not at all */
} CoordBackupNeed;

/* Whether the caller may, there is a folder for it, and no coordinator makes another one:
 * COORD_ERROR_CONFLICT. Only reads. The caller frees the result. */
CoordBackupNeed *coord_backup_service_check (CoordDb *db,
  const CoordCaller *caller,
  const CoordConfig *config,
  const char *process,
  gint64 now_us,
  GError **error);

/* What is said to who has to wait: COORD_ERROR_TOO_FAST. */
GError *coord_backup_service_refuse_haste (gint64 wait_s);

/* What is to be made, and where. */
typedef struct {
  char *job;
  char *folder; /* where it will be; it does not exist yet */
} CoordBackupOrder;

void coord_backup_order_free (CoordBackupOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordBackupOrder, coord_backup_order_free)

/* Checks that, and that the caller has not asked too often of any coordinator; writes down that
 * this process makes one. */
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

/* One page of them, the newest first; those that the command has made too. */
EntApiBackupList *coord_backup_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *process,
  const CoordPage *page,
  GError **error);

/* It is made, and the folders `removed` (char; NULL: none) made room for it; or it is not, with a
 * sentence why. */
gboolean coord_backup_service_end (CoordDb *db,
  const CoordBackupOrder *order,
  const CoordBackupMade *made,
  const char *message,
  GPtrArray *removed,
  gint64 now_us,
  GError **error);

/* Writes down what the command made, or why it did not. */
gboolean coord_backup_service_record (CoordDb *db,
  const char *folder,
  const CoordBackupMade *made,
  const char *message,
  gint64 began_us,
  gint64 now_us,
  GError **error);

G_END_DECLS
