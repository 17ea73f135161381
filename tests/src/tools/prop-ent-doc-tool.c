#include <string.h>

#include "tool-fixture.h"

/* Commands of which some members are missing or nonsense, among good ones. Each is answered by one
 * line, and a command that is answered by an error has changed nothing that can be asked for. */

/* Sends lines, with ' for ", and gives as many answers, one a line. */
static char *
ask (Tool *tool, const char *requests, guint n)
{
  g_autofree char *lines = g_strdelimit (g_strdup (requests), "'", '"');
  GString *answers = g_string_new (NULL);

  g_assert_true (g_output_stream_write_all (
    g_subprocess_get_stdin_pipe (tool->process), lines, strlen (lines), NULL, NULL, NULL));
  for (guint i = 0; i < n; i++) {
    g_autofree char *answer = g_data_input_stream_read_line (tool->answers, NULL, NULL, NULL);

    if (!answer)
      g_error ("No answer to: %s", requests);
    g_string_append_printf (answers, "%s\n", answer);
  }
  return g_string_free (answers, FALSE);
}

/* All that can be asked for. */
static char *
look (Tool *tool)
{
  static const char *const questions[] = { "json", "encode", "state-vector", "pending", "update",
    "events", "hash", "undo-depth", "awareness-states", "awareness-encode" };
  static const char *const docs[] = { "a", "b" };
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint d = 0; d < G_N_ELEMENTS (docs); d++) {
    /* First: to read a root is to name it. */
    g_string_append_printf (lines, "{'op':'delta','doc':'%s','root':'t'}\n", docs[d]);
    for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
      g_string_append_printf (lines, "{'op':'%s','doc':'%s'}\n", questions[i], docs[d]);
  }
  return ask (tool, lines->str, G_N_ELEMENTS (docs) * (G_N_ELEMENTS (questions) + 1));
}

/* Members that are right, mostly. */
static const char *const commands[] = {
  "new doc:'b' client:2 gc:false",
  "free doc:'b'",
  "set-client doc:'a' client:77",
  "begin doc:'b'",
  "commit doc:'b'",
  "root doc:'a' root:'r' kind:'xml'",
  "insert doc:'a' root:'t' index:0 text:'ab😀'",
  "insert doc:'b' root:'t' index:0 text:'xyz' attributes:{'bold':true,'i':null}",
  "insert doc:'a' root:'m' index:1 text:'in' path:['k']",
  "embed doc:'a' root:'t' index:1 embed:{'image':1} attributes:{'a':[1]}",
  "delete doc:'a' root:'t' index:0 length:1",
  "format doc:'a' root:'t' index:0 length:2 attributes:{'bold':{'x':1}}",
  "text doc:'a' root:'t'",
  "delta doc:'a' root:'t'",
  "map-set doc:'a' root:'m' key:'k' value:{'$text':'nested'}",
  "map-set doc:'b' root:'m' key:'k' value:{'$map':{'a':{'$array':[1,{'$bytes':'AA=='}]}}}",
  "map-set doc:'a' root:'m' key:'n' value:null",
  "map-set doc:'a' root:'m' key:'x' type:'xml'",
  "map-delete doc:'a' root:'m' key:'k'",
  "array-insert doc:'a' root:'l' index:0 values:[1,'x',{'$undefined':true},{'$map':{}},[2]]",
  "array-insert doc:'b' root:'l' index:0 type:'map'",
  "array-delete doc:'a' root:'l' index:0 length:2",
  "apply doc:'a' update:'AQGsAgAEAQRjb2RlAmFiAA=='",
  "apply doc:'b' update:'AAGsAgEBAQ=='",
  "apply doc:'b' update:'AQGsAgKErAIBBPCfmIAA'",
  "encode doc:'a' stateVector:'AawCAQ=='",
  "state-vector doc:'a' update:'AQGsAgAEAQRjb2RlAmFiAA=='",
  "merge updates:['AQGsAgAEAQRjb2RlAmFiAA==','AQGsAgKErAIBBPCfmIAA']",
  "diff update:'AQGsAgAEAQRjb2RlAmFiAA==' stateVector:'AawCAQ=='",
  "inspect doc:'a' update:'AQGsAgAEAQRjb2RlAmFiAA=='",
  "check doc:'a'",
  "undo-scope doc:'a' root:'t'",
  "undo-stop doc:'a'",
  "undo doc:'a'",
  "redo doc:'a'",
  "relpos-encode doc:'a' root:'t' index:1 assoc:-1",
  "relpos-resolve doc:'a' relpos:'AAGsAgEA'",
  "relpos-resolve doc:'a' json:{'tname':'t','item':{'client':1,'clock':0}}",
  "awareness-set doc:'a' state:{'x':1} now:5",
  "awareness-apply doc:'b' update:'AQEBB3sieCI6MX0=' now:5",
  "awareness-encode doc:'b' clients:[1]",
  "awareness-remove doc:'b' clients:[1]",
  "awareness-tick doc:'b' now:6",
};

