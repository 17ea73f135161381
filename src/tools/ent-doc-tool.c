/* ent-doc-tool: drives the document engine by one JSON command a line, for other engines, fixture
 * sets and fuzzers. README.md documents each command. It reads standard input, answers one line per
 * line on standard output, and keeps any number of documents by name. */

#include <stdio.h>
#include <stdlib.h>

#include "tools/ent-doc-tool-private.h"

#define MAX_LINE_BYTES (256u << 20)

static const ToolCommand *const tables[] = { tool_doc_commands, tool_edit_commands,
  tool_update_commands, tool_undo_commands, tool_awareness_commands };

static const ToolCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    for (const ToolCommand *command = tables[i]; command->name; command++) {
      if (g_str_equal (command->name, name))
        return command;
    }
  }
  return NULL;
}

/* A command that succeeded has named its root, and has told what it is. */
static void
note_root (Tool *tool, const ToolCommand *command)
{
  const char *root = ent_value_get_member_string (tool->request, "root");

  if (!root || !tool->replica)
    return;
  g_hash_table_add (tool->replica->named_roots, g_strdup (root));
  if (command->root_kind != ENT_TYPE_UNKNOWN && !tool_get (tool, "path"))
    ent_doc_get_root (tool->replica->doc, root, command->root_kind);
}

static EntValue *
run (Tool *tool, GError **error)
{
  const char *op = tool_need_text (tool, "op", error);
  const ToolCommand *command = op ? find_command (op) : NULL;
  const char *name;
  EntValue *result;

  if (!op)
    return NULL;
  if (!command)
    return tool_fail (error, "There is no command \"%s\"", op);
  if (tool_get (tool, "doc") || !command->without_doc) {
    name = tool_need_text (tool, "doc", error);
    if (!name)
      return NULL;
    tool->replica = g_hash_table_lookup (tool->replicas, name);
    if (!tool->replica && !command->without_doc)
      return tool_fail (error, "There is no document \"%s\"", name);
  }
  result = command->run (tool, error);
  if (result)
    note_root (tool, command);
  return result;
}

static void
run_line (Tool *tool, const char *line, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntValue) request = ent_value_from_json (line, size, ENT_VALUE_MAX_DEPTH, &error);
  g_autoptr (EntValue) result = NULL;
  g_autofree char *text = NULL;

  tool->request = request;
  tool->replica = NULL;
  if (request && ent_value_get_kind (request) != ENT_VALUE_OBJECT)
    tool_fail (&error, "A request has to be an %s", "object");
  else if (request)
    result = run (tool, &error);
  if (!result)
    result = tool_answer ("error", ent_value_new_string (error ? error->message : "It failed", -1));
  text = ent_value_to_json (result);
  puts (text);
}

static void
print_help (void)
{
  puts ("Usage: ent-doc-tool\n"
        "\n"
        "Reads one JSON command per line on standard input, answers one JSON line each.\n"
        "Commands (src/tools/README.md says what each takes and answers):");
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    for (const ToolCommand *command = tables[i]; command->name; command++)
      printf ("  %s\n", command->name);
  }
}

int
main (int argc, char **argv)
{
  Tool tool = { 0 };
  char *line = NULL;
  size_t allocated = 0;
  ssize_t size;

  if (argc > 1) {
    gboolean help = g_str_equal (argv[1], "--help");

    if (help)
      print_help ();
    else
      fprintf (stderr, "ent-doc-tool: takes no arguments; see --help\n");
    return help ? 0 : 2;
  }
  tool.replicas = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tool_replica_free);
  while ((size = getline (&line, &allocated, stdin)) >= 0) {
    while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
      size--;
    if (size > MAX_LINE_BYTES)
      puts ("{\"error\":\"The line is over the limit of 256 MiB\"}");
    else if (size > 0)
      run_line (&tool, line, size);
    fflush (stdout);
  }
  free (line);
  g_hash_table_unref (tool.replicas);
  return 0;
}
