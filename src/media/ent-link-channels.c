#include "media/ent-link-private.h"
#include "media/ent-media.h"

static const char *const labels[] = {
  [ENT_LINK_SYNC] = "sync",
  [ENT_LINK_PRESENCE] = "presence",
};

/* What a channel's callbacks hold, on webrtcbin's threads. */
#define MAX_FOREIGN_CHANNELS 16 /* of any name, in the life of a link: it wants two */

typedef struct {
  EntHop *hop;
  EntLinkChannel channel;
  gint *waiting_bytes; /* counted box, shared with the link */
  guint n_came; /* channels of the other side, for who listens to these */
} Listener;

typedef struct {
  EntLinkChannel channel;
  GBytes *bytes;
  gint *waiting_bytes;
} Message;

typedef struct {
  EntLinkChannel channel;
  GstWebRTCDataChannel *object;
} Arrival;

/* With what a small one takes besides its content, so that many of them count too. */
static gint
get_cost (GBytes *bytes)
{
  return g_bytes_get_size (bytes) + 256;
}

static void
free_message (gpointer data)
{
  Message *message = data;

  g_atomic_int_add (message->waiting_bytes, -get_cost (message->bytes));
  g_atomic_rc_box_release (message->waiting_bytes);
  g_bytes_unref (message->bytes);
  g_free (message);
}

static void
free_arrival (gpointer data)
{
  Arrival *arrival = data;

  g_object_unref (arrival->object);
  g_free (arrival);
}

static void
free_listener (gpointer data, GClosure *closure)
{
  Listener *listener = data;

  ent_hop_unref (listener->hop);
  g_atomic_rc_box_release (listener->waiting_bytes);
  g_free (listener);
}

static void
announce (EntLink *link, EntLinkChannel channel)
{
  EntLinkPort *port = &link->ports[channel];

  if (link->state != ENT_LINK_STATE_VERIFIED || !port->is_open || port->is_announced)
    return;
  port->is_announced = TRUE;
  ent_link_emit_channel_open (link, channel);
}

static void
deliver (EntLink *link, EntLinkChannel channel, GBytes *bytes)
{
  link->stats.messages_received++;
  link->stats.bytes_received += g_bytes_get_size (bytes);
  ent_link_emit_message (link, channel, bytes);
}

/* Just verified: what waited goes out in its order. Any handler may close the link. */
void
ent_link_channels_announce (EntLink *link)
{
  g_autoptr (EntLink) keep = g_object_ref (link);
  Message *message;

  for (guint i = 0; i < ENT_LINK_N_CHANNELS; i++)
    announce (link, i);
  while (
    link->state == ENT_LINK_STATE_VERIFIED && (message = g_queue_pop_head (&link->early)) != NULL) {
    deliver (link, message->channel, message->bytes);
    free_message (message);
  }
  link->early_bytes = 0;
}

static void
message_arrived (gpointer object, gpointer data)
{
  EntLink *link = object;
  Message *message = data;

  if (!ent_link_is_live (link))
    return;
  if (link->state == ENT_LINK_STATE_VERIFIED) {
    announce (link, message->channel);
    if (link->state == ENT_LINK_STATE_VERIFIED)
      deliver (link, message->channel, message->bytes);
    return;
  }
  link->early_bytes += get_cost (message->bytes);
  if (link->early_bytes > ENT_LINK_MAX_EARLY_BYTES) {
    ent_link_fail (link, ENT_MEDIA_ERROR_LIMIT,
      "The connection was ended: the other side sent too much before it proved who it is.");
    return;
  }
  message = g_new0 (Message, 1);
  *message = *(Message *) data;
  g_bytes_ref (message->bytes);
  g_atomic_rc_box_acquire (message->waiting_bytes);
  g_atomic_int_add (message->waiting_bytes, get_cost (message->bytes));
  g_queue_push_tail (&link->early, message);
}

static void
peer_sent_too_much (gpointer object, gpointer data)
{
  EntLink *link = object;

  if (ent_link_is_live (link))
    ent_link_fail (link, ENT_MEDIA_ERROR_LIMIT,
      "The connection was ended: the other side sent more than is allowed.");
}

