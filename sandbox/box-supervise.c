#include "box-supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box-error.h"
#include "box-feed.h"

#define READ_BYTES (64 * 1024)
#define OUTPUT_PAUSE_MS 1
#define MIN_CPU_CHECK_MS 5
#define STACK_BYTES (64 * 1024 * 1024)

typedef struct {
  BoxSupervisor *supervisor;
  EntStream stream;
  int fd; /* -1 when it has ended */
  guint source;
} Reader;

struct _BoxSupervisor {
  BoxSlot *slot;
  BoxLimits limits;
  BoxOutputFunc output;
  BoxOutcomeFunc done;
  gpointer user_data;

  BoxOutcome outcome;
  gint64 started_us;
  guint64 output_bytes;
  gboolean is_killed;
  gboolean is_finished;
  gboolean reads_work;
  Reader readers[2]; /* stdout, stderr */
  BoxFeed *feed; /* NULL: the input is a file */
  gboolean has_terminal;
  int input_fd; /* what the terminal's input comes from, if anything; borrowed */
  guint rows;
  guint columns;
  gint64 touched_us; /* last input or output */
  guint idle_source;
  guint wall_source;
  guint cpu_source;
  guint memory_source;
  gboolean is_out_of_memory;
};

static void
kill_box (BoxSupervisor *supervisor)
{
  supervisor->is_killed = TRUE;
  box_slot_kill (supervisor->slot);
}

/* Output */

static void
take_output (Reader *reader, const guint8 *data, gsize size)
{
  BoxSupervisor *supervisor = reader->supervisor;
  gsize room = supervisor->limits.output_bytes - supervisor->output_bytes;
  gsize taken = MIN (size, room);

  supervisor->touched_us = g_get_monotonic_time ();
  supervisor->output_bytes += taken;
  if (taken > 0)
    supervisor->output (reader->stream, data, taken, supervisor->user_data);
  if (taken == size)
    return;
  if (reader->stream == ENT_STREAM_STDOUT)
    supervisor->outcome.stdout_truncated = TRUE;
  else
    supervisor->outcome.stderr_truncated = TRUE;
  supervisor->outcome.hit_output = TRUE;
  kill_box (supervisor);
}

/* FALSE when there is nothing to read now; at the end the reader's descriptor is closed. */
static gboolean
read_some (Reader *reader)
{
  guint8 data[READ_BYTES];
  ssize_t size = read (reader->fd, data, sizeof data);

  if (size > 0) {
    take_output (reader, data, size);
    return TRUE;
  }
  if (size < 0 && errno == EINTR)
    return TRUE;
  if (size < 0 && errno == EAGAIN)
    return FALSE;
  g_clear_handle_id (&reader->source, g_source_remove);
  close (reader->fd);
  reader->fd = -1;
  return FALSE;
}

static gboolean output_came_cb (int fd, GIOCondition condition, gpointer data);

static gboolean
read_on_cb (gpointer data)
{
  Reader *reader = data;

  reader->source = g_unix_fd_add (reader->fd, G_IO_IN | G_IO_HUP, output_came_cb, reader);
  return G_SOURCE_REMOVE;
}

/* What comes first is read at once. Then there is a pause in which more gathers, or else a program
 * that writes byte by byte would wake this process for each, and wait for a processor as often. */
static gboolean
output_came_cb (int fd, GIOCondition condition, gpointer data)
{
  Reader *reader = data;

  reader->source = 0;
  read_some (reader);
  if (reader->fd >= 0)
    reader->source = g_timeout_add (OUTPUT_PAUSE_MS, read_on_cb, reader);
  return G_SOURCE_REMOVE;
}

/* Clocks */

static gboolean
wall_passed_cb (gpointer data)
{
  BoxSupervisor *supervisor = data;

  supervisor->wall_source = 0;
  supervisor->outcome.hit_wall = TRUE;
  kill_box (supervisor);
  return G_SOURCE_REMOVE;
}

