/* Who is in the room, what they are told, and how it is loaded and left. */

#include "realtime/coord-open-room-private.h"

#include "coord-log.h"
#include "store/coord-node-store.h"

CoordRoomCounts coord_room_counts;

const CoordRoomCounts *
coord_open_room_get_counts (void)
{
  return &coord_room_counts;
}

gint64
coord_open_room_now_us (CoordOpenRoom *room)
{
  return ent_clock_get_wall_us (room->host->clock);
}

gint64
coord_open_room_steady_us (CoordOpenRoom *room)
{
  return ent_clock_get_monotonic_us (room->host->clock);
}

/* Members. */

static void
member_free (gpointer data)
{
  CoordMember *member = data;

  g_free (member->id);
  g_free (member->name);
  g_free (member->owner_hash);
  g_hash_table_unref (member->times);
  g_free (member);
}

gboolean
coord_member_is_out (const CoordMember *member)
{
  return member->state == ENT_PEER_REMOVED || member->must_wait;
}

static CoordMember *
add_member (CoordOpenRoom *room, const char *id, const char *name, EntRole role)
{
  CoordMember *member = g_new0 (CoordMember, 1);

  member->id = g_strdup (id);
  member->name = g_strdup (name);
  member->role = role;
  member->state = ENT_PEER_AWAY;
  member->is_expected = TRUE;
  member->colour = g_hash_table_size (room->members);
  member->times = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (room->members, member->id, member);
  return member;
}

static void
set_text (char **text, const char *value)
{
  if (g_strcmp0 (*text, value) == 0)
    return;
  g_free (*text);
  *text = g_strdup (value);
}

static guint
count_people (CoordOpenRoom *room)
{
  GHashTableIter iter;
  gpointer value;
  guint count = 0;

  g_hash_table_iter_init (&iter, room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((CoordMember *) value)->n_links > 0)
      count++;
  return count;
}

CoordRoomLink *
coord_open_room_find_socket (CoordOpenRoom *room, const char *participant_id)
{
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (!link->is_sync && g_str_equal (link->member->id, participant_id))
      return link;
  }
  return NULL;
}

/* Takes the row. Nothing is added to a log that is being sealed, or was. */
void
coord_open_room_append (CoordOpenRoom *room, CoordLogRow *row)
{
  if (room->is_ending || room->record->state == ENT_ROOM_ENDED) {
    coord_log_row_free (row);
    return;
  }
  room->rows_since_fold++;
  coord_room_log_append (room->log, row);
}

/* Something came from this person: the end of an outage is measured from here. */
void
coord_open_room_heard (CoordRoomLink *link)
{
  link->member->contact_us = coord_open_room_now_us (link->room);
}

gboolean
coord_open_room_count_question (CoordRoomLink *link, guint limit)
{
  gint64 now_us = coord_open_room_steady_us (link->room);

  if (now_us - link->questions_us >= G_USEC_PER_SEC) {
    link->questions_us = now_us;
    link->n_questions = 0;
  }
  if (++link->n_questions <= limit)
    return TRUE;
  coord_socket_close (link->socket, COORD_CLOSE_TRY_AGAIN, "Too many messages");
  return FALSE;
}

/* Coming and going. */

static void
link_free (gpointer data)
{
  CoordRoomLink *link = data;

  coord_socket_unref (link->socket);
  coord_seat_free (link->seat);
  g_clear_pointer (&link->announced, g_hash_table_unref);
  coord_open_room_unref (link->room);
  g_free (link);
}

static void
log_event (CoordOpenRoom *room, CoordRoomEventKind kind, CoordMember *member, const char *about)
{
  coord_open_room_append (
    room, coord_room_event_new_row (kind, member->id, about, coord_open_room_now_us (room)));
}

