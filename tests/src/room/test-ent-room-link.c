#include <string.h>

#include "room/ent-room-link.h"

/* Two ends over a wire of queues, on a clock that is turned by hand. */
typedef struct _End End;
struct _End {
  EntRoomLink *link;
  End *other;
  EntClock *clock;
  GQueue out; /* Parcel */
  gboolean is_cut; /* what it sends is lost on `presence` and waits on `sync`, as in SCTP */
  guint n_updates;
  guint n_beats;
  guint n_overflows;
  guint n_broken;
  guint n_calls;
  GString *lives;
};

typedef struct {
  EntLinkChannel channel;
  GBytes *bytes;
} Parcel;

static void
free_parcel (gpointer data)
{
  Parcel *parcel = data;

  g_bytes_unref (parcel->bytes);
  g_free (parcel);
}

static gboolean
send_bytes (EntLinkChannel channel, GBytes *bytes, gpointer data)
{
  End *end = data;
  Parcel *parcel;

  if (end->is_cut && channel == ENT_LINK_PRESENCE)
    return TRUE;
  parcel = g_new0 (Parcel, 1);
  parcel->channel = channel;
  parcel->bytes = g_bytes_ref (bytes);
  g_queue_push_tail (&end->out, parcel);
  return TRUE;
}

static void
sync_message (const EntSyncMessage *message, gpointer data)
{
  ((End *) data)->n_updates += message->kind == ENT_SYNC_UPDATE;
}

static void
peer_message (const EntMessage *message, gpointer data)
{
  const EntMsgCallDescription *description = message->data;

  g_assert_cmpint (message->kind, ==, ENT_PEER_CALL_OFFER);
  g_assert_cmpstr (description->sdp, ==, "v=0");
  ((End *) data)->n_calls++;
}

static void
fill_beat (EntMsgBeat *beat, gpointer data)
{
  beat->muted = TRUE;
}

static void
take_beat (const EntMsgBeat *beat, gpointer data)
{
  g_assert_true (beat->muted);
  ((End *) data)->n_beats++;
}

static void
life_changed (EntRoomLinkLife life, gpointer data)
{
  g_string_append_c (((End *) data)->lives, "asl"[life]);
}

static void
overflowed (gpointer data)
{
  ((End *) data)->n_overflows++;
}

static void
broken (const GError *error, gpointer data)
{
  g_assert_nonnull (error);
  ((End *) data)->n_broken++;
}

static const EntRoomLinkFuncs funcs = { send_bytes, sync_message, peer_message, fill_beat,
  take_beat, life_changed, overflowed, broken };

static void
open_ends (End *a, End *b)
{
  EntClock *clock = ent_clock_new_test (0);

  memset (a, 0, sizeof *a);
  memset (b, 0, sizeof *b);
  a->other = b;
  b->other = a;
  for (End *end = a;; end = b) {
    end->clock = ent_clock_ref (clock);
    end->lives = g_string_new (NULL);
    g_queue_init (&end->out);
    end->link = ent_room_link_new (&funcs, end, clock);
    ent_room_link_start (end->link);
    if (end == b)
      break;
  }
  ent_clock_unref (clock);
}

static void
close_end (End *end)
{
  ent_room_link_free (end->link);
  g_queue_clear_full (&end->out, free_parcel);
  g_string_free (end->lives, TRUE);
  ent_clock_unref (end->clock);
}

/* Everything that is under way arrives, and what that causes. */
static void
deliver (End *a, End *b)
{
  gboolean moved = TRUE;

  while (moved) {
    moved = FALSE;
    for (End *end = a;; end = b) {
      Parcel *parcel = end->is_cut ? NULL : g_queue_pop_head (&end->out);

      if (parcel != NULL) {
        ent_room_link_take (end->other->link, parcel->channel, parcel->bytes);
        free_parcel (parcel);
        moved = TRUE;
      }
      if (end == b)
        break;
    }
  }
}

static void
pass_time (End *a, End *b, guint seconds)
{
  for (guint i = 0; i < seconds; i++) {
    ent_clock_advance (a->clock, 1000);
    deliver (a, b);
  }
}

