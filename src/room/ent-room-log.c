#include "room/ent-room-log.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ent-secret.h"

#define FIRST_RANDOM_CLIENT (G_GUINT64_CONSTANT (1) << 31)
#define RETRY_MS 2000 /* after a write that failed */

/* What the writer thread is asked to do, in order. */
typedef enum {
  JOB_APPEND,
  JOB_FOLD,
  JOB_MARK_CLIENT,
  JOB_STOP,
} JobKind;

typedef struct {
  JobKind kind;
  EntLogEntry *entry; /* JOB_APPEND */
  GBytes *state; /* JOB_FOLD */
  GPtrArray *own; /* JOB_FOLD, entries that stay */
  guint64 client; /* JOB_MARK_CLIENT */
} Job;

struct _EntRoomLog {
  char *path;
  sqlite3 *db; /* the writer thread's while it runs */
  GPtrArray *entries; /* read at opening */
  guint64 client;
  GArray *unused_clients; /* guint64, those after `client` */
  GAsyncQueue *jobs; /* Job */
  GThread *writer;
  GMainContext *context;

  /* shared with the writer */
  GMutex lock;
  char *problem; /* as the writer found it */
  guint64 size;
  gsize waiting_bytes;
  gboolean is_notice_due;
  gboolean is_closing;

  char *shown_problem; /* as the caller sees it */
  void (*changed) (gpointer);
  gpointer changed_data;
};

static const char schema[] = "PRAGMA journal_mode = WAL;"
                             "PRAGMA busy_timeout = 2000;"
                             "PRAGMA journal_size_limit = 4194304;"
                             "CREATE TABLE IF NOT EXISTS room_update ("
                             "  seq INTEGER PRIMARY KEY, own INTEGER NOT NULL,"
                             "  client INTEGER NOT NULL, clock INTEGER NOT NULL,"
                             "  length INTEGER NOT NULL, made_at INTEGER NOT NULL,"
                             "  bytes BLOB NOT NULL);"
                             "CREATE TABLE IF NOT EXISTS client_id ("
                             "  client INTEGER PRIMARY KEY, position INTEGER NOT NULL,"
                             "  used INTEGER NOT NULL);";

EntLogEntry *
ent_log_entry_new (GBytes *bytes,
  gboolean is_own,
  guint64 client,
  guint32 clock,
  guint32 length,
  gint64 made_at_us)
{
  EntLogEntry *entry = g_new0 (EntLogEntry, 1);

  entry->bytes = g_bytes_ref (bytes);
  entry->is_own = is_own;
  entry->client = client;
  entry->clock = clock;
  entry->length = length;
  entry->made_at_us = made_at_us;
  return entry;
}

void
ent_log_entry_free (EntLogEntry *entry)
{
  g_bytes_unref (entry->bytes);
  g_free (entry);
}

static void
free_job (gpointer data)
{
  Job *job = data;

  g_clear_pointer (&job->entry, ent_log_entry_free);
  g_clear_pointer (&job->state, g_bytes_unref);
  g_clear_pointer (&job->own, g_ptr_array_unref);
  g_free (job);
}