/* The socket is gone; the last callback about it. Frees the link. */
void
coord_room_link_closed (CoordRoomLink *link, guint code)
{
  CoordOpenRoom *room = link->room;
  CoordMember *member = link->member;

  if (room->is_closed) {
    link_free (link);
    return;
  }
  if (room->ender == link)
    room->ender = NULL;
  g_ptr_array_remove_fast (room->links, link);
  if (link->is_sync)
    coord_room_document_forget (link);
  member->n_links--;
  if (!link->is_sync && code == COORD_CLOSE_NORMAL) {
    member->has_left = TRUE;
    coord_room_call_leave (member, room);
  }
  if (member->n_links == 0 && member->state != ENT_PEER_REMOVED) {
    member->state = member->has_left ? ENT_PEER_LEFT : ENT_PEER_AWAY;
    log_event (room, COORD_ROOM_EVENT_WENT, member, NULL);
    coord_open_room_broadcast_peer (room, member);
  }
  room->empty_since_us = coord_open_room_steady_us (room);
  link_free (link);
}

void
coord_open_room_close_links (CoordOpenRoom *room,
  CoordMember *member,
  const char *except_device,
  guint code,
  const char *reason)
{
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (link->member == member && g_strcmp0 (link->seat->device_hash, except_device) != 0)
      coord_socket_close (link->socket, code, reason);
  }
}

/* A device has one room socket and some sync sockets: the newest stay. */
static void
make_way (CoordOpenRoom *room, CoordMember *member, const char *device, gboolean is_sync)
{
  CoordRoomLink *oldest = NULL;
  guint count = 0;

  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (link->member != member || link->is_sync != is_sync ||
        g_strcmp0 (link->seat->device_hash, device) != 0 || !coord_socket_is_open (link->socket))
      continue;
    count++;
    if (oldest == NULL)
      oldest = link;
  }
  if (count >= (is_sync ? COORD_ROOM_MAX_SYNC_LINKS : 1))
    coord_socket_close (
      oldest->socket, COORD_CLOSE_TAKEN_OVER, "The same device has connected anew.");
}

/* Whoever hears of it first, the event or a load, ends the person's sockets. */
static void
remove_member (CoordOpenRoom *room, CoordMember *member)
{
  if (member->state == ENT_PEER_REMOVED)
    return;
  member->state = ENT_PEER_REMOVED;
  member->has_seat = FALSE;
  if (room->log == NULL)
    return; /* the room is being loaded */
  log_event (room, COORD_ROOM_EVENT_REMOVED, member, NULL);
  coord_open_room_close_links (
    room, member, NULL, COORD_CLOSE_NOT_IN_ROOM, "You were removed from this interview.");
  coord_room_lobby_close (
    room, member, NULL, COORD_CLOSE_NOT_IN_ROOM, "You were removed from this interview.");
  coord_open_room_broadcast_peer (room, member);
}

/* Others are told of a new name or role. */
static void
take_description (CoordOpenRoom *room, CoordMember *member, const CoordParticipant *participant)
{
  gboolean is_news =
    !g_str_equal (member->name, participant->name) || member->role != participant->role;

  set_text (&member->name, participant->name);
  member->role = participant->role;
  if (is_news && (!member->is_expected || member->n_waiting > 0))
    coord_open_room_broadcast_peer (room, member);
}

/* Who was removed may be given a place again, by a change of the panel. */
static void
take_state (CoordOpenRoom *room, CoordMember *member, CoordParticipantState state)
{
  if (state != COORD_PARTICIPANT_EXPECTED)
    member->is_expected = FALSE;
  if (state == COORD_PARTICIPANT_REMOVED)
    remove_member (room, member);
  else if (member->state == ENT_PEER_REMOVED)
    member->state = ENT_PEER_AWAY;
}

static void
end_other_devices (CoordOpenRoom *room, CoordMember *member)
{
  static const char reason[] = "You have joined with another device.";

  coord_open_room_close_links (room, member, member->owner_hash, COORD_CLOSE_TAKEN_OVER, reason);
  coord_room_lobby_close (room, member, member->owner_hash, COORD_CLOSE_TAKEN_OVER, reason);
}

