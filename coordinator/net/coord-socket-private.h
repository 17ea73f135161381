#pragma once

#include "net/coord-frame-tracker.h"
#include "net/coord-send-queue.h"
#include "net/coord-socket.h"
#include "net/coord-wheel.h"

/* Sockets behind one epoll descriptor: what coord-socket.c (one socket) and coord-socket-hub.c (all
 * of them) know of each other.
 *
 * A socket goes through three states: open; closing, when our close frame waits in its queue (the
 * owner is told at the end of the turn); lingering, when the frame has left, the writing side is
 * shut and what still arrives is thrown away until the peer closes too, two seconds at most: else a
 * reset would eat the close frame. A socket that is lost goes at once. Freed is a socket at the end
 * of the turn only, since later events of the same turn may still name it. */

G_BEGIN_DECLS

#define COORD_SOCKET_PING_AFTER_S 20 /* of silence */
#define COORD_SOCKET_BEAT_MS 6 /* how often busy sockets are read and written */

/* A wslay context with whom it is lent to. It takes 8.6 KiB, so a socket has one only while it is
 * in mid-message. */
typedef struct _CoordReader CoordReader;

struct _CoordSocket {
  guint refs;
  CoordSocketHub *hub; /* NULL when gone */
  int fd;
  char *address;
  CoordSocketLimits limits;
  const CoordSocketEvents *events;
  gpointer data;
  GDestroyNotify data_free;

  CoordSendQueue queue;

  CoordReader *reader;
  GBytes *early;
  gsize early_at;
  gsize read_in_turn;
  CoordFrameTracker tracker;

  guint64 heard_at_s;
  gboolean is_pinged;
  guint64 rate_second;
  guint rate_count;
  CoordWheelPlace place;
  GList turn_link;
  gboolean is_in_turn;

  gint64 counted_at_us; /* since when n_frames are counted */
  guint n_frames; /* queued since then */
  gboolean is_busy; /* of the hub's busy ones */
  GList busy_link;

  gboolean is_drained; /* nothing more to read in this turn */
  gboolean is_lost; /* the connection failed */
  gboolean wants_out;
  gboolean is_closing;
  gboolean is_lingering;
  gboolean is_told; /* closed was called */
  gboolean is_dead;
  guint close_code;
  char *close_reason;
};

struct _CoordSocketHub {
  int epoll_fd;
  guint epoll_source;
  guint tick_source; /* 0: held */
  guint turn_source; /* 0 while nothing waits for the end of a turn, or in a turn */
  gboolean is_in_turn;
  int busy_fd; /* the epoll descriptor of busy sockets, looked at with each beat */
  guint beat_source; /* 0 while nobody is busy */
  GQueue busy; /* CoordSocket */
  guint n_to_flush; /* of these, in the present beat */
  CoordWheel wheel;
  GQueue turn; /* sockets with something to send, read or tell */
  GPtrArray *graves;
  GPtrArray *spare_readers;
  guint count; /* open ones */
  gint64 read_until_us; /* what is read in this turn, monotonic */
  guint n_batches; /* whose sockets were asked first */
};

/* coord-socket.c */

void coord_reader_free (CoordReader *reader);

/* Reads what is there and tells the owner of whole messages. */
void coord_socket_read (CoordSocket *socket);

/* Sends what the kernel takes. */
void coord_socket_flush (CoordSocket *socket);

/* Its second has come: pings a silent peer, gives up one that stays silent. */
void coord_socket_check_silence (CoordSocket *socket);

/* The connection is over. The socket stays in memory until the turn ends. */
void coord_socket_kill (CoordSocket *socket);

/* Tells the owner, once. */
void coord_socket_tell_closed (CoordSocket *socket);

/* coord-socket-hub.c */

/* Makes sure that the socket is looked at before the loop sleeps. */
void coord_socket_hub_join_turn (CoordSocket *socket);

/* Tells the kernel what the socket waits for; operation is one of epoll_ctl(). */
gboolean coord_socket_hub_watch (CoordSocket *socket, int operation);

/* The socket is busy no more. */
void coord_socket_hub_leave_busy (CoordSocket *socket);

G_END_DECLS
