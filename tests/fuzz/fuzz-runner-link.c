#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/ent-limits.h"
#include "run/coord-runner-link.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static gboolean has_ended;

static void
queued_cb (CoordRun *run, guint place, const char *note, gpointer data)
{
}

static void
output_cb (CoordRun *run, EntStream stream, GBytes *bytes, gpointer data)
{
  g_assert_false (has_ended);
}

static void
ended_cb (CoordRun *run, const EntMsgJobResult *result, gpointer data)
{
  g_assert_false (has_ended);
  has_ended = TRUE;
}

static const CoordRunEvents run_events = {
  .queued = queued_cb,
  .output = output_cb,
  .ended = ended_cb,
};

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* A frame with a mask of zeros. */
static void
send_frame (int fd, guint8 first, const guint8 *data, gsize size)
{
  guint8 head[8] = { first, 0x80 | 126, size >> 8, size & 0xff };

  if (send (fd, head, sizeof head, MSG_NOSIGNAL) == sizeof head && size > 0)
    send (fd, data, size, MSG_NOSIGNAL);
}

static CoordRun *
add_run (CoordRunQueue *queue)
{
  CoordRunRequest *request = g_new0 (CoordRunRequest, 1);

  request->language = g_strdup ("python");
  request->entry = g_strdup ("main.py");
  request->stdin_bytes = g_bytes_new_static ("in", 2);
  request->files = g_ptr_array_new ();
  request->profile = "room";
  return coord_run_queue_add (queue, request, &run_events, NULL, NULL);
}

/* The id that the run got stands for 16 bytes of 'R', so that inputs can name it. */
static void
send_binary (int fd, CoordRun *run, const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);

  for (guint i = 0; run != NULL && !has_ended && size >= 21 && data[0] == 'R' && i < 16; i++) {
    const char *id = coord_run_get_id (run);
    guint at = 2 * i + (i >= 4) + (i >= 6) + (i >= 8) + (i >= 10);

    copy[i] = g_ascii_xdigit_value (id[at]) << 4 | g_ascii_xdigit_value (id[at + 1]);
  }
  send_frame (fd, 0x82, copy, size);
}

/* Messages of a hostile runner: a kind, two bytes of length, the bytes. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char hello[] =
    "{\"t\":\"hello\",\"d\":{\"version\":\"1\",\"slots\":2,\"languages\":[{\"id\":\"python\","
    "\"name\":\"Python\",\"version\":\"3\"}]}}";
  EntClock *clock = ent_clock_new_test (1000);
  CoordRunQueue *queue = coord_run_queue_new (clock);
  CoordSocketHub *hub = coord_socket_hub_new ();
  CoordRunnerLinks *links = coord_runner_links_new (queue, clock);
  CoordRun *run = NULL;
  int fds[2];
  gsize at = 0;

  has_ended = FALSE;
  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
  coord_runner_links_add (links, "runner", NULL,
    coord_socket_hub_adopt (hub, fds[0], "", NULL, &coord_runner_link_limits));
  if (size > 0 && data[0] != 'n') {
    send_frame (fds[1], 0x81, (const guint8 *) hello, sizeof hello - 1);
    settle ();
    run = add_run (queue);
    settle ();
  }
  while (at + 3 <= size) {
    gsize length = MIN ((gsize) (data[at + 1] << 8 | data[at + 2]), size - at - 3);

    if (data[at] & 1)
      send_frame (fds[1], 0x81, data + at + 3, length);
    else
      send_binary (fds[1], run, data + at + 3, length);
    at += 3 + length;
    settle ();
  }
  close (fds[1]);
  settle ();
  coord_socket_hub_free (hub);
  coord_runner_links_free (links);
  coord_run_queue_free (queue);
  ent_clock_unref (clock);
  return 0;
}
