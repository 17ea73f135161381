#include "room/ent-room-run.h"

#include <string.h>

#include "room/ent-room-items-private.h"

struct _EntRoomRun {
  GObject parent_instance;

  char *id;
  char *by;
  char *by_name;
  char *entry;
  char *language;
  char *note;
  guint queue;
  gint64 attempt;
  guint rows;
  guint columns;
  EntRunState state;
  GPtrArray *output; /* EntRunChunk */
  gsize output_bytes;
  gint64 next_n;
  EntMsgRunEnded *result;
};

G_DEFINE_FINAL_TYPE (EntRoomRun, ent_room_run, G_TYPE_OBJECT)

enum {
  PROP_ID = 1,
  PROP_BY_NAME,
  PROP_ENTRY,
  PROP_LANGUAGE,
  PROP_STATE,
  PROP_QUEUE,
  PROP_NOTE,
  PROP_ROWS,
  PROP_COLUMNS,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum {
  OUTPUT,
  GAP,
  RESTARTED,
  ENDED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

GType
ent_run_state_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type)) {
    static const GEnumValue values[] = {
      { ENT_RUN_QUEUED, "ENT_RUN_QUEUED", "queued" },
      { ENT_RUN_RUNNING, "ENT_RUN_RUNNING", "running" },
      { ENT_RUN_ENDED, "ENT_RUN_ENDED", "ended" },
      { 0, NULL, NULL },
    };

    g_once_init_leave (&type, g_enum_register_static ("EntRunState", values));
  }
  return type;
}

static void
free_chunk (gpointer data)
{
  EntRunChunk *chunk = data;

  g_free (chunk->text);
  g_free (chunk);
}

