/* The room's one run: who may start it, which files it takes, and telling everybody what it says.
 */

#include "realtime/coord-open-room-private.h"

#include "run/coord-run-error.h"

#define WAIT_FOR_EDITS_MS 2000
#define MINUTE_US (60 * G_USEC_PER_SEC)

/* A terminal without a file of the room is a shell beside the files. Run as a file like any other,
 * under a name that no file of a room is likely to have. */
#define SHELL_LANGUAGE "bash"
#define SHELL_ENTRY ".entrevue-shell"
#define SHELL_TEXT "exec bash --noprofile --norc -i\n"

/* A terminal can print faster than somebody reads: who is far behind gets no output until it has
 * read the rest, and then the tail, of which it passes over what it knows by the numbers. */
static void
send_run_message (CoordRoomLink *link, GBytes *text, gboolean is_output)
{
  gboolean is_far_behind = coord_socket_get_queued_bytes (link->socket) > COORD_ROOM_MAX_RUN_BEHIND;

  if (is_output && (link->is_run_behind || is_far_behind))
    link->is_run_behind = TRUE;
  else
    coord_socket_send_text (link->socket, text);
}

static void
catch_up (CoordRoomLink *link)
{
  if (!link->is_run_behind ||
      coord_socket_get_queued_bytes (link->socket) > COORD_ROOM_MAX_RUN_BEHIND / 4)
    return;
  link->is_run_behind = FALSE;
  coord_room_run_send_tail (link);
}

void
coord_room_run_tick (CoordOpenRoom *room)
{
  for (guint i = 0; i < room->links->len; i++)
    catch_up (g_ptr_array_index (room->links, i));
}

static void
keep (CoordOpenRoom *room, GBytes *bytes)
{
  const char *via = room->run_by != NULL ? room->run_by->id : "";

  room->output_logged_bytes += g_bytes_get_size (bytes);
  coord_open_room_append (
    room, coord_log_row_new (COORD_LOG_RUN_OUTPUT, coord_open_room_now_us (room), 0, via, bytes));
}

/* A terminal prints for as long as it is open: whoever is there sees all of it, the log has its
 * beginning and a line that says so. */
static void
keep_output (CoordOpenRoom *room, GBytes *bytes, const EntMsgRunOutput *output)
{
  EntMsgRunOutput last = { .run = output->run, .n = output->n, .stream = output->stream };
  g_autoptr (GBytes) line = NULL;
  char *text;

  if (room->is_output_cut)
    return;
  if (room->run_logged_bytes + g_bytes_get_size (bytes) <= COORD_ROOM_MAX_RUN_LOGGED &&
      room->output_logged_bytes + g_bytes_get_size (bytes) <= COORD_ROOM_MAX_OUTPUT_LOGGED) {
    room->run_logged_bytes += g_bytes_get_size (bytes);
    keep (room, bytes);
    return;
  }
  room->is_output_cut = TRUE;
  last.data = (char *) COORD_ROOM_OUTPUT_CUT;
  text = ent_room_message_encode (ENT_ROOM_RUN_OUTPUT, 0, 0, &last);
  line = g_bytes_new_take (text, strlen (text));
  keep (room, line);
}

/* Sends a message to everybody and keeps it in the log. The caller owns the text. */
static GBytes *
tell (CoordOpenRoom *room, EntRoomKind kind, gconstpointer data)
{
  char *text = ent_room_message_encode (kind, 0, 0, data);
  GBytes *bytes = g_bytes_new_take (text, strlen (text));

  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (!link->is_sync)
      send_run_message (link, bytes, kind == ENT_ROOM_RUN_OUTPUT);
  }
  if (kind == ENT_ROOM_RUN_OUTPUT)
    keep_output (room, bytes, data);
  else
    keep (room, bytes);
  return bytes;
}

/* The same, kept for those who come late as well. */
static void
say (CoordOpenRoom *room, EntRoomKind kind, gconstpointer data)
{
  g_autoptr (GBytes) bytes = tell (room, kind, data);

  g_queue_push_tail (&room->run_tail, g_bytes_ref (bytes));
  room->run_tail_bytes += g_bytes_get_size (bytes);
  if (kind == ENT_ROOM_RUN_OUTPUT)
    coord_room_run_tick (room);
}

static void
clear_tail (CoordOpenRoom *room)
{
  g_queue_clear_full (&room->run_tail, (GDestroyNotify) g_bytes_unref);
  room->run_tail_bytes = 0;
}

