#include "realtime/coord-room-log.h"

#include "store/coord-error.h"
#include "store/coord-node-store.h"

#define RETRY_MS 1000
#define PACE_US \
  (20 * 1000) /* a busy log's batches leave at multiples of this, with other rooms' \
               */
#define ROW_BYTES 256 /* what a waiting row takes beside its bytes */

/* What one transaction writes. Made on the main thread, read by the writer, given back. */
typedef struct {
  char *room_id;
  gint64 epoch;
  gint64 number; /* in the epoch; given when it leaves */
  GPtrArray *rows; /* CoordLogRow */
  GPtrArray *clients; /* CoordRoomClient */
  gsize bytes;
} Batch;

struct _CoordRoomLog {
  CoordDbPool *pool;
  EntClock *clock;
  char *room_id;
  gint64 epoch;
  gint64 last_batch;
  const CoordRoomLogEvents *events;
  gpointer data;

  Batch *waiting; /* never NULL */
  Batch *writing; /* NULL: the disk is idle; with retry_id it waits to be tried again */
  GBytes *mark; /* of the batch that is being written */
  gboolean is_troubled;
  gboolean is_lost; /* the room was opened elsewhere: nothing can be written any more */
  guint retry_id;
  gint64 submitted_us; /* monotonic */
  guint pace_id; /* the next batch waits for its time */
  guint idle_id;
  GSourceOnceFunc idle_func;
  gpointer idle_data;
  GCancellable *cancellable; /* cancelled when freed */
};

static Batch *
batch_new (const char *room_id, gint64 epoch)
{
  Batch *batch = g_atomic_rc_box_new0 (Batch);

  batch->room_id = g_strdup (room_id);
  batch->epoch = epoch;
  batch->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_log_row_free);
  batch->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_room_client_free);
  return batch;
}

static void
batch_clear (gpointer data)
{
  Batch *batch = data;

  g_free (batch->room_id);
  g_ptr_array_unref (batch->rows);
  g_ptr_array_unref (batch->clients);
}

static void
batch_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, batch_clear);
}

static gboolean
batch_is_empty (const Batch *batch)
{
  return batch->rows->len == 0 && batch->clients->len == 0;
}

CoordRoomLog *
coord_room_log_new (CoordDbPool *pool,
  EntClock *clock,
  const char *room_id,
  gint64 epoch,
  const CoordRoomLogEvents *events,
  gpointer data)
{
  CoordRoomLog *log = g_new0 (CoordRoomLog, 1);

  log->pool = pool;
  log->clock = ent_clock_ref (clock);
  log->room_id = g_strdup (room_id);
  log->epoch = epoch;
  log->events = events;
  log->data = data;
  log->submitted_us = -PACE_US; /* long ago, also by a clock that starts now */
  log->waiting = batch_new (room_id, epoch);
  log->cancellable = g_cancellable_new ();
  return log;
}

/* Runs in the writer thread, in the batch's own savepoint. A batch whose answer was lost with the
 * connection is not written twice. */
static gpointer
write_batch (CoordDb *db, gpointer data, GError **error)
{
  Batch *batch = data;

  if (coord_home_store_begin_batch (db, batch->room_id, batch->epoch, batch->number, error) !=
      COORD_HOME_MINE)
    return NULL;
  for (guint i = 0; i < batch->clients->len; i++) {
    const CoordRoomClient *client = g_ptr_array_index (batch->clients, i);

    if (!coord_room_store_record_client (
          db, batch->room_id, client->client, client->participant_id, client->is_witnessed, error))
      return NULL;
  }
  for (guint i = 0; i < batch->rows->len; i++)
    if (!coord_room_store_append (db, batch->room_id, g_ptr_array_index (batch->rows, i), error))
      return NULL;
  return NULL;
}

static void write_on (CoordRoomLog *log);

static gboolean
retry_cb (gpointer data)
{
  CoordRoomLog *log = data;

  log->retry_id = 0;
  write_on (log);
  return G_SOURCE_REMOVE;
}

static void submit (CoordRoomLog *log);

static void
idle_cb (gpointer data)
{
  CoordRoomLog *log = data;
  GSourceOnceFunc func = g_steal_pointer (&log->idle_func);

  log->idle_id = 0;
  func (log->idle_data);
}

