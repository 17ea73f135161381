#include <gio/gio.h>
#include <string.h>

#include "document/ent-doc-value.h"

/* Talks to the real tool over its standard streams. */

typedef struct {
  GSubprocess *process;
  GDataInputStream *answers;
} Tool;

static void
tool_init (Tool *tool)
{
  g_autoptr (GError) error = NULL;

  tool->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
    &error, g_getenv ("ENT_DOC_TOOL"), NULL);
  g_assert_no_error (error);
  tool->answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (tool->process));
}

static void
tool_clear (Tool *tool)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (tool->process), NULL, NULL);
  g_assert_true (g_subprocess_wait_check (tool->process, NULL, NULL));
  g_object_unref (tool->answers);
  g_object_unref (tool->process);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tool, tool_clear)

static char *
ask (Tool *tool, const char *request)
{
  GOutputStream *out = g_subprocess_get_stdin_pipe (tool->process);
  g_autofree char *line = g_strconcat (request, "\n", NULL);

  g_assert_true (g_output_stream_write_all (out, line, strlen (line), NULL, NULL, NULL));
  return g_data_input_stream_read_line (tool->answers, NULL, NULL, NULL);
}

static void
expect (Tool *tool, const char *request, const char *wanted)
{
  g_autofree char *answer = ask (tool, request);

  g_assert_cmpstr (answer, ==, wanted);
}

static void
test_edit (void)
{
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  expect (&tool, "{\"op\":\"new\",\"doc\":\"a\",\"client\":300}", "{\"ok\":true}");
  expect (&tool, "{\"op\":\"insert\",\"doc\":\"a\",\"root\":\"code\",\"index\":0,\"text\":\"ab\"}",
    "{\"ok\":true}");
  /* The worked examples of the wire format. */
  expect (&tool, "{\"op\":\"update\",\"doc\":\"a\"}", "{\"update\":\"AQGsAgAEAQRjb2RlAmFiAA==\"}");
  expect (&tool,
    "{\"op\":\"insert\",\"doc\":\"a\",\"root\":\"code\",\"index\":2,\"text\":\"\\ud83d\\ude00\"}",
    "{\"ok\":true}");
  expect (&tool, "{\"op\":\"update\",\"doc\":\"a\"}", "{\"update\":\"AQGsAgKErAIBBPCfmIAA\"}");
  expect (&tool, "{\"op\":\"delete\",\"doc\":\"a\",\"root\":\"code\",\"index\":1,\"length\":1}",
    "{\"ok\":true}");
  expect (&tool, "{\"op\":\"update\",\"doc\":\"a\"}", "{\"update\":\"AAGsAgEBAQ==\"}");
  expect (&tool, "{\"op\":\"new\",\"doc\":\"b\",\"client\":7}", "{\"ok\":true}");
  expect (&tool, "{\"op\":\"apply\",\"doc\":\"b\",\"update\":\"AAGsAgEBAQ==\"}", "{\"ok\":true}");
  expect (&tool, "{\"op\":\"pending\",\"doc\":\"b\"}", "{\"structs\":false,\"deletes\":true}");
  expect (&tool, "{\"op\":\"text\",\"doc\":\"a\",\"root\":\"code\"}", "{\"text\":\"a😀\"}");
  expect (&tool, "{\"op\":\"check\",\"doc\":\"a\"}", "{\"ok\":true}");
}

static void
test_undo (void)
{
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  expect (&tool, "{\"op\":\"new\",\"doc\":\"a\",\"client\":1}", "{\"ok\":true}");
  expect (&tool, "{\"op\":\"undo-scope\",\"doc\":\"a\",\"root\":\"t\"}", "{\"ok\":true}");
  expect (&tool, "{\"op\":\"insert\",\"doc\":\"a\",\"root\":\"t\",\"index\":0,\"text\":\"x\"}",
    "{\"ok\":true}");
  expect (&tool, "{\"op\":\"undo-depth\",\"doc\":\"a\"}", "{\"undo\":1,\"redo\":0}");
  expect (&tool, "{\"op\":\"undo\",\"doc\":\"a\"}", "{\"did\":true}");
  expect (&tool, "{\"op\":\"undo\",\"doc\":\"a\"}", "{\"did\":false}");
  expect (&tool, "{\"op\":\"redo\",\"doc\":\"a\"}", "{\"did\":true}");
  expect (&tool, "{\"op\":\"text\",\"doc\":\"a\",\"root\":\"t\"}", "{\"text\":\"x\"}");
}

static void
test_refusals (void)
{
  g_auto (Tool) tool = { 0 };
  static const char *const bad[] = { "{", "[]", "{\"op\":\"nothing\"}",
    "{\"op\":\"text\",\"doc\":\"none\",\"root\":\"t\"}", "{\"op\":\"new\",\"doc\":\"a\"}",
    "{\"op\":\"new\",\"doc\":\"a\",\"client\":0}",
    "{\"op\":\"insert\",\"doc\":\"z\",\"root\":\"t\",\"index\":1,\"text\":\"x\"}",
    "{\"op\":\"apply\",\"doc\":\"z\",\"update\":\"AQ==\"}", "{\"op\":\"merge\",\"updates\":[1]}" };

  tool_init (&tool);
  expect (&tool, "{\"op\":\"new\",\"doc\":\"z\",\"client\":1}", "{\"ok\":true}");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *answer = ask (&tool, bad[i]);

    g_assert_true (g_str_has_prefix (answer, "{\"error\":"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc-tool/edits-as-yjs-writes-them", test_edit);
  g_test_add_func ("/doc-tool/undo-and-redo", test_undo);
  g_test_add_func ("/doc-tool/refuses-with-a-sentence", test_refusals);
  return g_test_run ();
}