/* The first message says what runs. */
static void
replace_first (CoordOpenRoom *room, const char *run_id, GBytes *first)
{
  g_autoptr (GBytes) before = g_queue_pop_head (&room->run_tail);

  g_free (room->run_tail_id);
  room->run_tail_id = g_strdup (run_id);
  if (before != NULL)
    room->run_tail_bytes -= g_bytes_get_size (before);
  room->run_tail_bytes += g_bytes_get_size (first);
  g_queue_push_head (&room->run_tail, g_bytes_ref (first));
}

/* Keeps the first message, and the newest ones that fit. */
static void
trim_tail (CoordOpenRoom *room)
{
  while (room->run_tail_bytes > COORD_ROOM_MAX_RUN_TAIL && room->run_tail.length > 2) {
    g_autoptr (GBytes) oldest = g_queue_pop_nth (&room->run_tail, 1);

    room->run_tail_bytes -= g_bytes_get_size (oldest);
  }
}

void
coord_room_run_send_tail (CoordRoomLink *link)
{
  for (GList *l = link->room->run_tail.head; l != NULL; l = l->next)
    coord_socket_send_text (link->socket, l->data);
}

/* A run that was under way when the server stopped has ended with it, and nobody has said so yet.
 */
static void
end_interrupted (CoordOpenRoom *room, const EntMsgRunStarted *started)
{
  const EntMsgRunEnded ended = {
    .run = started->run,
    .verdict = ENT_VERDICT_INTERNAL_ERROR,
    .exit_code = -1,
    .message = (char *) "The server was restarted while the program ran. Nothing is wrong with the "
                        "program: run it again.",
  };

  say (room, ENT_ROOM_RUN_ENDED, &ended);
}

static gboolean
is_same_attempt (const EntMsgRunStarted *a, const EntMsgRunStarted *b)
{
  return g_str_equal (a->run, b->run) && a->attempt == b->attempt;
}

/* After a restart: the messages of the last run, from the log. */
void
coord_room_run_open (CoordOpenRoom *room, GPtrArray *rows, guint64 output_bytes)
{
  g_autoptr (EntMsgRunStarted) going = NULL;

  room->output_logged_bytes = output_bytes;
  g_queue_init (&room->run_tail);
  for (guint i = 0; i < rows->len; i++) {
    const CoordLogRow *row = g_ptr_array_index (rows, i);
    gsize size;
    const char *text = g_bytes_get_data (row->bytes, &size);
    g_autoptr (EntMessage) message = ent_room_message_decode (text, size, NULL);

    if (message == NULL)
      continue;
    if (message->kind == ENT_ROOM_RUN_STARTED) {
      if (going == NULL || !is_same_attempt (going, message->data))
        clear_tail (room);
      g_clear_pointer (&going, ent_msg_run_started_free);
      going = ent_struct_copy (&ent_msg_run_started_struct, message->data);
      replace_first (room, going->run, row->bytes);
    } else if (going != NULL) { /* else of a run whose beginning is too far back */
      g_queue_push_tail (&room->run_tail, g_bytes_ref (row->bytes));
      room->run_tail_bytes += size;
      trim_tail (room);
    }
    if (message->kind == ENT_ROOM_RUN_ENDED)
      g_clear_pointer (&going, ent_msg_run_started_free);
  }
  if (going != NULL)
    end_interrupted (room, going);
}

void
coord_room_run_send_runners (CoordRoomLink *link)
{
  const EntMsgRunners runners = { coord_run_queue_get_languages (link->room->host->runs) };

  coord_open_room_send (link, ENT_ROOM_RUNNERS, 0, &runners);
}

void
coord_open_room_send_runners (CoordOpenRoom *room)
{
  const EntMsgRunners runners = { coord_run_queue_get_languages (room->host->runs) };

  coord_open_room_broadcast (room, ENT_ROOM_RUNNERS, &runners);
}

/* What a run says. */

static void
say_started (CoordOpenRoom *room, CoordRun *run, guint place)
{
  const CoordRunRequest *request = coord_run_get_request (run);
  EntMsgTerminal terminal = { request->rows, request->columns };
  gboolean is_shell = g_str_equal (request->entry, SHELL_ENTRY);
  const EntMsgRunStarted started = {
    .run = (char *) coord_run_get_id (run),
    .by = room->run_by->id,
    .language = request->language,
    .entry = is_shell ? NULL : request->entry,
    .attempt = room->run_attempt,
    .queue = place,
    .terminal = request->rows > 0 ? &terminal : NULL,
    .note = room->run_note,
  };
  g_autoptr (GBytes) first = tell (room, ENT_ROOM_RUN_STARTED, &started);

  replace_first (room, started.run, first);
}

