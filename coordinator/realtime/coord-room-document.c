/* The room's replica: what it emits, what is on disk, and its carets. */

#include <string.h>

#include "coord-log.h"
#include "realtime/coord-open-room-private.h"

/* What an update has brought, as it is to be published. */
typedef struct {
  GBytes *update;
  GPtrArray *deletions; /* GBytes, pieces; NULL: none */
  GArray *chat; /* EntClockRange: elements of the chat that came */
} CoordRoomCaught;

static void
caught_free (gpointer data)
{
  CoordRoomCaught *caught = data;

  g_bytes_unref (caught->update);
  g_clear_pointer (&caught->deletions, g_ptr_array_unref);
  g_array_unref (caught->chat);
  g_free (caught);
}

static GBytes *
encode_state_vector (EntDoc *doc)
{
  g_autoptr (EntStateVector) vector = ent_doc_dup_state_vector (doc);

  return ent_state_vector_encode (vector);
}

/* What is on disk. */

/* A reader may be behind by so much, on top of all that it is told of deletions at once. */
static void
make_room_for (CoordRoomLink *link, const GPtrArray *texts)
{
  CoordSocketLimits limits = coord_room_link_limits;
  gsize queued = coord_socket_get_queued_bytes (link->socket);
  gsize size = 0;

  for (guint i = 0; i < texts->len; i++)
    size += g_bytes_get_size (texts->pdata[i]);
  if (size <= limits.max_queue_bytes / 2 || queued >= limits.max_queue_bytes / 2)
    return;
  limits.max_queue_bytes += queued + size;
  coord_socket_set_limits (link->socket, &limits);
}

static void
send_texts (CoordRoomLink *link, const GPtrArray *texts)
{
  make_room_for (link, texts);
  for (guint i = 0; i < texts->len; i++)
    coord_socket_send_text (link->socket, texts->pdata[i]);
}

static void
send_durable (CoordOpenRoom *room)
{
  EntMsgDurable durable = { .sv = room->durable };
  g_autoptr (GPtrArray) texts =
    coord_room_deletions_list_untold (room->durable_deletions, &durable.deleted);

  room->durable_sent_us = coord_open_room_steady_us (room);
  for (guint i = 0; texts->len > 0 && i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (!link->is_sync)
      send_texts (link, texts);
  }
  coord_open_room_broadcast (room, ENT_ROOM_DURABLE, &durable);
  coord_room_deletions_set_told (room->durable_deletions);
}

static gboolean
durable_due_cb (gpointer data)
{
  CoordOpenRoom *room = data;

  room->durable_id = 0;
  send_durable (room);
  return G_SOURCE_REMOVE;
}

void
coord_room_document_send_durable (CoordRoomLink *link)
{
  EntMsgDurable durable = { .sv = link->room->durable };
  g_autoptr (GPtrArray) texts =
    coord_room_deletions_list_all (link->room->durable_deletions, &durable.deleted);

  send_texts (link, texts);
  coord_open_room_send (link, ENT_ROOM_DURABLE, 0, &durable);
}

static void
note_deletions (CoordOpenRoom *room, const GPtrArray *pieces)
{
  for (guint i = 0; pieces != NULL && i < pieces->len; i++)
    g_queue_push_tail (&room->deletions, g_bytes_ref (pieces->pdata[i]));
  room->n_deletions += pieces != NULL ? pieces->len : 0;
}

/* The number of deletions until now, and the state vector of what is in the log. */
static GBytes *
mark_cb (gpointer data)
{
  CoordOpenRoom *room = data;
  GBytes *left = coord_room_loan_get_vector (room);
  g_autoptr (GBytes) vector = left != NULL ? g_bytes_ref (left) : encode_state_vector (room->doc);
  g_autoptr (GByteArray) mark = g_byte_array_new ();

  g_byte_array_append (mark, (const guint8 *) &room->n_deletions, sizeof room->n_deletions);
  g_byte_array_append (mark, g_bytes_get_data (vector, NULL), g_bytes_get_size (vector));
  return g_byte_array_free_to_bytes (g_steal_pointer (&mark));
}

/* Everything up to the mark's number is on disk. Returns whether that is more than before. */
static gboolean
take_deletions (CoordOpenRoom *room, guint64 n_durable)
{
  gboolean is_more = FALSE;

  while (room->deletions.length > room->n_deletions - n_durable) {
    g_autoptr (GBytes) piece = g_queue_pop_head (&room->deletions);

    coord_room_deletions_add (room->durable_deletions, piece);
    is_more = TRUE;
  }
  return is_more;
}

/* A long state vector is told less often, so that nobody fills everybody's line with client IDs. */
static gint64
get_durable_pause_ms (gsize size)
{
  return MAX (COORD_ROOM_DURABLE_MS, (gint64) size * 1000 / COORD_ROOM_DURABLE_PER_S);
}