char *
ent_room_log_build_path (const char *data_dir,
  const char *origin,
  const char *room,
  const char *participant)
{
  g_autofree char *text = g_strjoin ("\n", origin, room, participant, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *name = g_strconcat (hash, ".db", NULL);

  return g_build_filename (data_dir, "rooms", name, NULL);
}

/* --- statements; writer thread, or before it runs -------------------------------------------- */

/* A full disk has a code of its own, or none but the system's. */
static void
set_db_error (sqlite3 *db, GError **error)
{
  gboolean is_full =
    sqlite3_errcode (db) == SQLITE_FULL ||
    ((sqlite3_extended_errcode (db) & 0xff) == SQLITE_IOERR && sqlite3_system_errno (db) == ENOSPC);

  g_set_error (error, G_IO_ERROR, is_full ? G_IO_ERROR_NO_SPACE : G_IO_ERROR_FAILED, "%s",
    sqlite3_errmsg (db));
}

static gboolean
run_sql (sqlite3 *db, const char *sql, GError **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_db_error (db, error);
  return FALSE;
}

static sqlite3_stmt *
prepare (sqlite3 *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    set_db_error (db, error);
  return statement;
}

static gboolean
finish_statement (sqlite3 *db, sqlite3_stmt *statement, GError **error)
{
  int code = sqlite3_step (statement);

  sqlite3_finalize (statement);
  if (code == SQLITE_DONE)
    return TRUE;
  g_set_error (error, G_IO_ERROR, code == SQLITE_FULL ? G_IO_ERROR_NO_SPACE : G_IO_ERROR_FAILED,
    "%s", sqlite3_errmsg (db));
  return FALSE;
}

static gboolean
insert_entry (sqlite3 *db, const EntLogEntry *entry, GError **error)
{
  sqlite3_stmt *statement = prepare (db,
    "INSERT INTO room_update (own, client, clock, length, made_at, bytes)"
    " VALUES (?, ?, ?, ?, ?, ?)",
    error);
  gsize size;
  const void *bytes = g_bytes_get_data (entry->bytes, &size);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int (statement, 1, entry->is_own);
  sqlite3_bind_int64 (statement, 2, entry->client);
  sqlite3_bind_int64 (statement, 3, entry->clock);
  sqlite3_bind_int64 (statement, 4, entry->length);
  sqlite3_bind_int64 (statement, 5, entry->made_at_us);
  sqlite3_bind_blob64 (statement, 6, bytes, size, SQLITE_STATIC);
  return finish_statement (db, statement, error);
}

static gboolean
mark_client (sqlite3 *db, guint64 client, GError **error)
{
  sqlite3_stmt *statement = prepare (db,
    "INSERT INTO client_id (client, position, used) VALUES (?, 0, 1)"
    " ON CONFLICT (client) DO UPDATE SET used = 1",
    error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, client);
  return finish_statement (db, statement, error);
}

static gboolean
fold (sqlite3 *db, GBytes *state, GPtrArray *own, GError **error)
{
  EntLogEntry whole = { .bytes = state };

  if (!run_sql (db, "DELETE FROM room_update", error) || !insert_entry (db, &whole, error))
    return FALSE;
  for (guint i = 0; own != NULL && i < own->len; i++)
    if (!insert_entry (db, g_ptr_array_index (own, i), error))
      return FALSE;
  return TRUE;
}

/* --- the writer thread ----------------------------------------------------------------------- */

static gboolean
do_job (EntRoomLog *log, Job *job, GError **error)
{
  switch (job->kind) {
  case JOB_APPEND:
    return insert_entry (log->db, job->entry, error);
  case JOB_FOLD:
    return fold (log->db, job->state, job->own, error);
  case JOB_MARK_CLIENT:
    return mark_client (log->db, job->client, error);
  case JOB_STOP:
    return TRUE;
  }
  return TRUE;
}

/* A batch is one transaction: all of it or nothing. */
static gboolean
write_batch (EntRoomLog *log, GPtrArray *batch, GError **error)
{
  if (!run_sql (log->db, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (guint i = 0; i < batch->len; i++)
    if (!do_job (log, g_ptr_array_index (batch, i), error)) {
      run_sql (log->db, "ROLLBACK", NULL);
      return FALSE;
    }
  if (run_sql (log->db, "COMMIT", error))
    return TRUE;
  run_sql (log->db, "ROLLBACK", NULL);
  return FALSE;
}

static gboolean
tell_problem_cb (gpointer data)
{
  EntRoomLog *log = data;
  gboolean differs;

  g_mutex_lock (&log->lock);
  log->is_notice_due = FALSE;
  differs = g_strcmp0 (log->problem, log->shown_problem) != 0 && !log->is_closing;
  if (differs) {
    g_free (log->shown_problem);
    log->shown_problem = g_strdup (log->problem);
  }
  g_mutex_unlock (&log->lock);
  if (differs && log->changed != NULL)
    log->changed (log->changed_data);
  return G_SOURCE_REMOVE;
}

/* Lock held: has the caller's main loop look at the problem. */
static void
set_problem (EntRoomLog *log, const char *problem)
{
  g_autoptr (GSource) source = NULL;

  if (g_strcmp0 (log->problem, problem) == 0)
    return;
  g_free (log->problem);
  log->problem = g_strdup (problem);
  if (log->is_notice_due || log->is_closing)
    return;
  log->is_notice_due = TRUE;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_problem_cb, log, NULL);
  g_source_attach (source, log->context);
}

const char *
ent_room_log_describe_problem (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return _ ("Not kept on this device: the disk is full. Free some space; what you write still "
              "goes to the others and to the server.");
  return _ ("Not kept on this device: its log cannot be written. What you write still goes to the "
            "others and to the server.");
}

/* Waits until the batch is ENT_ROOM_LOG_BATCH_MS old, or has an end. */
static gboolean
collect_batch (EntRoomLog *log, GPtrArray *batch, gint64 until_us)
{
  for (;;) {
    gint64 left_us = until_us - g_get_monotonic_time ();
    Job *job;

    job = left_us > 0 ? g_async_queue_timeout_pop (log->jobs, left_us)
                      : g_async_queue_try_pop (log->jobs);
    if (job == NULL)
      return FALSE;
    g_ptr_array_add (batch, job);
    if (job->kind == JOB_STOP)
      return TRUE;
  }
}

static void
count_written (EntRoomLog *log, GPtrArray *batch)
{
  for (guint i = 0; i < batch->len; i++) {
    Job *job = g_ptr_array_index (batch, i);

    if (job->kind == JOB_APPEND) {
      log->size += g_bytes_get_size (job->entry->bytes);
      log->waiting_bytes -= g_bytes_get_size (job->entry->bytes);
    }
    if (job->kind == JOB_FOLD)
      log->size = 0;
  }
}

static gpointer
run_writer (gpointer data)
{
  EntRoomLog *log = data;
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func (free_job);
  gboolean is_stopping = FALSE;
  gint64 wait_us = ENT_ROOM_LOG_BATCH_MS * 1000;

  while (!is_stopping) {
    g_autoptr (GError) error = NULL;
    gboolean is_written;

    if (batch->len == 0)
      g_ptr_array_add (batch, g_async_queue_pop (log->jobs));
    is_stopping = ((Job *) g_ptr_array_index (batch, batch->len - 1))->kind == JOB_STOP ||
                  collect_batch (log, batch, g_get_monotonic_time () + wait_us);
    is_written = write_batch (log, batch, &error);
    wait_us = is_written ? ENT_ROOM_LOG_BATCH_MS * 1000 : RETRY_MS * 1000;
    if (!is_written)
      g_debug ("Could not write the room's log: %s", error->message);
    g_mutex_lock (&log->lock);
    set_problem (log, is_written ? NULL : ent_room_log_describe_problem (error));
    if (is_written)
      count_written (log, batch);
    g_mutex_unlock (&log->lock);
    if (is_written)
      g_ptr_array_set_size (batch, 0);
  }
  return NULL;
}

/* --- opening --------------------------------------------------------------------------------- */

static gboolean
make_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
      "Could not make the folder '%s': %s", folder, g_strerror (errno));
    return FALSE;
  }
  fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Could not open '%s': %s", path,
      g_strerror (errno));
    return FALSE;
  }
  fchmod (fd, 0600);
  close (fd);
  return TRUE;
}

