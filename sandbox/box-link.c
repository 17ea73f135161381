#include "box-link.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/ent-secret.h"
#include "box-error.h"
#include "protocol/ent-msg-runner.h"

#define SOCKET_PATH "/runner/v1/socket"
#define FIRST_DELAY_MS 500
#define MAX_DELAY_MS 10000
#define PING_S 20
#define SILENCE_S 45
#define MAX_FRAME_BYTES (128 * 1024)

struct _BoxLink {
  GObject parent_instance;

  char *url;
  char *socket_path; /* NULL: not a unix socket */
  char *token;
  SoupSession *session;
  SoupWebsocketConnection *connection; /* NULL while there is none */
  GCancellable *cancellable;
  guint attempt;
  guint retry_source;
  guint silence_source;
  gint64 heard_us;
  gboolean is_stopped;
};

enum { OPENED, TEXT, BINARY, CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BoxLink, box_link, G_TYPE_OBJECT)

static void dial (BoxLink *self);

guint
box_link_get_delay_ms (guint attempt)
{
  return attempt >= 6 ? MAX_DELAY_MS : MIN (FIRST_DELAY_MS << attempt, MAX_DELAY_MS);
}

static gboolean
retry_cb (gpointer data)
{
  BoxLink *self = data;

  self->retry_source = 0;
  dial (self);
  return G_SOURCE_REMOVE;
}

/* Half to one and a half of the delay, so that a coordinator's return is not a stampede. */
static void
retry_later (BoxLink *self)
{
  guint delay_ms = box_link_get_delay_ms (self->attempt++);

  if (self->is_stopped || self->retry_source != 0)
    return;
  self->retry_source =
    g_timeout_add (delay_ms / 2 + g_random_int_range (0, delay_ms + 1), retry_cb, self);
}

static void
drop_connection (BoxLink *self, const char *reason)
{
  g_autoptr (SoupWebsocketConnection) connection = g_steal_pointer (&self->connection);

  if (connection == NULL)
    return;
  g_clear_handle_id (&self->silence_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (connection, self);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_signal_emit (self, signals[CLOSED], 0, reason);
  retry_later (self);
}

static void
message_cb (SoupWebsocketConnection *connection, int type, GBytes *message, gpointer data)
{
  g_autoptr (BoxLink) self = g_object_ref (data);

  self->heard_us = g_get_monotonic_time ();
  if (type == SOUP_WEBSOCKET_DATA_BINARY) {
    g_signal_emit (self, signals[BINARY], 0, message);
  } else {
    gsize size;
    const char *text = g_bytes_get_data (message, &size);
    g_autofree char *copy = g_strndup (text, size);

    g_signal_emit (self, signals[TEXT], 0, copy, (gulong) size);
  }
}

static void
pong_cb (SoupWebsocketConnection *connection, GBytes *message, gpointer data)
{
  BoxLink *self = data;

  self->heard_us = g_get_monotonic_time ();
}

static void
closed_cb (SoupWebsocketConnection *connection, gpointer data)
{
  const char *reason = soup_websocket_connection_get_close_data (connection);
  g_autofree char *text =
    g_strdup (reason != NULL && *reason != '\0' ? reason : "the coordinator closed it");

  drop_connection (data, text);
}

/* The reason is in what follows, a close. */
static void
failed_cb (SoupWebsocketConnection *connection, GError *error, gpointer data)
{
  g_debug ("connection: %s", error->message);
}

static gboolean
silence_cb (gpointer data)
{
  BoxLink *self = data;

  if (g_get_monotonic_time () - self->heard_us < SILENCE_S * G_USEC_PER_SEC)
    return G_SOURCE_CONTINUE;
  self->silence_source = 0;
  drop_connection (self, "the coordinator has been silent");
  return G_SOURCE_REMOVE;
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BoxLink) self = data;
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection =
    soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  if (self->is_stopped) {
    g_clear_object (&connection);
    return;
  }
  if (connection == NULL) {
    g_signal_emit (self, signals[CLOSED], 0, error->message);
    retry_later (self);
    return;
  }
  self->connection = connection;
  self->heard_us = g_get_monotonic_time ();
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_FRAME_BYTES);
  soup_websocket_connection_set_keepalive_interval (connection, PING_S);
  g_signal_connect (connection, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (connection, "pong", G_CALLBACK (pong_cb), self);
  g_signal_connect (connection, "error", G_CALLBACK (failed_cb), self);
  g_signal_connect (connection, "closed", G_CALLBACK (closed_cb), self);
  self->silence_source = g_timeout_add_seconds (PING_S, silence_cb, self);
  g_signal_emit (self, signals[OPENED], 0);
}

