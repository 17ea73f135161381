#include <string.h>

#include "protocol/ent-api.h"
#include "protocol/ent-link-uri.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-call.h"
#include "protocol/ent-msg-run.h"
#include "protocol/ent-msg-runner.h"

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

/* Output of a program with all control characters made JSON that only json-glib could read. */
static void
test_control_characters (void)
{
  char name[0x20] = { 0 };
  const EntApiOrg org = { .name = name };
  g_autoptr (EntApiOrg) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  for (guint i = 1; i < sizeof name; i++)
    name[i - 1] = i;
  text = ent_codec_encode (&ent_api_org_struct, &org);
  for (const char *c = text; *c != '\0'; c++)
    g_assert_cmpint (*c, >=, 0x20);
  again = ent_codec_decode (&ent_api_org_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->name, ==, name);
}

static void
test_times (void)
{
  gint64 time_us;
  g_autofree char *text = ent_time_format (G_GINT64_CONSTANT (1774747800000000));

  g_assert_cmpstr (text, ==, "2026-03-29T01:30:00Z");
  g_assert_true (ent_time_parse ("2026-03-29T03:30:00+02:00", &time_us));
  g_assert_cmpint (time_us, ==, G_GINT64_CONSTANT (1774747800000000));
  g_assert_true (ent_time_parse ("2026-03-29T01:30:00.5Z", &time_us));
  g_assert_cmpint (time_us, ==, G_GINT64_CONSTANT (1774747800500000));
  g_assert_false (ent_time_parse ("2026-03-29", &time_us));
  g_assert_false (ent_time_parse ("2026-W13-7T01:30:00Z", &time_us));
  g_assert_false (ent_time_parse ("2026-02-30T01:30:00Z", &time_us));
  g_assert_false (ent_time_parse ("1969-12-31T23:59:59Z", &time_us));
}

/* Every kind has a word of its own and a type, and comes back as itself. */
static void
test_kinds (void)
{
  for (int kind = 0; kind < ENT_ROOM_UNKNOWN; kind++) {
    g_autofree char *text = g_strdup_printf ("{\"t\":\"%s\"}", ent_room_kind_get_word (kind));
    g_autoptr (EntMessage) message = NULL;
    g_autoptr (GError) error = NULL;

    message = ent_room_message_decode (text, strlen (text), &error);
    if (message == NULL)
      g_assert_error (error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_MISSING);
    else
      g_assert_cmpint (message->kind, ==, kind);
    g_assert_nonnull (ent_room_kind_get_type (kind));
  }
  for (int kind = 0; kind < ENT_RUNNER_UNKNOWN; kind++)
    g_assert_nonnull (ent_runner_kind_get_type (kind));
  for (int kind = 0; kind < ENT_PEER_UNKNOWN; kind++)
    g_assert_nonnull (ent_peer_kind_get_type (kind));
}