static void
take_participants (CoordOpenRoom *room, GPtrArray *participants)
{
  for (guint i = 0; i < participants->len; i++) {
    const CoordParticipant *participant = g_ptr_array_index (participants, i);
    CoordMember *member = g_hash_table_lookup (room->members, participant->id);

    if (member == NULL)
      member = add_member (room, participant->id, participant->name, participant->role);
    take_description (room, member, participant);
    take_state (room, member, participant->state);
    coord_room_lobby_set_waits (room, member, coord_room_service_must_wait (participant));
    set_text (&member->owner_hash, participant->device_hash);
    if (member->owner_hash != NULL)
      end_other_devices (room, member);
  }
}

static void
take_blocks (CoordOpenRoom *room, GPtrArray *blocks, gboolean is_news)
{
  for (guint i = 0; i < blocks->len; i++) {
    const CoordClientBlock *block = g_ptr_array_index (blocks, i);
    CoordMember *member;

    if (!coord_room_clients_add_block (room->clients, block->first_client, block->participant_id))
      continue;
    member = g_hash_table_lookup (room->members, block->participant_id);
    if (is_news && member != NULL && !member->is_expected)
      coord_open_room_broadcast_peer (room, member);
  }
}

static void
update_links (CoordOpenRoom *room)
{
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    link->seat->role = link->member->role;
  }
}

static void
people_loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CoordOpenRoom) room = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordRoomLoad) load = coord_db_pool_finish (result, &error);

  room->is_loading_people = FALSE;
  if (room->is_closed)
    return;
  if (room->must_load_people)
    coord_open_room_load_people (room);
  if (load == NULL) {
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_ROOM, room->record->id,
      "Could not load the room anew: %s", error->message);
    return;
  }
  take_participants (room, load->participants);
  take_blocks (room, load->blocks, TRUE);
  update_links (room);
  if (load->record->rev <= room->record->rev)
    return;
  g_clear_pointer (&room->record, coord_room_free);
  room->record = g_steal_pointer (&load->record);
  coord_open_room_broadcast_state (room);
  if (room->record->state == ENT_ROOM_ENDED)
    coord_room_end_finished (room);
}

/* One at a time, so that none brings what is older than the one before. */
void
coord_open_room_load_people (CoordOpenRoom *room)
{
  room->must_load_people = room->is_loading_people;
  if (room->is_loading_people)
    return;
  room->is_loading_people = TRUE;
  coord_db_pool_read_async (room->host->pool, coord_room_load_people, g_strdup (room->record->id),
    g_free, (GDestroyNotify) coord_room_load_free, NULL, people_loaded_cb,
    coord_open_room_ref (room));
}

guint
coord_open_room_find_refusal (CoordOpenRoom *room, const CoordSeat *seat, const char **reason)
{
  const CoordMember *member = g_hash_table_lookup (room->members, seat->participant_id);

  if (room->is_closed) {
    *reason = "The room is being closed. Try again.";
    return COORD_CLOSE_TRY_AGAIN;
  }
  if (room->record->state == ENT_ROOM_ENDED) {
    *reason = "The interview has ended.";
    return COORD_CLOSE_ENDED;
  }
  if (member != NULL && member->state == ENT_PEER_REMOVED) {
    *reason = "You were removed from this interview.";
    return COORD_CLOSE_NOT_IN_ROOM;
  }
  if ((member == NULL || member->n_links == 0) && count_people (room) >= ENT_MAX_PEOPLE) {
    *reason = "The room is full (12 people).";
    return COORD_CLOSE_TRY_AGAIN;
  }
  if (member != NULL && member->must_wait && !seat->waits) {
    /* Let in or sent back a moment ago: the token's next check knows. */
    coord_open_room_load_people (room);
    *reason = "Come back in a moment.";
    return COORD_CLOSE_TRY_AGAIN;
  }
  return 0;
}

CoordMember *
coord_open_room_get_member (CoordOpenRoom *room, const CoordSeat *seat)
{
  CoordMember *member = g_hash_table_lookup (room->members, seat->participant_id);

  return member != NULL ? member : add_member (room, seat->participant_id, seat->name, seat->role);
}

