#include <stdint.h>

#include "room/ent-room-link.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define STEP_MS 100

static gboolean is_broken;

static gboolean
send_cb (EntLinkChannel channel, GBytes *bytes, gpointer data)
{
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, ENT_LINK_MAX_MESSAGE_BYTES);
  return TRUE;
}

static void
sync_cb (const EntSyncMessage *message, gpointer data)
{
  g_assert_false (is_broken);
}

static void
peer_cb (const EntMessage *message, gpointer data)
{
  g_assert_false (is_broken);
  g_assert_nonnull (message);
}

static void
fill_beat_cb (EntMsgBeat *beat, gpointer data)
{
}

static void
beat_cb (const EntMsgBeat *beat, gpointer data)
{
  g_assert_false (is_broken);
}

static void
life_cb (EntRoomLinkLife life, gpointer data)
{
}

static void
overflowed_cb (gpointer data)
{
}

static void
broken_cb (const GError *error, gpointer data)
{
  g_assert_false (is_broken);
  g_assert_nonnull (error);
  is_broken = TRUE;
}

static const EntRoomLinkFuncs funcs = { send_cb, sync_cb, peer_cb, fill_beat_cb, beat_cb, life_cb,
  overflowed_cb, broken_cb };

/* What a hostile peer sends over a link, while messages of our own wait: a kind, two bytes of
 * length, the bytes. Bit 0 of the kind is the channel; with 0x80 time passes instead. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static GBytes *own;
  EntClock *clock = ent_clock_new_test (1000);
  EntRoomLink *link = ent_room_link_new (&funcs, NULL, clock);

  if (own == NULL)
    own = g_bytes_new_take (g_strnfill (200000, 'x'), 200000);
  is_broken = FALSE;
  ent_room_link_start (link);
  ent_room_link_send_sync (link, own);
  for (gsize at = 0; at + 3 <= size;) {
    gsize length = MIN ((gsize) (data[at + 1] << 8 | data[at + 2]), size - at - 3);
    g_autoptr (GBytes) bytes = g_bytes_new (data + at + 3, length);

    if (data[at] & 0x80)
      ent_clock_advance (clock, STEP_MS * (1 + data[at] % 64));
    else if (length > 0)
      ent_room_link_take (link, data[at] & 1 ? ENT_LINK_PRESENCE : ENT_LINK_SYNC, bytes);
    at += 3 + length;
  }
  ent_room_link_free (link);
  ent_clock_unref (clock);
  return 0;
}
