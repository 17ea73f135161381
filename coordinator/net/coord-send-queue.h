#pragma once

#include <gio/gio.h>
#include <sys/uio.h>

G_BEGIN_DECLS

/* WebSocket frames that the kernel did not take yet. Large payloads are shared and not copied, so
 * that one message can wait in any number of queues; small ones stand together in chunks. */
typedef struct {
  GQueue pieces;
  gsize bytes; /* of all that waits */
  gsize sent_of_first;
} CoordSendQueue;

void coord_send_queue_clear (CoordSendQueue *queue);

/* Appends a message as one frame, unmasked as a server's are. */
void coord_send_queue_push (CoordSendQueue *queue, guint8 opcode, GBytes *payload);

/* Appends bytes that are a whole frame. */
void coord_send_queue_push_frame (CoordSendQueue *queue, GBytes *frame);

/* Drops what was not begun, for a peer that reads too slowly. */
void coord_send_queue_drop (CoordSendQueue *queue);

#define COORD_SEND_QUEUE_VECTORS 128

/* Points at the first bytes that wait; returns how many vectors there are, at most
 * COORD_SEND_QUEUE_VECTORS. They are good until the queue changes. */
guint coord_send_queue_fill (CoordSendQueue *queue, struct iovec *vectors);

/* Takes what the kernel took off the queue. */
void coord_send_queue_take_sent (CoordSendQueue *queue, gsize size);

G_END_DECLS
