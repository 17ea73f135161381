#include <string.h>

#include "box-output.h"

typedef struct {
  GString *log; /* "stream:text|" */
  guint n_frames;
  GMainLoop *loop;
} Fixture;

static void
send_cb (EntStream stream, const guint8 *data, gsize size, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (size, >, 0);
  g_assert_cmpuint (size, <=, BOX_OUTPUT_FRAME_BYTES);
  fixture->n_frames++;
  g_string_append_printf (fixture->log, "%d:", stream);
  g_string_append_len (fixture->log, (const char *) data, size);
  g_string_append_c (fixture->log, '|');
  if (fixture->loop != NULL)
    g_main_loop_quit (fixture->loop);
}

static void
add (BoxOutput *output, EntStream stream, const char *text)
{
  box_output_add (output, stream, (const guint8 *) text, strlen (text));
}

static void
test_gathers (void)
{
  Fixture fixture = { .log = g_string_new (NULL) };
  g_autoptr (BoxOutput) output = box_output_new (send_cb, &fixture);

  add (output, ENT_STREAM_STDOUT, "a");
  g_assert_cmpstr (fixture.log->str, ==, "1:a|");
  add (output, ENT_STREAM_STDOUT, "b");
  add (output, ENT_STREAM_STDOUT, "c");
  g_assert_cmpstr (fixture.log->str, ==, "1:a|");
  fixture.loop = g_main_loop_new (NULL, FALSE);
  g_main_loop_run (fixture.loop);
  g_clear_pointer (&fixture.loop, g_main_loop_unref);
  g_assert_cmpstr (fixture.log->str, ==, "1:a|1:bc|");
  add (output, ENT_STREAM_STDOUT, "d");
  add (output, ENT_STREAM_STDERR, "e");
  add (output, ENT_STREAM_STDOUT, "f");
  box_output_flush (output);
  g_assert_cmpstr (fixture.log->str, ==, "1:a|1:bc|1:d|2:e|1:f|");
  g_string_free (fixture.log, TRUE);
}

static void
test_keeps_characters_whole (void)
{
  Fixture fixture = { .log = g_string_new (NULL) };
  g_autoptr (BoxOutput) output = box_output_new (send_cb, &fixture);

  add (output, ENT_STREAM_STDOUT, "x\xe2\x82");
  g_assert_cmpstr (fixture.log->str, ==, "1:x|");
  add (output, ENT_STREAM_STDOUT, "\xac");
  box_output_flush (output);
  g_assert_cmpstr (fixture.log->str, ==, "1:x|1:€|");
  add (output, ENT_STREAM_STDOUT, "y\xf0\x9f");
  box_output_flush (output);
  g_assert_true (g_str_has_suffix (fixture.log->str, "|1:y\xf0\x9f|"));
  g_string_free (fixture.log, TRUE);
}

static void
test_large (void)
{
  Fixture fixture = { .log = g_string_new (NULL) };
  g_autoptr (BoxOutput) output = box_output_new (send_cb, &fixture);
  g_autoptr (GString) text = g_string_new ("x");
  g_auto (GStrv) frames = NULL;

  while (text->len < 5 * BOX_OUTPUT_FRAME_BYTES)
    g_string_append (text, "€");
  add (output, ENT_STREAM_STDOUT, text->str);
  box_output_flush (output);
  g_assert_cmpuint (fixture.n_frames, ==, 6);
  g_assert_true (g_utf8_validate (fixture.log->str, fixture.log->len, NULL));
  g_assert_cmpuint (fixture.log->len, ==, text->len + 6 * 3);
  frames = g_strsplit (fixture.log->str, "|", -1);
  for (char **frame = frames; *frame != NULL; frame++)
    g_assert_true (g_utf8_validate (*frame, -1, NULL));
  g_string_free (fixture.log, TRUE);
}

/* Bytes that never become a character are not held back for ever. */
static void
test_no_text (void)
{
  Fixture fixture = { .log = g_string_new (NULL) };
  g_autoptr (BoxOutput) output = box_output_new (send_cb, &fixture);
  guint8 bytes[3000];

  memset (bytes, 0xff, sizeof bytes);
  box_output_add (output, ENT_STREAM_STDOUT, bytes, sizeof bytes);
  memset (bytes, 0x80, sizeof bytes);
  box_output_add (output, ENT_STREAM_STDOUT, bytes, sizeof bytes);
  memset (bytes, 0xc3, sizeof bytes);
  box_output_add (output, ENT_STREAM_STDOUT, bytes, sizeof bytes);
  box_output_flush (output);
  g_assert_cmpuint (fixture.log->len, ==, 9000 + 3 * fixture.n_frames);
  g_string_free (fixture.log, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-output/gathers", test_gathers);
  g_test_add_func ("/box-output/keeps-characters-whole", test_keeps_characters_whole);
  g_test_add_func ("/box-output/large", test_large);
  g_test_add_func ("/box-output/no-text", test_no_text);
  return g_test_run ();
}