static void
durable_cb (GBytes *mark, gpointer data)
{
  CoordOpenRoom *room = data;
  gint64 passed_ms = (coord_open_room_steady_us (room) - room->durable_sent_us) / 1000;
  gsize size = g_bytes_get_size (mark) - sizeof (guint64);
  g_autoptr (GBytes) vector = g_bytes_new_from_bytes (mark, sizeof (guint64), size);
  guint64 n_durable;

  memcpy (&n_durable, g_bytes_get_data (mark, NULL), sizeof n_durable);
  if (!take_deletions (room, n_durable) && g_bytes_equal (vector, room->durable))
    return; /* only events or carets were written */
  g_bytes_unref (room->durable);
  room->durable = g_steal_pointer (&vector);
  if (room->durable_id != 0)
    return;
  if (passed_ms >= get_durable_pause_ms (size))
    send_durable (room);
  else
    room->durable_id = ent_clock_add (
      room->host->clock, get_durable_pause_ms (size) - MAX (passed_ms, 0), durable_due_cb, room);
}

static void
trouble_cb (const GError *error, gpointer data)
{
  CoordOpenRoom *room = data;
  const EntMsgError full = { (char *) "storage_full",
    (char *) "The server cannot save edits right now. They are kept on your devices, and it keeps "
             "trying." };

  if (error == NULL) {
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_ROOM, room->record->id, "The log is written again");
    return;
  }
  coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_ROOM, room->record->id, "Could not write the log: %s",
    error->message);
  coord_open_room_broadcast (room, ENT_ROOM_ERROR, &full);
}

static void
lost_cb (gpointer data)
{
  coord_open_room_lose (data);
}

static const CoordRoomLogEvents log_events = { mark_cb, durable_cb, trouble_cb, lost_cb };

/* What the document emits. */

static void
relay (CoordOpenRoom *room, GBytes *update, CoordRoomLink *from, GBytes *came)
{
  g_autoptr (GBytes) message = ent_sync_new_update (update);
  gboolean is_echo = g_bytes_equal (update, came);
  gint64 now_us = coord_open_room_steady_us (room);

  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (link->is_sync && !(is_echo && link == from))
      coord_sync_link_send_at (link, message, now_us);
  }
}

/* The chat shows the log's time: each message that came gets a row. Nobody writes many at once. */
static GArray *
list_chat (EntDoc *doc, const EntDocEvent *event)
{
  EntType *chat = ent_doc_get_array (doc, "chat");
  const EntTypeEvent *changes = ent_doc_event_find (event, chat);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (EntClockRange));

  for (guint i = 0; changes != NULL && i < changes->n_changes; i++) {
    const EntChange *change = &changes->changes[i];

    for (guint32 n = 0; change->kind == ENT_CHANGE_INSERT && n < change->length; n++) {
      EntClockRange element = { .length = 1 };

      if (list->len >= COORD_ROOM_MAX_CHAT_TIMES)
        return list;
      if (ent_array_get_id (chat, change->at + n, &element.client, &element.clock))
        g_array_append_val (list, element);
    }
  }
  return list;
}

/* In the thread that applies. An update is one transaction, and so one event. */
static void
document_changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  CoordOpenRoom *room = data;
  CoordRoomCaught *caught = g_new0 (CoordRoomCaught, 1);

  caught->update = g_bytes_ref (ent_doc_event_get_update (event));
  caught->deletions = coord_room_deletions_cut (caught->update);
  caught->chat = list_chat (doc, event);
  g_ptr_array_add (room->caught, caught);
}

static void
publish_one (CoordRoomLink *link, GBytes *came, gint64 made_at_us, const CoordRoomCaught *caught)
{
  CoordOpenRoom *room = link->room;
  const char *via = link->member->id;
  gint64 at_us = coord_open_room_now_us (room);

  coord_room_counts.updates++;
  room->document_bytes += g_bytes_get_size (caught->update);
  relay (room, caught->update, link, came);
  note_deletions (room, caught->deletions);
  coord_open_room_append (
    room, coord_log_row_new (COORD_LOG_UPDATE, at_us, made_at_us, via, caught->update));
  for (guint i = 0; i < caught->chat->len; i++) {
    const EntClockRange *element = &g_array_index (caught->chat, EntClockRange, i);

    coord_open_room_append (
      room, coord_room_event_new_chat_row (via, element->client, element->clock, at_us));
  }
}

void
coord_room_document_publish (CoordRoomLink *link, GBytes *came, gint64 made_at_us)
{
  const GPtrArray *caught = link->room->caught;

  for (guint i = 0; i < caught->len; i++)
    publish_one (link, came, made_at_us, caught->pdata[i]);
}

