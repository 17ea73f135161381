#include "tool-fixture.h"

void
tool_init (Tool *tool)
{
  g_autoptr (GError) error = NULL;

  tool->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
    &error, g_getenv ("ENT_DOC_TOOL"), NULL);
  g_assert_no_error (error);
  tool->answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (tool->process));
}

void
tool_clear (Tool *tool)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (tool->process), NULL, NULL);
  g_assert_true (g_subprocess_wait_check (tool->process, NULL, NULL));
  g_object_unref (tool->answers);
  g_object_unref (tool->process);
}