static void
message_data_cb (GstWebRTCDataChannel *channel, GBytes *bytes, gpointer data)
{
  Listener *listener = data;
  gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  gint waiting = g_atomic_int_get (listener->waiting_bytes);
  Message *message;

  if (size == 0)
    return;
  if (size > ENT_LINK_MAX_MESSAGE_BYTES || waiting + size > ENT_LINK_MAX_WAITING_BYTES) {
    ent_hop_post (listener->hop, peer_sent_too_much, NULL, NULL);
    return;
  }
  message = g_new0 (Message, 1);
  message->channel = listener->channel;
  message->bytes = g_bytes_ref (bytes);
  message->waiting_bytes = g_atomic_rc_box_acquire (listener->waiting_bytes);
  g_atomic_int_add (message->waiting_bytes, get_cost (bytes));
  ent_hop_post (listener->hop, message_arrived, message, free_message);
}

static void
channel_opened (gpointer object, gpointer data)
{
  EntLink *link = object;
  EntLinkChannel channel = GPOINTER_TO_UINT (data);

  if (!ent_link_is_live (link) || link->ports[channel].channel == NULL)
    return;
  link->ports[channel].is_open = TRUE;
  ent_link_verify (link);
  if (ent_link_is_live (link))
    announce (link, channel);
}

static void
channel_open_cb (GstWebRTCDataChannel *channel, gpointer data)
{
  Listener *listener = data;

  ent_hop_post (listener->hop, channel_opened, GUINT_TO_POINTER (listener->channel), NULL);
}

static void
channel_closed (gpointer object, gpointer data)
{
  EntLink *link = object;

  if (ent_link_is_live (link))
    ent_link_fail (link, ENT_MEDIA_ERROR_FAILED, "The other side ended the connection.");
}

static void
channel_close_cb (GstWebRTCDataChannel *channel, gpointer data)
{
  Listener *listener = data;

  ent_hop_post (listener->hop, channel_closed, NULL, NULL);
}

