#include <string.h>

#include "room/ent-room-items-private.h"

#define RUN "01890a5d-ac96-774b-bcce-b302099a8057"

/* What somebody who watches the run shows. */
typedef struct {
  EntRoomRun *run;
  GString *shown;
  guint ended;
} Fixture;

static void
output_cb (EntRoomRun *run, int stream, const char *text, gpointer data)
{
  g_string_append (((Fixture *) data)->shown, text);
}

static void
gap_cb (EntRoomRun *run, gpointer data)
{
  g_string_append (((Fixture *) data)->shown, "...");
}

static void
restarted_cb (EntRoomRun *run, gpointer data)
{
  g_assert_cmpuint (ent_room_run_get_output (run)->len, ==, 0);
  g_string_truncate (((Fixture *) data)->shown, 0);
}

static void
ended_cb (EntRoomRun *run, gpointer data)
{
  ((Fixture *) data)->ended++;
}

static EntMsgRunStarted
make_started (gint64 attempt, gint64 queue, EntMsgTerminal *terminal)
{
  return (EntMsgRunStarted){
    .run = (char *) RUN,
    .by = (char *) RUN,
    .language = (char *) "python",
    .entry = (char *) "main.py",
    .attempt = attempt,
    .queue = queue,
    .terminal = terminal,
  };
}

