#include <string.h>

#include "document/ent-doc-value.h"
#include "tool-fixture.h"

/* Talks to the real tool over its standard streams. Requests and answers are written here with '
 * for ". */

static char *
ask (Tool *tool, const char *request)
{
  GOutputStream *out = g_subprocess_get_stdin_pipe (tool->process);
  g_autofree char *line = g_strconcat (request, "\n", NULL);
  char *answer;

  g_strdelimit (line, "'", '"');
  g_assert_true (g_output_stream_write_all (out, line, strlen (line), NULL, NULL, NULL));
  answer = g_data_input_stream_read_line (tool->answers, NULL, NULL, NULL);
  g_assert_nonnull (answer);
  return g_strdelimit (answer, "\"", '\'');
}

static void
expect (Tool *tool, const char *request, const char *wanted)
{
  g_autofree char *answer = ask (tool, request);

  g_assert_cmpstr (answer, ==, wanted);
}

static void
expect_ok (Tool *tool, const char *request)
{
  expect (tool, request, "{'ok':true}");
}

static void
expect_error (Tool *tool, const char *request)
{
  g_autofree char *answer = ask (tool, request);

  if (!g_str_has_prefix (answer, "{'error':'"))
    g_error ("%s is answered by %s", request, answer);
}

/* A line of the session: the request, and the answer, NULL for ok. */
typedef struct {
  const char *request;
  const char *answer;
} Line;

static void
play (Tool *tool, const Line *lines, gsize n_lines)
{
  for (gsize i = 0; i < n_lines; i++)
    expect (tool, lines[i].request, lines[i].answer ? lines[i].answer : "{'ok':true}");
}
#define PLAY(tool, lines) play ((tool), (lines), G_N_ELEMENTS (lines))

/* --- text --- */

/* The worked examples of the wire format. */
static void
test_text (void)
{
  static const Line lines[] = {
    { "{'op':'new','doc':'a','client':300}", NULL },
    { "{'op':'update','doc':'a'}", "{'update':null}" },
    { "{'op':'insert','doc':'a','root':'code','index':0,'text':'ab'}", NULL },
    { "{'op':'update','doc':'a'}", "{'update':'AQGsAgAEAQRjb2RlAmFiAA=='}" },
    { "{'op':'insert','doc':'a','root':'code','index':2,'text':'\\ud83d\\ude00'}", NULL },
    { "{'op':'update','doc':'a'}", "{'update':'AQGsAgKErAIBBPCfmIAA'}" },
    { "{'op':'delete','doc':'a','root':'code','index':1,'length':1}", NULL },
    { "{'op':'update','doc':'a'}", "{'update':'AAGsAgEBAQ=='}" },
    { "{'op':'text','doc':'a','root':'code'}", "{'text':'a😀'}" },
    { "{'op':'state-vector','doc':'a'}", "{'stateVector':'AawCBA=='}" },
    { "{'op':'events','doc':'a'}", "{'events':3}" },
    { "{'op':'check','doc':'a'}", NULL },
    { "{'op':'free','doc':'a'}", NULL },
  };
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  PLAY (&tool, lines);
  expect_error (&tool, "{'op':'check','doc':'a'}");
}

