#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes a ZIP archive in memory: files with paths in UTF-8, compressed where that helps. */
typedef struct _CoordZip CoordZip;

#define COORD_ZIP_MAX_FILES 65000
#define COORD_ZIP_MAX_BYTES (1u << 30)

CoordZip *coord_zip_new (gint64 now_us); /* when its files were made, by their own word */
void coord_zip_free (CoordZip *zip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordZip, coord_zip_free)

/* FALSE, and nothing is added, when the archive would be over max_bytes (at most
 * COORD_ZIP_MAX_BYTES) or has too many files. The path is relative and not there yet. */
gboolean coord_zip_add (CoordZip *zip, const char *path, GBytes *bytes, gsize max_bytes);

gsize coord_zip_get_size (CoordZip *zip);

/* Ends it. The caller owns the bytes. */
GBytes *coord_zip_finish (CoordZip *zip);

G_END_DECLS