static GBytes *
new_update (gsize size)
{
  g_autofree guint8 *data = g_malloc0 (size);
  g_autoptr (GBytes) body = g_bytes_new (data, size);

  return ent_sync_new_update (body);
}

static void
test_messages_and_beats (void)
{
  g_autoptr (GBytes) update = new_update (100000);
  EntMsgCallDescription offer = { .link = (char *) "l", .sdp = (char *) "v=0" };
  End a, b;

  open_ends (&a, &b);
  ent_room_link_send_sync (a.link, update);
  ent_room_link_send_peer (a.link, ENT_PEER_CALL_OFFER, &offer);
  deliver (&a, &b);
  g_assert_cmpuint (b.n_updates, ==, 1);
  g_assert_cmpuint (b.n_calls, ==, 1);
  pass_time (&a, &b, 3);
  g_assert_cmpuint (a.n_beats, ==, 4);
  g_assert_cmpint (ent_room_link_get_round_trip_us (a.link), >, 0);
  g_assert_cmpstr (a.lives->str, ==, "");
  close_end (&a);
  close_end (&b);
}

/* Silent after 3 s, lost after 5 s (told every second), alive again with the first byte; what was
 * sent in between is there. */
static void
test_outage (void)
{
  g_autoptr (GBytes) update = new_update (10);
  End a, b;

  open_ends (&a, &b);
  pass_time (&a, &b, 1);
  a.is_cut = b.is_cut = TRUE;
  ent_room_link_send_sync (a.link, update);
  pass_time (&a, &b, 4);
  g_assert_cmpstr (b.lives->str, ==, "s");
  pass_time (&a, &b, 3);
  g_assert_cmpstr (b.lives->str, ==, "slll");
  g_assert_cmpint (ent_room_link_get_life (b.link), ==, ENT_ROOM_LINK_LOST);
  a.is_cut = b.is_cut = FALSE;
  deliver (&a, &b);
  g_assert_cmpuint (b.n_updates, ==, 1);
  g_assert_cmpstr (b.lives->str, ==, "sllla");
  close_end (&a);
  close_end (&b);
}

/* More than the queue holds: whole messages are forgotten, and one call asks to make them good. */
static void
test_overflow (void)
{
  g_autoptr (GBytes) update = new_update (1024 * 1024);
  End a, b;

  open_ends (&a, &b);
  deliver (&a, &b);
  a.is_cut = b.is_cut = TRUE;
  for (guint i = 0; i < 20; i++)
    ent_room_link_send_sync (a.link, update);
  g_assert_cmpuint (a.n_overflows, ==, 0);
  a.is_cut = b.is_cut = FALSE;
  deliver (&a, &b);
  g_assert_cmpuint (a.n_overflows, ==, 1);
  g_assert_cmpuint (b.n_updates, <, 20);
  g_assert_cmpuint (b.n_broken, ==, 0);
  close_end (&a);
  close_end (&b);
}

static void
test_nonsense_breaks_the_link (void)
{
  static const struct {
    EntLinkChannel channel;
    const char *bytes;
    gsize size;
  } cases[] = {
    { ENT_LINK_SYNC, "\x07", 1 },
    { ENT_LINK_PRESENCE, "\x64{\"t\":", 6 },
    { ENT_LINK_PRESENCE, "\x01\xff", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (cases[i].bytes, cases[i].size);
    End a, b;

    open_ends (&a, &b);
    ent_room_link_take (a.link, cases[i].channel, bytes);
    ent_room_link_take (a.link, cases[i].channel, bytes);
    g_assert_cmpuint (a.n_broken, ==, 1);
    close_end (&a);
    close_end (&b);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-link/messages-and-beats", test_messages_and_beats);
  g_test_add_func ("/room-link/outage", test_outage);
  g_test_add_func ("/room-link/overflow", test_overflow);
  g_test_add_func ("/room-link/nonsense-breaks-the-link", test_nonsense_breaks_the_link);
  return g_test_run ();
}
