/* Programs of a room on a real runner: coordinator, runner and box are processes of their own. */

#include <string.h>

#include "test-room-peer.h"
#include "test-server.h"

typedef struct {
  TestServer *server;
  TestRoom *room;
  TestRoomPeer *lead;
  TestRoomPeer *guest;
} Fixture;

static TestRoomPeer *
enter (Fixture *f, const char *invite, const char *device)
{
  g_autoptr (EntApiJoined) joined = test_server_join (f->server, f->room, invite, device);
  TestRoomPeer *peer = test_room_peer_new (g_array_index (joined->clients, gint64, 0));

  test_room_peer_connect (
    peer, f->server->session, f->server->origin, f->room->id, joined->room_token);
  return peer;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = test_server_new ();
  f->room = test_server_add_room (f->server);
  f->lead = enter (f, f->room->lead, "a");
  f->guest = enter (f, f->room->candidate, "b");
  test_room_peer_skip (f->lead, ENT_ROOM_RUNNERS);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_room_peer_free (f->lead);
  test_room_peer_free (f->guest);
  test_room_free (f->room);
  test_server_free (f->server);
}

/* Starts a runner and waits until the room knows what it can. */
static GSubprocess *
add_runner (Fixture *f, const char *name)
{
  GSubprocess *runner = test_server_add_runner (f->server, name);
  g_autoptr (EntMessage) message = test_room_peer_wait (f->lead, ENT_ROOM_RUNNERS);
  const EntMsgRunners *runners = message->data;

  g_assert_cmpuint (runners->languages->len, >=, 3);
  return runner;
}

static void
end_runner (GSubprocess *runner)
{
  g_subprocess_send_signal (runner, SIGTERM);
  g_subprocess_wait (runner, NULL, NULL);
  g_object_unref (runner);
}

static void
set_text (TestRoomPeer *peer, const char *path, const char *text)
{
  EntType *type = test_room_peer_get_text (peer, path);

  g_assert_true (ent_text_delete (type, 0, ent_text_get_length (type), NULL));
  test_room_peer_type (peer, path, 0, text);
}

static void
start_run (TestRoomPeer *peer, const char *language, const char *entry, const char *input)
{
  g_autoptr (EntStateVector) seen = ent_doc_dup_state_vector (peer->doc);
  g_autoptr (GBytes) sv = ent_state_vector_encode (seen);
  const EntMsgRunStart start = {
    .language = (char *) language, .entry = (char *) entry, .stdin_text = (char *) input, .sv = sv
  };

  test_room_peer_send (peer, ENT_ROOM_RUN_START, 9, &start);
}

/* Waits for the end and checks the verdict and all that was printed to standard output. */
static void
check_run (TestRoomPeer *peer, EntVerdict verdict, const char *printed)
{
  g_autoptr (EntMessage) ended = test_room_peer_wait (peer, ENT_ROOM_RUN_ENDED);
  g_autoptr (GString) text = g_string_new (NULL);
  EntMessage *message;

  while ((message = test_room_peer_take (peer, ENT_ROOM_RUN_OUTPUT)) != NULL) {
    const EntMsgRunOutput *output = message->data;

    if (output->stream == ENT_STREAM_STDOUT && output->data != NULL)
      g_string_append (text, output->data);
    ent_message_free (message);
  }
  g_assert_cmpint (((EntMsgRunEnded *) ended->data)->verdict, ==, verdict);
  g_assert_cmpstr (text->str, ==, printed);
}

/* The starter programs greet in all three languages, and everybody sees it. */
static void
test_starters (Fixture *f, gconstpointer data)
{
  const char *const programs[][2] = { { "python", "main.py" }, { "javascript", "main.js" },
    { "cpp", "main.cpp" } };
  GSubprocess *runner = add_runner (f, "one");

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++) {
    start_run (f->guest, programs[i][0], programs[i][1], "Ånn\n");
    check_run (f->guest, ENT_VERDICT_OK, "Hello, Ånn!\n");
    check_run (f->lead, ENT_VERDICT_OK, "Hello, Ånn!\n");
  }
  end_runner (runner);
}

/* What runs is what its starter saw, though the edit and the order come over two sockets. */
static void
test_newest_text (Fixture *f, gconstpointer data)
{
  GSubprocess *runner = add_runner (f, "one");

  for (guint i = 0; i < 5; i++) {
    g_autofree char *text = g_strdup_printf ("print(%u)\n", i);
    g_autofree char *printed = g_strdup_printf ("%u\n", i);

    set_text (f->guest, "main.py", text);
    start_run (f->guest, "python", "main.py", "");
    check_run (f->guest, ENT_VERDICT_OK, printed);
  }
  end_runner (runner);
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  GSubprocess *runner = add_runner (f, "one");
  const EntMsgRunStop stop = { NULL };

  set_text (f->guest, "main.py", "import os\nos.write(1, b'on\\n')\nwhile True: pass\n");
  start_run (f->guest, "python", "main.py", "");
  test_wait (test_room_peer_find (f->lead, ENT_ROOM_RUN_OUTPUT) != NULL);
  test_room_peer_send (f->lead, ENT_ROOM_RUN_STOP, 0, &stop);
  check_run (f->guest, ENT_VERDICT_STOPPED, "on\n");
  end_runner (runner);
}