/* What an earlier attempt printed is void, and outputs are counted anew. */
static void
run_queued_cb (CoordRun *run, guint place, const char *note, gpointer data)
{
  CoordOpenRoom *room = data;

  if (coord_run_get_attempt (run) != room->run_attempt) {
    clear_tail (room);
    room->run_n = 0;
  }
  room->run_attempt = coord_run_get_attempt (run);
  g_free (room->run_note);
  room->run_note = g_strdup (note);
  say_started (room, run, place);
}

static void
say_output (CoordOpenRoom *room, EntStream stream, const guint8 *data, gsize size)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  EntMsgRunOutput output = {
    .run = (char *) coord_run_get_id (room->run), .n = room->run_n++, .stream = stream
  };

  if (g_utf8_validate_len ((const char *) data, size, NULL))
    output.data = text = g_strndup ((const char *) data, size);
  else
    output.data64 = bytes = g_bytes_new (data, size);
  say (room, ENT_ROOM_RUN_OUTPUT, &output);
  trim_tail (room);
}

static void
run_output_cb (CoordRun *run, EntStream stream, GBytes *bytes, gpointer data)
{
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);

  while (size > 0) {
    gsize part = coord_utf8_cut (start, MIN (size, ENT_MAX_OUTPUT_CHUNK));

    say_output (data, stream, start, part);
    start += part;
    size -= part;
  }
}

static void
run_ended_cb (CoordRun *run, const EntMsgJobResult *result, gpointer data)
{
  CoordOpenRoom *room = data;
  const EntMsgRunEnded ended = {
    .run = (char *) coord_run_get_id (run),
    .verdict = result->verdict,
    .exit_code = result->exit_code,
    .signal = result->signal,
    .cpu_ms = result->cpu_ms,
    .wall_ms = result->wall_ms,
    .memory_kb = result->memory_kb,
    .truncated = result->truncated,
    .message = result->message,
    .note = result->note,
    .compile_errors = result->compile_errors,
  };

  say (room, ENT_ROOM_RUN_ENDED, &ended);
  room->run = NULL;
  room->run_by = NULL;
}

static const CoordRunEvents run_events = {
  .queued = run_queued_cb,
  .output = run_output_cb,
  .ended = run_ended_cb,
};

/* Starting. */

static void
add_file (CoordOpenRoom *room, EntType *files, const char *id, GPtrArray *list)
{
  EntType *file = ent_map_get_type (files, id);
  g_autoptr (EntValue) path = file != NULL ? ent_map_get (file, "path") : NULL;
  g_autofree char *name = g_strconcat ("text:", id, NULL);
  g_autoptr (GBytes) bytes = NULL;
  gsize path_bytes = 0;
  const char *path_text = path != NULL ? ent_value_get_string (path, &path_bytes) : NULL;
  gsize size;
  char *text;

  if (path_text == NULL || strlen (path_text) != path_bytes || !coord_run_path_is_safe (path_text))
    return; /* such a file stays in the room and takes no part in runs */
  text = ent_text_dup (ent_doc_get_text (room->doc, name), &size);
  bytes = g_bytes_new_take (text, size);
  g_ptr_array_add (list, coord_run_file_new (id, path_text, bytes));
}

static GPtrArray *
collect_files (CoordOpenRoom *room)
{
  EntType *files = ent_doc_get_map (room->doc, "files");
  g_auto (GStrv) ids = ent_map_list_keys (files);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_run_file_free);

  for (guint i = 0; ids[i] != NULL; i++)
    add_file (room, files, ids[i], list);
  coord_run_files_resolve (list);
  return list;
}

static void
add_shell (GPtrArray *files)
{
  g_autoptr (GBytes) text = g_bytes_new_static (SHELL_TEXT, strlen (SHELL_TEXT));

  g_ptr_array_add (files, coord_run_file_new ("", SHELL_ENTRY, text));
}

static CoordRun *
add_run (CoordOpenRoom *room, const EntMsgRunStart *start, GError **error)
{
  g_autoptr (CoordRunRequest) request = g_new0 (CoordRunRequest, 1);
  const char *input = start->stdin_text != NULL ? start->stdin_text : "";

  request->language = g_strdup (start->language);
  request->entry = g_strdup (start->entry != NULL ? start->entry : SHELL_ENTRY);
  request->stdin_bytes = g_bytes_new (input, strlen (input));
  request->files = collect_files (room);
  request->profile = "room";
  request->scope = g_strdup (room->record->org_id);
  request->turn = g_strdup (room->record->id);
  if (start->entry == NULL)
    add_shell (request->files);
  if (start->terminal != NULL) {
    request->profile = "terminal";
    request->rows = start->terminal->rows;
    request->columns = start->terminal->columns;
  }
  if (!coord_run_files_check (request->files, request->entry, error))
    return NULL;
  return coord_run_queue_add (
    room->host->runs, g_steal_pointer (&request), &run_events, room, error);
}