/* Looks again when the limit can be reached at the earliest. */
static gboolean
idle_check_cb (gpointer data)
{
  BoxSupervisor *supervisor = data;
  gint64 left_ms =
    (gint64) supervisor->limits.idle_ms - (g_get_monotonic_time () - supervisor->touched_us) / 1000;

  supervisor->idle_source = 0;
  if (left_ms <= 0) {
    supervisor->outcome.hit_idle = TRUE;
    kill_box (supervisor);
  } else {
    supervisor->idle_source = g_timeout_add (left_ms, idle_check_cb, supervisor);
  }
  return G_SOURCE_REMOVE;
}

static gint64
get_cpu_us (BoxSupervisor *supervisor)
{
  return box_group_read_cpu (box_slot_get_group (supervisor->slot)) -
         box_slot_get_usage_before (supervisor->slot)->cpu_us;
}

/* Looks again when the limit can be reached at the earliest: with every processor busy. */
static gboolean
cpu_check_cb (gpointer data)
{
  BoxSupervisor *supervisor = data;
  gint64 left_ms = (gint64) supervisor->limits.cpu_ms - get_cpu_us (supervisor) / 1000;

  supervisor->cpu_source = 0;
  if (left_ms <= 0) {
    supervisor->outcome.hit_cpu = TRUE;
    kill_box (supervisor);
  } else {
    supervisor->cpu_source = g_timeout_add (
      MAX (left_ms / g_get_num_processors (), MIN_CPU_CHECK_MS), cpu_check_cb, supervisor);
  }
  return G_SOURCE_REMOVE;
}

/* The kernel is about to kill one of the box's processes; the box ends as a whole. */
static gboolean
memory_ran_out_cb (int fd, GIOCondition condition, gpointer data)
{
  BoxSupervisor *supervisor = data;

  supervisor->memory_source = 0;
  supervisor->is_out_of_memory = TRUE;
  kill_box (supervisor);
  return G_SOURCE_REMOVE;
}

static void
watch_group (BoxSupervisor *supervisor, BoxGroup *group)
{
  int memory_fd = box_group_get_memory_fd (group);

  supervisor->cpu_source =
    g_timeout_add (MAX (supervisor->limits.cpu_ms / g_get_num_processors (), MIN_CPU_CHECK_MS),
      cpu_check_cb, supervisor);
  if (memory_fd >= 0)
    supervisor->memory_source = g_unix_fd_add (memory_fd, G_IO_IN, memory_ran_out_cb, supervisor);
}

/* The end */

static void
read_counters (BoxSupervisor *supervisor)
{
  BoxOutcome *outcome = &supervisor->outcome;
  const BoxNote *note = box_slot_get_note (supervisor->slot);
  BoxGroup *group = box_slot_get_group (supervisor->slot);
  const BoxGroupUsage *before = box_slot_get_usage_before (supervisor->slot);
  BoxGroupUsage usage = { 0 };

  if (group == NULL) {
    outcome->cpu_us = note != NULL ? note->cpu_us : 0;
    outcome->memory_bytes = note != NULL ? note->max_rss_kib * 1024 : 0;
  } else {
    box_group_read_usage (group, &usage);
    outcome->memory_kills = usage.memory_kills - before->memory_kills;
    /* What killed the box as a whole may have come before the kernel's own. */
    if (supervisor->is_out_of_memory)
      outcome->memory_kills = MAX (outcome->memory_kills, 1);
    outcome->process_refusals = usage.process_refusals - before->process_refusals;
    outcome->cpu_us = usage.cpu_us - before->cpu_us;
    outcome->memory_bytes = usage.memory_bytes;
  }
  if (outcome->cpu_us >= (gint64) supervisor->limits.cpu_ms * 1000)
    outcome->hit_cpu = TRUE;
}