static void
test_marks (void)
{
  static const Line lines[] = {
    { "{'op':'new','doc':'a','client':2}", NULL },
    { "{'op':'insert','doc':'a','root':'t','index':0,'text':'abc'}", NULL },
    { "{'op':'format','doc':'a','root':'t','index':1,'length':1,'attributes':{'bold':true}}",
      NULL },
    { "{'op':'update','doc':'a'}",
      "{'update':'AQICA8YCAAIBBGJvbGQEdHJ1ZcYCAQICBGJvbGQEbnVsbAA='}" },
    { "{'op':'delta','doc':'a','root':'t'}",
      "{'delta':[{'insert':'a'},{'insert':'b','attributes':{'bold':true}},{'insert':'c'}]}" },
    { "{'op':'insert','doc':'a','root':'t','index':3,'text':'!','attributes':{'x':{'y':1}}}",
      NULL },
    { "{'op':'embed','doc':'a','root':'t','index':0,'embed':{'image':1}}", NULL },
    { "{'op':'embed','doc':'a','root':'t','index':1,'embed':{},'attributes':{'i':2}}", NULL },
    { "{'op':'format','doc':'a','root':'t','index':0,'length':5,'attributes':{'bold':null}}",
      NULL },
    { "{'op':'delta','doc':'a','root':'t'}",
      "{'delta':[{'insert':{'image':1}},{'insert':{},'attributes':{'i':2}},{'insert':'abc'},"
      "{'insert':'!','attributes':{'x':{'y':1}}}]}" },
    { "{'op':'text','doc':'a','root':'t'}", "{'text':'abc!'}" },
    { "{'op':'check','doc':'a'}", NULL },
  };
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  PLAY (&tool, lines);
}

static void
test_transaction (void)
{
  static const Line lines[] = {
    { "{'op':'new','doc':'a','client':1}", NULL },
    { "{'op':'begin','doc':'a'}", NULL },
    { "{'op':'insert','doc':'a','root':'t','index':0,'text':'xy'}", NULL },
    { "{'op':'delete','doc':'a','root':'t','index':0,'length':1}", NULL },
    { "{'op':'update','doc':'a'}", "{'update':null}" },
    { "{'op':'commit','doc':'a'}", NULL },
    { "{'op':'events','doc':'a'}", "{'events':1}" },
    { "{'op':'begin','doc':'a'}", NULL },
    { "{'op':'insert','doc':'a','root':'t','index':0,'text':'z'}", NULL },
    /* Freed with the transaction open. */
    { "{'op':'free','doc':'a'}", NULL },
  };
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  PLAY (&tool, lines);
}

/* --- maps, arrays, nested types --- */

static void
test_values (void)
{
  static const Line lines[] = {
    { "{'op':'new','doc':'a','client':1}", NULL },
    { "{'op':'map-set','doc':'a','root':'m','key':'k','value':1}", NULL },
    { "{'op':'update','doc':'a'}", "{'update':'AQEBACgBAW0BawF9AQA='}" },
    { "{'op':'map-set','doc':'a','root':'m','key':'k','value':'v'}", NULL },
    { "{'op':'update','doc':'a'}", "{'update':'AQEBAagBAAF3AXYBAQEAAQ=='}" },
    { "{'op':'map-set','doc':'a','root':'m','key':'n','value':null}", NULL },
    { "{'op':'map-set','doc':'a','root':'m','key':'u','value':{'$undefined':true}}", NULL },
    { "{'op':'map-set','doc':'a','root':'m','key':'b','value':{'$bytes':'AAE='}}", NULL },
    { "{'op':'map-set','doc':'a','root':'m','key':'i','value':{'$bigint':'-5'}}", NULL },
    { "{'op':'map-set','doc':'a','root':'m','key':'z','value':{'$number':'-0'}}", NULL },
    { "{'op':'map-delete','doc':'a','root':'m','key':'k'}", NULL },
    { "{'op':'map-delete','doc':'a','root':'m','key':'absent'}", NULL },
    { "{'op':'array-insert','doc':'a','root':'l','index':0,'values':[1,{'a':[null]},1.5]}", NULL },
    { "{'op':'array-delete','doc':'a','root':'l','index':0,'length':1}", NULL },
    { "{'op':'root','doc':'a','root':'x','kind':'xml'}", NULL },
    { "{'op':'json','doc':'a'}",
      "{'json':{'m':{'$map':{'n':null,'u':{'$undefined':true},'b':{'$bytes':'AAE='},"
      "'i':{'$bigint':'-5'},'z':{'$number':'-0'}}},'l':{'$array':[{'a':[null]},1.5]},'x':''}}" },
    { "{'op':'check','doc':'a'}", NULL },
  };
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  PLAY (&tool, lines);
}

