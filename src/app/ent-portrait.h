#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Makes of a picture in a file what a server takes of a person: a square out of its middle, of at
 * most ENT_PORTRAIT_PIXELS to a side and ENT_MAX_PICTURE bytes, PNG or JPEG, with nothing in it but
 * what is seen. Works in a thread. */
#define ENT_PORTRAIT_PIXELS 512
#define ENT_PORTRAIT_MAX_FILE (32 * 1024 * 1024)

/* Errors are sentences. Finish gives the bytes; the caller owns them. */
void ent_portrait_read_async (GFile *file,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);
GBytes *ent_portrait_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
