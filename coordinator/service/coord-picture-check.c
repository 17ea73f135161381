#include "service/coord-picture-check.h"

#include <string.h>

#include "store/coord-error.h"

typedef struct {
  const guint8 *at;
  gsize left;
} Reader;

static guint32
read_number (const guint8 *at, guint bytes)
{
  guint32 number = 0;

  for (guint i = 0; i < bytes; i++)
    number = number << 8 | at[i];
  return number;
}

static void
skip (Reader *reader, gsize bytes)
{
  reader->at += bytes;
  reader->left -= bytes;
}

static gboolean
is_small (guint32 width, guint32 height)
{
  return width > 0 && height > 0 && width <= COORD_PICTURE_PIXELS && height <= COORD_PICTURE_PIXELS;
}

/* Chunks: length, kind, data, checksum. */
static gboolean
is_png (Reader reader)
{
  static const char *const kinds[] = { "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM",
    "sRGB", "sBIT", "bKGD", "pHYs", NULL };
  gboolean is_first = TRUE;

  if (reader.left < 8 || memcmp (reader.at, "\x89PNG\r\n\x1a\n", 8) != 0)
    return FALSE;
  skip (&reader, 8);
  while (reader.left >= 12) {
    gsize size = read_number (reader.at, 4);
    g_autofree char *kind = g_strndup ((const char *) reader.at + 4, 4);

    if (size > reader.left - 12 || !g_strv_contains (kinds, kind) ||
        is_first != (strcmp (kind, "IHDR") == 0))
      return FALSE;
    if (is_first &&
        (size != 13 || !is_small (read_number (reader.at + 8, 4), read_number (reader.at + 12, 4))))
      return FALSE;
    skip (&reader, size + 12);
    if (strcmp (kind, "IEND") == 0)
      return reader.left == 0;
    is_first = FALSE;
  }
  return FALSE;
}

/* The compressed lines: up to the next marker that is not part of them. */
static void
skip_scan (Reader *reader)
{
  while (reader->left >= 2 && (reader->at[0] != 0xff || reader->at[1] == 0 ||
                                (reader->at[1] >= 0xd0 && reader->at[1] <= 0xd7)))
    skip (reader, 1);
}

/* Segments: marker, length, data; the first application segment is JFIF, others hold metadata. */
static gboolean
is_jpeg (Reader reader)
{
  gboolean has_frame = FALSE;

  if (reader.left < 2 || memcmp (reader.at, "\xff\xd8", 2) != 0)
    return FALSE;
  skip (&reader, 2);
  while (reader.left >= 4 && reader.at[0] == 0xff) {
    guint8 marker = reader.at[1];
    gsize size = read_number (reader.at + 2, 2);
    gboolean is_frame = marker == 0xc0 || marker == 0xc2;

    if (size < 2 || size > reader.left - 2 || (is_frame && (has_frame || size < 8)))
      return FALSE;
    if (!is_frame && marker != 0xc4 && marker != 0xda && marker != 0xdb && marker != 0xdd &&
        marker != 0xe0)
      return FALSE;
    if (is_frame && !is_small (read_number (reader.at + 7, 2), read_number (reader.at + 5, 2)))
      return FALSE;
    has_frame = has_frame || is_frame;
    skip (&reader, size + 2);
    if (marker == 0xda)
      skip_scan (&reader);
  }
  return has_frame && reader.left == 2 && memcmp (reader.at, "\xff\xd9", 2) == 0;
}

const char *
coord_picture_check (GBytes *data, GError **error)
{
  gsize size;
  const guint8 *at = g_bytes_get_data (data, &size);

  if (is_png ((Reader){ at, size }))
    return "image/png";
  if (is_jpeg ((Reader){ at, size }))
    return "image/jpeg";
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID,
    "A picture must be PNG or JPEG, at most " G_STRINGIFY (
      COORD_PICTURE_PIXELS) " pixels wide and "
                            "high, and without anything in it that is not shown, such as the place "
                            "where it was taken.");
  return NULL;
}