static void
test_nested (void)
{
  static const Line lines[] = {
    { "{'op':'new','doc':'a','client':1}", NULL },
    { "{'op':'map-set','doc':'a','root':'m','key':'t','type':'text'}", NULL },
    { "{'op':'insert','doc':'a','root':'m','path':['t'],'index':0,'text':'deep'}", NULL },
    { "{'op':'delta','doc':'a','root':'m','path':['t']}", "{'delta':[{'insert':'deep'}]}" },
    { "{'op':'array-insert','doc':'a','root':'l','index':0,"
      "'values':[1,{'$map':{'k':{'$array':[{'$text':'x'}]}}},2]}",
      NULL },
    { "{'op':'array-insert','doc':'a','root':'l','path':[1,'k'],'index':1,'type':'map'}", NULL },
    { "{'op':'map-set','doc':'a','root':'l','path':[1,'k',1],'key':'q','value':3}", NULL },
    { "{'op':'json','doc':'a'}",
      "{'json':{'m':{'$map':{'t':{'$text':'deep'}}},'l':{'$array':[1,"
      "{'$map':{'k':{'$array':[{'$text':'x'},{'$map':{'q':3}}]}}},2]}}}" },
    { "{'op':'relpos-encode','doc':'a','root':'m','path':['t'],'index':4}",
      "{'relpos':'AgEAAA==','json':{'type':{'client':1,'clock':0},'assoc':0}}" },
    { "{'op':'relpos-resolve','doc':'a','relpos':'AgEAAA=='}", "{'index':4}" },
    /* A replica that nobody told what the roots are. */
    { "{'op':'new','doc':'b','client':2}", NULL },
  };
  static const char *const commands[] = {
    "{'op':'text','doc':'a','root':'m','path':['none']}",
    "{'op':'text','doc':'a','root':'m','path':[0]}",
    "{'op':'text','doc':'a','root':'m','path':'t'}",
    "{'op':'text','doc':'a','root':'m','path':[null]}",
    "{'op':'map-set','doc':'a','root':'m','key':'t','type':'nothing'}",
    "{'op':'map-set','doc':'a','root':'m','key':'t','type':1}",
  };
  g_auto (Tool) tool = { 0 };
  g_autofree char *answer = NULL;
  g_autofree char *apply = NULL;
  g_autofree char *json = NULL;
  g_autofree char *copy = NULL;

  tool_init (&tool);
  PLAY (&tool, lines);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    expect_error (&tool, commands[i]);
  answer = ask (&tool, "{'op':'encode','doc':'a'}");
  apply = g_strdup_printf ("{'op':'apply','doc':'b',%s", answer + 1);
  expect_ok (&tool, apply);
  json = ask (&tool, "{'op':'json','doc':'a'}");
  copy = ask (&tool, "{'op':'json','doc':'b'}");
  g_assert_cmpuint (strlen (json), ==, strlen (copy)); /* the roots may come in another order */
  g_assert_nonnull (strstr (copy, "'m':{'$map':{'t':{'$text':'deep'}}}"));
}

/* --- updates --- */