static void
read_note (BoxSupervisor *supervisor)
{
  BoxOutcome *outcome = &supervisor->outcome;
  const BoxNote *note = box_slot_get_note (supervisor->slot);

  if (outcome->trouble != NULL)
    return;
  if (note != NULL && note->kind == BOX_NOTE_ENDED) {
    outcome->ended = TRUE;
    outcome->status = note->status;
    /* Without a group the process's own limit is all there is. */
    if (box_slot_get_group (supervisor->slot) == NULL && WIFSIGNALED (note->status) &&
        WTERMSIG (note->status) == SIGXCPU)
      outcome->hit_cpu = TRUE;
  } else if (note != NULL) {
    outcome->trouble = g_strdup_printf (
      "The program could not be started (%s: %s).", note->step, g_strerror (note->status));
  } else if (supervisor->is_killed || outcome->memory_kills > 0) {
    outcome->ended = TRUE;
    outcome->status = SIGKILL;
  } else {
    outcome->trouble = g_strdup ("The box ended without telling how the program ended.");
  }
}

static void
stop_clocks (BoxSupervisor *supervisor)
{
  g_clear_handle_id (&supervisor->wall_source, g_source_remove);
  g_clear_handle_id (&supervisor->idle_source, g_source_remove);
  g_clear_handle_id (&supervisor->cpu_source, g_source_remove);
  g_clear_handle_id (&supervisor->memory_source, g_source_remove);
}

/* Reads what is there now; TRUE when both streams have ended, because nobody is left to write. */
static gboolean
read_rest (BoxSupervisor *supervisor)
{
  gboolean all = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (supervisor->readers); i++) {
    while (supervisor->readers[i].fd >= 0 && read_some (&supervisor->readers[i])) {
    }
    all &= supervisor->readers[i].fd < 0;
  }
  return all;
}

static void
finish (BoxSupervisor *supervisor)
{
  if (supervisor->is_finished)
    return;
  supervisor->is_finished = TRUE;
  stop_clocks (supervisor);
  read_rest (supervisor);
  read_counters (supervisor);
  read_note (supervisor);
  supervisor->done (&supervisor->outcome, supervisor->user_data);
}

/* The terminal of the program is there: one descriptor for both ways. */
static void
take_terminal (BoxSupervisor *supervisor)
{
  Reader *reader = &supervisor->readers[0];
  int far = box_slot_steal_terminal (supervisor->slot);
  int to = fcntl (far, F_DUPFD_CLOEXEC, 3);

  g_unix_set_fd_nonblocking (far, TRUE, NULL);
  reader->supervisor = supervisor;
  reader->stream = ENT_STREAM_STDOUT;
  reader->fd = far;
  reader->source = g_unix_fd_add (far, G_IO_IN | G_IO_HUP, output_came_cb, reader);
  if (to < 0)
    return;
  supervisor->feed = box_feed_new (to);
  if (supervisor->input_fd >= 0)
    box_feed_attach (supervisor->feed, supervisor->input_fd);
  box_supervisor_resize (supervisor, supervisor->rows, supervisor->columns);
}

static void
box_event_cb (BoxSlot *slot, BoxSlotEvent event, gpointer data)
{
  BoxSupervisor *supervisor = data;

  switch (event) {
  case BOX_SLOT_ENDED:
    supervisor->outcome.wall_us = g_get_monotonic_time () - supervisor->started_us;
    stop_clocks (supervisor);
    box_slot_kill (slot); /* what it left behind */
    /* What nobody can write to any more need not be waited for, unless files are wanted. */
    if (!supervisor->reads_work && read_rest (supervisor))
      finish (supervisor);
    return;
  case BOX_SLOT_GONE:
    if (supervisor->outcome.wall_us == 0)
      supervisor->outcome.wall_us = g_get_monotonic_time () - supervisor->started_us;
    finish (supervisor);
    return;
  case BOX_SLOT_TERMINAL:
    if (supervisor->has_terminal && supervisor->readers[0].fd < 0)
      take_terminal (supervisor);
    return;
  case BOX_SLOT_READY:
  case BOX_SLOT_FAILED:
    return;
  }
}

/* The start */

static void
append_strings (GByteArray *order, char **strings, guint32 *count)
{
  for (; *strings != NULL; strings++) {
    g_byte_array_append (order, (const guint8 *) *strings, strlen (*strings) + 1);
    (*count)++;
  }
}