static void
refuse_run (CoordOpenRoom *room, CoordMember *member, gint64 re, const char *code, const char *text)
{
  CoordRoomLink *link = coord_open_room_find_socket (room, member->id);

  if (link != NULL)
    coord_open_room_send_error (link, re, code, text);
}

/* The copy covers what the person saw, or two seconds have passed. */
static void
launch (CoordOpenRoom *room)
{
  g_autoptr (EntMsgRunStart) start = g_steal_pointer (&room->run_start);
  g_autoptr (GError) error = NULL;

  ent_clock_remove (room->host->clock, room->run_wait_id);
  room->run_wait_id = 0;
  g_clear_pointer (&room->run_sv, ent_state_vector_free);
  room->run_n = 0;
  room->run_attempt = 0;
  room->run_logged_bytes = 0;
  room->is_output_cut = FALSE;
  room->run = add_run (room, start, &error);
  if (room->run != NULL)
    return;
  refuse_run (room, room->run_by, room->run_re, coord_run_error_get_code (error), error->message);
  room->run_by = NULL;
}

static gboolean
waited_cb (gpointer data)
{
  CoordOpenRoom *room = data;

  room->run_wait_id = 0;
  if (room->loan == NULL)
    launch (room);
  else /* what is being merged may be what it waits for */
    room->run_wait_id = ent_clock_add (room->host->clock, WAIT_FOR_EDITS_MS, waited_cb, room);
  return G_SOURCE_REMOVE;
}

static gboolean
is_covered (CoordOpenRoom *room)
{
  g_autoptr (EntStateVector) known = ent_doc_dup_state_vector (room->doc);

  return ent_state_vector_covers (known, room->run_sv);
}

void
coord_room_run_document_changed (CoordOpenRoom *room)
{
  if (room->run_start != NULL && is_covered (room))
    launch (room);
}

typedef struct {
  const char *code;
  const char *text;
} Refusal;

/* FALSE when this room has started too many runs within a minute. */
static gboolean
count_start (CoordOpenRoom *room)
{
  gint64 now_us = coord_open_room_steady_us (room);
  gint64 *oldest = &room->run_times_us[room->run_next];

  if (*oldest != 0 && now_us - *oldest < MINUTE_US)
    return FALSE;
  *oldest = MAX (now_us, 1);
  room->run_next = (room->run_next + 1) % COORD_ROOM_RUNS_PER_MINUTE;
  return TRUE;
}

/* Who may start programs may type into their terminals. */
static gboolean
find_role_refusal (CoordRoomLink *link, Refusal *refusal)
{
  CoordOpenRoom *room = link->room;

  if (!ent_role_can_run (link->member->role))
    *refusal = (Refusal){ "denied", "Observers cannot run programs." };
  else if (room->is_ending || room->record->state == ENT_ROOM_ENDED)
    *refusal = (Refusal){ "room_ended", "The interview has ended." };
  else if (room->record->run_locked && !ent_role_can_lead (link->member->role))
    *refusal = (Refusal){ "run_locked", "The interviewer has locked running programs." };
  else
    return FALSE;
  return TRUE;
}

/* A shell is one of the machine's, in a terminal. */
static gboolean
is_possible (const EntMsgRunStart *start)
{
  const EntMsgTerminal *terminal = start->terminal;

  if (terminal != NULL && (terminal->rows < 1 || terminal->columns < 1))
    return FALSE;
  return start->entry != NULL ||
         (terminal != NULL && g_str_equal (start->language, SHELL_LANGUAGE));
}

static gboolean
find_run_refusal (CoordRoomLink *link, const EntMsgRunStart *start, Refusal *refusal)
{
  CoordOpenRoom *room = link->room;
  CoordRunQueue *runs = room->host->runs;

  if (find_role_refusal (link, refusal))
    return TRUE;
  if (!is_possible (start))
    *refusal = (Refusal){ "files", "There is nothing to run, or the terminal has no size." };
  else if (room->run != NULL || room->run_start != NULL)
    *refusal =
      (Refusal){ "run_in_progress", "A program is running in this room already. Stop it first." };
  else if (coord_run_queue_get_languages (runs)->len == 0)
    *refusal = (Refusal){ "no_runner", "Programs cannot be run right now: no runner is connected. "
                                       "Everything else goes on; try again in a moment." };
  else if (!coord_run_queue_has_language (runs, start->language))
    *refusal = (Refusal){ "language_unknown", "No connected runner can run this language." };
  else if (!count_start (room))
    *refusal =
      (Refusal){ "too_fast", "This room has started 20 programs within a minute. Wait a little." };
  else
    return FALSE;
  return TRUE;
}

