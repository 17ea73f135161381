#include "test-room-peer.h"

#include "document/ent-doc-sync.h"

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
test_turn (void)
{
  guint id = g_timeout_add (10, wake_cb, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

void
test_turn_for (guint ms)
{
  gint64 end_us = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end_us)
    test_turn ();
}

/* The document socket. */

void
test_room_peer_send_sync (TestRoomPeer *peer, GBytes *message)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (message, &size);

  if (peer->sync != NULL &&
      soup_websocket_connection_get_state (peer->sync) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_binary (peer->sync, data, size);
}

static void
document_changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  g_autoptr (GBytes) message = NULL;

  if (!event->is_local)
    return;
  message = ent_sync_new_update (ent_doc_event_get_update (event));
  test_room_peer_send_sync (data, message);
}

static void
sync_message_cb (SoupWebsocketConnection *connection, int type, GBytes *bytes, TestRoomPeer *peer)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = NULL;
  EntSyncMessage message;

  g_assert_cmpint (type, ==, SOUP_WEBSOCKET_DATA_BINARY);
  g_assert_true (ent_sync_parse (data, size, &message, &error));
  if (message.kind == ENT_SYNC_UPDATE)
    peer->n_updates++;
  if (message.kind == ENT_SYNC_AWARENESS)
    peer->n_awareness++;
  ent_sync_handle (peer->doc, &message, connection, &reply, &error);
  g_assert_no_error (error);
  if (message.kind == ENT_SYNC_STEP2)
    peer->n_synced++;
  if (reply != NULL)
    test_room_peer_send_sync (peer, reply);
}

static void
sync_closed_cb (SoupWebsocketConnection *connection, TestRoomPeer *peer)
{
  peer->sync_code = soup_websocket_connection_get_close_code (connection);
  if (peer->sync_code == 0)
    peer->sync_code = SOUP_WEBSOCKET_CLOSE_ABNORMAL;
}

static void
ignore_error_cb (SoupWebsocketConnection *connection, GError *error, gpointer data)
{
  g_debug ("%s", error->message);
}

static void
drop (SoupWebsocketConnection **connection, TestRoomPeer *peer)
{
  if (*connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (*connection, peer);
  g_io_stream_close (soup_websocket_connection_get_io_stream (*connection), NULL, NULL);
  g_clear_object (connection);
}

void
test_room_peer_take_sync (TestRoomPeer *peer, SoupWebsocketConnection *connection)
{
  g_autoptr (GBytes) step1 = ent_sync_new_step1 (peer->doc);

  drop (&peer->sync, peer);
  peer->sync = connection;
  peer->sync_code = 0;
  soup_websocket_connection_set_max_incoming_payload_size (connection, 64 * 1024 * 1024);
  g_signal_connect (connection, "message", G_CALLBACK (sync_message_cb), peer);
  g_signal_connect (connection, "closed", G_CALLBACK (sync_closed_cb), peer);
  g_signal_connect (connection, "error", G_CALLBACK (ignore_error_cb), peer);
  test_room_peer_send_sync (peer, step1);
}

/* The room socket. */

void
test_room_peer_send (TestRoomPeer *peer, EntRoomKind kind, gint64 id, gconstpointer data)
{
  g_autofree char *text = ent_room_message_encode (kind, id, 0, data);

  soup_websocket_connection_send_text (peer->room, text);
}

static void
take_durable (TestRoomPeer *peer, const EntMsgDurable *durable)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (durable->sv, &size);

  g_clear_pointer (&peer->durable, ent_state_vector_free);
  peer->durable = ent_state_vector_decode (data, size, NULL);
  g_assert_nonnull (peer->durable);
}

static void
room_message_cb (SoupWebsocketConnection *connection, int type, GBytes *bytes, TestRoomPeer *peer)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) error = NULL;
  EntMessage *message = ent_room_message_decode (text, size, &error);

  g_assert_no_error (error);
  if (message->kind == ENT_ROOM_DURABLE)
    take_durable (peer, message->data);
  g_ptr_array_add (peer->messages, message);
}

static void
room_closed_cb (SoupWebsocketConnection *connection, TestRoomPeer *peer)
{
  peer->room_code = soup_websocket_connection_get_close_code (connection);
  if (peer->room_code == 0)
    peer->room_code = SOUP_WEBSOCKET_CLOSE_ABNORMAL;
}

void
test_room_peer_take_room (TestRoomPeer *peer,
  SoupWebsocketConnection *connection,
  const char *token)
{
  const EntMsgHello hello = { (char *) token, (char *) "test" };

  drop (&peer->room, peer);
  peer->room = connection;
  peer->room_code = 0;
  g_ptr_array_set_size (peer->messages, 0);
  soup_websocket_connection_set_max_incoming_payload_size (connection, 1024 * 1024);
  g_signal_connect (connection, "message", G_CALLBACK (room_message_cb), peer);
  g_signal_connect (connection, "closed", G_CALLBACK (room_closed_cb), peer);
  g_signal_connect (connection, "error", G_CALLBACK (ignore_error_cb), peer);
  test_room_peer_send (peer, ENT_ROOM_HELLO, 1, &hello);
}

/* Connecting to a server. */

typedef struct {
  SoupWebsocketConnection *connection;
  gboolean is_done;
} Dial;

static void
dialled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Dial *dial = data;
  g_autoptr (GError) error = NULL;

  dial->connection = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (error != NULL)
    g_test_message ("Could not connect: %s", error->message);
  dial->is_done = TRUE;
}

