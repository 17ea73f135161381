#pragma once

#include <libsoup/soup.h>

#include "document/ent-doc.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-run.h"
#include "protocol/ent-msg-session.h"

/* A person in a room as the coordinator sees one: a document socket and a room socket, and the
 * document behind the first. Speaks WebSocket by libsoup, over whatever stream it is given. */
typedef struct {
  EntDoc *doc;
  SoupWebsocketConnection *sync; /* NULL: not connected */
  SoupWebsocketConnection *room;
  GPtrArray *messages; /* EntMessage: what came over the room socket and was not taken yet */
  guint n_updates; /* document updates that came */
  guint n_awareness; /* awareness messages that came */
  guint n_synced; /* answers to our step 1 */
  guint sync_code; /* close code; 0: open or never connected */
  guint room_code;
  EntStateVector *durable; /* as last told */
} TestRoomPeer;

TestRoomPeer *test_room_peer_new (guint64 client_id);
void test_room_peer_free (TestRoomPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestRoomPeer, test_room_peer_free)

/* Take over a connection; the peer owns it then. The document socket begins to sync; the room
 * socket says hello. */
void test_room_peer_take_sync (TestRoomPeer *peer, SoupWebsocketConnection *connection);
void test_room_peer_take_room (TestRoomPeer *peer,
  SoupWebsocketConnection *connection,
  const char *token);

/* Connects to a server ("http://127.0.0.1:PORT"); waits until both are open or closed. */
void test_room_peer_connect (TestRoomPeer *peer,
  SoupSession *session,
  const char *origin,
  const char *room_id,
  const char *token);

/* Cuts both connections without a word. */
void test_room_peer_cut (TestRoomPeer *peer);

/* Ends both politely and waits until they are closed. */
void test_room_peer_leave (TestRoomPeer *peer);

/* The text of a file by its path. */
EntType *test_room_peer_get_text (TestRoomPeer *peer, const char *path);
char *test_room_peer_dup_text (TestRoomPeer *peer, const char *path);
void test_room_peer_type (TestRoomPeer *peer, const char *path, guint32 at, const char *text);
guint test_room_peer_count_files (TestRoomPeer *peer);

/* Whether the text of the file is this. */
gboolean test_room_peer_shows (TestRoomPeer *peer, const char *path, const char *text);

/* Whether the server has said that all of the peer's document is on disk. */
gboolean test_room_peer_is_durable (TestRoomPeer *peer);

void test_room_peer_send (TestRoomPeer *peer, EntRoomKind kind, gint64 id, gconstpointer data);
void test_room_peer_send_sync (TestRoomPeer *peer, GBytes *message);

/* The first message of a kind that has come and was not taken; NULL. Then take it. */
EntMessage *test_room_peer_find (TestRoomPeer *peer, EntRoomKind kind);
EntMessage *test_room_peer_take (TestRoomPeer *peer, EntRoomKind kind);

/* Waits for one and takes it; the caller owns it. */
EntMessage *test_room_peer_wait (TestRoomPeer *peer, EntRoomKind kind);

/* Takes what has come of a kind and forgets it. */
void test_room_peer_skip (TestRoomPeer *peer, EntRoomKind kind);

/* Waits for an error and checks its code. */
void test_room_peer_wait_error (TestRoomPeer *peer, const char *code);

/* Turns the main loop until the condition holds; fails after a hundred seconds, which a busy
 * machine with sanitizers may come near to. */
#define test_wait(condition) \
  G_STMT_START \
  { \
    gint64 test_deadline_us = g_get_monotonic_time () + 100 * G_USEC_PER_SEC; \
    while (!(condition)) { \
      if (g_get_monotonic_time () > test_deadline_us) \
        g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition); \
      test_turn (); \
    } \
  } \
  G_STMT_END

/* One turn of the main loop, that waits a little when there is nothing to do. */
void test_turn (void);

/* Turns for a while, to see that something does not happen. */
void test_turn_for (guint ms);
