#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A WebSocket to a coordinator that comes back by itself.
 *
 * It connects, and after a loss connects again after 0.2 s, doubled up to 5 s, with jitter. Close
 * codes 4400 to 4499 are final. 4307 has another address of the same server as its reason, which
 * has what is asked for; it is tried at once, and after a loss the own address again. A server that
 * hangs, or a path that swallows everything, is noticed after about 8 s: it is pinged every 3 s.
 * What is sent while it is not open is dropped: both protocols on top start with an exchange of
 * states.
 */
#define ENT_TYPE_CHANNEL (ent_channel_get_type ())
G_DECLARE_FINAL_TYPE (EntChannel, ent_channel, ENT, CHANNEL, GObject)

typedef enum {
  ENT_CHANNEL_IDLE, /* not started, or stopped */
  ENT_CHANNEL_CONNECTING,
  ENT_CHANNEL_OPEN,
  ENT_CHANNEL_WAITING, /* lost; another try is due */
  ENT_CHANNEL_CLOSED, /* for good, by the server */
} EntChannelState;

/* Goes on at another address by itself. */
#define ENT_CHANNEL_MOVED 4307

/* protocol: the WebSocket sub-protocol, or NULL. max_message: greatest incoming message in bytes.
 *
 * Property state (EntChannelState). Signals:
 *   opened ()
 *   text (const char *text, gsize size)  - text is not freed by the handler
 *   binary (GBytes *data)
 *   lost (guint code, const char *reason, gboolean is_final) - code 0: no close frame; HTTP
 *       refusals of the handshake come as 4401, 4403, 4404 for 401, 403, 404. */
EntChannel *ent_channel_new (const char *protocol, gsize max_message);

/* Talks to the holder of this public key alone (NULL: to whom the system trusts). Before it starts.
 */
void ent_channel_set_pin (EntChannel *channel, const char *pin);

/* The bearer token of the handshake; NULL: none. */
void ent_channel_set_access (EntChannel *channel, const char *access);

/* For one that is open for hours and says little: it is pinged every 25 s, and given up after 60 s
 * of silence. Before it starts. */
void ent_channel_set_slow (EntChannel *channel, gboolean is_slow);

/* Starts, or starts over with another address ("ws://..." or "wss://..."). */
void ent_channel_start (EntChannel *channel, const char *uri);

/* Closes with code 1000 and stays closed; emits nothing. */
void ent_channel_stop (EntChannel *channel);

EntChannelState ent_channel_get_state (EntChannel *channel);

/* FALSE when it is not open; the message is then dropped. */
gboolean ent_channel_send_text (EntChannel *channel, const char *text);
gboolean ent_channel_send_binary (EntChannel *channel, GBytes *data);

/* The same path as in uri at another origin, which may have a path of its own before it. NULL
 * unless it is as safe as uri: "https://...", or plain and on this host as uri itself is. The
 * caller owns it.
 */
char *ent_channel_build_moved_uri (const char *uri, const char *origin);

/* "ws://HOST/path" for "http://HOST" and "/path", wss for https. The caller owns it. */
char *ent_channel_build_uri (const char *origin, const char *path);

G_END_DECLS