static CoordRoomLink *
add_link (CoordOpenRoom *room, const CoordSeat *seat, CoordSocket *socket, gboolean is_sync)
{
  CoordMember *member = coord_open_room_get_member (room, seat);
  CoordRoomLink *link = g_new0 (CoordRoomLink, 1);

  link->room = coord_open_room_ref (room);
  link->member = member;
  link->socket = coord_socket_ref (socket);
  link->seat = coord_room_event_copy_seat (seat);
  link->is_sync = is_sync;
  link->sent_us = coord_open_room_steady_us (room);
  if (is_sync)
    link->announced = g_hash_table_new (NULL, NULL);
  if (member->n_links == 0)
    member->outage_us = member->contact_us;
  member->has_left = FALSE;
  member->n_links++;
  g_ptr_array_add (room->links, link);
  return link;
}

static CoordRoomLink *
join (CoordOpenRoom *room, const CoordSeat *seat, CoordSocket *socket, gboolean is_sync)
{
  const char *reason = NULL;
  guint refusal = coord_open_room_find_refusal (room, seat, &reason);
  CoordRoomLink *link;
  CoordMember *member;

  if (refusal != 0) {
    coord_socket_close (socket, refusal, reason);
    return NULL;
  }
  member = g_hash_table_lookup (room->members, seat->participant_id);
  if (member != NULL)
    make_way (room, member, seat->device_hash, is_sync);
  link = add_link (room, seat, socket, is_sync);
  member = link->member;
  take_blocks (room, seat->blocks, TRUE);
  /* Which of two devices is the newer one, only the database knows: it ends the other's sockets. */
  if (g_strcmp0 (member->owner_hash, seat->device_hash) != 0)
    coord_open_room_load_people (room);
  if (member->state != ENT_PEER_JOINED || member->is_expected) {
    member->state = ENT_PEER_JOINED;
    member->is_expected = FALSE;
    log_event (room, COORD_ROOM_EVENT_CAME, member, NULL);
    coord_open_room_broadcast_peer (room, member);
  }
  return link;
}

void
coord_open_room_join_sync (CoordOpenRoom *room, const CoordSeat *seat, CoordSocket *socket)
{
  CoordRoomLink *link;

  if (seat->waits) {
    coord_socket_close (socket, COORD_CLOSE_NOT_IN_ROOM, "You are in the lobby.");
    return;
  }
  link = join (room, seat, socket, TRUE);
  if (link == NULL)
    return;
  link->wants_step2 = TRUE;
  coord_socket_set_limits (socket, &coord_sync_link_limits);
  coord_socket_set_events (socket, &coord_sync_link_events, link, NULL);
  coord_sync_link_start (link);
}

void
coord_open_room_join_socket (CoordOpenRoom *room,
  const CoordSeat *seat,
  CoordSocket *socket,
  gint64 re)
{
  CoordRoomLink *link;

  if (seat->waits) {
    coord_room_lobby_join (room, seat, socket, re);
    return;
  }
  link = join (room, seat, socket, FALSE);
  if (link == NULL)
    return;
  coord_socket_set_limits (socket, &coord_room_link_limits);
  coord_socket_set_events (socket, &coord_room_link_events, link, NULL);
  coord_room_link_start (link, re);
}

/* What services did. */

void
coord_open_room_take_event (CoordOpenRoom *room, const CoordEvent *event)
{
  CoordMember *member;

  switch (event->kind) {
  case COORD_EVENT_ROOM_CHANGED:
  case COORD_EVENT_ROOM_ENDED:
  case COORD_EVENT_PARTICIPANT_CHANGED:
  case COORD_EVENT_DEVICE_TAKEN_OVER:
    coord_open_room_load_people (room);
    break;
  case COORD_EVENT_PARTICIPANT_REMOVED:
    member = g_hash_table_lookup (room->members, event->participant_id);
    if (member != NULL)
      remove_member (room, member);
    coord_open_room_load_people (room); /* after one under way, which may know nothing of it */
    break;
  case COORD_EVENT_RUNNER_REVOKED:
  case COORD_EVENT_PERSON_TOLD:
    break;
  }
}