static void
ent_room_run_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntRoomRun *run = ENT_ROOM_RUN (object);

  switch (id) {
  case PROP_ID:
    g_value_set_string (value, run->id);
    break;
  case PROP_BY_NAME:
    g_value_set_string (value, run->by_name);
    break;
  case PROP_ENTRY:
    g_value_set_string (value, run->entry);
    break;
  case PROP_LANGUAGE:
    g_value_set_string (value, run->language);
    break;
  case PROP_STATE:
    g_value_set_enum (value, run->state);
    break;
  case PROP_QUEUE:
    g_value_set_uint (value, run->queue);
    break;
  case PROP_NOTE:
    g_value_set_string (value, run->note);
    break;
  case PROP_ROWS:
    g_value_set_uint (value, run->rows);
    break;
  case PROP_COLUMNS:
    g_value_set_uint (value, run->columns);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_room_run_finalize (GObject *object)
{
  EntRoomRun *run = ENT_ROOM_RUN (object);

  g_free (run->id);
  g_free (run->by);
  g_free (run->by_name);
  g_free (run->entry);
  g_free (run->language);
  g_free (run->note);
  g_ptr_array_unref (run->output);
  g_clear_pointer (&run->result, ent_msg_run_ended_free);
  G_OBJECT_CLASS (ent_room_run_parent_class)->finalize (object);
}

static void
ent_room_run_class_init (EntRoomRunClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = ent_room_run_get_property;
  object_class->finalize = ent_room_run_finalize;
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_BY_NAME] = g_param_spec_string ("by-name", NULL, NULL, NULL, flags);
  props[PROP_ENTRY] = g_param_spec_string ("entry", NULL, NULL, NULL, flags);
  props[PROP_LANGUAGE] = g_param_spec_string ("language", NULL, NULL, NULL, flags);
  props[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, ENT_TYPE_RUN_STATE, ENT_RUN_QUEUED, flags);
  props[PROP_QUEUE] = g_param_spec_uint ("queue", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags);
  props[PROP_ROWS] = g_param_spec_uint ("rows", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_COLUMNS] = g_param_spec_uint ("columns", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[OUTPUT] = g_signal_new ("output", ENT_TYPE_ROOM_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
    NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
  signals[GAP] =
    g_signal_new ("gap", ENT_TYPE_ROOM_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RESTARTED] = g_signal_new (
    "restarted", ENT_TYPE_ROOM_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new (
    "ended", ENT_TYPE_ROOM_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ent_room_run_init (EntRoomRun *run)
{
  run->output = g_ptr_array_new_with_free_func (free_chunk);
}

static void
set_state (EntRoomRun *run, EntRunState state)
{
  if (run->state == state)
    return;
  run->state = state;
  g_object_notify_by_pspec (G_OBJECT (run), props[PROP_STATE]);
}

static void
set_note (EntRoomRun *run, const char *note)
{
  if (note == NULL || g_strcmp0 (run->note, note) == 0)
    return;
  g_free (run->note);
  run->note = g_strdup (note);
  g_object_notify_by_pspec (G_OBJECT (run), props[PROP_NOTE]);
}

EntRoomRun *
ent_room_run_new (const EntMsgRunStarted *started, const char *by_name)
{
  EntRoomRun *run = g_object_new (ENT_TYPE_ROOM_RUN, NULL);

  run->id = g_strdup (started->run);
  run->by = g_strdup (started->by);
  run->by_name = g_strdup (by_name);
  run->entry = g_strdup (started->entry);
  run->language = g_strdup (started->language);
  ent_room_run_update (run, started);
  return run;
}

static void
set_size (EntRoomRun *run, const EntMsgTerminal *terminal)
{
  guint rows = terminal != NULL ? terminal->rows : 0;
  guint columns = terminal != NULL ? terminal->columns : 0;

  if (rows == 0 || columns == 0 || (run->rows == rows && run->columns == columns))
    return;
  run->rows = rows;
  run->columns = columns;
  g_object_notify_by_pspec (G_OBJECT (run), props[PROP_ROWS]);
  g_object_notify_by_pspec (G_OBJECT (run), props[PROP_COLUMNS]);
}

/* What an earlier attempt printed is void. A later one has a higher number; the same one is told
 * again whenever something about it changes, and after a reconnection. */
static void
set_attempt (EntRoomRun *run, gint64 attempt)
{
  if (attempt <= run->attempt)
    return;
  run->attempt = attempt;
  if (run->next_n == 0)
    return;
  run->next_n = 0;
  run->output_bytes = 0;
  g_ptr_array_set_size (run->output, 0);
  g_signal_emit (run, signals[RESTARTED], 0);
}

void
ent_room_run_update (EntRoomRun *run, const EntMsgRunStarted *started)
{
  guint queue = MIN (started->queue, G_MAXINT32);

  set_attempt (run, started->attempt);
  set_size (run, started->terminal);
  if (run->queue != queue) {
    run->queue = queue;
    g_object_notify_by_pspec (G_OBJECT (run), props[PROP_QUEUE]);
  }
  set_note (run, started->note);
  if (run->state != ENT_RUN_ENDED)
    set_state (run, queue == 0 ? ENT_RUN_RUNNING : ENT_RUN_QUEUED);
}

/* Text that every widget can show: valid UTF-8 without NUL, which a terminal passes over. */
static char *
dup_shown_text (EntRoomRun *run, const EntMsgRunOutput *output)
{
  const char *nul = run->rows > 0 ? "" : "\342\220\200";
  const char *bytes = output->data;
  gsize size = bytes != NULL ? strlen (bytes) : 0;
  g_autoptr (GString) text = NULL;
  g_autofree char *valid = NULL;

  if (output->data64 != NULL)
    bytes = g_bytes_get_data (output->data64, &size);
  text = g_string_sized_new (size);
  for (gsize i = 0; i < size; i++)
    if (bytes[i] == '\0')
      g_string_append (text, nul);
    else
      g_string_append_c (text, bytes[i]);
  return g_utf8_make_valid (text->str, text->len);
}

/* Lets go of the oldest output, some of it at a time, so that not every piece moves all others. */
static void
trim_output (EntRoomRun *run)
{
  guint n = 0;

  if (run->output_bytes <= ENT_ROOM_RUN_MAX_SHOWN_BYTES + ENT_ROOM_RUN_MAX_SHOWN_BYTES / 8)
    return;
  while (run->output_bytes > ENT_ROOM_RUN_MAX_SHOWN_BYTES && n + 1 < run->output->len) {
    const EntRunChunk *chunk = g_ptr_array_index (run->output, n++);

    run->output_bytes -= strlen (chunk->text);
  }
  g_ptr_array_remove_range (run->output, 0, n);
  ((EntRunChunk *) g_ptr_array_index (run->output, 0))->follows_gap = TRUE;
}

void
ent_room_run_take_output (EntRoomRun *run, const EntMsgRunOutput *output)
{
  EntRunChunk *chunk;
  gboolean follows_gap = output->n > run->next_n;

  if (output->n < run->next_n) /* told again after a reconnection */
    return;
  run->next_n = output->n + 1;
  chunk = g_new0 (EntRunChunk, 1);
  chunk->stream = output->stream;
  chunk->follows_gap = follows_gap;
  chunk->text = dup_shown_text (run, output);
  run->output_bytes += strlen (chunk->text);
  g_ptr_array_add (run->output, chunk);
  if (follows_gap)
    g_signal_emit (run, signals[GAP], 0);
  g_signal_emit (run, signals[OUTPUT], 0, (int) chunk->stream, chunk->text);
  trim_output (run);
}

void
ent_room_run_take_result (EntRoomRun *run, const EntMsgRunEnded *ended)
{
  if (run->result != NULL)
    return;
  run->result = ent_struct_copy (&ent_msg_run_ended_struct, ended);
  set_note (run, ended->note);
  set_state (run, ENT_RUN_ENDED);
  g_signal_emit (run, signals[ENDED], 0);
}

const char *
ent_room_run_get_id (EntRoomRun *run)
{
  return run->id;
}

EntRunState
ent_room_run_get_state (EntRoomRun *run)
{
  return run->state;
}

const char *
ent_room_run_get_by (EntRoomRun *run)
{
  return run->by;
}

const char *
ent_room_run_get_by_name (EntRoomRun *run)
{
  return run->by_name;
}

const char *
ent_room_run_get_entry (EntRoomRun *run)
{
  return run->entry;
}

guint
ent_room_run_get_queue (EntRoomRun *run)
{
  return run->queue;
}

guint
ent_room_run_get_rows (EntRoomRun *run)
{
  return run->rows;
}

guint
ent_room_run_get_columns (EntRoomRun *run)
{
  return run->columns;
}

GPtrArray *
ent_room_run_get_output (EntRoomRun *run)
{
  return run->output;
}

const EntMsgRunEnded *
ent_room_run_get_result (EntRoomRun *run)
{
  return run->result;
}
