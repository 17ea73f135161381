#include <string.h>

#include "protocol/ent-api.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-call.h"

#define UUID "01890a5d-ac96-774b-bcce-b302099a8057"

static void
test_round_trip (void)
{
  g_autoptr (EntApiJoined) joined = ent_api_joined_new ();
  g_autoptr (EntApiJoined) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *second = NULL;
  EntMsgIceServer *ice = ent_msg_ice_server_new ();
  gint64 id = 1048575;

  joined->room = g_strdup (UUID);
  joined->participant = g_strdup (UUID);
  joined->name = g_strdup ("Zoë \"O'Neil\" \n");
  joined->role = ENT_ROLE_OBSERVER;
  joined->room_token = g_strdup ("t");
  joined->renew = G_GINT64_CONSTANT (1774747800123456);
  joined->clients = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (joined->clients, id);
  ice->urls = g_strsplit ("turn:a,turn:b", ",", -1);
  joined->ice = g_ptr_array_new ();
  g_ptr_array_add (joined->ice, ice);
  joined->state = ent_msg_room_new ();
  joined->state->rev = 7;

  text = ent_codec_encode (&ent_api_joined_struct, joined);
  again =
    ent_codec_decode (&ent_api_joined_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->name, ==, joined->name);
  g_assert_cmpint (again->role, ==, ENT_ROLE_OBSERVER);
  g_assert_cmpint (again->renew, ==, joined->renew);
  g_assert_cmpint (g_array_index (again->clients, gint64, 0), ==, id);
  g_assert_cmpstr (((EntMsgIceServer *) again->ice->pdata[0])->urls[1], ==, "turn:b");
  second = ent_codec_encode (&ent_api_joined_struct, again);
  g_assert_cmpstr (second, ==, text);
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    EntCodecError code;
    const char *path;
  } cases[] = {
    { "", ENT_CODEC_ERROR_SYNTAX, "" },
    { "[]", ENT_CODEC_ERROR_SYNTAX, "" },
    { "{\"email\":\"\xff\"}", ENT_CODEC_ERROR_SYNTAX, "" },
    { "{\"email\":\"a\\u0000b\",\"password\":\"x\"}", ENT_CODEC_ERROR_SYNTAX, "" },
    { "{\"a\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}", ENT_CODEC_ERROR_SYNTAX, "" },
    { "{\"email\":\"a@b\",\"email\":\"c@d\",\"password\":\"x\"}", ENT_CODEC_ERROR_SYNTAX, "" },
    { "{\"email\":\"a@b\",\"\\u0065mail\":\"a@b\",\"password\":\"x\"}", ENT_CODEC_ERROR_SYNTAX,
      "" },
    { "{\"email\":\"a@b\",\"password\":\"x\",\"a\":[{\"b\":1,\"b\":1}]}", ENT_CODEC_ERROR_SYNTAX,
      "" },
    { "{\"email\":\"a:b\"}", ENT_CODEC_ERROR_MISSING, "password" },
    { "{\"email\":\"a@b\"}", ENT_CODEC_ERROR_MISSING, "password" },
    { "{\"email\":3,\"password\":\"x\"}", ENT_CODEC_ERROR_INVALID, "email" },
    { "{\"email\":\"\\ud800\",\"password\":\"x\"}", ENT_CODEC_ERROR_SYNTAX, "" },
    { "{\"email\":\"a@b\",\"password\":null}", ENT_CODEC_ERROR_MISSING, "password" },
    { "{\"email\":\"a@b\",\"password\":\"x\",\"admin\":true}", ENT_CODEC_ERROR_UNKNOWN, "admin" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ent_codec_decode (
      &ent_api_login_struct, cases[i].text, strlen (cases[i].text), ENT_UNKNOWN_REFUSED, &error));
    g_assert_error (error, ENT_CODEC_ERROR, (int) cases[i].code);
    g_assert_true (g_str_has_prefix (error->message, cases[i].path));
  }
}

static void
test_limits (void)
{
  g_autofree char *name = g_strnfill (201, 'x');
  g_autofree char *text = g_strdup_printf ("{\"name\":\"%s\"}", name);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiOrg) org = NULL;

  g_assert_null (
    ent_codec_decode (&ent_api_org_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, &error));
  g_assert_error (error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_TOO_LARGE);
  g_clear_error (&error);
  text[strlen (text) - 3] = '"';
  text[strlen (text) - 2] = '}';
  org =
    ent_codec_decode (&ent_api_org_struct, text, strlen (text) - 1, ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
}

