#include "client/ent-channel.h"

#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/ent-secret.h"
#include "client/ent-pinning.h"

#define FIRST_WAIT_MS 200
#define MAX_WAIT_MS 5000
#define CONNECT_TIMEOUT_S 5
/* A server that hangs does not answer pings, though its kernel does. */
#define PING_S 3
#define SILENCE_S 8
#define LISTEN_S 1
/* Of one that is open for hours and says little. */
#define SLOW_PING_S 25
#define SLOW_SILENCE_S 60
#define SLOW_LISTEN_S 10
#define MAX_MOVES 3 /* then it waits before it asks again */
/* The kernel asks a silent peer after 5 s and gives it up after three more questions. */
#define KEEPALIVE_IDLE_S 5
#define KEEPALIVE_INTERVAL_S 2
#define KEEPALIVE_PROBES 3
#define UNACKNOWLEDGED_MS 10000

struct _EntChannel {
  GObject parent_instance;

  char *protocol;
  gsize max_message;
  char *access; /* bearer of the handshake; NULL: none */
  gboolean is_slow;
  SoupSession *session;
  SoupWebsocketConnection *connection; /* NULL unless open */
  GCancellable *connecting; /* NULL unless connecting */
  char *uri;
  char *moved_uri; /* where the next try goes; NULL: to uri */
  guint n_moves; /* one after the other, without a wait */
  EntChannelState state;
  guint wait_ms; /* before the next try */
  guint retry_id;
  guint listen_id; /* counts seconds while it is open */
  guint silent_s; /* since something came */
  guint reset_id; /* forgets the waits when a connection lasts */
};

G_DEFINE_FINAL_TYPE (EntChannel, ent_channel, G_TYPE_OBJECT)

enum { PROP_STATE = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { OPENED, TEXT, BINARY, LOST, N_SIGNALS };
static guint signals[N_SIGNALS];

static void connect_now (EntChannel *channel);

static void
set_state (EntChannel *channel, EntChannelState state)
{
  if (channel->state == state)
    return;
  channel->state = state;
  g_object_notify_by_pspec (G_OBJECT (channel), props[PROP_STATE]);
}

static gboolean
retry_cb (gpointer data)
{
  EntChannel *channel = data;

  channel->retry_id = 0;
  channel->n_moves = 0;
  connect_now (channel);
  return G_SOURCE_REMOVE;
}

static void
schedule_retry (EntChannel *channel)
{
  guint wait_ms = g_random_int_range (channel->wait_ms / 2, channel->wait_ms + 1);

  channel->wait_ms = MIN (channel->wait_ms * 2, MAX_WAIT_MS);
  channel->retry_id = g_timeout_add (wait_ms, retry_cb, channel);
  set_state (channel, ENT_CHANNEL_WAITING);
}

static void
drop_connection (EntChannel *channel)
{
  g_autoptr (SoupWebsocketConnection) connection = g_steal_pointer (&channel->connection);

  g_clear_handle_id (&channel->reset_id, g_source_remove);
  g_clear_handle_id (&channel->listen_id, g_source_remove);
  if (connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (connection, channel);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
lose (EntChannel *channel, guint code, const char *reason)
{
  gboolean is_final = code >= 4400 && code <= 4499;

  g_object_ref (channel);
  drop_connection (channel);
  if (is_final)
    set_state (channel, ENT_CHANNEL_CLOSED);
  else
    schedule_retry (channel);
  g_signal_emit (channel, signals[LOST], 0, code, reason, is_final);
  g_object_unref (channel);
}

/* Others of the same server know better where it goes on. */
static void
follow (EntChannel *channel, const char *origin)
{
  g_autofree char *moved = ent_channel_build_moved_uri (channel->uri, origin);

  if (moved == NULL || channel->n_moves >= MAX_MOVES) {
    lose (channel, ENT_CHANNEL_MOVED, origin);
    return;
  }
  g_object_ref (channel);
  drop_connection (channel);
  channel->n_moves++;
  channel->moved_uri = g_steal_pointer (&moved);
  set_state (channel, ENT_CHANNEL_CONNECTING);
  g_signal_emit (channel, signals[LOST], 0, ENT_CHANNEL_MOVED, origin, FALSE);
  if (channel->moved_uri != NULL && channel->connecting == NULL)
    connect_now (channel);
  g_object_unref (channel);
}

static void
message_cb (SoupWebsocketConnection *connection,
  SoupWebsocketDataType type,
  GBytes *data,
  gpointer user_data)
{
  EntChannel *channel = user_data;
  gsize size;
  const char *text = g_bytes_get_data (data, &size);

  channel->silent_s = 0;
  g_object_ref (channel);
  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    g_signal_emit (channel, signals[TEXT], 0, text, (gulong) size);
  else
    g_signal_emit (channel, signals[BINARY], 0, data);
  g_object_unref (channel);
}

static void
pong_cb (SoupWebsocketConnection *connection, GBytes *data, gpointer user_data)
{
  ENT_CHANNEL (user_data)->silent_s = 0;
}

/* Seconds in which this loop turned, so that a hold-up here is not taken for one over there. */
static gboolean
listen_cb (gpointer data)
{
  EntChannel *channel = data;

  channel->silent_s += channel->is_slow ? SLOW_LISTEN_S : LISTEN_S;
  if (channel->silent_s < (channel->is_slow ? SLOW_SILENCE_S : SILENCE_S))
    return G_SOURCE_CONTINUE;
  lose (channel, 0, "The server does not answer.");
  return G_SOURCE_REMOVE;
}

static void
closed_cb (SoupWebsocketConnection *connection, gpointer data)
{
  EntChannel *channel = data;
  g_autofree char *reason = g_strdup (soup_websocket_connection_get_close_data (connection));
  guint code = soup_websocket_connection_get_close_code (connection);

  if (code == ENT_CHANNEL_MOVED && reason != NULL)
    follow (channel, reason);
  else
    lose (channel, code, reason);
}

static gboolean
lasted_cb (gpointer data)
{
  EntChannel *channel = data;

  channel->reset_id = 0;
  channel->n_moves = 0;
  channel->wait_ms = FIRST_WAIT_MS;
  return G_SOURCE_REMOVE;
}

/* The handshake was answered by an HTTP status, or not at all. */
static void
handshake_failed (EntChannel *channel, SoupMessage *message, const GError *error)
{
  guint status = message != NULL ? soup_message_get_status (message) : 0;

  if (status == 401 || status == 403 || status == 404 || status == 410)
    lose (channel, 4000 + status, "refused");
  else
    lose (channel, 0, error->message);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntChannel) channel = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) connection =
    soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&channel->connecting);
  if (connection == NULL) {
    handshake_failed (channel, message, error);
    return;
  }
  soup_websocket_connection_set_max_incoming_payload_size (connection, channel->max_message);
  soup_websocket_connection_set_keepalive_interval (
    connection, channel->is_slow ? SLOW_PING_S : PING_S);
  g_signal_connect (connection, "message", G_CALLBACK (message_cb), channel);
  g_signal_connect (connection, "pong", G_CALLBACK (pong_cb), channel);
  g_signal_connect (connection, "closed", G_CALLBACK (closed_cb), channel);
  channel->connection = g_steal_pointer (&connection);
  channel->reset_id = g_timeout_add (MAX_WAIT_MS, lasted_cb, channel);
  channel->silent_s = 0;
  channel->listen_id =
    g_timeout_add_seconds (channel->is_slow ? SLOW_LISTEN_S : LISTEN_S, listen_cb, channel);
  set_state (channel, ENT_CHANNEL_OPEN);
  g_signal_emit (channel, signals[OPENED], 0);
}

