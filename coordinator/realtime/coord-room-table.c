#include "realtime/coord-room-table.h"

#include "realtime/coord-open-room-private.h"
#include "store/coord-error.h"
#include "store/coord-node-store.h"

#define TICK_MS 1000
#define TICKS_PER_LOOK 5

typedef struct {
  CoordOpenRoom *room; /* NULL: it is being loaded */
  GPtrArray *waiting; /* GTask: of those who came meanwhile */
  gboolean is_stale; /* something changed while it was being loaded */
} Entry;

struct _CoordRoomTable {
  CoordRoomHost host;
  GHashTable *rooms; /* id -> Entry */
  guint subscription;
  guint tick_id;
  guint n_ticks;
  gboolean is_looking;
  gboolean is_closed; /* for good */
  GCancellable *cancellable; /* cancelled when freed: what comes back then must not touch it */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  for (guint i = 0; i < entry->waiting->len; i++)
    g_task_return_new_error (g_ptr_array_index (entry->waiting, i), COORD_ERROR,
      COORD_ERROR_UNAVAILABLE, "The server is going down. Try again in a moment.");
  if (entry->room != NULL)
    coord_open_room_close (entry->room);
  g_clear_pointer (&entry->room, coord_open_room_unref);
  g_ptr_array_unref (entry->waiting);
  g_free (entry);
}

static void
event_cb (const CoordEvent *event, gpointer data)
{
  CoordRoomTable *table = data;
  Entry *entry = event->room_id != NULL ? g_hash_table_lookup (table->rooms, event->room_id) : NULL;

  if (entry != NULL && entry->room != NULL && coord_open_room_is_closed (entry->room))
    return;
  if (entry != NULL && entry->room != NULL)
    coord_open_room_take_event (entry->room, event);
  else if (entry != NULL)
    entry->is_stale = TRUE;
}

static void
runners_changed_cb (gpointer queue, gpointer data)
{
  CoordRoomTable *table = data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, table->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Entry *) value)->room != NULL && !coord_open_room_is_closed (((Entry *) value)->room))
      coord_open_room_send_runners (((Entry *) value)->room);
}

/* Whose account is switched off, by whatever process, leaves the rooms within some seconds. */

typedef struct {
  CoordRoomTable *table;
  GPtrArray *room_ids;
  GPtrArray *events; /* CoordEvent: who goes where */
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_ptr_array_unref (look->room_ids);
  g_ptr_array_unref (look->events);
  g_free (look);
}

/* Runs in a reader. */
static gpointer
look_cb (CoordDb *db, gpointer data, GError **error)
{
  Look *look = data;

  for (guint i = 0; i < look->room_ids->len; i++) {
    const char *room_id = look->room_ids->pdata[i];
    g_autoptr (GPtrArray) ids = coord_room_store_list_blocked (db, room_id, error);

    if (ids == NULL)
      return NULL;
    for (guint k = 0; k < ids->len; k++)
      g_ptr_array_add (look->events,
        coord_event_new (COORD_EVENT_PARTICIPANT_REMOVED, room_id, ids->pdata[k], NULL));
  }
  return NULL;
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Look *look = data;

  coord_db_pool_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    look_free (look);
    return;
  }
  look->table->is_looking = FALSE;
  for (guint i = 0; i < look->events->len; i++) {
    const CoordEvent *event = look->events->pdata[i];
    Entry *entry = g_hash_table_lookup (look->table->rooms, event->room_id);

    if (entry != NULL && entry->room != NULL && !coord_open_room_is_closed (entry->room))
      coord_open_room_turn_away (entry->room, event->participant_id);
  }
  look_free (look);
}

static void
look_for_blocked (CoordRoomTable *table)
{
  GHashTableIter iter;
  gpointer id;
  Look *look;

  if (table->is_looking || ++table->n_ticks % TICKS_PER_LOOK != 0 ||
      g_hash_table_size (table->rooms) == 0)
    return;
  table->is_looking = TRUE;
  look = g_new0 (Look, 1);
  look->table = table;
  look->room_ids = g_ptr_array_new_with_free_func (g_free);
  look->events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  g_hash_table_iter_init (&iter, table->rooms);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (look->room_ids, g_strdup (id));
  coord_db_pool_read_async (
    table->host.pool, look_cb, look, NULL, NULL, table->cancellable, looked_cb, look);
}