static gboolean
read_entries (EntRoomLog *log, GError **error)
{
  sqlite3_stmt *statement = prepare (log->db,
    "SELECT own, client, clock, length, made_at, bytes FROM room_update ORDER BY seq", error);
  int code;

  if (statement == NULL)
    return FALSE;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    g_autoptr (GBytes) bytes =
      g_bytes_new (sqlite3_column_blob (statement, 5), sqlite3_column_bytes (statement, 5));

    log->size += g_bytes_get_size (bytes);
    g_ptr_array_add (
      log->entries, ent_log_entry_new (bytes, sqlite3_column_int (statement, 0) != 0,
                      sqlite3_column_int64 (statement, 1), sqlite3_column_int64 (statement, 2),
                      sqlite3_column_int64 (statement, 3), sqlite3_column_int64 (statement, 4)));
  }
  sqlite3_finalize (statement);
  if (code == SQLITE_DONE)
    return TRUE;
  set_db_error (log->db, error);
  return FALSE;
}

static gboolean
add_clients (EntRoomLog *log, GArray *given, GError **error)
{
  for (guint i = 0; given != NULL && i < given->len; i++) {
    sqlite3_stmt *statement = prepare (log->db,
      "INSERT INTO client_id (client, position, used)"
      " SELECT ?1, 1 + COALESCE (MAX (position), 0), 0 FROM client_id"
      " WHERE true ON CONFLICT (client) DO NOTHING",
      error);

    if (statement == NULL)
      return FALSE;
    sqlite3_bind_int64 (statement, 1, g_array_index (given, gint64, i));
    if (!finish_statement (log->db, statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_unused_clients (EntRoomLog *log, GError **error)
{
  sqlite3_stmt *statement =
    prepare (log->db, "SELECT client FROM client_id WHERE used = 0 ORDER BY position", error);

  if (statement == NULL)
    return FALSE;
  while (sqlite3_step (statement) == SQLITE_ROW) {
    guint64 client = sqlite3_column_int64 (statement, 0);

    g_array_append_val (log->unused_clients, client);
  }
  sqlite3_finalize (statement);
  return TRUE;
}

/* The next unused ID, or a random one. */
static guint64
pick_client (EntRoomLog *log)
{
  guint64 client;
  guint32 random;

  if (log->unused_clients->len > 0) {
    client = g_array_index (log->unused_clients, guint64, 0);
    g_array_remove_index (log->unused_clients, 0);
    return client;
  }
  ent_secret_fill_random (&random, sizeof random);
  return FIRST_RANDOM_CLIENT + (random & 0x7fffffff);
}

/* The mark is fsynced: were it lost with the tail of the log by a power cut, the next opening would
 * give the same clocks to other text. */
static gboolean
prepare_log (EntRoomLog *log, GArray *given, GError **error)
{
  if (!make_file (log->path, error))
    return FALSE;
  if (sqlite3_open_v2 (log->path, &log->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
    set_db_error (log->db, error);
    return FALSE;
  }
  if (!run_sql (log->db, schema, error) || !run_sql (log->db, "PRAGMA synchronous = FULL", error) ||
      !read_entries (log, error) || !run_sql (log->db, "BEGIN IMMEDIATE", error) ||
      !add_clients (log, given, error) || !read_unused_clients (log, error))
    return FALSE;
  log->client = pick_client (log);
  return mark_client (log->db, log->client, error) && run_sql (log->db, "COMMIT", error) &&
         run_sql (log->db, "PRAGMA synchronous = NORMAL", error);
}

/* Everything but the writer, which has ended. */
static void
destroy_log (EntRoomLog *log)
{
  sqlite3_close_v2 (log->db);
  g_clear_pointer (&log->entries, g_ptr_array_unref);
  g_array_unref (log->unused_clients);
  g_async_queue_unref (log->jobs);
  g_main_context_unref (log->context);
  g_mutex_clear (&log->lock);
  g_free (log->path);
  g_free (log->problem);
  g_free (log->shown_problem);
  g_free (log);
}

static void
open_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  EntRoomLog *log = task_data;
  GArray *given = g_object_get_data (G_OBJECT (task), "given");
  GError *error = NULL;

  if (!prepare_log (log, given, &error)) {
    g_prefix_error (&error, "Could not open this device's log of the room: ");
    g_task_return_error (task, error);
    return;
  }
  log->writer = g_thread_new ("room-log", run_writer, log);
  g_task_return_boolean (task, TRUE);
}

void
ent_room_log_open_async (const char *path,
  GArray *given_clients,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  EntRoomLog *log = g_new0 (EntRoomLog, 1);

  log->path = g_strdup (path);
  log->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_log_entry_free);
  log->unused_clients = g_array_new (FALSE, FALSE, sizeof (guint64));
  log->jobs = g_async_queue_new_full (free_job);
  log->context = g_main_context_ref_thread_default ();
  g_mutex_init (&log->lock);
  g_task_set_source_tag (task, ent_room_log_open_async);
  g_task_set_task_data (task, log, NULL);
  if (given_clients != NULL)
    g_object_set_data_full (
      G_OBJECT (task), "given", g_array_copy (given_clients), (GDestroyNotify) g_array_unref);
  g_task_run_in_thread (task, open_thread);
}

EntRoomLog *
ent_room_log_open_finish (GAsyncResult *result, GError **error)
{
  EntRoomLog *log = g_task_get_task_data (G_TASK (result));

  if (g_task_propagate_boolean (G_TASK (result), error))
    return log;
  destroy_log (log);
  return NULL;
}

/* --- use ------------------------------------------------------------------------------------- */

GPtrArray *
ent_room_log_steal_entries (EntRoomLog *log)
{
  return g_steal_pointer (&log->entries);
}

guint64
ent_room_log_get_client (EntRoomLog *log)
{
  return log->client;
}

static Job *
new_job (JobKind kind)
{
  Job *job = g_new0 (Job, 1);

  job->kind = kind;
  return job;
}

guint64
ent_room_log_take_next_client (EntRoomLog *log)
{
  Job *job = new_job (JOB_MARK_CLIENT);

  log->client = pick_client (log);
  job->client = log->client;
  g_async_queue_push (log->jobs, job);
  return log->client;
}

void
ent_room_log_append (EntRoomLog *log, EntLogEntry *take_entry)
{
  Job *job = new_job (JOB_APPEND);
  gsize size = g_bytes_get_size (take_entry->bytes);
  gboolean fits;

  job->entry = take_entry;
  g_mutex_lock (&log->lock);
  fits = log->waiting_bytes + size <= ENT_ROOM_LOG_MAX_WAITING_BYTES;
  if (fits)
    log->waiting_bytes += size;
  g_mutex_unlock (&log->lock);
  if (fits)
    g_async_queue_push (log->jobs, job);
  else
    free_job (job);
}

void
ent_room_log_fold (EntRoomLog *log, GBytes *state, GPtrArray *own)
{
  Job *job = new_job (JOB_FOLD);

  job->state = g_bytes_ref (state);
  if (own != NULL) {
    job->own = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_log_entry_free);
    for (guint i = 0; i < own->len; i++) {
      EntLogEntry *entry = g_ptr_array_index (own, i);

      g_ptr_array_add (job->own, ent_log_entry_new (entry->bytes, entry->is_own, entry->client,
                                   entry->clock, entry->length, entry->made_at_us));
    }
  }
  g_async_queue_push (log->jobs, job);
}

guint64
ent_room_log_get_size (EntRoomLog *log)
{
  guint64 size;

  g_mutex_lock (&log->lock);
  size = log->size;
  g_mutex_unlock (&log->lock);
  return size;
}

const char *
ent_room_log_get_problem (EntRoomLog *log)
{
  return log->shown_problem;
}

void
ent_room_log_set_changed_func (EntRoomLog *log, void (*changed) (gpointer), gpointer data)
{
  log->changed = changed;
  log->changed_data = data;
}

/* --- closing --------------------------------------------------------------------------------- */

static void
stop_writer (EntRoomLog *log)
{
  if (log->writer == NULL)
    return;
  g_async_queue_push (log->jobs, new_job (JOB_STOP));
  g_thread_join (g_steal_pointer (&log->writer));
  run_sql (log->db, "PRAGMA wal_checkpoint (TRUNCATE)", NULL);
}

static void
delete_files (const char *path)
{
  static const char *const endings[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strconcat (path, endings[i], NULL);

    g_unlink (name);
  }
}

/* From here on the notice, if one is due, finds nothing to tell. */
static void
begin_closing (EntRoomLog *log)
{
  g_mutex_lock (&log->lock);
  log->is_closing = TRUE;
  g_mutex_unlock (&log->lock);
  log->changed = NULL;
}

/* After a notice that is still due, if any: sources of one priority run in order. */
static gboolean
destroy_cb (gpointer data)
{
  destroy_log (data);
  return G_SOURCE_REMOVE;
}

static void
destroy_later (EntRoomLog *log)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  if (!log->is_notice_due) {
    destroy_log (log);
    return;
  }
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, destroy_cb, log, NULL);
  g_source_attach (source, log->context);
}

static void
close_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  stop_writer (task_data);
  g_task_return_boolean (task, TRUE);
}

static void
log_stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  EntRoomLog *log = g_task_get_task_data (G_TASK (result));
  gboolean delete_file = GPOINTER_TO_INT (g_task_get_task_data (task));

  if (delete_file) {
    sqlite3_close_v2 (g_steal_pointer (&log->db));
    delete_files (log->path);
  }
  destroy_later (log);
  g_task_return_boolean (task, TRUE);
}

void
ent_room_log_close_async (EntRoomLog *log,
  gboolean delete_file,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = g_task_new (NULL, NULL, callback, data);
  g_autoptr (GTask) worker = g_task_new (NULL, NULL, log_stopped_cb, task);

  g_task_set_source_tag (task, ent_room_log_close_async);
  g_task_set_task_data (task, GINT_TO_POINTER (delete_file), NULL);
  begin_closing (log);
  g_task_set_task_data (worker, log, NULL);
  g_task_run_in_thread (worker, close_thread);
}

void
ent_room_log_close_finish (GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

void
ent_room_log_free (EntRoomLog *log)
{
  begin_closing (log);
  stop_writer (log);
  destroy_later (log);
}