static void
test_updates (void)
{
  static const Line lines[] = {
    { "{'op':'new','doc':'b','client':7,'gc':false}", NULL },
    { "{'op':'apply','doc':'b','update':'AAGsAgEBAQ=='}", NULL },
    { "{'op':'pending','doc':'b'}", "{'pending':true,'structs':false,'deletes':true}" },
    { "{'op':'apply','doc':'b','update':'AQGsAgKErAIBBPCfmIAA'}", NULL },
    { "{'op':'pending','doc':'b'}", "{'pending':true,'structs':true,'deletes':true}" },
    { "{'op':'apply','doc':'b','update':'AQGsAgAEAQRjb2RlAmFiAA=='}", NULL },
    { "{'op':'pending','doc':'b'}", "{'pending':false,'structs':false,'deletes':false}" },
    { "{'op':'text','doc':'b','root':'code'}", "{'text':'a😀'}" },
    /* Once more changes nothing. */
    { "{'op':'apply','doc':'b','update':'AQGsAgAEAQRjb2RlAmFiAA=='}", NULL },
    { "{'op':'events','doc':'b'}", "{'events':1}" },
    { "{'op':'encode','doc':'b','stateVector':'AawCAg=='}",
      "{'update':'AQGsAgKErAIBBPCfmIABrAIBAQE='}" },
  };
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  PLAY (&tool, lines);
  /* The worked example with a Skip: 01 03 02 00  04 01 01 74 01 61 | 0a 01 | 84 02 01 01 63  00. */
  expect (&tool, "{'op':'merge','updates':['AQECAoQCAQFjAA==','AQECAAQBAXQBYQA=']}",
    "{'update':'AQMCAAQBAXQBYQoBhAIBAWMA'}");
  expect (
    &tool, "{'op':'state-vector','update':'AQMCAAQBAXQBYQoBhAIBAWMA'}", "{'stateVector':'AQIB'}");
  expect (&tool, "{'op':'diff','update':'AQMCAAQBAXQBYQoBhAIBAWMA','stateVector':'AQIB'}",
    "{'update':'AQECAoQCAQFjAA=='}");
  expect (&tool, "{'op':'inspect','update':'AQGsAgAEAQRjb2RlAmFiAA=='}",
    "{'roots':['code'],'resolved':true,'created':[[300,0,2]],'deleted':[],'structs':1,"
    "'textBytes':2}");
  expect (&tool, "{'op':'inspect','doc':'b','update':'AAGsAgEAAQ=='}",
    "{'roots':['code'],'resolved':true,'created':[],'deleted':[[300,0,1]],'structs':0,"
    "'textBytes':0}");
}

static void
test_hash (void)
{
  g_auto (Tool) tool = { 0 };
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  tool_init (&tool);
  expect_ok (&tool, "{'op':'new','doc':'a','client':1}");
  expect_ok (&tool, "{'op':'new','doc':'b','client':2,'gc':null}");
  one = ask (&tool, "{'op':'hash','doc':'a'}");
  two = ask (&tool, "{'op':'hash','doc':'b'}");
  g_assert_cmpstr (one, ==, two);
  g_assert_cmpuint (strlen (one), ==, strlen ("{'hash':''}") + 64);
}

static void
test_clash (void)
{
  static const Line lines[] = {
    { "{'op':'new','doc':'a','client':300}", NULL },
    { "{'op':'apply','doc':'a','update':'AQGsAgAEAQRjb2RlAmFiAA=='}", NULL },
  };
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  PLAY (&tool, lines);
  expect_error (&tool, "{'op':'insert','doc':'a','root':'code','index':0,'text':'x'}");
  expect_error (&tool, "{'op':'set-client','doc':'a','client':300}");
  expect_error (&tool, "{'op':'set-client','doc':'a','client':0}");
  expect_ok (&tool, "{'op':'set-client','doc':'a','client':301}");
  expect_ok (&tool, "{'op':'insert','doc':'a','root':'code','index':0,'text':'x'}");
}

/* --- undo, positions, awareness --- */

static void
test_undo (void)
{
  static const Line lines[] = {
    { "{'op':'new','doc':'a','client':1}", NULL },
    { "{'op':'undo-scope','doc':'a','root':'t'}", NULL },
    { "{'op':'undo-scope','doc':'a','root':'m'}", NULL },
    { "{'op':'insert','doc':'a','root':'t','index':0,'text':'x'}", NULL },
    { "{'op':'insert','doc':'a','root':'t','index':1,'text':'y'}", NULL },
    { "{'op':'undo-stop','doc':'a'}", NULL },
    { "{'op':'map-set','doc':'a','root':'m','key':'k','value':1}", NULL },
    { "{'op':'undo-depth','doc':'a'}", "{'undo':2,'redo':0}" },
    { "{'op':'undo','doc':'a'}", "{'did':true}" }, { "{'op':'undo','doc':'a'}", "{'did':true}" },
    { "{'op':'undo','doc':'a'}", "{'did':false}" },
    { "{'op':'undo-depth','doc':'a'}", "{'undo':0,'redo':2}" },
    { "{'op':'redo','doc':'a'}", "{'did':true}" },
    { "{'op':'text','doc':'a','root':'t'}", "{'text':'xy'}" },
    { "{'op':'json','doc':'a'}", "{'json':{'t':'xy','m':{'$map':{}}}}" },
    { "{'op':'check','doc':'a'}", NULL },
    { "{'op':'new','doc':'a','client':1}", NULL }, /* replaces it, undo and all */
  };
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  expect_ok (&tool, "{'op':'new','doc':'b','client':1}");
  for (guint i = 0; i < 4; i++) {
    static const char *const ops[] = { "undo", "redo", "undo-stop", "undo-depth" };
    g_autofree char *request = g_strdup_printf ("{'op':'%s','doc':'b'}", ops[i]);

    expect_error (&tool, request);
  }
  PLAY (&tool, lines);
}

