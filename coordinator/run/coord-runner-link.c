#include "run/coord-runner-link.h"

#include "coord-log.h"
#include "protocol/ent-limits.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-session.h"

#define MAX_SLOTS 64

/* All files of a job may wait for a slow runner. */
const CoordSocketLimits coord_runner_link_limits = {
  .max_message_bytes = 256 * 1024,
  .max_messages_per_s = 10000,
  .max_queue_bytes = 4 * (ENT_MAX_ROOM_TEXT + 1024 * 1024),
};

struct _CoordRunnerLinks {
  CoordRunQueue *queue;
  EntClock *clock;
  GPtrArray *links; /* Link */
};

typedef struct {
  CoordRunnerLinks *links;
  CoordSocket *socket;
  char *name;
  char *token_hash; /* may be NULL */
  CoordRunner *runner; /* NULL before the hello */
  gboolean is_draining;
  guint hello_id;
} Link;

static void
send_message (Link *link, EntRunnerKind kind, gint64 re, gconstpointer data)
{
  g_autofree char *text = ent_runner_message_encode (kind, 0, re, data);

  coord_socket_send_string (link->socket, text);
}

/* What the queue asks for. */

static void
send_bytes (Link *link, const char *run_id, EntStream stream, guint32 index, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize at = 0; at < size; at += ENT_MAX_FRAME_BYTES) {
    g_autoptr (GBytes) frame =
      ent_frame_build (run_id, stream, index, data + at, MIN (size - at, ENT_MAX_FRAME_BYTES));

    coord_socket_send_binary (link->socket, frame);
    if (stream == ENT_STREAM_STDIN)
      index++;
  }
}

static void
start_cb (const EntMsgJob *job, const CoordRunRequest *request, gpointer data)
{
  Link *link = data;

  send_message (link, ENT_RUNNER_JOB, 0, job);
  for (guint i = 0; i < request->files->len; i++) {
    const CoordRunFile *file = g_ptr_array_index (request->files, i);

    send_bytes (link, job->id, ENT_STREAM_SOURCE, i, file->bytes);
  }
  send_bytes (link, job->id, ENT_STREAM_STDIN, 0, request->stdin_bytes);
  for (guint i = 0; request->tests != NULL && i < request->tests->len; i++)
    send_bytes (link, job->id, ENT_STREAM_TEST, i, g_ptr_array_index (request->tests, i));
}

static void
cancel_cb (const char *run_id, gpointer data)
{
  const EntMsgJobCancel cancel = { (char *) run_id };

  send_message (data, ENT_RUNNER_CANCEL, 0, &cancel);
}

static void
input_cb (const char *run_id, guint32 index, GBytes *bytes, gpointer data)
{
  send_bytes (data, run_id, ENT_STREAM_STDIN, index, bytes);
}

static void
resize_cb (const EntMsgJobResize *resize, gpointer data)
{
  send_message (data, ENT_RUNNER_RESIZE, 0, resize);
}

static const CoordRunnerEvents runner_events = { start_cb, cancel_cb, input_cb, resize_cb };

/* What the runner says. */

static void
refuse (Link *link, const char *reason)
{
  coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_RUNNER, link->name, "%s", reason);
  coord_socket_close (link->socket, COORD_CLOSE_BAD_MESSAGE, reason);
}

static void
take_hello (Link *link, gint64 re, const EntMsgRunnerHello *hello)
{
  const EntMsgRunnerWelcome welcome = { link->name };

  if (link->runner != NULL || hello->slots < 1 || hello->slots > MAX_SLOTS) {
    refuse (link, "a runner says hello once, with 1 to 64 slots");
    return;
  }
  ent_clock_remove (link->links->clock, link->hello_id);
  link->hello_id = 0;
  send_message (link, ENT_RUNNER_WELCOME, re, &welcome);
  coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_RUNNER, link->name,
    "Connected: version %s, %" G_GINT64_FORMAT " slots",
    hello->version != NULL ? hello->version : "unknown", hello->slots);
  link->runner =
    coord_run_queue_add_runner (link->links->queue, link->name, hello, &runner_events, link);
  coord_runner_set_draining (link->runner, link->is_draining);
}

static void
take_message (Link *link, const EntMessage *message)
{
  if (link->runner == NULL && message->kind != ENT_RUNNER_HELLO) {
    refuse (link, "a runner says hello first");
    return;
  }
  switch ((EntRunnerKind) message->kind) {
  case ENT_RUNNER_HELLO:
    take_hello (link, message->id, message->data);
    break;
  case ENT_RUNNER_RESULT:
    coord_runner_take_result (link->runner, message->data);
    break;
  case ENT_RUNNER_ERROR:
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_RUNNER, link->name, "It reports the error %s",
      ((EntMsgError *) message->data)->code);
    break;
  case ENT_RUNNER_STARTED:
    coord_runner_take_started (link->runner, ((EntMsgJobStarted *) message->data)->id);
    break;
  case ENT_RUNNER_TESTED:
    coord_runner_take_tested (link->runner, message->data);
    break;
  case ENT_RUNNER_UNKNOWN:
    break;
  case ENT_RUNNER_RESIZE:
  case ENT_RUNNER_WELCOME:
  case ENT_RUNNER_JOB:
  case ENT_RUNNER_CANCEL:
    refuse (link, "a runner does not say this");
    break;
  }
}

