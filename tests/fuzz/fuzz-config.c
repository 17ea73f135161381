#include <stdint.h>

#include "coord-config.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What was read and is described must read again as the same. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordConfig) config = coord_config_parse (text, "fuzz", &error);

  g_assert_true ((config == NULL) == (error != NULL));
  if (config != NULL)
    g_free (coord_config_describe (config));
  return 0;
}