static void
test_positions (void)
{
  /* Observed with yjs: "abc" of client 14 in the root "t". */
  static const Line lines[] = {
    { "{'op':'new','doc':'a','client':14}", NULL },
    { "{'op':'insert','doc':'a','root':'t','index':0,'text':'abc'}", NULL },
    { "{'op':'relpos-encode','doc':'a','root':'t','index':0}",
      "{'relpos':'AA4AAA==','json':{'tname':'t','item':{'client':14,'clock':0},'assoc':0}}" },
    { "{'op':'relpos-encode','doc':'a','root':'t','index':3,'assoc':0}",
      "{'relpos':'AQF0AA==','json':{'tname':'t','assoc':0}}" },
    { "{'op':'relpos-encode','doc':'a','root':'t','index':0,'assoc':-1}",
      "{'relpos':'AQF0QQ==','json':{'tname':'t','assoc':-1}}" },
    { "{'op':'relpos-encode','doc':'a','root':'t','index':3,'assoc':-1}",
      "{'relpos':'AA4CQQ==','json':{'tname':'t','item':{'client':14,'clock':2},'assoc':-1}}" },
    { "{'op':'insert','doc':'a','root':'t','index':0,'text':'>>'}", NULL },
    { "{'op':'relpos-resolve','doc':'a','relpos':'AA4AAA=='}", "{'index':2}" },
    { "{'op':'relpos-resolve','doc':'a','relpos':'AA4CQQ=='}", "{'index':5}" },
    { "{'op':'relpos-resolve','doc':'a','relpos':'AQF0AA=='}", "{'index':5}" },
    { "{'op':'relpos-resolve','doc':'a','json':{'item':{'client':14,'clock':1},'assoc':0}}",
      "{'index':3}" },
    { "{'op':'relpos-resolve','doc':'a','relpos':'AA9jAA=='}", "{'index':null}" },
  };
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  PLAY (&tool, lines);
  expect_error (&tool, "{'op':'relpos-resolve','doc':'a','relpos':'CQ=='}");
  expect_error (&tool, "{'op':'relpos-resolve','doc':'a','json':[]}");
  expect_error (&tool, "{'op':'relpos-resolve','doc':'a'}");
  expect_error (&tool, "{'op':'relpos-encode','doc':'a','root':'t','index':0,'assoc':'left'}");
}