static gboolean
tick_cb (gpointer data)
{
  CoordRoomTable *table = data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, table->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Entry *entry = value;

    if (entry->room == NULL)
      continue;
    if (coord_open_room_is_closed (entry->room)) {
      g_hash_table_iter_remove (&iter);
      continue;
    }
    coord_open_room_tick (entry->room);
    if (!coord_open_room_is_idle (entry->room, COORD_ROOM_IDLE_S))
      continue;
    coord_open_room_give_up (entry->room);
    g_hash_table_iter_remove (&iter);
  }
  look_for_blocked (table);
  return G_SOURCE_CONTINUE;
}

CoordRoomTable *
coord_room_table_new (const CoordRoomHost *host)
{
  CoordRoomTable *table = g_new0 (CoordRoomTable, 1);

  table->host = *host;
  table->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  table->cancellable = g_cancellable_new ();
  table->subscription = coord_events_subscribe (host->events, event_cb, table);
  table->tick_id = ent_clock_add (host->clock, TICK_MS, tick_cb, table);
  coord_run_queue_set_changed (host->runs, runners_changed_cb, table);
  return table;
}

void
coord_room_table_free (CoordRoomTable *table)
{
  g_cancellable_cancel (table->cancellable);
  g_object_unref (table->cancellable);
  coord_run_queue_set_changed (table->host.runs, NULL, NULL);
  ent_clock_remove (table->host.clock, table->tick_id);
  coord_events_unsubscribe (table->host.events, table->subscription);
  g_hash_table_unref (table->rooms);
  g_free (table);
}

/* Rooms that are being loaded have an epoch of their own already, or get none. */
void
coord_room_table_close_rooms (CoordRoomTable *table, gboolean for_good)
{
  GHashTableIter iter;
  gpointer value;

  table->is_closed |= for_good;
  g_hash_table_iter_init (&iter, table->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Entry *) value)->room != NULL)
      g_hash_table_iter_remove (&iter);
}

EntClock *
coord_room_table_get_clock (CoordRoomTable *table)
{
  return table->host.clock;
}

guint
coord_room_table_count (CoordRoomTable *table)
{
  return g_hash_table_size (table->rooms);
}

/* Admission: the token (reader), then the room (loaded once, others wait for it). */

typedef struct {
  CoordRoomTable *table;
  char *room_id;
  char *token;
  CoordSeat *seat;
} Admission;

typedef struct {
  char *room_id;
  char *token;
  gint64 now_us;
  const char *node_id; /* a constant */
} Question;

static void
admission_free (gpointer data)
{
  Admission *admission = data;

  g_free (admission->room_id);
  g_clear_pointer (&admission->seat, coord_seat_free);
  g_free (admission);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->room_id);
  g_free (question->token);
  g_free (question);
}

/* Runs in a reader. */
static gpointer
ask (CoordDb *db, gpointer data, GError **error)
{
  const Question *question = data;
  g_autoptr (CoordSeat) seat =
    coord_room_service_admit (db, question->room_id, question->token, question->now_us, error);

  if (seat == NULL || !coord_home_store_check (db, question->room_id, question->node_id, error))
    return NULL;
  return g_steal_pointer (&seat);
}

typedef struct {
  CoordRoomTable *table;
  char *room_id;
} Opening;

static void
opening_free (Opening *opening)
{
  g_free (opening->room_id);
  g_free (opening);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
room_loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Opening) opening = data;
  g_autoptr (GError) error = NULL;
  CoordOpenRoom *room = coord_open_room_load_finish (result, &error);
  g_autoptr (GPtrArray) waiting = NULL;
  const CoordEvent changed = { .kind = COORD_EVENT_ROOM_CHANGED, .room_id = opening->room_id };
  Entry *entry;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  entry = g_hash_table_lookup (opening->table->rooms, opening->room_id);
  entry->room = room;
  if (room != NULL && entry->is_stale)
    coord_open_room_take_event (room, &changed);
  waiting = g_steal_pointer (&entry->waiting);
  entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++) {
    GTask *task = g_ptr_array_index (waiting, i);

    if (entry->room != NULL)
      g_task_return_pointer (
        task, coord_open_room_ref (entry->room), (GDestroyNotify) coord_open_room_unref);
    else
      g_task_return_error (task, g_error_copy (error));
  }
  if (entry->room == NULL)
    g_hash_table_remove (opening->table->rooms, opening->room_id);
}