static GBytes *
build_order (const BoxPhase *phase, gboolean has_group, GError **error)
{
  g_autoptr (GByteArray) order = g_byte_array_new ();
  BoxOrderHead head = {
    .magic = BOX_ORDER_MAGIC,
    /* The group's clock decides; this one is for the case that the runner is gone or slow. */
    .cpu_s = (phase->limits->cpu_ms + 999) / 1000 + (has_group ? 1 : 0),
    .open_files = phase->limits->open_files,
    .file_bytes = phase->limits->disk_bytes,
    .stack_bytes = STACK_BYTES,
    .rows = phase->rows,
    .columns = phase->columns,
    .processes = has_group ? 0 : phase->limits->processes,
    .data_bytes = has_group ? 0 : phase->limits->memory_bytes,
  };

  g_byte_array_append (order, (const guint8 *) &head, sizeof head);
  append_strings (order, phase->command, &head.n_args);
  append_strings (order, phase->environment, &head.n_env);
  memcpy (order->data, &head, sizeof head);
  if (order->len > BOX_ORDER_MAX_BYTES || head.n_args > BOX_ORDER_MAX_STRINGS ||
      head.n_env > BOX_ORDER_MAX_STRINGS) {
    g_set_error_literal (
      error, BOX_ERROR, BOX_ERROR_INVALID, "The command line of the program is too long.");
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&order));
}

/* The input as a file that nobody can change. */
static int
open_input (GBytes *input, GError **error)
{
  gsize size = 0, done = 0;
  const char *data = input != NULL ? g_bytes_get_data (input, &size) : NULL;
  int fd;

  if (size == 0) {
    fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
      box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "/dev/null cannot be opened");
    return fd;
  }
  fd = memfd_create ("stdin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  while (fd >= 0 && done < size) {
    ssize_t written = write (fd, data + done, size - done);

    if (written <= 0)
      break;
    done += written;
  }
  if (fd >= 0 && done == size && lseek (fd, 0, SEEK_SET) == 0 &&
      fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
    return fd;
  box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "The input cannot be stored");
  if (fd >= 0)
    close (fd);
  return -1;
}

/* The input comes from somewhere else while the program runs. */
static int
open_feed (BoxSupervisor *supervisor, int from, GError **error)
{
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
    return -1;
  supervisor->feed = box_feed_new (ends[1]);
  box_feed_attach (supervisor->feed, from);
  return ends[0];
}

static gboolean
open_reader (Reader *reader,
  BoxSupervisor *supervisor,
  EntStream stream,
  int *writer,
  GError **error)
{
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
    return FALSE;
  g_unix_set_fd_nonblocking (ends[0], TRUE, NULL);
  reader->supervisor = supervisor;
  reader->stream = stream;
  reader->fd = ends[0];
  reader->source = g_unix_fd_add (ends[0], G_IO_IN | G_IO_HUP, output_came_cb, reader);
  *writer = ends[1];
  return TRUE;
}

static void
close_streams (const int *fds)
{
  for (int i = 0; i < BOX_ORDER_FILTER; i++)
    if (fds[i] >= 0)
      close (fds[i]);
}

static gboolean
give_order (BoxSupervisor *supervisor, const BoxPhase *phase, int inner_filter, GError **error)
{
  BoxGroup *group = box_slot_get_group (supervisor->slot);
  g_autoptr (GBytes) order = build_order (phase, group != NULL, error);
  int fds[BOX_ORDER_N_FDS] = { -1, -1, -1, inner_filter };
  gboolean good = FALSE;

  if (order == NULL || (group != NULL && !box_group_limit (group, phase->limits, error)))
    return FALSE;
  if (phase->rows > 0) {
    fds[BOX_ORDER_STDIN] = open_input (NULL, error);
    for (int i = BOX_ORDER_STDOUT; i <= BOX_ORDER_STDERR; i++)
      fds[i] = fcntl (fds[BOX_ORDER_STDIN], F_DUPFD_CLOEXEC, 3);
    supervisor->started_us = g_get_monotonic_time ();
    good = fds[BOX_ORDER_STDIN] >= 0 && box_slot_send (supervisor->slot, order, fds, error);
    close_streams (fds);
    return good;
  }
  fds[BOX_ORDER_STDIN] = phase->input_fd >= 0 ? open_feed (supervisor, phase->input_fd, error)
                                              : open_input (phase->input, error);
  if (fds[BOX_ORDER_STDIN] >= 0 &&
      open_reader (
        &supervisor->readers[0], supervisor, ENT_STREAM_STDOUT, &fds[BOX_ORDER_STDOUT], error) &&
      open_reader (
        &supervisor->readers[1], supervisor, ENT_STREAM_STDERR, &fds[BOX_ORDER_STDERR], error)) {
    supervisor->started_us = g_get_monotonic_time ();
    good = box_slot_send (supervisor->slot, order, fds, error);
  }
  close_streams (fds);
  return good;
}

