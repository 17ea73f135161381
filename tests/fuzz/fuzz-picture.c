#include <stdint.h>
#include <string.h>

#include "service/coord-picture-check.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A picture of a person: what is taken is one from its first byte to its last, so with one byte
 * less or more it is none. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) whole = g_bytes_new (data, size);
  g_autofree uint8_t *longer = g_malloc0 (size + 1);
  g_autoptr (GBytes) more = NULL;
  g_autoptr (GBytes) less = NULL;
  const char *type = coord_picture_check (whole, NULL);

  if (type == NULL)
    return 0;
  memcpy (longer, data, size);
  more = g_bytes_new (longer, size + 1);
  less = g_bytes_new (data, size - 1);
  g_assert_true (g_str_equal (type, "image/png") || g_str_equal (type, "image/jpeg"));
  g_assert_null (coord_picture_check (less, NULL));
  g_assert_null (g_str_equal (type, "image/png") ? coord_picture_check (more, NULL) : NULL);
  return 0;
}
