#pragma once

#include "base/ent-clock.h"
#include "document/ent-doc-sync.h"
#include "media/ent-link.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-call.h"

G_BEGIN_DECLS

/* What two peers say to each other over one data link whose certificate is verified: framed
 * messages on `sync`, carets and the heartbeat on `presence`. It knows no WebRTC: bytes go out by
 * a function and come in by ent_room_link_take(). */
typedef struct _EntRoomLink EntRoomLink;

#define ENT_ROOM_LINK_BEAT_MS 1000
#define ENT_ROOM_LINK_SILENT_MS 3000 /* shown as reconnecting */
#define ENT_ROOM_LINK_LOST_MS 5000 /* a fresh link may be built */
#define ENT_ROOM_LINK_FAST_US 10000 /* round trips below this have the wider window */
#define ENT_ROOM_LINK_MAX_WAITING \
  (8 * 1024 * 1024) /* then queued messages give way to one step 2 */

typedef enum {
  ENT_ROOM_LINK_ALIVE,
  ENT_ROOM_LINK_SILENT, /* nothing heard for ENT_ROOM_LINK_SILENT_MS */
  ENT_ROOM_LINK_LOST, /* nothing heard for ENT_ROOM_LINK_LOST_MS; it may still come back */
} EntRoomLinkLife;

typedef struct {
  /* Hands bytes to the channel; FALSE when it does not take them. */
  gboolean (*send) (EntLinkChannel channel, GBytes *bytes, gpointer data);

  /* A message of the sync protocol (step 1, step 2, update) or awareness. */
  void (*sync) (const EntSyncMessage *message, gpointer data);

  /* A description or candidate of the call link, or what the peer's copy is. */
  void (*peer) (const EntMessage *message, gpointer data);

  /* The own heartbeat is about to be sent: fill in muted, camera and the losses. And one came. */
  void (*fill_beat) (EntMsgBeat *beat, gpointer data);
  void (*beat) (const EntMsgBeat *beat, gpointer data);

  /* Called on each change, and every second while it is LOST. */
  void (*life) (EntRoomLinkLife life, gpointer data);

  /* So much was waiting that it was dropped: send what the other side lacks as one step 2. Called
   * once there is room again. */
  void (*overflowed) (gpointer data);

  /* The other side sent what no honest one sends; nothing is taken any more. The callee must not
   * free the link in the call. */
  void (*broken) (const GError *error, gpointer data);
} EntRoomLinkFuncs;

/* funcs is static and not copied. No callback before ent_room_link_start(). */
EntRoomLink *ent_room_link_new (const EntRoomLinkFuncs *funcs, gpointer data, EntClock *clock);
void ent_room_link_free (EntRoomLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntRoomLink, ent_room_link_free)

/* The channels are open. */
void ent_room_link_start (EntRoomLink *link);

/* Bytes came. */
void ent_room_link_take (EntRoomLink *link, EntLinkChannel channel, GBytes *bytes);

/* Queues a message for `sync`; in its time, and in any order among others. */
void ent_room_link_send_sync (EntRoomLink *link, GBytes *message);
void ent_room_link_send_peer (EntRoomLink *link, EntPeerKind kind, gconstpointer value);

/* Sends an awareness message at once, or never. */
void ent_room_link_send_presence (EntRoomLink *link, GBytes *message);

EntRoomLinkLife ent_room_link_get_life (EntRoomLink *link);
gint64 ent_room_link_get_silence_us (EntRoomLink *link);
gint64 ent_room_link_get_round_trip_us (EntRoomLink *link); /* 0: unknown */

G_END_DECLS
