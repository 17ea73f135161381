#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* How long the records of interviews are kept, and their end. */

#define COORD_JOB_RECORD "record.remove" /* subject: a room, whose record goes whatever its age */
#define COORD_JOB_RECORDS "record.tidy" /* subject: days as the configuration has them */

/* The first job. The record of somebody who was erased goes as soon as nobody can be in the room.
 */
gint64
coord_record_service_remove (CoordDb *db, const char *subject, gint64 now_us, GError **error);

/* The second one: removes what is old enough, some at a time. */
gint64 coord_record_service_tidy (CoordDb *db, const char *subject, gint64 now_us, GError **error);

/* COORD_ERROR_ROOM_ENDED with the day, when the record was removed. */
gboolean coord_record_service_check (CoordDb *db, const char *room_id, GError **error);

G_END_DECLS
