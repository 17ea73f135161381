#include "app/ent-portrait.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

#include "protocol/ent-limits.h"

typedef struct {
  char *path;
  GMainLoop *loop;
  GBytes *portrait;
  GError *error;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  int file;

  f->path = g_build_filename (g_get_tmp_dir (), "entrevue-portrait-XXXXXX", NULL);
  file = g_mkstemp (f->path);
  g_assert_cmpint (file, >=, 0);
  g_close (file, NULL);
  f->loop = g_main_loop_new (NULL, FALSE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->portrait, g_bytes_unref);
  g_clear_error (&f->error);
  g_main_loop_unref (f->loop);
  g_assert_cmpint (g_remove (f->path), ==, 0);
  g_free (f->path);
}

/* One colour, or noise, which no format makes small. */
static void
write_picture (Fixture *f, int width, int height, gboolean has_noise, const char *type)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  gsize size = gdk_pixbuf_get_byte_length (pixbuf);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  gdk_pixbuf_fill (pixbuf, 0x3050c0ff);
  for (gsize i = 0; has_noise && i < size; i++)
    pixels[i] = g_rand_int_range (rand, 0, 256);
  g_assert_true (gdk_pixbuf_save (pixbuf, f->path, type, NULL, NULL));
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  f->portrait = ent_portrait_read_finish (result, &f->error);
  g_main_loop_quit (f->loop);
}

static void
read_portrait (Fixture *f)
{
  g_autoptr (GFile) file = g_file_new_for_path (f->path);

  ent_portrait_read_async (file, NULL, read_cb, f);
  g_main_loop_run (f->loop);
}

static void
check_portrait (Fixture *f, int pixels)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  g_assert_no_error (f->error);
  g_assert_cmpuint (g_bytes_get_size (f->portrait), <=, ENT_MAX_PICTURE);
  stream = g_memory_input_stream_new_from_bytes (f->portrait);
  pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &f->error);
  g_assert_no_error (f->error);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, pixels);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, pixels);
}

static void
test_wide (Fixture *f, gconstpointer data)
{
  write_picture (f, 1600, 700, FALSE, "png");
  read_portrait (f);
  check_portrait (f, ENT_PORTRAIT_PIXELS);
}

static void
test_small (Fixture *f, gconstpointer data)
{
  write_picture (f, 40, 90, FALSE, "jpeg");
  read_portrait (f);
  check_portrait (f, 40);
}

/* It becomes smaller until it fits. */
static void
test_noise (Fixture *f, gconstpointer data)
{
  write_picture (f, 600, 600, TRUE, "png");
  read_portrait (f);
  check_portrait (f, ENT_PORTRAIT_PIXELS / 2);
}

static void
test_no_picture (Fixture *f, gconstpointer data)
{
  g_assert_true (g_file_set_contents (f->path, "no picture", -1, NULL));
  read_portrait (f);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/portrait/middle-of-a-wide-one", test_wide);
  ADD ("/portrait/small-one", test_small);
  ADD ("/portrait/noise", test_noise);
  ADD ("/portrait/no-picture", test_no_picture);
  return g_test_run ();
}