/* Awareness: relayed to everybody, its sender too, which keeps stock clients awake. */
static GBytes *
encode_carets (CoordOpenRoom *room, GHashTable *set)
{
  g_autoptr (GArray) clients = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    guint64 client = GPOINTER_TO_UINT (key);

    g_array_append_val (clients, client);
  }
  g_hash_table_remove_all (set);
  return ent_awareness_encode (room->awareness, (const guint64 *) clients->data, clients->len);
}

static void
relay_carets (CoordOpenRoom *room)
{
  g_autoptr (GBytes) update = encode_carets (room, room->fresh_awareness);
  g_autoptr (GBytes) message = ent_sync_new_awareness (update);

  room->awareness_sent_us = coord_open_room_steady_us (room);
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (link->is_sync)
      coord_sync_link_send (link, message);
  }
}

static gboolean
carets_due_cb (gpointer data)
{
  CoordOpenRoom *room = data;

  room->awareness_id = 0;
  relay_carets (room);
  return G_SOURCE_REMOVE;
}

static void
note_carets (CoordOpenRoom *room, const guint64 *clients, gsize n_clients)
{
  for (gsize i = 0; i < n_clients; i++) {
    g_hash_table_add (room->fresh_awareness, GUINT_TO_POINTER (clients[i]));
    g_hash_table_add (room->dirty_awareness, GUINT_TO_POINTER (clients[i]));
  }
}

static void
awareness_changed_cb (EntAwareness *awareness, const EntAwarenessEvent *event, gpointer data)
{
  CoordOpenRoom *room = data;
  gint64 passed_us = coord_open_room_steady_us (room) - room->awareness_sent_us;

  note_carets (room, event->added, event->n_added);
  note_carets (room, event->updated, event->n_updated);
  note_carets (room, event->removed, event->n_removed);
  if (g_hash_table_size (room->fresh_awareness) == 0 || room->awareness_id != 0)
    return;
  if (passed_us >= COORD_ROOM_CARETS_MS * 1000)
    relay_carets (room);
  else
    room->awareness_id = ent_clock_add (
      room->host->clock, COORD_ROOM_CARETS_MS - MAX (passed_us, 0) / 1000, carets_due_cb, room);
}

/* Carets are logged for the playback, sampled: at most the last state of each client per tick. */
static void
log_awareness (CoordOpenRoom *room)
{
  g_autoptr (GBytes) update = NULL;

  if (g_hash_table_size (room->dirty_awareness) == 0)
    return;
  update = encode_carets (room, room->dirty_awareness);
  if (g_bytes_get_size (update) > COORD_ROOM_MAX_CARETS_ROW)
    return;
  coord_open_room_append (
    room, coord_log_row_new (COORD_LOG_AWARENESS, coord_open_room_now_us (room), 0, "", update));
}

void
coord_room_document_tick (CoordOpenRoom *room)
{
  static const guint8 nothing[] = { 1, 1, 0 }; /* awareness of nobody */
  g_autoptr (GBytes) message = g_bytes_new_static (nothing, sizeof nothing);
  gint64 now_us = coord_open_room_steady_us (room);

  ent_awareness_tick (room->awareness, now_us / 1000);
  log_awareness (room);
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (link->is_sync && now_us - link->sent_us >= COORD_ROOM_KEEPALIVE_US)
      coord_sync_link_send (link, message);
  }
}

void
coord_room_document_open (CoordOpenRoom *room, EntDoc *doc, const GPtrArray *deletions)
{
  room->doc = ent_doc_ref (doc);
  ent_doc_set_max_walk (doc, COORD_ROOM_MAX_WALK);
  room->caught = g_ptr_array_new_with_free_func (caught_free);
  room->observer_id = ent_doc_observe (doc, document_changed_cb, room, NULL);
  room->awareness = ent_awareness_new (0);
  ent_awareness_set_observer (room->awareness, awareness_changed_cb, room);
  room->dirty_awareness = g_hash_table_new (NULL, NULL);
  room->fresh_awareness = g_hash_table_new (NULL, NULL);
  room->durable = encode_state_vector (doc);
  room->durable_deletions = coord_room_deletions_new ();
  for (guint i = 0; deletions != NULL && i < deletions->len; i++)
    coord_room_deletions_add (room->durable_deletions, deletions->pdata[i]);
  coord_room_deletions_set_told (room->durable_deletions);
  room->log = coord_room_log_new (
    room->host->pool, room->host->clock, room->record->id, room->epoch, &log_events, room);
}

void
coord_room_document_drop (CoordOpenRoom *room)
{
  ent_doc_unobserve (room->doc, room->observer_id);
  g_clear_pointer (&room->caught, g_ptr_array_unref);
  g_clear_pointer (&room->doc, ent_doc_unref);
}

