#include "service/coord-zip.h"

#include <string.h>

#define VERSION 20
#define UTF8_NAMES (1 << 11)
#define STORED 0
#define DEFLATED 8
#define DIRECTORY_ENTRY_BYTES 46
#define FILE_HEAD_BYTES 30
#define END_BYTES 22

struct _CoordZip {
  GByteArray *bytes;
  GByteArray *directory;
  guint n_files;
  guint16 time; /* as MS-DOS had it, in UTC */
  guint16 date;
};

static void
add_16 (GByteArray *to, guint16 value)
{
  guint16 little = GUINT16_TO_LE (value);

  g_byte_array_append (to, (const guint8 *) &little, sizeof little);
}

static void
add_32 (GByteArray *to, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (to, (const guint8 *) &little, sizeof little);
}

static guint32
get_crc32 (const guint8 *data, gsize size)
{
  guint32 crc = G_MAXUINT32;

  for (gsize i = 0; i < size; i++) {
    crc ^= data[i];
    for (int k = 0; k < 8; k++)
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
  }
  return ~crc;
}

/* NULL where it does not get smaller. */
static GBytes *
compress (GBytes *bytes)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 6);
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (plain, G_CONVERTER (compressor));
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GBytes) small = NULL;

  if (g_output_stream_splice (out, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL) < 0)
    return NULL;
  small = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
  return g_bytes_get_size (small) < g_bytes_get_size (bytes) ? g_steal_pointer (&small) : NULL;
}

CoordZip *
coord_zip_new (gint64 now_us)
{
  CoordZip *zip = g_new0 (CoordZip, 1);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);

  zip->bytes = g_byte_array_new ();
  zip->directory = g_byte_array_new ();
  zip->date = 33; /* the first day it can say */
  if (now != NULL && g_date_time_get_year (now) >= 1980 && g_date_time_get_year (now) < 2108) {
    zip->time = g_date_time_get_hour (now) << 11 | g_date_time_get_minute (now) << 5 |
                g_date_time_get_second (now) / 2;
    zip->date = (g_date_time_get_year (now) - 1980) << 9 | g_date_time_get_month (now) << 5 |
                g_date_time_get_day_of_month (now);
  }
  return zip;
}

void
coord_zip_free (CoordZip *zip)
{
  g_clear_pointer (&zip->bytes, g_byte_array_unref);
  g_clear_pointer (&zip->directory, g_byte_array_unref);
  g_free (zip);
}

gsize
coord_zip_get_size (CoordZip *zip)
{
  return zip->bytes->len + zip->directory->len + END_BYTES;
}

/* What the head of a file and its line in the directory have in common. */
static void
add_facts (GByteArray *to,
  const CoordZip *zip,
  guint32 crc,
  gsize packed,
  gsize size,
  gsize path_size)
{
  add_16 (to, VERSION);
  add_16 (to, UTF8_NAMES);
  add_16 (to, packed < size ? DEFLATED : STORED);
  add_16 (to, zip->time);
  add_16 (to, zip->date);
  add_32 (to, crc);
  add_32 (to, packed);
  add_32 (to, size);
  add_16 (to, path_size);
  add_16 (to, 0); /* nothing more */
}

gboolean
coord_zip_add (CoordZip *zip, const char *path, GBytes *bytes, gsize max_bytes)
{
  gsize size, packed_size, path_size = strlen (path);
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GBytes) small = size > 0 ? compress (bytes) : NULL;
  const guint8 *packed =
    small != NULL ? g_bytes_get_data (small, &packed_size) : (packed_size = size, data);
  guint32 crc, at = zip->bytes->len;

  g_return_val_if_fail (path_size > 0 && path_size <= G_MAXUINT16, FALSE);
  if (zip->n_files >= COORD_ZIP_MAX_FILES || size > COORD_ZIP_MAX_BYTES ||
      coord_zip_get_size (zip) + FILE_HEAD_BYTES + DIRECTORY_ENTRY_BYTES + 2 * path_size +
          packed_size >
        MIN (max_bytes, COORD_ZIP_MAX_BYTES))
    return FALSE;
  crc = get_crc32 (data, size);
  add_32 (zip->bytes, 0x04034b50);
  add_facts (zip->bytes, zip, crc, packed_size, size, path_size);
  g_byte_array_append (zip->bytes, (const guint8 *) path, path_size);
  if (packed_size > 0)
    g_byte_array_append (zip->bytes, packed, packed_size);
  add_32 (zip->directory, 0x02014b50);
  add_16 (zip->directory, 3 << 8 | VERSION); /* made on Unix, for the mode below */
  add_facts (zip->directory, zip, crc, packed_size, size, path_size);
  add_16 (zip->directory, 0); /* no comment */
  add_16 (zip->directory, 0); /* on this one disk */
  add_16 (zip->directory, 0);
  add_32 (zip->directory, 0100600u << 16);
  add_32 (zip->directory, at);
  g_byte_array_append (zip->directory, (const guint8 *) path, path_size);
  zip->n_files++;
  return TRUE;
}

GBytes *
coord_zip_finish (CoordZip *zip)
{
  guint32 at = zip->bytes->len, size = zip->directory->len;

  g_byte_array_append (zip->bytes, zip->directory->data, size);
  g_byte_array_set_size (zip->directory, 0);
  add_32 (zip->bytes, 0x06054b50);
  add_16 (zip->bytes, 0);
  add_16 (zip->bytes, 0);
  add_16 (zip->bytes, zip->n_files);
  add_16 (zip->bytes, zip->n_files);
  add_32 (zip->bytes, size);
  add_32 (zip->bytes, at);
  add_16 (zip->bytes, 0);
  return g_byte_array_free_to_bytes (g_steal_pointer (&zip->bytes));
}
