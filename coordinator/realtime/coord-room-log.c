#include "realtime/coord-room-log.h"

#define RETRY_MS 1000
#define ROW_BYTES 256 /* what a waiting row takes beside its bytes */

/* What one transaction writes. Made on the main thread, read by the writer, given back. */
typedef struct {
  char *room_id;
  GPtrArray *rows; /* CoordLogRow */
  GPtrArray *clients; /* CoordRoomClient */
  gsize bytes;
} Batch;

struct _CoordRoomLog {
  CoordDbPool *pool;
  EntClock *clock;
  char *room_id;
  const CoordRoomLogEvents *events;
  gpointer data;

  Batch *waiting; /* never NULL */
  Batch *writing; /* NULL: the disk is idle */
  GBytes *mark; /* of the batch that is being written */
  gboolean is_troubled;
  guint retry_id;
  guint idle_id;
  GSourceOnceFunc idle_func;
  gpointer idle_data;
  GCancellable *cancellable; /* cancelled when freed */
};

static Batch *
batch_new (const char *room_id)
{
  Batch *batch = g_atomic_rc_box_new0 (Batch);

  batch->room_id = g_strdup (room_id);
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
  const CoordRoomLogEvents *events,
  gpointer data)
{
  CoordRoomLog *log = g_new0 (CoordRoomLog, 1);

  log->pool = pool;
  log->clock = ent_clock_ref (clock);
  log->room_id = g_strdup (room_id);
  log->events = events;
  log->data = data;
  log->waiting = batch_new (room_id);
  log->cancellable = g_cancellable_new ();
  return log;
}

/* Runs in the writer thread, in the batch's own savepoint. */
static gpointer
write_batch (CoordDb *db, gpointer data, GError **error)
{
  Batch *batch = data;

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

static void submit (CoordRoomLog *log);

static gboolean
retry_cb (gpointer data)
{
  CoordRoomLog *log = data;

  log->retry_id = 0;
  submit (log);
  return G_SOURCE_REMOVE;
}

/* Puts what could not be written before what waits. */
static void
take_back (CoordRoomLog *log)
{
  Batch *batch = g_steal_pointer (&log->writing);

  g_ptr_array_extend_and_steal (batch->rows, g_steal_pointer (&log->waiting->rows));
  g_ptr_array_extend_and_steal (batch->clients, g_steal_pointer (&log->waiting->clients));
  batch->bytes += log->waiting->bytes;
  log->waiting->rows = g_ptr_array_new ();
  log->waiting->clients = g_ptr_array_new ();
  batch_unref (log->waiting);
  log->waiting = batch;
}

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
  mark = g_steal_pointer (&log->mark);
  if (error != NULL) {
    take_back (log);
    if (!log->is_troubled)
      log->events->trouble (error, log->data);
    log->is_troubled = TRUE;
    log->retry_id = ent_clock_add (log->clock, RETRY_MS, retry_cb, log);
    return;
  }
  g_clear_pointer (&log->writing, batch_unref);
  if (log->is_troubled)
    log->events->trouble (NULL, log->data);
  log->is_troubled = FALSE;
  submit (log);
  log->events->durable (mark, log->data);
  if (log->idle_func != NULL && log->idle_id == 0 && coord_room_log_is_idle (log))
    log->idle_id = g_idle_add_once (idle_cb, log);
}

static void
submit (CoordRoomLog *log)
{
  if (log->writing != NULL || log->retry_id != 0 || batch_is_empty (log->waiting))
    return;
  log->writing = g_steal_pointer (&log->waiting);
  log->waiting = batch_new (log->room_id);
  log->mark = log->events->mark (log->data);
  coord_db_pool_write_async (log->pool, write_batch, g_atomic_rc_box_acquire (log->writing),
    batch_unref, NULL, log->cancellable, batch_written_cb, log);
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
}

void
coord_room_log_free (CoordRoomLog *log)
{
  g_cancellable_cancel (log->cancellable);
  if (!batch_is_empty (log->waiting))
    coord_db_pool_write_async (
      log->pool, write_batch, g_steal_pointer (&log->waiting), batch_unref, NULL, NULL, NULL, NULL);
  g_clear_pointer (&log->waiting, batch_unref);
  g_clear_pointer (&log->writing, batch_unref);
  g_clear_pointer (&log->mark, g_bytes_unref);
  g_clear_handle_id (&log->idle_id, g_source_remove);
  ent_clock_remove (log->clock, log->retry_id);
  ent_clock_unref (log->clock);
  g_object_unref (log->cancellable);
  g_free (log->room_id);
  g_free (log);
}
