#pragma once

#include "service/coord-zip.h"
#include "store/coord-export-store.h"

G_BEGIN_DECLS

/* What somebody wrote in a room, as files of their copy: the text of the files as it stood at last,
 * with a mark where others wrote, and their messages in the chat with times. */

#define COORD_EXPORT_ELSEWHERE "\u2026" /* stands for what somebody else wrote */

/* *is_whole is FALSE when some of it found no room in the archive. */
gboolean coord_export_room_add (CoordDb *db,
  const CoordExportRoom *room,
  CoordZip *zip,
  gsize max_bytes,
  gboolean *is_whole,
  GError **error);

/* A part of a path that every system takes; the caller owns it. */
char *coord_export_make_name (const char *text);

G_END_DECLS
