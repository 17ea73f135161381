#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Messages of any size over the channel `sync` of a data link, so that a small message never waits
 * behind a big one: messages are cut into frames, the receiver counts what it has taken in, and the
 * sender keeps little under way and gives each waiting message one frame in turn, newest first.
 * Messages may therefore arrive in another order than they were queued. Bytes in, bytes out: see
 * PROTOCOL.md. */
typedef struct _EntFraming EntFraming;

#define ENT_FRAMING_MAX_PAYLOAD (16 * 1024)
#define ENT_FRAMING_WINDOW (64 * 1024)
#define ENT_FRAMING_FAST_WINDOW (128 * 1024) /* where the round trip is short */
#define ENT_FRAMING_MAX_MESSAGE \
  (32 * 1024 * 1024) /* reassembled, of all open messages together \
                      */
#define ENT_FRAMING_MAX_OPEN 4096 /* messages that have begun and not ended */

/* Hands one frame to the channel; FALSE when it does not take it, which ends the link. */
typedef gboolean (*EntFramingSend) (GBytes *frame, gpointer data);

/* A whole message came. */
typedef void (*EntFramingReceive) (GBytes *message, gpointer data);

EntFraming *ent_framing_new (EntFramingSend send, EntFramingReceive receive, gpointer data);
void ent_framing_free (EntFraming *framing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntFraming, ent_framing_free)

/* Queues a message, which must not be empty, and sends what the window allows. */
void ent_framing_queue (EntFraming *framing, GBytes *message);

/* A frame came from the other side. Fails with G_IO_ERROR_INVALID_DATA on bytes that no honest
 * sender makes; the link is then to be dropped. May call receive and send. */
gboolean ent_framing_take (EntFraming *framing, GBytes *frame, GError **error);

/* ENT_FRAMING_WINDOW at first. */
void ent_framing_set_window (EntFraming *framing, gsize bytes);

/* Payload bytes queued and not yet handed to the channel, and handed over and not yet counted by
 * the other side. */
gsize ent_framing_get_waiting (EntFraming *framing);
gsize ent_framing_get_under_way (EntFraming *framing);

/* Forgets the messages of which no frame was sent yet. */
void ent_framing_drop_waiting (EntFraming *framing);

G_END_DECLS