/* json-glib lost the memory of a text before half of a surrogate pair: anybody could fill it. */
static void
test_escapes (void)
{
  static const char *const refused[] = { "a\\ud800\\u0041", "a\\ud800\\ud800", "a\\udc00\\udc00",
    "a\\udc00", "a\\ud800", "a\\ud800x", "a\\ud800\\n", "a\\ud81}\\u001f", "\\u12", "\\u00g0",
    "\\q", "\\u", "\\U0041", "\\x41" };
  static const char good[] = "{\"name\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\uDE00\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiOrg) org = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *text = g_strdup_printf ("{\"name\":\"%s\"}", refused[i]);

    for (gsize size = strlen (text); size > strlen ("{\"name\":\""); size--) {
      g_autofree char *cut = g_strndup (text, size);

      g_assert_null (
        ent_codec_decode (&ent_api_org_struct, cut, size, ENT_UNKNOWN_IGNORED, &error));
      g_assert_error (error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_SYNTAX);
      g_clear_error (&error);
    }
  }
  org = ent_codec_decode (&ent_api_org_struct, good, strlen (good), ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (org->name, ==, "\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80");
}

/* json-glib took the last of several values and lost the memory of the others, and took comments,
 * whose quotes hid how deep the rest was nested. */
static void
test_one_value (void)
{
  static const char *const refused[] = { "{\"name\":\"a\"} {\"name\":\"b\"}", "2{\"name\":\"a\"}",
    "{\"name\":\"a\"}x", "\"x\"{\"name\":\"a\"}", "/*\"*/{\"name\":\"a\"}",
    "{\"name\":/*\"*/\"a\"}", "{\"name\":\"a\"}//", "{\"name\":\"a\"}}", "}{", "[]", "1", "\"a\"" };
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autofree char *hidden = g_strconcat ("{/*\"*/\"name\":", deep, NULL);
  static const char spaced[] = " \n{ \"name\" : \"a}{\" }\r\n\t ";
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiOrg) org = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_assert_null (ent_codec_decode (
      &ent_api_org_struct, refused[i], strlen (refused[i]), ENT_UNKNOWN_IGNORED, &error));
    g_assert_error (error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_SYNTAX);
    g_clear_error (&error);
  }
  g_assert_null (
    ent_codec_decode (&ent_api_org_struct, hidden, strlen (hidden), ENT_UNKNOWN_IGNORED, &error));
  g_assert_error (error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_SYNTAX);
  g_clear_error (&error);
  org =
    ent_codec_decode (&ent_api_org_struct, spaced, strlen (spaced), ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (org->name, ==, "a}{");
}

static void
test_copy (void)
{
  g_autoptr (EntMsgWelcome) welcome = ent_msg_welcome_new ();
  g_autoptr (EntMsgWelcome) copy = NULL;
  EntMsgPeer *peer = ent_msg_peer_new ();
  gint64 client = 5;

  peer->id = g_strdup (UUID);
  peer->colour = 3;
  peer->clients = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (peer->clients, client);
  welcome->peers = g_ptr_array_new ();
  g_ptr_array_add (welcome->peers, peer);
  copy = ent_struct_copy (&ent_msg_welcome_struct, welcome);
  g_assert_cmpuint (copy->peers->len, ==, 1);
  g_assert_true (copy->peers->pdata[0] != peer);
  g_assert_cmpstr (((EntMsgPeer *) copy->peers->pdata[0])->id, ==, UUID);
  g_assert_cmpint (((EntMsgPeer *) copy->peers->pdata[0])->colour, ==, 3);
}

/* An empty frame is NULL: anybody can send one, and it must not even leave a line in the log. */
static void
test_nothing (void)
{
  g_assert_null (ent_codec_decode (&ent_api_login_struct, NULL, 0, ENT_UNKNOWN_REFUSED, NULL));
  g_assert_null (ent_room_message_decode (NULL, 0, NULL));
  g_assert_null (ent_runner_message_decode (NULL, 0, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/round-trip", test_round_trip);
  g_test_add_func ("/codec/refused", test_refused);
  g_test_add_func ("/codec/nothing", test_nothing);
  g_test_add_func ("/codec/limits", test_limits);
  g_test_add_func ("/codec/escapes", test_escapes);
  g_test_add_func ("/codec/one-value", test_one_value);
  g_test_add_func ("/codec/copy", test_copy);
  return g_test_run ();
}
