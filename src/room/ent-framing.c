#include "room/ent-framing.h"

#include <string.h>

#define FRAME_DATA 0x00
#define FRAME_COUNT 0x01
#define HEAD_BYTES 10
#define COUNT_BYTES 9

/* A message on its way out. */
typedef struct {
  guint32 id;
  guint32 index;
  gsize offset;
  GBytes *bytes;
} Outgoing;

/* A message of which some frames came. */
typedef struct {
  guint32 next_index;
  GByteArray *bytes;
} Incoming;

struct _EntFraming {
  EntFramingSend send;
  EntFramingReceive receive;
  gpointer data;

  GQueue waiting; /* Outgoing; the head has the next turn */
  gsize waiting_bytes;
  guint32 last_id;
  gsize window;
  guint64 sent; /* payload bytes handed to the channel */
  guint64 counted; /* of these, taken in by the other side as far as it told */
  gboolean is_pumping;

  GHashTable *incoming; /* id -> Incoming */
  gsize open_bytes;
  guint64 taken;
  guint64 told;
};

static void
free_outgoing (gpointer data)
{
  Outgoing *message = data;

  g_bytes_unref (message->bytes);
  g_free (message);
}

static void
free_incoming (gpointer data)
{
  Incoming *message = data;

  g_byte_array_unref (message->bytes);
  g_free (message);
}

static void
put_u32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (at, &value, sizeof value);
}

static guint32
get_u32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_BE (value);
}

static gboolean
send_frame (EntFraming *framing, Outgoing *message)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (message->bytes, &size);
  gsize payload = MIN (size - message->offset, ENT_FRAMING_MAX_PAYLOAD);
  guint8 *frame = g_malloc (HEAD_BYTES + payload);
  g_autoptr (GBytes) owned = NULL;

  frame[0] = FRAME_DATA;
  put_u32 (frame + 1, message->id);
  put_u32 (frame + 5, message->index);
  frame[9] = message->offset + payload == size;
  memcpy (frame + HEAD_BYTES, bytes + message->offset, payload);
  owned = g_bytes_new_take (frame, HEAD_BYTES + payload);
  message->index++;
  message->offset += payload;
  framing->sent += payload;
  framing->waiting_bytes -= payload;
  return framing->send (owned, framing->data);
}

/* Whether the next frame fits into the window. */
static gboolean
can_send (EntFraming *framing)
{
  Outgoing *message = g_queue_peek_head (&framing->waiting);
  gsize payload;

  if (message == NULL)
    return FALSE;
  payload = MIN (g_bytes_get_size (message->bytes) - message->offset, ENT_FRAMING_MAX_PAYLOAD);
  return framing->sent - framing->counted + payload <= framing->window;
}

/* One frame for each waiting message in turn, while the window is open. */
static void
pump (EntFraming *framing)
{
  if (framing->is_pumping)
    return;
  framing->is_pumping = TRUE;
  while (can_send (framing)) {
    Outgoing *message = g_queue_pop_head (&framing->waiting);
    gboolean is_sent = send_frame (framing, message);

    if (message->offset < g_bytes_get_size (message->bytes))
      g_queue_push_tail (&framing->waiting, message);
    else
      free_outgoing (message);
    if (!is_sent)
      break;
  }
  framing->is_pumping = FALSE;
}

static void
tell_count (EntFraming *framing)
{
  guint8 frame[COUNT_BYTES];
  guint64 count = GUINT64_TO_BE (framing->taken);
  g_autoptr (GBytes) owned = NULL;

  frame[0] = FRAME_COUNT;
  memcpy (frame + 1, &count, sizeof count);
  owned = g_bytes_new (frame, sizeof frame);
  framing->told = framing->taken;
  framing->send (owned, framing->data);
}

static gboolean
take_count (EntFraming *framing, const guint8 *data, gsize size, GError **error)
{
  guint64 count;

  if (size != COUNT_BYTES) {
    g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "A count on the data link has a wrong size");
    return FALSE;
  }
  memcpy (&count, data + 1, sizeof count);
  count = GUINT64_FROM_BE (count);
  if (count > framing->sent || count < framing->counted) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      "A count on the data link is of bytes that were never sent");
    return FALSE;
  }
  framing->counted = count;
  pump (framing);
  return TRUE;
}

