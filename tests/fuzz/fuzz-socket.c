#include "fuzz-socket.h"

#include <string.h>
#include <unistd.h>

#include "fuzz-same.h"

const CoordSocketLimits coord_socket_default_limits = {
  .max_message_bytes = 64 * 1024,
  .max_messages_per_s = 200,
  .max_queue_bytes = 4 * 1024 * 1024,
};

struct _CoordSocket {
  guint refs;
  CoordSocketHub *hub; /* NULL when gone */
  CoordSocketLimits limits;
  const CoordSocketEvents *events;
  gpointer data;
  GDestroyNotify data_free;
  gsize queued_bytes;
  guint n_messages;
  guint close_code; /* 0: open */
  char *close_reason;
  gboolean is_deaf;
};

struct _CoordSocketHub {
  GQueue sockets; /* CoordSocket, owned */
  guint turn_id; /* 0: nobody has to be told */
};

static GList *
find_closed (CoordSocketHub *hub)
{
  for (GList *l = hub->sockets.head; l != NULL; l = l->next)
    if (((CoordSocket *) l->data)->close_code != 0)
      return l;
  return NULL;
}

/* Tells the owners of those that are closed. */
static gboolean
turn_cb (gpointer data)
{
  CoordSocketHub *hub = data;
  GList *link;

  hub->turn_id = 0;
  while ((link = find_closed (hub)) != NULL) {
    CoordSocket *socket = link->data;
    gpointer owner = g_steal_pointer (&socket->data);

    g_queue_delete_link (&hub->sockets, link);
    socket->hub = NULL;
    if (socket->events != NULL)
      socket->events->closed (socket, socket->close_code, socket->close_reason, owner);
    if (socket->data_free != NULL && owner != NULL)
      socket->data_free (owner);
    coord_socket_unref (socket);
  }
  return G_SOURCE_REMOVE;
}

static void
set_closed (CoordSocket *socket, guint code, const char *reason)
{
  g_assert_true (g_utf8_validate (reason, -1, NULL));
  if (!coord_socket_is_open (socket))
    return;
  socket->close_code = code;
  socket->close_reason = g_strdup (reason);
  if (socket->hub->turn_id == 0)
    socket->hub->turn_id = g_idle_add_full (G_PRIORITY_DEFAULT, turn_cb, socket->hub, NULL);
}

CoordSocket *
fuzz_socket_new (CoordSocketHub *hub)
{
  CoordSocket *socket = g_new0 (CoordSocket, 1);

  socket->refs = 1;
  socket->hub = hub;
  socket->limits = coord_socket_default_limits;
  g_queue_push_tail (&hub->sockets, socket);
  return socket;
}

void
fuzz_socket_receive (CoordSocket *socket, gboolean is_text, const void *data, gsize size)
{
  g_autoptr (GBytes) bytes = NULL;

  if (!coord_socket_is_open (socket) || socket->events == NULL)
    return;
  if (size > socket->limits.max_message_bytes)
    set_closed (socket, COORD_CLOSE_TOO_BIG, "");
  else if (++socket->n_messages > socket->limits.max_messages_per_s)
    set_closed (socket, COORD_CLOSE_TRY_AGAIN, "Too many messages");
  else if (is_text && !fuzz_same_is_text (data, size))
    set_closed (socket, COORD_CLOSE_BAD_TEXT, "");
  else {
    bytes = g_bytes_new (data, size);
    socket->events->message (socket, is_text, bytes, socket->data);
  }
}

void
fuzz_socket_leave (CoordSocket *socket, guint code)
{
  set_closed (socket, code, "");
}

void
fuzz_socket_stop_reading (CoordSocket *socket)
{
  socket->is_deaf = TRUE;
}

/* The functions of coord-socket.h. */

CoordSocket *
coord_socket_ref (CoordSocket *socket)
{
  socket->refs++;
  return socket;
}

void
coord_socket_unref (CoordSocket *socket)
{
  if (--socket->refs > 0)
    return;
  g_free (socket->close_reason);
  g_free (socket);
}

void
coord_socket_set_events (CoordSocket *socket,
  const CoordSocketEvents *events,
  gpointer data,
  GDestroyNotify data_free)
{
  gpointer old = g_steal_pointer (&socket->data);
  GDestroyNotify old_free = socket->data_free;

  socket->events = events;
  socket->data = data;
  socket->data_free = data_free;
  if (old != NULL && old_free != NULL)
    old_free (old);
}

static void
send (CoordSocket *socket, GBytes *message)
{
  gsize size = g_bytes_get_size (message);

  if (!coord_socket_is_open (socket))
    return;
  if (socket->queued_bytes + size > socket->limits.max_queue_bytes)
    set_closed (socket, COORD_CLOSE_TRY_AGAIN, "Reading too slowly");
  else if (socket->is_deaf)
    socket->queued_bytes += size;
}

void
coord_socket_send_binary (CoordSocket *socket, GBytes *message)
{
  send (socket, message);
}

void
coord_socket_send_text (CoordSocket *socket, GBytes *text)
{
  gsize size;
  const char *data = g_bytes_get_data (text, &size);

  g_assert_true (g_utf8_validate_len (data, size, NULL));
  send (socket, text);
}

void
coord_socket_send_string (CoordSocket *socket, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  coord_socket_send_text (socket, bytes);
}

void
coord_socket_close (CoordSocket *socket, guint code, const char *reason)
{
  g_assert_true (
    code >= 1000 && code < 5000 && code != COORD_CLOSE_NO_STATUS && code != COORD_CLOSE_ABNORMAL);
  set_closed (socket, code, reason);
}

void
coord_socket_set_limits (CoordSocket *socket, const CoordSocketLimits *limits)
{
  socket->limits = *limits;
}

const char *
coord_socket_get_address (CoordSocket *socket)
{
  return "";
}

gboolean
coord_socket_is_open (CoordSocket *socket)
{
  return socket->hub != NULL && socket->close_code == 0;
}

gsize
coord_socket_get_queued_bytes (CoordSocket *socket)
{
  return socket->queued_bytes;
}

CoordSocketHub *
coord_socket_hub_new (void)
{
  CoordSocketHub *hub = g_new0 (CoordSocketHub, 1);

  g_queue_init (&hub->sockets);
  return hub;
}

void
coord_socket_hub_free (CoordSocketHub *hub)
{
  coord_socket_hub_close_all (hub, COORD_CLOSE_ABNORMAL, "");
  g_clear_handle_id (&hub->turn_id, g_source_remove);
  turn_cb (hub);
  g_free (hub);
}

/* Nothing in a fuzz target connects a descriptor. */
CoordSocket *
coord_socket_hub_adopt (CoordSocketHub *hub,
  int fd,
  const char *address,
  GBytes *early,
  const CoordSocketLimits *limits)
{
  close (fd);
  return NULL;
}

void
coord_socket_hub_close_all (CoordSocketHub *hub, guint code, const char *reason)
{
  for (GList *l = hub->sockets.head; l != NULL; l = l->next)
    set_closed (l->data, code, reason);
}

guint
coord_socket_hub_count (CoordSocketHub *hub)
{
  guint n = 0;

  for (GList *l = hub->sockets.head; l != NULL; l = l->next)
    n += coord_socket_is_open (l->data);
  return n;
}

void
coord_socket_hub_hold (CoordSocketHub *hub)
{
}

void
coord_socket_hub_advance (CoordSocketHub *hub, guint seconds)
{
}
