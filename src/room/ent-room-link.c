#include "room/ent-room-link.h"

#include <string.h>

#include "room/ent-framing.h"

#define OUR_MESSAGE 100 /* the first varUint of messages that are not of the Yjs protocols */

struct _EntRoomLink {
  const EntRoomLinkFuncs *funcs;
  gpointer data;
  EntClock *clock;
  EntFraming *framing;
  guint beat_id;
  gboolean is_broken;
  gboolean has_overflowed;

  EntRoomLinkLife life;
  gint64 heard_us;
  gint64 n_beats;
  gint64 last_n; /* of the other side's beats */
  gint64 their_sent_us;
  gint64 their_heard_us;
  gint64 round_trip_us;
};

static gint64
now_us (EntRoomLink *link)
{
  return ent_clock_get_monotonic_us (link->clock);
}

static void
set_life (EntRoomLink *link, EntRoomLinkLife life)
{
  if (link->life == life && life != ENT_ROOM_LINK_LOST)
    return;
  link->life = life;
  link->funcs->life (life, link->data);
}

static void
break_link (EntRoomLink *link, const GError *error)
{
  if (link->is_broken)
    return;
  link->is_broken = TRUE;
  link->funcs->broken (error, link->data);
}

/* What was dropped is made good by one message, as soon as the queue is empty. */
static void
repair_overflow (EntRoomLink *link)
{
  if (!link->has_overflowed || ent_framing_get_waiting (link->framing) > 0)
    return;
  link->has_overflowed = FALSE;
  link->funcs->overflowed (link->data);
}

/* --- incoming -------------------------------------------------------------------------------- */

static void
take_beat (EntRoomLink *link, const EntMsgBeat *beat)
{
  gint64 round_trip_us = now_us (link) + 1 - beat->echo - beat->held; /* see send_beat () */

  if (beat->n <= link->last_n) /* overtaken by a newer one */
    return;
  link->last_n = beat->n;
  link->their_sent_us = beat->sent;
  link->their_heard_us = now_us (link);
  if (beat->echo > 0 && round_trip_us >= 0) {
    link->round_trip_us = MAX (round_trip_us, 1);
    ent_framing_set_window (link->framing,
      round_trip_us < ENT_ROOM_LINK_FAST_US ? ENT_FRAMING_FAST_WINDOW : ENT_FRAMING_WINDOW);
  }
  link->funcs->beat (beat, link->data);
}

static void
take_our_message (EntRoomLink *link, EntLinkChannel channel, const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntMessage) message = ent_peer_message_decode (text, size, &error);

  if (message == NULL) {
    break_link (link, error);
    return;
  }
  switch ((EntPeerKind) message->kind) {
  case ENT_PEER_BEAT:
    if (channel == ENT_LINK_PRESENCE)
      take_beat (link, message->data);
    break;
  case ENT_PEER_CALL_OFFER:
  case ENT_PEER_CALL_ANSWER:
  case ENT_PEER_CALL_CANDIDATE:
  case ENT_PEER_COPY:
    if (channel == ENT_LINK_SYNC)
      link->funcs->peer (message, link->data);
    break;
  case ENT_PEER_UNKNOWN:
    break;
  }
}

static void
take_message (EntRoomLink *link, EntLinkChannel channel, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  EntSyncMessage message;
  g_autoptr (GError) error = NULL;

  if (size > 0 && data[0] == OUR_MESSAGE) {
    take_our_message (link, channel, (const char *) data + 1, size - 1);
    return;
  }
  if (!ent_sync_parse (data, size, &message, &error)) {
    break_link (link, error);
    return;
  }
  if (channel == ENT_LINK_PRESENCE && message.kind != ENT_SYNC_AWARENESS)
    return;
  if (message.kind != ENT_SYNC_UNKNOWN)
    link->funcs->sync (&message, link->data);
}

static gboolean
send_frame (GBytes *frame, gpointer data)
{
  EntRoomLink *link = data;

  return !link->is_broken && link->funcs->send (ENT_LINK_SYNC, frame, link->data);
}

static void
frames_received (GBytes *message, gpointer data)
{
  take_message (data, ENT_LINK_SYNC, message);
}