static void
test_unknown_kind (void)
{
  const char *text = "{\"t\":\"board:clear\",\"id\":4,\"d\":{\"x\":1},\"later\":true}";
  g_autoptr (GError) error = NULL;
  g_autoptr (EntMessage) message = ent_room_message_decode (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpint (message->kind, ==, ENT_ROOM_UNKNOWN);
  g_assert_cmpint (message->id, ==, 4);
  g_assert_null (message->data);
}

static void
test_message (void)
{
  g_autoptr (EntMsgRunStart) run = ent_msg_run_start_new ();
  g_autoptr (EntMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  EntMsgRunStart *again;

  run->language = g_strdup ("python");
  run->entry = g_strdup ("main.py");
  run->stdin_text = g_strdup ("1 2\n");
  run->sv = g_bytes_new ("\0\1", 2);
  text = ent_room_message_encode (ENT_ROOM_RUN_START, 9, 0, run);
  g_assert_cmpstr (text, ==,
    "{\"t\":\"run:start\",\"id\":9,\"d\":{\"language\":\"python\",\"entry\":\"main.py\","
    "\"stdin\":\"1 2\\n\",\"sv\":\"AAE=\"}}");
  message = ent_room_message_decode (text, strlen (text), &error);
  g_assert_no_error (error);
  again = message->data;
  g_assert_true (g_bytes_equal (again->sv, run->sv));
  g_assert_cmpstr (again->stdin_text, ==, run->stdin_text);
}

static void
test_frame (void)
{
  g_autoptr (GBytes) frame = ent_frame_build (UUID, ENT_STREAM_STDERR, 70000, "oops", 4);
  g_autoptr (GBytes) payload = NULL, cut = NULL;
  g_autofree char *id = NULL;
  EntStream stream;
  guint32 index;

  g_assert_true (ent_frame_parse (frame, &id, &stream, &index, &payload));
  g_assert_cmpstr (id, ==, UUID);
  g_assert_cmpint (stream, ==, ENT_STREAM_STDERR);
  g_assert_cmpuint (index, ==, 70000);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), "oops", 4);
  cut = g_bytes_new_from_bytes (frame, 0, ENT_FRAME_HEAD - 1);
  g_assert_false (ent_frame_parse (cut, NULL, NULL, NULL, NULL));
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

#define PIN "0123456789abcdefghijABCDEFGHIJ-_0123456789a"

static void
test_link_forms (void)
{
  static const struct {
    const char *text, *origin, *token, *pin;
  } good[] = {
    { "entrevue://join/interviews.example.org/" UUID "#abc-_9", "https://interviews.example.org",
      "abc-_9", NULL },
    { " entrevue://join/127.0.0.1:8080/" UUID "#t \n", "http://127.0.0.1:8080", "t", NULL },
    { "https://Example.org:8443/join/" UUID, "https://example.org:8443", NULL, NULL },
    { "entrevue://join/10.0.0.5:8443/" UUID "#t&pin=" PIN, "https://10.0.0.5:8443", "t", PIN },
    { "entrevue://join/[::1]:80/" UUID "#t", "http://[::1]:80", "t", NULL },
    { "entrevue://join/127.0.0.1:80/" UUID "#&pin=" PIN, "https://127.0.0.1:80", NULL, PIN },
    { "entrevue://join/127.0.0.1:80/" UUID "?tls#t", "https://127.0.0.1:80", "t", NULL },
    { "entrevue://join/example.org/" UUID "?tls", "https://example.org", NULL, NULL },
    { "https://127.0.0.1/join/" UUID "#t", "https://127.0.0.1", "t", NULL },
  };
  const char *bad[] = { "", "entrevue://join/", "entrevue://leave/h/" UUID "#t",
    "entrevue://join/h/not-a-room#t", "http://example.org/join/" UUID "#t",
    "https://example.org/other/" UUID "#t", "https://a@example.org/join/" UUID "#t",
    "entrevue://join/example.org/" UUID "/x#t", "entrevue://join/example.org/" UUID "#t%2f",
    "entrevue://join/10.0.0.5:8443/" UUID "#t&pin=short",
    "entrevue://join/10.0.0.5:8443/" UUID "#t&pin=", "http://127.0.0.1:80/join/" UUID "#t&pin=" PIN,
    "entrevue://join/e.org%23pin=" PIN "/" UUID "#t", "entrevue://join/e.org%3Fx/" UUID "#t",
    "entrevue://join/a%40e.org/" UUID "#t" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntLinkUri) link = ent_link_uri_parse (good[i].text, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (link->origin, ==, good[i].origin);
    g_assert_cmpstr (link->room, ==, UUID);
    g_assert_cmpstr (link->token, ==, good[i].token);
    g_assert_cmpstr (link->pin, ==, good[i].pin);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ent_link_uri_parse (bad[i], &error));
    g_assert_nonnull (error);
  }
}

static void
test_link_build (void)
{
  g_autofree char *link = ent_link_uri_build ("http://127.0.0.1:9", UUID, "tok");
  g_autofree char *web = ent_link_uri_build_web ("https://e.org", UUID, NULL);
  g_autofree char *origin = ent_place_from_text ("example.org:8443/path#pin=short", NULL);
  g_autofree char *place = ent_place_from_text ("10.0.0.5:1/#x&pin=" PIN, NULL);
  g_autofree char *pinned = ent_link_uri_build (place, UUID, "tok");
  g_autofree char *pinned_web = ent_link_uri_build_web (place, UUID, NULL);
  g_autofree char *pin = NULL;
  g_autofree char *only_origin = ent_place_split (place, &pin);

  g_assert_cmpstr (link, ==, "entrevue://join/127.0.0.1:9/" UUID "#tok");
  g_assert_cmpstr (web, ==, "https://e.org/join/" UUID);
  g_assert_cmpstr (origin, ==, "https://example.org:8443");
  g_assert_null (ent_place_from_text ("http://example.org", NULL));
  g_assert_cmpstr (pinned, ==, "entrevue://join/10.0.0.5:1/" UUID "#tok&pin=" PIN);
  g_assert_cmpstr (pinned_web, ==, "https://10.0.0.5:1/join/" UUID "#&pin=" PIN);
  g_assert_cmpstr (place, ==, "https://10.0.0.5:1#pin=" PIN);
  g_assert_cmpstr (only_origin, ==, "https://10.0.0.5:1");
  g_assert_cmpstr (ent_link_uri_get_host (only_origin), ==, "10.0.0.5:1");
  g_assert_cmpstr (pin, ==, PIN);
  g_assert_null (ent_place_from_text ("   ", NULL));
}

