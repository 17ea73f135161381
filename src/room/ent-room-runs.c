#include <glib/gi18n-lib.h>
#include <string.h>

#include "room/ent-room-private.h"

/* It began in the instant before the coordinator was ended, which had not stored it yet. */
static void
lose_run (EntRoom *room)
{
  const EntMsgRunEnded ended = {
    .run = (char *) ent_room_run_get_id (room->run),
    .verdict = ENT_VERDICT_INTERNAL_ERROR,
    .exit_code = -1,
    .message = (char *) _ (
      "The server was restarted and has lost it. Nothing is wrong with the program: run it again."),
  };

  ent_room_run_take_result (room->run, &ended);
}

/* One that began while this device was away is told of right behind. */
void
ent_room_runs_take_welcome (EntRoom *room, const char *last_run)
{
  if (room->run == NULL || ent_room_run_get_state (room->run) == ENT_RUN_ENDED)
    return;
  if (last_run == NULL || g_strcmp0 (last_run, room->run_before) == 0)
    lose_run (room);
}

static void
take_started (EntRoom *room, const EntMsgRunStarted *started)
{
  EntParticipant *person = ent_room_find_participant (room, started->by);
  const char *by_name = person != NULL ? ent_participant_get_name (person) : _ ("Somebody");
  g_autoptr (GTask) task = NULL;
  g_autoptr (EntRoomRun) run = NULL;

  /* From a coordinator that has lost the run after it, which is what is shown. */
  if (g_strcmp0 (room->run_before, started->run) == 0)
    return;
  if (room->run != NULL && g_strcmp0 (ent_room_run_get_id (room->run), started->run) == 0) {
    ent_room_run_update (room->run, started);
  } else {
    g_free (room->run_before);
    room->run_before = room->run != NULL ? g_strdup (ent_room_run_get_id (room->run)) : NULL;
    run = ent_room_run_new (started, by_name);
    ent_room_set_run (room, run);
  }
  if (person != NULL && ent_participant_is_me (person))
    task = ent_room_coordinator_steal_task (room, ENT_ROOM_RUN_START);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static gboolean
is_current (EntRoom *room, const char *run)
{
  return room->run != NULL && g_strcmp0 (ent_room_run_get_id (room->run), run) == 0;
}

void
ent_room_runs_take (EntRoom *room, const EntMessage *message)
{
  const EntMsgRunners *runners = message->data;
  const EntMsgRunOutput *output = message->data;
  const EntMsgRunEnded *ended = message->data;

  if (message->kind == ENT_ROOM_RUN_STARTED) {
    take_started (room, message->data);
  } else if (message->kind == ENT_ROOM_RUN_OUTPUT) {
    if (is_current (room, output->run))
      ent_room_run_take_output (room->run, output);
  } else if (message->kind == ENT_ROOM_RUN_ENDED) {
    if (is_current (room, ended->run))
      ent_room_run_take_result (room->run, ended);
  } else if (message->kind == ENT_ROOM_RUNNERS) {
    g_ptr_array_set_size (room->languages, 0);
    for (guint i = 0; runners->languages != NULL && i < runners->languages->len; i++)
      g_ptr_array_add (room->languages,
        ent_struct_copy (&ent_msg_language_struct, g_ptr_array_index (runners->languages, i)));
    g_signal_emit (room, ent_room_signals[ENT_ROOM_SIGNAL_LANGUAGES_CHANGED], 0);
  }
}

EntRoomRun *
ent_room_get_run (EntRoom *room)
{
  return room->run;
}

GPtrArray *
ent_room_get_languages (EntRoom *room)
{
  return room->languages;
}

static const char *
get_run_refusal (EntRoom *room, EntRoomFile *file, const char *stdin_text)
{
  EntRole role = ent_room_get_role (room);

  if (!ent_role_can_run (role))
    return _ ("You are an observer: you cannot run programs.");
  if (room->state != NULL && room->state->run_locked && !ent_role_can_lead (role))
    return _ ("The interviewer has locked Run for the moment.");
  if (file != NULL && !ent_room_file_can_run (file))
    return _ ("This file cannot be run under its name. Rename it.");
  if (stdin_text != NULL && strlen (stdin_text) > ENT_MAX_STDIN)
    return _ ("The input is too long: a program can be given at most 32 KiB.");
  return NULL;
}

/* Takes the task; file NULL: a shell. */
static void
start_run (EntRoom *room, EntRoomFile *file, EntMsgRunStart start, GTask *task)
{
  const char *refusal = get_run_refusal (room, file, start.stdin_text);
  g_autoptr (EntStateVector) sv = NULL;
  g_autoptr (GBytes) sv_bytes = NULL;

  g_task_set_source_tag (task, ent_room_run_start_async);
  if (refusal != NULL) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s", refusal);
    g_object_unref (task);
    return;
  }
  sv = ent_doc_dup_state_vector (room->doc);
  sv_bytes = ent_state_vector_encode (sv);
  if (file != NULL)
    start.entry = (char *) ent_room_file_get_raw_path (file);
  start.sv = g_bytes_get_size (sv_bytes) <= ENT_MAX_STATE_VECTOR ? sv_bytes : NULL;
  ent_room_coordinator_request (room, ENT_ROOM_RUN_START, &start, task);
}