void
coord_open_room_turn_away (CoordOpenRoom *room, const char *participant_id)
{
  CoordMember *member = g_hash_table_lookup (room->members, participant_id);

  static const char reason[] = "This account has been switched off.";

  if (member == NULL)
    return;
  coord_open_room_close_links (room, member, NULL, COORD_CLOSE_NOT_IN_ROOM, reason);
  coord_room_lobby_close (room, member, NULL, COORD_CLOSE_NOT_IN_ROOM, reason);
}

/* Time. */

void
coord_open_room_tick (CoordOpenRoom *room)
{
  gint64 now_us = coord_open_room_now_us (room);

  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (link->seat->expires_at_us < now_us)
      coord_socket_close (link->socket, COORD_CLOSE_NOT_SIGNED_IN,
        "Your place in this interview has expired. Join it again.");
  }
  coord_room_lobby_tick (room);
  coord_room_document_tick (room);
  coord_room_run_tick (room);
}

static void
fold_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CoordOpenRoom) room = data;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  if (error != NULL)
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_ROOM, room->record->id,
      "Could not keep a snapshot: %s", error->message);
  room->is_folding = FALSE;
}

static void
fold_made_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CoordOpenRoom) room = data;
  g_autoptr (GError) error = NULL;
  CoordRoomFold *fold = coord_db_pool_finish (result, &error);

  room->is_folding = FALSE;
  if (fold == NULL) {
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_ROOM, room->record->id,
      "Could not make a snapshot: %s", error->message);
    return;
  }
  if (room->is_closed) {
    coord_room_fold_free (fold);
    return;
  }
  room->is_folding = TRUE;
  coord_db_pool_write_async (room->host->pool, coord_room_fold_save, fold,
    (GDestroyNotify) coord_room_fold_free, NULL, NULL, fold_saved_cb, coord_open_room_ref (room));
}

static void
fold (CoordOpenRoom *room)
{
  if (room->is_folding)
    return;
  room->is_folding = TRUE;
  room->rows_since_fold = 0;
  coord_db_pool_read_async (room->host->pool, coord_room_fold_make, g_strdup (room->record->id),
    g_free, (GDestroyNotify) coord_room_fold_free, NULL, fold_made_cb, coord_open_room_ref (room));
}

gboolean
coord_open_room_is_idle (CoordOpenRoom *room, guint idle_s)
{
  if (room->rows_since_fold >= COORD_ROOM_FOLD_ROWS)
    fold (room);
  if (room->links->len > 0 || room->lobby->len > 0 || room->run != NULL ||
      room->run_start != NULL ||
      coord_open_room_steady_us (room) - room->empty_since_us < idle_s * G_USEC_PER_SEC ||
      !coord_room_log_is_idle (room->log))
    return FALSE;
  if (room->rows_since_fold > 0)
    fold (room);
  return !room->is_folding;
}

/* Loading. */

typedef struct {
  const CoordRoomHost *host;
  CoordRoomClaim claim;
} Loading;

static void
loading_free (gpointer data)
{
  Loading *loading = data;

  g_free (loading->claim.room_id);
  g_free (loading);
}

static void
take_contacts (CoordOpenRoom *room, GHashTable *contacts)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, contacts);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    CoordMember *member = g_hash_table_lookup (room->members, key);

    if (member != NULL)
      member->contact_us = *(gint64 *) value;
  }
}

static CoordOpenRoom *
new_room (const CoordRoomHost *host, gint64 epoch, CoordRoomLoad *load)
{
  CoordOpenRoom *room = g_new0 (CoordOpenRoom, 1);

  g_ref_count_init (&room->refs);
  room->host = host;
  room->epoch = epoch;
  room->record = g_steal_pointer (&load->record);
  room->members = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, member_free);
  room->links = g_ptr_array_new ();
  room->lobby = g_ptr_array_new ();
  g_queue_init (&room->waiting);
  room->clients = coord_room_clients_new ();
  room->empty_since_us = coord_open_room_steady_us (room);
  take_participants (room, load->participants);
  take_contacts (room, load->contacts);
  take_blocks (room, load->blocks, FALSE);
  for (guint i = 0; i < load->clients->len; i++)
    coord_room_clients_add_record (room->clients, g_ptr_array_index (load->clients, i));
  coord_room_document_open (room, load->doc, load->deletions);
  room->document_bytes = load->doc_bytes;
  coord_room_run_open (room, load->runs, load->output_bytes);
  return room;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CoordRoomLoad) load = coord_db_pool_finish (result, &error);

  if (load == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, new_room (loading->host, loading->claim.epoch, load),
      (GDestroyNotify) coord_open_room_unref);
}