static void
take_frame (Link *link, GBytes *bytes)
{
  g_autofree char *run_id = NULL;
  g_autoptr (GBytes) payload = NULL;
  EntStream stream;
  guint32 index;

  if (link->runner == NULL || !ent_frame_parse (bytes, &run_id, &stream, &index, &payload))
    refuse (link, "this binary frame cannot be read");
  else
    coord_runner_take_output (link->runner, run_id, stream, index, payload);
}

static void
message_cb (CoordSocket *socket, gboolean is_text, GBytes *bytes, gpointer data)
{
  Link *link = data;
  g_autoptr (EntMessage) message = NULL;
  gsize size;
  const char *text;

  if (!is_text) {
    take_frame (link, bytes);
    return;
  }
  text = g_bytes_get_data (bytes, &size);
  message = ent_runner_message_decode (text, size, NULL);
  if (message == NULL)
    refuse (link, "this message cannot be read");
  else
    take_message (link, message);
}

static void
closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
  Link *link = data;

  coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_RUNNER, link->name, "It has gone (%u)", code);
  ent_clock_remove (link->links->clock, link->hello_id);
  g_ptr_array_remove_fast (link->links->links, link);
  g_clear_pointer (&link->runner, coord_runner_remove);
  coord_socket_unref (link->socket);
  g_free (link->name);
  g_free (link->token_hash);
  g_free (link);
}

static const CoordSocketEvents link_events = { message_cb, closed_cb };

static gboolean
no_hello_cb (gpointer data)
{
  Link *link = data;

  link->hello_id = 0;
  refuse (link, "no hello came");
  return G_SOURCE_REMOVE;
}

CoordRunnerLinks *
coord_runner_links_new (CoordRunQueue *queue, EntClock *clock)
{
  CoordRunnerLinks *links = g_new0 (CoordRunnerLinks, 1);

  links->queue = queue;
  links->clock = ent_clock_ref (clock);
  links->links = g_ptr_array_new ();
  return links;
}

void
coord_runner_links_free (CoordRunnerLinks *links)
{
  g_assert (links->links->len == 0);
  g_ptr_array_unref (links->links);
  ent_clock_unref (links->clock);
  g_free (links);
}

void
coord_runner_links_add (CoordRunnerLinks *links,
  const char *name,
  const char *token_hash,
  CoordSocket *socket)
{
  Link *link = g_new0 (Link, 1);

  link->links = links;
  link->socket = coord_socket_ref (socket);
  link->name = g_strdup (name);
  link->token_hash = g_strdup (token_hash);
  link->hello_id = ent_clock_add (links->clock, COORD_RUNNER_HELLO_MS, no_hello_cb, link);
  g_ptr_array_add (links->links, link);
  coord_socket_set_events (socket, &link_events, link, NULL);
}

guint
coord_runner_links_count (CoordRunnerLinks *links)
{
  guint count = 0;

  for (guint i = 0; i < links->links->len; i++)
    if (((Link *) g_ptr_array_index (links->links, i))->runner != NULL)
      count++;
  return count;
}

char **
coord_runner_links_list_tokens (CoordRunnerLinks *links)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < links->links->len; i++) {
    Link *link = g_ptr_array_index (links->links, i);

    if (link->token_hash != NULL && g_hash_table_add (seen, link->token_hash))
      g_strv_builder_add (builder, link->token_hash);
  }
  return g_strv_builder_end (builder);
}

void
coord_runner_links_set_draining (CoordRunnerLinks *links,
  const char *token_hash,
  gboolean is_draining)
{
  for (guint i = 0; i < links->links->len; i++) {
    Link *link = g_ptr_array_index (links->links, i);

    if (g_strcmp0 (link->token_hash, token_hash) != 0 || link->is_draining == is_draining)
      continue;
    link->is_draining = is_draining;
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_RUNNER, link->name, "%s",
      is_draining ? "It gets no new programs: it is being drained" : "It gets programs again");
    if (link->runner != NULL)
      coord_runner_set_draining (link->runner, is_draining);
  }
}

void
coord_runner_links_revoke (CoordRunnerLinks *links, const char *token_hash)
{
  for (guint i = 0; i < links->links->len; i++) {
    Link *link = g_ptr_array_index (links->links, i);

    if (g_strcmp0 (link->token_hash, token_hash) != 0 || !coord_socket_is_open (link->socket))
      continue;
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_RUNNER, link->name, "It was revoked");
    coord_socket_close (link->socket, COORD_CLOSE_NOT_SIGNED_IN, "This runner was revoked");
  }
}