/* What is reached by TLS stays so, on this machine too. */
static void
test_link_build_again (void)
{
  static const struct {
    const char *text, *built;
  } links[] = {
    { "https://127.0.0.1/join/" UUID "#t", "entrevue://join/127.0.0.1/" UUID "?tls#t" },
    { "https://[::1]:8443/join/" UUID, "entrevue://join/[::1]:8443/" UUID "?tls" },
    { "https://localhost:8443/join/" UUID "#t&pin=" PIN,
      "entrevue://join/localhost:8443/" UUID "#t&pin=" PIN },
    { "http://localhost/join/" UUID "#t", "entrevue://join/localhost/" UUID "#t" },
    { "https://e.org/join/" UUID "#t", "entrevue://join/e.org/" UUID "#t" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++) {
    g_autoptr (EntLinkUri) link = ent_link_uri_parse (links[i].text, NULL);
    g_autofree char *place = ent_place_new (link->origin, link->pin);
    g_autofree char *built = ent_link_uri_build (place, link->room, link->token);
    g_autoptr (EntLinkUri) again = ent_link_uri_parse (built, NULL);

    g_assert_cmpstr (built, ==, links[i].built);
    g_assert_cmpstr (again->origin, ==, link->origin);
    g_assert_cmpstr (again->token, ==, link->token);
    g_assert_cmpstr (again->pin, ==, link->pin);
  }
}

static void
test_booking_link (void)
{
  const struct {
    const char *text, *origin, *token, *pin;
  } good[] = {
    { "entrevue://book/interviews.example.org#abc-_9", "https://interviews.example.org", "abc-_9",
      NULL },
    { " https://Example.org:8443/book#t \n", "https://example.org:8443", "t", NULL },
    { "entrevue://book/10.0.0.5:8443#t&pin=" PIN, "https://10.0.0.5:8443", "t", PIN },
  };
  const char *bad[] = { "", "entrevue://book/h", "entrevue://book/h#",
    "entrevue://book/h#&pin=" PIN, "entrevue://book/h/" UUID "#t", "entrevue://join/h/" UUID "#t",
    "http://example.org/book#t", "https://example.org/book/#t", "https://example.org/other#t" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (EntLinkUri) link = ent_link_uri_parse_booking (good[i].text, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (link->origin, ==, good[i].origin);
    g_assert_null (link->room);
    g_assert_cmpstr (link->token, ==, good[i].token);
    g_assert_cmpstr (link->pin, ==, good[i].pin);
    /* It is for nothing else. */
    g_assert_null (ent_link_uri_parse (good[i].text, NULL));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ent_link_uri_parse_booking (bad[i], &error));
    g_assert_nonnull (error);
  }
}

static void
test_booking_link_build (void)
{
  g_autofree char *place = ent_place_from_text ("10.0.0.5:1/#pin=" PIN, NULL);
  g_autofree char *link = ent_link_uri_build_booking (place, "tok");
  g_autofree char *web = ent_link_uri_build_booking_web (place, "tok");
  g_autofree char *without = ent_link_uri_build_booking ("https://e.org", NULL);
  g_autofree char *near = ent_link_uri_build_booking ("https://127.0.0.1:8443", "tok");

  g_assert_cmpstr (link, ==, "entrevue://book/10.0.0.5:1#tok&pin=" PIN);
  g_assert_cmpstr (web, ==, "https://10.0.0.5:1/book#tok&pin=" PIN);
  g_assert_cmpstr (without, ==, "entrevue://book/e.org");
  g_assert_cmpstr (near, ==, "entrevue://book/127.0.0.1:8443?tls#tok");
}

static void
test_invitation_link (void)
{
  g_autofree char *web =
    ent_link_uri_build_invitation_web ("https://e.org:8443#pin=" PIN, "abc-_9");
  g_autofree char *link = ent_link_uri_build_invitation ("https://e.org:8443", NULL);
  g_autoptr (EntLinkUri) parsed = ent_link_uri_parse_invitation (web, NULL);
  g_autofree char *token = ent_link_uri_dup_invitation_token (web);
  g_autofree char *alone = ent_link_uri_dup_invitation_token (" abc-_9 ");
  const char *bad[] = { "", " ", "https://example.org/invite", "https://example.org/invite#",
    "https://example.org/invite/x#t", "http://example.org/invite#t", "https://e.org/book#t",
    "entrevue://invite/e.org/x#t", "https://e.org/invite#t&pin=short" };

  g_assert_cmpstr (web, ==, "https://e.org:8443/invite#abc-_9&pin=" PIN);
  g_assert_cmpstr (link, ==, "entrevue://invite/e.org:8443");
  g_assert_cmpstr (parsed->origin, ==, "https://e.org:8443");
  g_assert_cmpstr (parsed->pin, ==, PIN);
  g_assert_cmpstr (parsed->token, ==, "abc-_9");
  g_assert_cmpstr (token, ==, "abc-_9");
  g_assert_cmpstr (alone, ==, "abc-_9");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (ent_link_uri_dup_invitation_token (bad[i]));
}

/* Where nothing can be compared with a pin, nothing is connected to. */
static void
test_pin_without_tls (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *local = ent_place_from_text ("127.0.0.1:8443#pin=" PIN, NULL);

  g_assert_cmpstr (local, ==, "https://127.0.0.1:8443#pin=" PIN);
  g_assert_null (ent_link_uri_parse ("http://localhost/join/" UUID "#t&pin=" PIN, &error));
  g_assert_nonnull (strstr (error->message, "without encryption"));
  g_clear_error (&error);
  g_assert_null (ent_place_from_text ("http://127.0.0.1:8443#pin=" PIN, &error));
  g_assert_nonnull (strstr (error->message, "without encryption"));
}

/* Against GLib's calendar: every day of four hundred years, and odd moments of others. */
static void
test_times_written (void)
{
  for (gint64 day = 0; day < 146097 + 366; day++) {
    gint64 time_us = day * G_TIME_SPAN_DAY + day * 591 % 86400 * G_USEC_PER_SEC;
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
    g_autofree char *expected = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *text = ent_time_format (time_us);

    g_assert_cmpstr (text, ==, expected);
  }
  for (guint i = 0; i < 20000; i++) {
    gint64 time_us = (gint64) (g_test_rand_double () * 253402300799e6), again = -1;
    g_autofree char *text = ent_time_format (time_us);

    g_assert_true (ent_time_parse (text, &again));
    g_assert_cmpint (again, ==, time_us);
  }
  for (guint i = 0; i < 3; i++) {
    const gint64 odd[] = { -1, G_MININT64, G_MAXINT64 };
    g_autofree char *text = ent_time_format (odd[i]);

    g_assert_cmpstr (text, ==, "1970-01-01T00:00:00Z");
  }
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
  g_test_add_func ("/codec/times-written", test_times_written);
  g_test_add_func ("/codec/round-trip", test_round_trip);
  g_test_add_func ("/codec/refused", test_refused);
  g_test_add_func ("/codec/nothing", test_nothing);
  g_test_add_func ("/codec/limits", test_limits);
  g_test_add_func ("/codec/one-value", test_one_value);
  g_test_add_func ("/codec/control-characters", test_control_characters);
  g_test_add_func ("/codec/times", test_times);
  g_test_add_func ("/codec/copy", test_copy);
  g_test_add_func ("/message/kinds", test_kinds);
  g_test_add_func ("/message/unknown-kind", test_unknown_kind);
  g_test_add_func ("/message/round-trip", test_message);
  g_test_add_func ("/message/frame", test_frame);
  g_test_add_func ("/link/forms", test_link_forms);
  g_test_add_func ("/link/build", test_link_build);
  g_test_add_func ("/link/build-again", test_link_build_again);
  g_test_add_func ("/link/booking", test_booking_link);
  g_test_add_func ("/link/booking-build", test_booking_link_build);
  g_test_add_func ("/link/invitation", test_invitation_link);
  g_test_add_func ("/link/pin-without-tls", test_pin_without_tls);
  return g_test_run ();
}