BoxSupervisor *
box_supervisor_start (BoxSlot *slot,
  int inner_filter,
  const BoxPhase *phase,
  BoxOutputFunc output,
  BoxOutcomeFunc done,
  gpointer user_data)
{
  BoxSupervisor *supervisor = g_new0 (BoxSupervisor, 1);
  g_autoptr (GError) error = NULL;

  supervisor->slot = slot;
  supervisor->limits = *phase->limits;
  supervisor->output = output;
  supervisor->reads_work = phase->reads_work;
  supervisor->has_terminal = phase->rows > 0;
  supervisor->input_fd = phase->input_fd;
  supervisor->rows = phase->rows;
  supervisor->columns = phase->columns;
  supervisor->done = done;
  supervisor->user_data = user_data;
  supervisor->readers[0].fd = supervisor->readers[1].fd = -1;
  box_slot_watch (slot, box_event_cb, supervisor);
  if (!give_order (supervisor, phase, inner_filter, &error)) {
    supervisor->outcome.trouble = g_strdup (error->message);
    supervisor->started_us = g_get_monotonic_time ();
    kill_box (supervisor);
    return supervisor;
  }
  supervisor->wall_source = g_timeout_add (phase->limits->wall_ms, wall_passed_cb, supervisor);
  supervisor->touched_us = supervisor->started_us;
  if (phase->limits->idle_ms > 0)
    supervisor->idle_source = g_timeout_add (phase->limits->idle_ms, idle_check_cb, supervisor);
  if (box_slot_get_group (slot) != NULL)
    watch_group (supervisor, box_slot_get_group (slot));
  return supervisor;
}

void
box_supervisor_free (BoxSupervisor *supervisor)
{
  if (supervisor == NULL)
    return;
  stop_clocks (supervisor);
  g_clear_pointer (&supervisor->feed, box_feed_free);
  for (gsize i = 0; i < G_N_ELEMENTS (supervisor->readers); i++) {
    g_clear_handle_id (&supervisor->readers[i].source, g_source_remove);
    if (supervisor->readers[i].fd >= 0)
      close (supervisor->readers[i].fd);
  }
  box_outcome_clear (&supervisor->outcome);
  g_free (supervisor);
}

void
box_supervisor_stop (BoxSupervisor *supervisor)
{
  if (box_slot_get_note (supervisor->slot) != NULL)
    return; /* it ended by itself */
  supervisor->outcome.stopped = TRUE;
  kill_box (supervisor);
}

gboolean
box_supervisor_feed (BoxSupervisor *supervisor, const guint8 *data, gsize size)
{
  supervisor->touched_us = g_get_monotonic_time ();
  return supervisor->has_terminal && supervisor->feed != NULL &&
         box_feed_add (supervisor->feed, data, size);
}

void
box_supervisor_resize (BoxSupervisor *supervisor, guint rows, guint columns)
{
  struct winsize size = { .ws_row = rows, .ws_col = columns };

  supervisor->rows = rows;
  supervisor->columns = columns;
  if (supervisor->has_terminal && supervisor->readers[0].fd >= 0 &&
      ioctl (supervisor->readers[0].fd, TIOCSWINSZ, &size) != 0)
    g_debug ("the size of a terminal stays: %s", g_strerror (errno));
}