/* A runner that is killed in mid-run costs nothing but time: another one runs it, once. */
static void
test_lost_runner (Fixture *f, gconstpointer data)
{
  GSubprocess *first = add_runner (f, "one");
  GSubprocess *second;

  set_text (
    f->guest, "main.py", "import os, time\nos.write(1, b'on\\n')\ntime.sleep(2)\nprint('done')\n");
  start_run (f->guest, "python", "main.py", "");
  test_wait (test_room_peer_find (f->guest, ENT_ROOM_RUN_OUTPUT) != NULL);
  g_subprocess_send_signal (first, SIGSTOP); /* it cannot report the end before it is killed */
  second = test_server_add_runner (f->server, "two");
  g_subprocess_send_signal (first, SIGKILL);
  g_subprocess_wait (first, NULL, NULL);
  g_object_unref (first);
  test_room_peer_skip (f->guest, ENT_ROOM_RUN_STARTED);
  test_room_peer_skip (f->guest, ENT_ROOM_RUN_OUTPUT);
  ent_message_free (test_room_peer_wait (f->guest, ENT_ROOM_RUN_STARTED));
  check_run (f->guest, ENT_VERDICT_OK, "on\ndone\n");
  /* The next end is that of the next run. */
  set_text (f->guest, "main.py", "print('next')\n");
  start_run (f->guest, "python", "main.py", "");
  check_run (f->guest, ENT_VERDICT_OK, "next\n");
  g_assert_null (test_room_peer_find (f->guest, ENT_ROOM_RUN_ENDED));
  end_runner (second);
}

/* How many languages the room can run, when it has been told next. */
static guint
wait_languages (TestRoomPeer *peer)
{
  g_autoptr (EntMessage) told = test_room_peer_wait (peer, ENT_ROOM_RUNNERS);
  const EntMsgRunners *runners = told->data;

  return runners->languages != NULL ? runners->languages->len : 0;
}

/* A runner that is revoked in mid-run is sent away at once, and what it had goes to another one. */
static void
test_revoked_runner (Fixture *f, gconstpointer data)
{
  GSubprocess *first = add_runner (f, "one");
  GSubprocess *second;
  const EntMsgRunStop stop = { NULL };
  gint64 revoked_us;

  set_text (f->guest, "main.py", "import os\nos.write(1, b'on\\n')\nwhile True: pass\n");
  start_run (f->guest, "python", "main.py", "");
  test_wait (test_room_peer_find (f->guest, ENT_ROOM_RUN_OUTPUT) != NULL);
  test_room_peer_skip (f->guest, ENT_ROOM_RUN_STARTED);
  test_room_peer_skip (f->guest, ENT_ROOM_RUN_OUTPUT);
  test_server_revoke_runner (f->server, "one");
  revoked_us = g_get_monotonic_time ();
  g_assert_cmpuint (wait_languages (f->lead), ==, 0);
  g_test_message (
    "gone after %" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - revoked_us) / 1000);
  second = add_runner (f, "two");
  ent_message_free (test_room_peer_wait (f->guest, ENT_ROOM_RUN_STARTED));
  test_wait (test_room_peer_find (f->guest, ENT_ROOM_RUN_OUTPUT) != NULL);
  test_room_peer_send (f->lead, ENT_ROOM_RUN_STOP, 0, &stop);
  check_run (f->guest, ENT_VERDICT_STOPPED, "on\n");
  /* With the second one revoked too nobody is left: the first did not come back. */
  test_server_revoke_runner (f->server, "two");
  g_assert_cmpuint (wait_languages (f->lead), ==, 0);
  start_run (f->guest, "python", "main.py", "");
  test_room_peer_wait_error (f->guest, "no_runner");
  end_runner (first);
  end_runner (second);
}

/* With `local-runner = child` the server brings its own runner, which ends with it. */
static void
test_local_runner (Fixture *f, gconstpointer data)
{
  test_room_peer_cut (f->lead);
  test_room_peer_cut (f->guest);
  test_server_configure (f->server, "local-runner = child\n");
  test_room_peer_free (f->lead);
  test_room_peer_free (f->guest);
  f->lead = enter (f, f->room->lead, "a");
  f->guest = enter (f, f->room->candidate, "b");
  for (;;) {
    g_autoptr (EntMessage) told = test_room_peer_wait (f->guest, ENT_ROOM_RUNNERS);
    const EntMsgRunners *runners = told->data;

    if (runners->languages != NULL && runners->languages->len > 0)
      break;
  }
  start_run (f->guest, "python", "main.py", "local\n");
  check_run (f->lead, ENT_VERDICT_OK, "Hello, local!\n");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!test_server_can_run ()) {
    g_print ("1..0 # SKIP this user cannot make boxes here: entrevue-runner check says why\n");
    return 0;
  }
  ADD ("/realtime-run/starters", test_starters);
  ADD ("/realtime-run/newest-text", test_newest_text);
  ADD ("/realtime-run/stop", test_stop);
  ADD ("/realtime-run/lost-runner", test_lost_runner);
  ADD ("/realtime-run/revoked-runner", test_revoked_runner);
  ADD ("/realtime-run/local-runner", test_local_runner);
  return g_test_run ();
}
