#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One WebSocket that has left libsoup and lives behind the hub's single epoll descriptor.
 *
 * Everything here belongs to the main thread. A socket that is open is kept alive by the hub;
 * whoever holds one longer than its closed callback takes a reference. Nothing is called back from
 * within a call of this file: a failing send closes the socket at the end of the loop's turn. */
typedef struct _CoordSocket CoordSocket;

/* Close codes (RFC 6455, section 7.4, and our own). 4400 to 4499 are final refusals: stock Yjs
 * clients do not come back after them. */
typedef enum {
  COORD_CLOSE_NORMAL = 1000,
  COORD_CLOSE_GOING_AWAY = 1001,
  COORD_CLOSE_PROTOCOL_ERROR = 1002,
  COORD_CLOSE_NO_STATUS = 1005, /* never sent: the peer gave none */
  COORD_CLOSE_ABNORMAL = 1006, /* never sent: the connection was lost */
  COORD_CLOSE_BAD_TEXT = 1007,
  COORD_CLOSE_TOO_BIG = 1009,
  COORD_CLOSE_TRY_AGAIN = 1013, /* too fast, too slow or busy: reconnect and resync */
  COORD_CLOSE_MOVED = 4307, /* the reason is the address to go to */
  COORD_CLOSE_BAD_MESSAGE = 4400,
  COORD_CLOSE_NOT_SIGNED_IN = 4401,
  COORD_CLOSE_NOT_IN_ROOM = 4403,
  COORD_CLOSE_NO_ROOM = 4404,
  COORD_CLOSE_TAKEN_OVER = 4409,
  COORD_CLOSE_ENDED = 4410, /* the interview has ended */
  COORD_CLOSE_MESSAGE_TOO_BIG = 4413,
  COORD_CLOSE_TOO_FAST = 4429,
  COORD_CLOSE_GOING_DOWN = 4503,
} CoordCloseCode;

typedef struct {
  gsize max_message_bytes; /* a bigger message closes the socket with 1009, and so do crumbs */
  guint max_messages_per_s; /* more close it with 1013 */
  gsize max_queue_bytes; /* a reader slower than this is closed with 1013 and resyncs */
} CoordSocketLimits;

/* 64 KiB a message, 200 messages a second, 4 MiB of queue: right for the room socket. */
extern const CoordSocketLimits coord_socket_default_limits;

/* message: a whole message; lent. Not called after coord_socket_close().
 * closed: exactly once, last of all; code is what the peer sent, COORD_CLOSE_ABNORMAL for a lost
 * connection, or the code of our own close. reason is never NULL. */
typedef struct {
  void (*message) (CoordSocket *socket, gboolean is_text, GBytes *message, gpointer data);
  void (*closed) (CoordSocket *socket, guint code, const char *reason, gpointer data);
} CoordSocketEvents;

CoordSocket *coord_socket_ref (CoordSocket *socket);
void coord_socket_unref (CoordSocket *socket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordSocket, coord_socket_unref)

/* Sets who is told; events must be static. Call it at once in the upgrade's callback: no message is
 * read before that returns. May be called again, to hand a socket on. */
void coord_socket_set_events (CoordSocket *socket,
  const CoordSocketEvents *events,
  gpointer data,
  GDestroyNotify data_free);

/* Queue a message; the bytes are shared and not copied, so one GBytes can go to any number of
 * sockets. Text must be valid UTF-8. Sending on a closed or closing socket does nothing. All that
 * is queued in one turn of the loop leaves with one system call; a socket with 800 messages a
 * second is read and written all 6 ms. */
void coord_socket_send_binary (CoordSocket *socket, GBytes *message);
void coord_socket_send_text (CoordSocket *socket, GBytes *text);
void coord_socket_send_string (CoordSocket *socket, const char *text);

/* Sends what is queued and then the close frame; reason is at most 123 bytes. closed follows with
 * this code from the loop. A second call does nothing. */
void coord_socket_close (CoordSocket *socket, guint code, const char *reason);

/* Changes the limits, for instance after a hello. */
void coord_socket_set_limits (CoordSocket *socket, const CoordSocketLimits *limits);

/* The peer's address as text without the port; lent. Empty for a unix socket. */
const char *coord_socket_get_address (CoordSocket *socket);

gboolean coord_socket_is_open (CoordSocket *socket);

/* Bytes that the peer has not taken yet. */
gsize coord_socket_get_queued_bytes (CoordSocket *socket);

/* The hub: the epoll source, the ping wheel (a peer silent for 20 s is pinged, one silent for 45 s
 * is gone) and the pool of wslay contexts. One per process, on the main thread. */
typedef struct _CoordSocketHub CoordSocketHub;

CoordSocketHub *coord_socket_hub_new (void);

/* Cuts every socket that is left, calling closed for each. */
void coord_socket_hub_free (CoordSocketHub *hub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordSocketHub, coord_socket_hub_free)

/* Takes over a connected descriptor after its handshake; early holds bytes that were read behind
 * the head (may be NULL). Returns a borrowed socket, NULL when the descriptor cannot be watched (it
 * is closed then). Reading starts in the loop's next turn. */
CoordSocket *coord_socket_hub_adopt (CoordSocketHub *hub,
  int fd,
  const char *address,
  GBytes *early,
  const CoordSocketLimits *limits);

/* Closes every open socket with this code. */
void coord_socket_hub_close_all (CoordSocketHub *hub, guint code, const char *reason);

guint coord_socket_hub_count (CoordSocketHub *hub);

/* Seconds pass by coord_socket_hub_advance() alone from now on; for tests. */
void coord_socket_hub_hold (CoordSocketHub *hub);

/* Turns the ping wheel forward as if seconds had passed; for tests. */
void coord_socket_hub_advance (CoordSocketHub *hub, guint seconds);

G_END_DECLS
