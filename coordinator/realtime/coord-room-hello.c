/* A room socket from its opening to its hello. */

#include "coord-log.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-session.h"
#include "realtime/coord-room-table.h"
#include "store/coord-error.h"

typedef struct {
  grefcount refs; /* the socket's, and that of an admission under way */
  CoordRoomTable *table;
  EntClock *clock;
  char *room_id;
  CoordSocket *socket;
  gint64 re;
  guint timeout_id;
  gboolean is_greeted;
  gboolean is_closed;
} Greeting;

static void
greeting_unref (gpointer data)
{
  Greeting *greeting = data;

  if (!g_ref_count_dec (&greeting->refs))
    return;
  ent_clock_remove (greeting->clock, greeting->timeout_id);
  ent_clock_unref (greeting->clock);
  coord_socket_unref (greeting->socket);
  g_free (greeting->room_id);
  g_free (greeting);
}

static void
refuse (Greeting *greeting, const GError *error)
{
  gboolean is_shown =
    error->domain == COORD_ERROR && !g_error_matches (error, COORD_ERROR, COORD_ERROR_INTERNAL);
  const EntMsgError message = { (char *) coord_error_get_code (error),
    is_shown ? error->message : (char *) "Something went wrong on the server. Try again." };
  g_autofree char *text = ent_room_message_encode (ENT_ROOM_ERROR, 0, greeting->re, &message);

  if (g_error_matches (error, COORD_ERROR, COORD_ERROR_MOVED)) {
    coord_room_table_refuse (greeting->socket, error);
    return;
  }
  if (!is_shown)
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_ROOM, greeting->room_id, "%s", error->message);
  coord_socket_send_string (greeting->socket, text);
  coord_room_table_refuse (greeting->socket, error);
}

static void
admitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Greeting *greeting = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordSeat) seat = NULL;
  g_autoptr (CoordOpenRoom) room = coord_room_table_admit_finish (result, &seat, &error);

  if (!greeting->is_closed && room == NULL)
    refuse (greeting, error);
  else if (!greeting->is_closed)
    coord_open_room_join_socket (room, seat, greeting->socket, greeting->re);
  greeting_unref (greeting);
}

static gboolean
no_hello_cb (gpointer data)
{
  Greeting *greeting = data;

  greeting->timeout_id = 0;
  coord_socket_close (
    greeting->socket, COORD_CLOSE_NOT_SIGNED_IN, "The hello did not come within 5 s.");
  return G_SOURCE_REMOVE;
}

/* Before it is welcome a client says hello and nothing else. */
static void
message_cb (CoordSocket *socket, gboolean is_text, GBytes *bytes, gpointer data)
{
  Greeting *greeting = data;
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (EntMessage) message = is_text ? ent_room_message_decode (text, size, NULL) : NULL;
  const EntMsgHello *hello;

  if (message == NULL || message->kind != ENT_ROOM_HELLO || greeting->is_greeted) {
    coord_socket_close (
      socket, COORD_CLOSE_BAD_MESSAGE, "The first message must be hello; wait for its answer.");
    return;
  }
  hello = message->data;
  ent_clock_remove (greeting->clock, greeting->timeout_id);
  greeting->timeout_id = 0;
  greeting->is_greeted = TRUE;
  g_ref_count_inc (&greeting->refs);
  greeting->re = message->id;
  coord_room_table_admit_async (
    greeting->table, greeting->room_id, hello->room_token, admitted_cb, greeting);
}

static void
closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
  Greeting *greeting = data;

  greeting->is_closed = TRUE;
}

static const CoordSocketEvents greeting_events = { message_cb, closed_cb };

void
coord_room_table_take_socket (CoordRoomTable *table, const char *room_id, CoordSocket *socket)
{
  Greeting *greeting = g_new0 (Greeting, 1);

  g_ref_count_init (&greeting->refs);
  greeting->table = table;
  greeting->clock = ent_clock_ref (coord_room_table_get_clock (table));
  greeting->room_id = g_strdup (room_id);
  greeting->socket = coord_socket_ref (socket);
  greeting->timeout_id =
    ent_clock_add (greeting->clock, COORD_ROOM_HELLO_MS, no_hello_cb, greeting);
  coord_socket_set_events (socket, &greeting_events, greeting, greeting_unref);
}