static void
prepared_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;

  coord_db_pool_finish (result, &error);
  if (error != NULL) {
    g_task_return_error (task, error);
    return;
  }
  coord_db_pool_read_async (loading->host->pool, coord_room_load_all,
    g_strdup (loading->claim.room_id), g_free, (GDestroyNotify) coord_room_load_free,
    g_task_get_cancellable (task), loaded_cb, g_object_ref (task));
}

/* Prepare (home and starter files, writer), then load (reader). */
void
coord_open_room_load_async (const CoordRoomHost *host,
  const char *room_id,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Loading *loading = g_new0 (Loading, 1);

  loading->host = host;
  loading->claim.room_id = g_strdup (room_id);
  loading->claim.node_id = host->node_id;
  g_task_set_source_tag (task, coord_open_room_load_async);
  g_task_set_task_data (task, loading, loading_free);
  /* The task lives until the write is done, and with it the claim. */
  coord_db_pool_write_async (host->pool, coord_room_load_prepare, &loading->claim, NULL, NULL,
    cancellable, prepared_cb, task);
}

CoordOpenRoom *
coord_open_room_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

CoordOpenRoom *
coord_open_room_ref (CoordOpenRoom *room)
{
  g_ref_count_inc (&room->refs);
  return room;
}

gboolean
coord_open_room_is_closed (CoordOpenRoom *room)
{
  return room->is_closed;
}

static gpointer
give_up_cb (CoordDb *db, gpointer data, GError **error)
{
  const CoordRoomClaim *claim = data;

  coord_home_store_give_up (db, claim->room_id, claim->epoch, error);
  return NULL;
}

static void
claim_free (gpointer data)
{
  CoordRoomClaim *claim = data;

  g_free (claim->room_id);
  g_free (claim);
}

/* After what still waits to be written. */
void
coord_open_room_give_up (CoordOpenRoom *room)
{
  CoordRoomClaim *claim = g_new0 (CoordRoomClaim, 1);

  coord_open_room_close (room);
  claim->room_id = g_strdup (room->record->id);
  claim->epoch = room->epoch;
  coord_db_pool_write_async (
    room->host->pool, give_up_cb, claim, claim_free, NULL, NULL, NULL, NULL);
}

void
coord_open_room_lose (CoordOpenRoom *room)
{
  coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_ROOM, room->record->id,
    "It was opened by another node: closed here");
  room->is_lost = TRUE;
  coord_room_counts.lost++;
  coord_open_room_close (room);
}

void
coord_open_room_close (CoordOpenRoom *room)
{
  if (room->is_closed)
    return;
  coord_room_run_clear (room);
  coord_room_end_clear (room);
  room->is_closed = TRUE;
  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    coord_socket_close (link->socket, COORD_CLOSE_GOING_DOWN,
      room->is_lost ? "The room has moved." : "The server is going down.");
  }
  coord_room_lobby_close (room, NULL, NULL, COORD_CLOSE_GOING_DOWN,
    room->is_lost ? "The room has moved." : "The server is going down.");
  coord_room_loan_close (room);
  coord_room_document_close (room);
}

void
coord_open_room_unref (CoordOpenRoom *room)
{
  if (!g_ref_count_dec (&room->refs))
    return;
  coord_open_room_close (room);
  coord_room_run_free (room);
  g_hash_table_unref (room->members);
  g_ptr_array_unref (room->links);
  g_ptr_array_unref (room->lobby);
  coord_room_clients_free (room->clients);
  coord_room_free (room->record);
  g_free (room);
}