static void
network_event_cb (SoupMessage *message, GSocketClientEvent event, GIOStream *stream, gpointer data)
{
  EntChannel *channel = data;
  GSocket *socket;

  if (event != G_SOCKET_CLIENT_CONNECTED || !G_IS_SOCKET_CONNECTION (stream))
    return;
  socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (
    socket, IPPROTO_TCP, TCP_KEEPIDLE, channel->is_slow ? SLOW_PING_S : KEEPALIVE_IDLE_S, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

static void
connect_now (EntChannel *channel)
{
  g_autofree char *moved = g_steal_pointer (&channel->moved_uri);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", moved != NULL ? moved : channel->uri);
  const char *protocols[] = { channel->protocol, NULL };

  g_return_if_fail (message != NULL);
  g_signal_connect_object (message, "network-event", G_CALLBACK (network_event_cb), channel, 0);
  ent_pinning_watch (channel->session, message);
  if (channel->access != NULL) {
    g_autofree char *bearer = g_strconcat ("Bearer ", channel->access, NULL);

    /* It must not follow a redirect to another place. */
    soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
    soup_message_headers_replace (
      soup_message_get_request_headers (message), "Authorization", bearer);
  }
  channel->connecting = g_cancellable_new ();
  set_state (channel, ENT_CHANNEL_CONNECTING);
  soup_session_websocket_connect_async (channel->session, message, NULL,
    channel->protocol != NULL ? (char **) protocols : NULL, G_PRIORITY_DEFAULT, channel->connecting,
    connected_cb, g_object_ref (channel));
}

static void
cancel_all (EntChannel *channel)
{
  g_clear_handle_id (&channel->retry_id, g_source_remove);
  if (channel->connecting != NULL)
    g_cancellable_cancel (channel->connecting);
  g_clear_object (&channel->connecting);
  g_clear_pointer (&channel->moved_uri, g_free);
  channel->n_moves = 0;
  drop_connection (channel);
}

static void
ent_channel_dispose (GObject *object)
{
  cancel_all (ENT_CHANNEL (object));
  G_OBJECT_CLASS (ent_channel_parent_class)->dispose (object);
}

static void
ent_channel_finalize (GObject *object)
{
  EntChannel *channel = ENT_CHANNEL (object);

  g_clear_object (&channel->session);
  g_free (channel->protocol);
  g_clear_pointer (&channel->access, ent_secret_free);
  g_free (channel->uri);
  G_OBJECT_CLASS (ent_channel_parent_class)->finalize (object);
}

static void
ent_channel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_STATE:
    g_value_set_int (value, ENT_CHANNEL (object)->state);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_channel_class_init (EntChannelClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = ent_channel_dispose;
  object_class->finalize = ent_channel_finalize;
  object_class->get_property = ent_channel_get_property;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, ENT_CHANNEL_IDLE, ENT_CHANNEL_CLOSED,
    ENT_CHANNEL_IDLE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[OPENED] = g_signal_new (
    "opened", ENT_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TEXT] = g_signal_new ("text", ENT_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
    G_TYPE_NONE, 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_ULONG);
  signals[BINARY] = g_signal_new ("binary", ENT_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
    NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[LOST] = g_signal_new ("lost", ENT_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
    G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
ent_channel_init (EntChannel *channel)
{
  channel->session = soup_session_new ();
  soup_session_set_timeout (channel->session, CONNECT_TIMEOUT_S);
  channel->wait_ms = FIRST_WAIT_MS;
}

EntChannel *
ent_channel_new (const char *protocol, gsize max_message)
{
  EntChannel *channel = g_object_new (ENT_TYPE_CHANNEL, NULL);

  channel->protocol = g_strdup (protocol);
  channel->max_message = max_message;
  return channel;
}

void
ent_channel_set_pin (EntChannel *channel, const char *pin)
{
  g_return_if_fail (ENT_IS_CHANNEL (channel));
  ent_pinning_prepare (channel->session, pin);
}

void
ent_channel_set_access (EntChannel *channel, const char *access)
{
  g_return_if_fail (ENT_IS_CHANNEL (channel));
  g_clear_pointer (&channel->access, ent_secret_free);
  channel->access = g_strdup (access);
}

void
ent_channel_set_slow (EntChannel *channel, gboolean is_slow)
{
  g_return_if_fail (ENT_IS_CHANNEL (channel));
  channel->is_slow = is_slow;
}

void
ent_channel_start (EntChannel *channel, const char *uri)
{
  cancel_all (channel);
  g_free (channel->uri);
  channel->uri = g_strdup (uri);
  channel->wait_ms = FIRST_WAIT_MS;
  connect_now (channel);
}

void
ent_channel_stop (EntChannel *channel)
{
  cancel_all (channel);
  set_state (channel, ENT_CHANNEL_IDLE);
}

EntChannelState
ent_channel_get_state (EntChannel *channel)
{
  return channel->state;
}

gboolean
ent_channel_send_text (EntChannel *channel, const char *text)
{
  if (channel->state != ENT_CHANNEL_OPEN ||
      soup_websocket_connection_get_state (channel->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;
  soup_websocket_connection_send_text (channel->connection, text);
  return TRUE;
}

gboolean
ent_channel_send_binary (EntChannel *channel, GBytes *data)
{
  if (channel->state != ENT_CHANNEL_OPEN ||
      soup_websocket_connection_get_state (channel->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;
  soup_websocket_connection_send_message (channel->connection, SOUP_WEBSOCKET_DATA_BINARY, data);
  return TRUE;
}

static gboolean
is_this_host (const char *host)
{
  return g_strcmp0 (host, "127.0.0.1") == 0 || g_strcmp0 (host, "::1") == 0 ||
         g_strcmp0 (host, "localhost") == 0;
}

char *
ent_channel_build_moved_uri (const char *uri, const char *origin)
{
  g_autoptr (GUri) old = g_uri_parse (uri, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GUri) new = g_uri_parse (origin, G_URI_FLAGS_ENCODED, NULL);
  gboolean is_plain;

  if (old == NULL || new == NULL || g_uri_get_host (new) == NULL ||
      g_uri_get_userinfo (new) != NULL || g_uri_get_query (new) != NULL ||
      g_uri_get_fragment (new) != NULL || g_str_has_suffix (origin, "/"))
    return NULL;
  is_plain = strcmp (g_uri_get_scheme (new), "http") == 0;
  if (!is_plain && strcmp (g_uri_get_scheme (new), "https") != 0)
    return NULL;
  if (is_plain &&
      (strcmp (g_uri_get_scheme (old), "ws") != 0 || !is_this_host (g_uri_get_host (new))))
    return NULL;
  return g_strconcat ("ws", origin + strlen ("http"), g_uri_get_path (old),
    g_uri_get_query (old) != NULL ? "?" : "", g_uri_get_query (old), NULL);
}

char *
ent_channel_build_uri (const char *origin, const char *path)
{
  g_return_val_if_fail (g_str_has_prefix (origin, "http"), NULL);
  return g_strconcat ("ws", origin + strlen ("http"), path, NULL);
}
