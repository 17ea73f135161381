#include <stdint.h>
#include <string.h>

#include "fuzz-same.h"
#include "fuzz-socket.h"
#include "run/coord-runner-link.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define MAX_RUNS 4
#define TICK_MS 1000 /* of one step of the clock */

typedef struct {
  CoordRun *run; /* NULL: it has ended */
} Place;

static Place places[MAX_RUNS];

static void
queued_cb (CoordRun *run, guint place, const char *note, gpointer data)
{
}

static void
output_cb (CoordRun *run, EntStream stream, GBytes *bytes, gpointer data)
{
  const Place *place = data;

  g_assert_true (place->run == run);
  g_assert_cmpuint (g_bytes_get_size (bytes), >, 0);
}

static void
tested_cb (CoordRun *run, const EntMsgJobTested *tested, gpointer data)
{
  const Place *place = data;

  g_assert_true (place->run == run);
}

static void
ended_cb (CoordRun *run, const EntMsgJobResult *result, gpointer data)
{
  Place *place = data;

  g_assert_true (place->run == run);
  g_assert_nonnull (result);
  place->run = NULL;
}

static const CoordRunEvents run_events = {
  .queued = queued_cb,
  .output = output_cb,
  .tested = tested_cb,
  .ended = ended_cb,
};

/* A run of a program, with two tests, or in a terminal. */
static void
add_run (CoordRunQueue *queue, guint at)
{
  static const char *const profiles[] = { "room", "api", "terminal", "room" };
  CoordRunRequest *request = g_new0 (CoordRunRequest, 1);

  request->language = g_strdup ("python");
  request->entry = g_strdup ("main.py");
  request->stdin_bytes = g_bytes_new_static ("in", 2);
  request->files = g_ptr_array_new ();
  request->profile = profiles[at];
  if (at == 1) {
    request->tests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    for (guint i = 0; i < 2; i++)
      g_ptr_array_add (request->tests, g_bytes_new_static ("1\n", 2));
  }
  if (at == 2)
    request->rows = request->columns = 24;
  places[at].run = coord_run_queue_add (queue, request, &run_events, &places[at], NULL);
}

/* What the people behind the runs do. */
static void
act (CoordRunQueue *queue, EntClock *clock, const uint8_t *data, gsize size)
{
  Place *place = &places[size > 1 ? data[1] % MAX_RUNS : 0];
  g_autoptr (GBytes) typed = g_bytes_new (data, size);

  switch (size > 0 ? data[0] % 6 : 0) {
  case 0:
    if (place->run == NULL)
      add_run (queue, place - places);
    break;
  case 1:
    if (place->run != NULL)
      coord_run_stop (place->run);
    break;
  case 2:
    if (place->run != NULL)
      coord_run_abandon (g_steal_pointer (&place->run));
    break;
  case 3:
    if (place->run != NULL)
      coord_run_feed (place->run, typed);
    break;
  case 4:
    if (place->run != NULL)
      coord_run_resize (place->run, 1 + data[0], 1 + data[size - 1]);
    break;
  case 5:
    ent_clock_advance (clock, TICK_MS * (1 + data[size - 1]));
    break;
  }
}

static CoordSocket *
dial (CoordSocketHub *hub, CoordRunnerLinks *links, gboolean is_greeted)
{
  static const char hello[] =
    "{\"t\":\"hello\",\"d\":{\"version\":\"1\",\"slots\":2,\"languages\":[{\"id\":\"python\","
    "\"name\":\"Python\",\"version\":\"3\"}]}}";
  CoordSocket *socket = coord_socket_ref (fuzz_socket_new (hub));

  coord_socket_set_limits (socket, &coord_runner_link_limits);
  coord_runner_links_add (links, "runner", NULL, socket);
  if (is_greeted)
    fuzz_socket_receive (socket, TRUE, hello, sizeof hello - 1);
  return socket;
}

/* Messages of two hostile runners: a kind, two bytes of length, the bytes. The lowest bit of the
 * kind says that it is text; with the others all set it is no message but what people do; 0x40 is
 * the second runner, which says no hello by itself, and 0x20 ends the runner. The first run's id is
 * 00000000-0000-7000-8000-000000001001. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static gboolean is_set_up;
  EntClock *clock = ent_clock_new_test (1000);
  CoordRunQueue *queue = coord_run_queue_new (clock);
  CoordSocketHub *hub = coord_socket_hub_new ();
  CoordRunnerLinks *links = coord_runner_links_new (queue, clock);
  CoordSocket *sockets[2] = { NULL };

  if (!is_set_up)
    fuzz_same_set_up ();
  is_set_up = TRUE;
  fuzz_same_begin ();
  sockets[0] = dial (hub, links, size > 0 && data[0] != 'n');
  add_run (queue, 0);
  fuzz_same_settle ();
  for (gsize at = 0; at + 3 <= size;) {
    gsize length = MIN ((gsize) (data[at + 1] << 8 | data[at + 2]), size - at - 3);
    guint who = (data[at] & 0x40) != 0;

    if (sockets[who] == NULL)
      sockets[who] = dial (hub, links, FALSE);
    if ((data[at] & 0xfe) == 0xfe)
      act (queue, clock, data + at + 3, length);
    else if (data[at] & 0x20) {
      fuzz_socket_leave (sockets[who], COORD_CLOSE_ABNORMAL);
      g_clear_pointer (&sockets[who], coord_socket_unref);
    } else
      fuzz_socket_receive (sockets[who], data[at] & 1, data + at + 3, length);
    at += 3 + length;
    fuzz_same_settle ();
  }
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    g_clear_pointer (&sockets[i], coord_socket_unref);
  coord_socket_hub_free (hub);
  coord_runner_links_free (links);
  coord_run_queue_free (queue);
  fuzz_same_settle ();
  for (guint i = 0; i < MAX_RUNS; i++)
    g_assert_null (places[i].run);
  ent_clock_unref (clock);
  return 0;
}