static void
begin (Fixture *f, EntMsgTerminal *terminal)
{
  const EntMsgRunStarted started = make_started (1, 0, terminal);

  f->run = ent_room_run_new (&started, "Gus");
  f->shown = g_string_new (NULL);
  g_signal_connect (f->run, "output", G_CALLBACK (output_cb), f);
  g_signal_connect (f->run, "gap", G_CALLBACK (gap_cb), f);
  g_signal_connect (f->run, "restarted", G_CALLBACK (restarted_cb), f);
  g_signal_connect (f->run, "ended", G_CALLBACK (ended_cb), f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  EntMsgTerminal terminal = { 24, 80 };

  begin (f, data != NULL ? &terminal : NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_string_free (f->shown, TRUE);
  g_assert_finalize_object (f->run);
}

static void
tell (Fixture *f, gint64 attempt, gint64 queue)
{
  const EntMsgRunStarted started = make_started (attempt, queue, NULL);

  ent_room_run_update (f->run, &started);
}

static void
print (Fixture *f, gint64 n, const char *text)
{
  const EntMsgRunOutput output = {
    .run = (char *) RUN, .n = n, .stream = ENT_STREAM_STDOUT, .data = (char *) text
  };

  ent_room_run_take_output (f->run, &output);
}

static void
end (Fixture *f, EntVerdict verdict)
{
  const EntMsgRunEnded ended = { .run = (char *) RUN, .verdict = verdict };

  ent_room_run_take_result (f->run, &ended);
}

/* A lost runner's output is void, and the numbers begin anew. */
static void
test_second_attempt (Fixture *f, gconstpointer data)
{
  print (f, 0, "a");
  print (f, 1, "b");
  tell (f, 2, 1);
  g_assert_cmpstr (f->shown->str, ==, "");
  g_assert_cmpint (ent_room_run_get_state (f->run), ==, ENT_RUN_QUEUED);
  tell (f, 2, 0);
  print (f, 0, "a");
  print (f, 1, "c");
  g_assert_cmpstr (f->shown->str, ==, "ac");
  g_assert_cmpuint (ent_room_run_get_output (f->run)->len, ==, 2);
}

/* After a reconnection the same is told again: it is passed over. */
static void
test_replay (Fixture *f, gconstpointer data)
{
  print (f, 0, "a");
  print (f, 1, "b");
  tell (f, 1, 0);
  print (f, 0, "a");
  print (f, 1, "b");
  print (f, 2, "c");
  end (f, ENT_VERDICT_OK);
  tell (f, 1, 0);
  print (f, 2, "c");
  end (f, ENT_VERDICT_STOPPED);
  g_assert_cmpstr (f->shown->str, ==, "abc");
  g_assert_cmpuint (f->ended, ==, 1);
  g_assert_cmpint (ent_room_run_get_result (f->run)->verdict, ==, ENT_VERDICT_OK);
  g_assert_cmpint (ent_room_run_get_state (f->run), ==, ENT_RUN_ENDED);
}

/* Who was away while it began anew has the first attempt on the screen, and its number. */
static void
test_restart_unheard (Fixture *f, gconstpointer data)
{
  print (f, 0, "a");
  print (f, 1, "b");
  tell (f, 2, 0);
  print (f, 0, "x");
  g_assert_cmpstr (f->shown->str, ==, "x");
}

static void
test_gap (Fixture *f, gconstpointer data)
{
  const EntRunChunk *chunk;

  print (f, 7, "late");
  print (f, 8, "r");
  print (f, 10, "end");
  g_assert_cmpstr (f->shown->str, ==, "...later...end");
  chunk = g_ptr_array_index (ent_room_run_get_output (f->run), 1);
  g_assert_false (chunk->follows_gap);
  chunk = g_ptr_array_index (ent_room_run_get_output (f->run), 2);
  g_assert_true (chunk->follows_gap);
}

/* The newest is kept, and where it begins is marked. */
static void
test_much (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (16 * 1024, 'x');
  GPtrArray *output = ent_room_run_get_output (f->run);
  gsize kept = 0;

  for (guint i = 0; i < 200; i++)
    print (f, i, text);
  print (f, 200, "end");
  for (guint i = 0; i < output->len; i++)
    kept += strlen (((EntRunChunk *) output->pdata[i])->text);
  g_assert_cmpuint (kept, <=, ENT_ROOM_RUN_MAX_SHOWN_BYTES * 9 / 8);
  g_assert_cmpuint (kept, >=, ENT_ROOM_RUN_MAX_SHOWN_BYTES * 3 / 4);
  g_assert_true (((EntRunChunk *) output->pdata[0])->follows_gap);
  g_assert_cmpstr (((EntRunChunk *) output->pdata[output->len - 1])->text, ==, "end");
  g_assert_cmpuint (f->shown->len, ==, 200 * 16 * 1024 + 3); /* who watched missed nothing */
}

static void
test_bytes (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b\xff", 4);
  const EntMsgRunOutput output = {
    .run = (char *) RUN, .stream = ENT_STREAM_STDOUT, .data64 = bytes
  };

  ent_room_run_take_output (f->run, &output);
  g_assert_cmpstr (
    f->shown->str, ==, data != NULL ? "ab\357\277\275" : "a\342\220\200b\357\277\275");
}

/* The size is what was told last; a message without one leaves it. */
static void
test_size (Fixture *f, gconstpointer data)
{
  EntMsgTerminal bigger = { 30, 100 };
  const EntMsgRunStarted started = make_started (1, 0, &bigger);

  print (f, 0, "a");
  g_assert_cmpuint (ent_room_run_get_rows (f->run), ==, 24);
  ent_room_run_update (f->run, &started);
  tell (f, 1, 0);
  g_assert_cmpuint (ent_room_run_get_rows (f->run), ==, 30);
  g_assert_cmpuint (ent_room_run_get_columns (f->run), ==, 100);
  g_assert_cmpstr (f->shown->str, ==, "a");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
#define ADD_TERMINAL(path, func) g_test_add (path, Fixture, "", set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/room-run/second-attempt", test_second_attempt);
  ADD ("/room-run/replay", test_replay);
  ADD ("/room-run/restart-unheard", test_restart_unheard);
  ADD ("/room-run/gap", test_gap);
  ADD ("/room-run/much", test_much);
  ADD ("/room-run/bytes", test_bytes);
  ADD_TERMINAL ("/room-run/bytes-in-a-terminal", test_bytes);
  ADD_TERMINAL ("/room-run/size", test_size);
  return g_test_run ();
}