static void
dial (BoxLink *self)
{
  g_autoptr (SoupMessage) message = soup_message_new ("GET", self->url);
  g_autofree char *header = g_strconcat ("Bearer ", self->token, NULL);

  soup_message_headers_replace (
    soup_message_get_request_headers (message), "Authorization", header);
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
    self->cancellable, connected_cb, g_object_ref (self));
}

static gboolean
refuse_address (GError **error, const char *address, const char *reason)
{
  g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID, "\"%s\" is no coordinator's address: %s.",
    address, reason);
  return FALSE;
}

static gboolean
read_url (BoxLink *self, const char *address, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  gboolean is_plain, is_local;

  if (host == NULL || *host == '\0')
    return refuse_address (error, address, "it is neither unix:PATH nor a URL with a host");
  is_plain = g_str_equal (scheme, "http") || g_str_equal (scheme, "ws");
  is_local =
    g_str_equal (host, "localhost") || g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1");
  if (!is_plain && !g_str_equal (scheme, "https") && !g_str_equal (scheme, "wss"))
    return refuse_address (error, address, "it is neither http, https, ws nor wss");
  if (is_plain && !is_local)
    return refuse_address (error, address, "without TLS only this host can be reached");
  if (g_str_equal (g_uri_get_path (uri), "") || g_str_equal (g_uri_get_path (uri), "/")) {
    g_autoptr (GUri) whole = soup_uri_copy (uri, SOUP_URI_PATH, SOCKET_PATH, SOUP_URI_NONE);

    self->url = g_uri_to_string (whole);
  } else {
    self->url = g_strdup (address);
  }
  self->session = soup_session_new ();
  if (is_local)
    soup_session_set_proxy_resolver (self->session, NULL);
  return TRUE;
}

static gboolean
read_address (BoxLink *self, const char *address, GError **error)
{
  g_autoptr (GSocketAddress) socket_address = NULL;

  if (!g_str_has_prefix (address, "unix:"))
    return read_url (self, address, error);
  if (!g_path_is_absolute (address + strlen ("unix:")))
    return refuse_address (error, address, "the path of the socket must be absolute");
  self->url = g_strdup ("http://localhost" SOCKET_PATH);
  socket_address = g_unix_socket_address_new (address + strlen ("unix:"));
  self->session = soup_session_new_with_options ("remote-connectable", socket_address, NULL);
  soup_session_set_proxy_resolver (self->session, NULL);
  return TRUE;
}

static void
box_link_dispose (GObject *object)
{
  BoxLink *self = BOX_LINK (object);

  box_link_stop (self);
  g_clear_object (&self->session);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (box_link_parent_class)->dispose (object);
}

static void
box_link_finalize (GObject *object)
{
  BoxLink *self = BOX_LINK (object);

  g_free (self->url);
  ent_secret_free (self->token);
  G_OBJECT_CLASS (box_link_parent_class)->finalize (object);
}

static void
box_link_class_init (BoxLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = box_link_dispose;
  object_class->finalize = box_link_finalize;
  signals[OPENED] =
    g_signal_new ("opened", BOX_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TEXT] = g_signal_new ("text", BOX_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ULONG);
  signals[BINARY] = g_signal_new (
    "binary", BOX_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[CLOSED] = g_signal_new (
    "closed", BOX_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
box_link_init (BoxLink *self)
{
  self->cancellable = g_cancellable_new ();
}

BoxLink *
box_link_new (const char *address, const char *token, GError **error)
{
  g_autoptr (BoxLink) self = g_object_new (BOX_TYPE_LINK, NULL);

  self->token = g_strdup (token);
  return read_address (self, address, error) ? g_steal_pointer (&self) : NULL;
}

void
box_link_start (BoxLink *self)
{
  dial (self);
}

void
box_link_stop (BoxLink *self)
{
  self->is_stopped = TRUE;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  drop_connection (self, "the runner stops");
}

static gboolean
is_open (BoxLink *self)
{
  return self->connection != NULL &&
         soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN;
}

void
box_link_send_text (BoxLink *self, const char *text)
{
  if (is_open (self))
    soup_websocket_connection_send_text (self->connection, text);
}

void
box_link_send_binary (BoxLink *self, GBytes *frame)
{
  gsize size;
  const void *data = g_bytes_get_data (frame, &size);

  if (is_open (self))
    soup_websocket_connection_send_binary (self->connection, data, size);
}

void
box_link_reject (BoxLink *self, const char *reason)
{
  if (is_open (self))
    soup_websocket_connection_close (self->connection, 4400, reason);
  drop_connection (self, reason);
}

void
box_link_confirm (BoxLink *self)
{
  self->attempt = 0;
}