void
ent_room_run_start_async (EntRoom *room,
  EntRoomFile *file,
  const char *language,
  const char *stdin_text,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  const EntMsgRunStart start = {
    .language = (char *) (language != NULL ? language : ent_room_file_get_language (file)),
    .stdin_text = (char *) stdin_text,
  };

  start_run (room, file, start, g_task_new (room, cancellable, callback, data));
}

void
ent_room_run_start_terminal_async (EntRoom *room,
  EntRoomFile *file,
  guint rows,
  guint columns,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  EntMsgTerminal terminal = { MIN (rows, ENT_MAX_TERMINAL), MIN (columns, ENT_MAX_TERMINAL) };
  const EntMsgRunStart start = {
    .language =
      (char *) (file != NULL ? ent_room_file_get_language (file) : ENT_ROOM_SHELL_LANGUAGE),
    .terminal = &terminal,
  };

  start_run (room, file, start, g_task_new (room, cancellable, callback, data));
}

gboolean
ent_room_run_start_finish (EntRoom *room, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, room), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
ent_room_run_stop (EntRoom *room)
{
  EntMsgRunStop stop = { .run = NULL };

  if (room->run == NULL || ent_room_run_get_state (room->run) == ENT_RUN_ENDED)
    return;
  stop.run = (char *) ent_room_run_get_id (room->run);
  ent_room_coordinator_request (room, ENT_ROOM_RUN_STOP, &stop, NULL);
}

gboolean
ent_room_run_can_type (EntRoom *room)
{
  EntRole role = ent_room_get_role (room);

  return room->run != NULL && room->is_welcome && ent_room_run_get_rows (room->run) > 0 &&
         ent_room_run_get_state (room->run) == ENT_RUN_RUNNING && ent_role_can_run (role) &&
         (room->state == NULL || !room->state->run_locked || ent_role_can_lead (role));
}

/* Without an id, which nothing waits for. */
static void
send_to_terminal (EntRoom *room, EntRoomKind kind, gconstpointer data)
{
  g_autofree char *text = ent_room_message_encode (kind, 0, 0, data);

  ent_channel_send_text (room->room_socket, text);
}

/* The greatest number of bytes up to size that ends between two characters. */
static gsize
cut_typed (const char *text, gsize size)
{
  if (size <= ENT_MAX_TERMINAL_INPUT)
    return size;
  return g_utf8_find_prev_char (text, text + ENT_MAX_TERMINAL_INPUT) - text;
}

void
ent_room_run_type (EntRoom *room, const char *text, gssize size)
{
  gsize left = size >= 0 ? (gsize) size : strlen (text);

  if (!ent_room_run_can_type (room))
    return;
  if (left > ENT_ROOM_MAX_TYPED) {
    ent_room_tell (room, _ ("That is too much for the terminal at once: it takes 32 KiB."));
    return;
  }
  while (left > 0) {
    gsize part = cut_typed (text, left);
    g_autoptr (GBytes) bytes = g_bytes_new (text, part);
    const EntMsgRunInput input = {
      .run = (char *) ent_room_run_get_id (room->run),
      .data64 = bytes,
    };

    send_to_terminal (room, ENT_ROOM_RUN_INPUT, &input);
    text += part;
    left -= part;
  }
}

void
ent_room_run_resize (EntRoom *room, guint rows, guint columns)
{
  EntMsgRunResize resize = {
    .rows = CLAMP (rows, 1, ENT_MAX_TERMINAL),
    .columns = CLAMP (columns, 1, ENT_MAX_TERMINAL),
  };

  if (!ent_room_run_can_type (room) || (ent_room_run_get_rows (room->run) == resize.rows &&
                                         ent_room_run_get_columns (room->run) == resize.columns))
    return;
  resize.run = (char *) ent_room_run_get_id (room->run);
  send_to_terminal (room, ENT_ROOM_RUN_RESIZE, &resize);
}