static const char *const nonsense[] = { "null", "true", "-1", "0", "1", "7", "4294967295",
  "4294967296", "1e99", "-0.0", "0.5", "'x'", "''", "'\\u0000'", "'\\ud800'", "'AAA='", "'AQ=='",
  "'A!'", "[]", "[1]", "[[]]", "[0,0]", "['k','n']", "{}", "{'$text':5}", "{'$map':[]}",
  "{'$bytes':'!'}", "{'$bigint':'x'}", "{'$number':'x'}", "{'$array':[{'$map':{'':{}}}]}",
  "{'type':1,'item':2}", "{'item':{'client':-1,'clock':1e99}}", "'\xc3'", "01", "[", "" };

/* One command as a line; some members are left out, replaced or said twice. */
static char *
random_command (void)
{
  const char *command = commands[g_test_rand_int_range (0, G_N_ELEMENTS (commands))];
  g_auto (GStrv) parts = g_strsplit (command, " ", -1);
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "{'op':'%s'", parts[0]);
  for (guint i = 1; parts[i]; i++) {
    gsize name = strcspn (parts[i], ":");
    guint dice = g_test_rand_int_range (0, 12);

    if (dice == 0)
      continue;
    g_string_append_printf (line, ",'%.*s':%s", (int) name, parts[i],
      dice == 1 ? nonsense[g_test_rand_int_range (0, G_N_ELEMENTS (nonsense))]
                : parts[i] + name + 1);
  }
  g_string_append (line, g_test_rand_int_range (0, 60) ? "}\n" : "\n");
  return g_string_free (line, FALSE);
}

static void
test_nonsense (void)
{
  guint n = g_test_thorough () ? 10000 : 1500;
  g_auto (Tool) tool = { 0 };
  g_autofree char *before = NULL;
  guint n_errors = 0;

  tool_init (&tool);
  g_free (ask (&tool, "{'op':'new','doc':'a','client':1}\n{'op':'new','doc':'b','client':2}\n", 2));
  before = look (&tool);
  for (guint i = 0; i < n; i++) {
    g_autofree char *line = random_command ();
    g_autofree char *answer = ask (&tool, line, 1);
    g_autofree char *after = look (&tool);

    if (g_str_has_prefix (answer, "{\"error\":\"")) {
      n_errors++;
      if (strcmp (before, after) != 0)
        g_error ("%s is answered by %s, but changed\n%s\ninto\n%s", line, answer, before, after);
    }
    g_free (before);
    before = g_steal_pointer (&after);
  }
  g_assert_cmpuint (n_errors, >, n / 20);
  g_assert_cmpuint (n_errors, <, n - n / 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc-tool/nonsense-changes-nothing", test_nonsense);
  return g_test_run ();
}
