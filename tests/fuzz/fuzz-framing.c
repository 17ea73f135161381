#include <stdint.h>

#include "room/ent-framing.h"

#define OWN_BYTES 200000

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static gsize received;
static GBytes *own;

static gboolean
send_cb (GBytes *frame, gpointer data)
{
  g_assert_cmpuint (g_bytes_get_size (frame), <=, ENT_FRAMING_MAX_PAYLOAD + 10);
  return TRUE;
}

static void
receive_cb (GBytes *message, gpointer data)
{
  g_assert_cmpuint (g_bytes_get_size (message), >, 0);
  received += g_bytes_get_size (message);
}

/* Frames of a hostile peer, each behind two bytes of length, while messages of our own wait. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (EntFraming) framing = ent_framing_new (send_cb, receive_cb, NULL);
  gsize at = 0;

  /* Once: AddressSanitizer asks the kernel for each large piece of memory. */
  if (own == NULL)
    own = g_bytes_new_take (g_strnfill (OWN_BYTES, 'x'), OWN_BYTES);
  ent_framing_queue (framing, own);
  received = 0;
  while (at + 2 <= size) {
    gsize length = MIN ((gsize) (data[at] << 8 | data[at + 1]), size - at - 2);
    g_autoptr (GBytes) frame = g_bytes_new (data + at + 2, length);

    at += 2 + length;
    if (!ent_framing_take (framing, frame, NULL))
      break;
  }
  g_assert_cmpuint (received, <=, size);
  return 0;
}
