#include "client/ent-person-socket.h"

#include "base/ent-secret.h"
#include "client/ent-channel.h"
#include "protocol/ent-link-uri.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-session.h"

#define PATH "/api/me/socket"
#define MAX_MESSAGE (64 * 1024)
#define FIRST_WAIT_MS 2000
#define MAX_WAIT_MS 60000
/* A connection that lasted so long was a good one. */
#define GOOD_US (30 * G_USEC_PER_SEC)
/* A token is not asked for more often than that. */
#define MIN_RENEWAL_MS 10000

struct _EntPersonSocket {
  GObject parent_instance;

  EntClient *client;
  EntClock *clock;
  EntChannel *channel;
  gboolean is_open;
  gint64 opened_us; /* monotonic; 0: not since it was lost */
  guint wait_ms; /* before the next try */
  guint retry_id; /* while it waits */
  guint renewal_id; /* of the access token, while it is open */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (EntPersonSocket, ent_person_socket, G_TYPE_OBJECT)

enum { PROP_IS_OPEN = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { NOTICE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
clear_timeout (EntPersonSocket *self, guint *id)
{
  ent_clock_remove (self->clock, *id);
  *id = 0;
}

static void
set_open (EntPersonSocket *self, gboolean is_open)
{
  if (self->is_open == is_open)
    return;
  self->is_open = is_open;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_OPEN]);
}

/* --- connecting: an access token, then the socket
 * -------------------------------------------------- */

static void connect_now (EntPersonSocket *self);

static gboolean
retry_cb (gpointer data)
{
  EntPersonSocket *self = data;

  self->retry_id = 0;
  connect_now (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (EntPersonSocket *self)
{
  guint wait_ms;

  if (self->opened_us != 0 && ent_clock_get_monotonic_us (self->clock) - self->opened_us >= GOOD_US)
    self->wait_ms = FIRST_WAIT_MS;
  self->opened_us = 0;
  wait_ms = g_random_int_range (self->wait_ms / 2, self->wait_ms + 1);
  self->wait_ms = MIN (self->wait_ms * 2, MAX_WAIT_MS);
  clear_timeout (self, &self->retry_id);
  clear_timeout (self, &self->renewal_id);
  self->retry_id = ent_clock_add (self->clock, wait_ms, retry_cb, self);
  set_open (self, FALSE);
}

static gboolean
renew_cb (gpointer data)
{
  EntPersonSocket *self = data;

  self->renewal_id = 0;
  connect_now (self);
  return G_SOURCE_REMOVE;
}

static void
plan_renewal (EntPersonSocket *self, gint64 ends_us)
{
  gint64 left_ms = (ends_us - g_get_monotonic_time ()) / 1000;

  clear_timeout (self, &self->renewal_id);
  self->renewal_id =
    ent_clock_add (self->clock, CLAMP (left_ms, MIN_RENEWAL_MS, G_MAXINT), renew_cb, self);
}

static void
got_access_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntPersonSocket) self = data;
  g_autoptr (GError) error = NULL;
  gint64 ends_us = 0;
  char *access = ent_client_get_access_finish (ENT_CLIENT (source), result, &ends_us, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_cancellable_is_cancelled (self->cancellable)) {
    g_clear_pointer (&access, ent_secret_free);
    return;
  }
  if (access == NULL) {
    /* While the person is signed out whoever made this lets go of it. */
    ent_channel_stop (self->channel);
    retry_later (self);
    return;
  }
  ent_channel_set_access (self->channel, access);
  plan_renewal (self, ends_us);
  if (self->is_open) {
    g_autofree char *text =
      ent_person_message_encode (ENT_PERSON_AUTH, 1, 0, &(EntMsgAuth){ access });

    ent_channel_send_text (self->channel, text);
  } else {
    g_autofree char *uri = ent_channel_build_uri (ent_client_get_origin (self->client), PATH);

    ent_channel_start (self->channel, uri);
  }
  ent_secret_free (access);
}

/* Opens it, or tells an open one the token of now. */
static void
connect_now (EntPersonSocket *self)
{
  ent_client_get_access_async (self->client, self->cancellable, got_access_cb, g_object_ref (self));
}

static void
network_changed_cb (GNetworkMonitor *monitor, gboolean is_available, gpointer data)
{
  EntPersonSocket *self = data;

  if (!is_available || self->retry_id == 0)
    return;
  clear_timeout (self, &self->retry_id);
  self->wait_ms = FIRST_WAIT_MS;
  connect_now (self);
}

/* --- what comes
 * ------------------------------------------------------------------------------------ */

static void
text_cb (EntChannel *channel, const char *text, gulong size, gpointer data)
{
  EntPersonSocket *self = data;
  g_autoptr (EntMessage) message = ent_person_message_decode (text, size, NULL);

  if (message == NULL)
    return;
  switch ((EntPersonKind) message->kind) {
  case ENT_PERSON_WELCOME:
    if (!self->is_open)
      self->opened_us = ent_clock_get_monotonic_us (self->clock);
    set_open (self, TRUE);
    break;
  case ENT_PERSON_NOTICE:
    g_signal_emit (self, signals[NOTICE], 0, message->data);
    break;
  case ENT_PERSON_AUTH:
  case ENT_PERSON_ERROR: /* the socket is closed next */
  case ENT_PERSON_UNKNOWN:
    break;
  }
}

/* The channel would come back with the token of then, and sooner than is needed. */
static void
lost_cb (EntChannel *channel, guint code, const char *reason, gboolean is_final, gpointer data)
{
  ent_channel_stop (channel);
  retry_later (ENT_PERSON_SOCKET (data));
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static void
ent_person_socket_dispose (GObject *object)
{
  EntPersonSocket *self = ENT_PERSON_SOCKET (object);

  g_cancellable_cancel (self->cancellable);
  if (self->clock != NULL) {
    clear_timeout (self, &self->retry_id);
    clear_timeout (self, &self->renewal_id);
  }
  if (self->channel != NULL) {
    g_signal_handlers_disconnect_by_data (self->channel, self);
    ent_channel_stop (self->channel);
  }
  g_clear_object (&self->channel);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (ent_person_socket_parent_class)->dispose (object);
}

static void
ent_person_socket_finalize (GObject *object)
{
  EntPersonSocket *self = ENT_PERSON_SOCKET (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->clock, ent_clock_unref);

  G_OBJECT_CLASS (ent_person_socket_parent_class)->finalize (object);
}

static void
ent_person_socket_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_IS_OPEN:
    g_value_set_boolean (value, ENT_PERSON_SOCKET (object)->is_open);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_person_socket_class_init (EntPersonSocketClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = ent_person_socket_dispose;
  object_class->finalize = ent_person_socket_finalize;
  object_class->get_property = ent_person_socket_get_property;

  props[PROP_IS_OPEN] = g_param_spec_boolean ("is-open", NULL, NULL, FALSE,
    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[NOTICE] = g_signal_new ("notice", ENT_TYPE_PERSON_SOCKET, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
ent_person_socket_init (EntPersonSocket *self)
{
  self->wait_ms = FIRST_WAIT_MS;
  self->cancellable = g_cancellable_new ();
  self->channel = ent_channel_new (ENT_ROOM_PROTOCOL, MAX_MESSAGE);
  ent_channel_set_slow (self->channel, TRUE);
  g_signal_connect (self->channel, "text", G_CALLBACK (text_cb), self);
  g_signal_connect (self->channel, "lost", G_CALLBACK (lost_cb), self);
  g_signal_connect_object (
    g_network_monitor_get_default (), "network-changed", G_CALLBACK (network_changed_cb), self, 0);
}

EntPersonSocket *
ent_person_socket_new (EntClient *client, EntClock *clock)
{
  EntPersonSocket *self = g_object_new (ENT_TYPE_PERSON_SOCKET, NULL);
  g_autofree char *origin = NULL;
  g_autofree char *pin = NULL;

  self->client = g_object_ref (client);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  origin = ent_place_split (ent_client_get_place (client), &pin);
  ent_channel_set_pin (self->channel, pin);
  connect_now (self);
  return self;
}

gboolean
ent_person_socket_is_open (EntPersonSocket *self)
{
  g_return_val_if_fail (ENT_IS_PERSON_SOCKET (self), FALSE);
  return self->is_open;
}