static SoupWebsocketConnection *
dial (SoupSession *session, const char *url, const char *protocol)
{
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  char *protocols[] = { (char *) protocol, NULL };
  Dial state = { 0 };

  soup_session_websocket_connect_async (session, message, NULL, protocol != NULL ? protocols : NULL,
    G_PRIORITY_DEFAULT, NULL, dialled_cb, &state);
  test_wait (state.is_done);
  g_assert_nonnull (state.connection);
  return state.connection;
}

void
test_room_peer_connect (TestRoomPeer *peer,
  SoupSession *session,
  const char *origin,
  const char *room_id,
  const char *token)
{
  g_autofree char *sync_url = g_strdup_printf ("%s/api/sync/%s?token=%s", origin, room_id, token);
  g_autofree char *room_url = g_strdup_printf ("%s/api/rooms/%s/socket", origin, room_id);
  guint n_synced = peer->n_synced;

  test_room_peer_take_room (peer, dial (session, room_url, ENT_ROOM_PROTOCOL), token);
  test_room_peer_take_sync (peer, dial (session, sync_url, NULL));
  test_wait (test_room_peer_find (peer, ENT_ROOM_WELCOME) != NULL || peer->room_code != 0);
  test_wait (peer->n_synced > n_synced || peer->sync_code != 0);
}

/* The peer. */

TestRoomPeer *
test_room_peer_new (guint64 client_id)
{
  TestRoomPeer *peer = g_new0 (TestRoomPeer, 1);

  peer->doc = ent_doc_new (client_id, ENT_DOC_DEFAULT);
  peer->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_message_free);
  ent_doc_observe (peer->doc, document_changed_cb, peer, NULL);
  return peer;
}

void
test_room_peer_cut (TestRoomPeer *peer)
{
  drop (&peer->sync, peer);
  drop (&peer->room, peer);
}

void
test_room_peer_leave (TestRoomPeer *peer)
{
  if (peer->sync_code == 0)
    soup_websocket_connection_close (peer->sync, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  if (peer->room_code == 0)
    soup_websocket_connection_close (peer->room, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  test_wait (peer->sync_code != 0 && peer->room_code != 0);
  test_room_peer_cut (peer);
}

void
test_room_peer_free (TestRoomPeer *peer)
{
  test_room_peer_cut (peer);
  g_ptr_array_unref (peer->messages);
  g_clear_pointer (&peer->durable, ent_state_vector_free);
  ent_doc_unref (peer->doc);
  g_free (peer);
}

guint
test_room_peer_count_files (TestRoomPeer *peer)
{
  g_auto (GStrv) ids = ent_map_list_keys (ent_doc_get_map (peer->doc, "files"));

  return g_strv_length (ids);
}

EntType *
test_room_peer_get_text (TestRoomPeer *peer, const char *path)
{
  EntType *files = ent_doc_get_map (peer->doc, "files");
  g_auto (GStrv) ids = ent_map_list_keys (files);

  for (guint i = 0; ids[i] != NULL; i++) {
    EntType *file = ent_map_get_type (files, ids[i]);
    g_autoptr (EntValue) value = ent_map_get (file, "path");
    g_autofree char *name = g_strconcat ("text:", ids[i], NULL);

    if (g_strcmp0 (ent_value_get_string (value, NULL), path) == 0)
      return ent_doc_get_text (peer->doc, name);
  }
  return NULL;
}

char *
test_room_peer_dup_text (TestRoomPeer *peer, const char *path)
{
  EntType *text = test_room_peer_get_text (peer, path);

  return text != NULL ? ent_text_dup (text, NULL) : NULL;
}

void
test_room_peer_type (TestRoomPeer *peer, const char *path, guint32 at, const char *text)
{
  g_autoptr (GError) error = NULL;

  ent_text_insert (test_room_peer_get_text (peer, path), at, text, -1, &error);
  g_assert_no_error (error);
}

gboolean
test_room_peer_shows (TestRoomPeer *peer, const char *path, const char *text)
{
  g_autofree char *shown = test_room_peer_dup_text (peer, path);

  return g_strcmp0 (shown, text) == 0;
}

gboolean
test_room_peer_is_durable (TestRoomPeer *peer)
{
  g_autoptr (EntStateVector) own = ent_doc_dup_state_vector (peer->doc);

  return peer->durable != NULL && ent_state_vector_covers (peer->durable, own);
}

EntMessage *
test_room_peer_find (TestRoomPeer *peer, EntRoomKind kind)
{
  for (guint i = 0; i < peer->messages->len; i++) {
    EntMessage *message = g_ptr_array_index (peer->messages, i);

    if (message->kind == (int) kind)
      return message;
  }
  return NULL;
}

EntMessage *
test_room_peer_take (TestRoomPeer *peer, EntRoomKind kind)
{
  EntMessage *message = test_room_peer_find (peer, kind);
  guint index;

  if (message == NULL)
    return NULL;
  g_ptr_array_find (peer->messages, message, &index);
  return g_ptr_array_steal_index (peer->messages, index);
}

EntMessage *
test_room_peer_wait (TestRoomPeer *peer, EntRoomKind kind)
{
  test_wait (test_room_peer_find (peer, kind) != NULL);
  return test_room_peer_take (peer, kind);
}

void
test_room_peer_skip (TestRoomPeer *peer, EntRoomKind kind)
{
  EntMessage *message;

  while ((message = test_room_peer_take (peer, kind)) != NULL)
    ent_message_free (message);
}

void
test_room_peer_wait_error (TestRoomPeer *peer, const char *code)
{
  g_autoptr (EntMessage) message = test_room_peer_wait (peer, ENT_ROOM_ERROR);

  g_assert_cmpstr (((EntMsgError *) message->data)->code, ==, code);
}