void
coord_room_run_start (CoordRoomLink *link, gint64 re, EntMsgRunStart *start)
{
  CoordOpenRoom *room = link->room;
  g_autoptr (EntStateVector) seen = NULL;
  Refusal refusal;
  gsize size;
  const guint8 *data;

  if (find_run_refusal (link, start, &refusal)) {
    coord_open_room_send_error (link, re, refusal.code, refusal.text);
    return;
  }
  if (start->sv != NULL) {
    data = g_bytes_get_data (start->sv, &size);
    seen = ent_state_vector_decode (data, size, NULL);
  }
  room->run_by = link->member;
  room->run_re = re;
  room->run_sv = seen != NULL ? g_steal_pointer (&seen) : ent_state_vector_new ();
  room->run_start = ent_struct_copy (&ent_msg_run_start_struct, start);
  if (is_covered (room))
    launch (room);
  else
    room->run_wait_id = ent_clock_add (room->host->clock, WAIT_FOR_EDITS_MS, waited_cb, room);
}

static void
forget_start (CoordOpenRoom *room)
{
  ent_clock_remove (room->host->clock, room->run_wait_id);
  room->run_wait_id = 0;
  g_clear_pointer (&room->run_start, ent_msg_run_start_free);
  g_clear_pointer (&room->run_sv, ent_state_vector_free);
  if (room->run == NULL)
    room->run_by = NULL;
}

void
coord_room_run_stop (CoordRoomLink *link, gint64 re, const EntMsgRunStop *stop)
{
  CoordOpenRoom *room = link->room;

  if (!ent_role_can_run (link->member->role)) {
    coord_open_room_send_error (link, re, "denied", "Observers cannot stop programs.");
    return;
  }
  if (room->run_start != NULL)
    forget_start (room);
  if (room->run != NULL &&
      (stop->run == NULL || g_str_equal (stop->run, coord_run_get_id (room->run))))
    coord_run_stop (room->run);
}

/* The terminal that runs now, when the person may type into it; else it is told why not. */
static CoordRun *
find_terminal (CoordRoomLink *link, gint64 re, const char *run_id)
{
  CoordOpenRoom *room = link->room;
  Refusal refusal;

  if (find_role_refusal (link, &refusal))
    coord_open_room_send_error (link, re, refusal.code, refusal.text);
  else if (room->run == NULL || !g_str_equal (run_id, coord_run_get_id (room->run)) ||
           coord_run_get_request (room->run)->rows == 0)
    coord_open_room_send_error (link, re, "not_found", "This terminal is not there any more.");
  else
    return room->run;
  return NULL;
}

void
coord_room_run_input (CoordRoomLink *link, gint64 re, const EntMsgRunInput *input)
{
  CoordRun *run = find_terminal (link, re, input->run);
  g_autoptr (GBytes) bytes = NULL;

  if (run == NULL)
    return;
  if (input->data64 != NULL)
    bytes = g_bytes_ref (input->data64);
  else if (input->data != NULL)
    bytes = g_bytes_new (input->data, strlen (input->data));
  if (bytes != NULL && g_bytes_get_size (bytes) > 0 && !coord_run_feed (run, bytes))
    coord_open_room_send_error (
      link, re, "too_fast", "The terminal did not take all of that: it was too much at once.");
}

void
coord_room_run_resize (CoordRoomLink *link, gint64 re, const EntMsgRunResize *resize)
{
  CoordRun *run = find_terminal (link, re, resize->run);
  const CoordRunRequest *request = run != NULL ? coord_run_get_request (run) : NULL;

  if (run == NULL || resize->rows < 1 || resize->columns < 1 ||
      (request->rows == resize->rows && request->columns == resize->columns))
    return;
  coord_run_resize (run, resize->rows, resize->columns);
  if (link->room->run_attempt > 0) /* else it is told with the first `run:started` */
    say_started (link->room, run, coord_run_get_place (run));
}

/* The room ends or is closed: nobody listens to the run any more. */
void
coord_room_run_clear (CoordOpenRoom *room)
{
  forget_start (room);
  g_clear_pointer (&room->run, coord_run_abandon);
  room->run_by = NULL;
}

void
coord_room_run_free (CoordOpenRoom *room)
{
  clear_tail (room);
  g_free (room->run_tail_id);
  g_free (room->run_note);
}
