#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Logs of rooms that were not written to for a long time. A log goes by itself when its room has
 * ended and the coordinator has everything; these are of rooms that were never entered again, so
 * the person is asked. */
#define ENT_ROOM_OLD_LOG_DAYS 30

/* How many logs under data_dir nobody has written to since before_us (wall time). */
guint ent_room_old_logs_count (const char *data_dir, gint64 before_us);

/* Deletes them, and what else was kept to open their rooms again. */
void ent_room_old_logs_delete (const char *data_dir, gint64 before_us);

/* Keeps them: they count as written to at now_us. */
void ent_room_old_logs_keep (const char *data_dir, gint64 before_us, gint64 now_us);

G_END_DECLS
