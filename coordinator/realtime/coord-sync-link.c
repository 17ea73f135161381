/* The document socket: exactly what a y-websocket server says. */

#include "realtime/coord-open-room-private.h"

/* A step 2 is the biggest message. Kept edits are sent one by one, so many may come at once. */
const CoordSocketLimits coord_sync_link_limits = {
  .max_message_bytes = ENT_MAX_STEP2 + 64,
  .max_messages_per_s = 5000,
  .max_queue_bytes = 4 * 1024 * 1024,
};

/* After our step 1 was answered only updates come. */
static const CoordSocketLimits synced_limits = {
  .max_message_bytes = ENT_MAX_UPDATE + 64,
  .max_messages_per_s = 5000,
  .max_queue_bytes = 4 * 1024 * 1024,
};

/* A reader may be behind by so much, on top of one whole step 2; who has not read that one gets no
 * other. */
void
coord_sync_link_send (CoordRoomLink *link, GBytes *message)
{
  coord_sync_link_send_at (link, message, coord_open_room_steady_us (link->room));
}

void
coord_sync_link_send_at (CoordRoomLink *link, GBytes *message, gint64 now_us)
{
  gsize size = g_bytes_get_size (message);
  gsize queued = coord_socket_get_queued_bytes (link->socket);

  if (size > synced_limits.max_queue_bytes / 2 && queued < synced_limits.max_queue_bytes / 2) {
    CoordSocketLimits limits = link->wants_step2 ? coord_sync_link_limits : synced_limits;

    limits.max_queue_bytes += queued + size;
    coord_socket_set_limits (link->socket, &limits);
  }
  link->sent_us = now_us;
  coord_socket_send_binary (link->socket, message);
}

static void
send_all_awareness (CoordRoomLink *link)
{
  g_autoptr (GArray) clients = ent_awareness_list_clients (link->room->awareness);
  g_autoptr (GBytes) update = NULL;
  g_autoptr (GBytes) message = NULL;

  if (clients->len == 0)
    return;
  update = ent_awareness_encode (link->room->awareness, NULL, 0);
  message = ent_sync_new_awareness (update);
  coord_sync_link_send (link, message);
}

void
coord_sync_link_start (CoordRoomLink *link)
{
  g_autoptr (GBytes) message = NULL;

  if (coord_room_loan_get_vector (link->room) != NULL && coord_room_loan_hold_start (link))
    return;
  message = ent_sync_new_step1 (link->room->doc);
  coord_sync_link_send (link, message);
  send_all_awareness (link);
}

/* The body shares the message's bytes. */
static GBytes *
get_body (GBytes *bytes, const EntSyncMessage *message)
{
  const guint8 *start = g_bytes_get_data (bytes, NULL);

  return g_bytes_new_from_bytes (bytes, message->body - start, message->body_size);
}

static gboolean
answer_step1 (CoordRoomLink *link, GBytes *bytes, const EntSyncMessage *message)
{
  g_autoptr (GBytes) question = NULL;
  EntStateVector *known = NULL;

  if (!coord_open_room_count_question (link, COORD_ROOM_QUESTIONS_PER_S))
    return TRUE;
  if (message->body_size <= COORD_ROOM_MAX_STATE_VECTOR)
    known = ent_state_vector_decode (message->body, message->body_size, NULL);
  if (known == NULL)
    return FALSE;
  question = get_body (bytes, message);
  coord_sync_answer (link, question, known);
  return TRUE;
}

/* Only the answer that we asked for may carry what others wrote. */
static gboolean
take_update (CoordRoomLink *link, GBytes *bytes, const EntSyncMessage *message)
{
  gboolean is_answer = message->kind == ENT_SYNC_STEP2 && link->wants_step2;
  gsize limit = is_answer ? ENT_MAX_STEP2 : ENT_MAX_UPDATE;
  g_autoptr (GBytes) update = NULL;

  if (message->body_size > limit) {
    coord_socket_close (link->socket, COORD_CLOSE_MESSAGE_TOO_BIG, "This update is too big.");
    return TRUE;
  }
  if (is_answer) {
    link->wants_step2 = FALSE;
    coord_socket_set_limits (link->socket, &synced_limits);
  }
  update = get_body (bytes, message);
  return coord_room_document_take (link, update, is_answer);
}

static gboolean
take_message (CoordRoomLink *link, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  EntSyncMessage message;

  if (!ent_sync_parse (data, size, &message, NULL))
    return FALSE;
  switch (message.kind) {
  case ENT_SYNC_STEP1:
    return answer_step1 (link, bytes, &message);
  case ENT_SYNC_STEP2:
  case ENT_SYNC_UPDATE:
    return take_update (link, bytes, &message);
  case ENT_SYNC_AWARENESS:
    return coord_room_document_take_awareness (link, message.body, message.body_size);
  case ENT_SYNC_QUERY_AWARENESS:
    if (coord_open_room_count_question (link, COORD_ROOM_QUESTIONS_PER_S))
      send_all_awareness (link);
    return TRUE;
  case ENT_SYNC_DENIED:
  case ENT_SYNC_UNKNOWN:
    return TRUE;
  }
  return FALSE;
}

void
coord_sync_link_take (CoordRoomLink *link, gboolean is_text, GBytes *bytes)
{
  if (coord_member_is_out (link->member))
    return; /* it waited for the replica meanwhile */
  if (is_text || !take_message (link, bytes))
    coord_socket_close (link->socket, COORD_CLOSE_BAD_MESSAGE,
      "This message cannot be read as the Yjs sync protocol.");
}

static void
message_cb (CoordSocket *socket, gboolean is_text, GBytes *bytes, gpointer data)
{
  CoordRoomLink *link = data;

  if (link->room->is_closed)
    return;
  if (!coord_room_loan_hold_message (link, is_text, bytes))
    coord_sync_link_take (link, is_text, bytes);
  coord_open_room_heard (link);
}

static void
closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
  if (!coord_room_loan_hold_close (data, code))
    coord_room_link_closed (data, code);
}

const CoordSocketEvents coord_sync_link_events = { message_cb, closed_cb };
