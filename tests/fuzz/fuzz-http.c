#include <stdint.h>

#include "fuzz-server.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* One connection's bytes against a whole coordinator, until it lets go. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static gboolean is_started;

  if (!is_started)
    fuzz_server_start ();
  is_started = TRUE;
  fuzz_server_ask (data, size);
  return 0;
}
