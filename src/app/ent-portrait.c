#include "config.h"

#include "ent-portrait.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n.h>

#include "protocol/ent-limits.h"

#define MAX_PIXELS (64 * 1024 * 1024) /* of the picture in the file */

static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  gboolean *is_too_large = data;

  if ((gint64) width * height <= MAX_PIXELS)
    return;
  *is_too_large = TRUE;
  gdk_pixbuf_loader_set_size (loader, 1, 1);
}

/* The picture as it is meant to be seen: cameras only note how they were held. */
static GdkPixbuf *
decode (GBytes *data, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  gboolean is_too_large = FALSE;
  gboolean is_read;
  GdkPixbuf *pixbuf;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &is_too_large);
  is_read = gdk_pixbuf_loader_write_bytes (loader, data, NULL);
  is_read = gdk_pixbuf_loader_close (loader, NULL) && is_read;
  pixbuf = is_read ? gdk_pixbuf_loader_get_pixbuf (loader) : NULL;
  if (is_too_large)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
      _ ("This picture has more than %d million pixels. Take a smaller one."),
      MAX_PIXELS / 1024 / 1024);
  else if (pixbuf == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      _ ("This file is no picture that can be read. Take a PNG or JPEG file."));
  return pixbuf != NULL && !is_too_large ? gdk_pixbuf_apply_embedded_orientation (pixbuf) : NULL;
}

/* Its middle as a square, no larger than a server takes it. */
static GdkPixbuf *
crop (GdkPixbuf *pixbuf)
{
  int width = gdk_pixbuf_get_width (pixbuf), height = gdk_pixbuf_get_height (pixbuf);
  int side = MIN (width, height), pixels = MIN (side, ENT_PORTRAIT_PIXELS);
  g_autoptr (GdkPixbuf) square =
    gdk_pixbuf_new_subpixbuf (pixbuf, (width - side) / 2, (height - side) / 2, side, side);

  return gdk_pixbuf_scale_simple (square, pixels, pixels, GDK_INTERP_BILINEAR);
}

/* NULL when it does not become small enough. */
static GBytes *
save (GdkPixbuf *pixbuf, const char *type, const char *quality)
{
  char *keys[] = { quality != NULL ? (char *) "quality" : NULL, NULL };
  char *values[] = { (char *) quality, NULL };
  g_autofree char *data = NULL;
  gsize size;

  if (!gdk_pixbuf_save_to_bufferv (pixbuf, &data, &size, type, keys, values, NULL) ||
      size > ENT_MAX_PICTURE)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

/* PNG keeps what is drawn and see-through, if it is small enough like that. */
static GBytes *
encode (GdkPixbuf *square, GError **error)
{
  static const char *const qualities[] = { "90", "75", "60" };
  int side = gdk_pixbuf_get_width (square);
  /* JPEG has nothing to see through. */
  g_autoptr (GdkPixbuf) smaller = gdk_pixbuf_composite_color_simple (
    square, side, side, GDK_INTERP_NEAREST, 255, 1, 0xffffff, 0xffffff);
  GBytes *data = save (square, "png", NULL);

  while (data == NULL && gdk_pixbuf_get_width (smaller) > 1) {
    int pixels = gdk_pixbuf_get_width (smaller) / 2;
    g_autoptr (GdkPixbuf) larger = g_steal_pointer (&smaller);

    for (guint i = 0; data == NULL && i < G_N_ELEMENTS (qualities); i++)
      data = save (larger, "jpeg", qualities[i]);
    smaller = gdk_pixbuf_scale_simple (larger, pixels, pixels, GDK_INTERP_BILINEAR);
  }
  if (data == NULL)
    g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("This picture cannot be made small enough."));
  return data;
}

static GBytes *
read_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (
    file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (info == NULL)
    return NULL;
  if (g_file_info_get_size (info) > ENT_PORTRAIT_MAX_FILE) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
      _ ("This file has more than %d megabytes. Take a smaller picture."),
      ENT_PORTRAIT_MAX_FILE / 1024 / 1024);
    return NULL;
  }
  return g_file_load_bytes (file, cancellable, NULL, error);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (GBytes) data = read_file (source, cancellable, &error);
  g_autoptr (GdkPixbuf) pixbuf = data != NULL ? decode (data, &error) : NULL;
  g_autoptr (GdkPixbuf) square = pixbuf != NULL ? crop (pixbuf) : NULL;
  GBytes *portrait = square != NULL ? encode (square, &error) : NULL;

  if (portrait != NULL)
    g_task_return_pointer (task, portrait, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
ent_portrait_read_async (GFile *file,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (file, cancellable, callback, data);

  g_task_set_source_tag (task, ent_portrait_read_async);
  g_task_run_in_thread (task, read_in_thread);
}

GBytes *
ent_portrait_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, ent_portrait_read_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