/* The message that a frame goes on with, or begins; NULL when the frame is out of order. */
static Incoming *
find_incoming (EntFraming *framing, guint32 id, guint32 index)
{
  Incoming *message = g_hash_table_lookup (framing->incoming, GUINT_TO_POINTER (id));

  if (message != NULL)
    return message->next_index == index ? message : NULL;
  if (index != 0 || g_hash_table_size (framing->incoming) >= ENT_FRAMING_MAX_OPEN)
    return NULL;
  message = g_new0 (Incoming, 1);
  message->bytes = g_byte_array_new ();
  g_hash_table_insert (framing->incoming, GUINT_TO_POINTER (id), message);
  return message;
}

static gboolean
take_data (EntFraming *framing, const guint8 *data, gsize size, GError **error)
{
  gsize payload = size - HEAD_BYTES;
  guint32 id;
  gboolean is_last;
  Incoming *message = NULL;
  g_autoptr (GBytes) whole = NULL;

  if (size > HEAD_BYTES && payload <= ENT_FRAMING_MAX_PAYLOAD && data[9] <= 1)
    message = find_incoming (framing, get_u32 (data + 1), get_u32 (data + 5));
  if (message == NULL) {
    g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "A frame on the data link is malformed");
    return FALSE;
  }
  if (framing->open_bytes + payload > ENT_FRAMING_MAX_MESSAGE) {
    g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "A message on the data link is too large");
    return FALSE;
  }
  id = get_u32 (data + 1);
  is_last = data[9] == 1;
  g_byte_array_append (message->bytes, data + HEAD_BYTES, payload);
  message->next_index++;
  framing->open_bytes += payload;
  framing->taken += payload;
  if (is_last) {
    framing->open_bytes -= message->bytes->len;
    whole = g_byte_array_free_to_bytes (g_byte_array_ref (message->bytes));
    g_hash_table_remove (framing->incoming, GUINT_TO_POINTER (id));
  }
  if (is_last || framing->taken - framing->told >= ENT_FRAMING_WINDOW / 4)
    tell_count (framing);
  if (whole != NULL)
    framing->receive (whole, framing->data);
  return TRUE;
}

EntFraming *
ent_framing_new (EntFramingSend send, EntFramingReceive receive, gpointer data)
{
  EntFraming *framing = g_new0 (EntFraming, 1);

  framing->send = send;
  framing->receive = receive;
  framing->data = data;
  framing->window = ENT_FRAMING_WINDOW;
  framing->incoming = g_hash_table_new_full (NULL, NULL, NULL, free_incoming);
  g_queue_init (&framing->waiting);
  return framing;
}

void
ent_framing_free (EntFraming *framing)
{
  g_queue_clear_full (&framing->waiting, free_outgoing);
  g_hash_table_unref (framing->incoming);
  g_free (framing);
}

void
ent_framing_queue (EntFraming *framing, GBytes *message)
{
  Outgoing *outgoing = g_new0 (Outgoing, 1);

  g_return_if_fail (g_bytes_get_size (message) > 0);
  outgoing->id = ++framing->last_id;
  outgoing->bytes = g_bytes_ref (message);
  g_queue_push_head (&framing->waiting, outgoing);
  framing->waiting_bytes += g_bytes_get_size (message);
  pump (framing);
}

gboolean
ent_framing_take (EntFraming *framing, GBytes *frame, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);

  if (size > 0 && data[0] == FRAME_COUNT)
    return take_count (framing, data, size, error);
  if (size > 0 && data[0] == FRAME_DATA)
    return take_data (framing, data, size, error);
  g_set_error_literal (
    error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "A frame on the data link is of no known kind");
  return FALSE;
}

void
ent_framing_set_window (EntFraming *framing, gsize bytes)
{
  framing->window = bytes;
  pump (framing);
}

gsize
ent_framing_get_waiting (EntFraming *framing)
{
  return framing->waiting_bytes;
}

gsize
ent_framing_get_under_way (EntFraming *framing)
{
  return framing->sent - framing->counted;
}

void
ent_framing_drop_waiting (EntFraming *framing)
{
  GList *next;

  for (GList *l = framing->waiting.head; l != NULL; l = next) {
    Outgoing *message = l->data;

    next = l->next;
    if (message->offset > 0)
      continue;
    framing->waiting_bytes -= g_bytes_get_size (message->bytes);
    free_outgoing (message);
    g_queue_delete_link (&framing->waiting, l);
  }
}