/* Takes the task. */
static void
open_room (CoordRoomTable *table, const char *room_id, GTask *task)
{
  Entry *entry = g_hash_table_lookup (table->rooms, room_id);
  Opening *opening;

  if (entry != NULL && entry->room != NULL && coord_open_room_is_closed (entry->room)) {
    g_hash_table_remove (table->rooms, room_id);
    entry = NULL;
  }
  if (table->is_closed) {
    g_task_return_new_error (task, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "The server is going down. Try again in a moment.");
    g_object_unref (task);
    return;
  }
  if (entry != NULL && entry->room != NULL) {
    g_task_return_pointer (
      task, coord_open_room_ref (entry->room), (GDestroyNotify) coord_open_room_unref);
    g_object_unref (task);
    return;
  }
  if (entry != NULL) {
    g_ptr_array_add (entry->waiting, task);
    return;
  }
  entry = g_new0 (Entry, 1);
  entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (entry->waiting, task);
  g_hash_table_insert (table->rooms, g_strdup (room_id), entry);
  opening = g_new0 (Opening, 1);
  opening->table = table;
  opening->room_id = g_strdup (room_id);
  coord_open_room_load_async (&table->host, room_id, table->cancellable, room_loaded_cb, opening);
}

/* It is at home elsewhere, which the room that is open here has not noticed yet. */
static void
lose_room (CoordRoomTable *table, const char *room_id)
{
  Entry *entry = g_hash_table_lookup (table->rooms, room_id);

  if (entry != NULL && entry->room != NULL)
    g_hash_table_remove (table->rooms, room_id);
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Admission *admission = g_task_get_task_data (task);
  GError *error = NULL;

  admission->seat = coord_db_pool_finish (result, &error);
  if (admission->seat != NULL) {
    open_room (admission->table, admission->room_id, task);
    return;
  }
  if (g_error_matches (error, COORD_ERROR, COORD_ERROR_MOVED))
    lose_room (admission->table, admission->room_id);
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
coord_room_table_admit_async (CoordRoomTable *table,
  const char *room_id,
  const char *token,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = g_task_new (NULL, NULL, callback, data);
  Admission *admission = g_new0 (Admission, 1);
  Question *question = g_new0 (Question, 1);

  admission->table = table;
  admission->room_id = g_strdup (room_id);
  g_task_set_source_tag (task, coord_room_table_admit_async);
  g_task_set_task_data (task, admission, admission_free);
  question->room_id = g_strdup (room_id);
  question->token = g_strdup (token);
  question->node_id = table->host.node_id;
  question->now_us = ent_clock_get_wall_us (table->host.clock);
  coord_db_pool_read_async (table->host.pool, ask, question, question_free,
    (GDestroyNotify) coord_seat_free, table->cancellable, asked_cb, task);
}

CoordOpenRoom *
coord_room_table_admit_finish (GAsyncResult *result, CoordSeat **seat, GError **error)
{
  CoordOpenRoom *room = g_task_propagate_pointer (G_TASK (result), error);
  Admission *admission = g_task_get_task_data (G_TASK (result));

  if (room != NULL)
    *seat = g_steal_pointer (&admission->seat);
  return room;
}

static guint
get_close_code (const GError *error)
{
  if (error->domain != COORD_ERROR)
    return COORD_CLOSE_TRY_AGAIN;
  switch (error->code) {
  case COORD_ERROR_NOT_SIGNED_IN:
  case COORD_ERROR_TOKEN_EXPIRED:
    return COORD_CLOSE_NOT_SIGNED_IN;
  case COORD_ERROR_DENIED:
  case COORD_ERROR_REMOVED:
    return COORD_CLOSE_NOT_IN_ROOM;
  case COORD_ERROR_NOT_FOUND:
    return COORD_CLOSE_NO_ROOM;
  case COORD_ERROR_ROOM_ENDED:
    return COORD_CLOSE_ENDED;
  case COORD_ERROR_MOVED:
    return COORD_CLOSE_MOVED;
  default:
    return COORD_CLOSE_TRY_AGAIN;
  }
}

void
coord_room_table_refuse (CoordSocket *socket, const GError *error)
{
  gboolean is_moved = g_error_matches (error, COORD_ERROR, COORD_ERROR_MOVED);

  if (is_moved)
    coord_room_counts.moved++;
  coord_socket_close (
    socket, get_close_code (error), is_moved ? error->message : coord_error_get_code (error));
}