void
coord_room_document_close (CoordOpenRoom *room)
{
  ent_clock_remove (room->host->clock, room->durable_id);
  ent_clock_remove (room->host->clock, room->awareness_id);
  ent_clock_remove (room->host->clock, room->peers_id);
  room->durable_id = room->awareness_id = room->peers_id = 0;
  g_clear_pointer (&room->log, coord_room_log_free);
  g_clear_pointer (&room->awareness, ent_awareness_free);
  g_clear_pointer (&room->dirty_awareness, g_hash_table_unref);
  g_clear_pointer (&room->fresh_awareness, g_hash_table_unref);
  g_clear_pointer (&room->durable, g_bytes_unref);
  g_clear_pointer (&room->durable_deletions, coord_room_deletions_free);
  g_queue_clear_full (&room->deletions, (GDestroyNotify) g_bytes_unref);
  if (room->loan == NULL)
    coord_room_document_drop (room);
}

/* Each message names all IDs of a person: one who takes many at once is told of once. */
static gboolean
announce_cb (gpointer data)
{
  CoordOpenRoom *room = data;
  gboolean is_any = FALSE;
  GHashTableIter iter;
  gpointer value;

  room->peers_id = 0;
  g_hash_table_iter_init (&iter, room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    CoordMember *member = value;

    if (!member->has_news)
      continue;
    member->has_news = FALSE;
    is_any = TRUE;
    coord_open_room_broadcast_peer (room, member);
  }
  if (is_any)
    room->peers_id = ent_clock_add (room->host->clock, COORD_ROOM_PEERS_MS, announce_cb, room);
  return G_SOURCE_REMOVE;
}

void
coord_room_document_announce (CoordRoomLink *link,
  guint64 client,
  const char *owner,
  gboolean is_witnessed)
{
  CoordOpenRoom *room = link->room;
  CoordMember *member = g_hash_table_lookup (room->members, owner);

  coord_room_log_record_client (room->log, client, owner, is_witnessed);
  if (member == NULL || member->is_expected)
    return;
  member->has_news = TRUE;
  if (room->peers_id == 0)
    announce_cb (room);
}

/* Carets. */

/* Whether the socket still speaks of few client IDs after this. */
static gboolean
may_point (CoordRoomLink *link, GArray *entries)
{
  guint n_clients = g_hash_table_size (link->announced);

  for (guint i = 0; i < entries->len; i++) {
    guint64 client = g_array_index (entries, EntAwarenessEntry, i).client;

    n_clients += !g_hash_table_contains (link->announced, GUINT_TO_POINTER (client));
  }
  return n_clients <= COORD_ROOM_MAX_CARETS;
}

/* Only entries under the sender's own IDs count; with a foreign one the whole update is dropped,
 * and with more than a caret and a name take. */
gboolean
coord_room_document_take_awareness (CoordRoomLink *link, const guint8 *data, gsize size)
{
  CoordOpenRoom *room = link->room;
  g_autoptr (GArray) entries = ent_awareness_inspect (data, size, NULL);

  if (entries == NULL)
    return FALSE;
  if (size > entries->len * COORD_ROOM_MAX_CARET || !may_point (link, entries))
    return TRUE;
  for (guint i = 0; i < entries->len; i++) {
    const EntAwarenessEntry *entry = &g_array_index (entries, EntAwarenessEntry, i);

    switch (coord_room_clients_claim (room->clients, link->member->id, entry->client)) {
    case COORD_CLAIM_OLD:
      break;
    case COORD_CLAIM_NEW:
      coord_room_document_announce (link, entry->client, link->member->id, TRUE);
      break;
    case COORD_CLAIM_FOREIGN:
    case COORD_CLAIM_REFUSED:
    case COORD_CLAIM_TOO_MANY:
      return TRUE;
    }
    g_hash_table_add (link->announced, GUINT_TO_POINTER (entry->client));
  }
  return ent_awareness_apply (
    room->awareness, data, size, coord_open_room_steady_us (room) / 1000, link, NULL);
}

/* Whether a client ID has a caret by another socket: one that came before an old one was lost. */
static gboolean
is_announced (CoordOpenRoom *room, gpointer client)
{
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (link->is_sync && g_hash_table_contains (link->announced, client))
      return TRUE;
  }
  return FALSE;
}

/* The socket is gone, and with it the carets that came over it alone. */
void
coord_room_document_forget (CoordRoomLink *link)
{
  g_autoptr (GArray) clients = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, link->announced);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    guint64 client = GPOINTER_TO_UINT (key);

    if (!is_announced (link->room, key))
      g_array_append_val (clients, client);
  }
  if (clients->len > 0)
    ent_awareness_remove (
      link->room->awareness, (const guint64 *) clients->data, clients->len, link);
}