static void
test_awareness (void)
{
  static const Line lines[] = {
    { "{'op':'new','doc':'a','client':1}", NULL },
    { "{'op':'new','doc':'b','client':2}", NULL },
    { "{'op':'awareness-set','doc':'a','state':{'x':1},'now':5}", NULL },
    { "{'op':'awareness-encode','doc':'a'}", "{'update':'AQEBB3sieCI6MX0='}" },
    { "{'op':'awareness-apply','doc':'b','update':'AQEBB3sieCI6MX0=','now':5}", NULL },
    { "{'op':'awareness-states','doc':'b'}", "{'states':{'1':{'x':1}},'clocks':{'1':1}}" },
    { "{'op':'awareness-tick','doc':'b','now':60000}", NULL },
    { "{'op':'awareness-states','doc':'b'}", "{'states':{},'clocks':{}}" },
    { "{'op':'awareness-encode','doc':'b','clients':[1]}", "{'update':'AQEBBG51bGw='}" },
    { "{'op':'awareness-set','doc':'b','state':{},'now':60000}", NULL },
  };
  g_auto (Tool) tool = { 0 };

  tool_init (&tool);
  PLAY (&tool, lines);
  expect_error (&tool, "{'op':'awareness-apply','doc':'b','update':'AQECAjd9'}"); /* no JSON */
  expect_ok (&tool, "{'op':'awareness-apply','doc':'b','update':'AQEDAnt9','now':60000}");
  expect (&tool, "{'op':'awareness-states','doc':'b'}",
    "{'states':{'1':{},'2':{}},'clocks':{'1':3,'2':1}}");
  expect_ok (&tool, "{'op':'awareness-remove','doc':'b','clients':[1,9]}");
  expect_ok (&tool, "{'op':'awareness-set','doc':'b','state':null}");
  expect (&tool, "{'op':'awareness-states','doc':'b'}", "{'states':{},'clocks':{}}");
  expect_error (&tool, "{'op':'awareness-set','doc':'b'}");
  expect_error (&tool, "{'op':'awareness-apply','doc':'b','update':'!'}");
  expect_error (&tool, "{'op':'awareness-encode','doc':'b','clients':[-1]}");
  expect_error (&tool, "{'op':'awareness-tick','doc':'b','now':'soon'}");
}

/* --- refusals --- */

static const char *const improper[] = { "{", "[]", "1", "null", "'x'", "{}", "{'op':1}",
  "{'op':'nothing'}", "{'op':'text'}", "{'op':'text','doc':5,'root':'t'}",
  "{'op':'text','doc':'none','root':'t'}", "{'op':'merge','doc':5,'updates':[]}",
  "{'op':'free','doc':'none'}", "{'op':'new','doc':'n'}", "{'op':'new','client':1}",
  "{'op':'new','doc':'n','client':0}", "{'op':'new','doc':'n','client':-1}",
  "{'op':'new','doc':'n','client':1.5}", "{'op':'new','doc':'n','client':4294967296}",
  "{'op':'new','doc':'n','client':1e300}", "{'op':'new','doc':'n','client':'1'}",
  "{'op':'new','doc':'n','client':1,'gc':'no'}", "{'op':'new','doc':'n\\u0000','client':1}",
  "{'op':'insert','doc':'z','root':'t','index':1,'text':'x'}",
  "{'op':'insert','doc':'z','root':'t','index':0}",
  "{'op':'insert','doc':'z','root':'t','text':'x'}",
  "{'op':'insert','doc':'z','index':0,'text':'x'}",
  "{'op':'insert','doc':'z','root':'t','index':-1,'text':'x'}",
  "{'op':'insert','doc':'z','root':'t','index':0.5,'text':'x'}",
  "{'op':'insert','doc':'z','root':'t','index':1e99,'text':'x'}",
  "{'op':'insert','doc':'z','root':'t','index':99999999999999999999999,'text':'x'}",
  "{'op':'insert','doc':'z','root':'t','index':true,'text':'x'}",
  "{'op':'insert','doc':'z','root':'t','index':0,'text':5}",
  "{'op':'insert','doc':'z','root':'t','index':0,'text':'x','attributes':'bold'}",
  "{'op':'insert','doc':'z','root':'t\\u0000','index':0,'text':'x'}",
  "{'op':'embed','doc':'z','root':'t','index':0,'embed':1}",
  "{'op':'embed','doc':'z','root':'t','index':5,'embed':{}}",
  "{'op':'delete','doc':'z','root':'t','index':0,'length':1}",
  "{'op':'delete','doc':'z','root':'t','index':4294967295,'length':4294967295}",
  "{'op':'delete','doc':'z','root':'t','index':0}",
  "{'op':'format','doc':'z','root':'t','index':0,'length':1,'attributes':{}}",
  "{'op':'format','doc':'z','root':'t','index':0,'length':0}",
  "{'op':'map-set','doc':'z','root':'m','key':'k'}",
  "{'op':'map-set','doc':'z','root':'m','value':1}",
  "{'op':'map-set','doc':'z','root':'m','key':'a\\u0000','value':1}",
  "{'op':'map-delete','doc':'z','root':'m'}",
  "{'op':'array-insert','doc':'z','root':'l','index':1,'values':[1]}",
  "{'op':'array-insert','doc':'z','root':'l','index':1,'values':[{'$text':''}]}",
  "{'op':'array-insert','doc':'z','root':'l','index':0,'values':1}",
  "{'op':'array-insert','doc':'z','root':'l','index':1,'type':'map'}",
  "{'op':'array-delete','doc':'z','root':'l','index':0,'length':1}",
  "{'op':'root','doc':'z','root':'t','kind':'nothing'}", "{'op':'root','doc':'z','root':'t'}",
  "{'op':'apply','doc':'z'}", "{'op':'apply','doc':'z','update':5}",
  "{'op':'apply','doc':'z','update':'AQ=='}", "{'op':'apply','doc':'z','update':'AAA'}",
  "{'op':'apply','doc':'z','update':'AA=A'}", "{'op':'apply','doc':'z','update':'A A='}",
  "{'op':'encode','doc':'z','stateVector':'/w=='}", "{'op':'encode','doc':'z','stateVector':{}}",
  "{'op':'state-vector'}", "{'op':'state-vector','update':'AQ=='}", "{'op':'merge'}",
  "{'op':'merge','updates':'AAA='}", "{'op':'merge','updates':[1]}",
  "{'op':'merge','updates':['AAA=','AQ==']}", "{'op':'diff','update':'AAA='}",
  "{'op':'diff','stateVector':'AA=='}", "{'op':'inspect','update':'AQ=='}",
  "{'op':'commit','doc':'z'}", "{'op':'undo','doc':'z'}", "{'op':'undo-scope','doc':'z'}",
  "{'op':'relpos-encode','doc':'z','root':'t'}" };