static void
listen_to (GstWebRTCDataChannel *object, EntHop *hop, EntLinkChannel channel, gint *waiting_bytes)
{
  static const struct {
    const char *signal;
    GCallback callback;
  } callbacks[] = {
    { "on-message-data", G_CALLBACK (message_data_cb) },
    { "on-open", G_CALLBACK (channel_open_cb) },
    { "on-close", G_CALLBACK (channel_close_cb) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (callbacks); i++) {
    Listener *listener = g_new0 (Listener, 1);

    listener->hop = ent_hop_ref (hop);
    listener->channel = channel;
    listener->waiting_bytes = g_atomic_rc_box_acquire (waiting_bytes);
    g_signal_connect_data (
      object, callbacks[i].signal, callbacks[i].callback, listener, free_listener, 0);
  }
}

static void
release_cb (gpointer data, GObject *pipeline)
{
  g_object_unref (data);
}

/* Keeps a channel, whoever opened it and whatever it is called, for as long as the pipeline is
 * there: the bin that webrtcbin of GStreamer 1.22 makes for it has a pointer to it, but no
 * reference, and looks there when the channel's source fails, which it may do after the channel was
 * closed. */
static void
keep_channel (GstElement *webrtc, GstWebRTCDataChannel *channel)
{
  GstObject *pipeline = gst_object_get_parent (GST_OBJECT (webrtc));

  g_return_if_fail (pipeline != NULL);
  g_object_weak_ref (G_OBJECT (pipeline), release_cb, g_object_ref (channel));
  gst_object_unref (pipeline);
}

static void
too_many_came (gpointer object, gpointer data)
{
  ent_link_fail (object, ENT_MEDIA_ERROR_LIMIT,
    "The connection was ended: the other side opened too many channels.");
}

static void
channel_came (gpointer object, gpointer data)
{
  EntLink *link = object;
  Arrival *arrival = data;
  EntLinkPort *port = &link->ports[arrival->channel];
  GstWebRTCDataChannelState state;

  if (!ent_link_is_live (link))
    return;
  if (port->channel != NULL) {
    ent_link_fail (link, ENT_MEDIA_ERROR_LIMIT,
      "The connection was ended: the other side opened a channel twice.");
    return;
  }
  port->channel = g_object_ref (arrival->object);
  g_object_get (port->channel, "ready-state", &state, NULL);
  if (state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN)
    channel_opened (link, GUINT_TO_POINTER (arrival->channel));
}

/* On webrtcbin's thread: listening begins here, since messages may follow at once. Channels with
 * other names are not listened to. */
static void
data_channel_cb (GstElement *webrtc, GstWebRTCDataChannel *object, gpointer data)
{
  Listener *listener = data;
  g_autofree char *label = NULL;

  if (++listener->n_came > MAX_FOREIGN_CHANNELS) {
    ent_hop_post (listener->hop, too_many_came, NULL, NULL);
    return;
  }
  keep_channel (webrtc, object);
  g_object_get (object, "label", &label, NULL);
  for (guint i = 0; i < ENT_LINK_N_CHANNELS; i++) {
    Arrival *arrival;

    if (g_strcmp0 (label, labels[i]) != 0)
      continue;
    arrival = g_new0 (Arrival, 1);
    arrival->channel = i;
    arrival->object = g_object_ref (object);
    ent_hop_post (listener->hop, channel_came, arrival, free_arrival);
    listen_to (object, listener->hop, i, listener->waiting_bytes);
  }
}

static void
open_channel (EntLink *link, EntLinkChannel channel)
{
  g_autoptr (GstStructure) options = NULL;
  GstWebRTCDataChannel *object = NULL;

  if (channel == ENT_LINK_PRESENCE)
    options = gst_structure_new (
      "options", "ordered", G_TYPE_BOOLEAN, FALSE, "max-retransmits", G_TYPE_INT, 0, NULL);
  g_signal_emit_by_name (link->webrtc, "create-data-channel", labels[channel], options, &object);
  g_return_if_fail (object != NULL);
  keep_channel (link->webrtc, object);
  link->ports[channel].channel = object;
  listen_to (object, link->hop, channel, link->waiting_bytes);
}

/* The pipeline must be READY: channels cannot be made before. */
void
ent_link_channels_connect (EntLink *link)
{
  Listener *listener;

  if (link->role == ENT_LINK_OFFERER) {
    for (guint i = 0; i < ENT_LINK_N_CHANNELS; i++)
      open_channel (link, i);
    return;
  }
  listener = g_new0 (Listener, 1);
  listener->hop = ent_hop_ref (link->hop);
  listener->waiting_bytes = g_atomic_rc_box_acquire (link->waiting_bytes);
  g_signal_connect_data (
    link->webrtc, "on-data-channel", G_CALLBACK (data_channel_cb), listener, free_listener, 0);
}

void
ent_link_channels_clear (EntLink *link)
{
  for (guint i = 0; i < ENT_LINK_N_CHANNELS; i++) {
    g_clear_object (&link->ports[i].channel);
    link->ports[i].is_open = FALSE;
  }
  g_queue_clear_full (&link->early, free_message);
  link->early_bytes = 0;
}

gboolean
ent_link_is_channel_open (EntLink *link, EntLinkChannel channel)
{
  g_return_val_if_fail (ENT_IS_LINK (link), FALSE);
  return link->state == ENT_LINK_STATE_VERIFIED && link->ports[channel].is_open;
}

gboolean
ent_link_send (EntLink *link, EntLinkChannel channel, GBytes *bytes, GError **error)
{
  gsize size;

  g_return_val_if_fail (ENT_IS_LINK (link), FALSE);
  size = g_bytes_get_size (bytes);
  g_return_val_if_fail (size > 0 && size <= ENT_LINK_MAX_MESSAGE_BYTES, FALSE);
  if (!ent_link_is_channel_open (link, channel)) {
    g_set_error_literal (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_STATE,
      "Nothing can be sent: the connection to the other person is not ready.");
    return FALSE;
  }
  if (!gst_webrtc_data_channel_send_data_full (link->ports[channel].channel, bytes, error)) {
    g_prefix_error (error, "Could not send to the other person: ");
    return FALSE;
  }
  link->stats.messages_sent++;
  link->stats.bytes_sent += size;
  return TRUE;
}

guint64
ent_link_get_buffered_amount (EntLink *link, EntLinkChannel channel)
{
  guint64 amount = 0;

  g_return_val_if_fail (ENT_IS_LINK (link), 0);
  if (link->ports[channel].channel != NULL)
    g_object_get (link->ports[channel].channel, "buffered-amount", &amount, NULL);
  return amount;
}