static void
batch_written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  CoordRoomLog *log = data;
  g_autoptr (GBytes) mark = NULL;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* freed */
  if (g_error_matches (error, COORD_ERROR, COORD_ERROR_MOVED)) {
    log->is_lost = TRUE;
    log->events->lost (log->data); /* may free the log */
    return;
  }
  if (error != NULL) {
    gboolean is_news = !log->is_troubled;

    log->is_troubled = TRUE;
    log->retry_id = ent_clock_add (log->clock, RETRY_MS, retry_cb, log);
    if (is_news)
      log->events->trouble (error, log->data);
    return;
  }
  mark = g_steal_pointer (&log->mark);
  g_clear_pointer (&log->writing, batch_unref);
  if (log->is_troubled)
    log->events->trouble (NULL, log->data);
  log->is_troubled = FALSE;
  submit (log);
  log->events->durable (mark, log->data);
  if (log->idle_func != NULL && log->idle_id == 0 && coord_room_log_is_idle (log))
    log->idle_id = g_idle_add_once (idle_cb, log);
}

/* Hands the batch that is being written to the pool, for the first time or again. */
static void
write_on (CoordRoomLog *log)
{
  coord_db_pool_write_async (log->pool, write_batch, g_atomic_rc_box_acquire (log->writing),
    batch_unref, NULL, log->cancellable, batch_written_cb, log);
}

static gboolean
pace_cb (gpointer data)
{
  CoordRoomLog *log = data;

  log->pace_id = 0;
  submit (log);
  return G_SOURCE_REMOVE;
}

/* A commit costs as much as a hundred rows, and a sync of the disk; nobody is told of more than one
 * each COORD_ROOM_DURABLE_MS. The first after a while is not kept waiting. */
static guint
get_wait_ms (const CoordRoomLog *log, gint64 now_us)
{
  if (log->idle_func != NULL || now_us - log->submitted_us >= PACE_US)
    return 0;
  return (PACE_US - now_us % PACE_US + 999) / 1000;
}

static void
submit (CoordRoomLog *log)
{
  gint64 now_us = ent_clock_get_monotonic_us (log->clock);
  guint wait_ms = get_wait_ms (log, now_us);

  if (log->writing != NULL || log->is_lost || batch_is_empty (log->waiting))
    return;
  if (wait_ms > 0 && log->pace_id == 0)
    log->pace_id = ent_clock_add (log->clock, wait_ms, pace_cb, log);
  if (wait_ms > 0)
    return;
  ent_clock_remove (log->clock, log->pace_id);
  log->pace_id = 0;
  log->submitted_us = now_us;
  log->writing = g_steal_pointer (&log->waiting);
  log->writing->number = ++log->last_batch;
  log->waiting = batch_new (log->room_id, log->epoch);
  log->mark = log->events->mark (log->data);
  write_on (log);
}

void
coord_room_log_append (CoordRoomLog *log, CoordLogRow *row)
{
  log->waiting->bytes += g_bytes_get_size (row->bytes) + ROW_BYTES;
  g_ptr_array_add (log->waiting->rows, row);
  submit (log);
}

void
coord_room_log_record_client (CoordRoomLog *log,
  guint32 client,
  const char *participant_id,
  gboolean is_witnessed)
{
  CoordRoomClient *record = g_new0 (CoordRoomClient, 1);

  record->client = client;
  record->participant_id = g_strdup (participant_id);
  record->is_witnessed = is_witnessed;
  g_ptr_array_add (log->waiting->clients, record);
  submit (log);
}

gboolean
coord_room_log_is_idle (CoordRoomLog *log)
{
  return log->writing == NULL && batch_is_empty (log->waiting);
}

gsize
coord_room_log_get_backlog_bytes (CoordRoomLog *log)
{
  return log->waiting->bytes + (log->writing != NULL ? log->writing->bytes : 0);
}

void
coord_room_log_when_idle (CoordRoomLog *log, GSourceOnceFunc func, gpointer data)
{
  g_assert (log->idle_func == NULL);
  log->idle_func = func;
  log->idle_data = data;
  if (coord_room_log_is_idle (log))
    log->idle_id = g_idle_add_once (idle_cb, log);
  submit (log);
}

static void
hand_over (CoordRoomLog *log, Batch *batch)
{
  coord_db_pool_write_async (
    log->pool, write_batch, g_atomic_rc_box_acquire (batch), batch_unref, NULL, NULL, NULL, NULL);
}

void
coord_room_log_free (CoordRoomLog *log)
{
  g_cancellable_cancel (log->cancellable);
  if (!log->is_lost && log->retry_id != 0)
    hand_over (log, log->writing);
  if (!log->is_lost && !batch_is_empty (log->waiting)) {
    log->waiting->number = ++log->last_batch;
    hand_over (log, log->waiting);
  }
  g_clear_pointer (&log->waiting, batch_unref);
  g_clear_pointer (&log->writing, batch_unref);
  g_clear_pointer (&log->mark, g_bytes_unref);
  g_clear_handle_id (&log->idle_id, g_source_remove);
  ent_clock_remove (log->clock, log->retry_id);
  ent_clock_remove (log->clock, log->pace_id);
  ent_clock_unref (log->clock);
  g_object_unref (log->cancellable);
  g_free (log->room_id);
  g_free (log);
}