void
ent_room_link_take (EntRoomLink *link, EntLinkChannel channel, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;

  if (link->is_broken)
    return;
  link->heard_us = now_us (link);
  set_life (link, ENT_ROOM_LINK_ALIVE);
  if (channel == ENT_LINK_PRESENCE) {
    take_message (link, channel, bytes);
    return;
  }
  if (!ent_framing_take (link->framing, bytes, &error))
    break_link (link, error);
  else
    repair_overflow (link);
}

/* --- outgoing -------------------------------------------------------------------------------- */

static GBytes *
build_our_message (EntPeerKind kind, gconstpointer value)
{
  g_autofree char *text = ent_peer_message_encode (kind, value);
  gsize size = strlen (text);
  guint8 *bytes = g_malloc (1 + size);

  bytes[0] = OUR_MESSAGE;
  memcpy (bytes + 1, text, size);
  return g_bytes_new_take (bytes, 1 + size);
}

static void
send_beat (EntRoomLink *link)
{
  EntMsgBeat beat = { .n = ++link->n_beats, .sent = now_us (link) + 1 }; /* 0 is none */
  g_autoptr (GBytes) message = NULL;

  if (link->their_sent_us > 0) {
    beat.echo = link->their_sent_us;
    beat.held = now_us (link) - link->their_heard_us;
  }
  link->funcs->fill_beat (&beat, link->data);
  message = build_our_message (ENT_PEER_BEAT, &beat);
  link->funcs->send (ENT_LINK_PRESENCE, message, link->data);
}

static gboolean
beat_cb (gpointer data)
{
  EntRoomLink *link = data;
  gint64 silence_ms = ent_room_link_get_silence_us (link) / 1000;

  if (link->is_broken)
    return G_SOURCE_CONTINUE;
  send_beat (link);
  if (silence_ms >= ENT_ROOM_LINK_LOST_MS)
    set_life (link, ENT_ROOM_LINK_LOST);
  else if (silence_ms >= ENT_ROOM_LINK_SILENT_MS)
    set_life (link, ENT_ROOM_LINK_SILENT);
  return G_SOURCE_CONTINUE;
}

EntRoomLink *
ent_room_link_new (const EntRoomLinkFuncs *funcs, gpointer data, EntClock *clock)
{
  EntRoomLink *link = g_new0 (EntRoomLink, 1);

  link->funcs = funcs;
  link->data = data;
  link->clock = ent_clock_ref (clock);
  link->framing = ent_framing_new (send_frame, frames_received, link);
  return link;
}

void
ent_room_link_free (EntRoomLink *link)
{
  if (link->beat_id != 0)
    ent_clock_remove (link->clock, link->beat_id);
  ent_framing_free (link->framing);
  ent_clock_unref (link->clock);
  g_free (link);
}

void
ent_room_link_start (EntRoomLink *link)
{
  g_return_if_fail (link->beat_id == 0);
  link->heard_us = now_us (link);
  link->beat_id = ent_clock_add (link->clock, ENT_ROOM_LINK_BEAT_MS, beat_cb, link);
  send_beat (link);
}

void
ent_room_link_send_sync (EntRoomLink *link, GBytes *message)
{
  gsize size = g_bytes_get_size (message);

  if (link->is_broken || link->has_overflowed)
    return;
  if (ent_framing_get_waiting (link->framing) > 0 &&
      ent_framing_get_waiting (link->framing) + size > ENT_ROOM_LINK_MAX_WAITING) {
    ent_framing_drop_waiting (link->framing);
    link->has_overflowed = TRUE;
    return;
  }
  ent_framing_queue (link->framing, message);
}

void
ent_room_link_send_peer (EntRoomLink *link, EntPeerKind kind, gconstpointer value)
{
  g_autoptr (GBytes) message = build_our_message (kind, value);

  if (!link->is_broken)
    ent_framing_queue (link->framing, message);
}

void
ent_room_link_send_presence (EntRoomLink *link, GBytes *message)
{
  if (!link->is_broken && g_bytes_get_size (message) <= ENT_LINK_MAX_MESSAGE_BYTES)
    link->funcs->send (ENT_LINK_PRESENCE, message, link->data);
}

EntRoomLinkLife
ent_room_link_get_life (EntRoomLink *link)
{
  return link->life;
}

gint64
ent_room_link_get_silence_us (EntRoomLink *link)
{
  return now_us (link) - link->heard_us;
}

gint64
ent_room_link_get_round_trip_us (EntRoomLink *link)
{
  return link->round_trip_us;
}