static void
test_refusals (void)
{
  g_auto (Tool) tool = { 0 };
  g_autofree char *deep = g_strnfill (5000, '[');

  tool_init (&tool);
  expect_ok (&tool, "{'op':'new','doc':'z','client':1}");
  for (gsize i = 0; i < G_N_ELEMENTS (improper); i++)
    expect_error (&tool, improper[i]);
  expect_error (&tool, deep);
  /* Nothing was changed by any of them. */
  expect (&tool, "{'op':'json','doc':'z'}", "{'json':{}}");
  expect (&tool, "{'op':'encode','doc':'z'}", "{'update':'AAA='}");
  expect (&tool, "{'op':'events','doc':'z'}", "{'events':0}");
  expect_error (&tool, "{'op':'text','doc':'n','root':'t'}");
  /* Empty lines are passed over, and NUL and lone surrogates are text. */
  expect_ok (
    &tool, "\n\r\n{'op':'insert','doc':'z','root':'t','index':0,'text':'a\\u0000\\ud800'}");
  expect (&tool, "{'op':'text','doc':'z','root':'t'}", "{'text':'a\\u0000\xef\xbf\xbd'}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc-tool/edits-as-yjs-writes-them", test_text);
  g_test_add_func ("/doc-tool/marks-and-embeds", test_marks);
  g_test_add_func ("/doc-tool/transactions", test_transaction);
  g_test_add_func ("/doc-tool/values-with-tags", test_values);
  g_test_add_func ("/doc-tool/nested-types", test_nested);
  g_test_add_func ("/doc-tool/updates", test_updates);
  g_test_add_func ("/doc-tool/hash", test_hash);
  g_test_add_func ("/doc-tool/client-id-clash", test_clash);
  g_test_add_func ("/doc-tool/undo-and-redo", test_undo);
  g_test_add_func ("/doc-tool/positions", test_positions);
  g_test_add_func ("/doc-tool/awareness", test_awareness);
  g_test_add_func ("/doc-tool/refuses-with-a-sentence-and-changes-nothing", test_refusals);
  return g_test_run ();
}
