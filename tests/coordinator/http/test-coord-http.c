/* Requests over a real connection. */

#include <string.h>

#include "protocol/ent-api-people.h"
#include "support/coord-test-server.h"

#define ADA "{\"email\":\"ada@example.org\",\"password\":\"long enough\",\"name\":\"Ada\"}"

static gpointer
decode (const EntStruct *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  gpointer value = ent_codec_decode (type, text, strlen (text), ENT_UNKNOWN_REFUSED, &error);

  g_assert_no_error (error);
  return value;
}

static void
assert_refused (CoordTestServer *server,
  const char *method,
  const char *path,
  const char *token,
  const char *body,
  guint status,
  const char *code)
{
  g_autofree char *text = NULL;
  g_autoptr (EntApiProblem) problem = NULL;

  g_assert_cmpuint (coord_test_server_ask (server, method, path, token, body, &text), ==, status);
  problem = decode (&ent_api_problem_struct, text);
  g_assert_cmpstr (problem->code, ==, code);
  g_assert_cmpint (problem->status, ==, status);
  g_assert_nonnull (problem->request_id);
  g_assert_nonnull (problem->detail);
}

/* Registers and signs in; the access token is the caller's. */
static char *
sign_in (CoordTestServer *server, const char *name, char **id, char **refresh)
{
  g_autofree char *body = g_strdup_printf (
    "{\"email\":\"%s@example.org\",\"password\":\"long enough\",\"name\":\"%s\"}", name, name);
  g_autofree char *login =
    g_strdup_printf ("{\"email\":\"%s@EXAMPLE.org\",\"password\":\"long enough\"}", name);
  g_autofree char *text = NULL;
  g_autoptr (EntApiTokens) tokens = NULL;

  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/auth/register", NULL, body, NULL), ==, 201);
  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/v1/auth/login", NULL, login, &text), ==, 200);
  tokens = decode (&ent_api_tokens_struct, text);
  if (id != NULL)
    *id = g_strdup (tokens->user->id);
  if (refresh != NULL)
    *refresh = g_strdup (tokens->refresh);
  return g_strdup (tokens->access);
}

static void
test_accounts (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *refresh = NULL;
  g_autofree char *access = sign_in (server, "ada", NULL, &refresh);
  g_autofree char *body = g_strdup_printf ("{\"refresh\":\"%s\"}", refresh);
  g_autofree char *text = NULL;
  g_autoptr (EntApiTokens) tokens = NULL;

  /* Nobody learns which addresses are known, and nothing is changed. */
  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/auth/register", NULL,
      "{\"email\":\"ada@example.org\",\"password\":\"another one\",\"name\":\"Eve\"}", NULL),
    ==, 201);
  assert_refused (server, "POST", "/api/auth/login", NULL,
    "{\"email\":\"ada@example.org\",\"password\":\"another one\"}", 401, "wrong_password");
  assert_refused (server, "POST", "/api/auth/login", NULL,
    "{\"email\":\"nobody@example.org\",\"password\":\"wrong\"}", 401, "wrong_password");
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/api/me", access, NULL, NULL), ==, 200);
  g_assert_cmpuint (
    coord_test_server_ask (server, "GET", "/api/users/me", access, NULL, NULL), ==, 200);
  assert_refused (server, "GET", "/api/me", NULL, NULL, 401, "not_signed_in");
  assert_refused (server, "GET", "/api/me", "x.y.z", NULL, 401, "not_signed_in");

  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/auth/refresh", NULL, body, &text), ==, 200);
  tokens = decode (&ent_api_tokens_struct, text);
  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/auth/logout", tokens->access, "{}", NULL), ==,
    204);
  assert_refused (server, "GET", "/api/me", tokens->access, NULL, 401, "not_signed_in");
  assert_refused (server, "POST", "/api/auth/refresh", NULL, body, 401, "not_signed_in");
}

static void
test_bodies (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *big = g_strnfill (5000, ' ');
  const char *login = "/api/auth/login";

  assert_refused (server, "POST", login, NULL,
    "{\"email\":\"a@b\",\"password\":\"x\",\"pasword\":\"x\"}", 400, "unknown_field");
  assert_refused (server, "POST", login, NULL, "{\"email\":\"a@b\"}", 400, "invalid");
  assert_refused (server, "POST", login, NULL, "{\"email\":1,\"password\":\"x\"}", 400, "invalid");
  assert_refused (server, "POST", login, NULL, "[", 400, "invalid");
  assert_refused (server, "POST", login, NULL, big, 413, "too_large");
  assert_refused (server, "POST", "/api/auth/register", NULL,
    "{\"email\":\"a@b\",\"password\":\"short\",\"name\":\"A\"}", 400, "invalid");
  assert_refused (server, "GET", login, NULL, NULL, 405, "method_not_allowed");
  assert_refused (server, "GET", "/api/nothing", NULL, NULL, 404, "not_found");
  assert_refused (server, "GET", "/../etc/passwd", NULL, NULL, 404, "not_found");
}

/* The type of a body is that of JSON, with parameters or without, and no other that begins so. */
static void
test_content_types (void)
{
  static const struct {
    const char *type;
    guint status;
  } cases[] = { { "application/json", 401 }, { "Application/JSON;charset=utf-8", 401 },
    { "application/jsonx", 400 }, { "application/json-patch+json", 400 }, { "text/json", 400 } };
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *request = g_strdup_printf (
      "POST /api/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 15\r\n"
      "\r\n{\"refresh\":\"x\"}",
      cases[i].type);
    int fd = coord_test_server_dial (server, request);
    g_autofree char *text = coord_test_read_until (fd, NULL);

    g_assert_true (g_str_has_prefix (text, "HTTP/1.1 "));
    g_assert_cmpint (g_ascii_strtoll (text + 9, NULL, 10), ==, cases[i].status);
    close (fd);
  }
}

/* What libsoup has no words for has some. */
static void
test_titles (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL, NULL);
  g_autofree char *text = NULL;

  g_assert_cmpuint (
    coord_test_server_ask (server, "PATCH", "/api/me", ada, "{\"name\":\"A\"}", &text), ==, 428);
  g_assert_nonnull (strstr (text, "\"title\":\"Precondition Required\""));
}

static void
test_allowed_methods (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autoptr (SoupMessage) message = coord_test_server_new_message (server, "PUT", "/api/me");

  g_assert_cmpuint (coord_test_server_send (server, message, NULL, NULL, NULL), ==, 405);
  g_assert_cmpstr (
    soup_message_headers_get_one (soup_message_get_response_headers (message), "Allow"), ==,
    "GET, PATCH");
}

/* Every route that wants a signed-in caller refuses everybody else. */
static void
test_every_route_wants_its_caller (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  guint n = coord_router_count (server->router);

  g_assert_cmpuint (n, >, 15);
  for (guint i = 0; i < n; i++) {
    const CoordRoute *route = coord_router_get (server->router, i);

    if (route->caller != COORD_CALLER_ANY)
      continue;
    assert_refused (server, route->method, route->path + 0, NULL, route->body != NULL ? "{}" : NULL,
      401, "not_signed_in");
  }
}

/* Asks and returns the named text member of the answer, one level down at most. */
static char *
make (CoordTestServer *server,
  const char *path,
  const char *token,
  const char *body,
  const char *key)
{
  g_autofree char *text = NULL;
  g_autofree char *start = g_strdup_printf ("\"%s\":\"", key);
  const char *at;

  g_assert_cmpuint (coord_test_server_ask (server, "POST", path, token, body, &text), ==, 201);
  at = strstr (text, start);
  g_assert_nonnull (at);
  at += strlen (start);
  return g_strndup (at, strcspn (at, "\""));
}

#define FORM \
  "{\"email\":\"%s@example.org\",\"password\":\"long enough\"," \
  "\"name\":\"Z\",\"invite\":\"%s\"}"

/* Closed, with an invitation for the address, or open: the server decides. */
static void
test_registration (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL, NULL);
  g_autofree char *org = make (server, "/api/orgs", ada, "{\"name\":\"Acme\"}", "id");
  g_autofree char *path = g_strdup_printf ("/api/orgs/%s/invites", org);
  g_autofree char *text = NULL;
  g_autoptr (EntApiOrgInvite) invite = NULL;
  g_autofree char *wrong = g_strdup_printf (FORM, "zoe", "x");
  g_autofree char *other = NULL;
  g_autofree char *right = NULL;

  g_assert_cmpuint (coord_test_server_ask (server, "POST", path, ada,
                      "{\"email\":\"zoe@example.org\",\"role\":\"candidate\"}", &text),
    ==, 200);
  invite = decode (&ent_api_org_invite_struct, text);
  other = g_strdup_printf (FORM, "eve", invite->token);
  right = g_strdup_printf (FORM, "zoe", invite->token);
  server->config->registration = COORD_REGISTRATION_CLOSED;
  assert_refused (server, "POST", "/api/auth/register", NULL, right, 403, "registration_closed");
  server->config->registration = COORD_REGISTRATION_INVITED;
  assert_refused (server, "POST", "/api/auth/register", NULL,
    "{\"email\":\"zoe@example.org\",\"password\":\"long enough\",\"name\":\"Z\"}", 403,
    "registration_closed");
  assert_refused (server, "POST", "/api/auth/register", NULL, wrong, 403, "invitation_wrong");
  assert_refused (server, "POST", "/api/auth/register", NULL, other, 403, "invitation_wrong");
  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/auth/register", NULL, right, NULL), ==, 201);
}

static guint
count_sessions (CoordTestServer *server, const char *token, char **other)
{
  g_autofree char *text = NULL;
  g_autoptr (EntApiSessionList) list = NULL;
  guint n_current = 0;

  g_assert_cmpuint (
    coord_test_server_ask (server, "GET", "/api/auth/sessions", token, NULL, &text), ==, 200);
  list = decode (&ent_api_session_list_struct, text);
  for (guint i = 0; i < list->items->len; i++) {
    const EntApiSession *session = list->items->pdata[i];

    n_current += session->current;
    if (!session->current && other != NULL)
      *other = g_strdup (session->id);
  }
  g_assert_cmpuint (n_current, ==, 1);
  return list->items->len;
}

static char *
log_in (CoordTestServer *server, const char *password, char **refresh)
{
  g_autofree char *body =
    g_strdup_printf ("{\"email\":\"ada@example.org\",\"password\":\"%s\"}", password);
  g_autofree char *text = NULL;
  g_autoptr (EntApiTokens) tokens = NULL;

  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/auth/login", NULL, body, &text), ==, 200);
  tokens = decode (&ent_api_tokens_struct, text);
  if (refresh != NULL)
    *refresh = g_strdup_printf ("{\"refresh\":\"%s\"}", tokens->refresh);
  return g_strdup (tokens->access);
}

/* The list of sessions, the end of one of them, and of all others by a new password. */
static void
test_sessions (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *first = sign_in (server, "ada", NULL, NULL);
  g_autofree char *refresh = NULL;
  g_autofree char *second = log_in (server, "long enough", &refresh);
  g_autofree char *third = NULL;
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  const char *change = "{\"old\":\"long enough\",\"new\":\"longer than before\"}";

  g_assert_cmpuint (count_sessions (server, second, &id), ==, 2);
  path = g_strconcat ("/api/auth/sessions/", id, NULL);
  /* That a token was good a moment ago does not help it. */
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/api/me", first, NULL, NULL), ==, 200);
  g_assert_cmpuint (coord_test_server_ask (server, "DELETE", path, second, NULL, NULL), ==, 204);
  assert_refused (server, "GET", "/api/me", first, NULL, 401, "not_signed_in");
  g_assert_cmpuint (count_sessions (server, second, NULL), ==, 1);
  assert_refused (server, "DELETE", path, second, NULL, 404, "not_found");

  third = log_in (server, "long enough", NULL);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/api/me", third, NULL, NULL), ==, 200);
  assert_refused (server, "POST", "/api/me/password", second,
    "{\"old\":\"long enough\",\"new\":\"short\"}", 400, "invalid");
  assert_refused (server, "POST", "/api/me/password", second,
    "{\"old\":\"wrong\",\"new\":\"longer than before\"}", 401, "wrong_password");
  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/me/password", second, change, NULL), ==, 204);
  assert_refused (server, "GET", "/api/me", third, NULL, 401, "not_signed_in");
  assert_refused (server, "GET", "/api/me", second, NULL, 401, "not_signed_in");
  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/auth/refresh", NULL, refresh, NULL), ==, 200);
  g_free (log_in (server, "longer than before", NULL));
}

/* A key is its organisation's, made and ended by its administrators; it calls what its scope says
 * and nothing else. */
static void
test_keys (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL, NULL);
  g_autofree char *eve = sign_in (server, "eve", NULL, NULL);
  g_autofree char *org = make (server, "/api/orgs", ada, "{\"name\":\"Acme\"}", "id");
  g_autofree char *list = g_strconcat ("/api/keys?org=", org, NULL);
  g_autofree char *body =
    g_strdup_printf ("{\"org\":\"%s\",\"name\":\"CI\",\"scopes\":[\"execute\",\"read\"]}", org);
  g_autofree char *bad =
    g_strdup_printf ("{\"org\":\"%s\",\"name\":\"CI\",\"scopes\":[\"everything\"]}", org);
  g_autofree char *past = g_strdup_printf ("{\"org\":\"%s\",\"name\":\"CI\",\"scopes\":[\"read\"],"
                                           "\"expires\":\"2020-01-01T00:00:00Z\"}",
    org);
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *path = NULL;
  g_autoptr (EntApiKey) key = NULL;

  assert_refused (server, "POST", "/api/keys", ada, bad, 400, "invalid");
  assert_refused (server, "POST", "/api/keys", ada, past, 400, "invalid");
  assert_refused (server, "POST", "/api/keys", eve, body, 404, "not_found");
  g_assert_cmpuint (coord_test_server_ask (server, "POST", "/api/keys", ada, body, &text), ==, 200);
  key = decode (&ent_api_key_struct, text);
  g_assert_true (g_str_has_prefix (key->key, key->start));
  g_assert_cmpuint (coord_test_server_ask (server, "GET", list, ada, NULL, &shown), ==, 200);
  g_assert_nonnull (strstr (shown, key->start));
  g_assert_null (strstr (shown, key->key));
  assert_refused (server, "GET", list, eve, NULL, 404, "not_found");

  assert_refused (server, "GET", "/api/me", key->key, NULL, 403, "denied");
  assert_refused (server, "GET", list, key->key, NULL, 403, "denied");
  assert_refused (server, "POST", "/api/keys", key->key, body, 403, "denied");
  assert_refused (server, "GET", "/api/me", "entk_nonsense", NULL, 401, "not_signed_in");
  path = g_strconcat ("/api/keys/", key->id, NULL);
  assert_refused (server, "DELETE", path, eve, NULL, 404, "not_found");
  g_assert_cmpuint (coord_test_server_ask (server, "DELETE", path, ada, NULL, NULL), ==, 204);
  assert_refused (server, "GET", "/api/me", key->key, NULL, 401, "not_signed_in");
  assert_refused (server, "DELETE", path, ada, NULL, 404, "not_found");
}

/* What is refused before anybody is known counts for the address, and for nobody there who is
 * known. */
static void
test_strangers (void)
{
  static const char *const tokens[] = { NULL, "a.b.c", "entk_nonsense" };
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL, NULL);
  g_autofree char *org = make (server, "/api/orgs", ada, "{\"name\":\"Acme\"}", "id");
  g_autofree char *body =
    g_strdup_printf ("{\"org\":\"%s\",\"name\":\"CI\",\"scopes\":[\"execute\"]}", org);
  g_autofree char *text = NULL;
  g_autoptr (EntApiKey) key = NULL;
  gint64 wide = server->config->general_per_address;

  g_assert_cmpuint (coord_test_server_ask (server, "POST", "/api/keys", ada, body, &text), ==, 200);
  key = decode (&ent_api_key_struct, text);
  server->config->general_per_address = 1;
  for (guint i = 0; i < 3; i++)
    assert_refused (server, "GET", "/api/me", key->key, NULL, 403, "denied");
  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++) {
    coord_test_server_ask (server, "GET", "/api/me", tokens[i], NULL, NULL);
    assert_refused (server, "GET", "/api/me", tokens[i], NULL, 429, "too_fast");
  }
  assert_refused (server, "GET", "/api/nothing", NULL, NULL, 429, "too_fast");
  assert_refused (server, "PUT", "/api/me", NULL, NULL, 429, "too_fast");
  assert_refused (server, "GET", "/api/me", key->key, NULL, 403, "denied");
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/api/me", ada, NULL, NULL), ==, 200);
  server->config->general_per_address = wide;
}

static guint
ask_with_key (CoordTestServer *server,
  const char *token,
  const char *key,
  const char *body,
  char **answer)
{
  return coord_test_server_ask_with (
    server, "POST", "/api/orgs", token, "Idempotency-Key", key, body, answer);
}

/* A request whose answer was lost is repeated with its key: the work is done once. */
static void
test_repeated_requests (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL, NULL);
  g_autofree char *eve = sign_in (server, "eve", NULL, NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *other = NULL;
  g_autofree char *long_key = g_strnfill (129, 'k');
  g_autoptr (SoupMessage) again = NULL;
  const char *body = "{\"name\":\"Acme\"}";

  g_assert_cmpuint (ask_with_key (server, ada, "k 1", body, &first), ==, 201);
  g_assert_cmpuint (ask_with_key (server, ada, "k 1", body, &second), ==, 201);
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpint (coord_test_count (server->store->db, "SELECT COUNT(*) FROM org"), ==, 1);
  again = coord_test_server_new_message (server, "POST", "/api/orgs");
  soup_message_headers_append (soup_message_get_request_headers (again), "Idempotency-Key", "k 1");
  g_assert_cmpuint (coord_test_server_send (server, again, ada, body, NULL), ==, 201);
  g_assert_cmpstr (
    soup_message_headers_get_one (soup_message_get_response_headers (again), "ETag"), ==, "\"1\"");

  g_assert_cmpuint (ask_with_key (server, ada, "k 1", "{\"name\":\"Bcme\"}", &other), ==, 422);
  g_assert_nonnull (strstr (other, "key_reused"));
  g_assert_cmpuint (ask_with_key (server, ada, "", body, NULL), ==, 400);
  g_assert_cmpuint (ask_with_key (server, ada, long_key, body, NULL), ==, 400);
  g_assert_cmpuint (ask_with_key (server, eve, "k 1", body, NULL), ==, 201); /* her own key */
  g_assert_cmpuint (ask_with_key (server, ada, "k 2", "{\"name\":\" \"}", NULL), ==, 400);
  g_assert_cmpuint (
    ask_with_key (server, ada, "k 2", body, NULL), ==, 201); /* errors are not kept */
  g_assert_cmpint (coord_test_count (server->store->db, "SELECT COUNT(*) FROM org"), ==, 3);

  /* Nobody reads in the database what was answered; what does not open is not done again. */
  g_assert_cmpint (coord_test_count (server->store->db, "SELECT COUNT(*) FROM kept_answer"), ==, 3);
  g_assert_cmpint (coord_test_count (server->store->db,
                     "SELECT COUNT(*) FROM kept_answer WHERE body LIKE '%Acme%'"),
    ==, 0);
  g_assert_true (
    coord_db_run (server->store->db, NULL, "UPDATE kept_answer SET body = 'AAAA' || body"));
  g_assert_cmpuint (ask_with_key (server, ada, "k 1", body, NULL), ==, 422);
  g_assert_true (coord_db_run (
    server->store->db, NULL, "UPDATE kept_answer SET body = '{\"name\":\"of an older server\"}'"));
  g_assert_cmpuint (ask_with_key (server, ada, "k 1", body, NULL), ==, 201);
  g_assert_cmpint (coord_test_count (server->store->db, "SELECT COUNT(*) FROM org"), ==, 3);
}

static void
test_foreign_is_unknown (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *ada = sign_in (server, "ada", &id, NULL);
  g_autofree char *eve = sign_in (server, "eve", NULL, NULL);
  g_autofree char *text = NULL;
  g_autofree char *members = NULL;
  g_autofree char *slot = NULL;
  g_autofree char *booking = NULL;
  g_autoptr (EntApiOrg) org = NULL;
  g_autoptr (EntApiSlot) made = NULL;
  g_autofree char *answer = NULL;

  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/orgs", ada, "{\"name\":\"Acme\"}", &text), ==,
    201);
  org = decode (&ent_api_org_struct, text);
  members = g_strdup_printf ("/api/orgs/%s/members", org->id);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", members, ada, NULL, NULL), ==, 200);
  assert_refused (server, "GET", members, eve, NULL, 404, "not_found");
  assert_refused (server, "GET", "/api/orgs/nothing/members", eve, NULL, 404, "not_found");

  slot = g_strdup_printf ("{\"org\":\"%s\",\"starts\":\"2099-01-01T10:00:00Z\","
                          "\"ends\":\"2099-01-01T11:00:00Z\"}",
    org->id);
  assert_refused (server, "POST", "/api/slots", eve, slot, 404, "not_found");
  assert_refused (server, "POST", "/api/slots", ada, slot, 400, "invalid"); /* too far ahead */
  assert_refused (server, "GET", "/api/interviews/nothing", ada, NULL, 404, "not_found");
  assert_refused (server, "GET", "/api/slots?limit=0", ada, NULL, 400, "invalid");
  assert_refused (server, "GET", "/api/slots?after=x", ada, NULL, 400, "invalid");
  assert_refused (server, "GET", "/api/interviews/my?when=never", ada, NULL, 400, "invalid");
}

static double
count_two (gpointer data)
{
  return 2;
}

static void
test_health_and_page (void)
{
  g_autofree char *outside = NULL;
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *text = NULL;
  g_autofree char *page = NULL;
  const char *room = "01890a5d-ac96-774b-bcce-b302099a8057";
  g_autofree char *path = g_strconcat ("/join/", room, NULL);

  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/health", NULL, NULL, &text), ==, 200);
  g_assert_nonnull (strstr (text, "\"status\":\"ok\""));
  g_assert_nonnull (strstr (text, "\"docker\":{\"available\":false}"));
  g_assert_nonnull (strstr (text, "\"timestamp\":"));
  g_assert_nonnull (strstr (text, "\"database\":\"ok\",\"queue\":{\"waiting\":0}"));
  coord_metrics_add_value (server->services.metrics, "entrevue_runners", NULL, "", count_two, NULL);
  g_assert_cmpuint (
    coord_test_server_ask_with (server, "GET", "/health", NULL, "Via", "a proxy", NULL, &outside),
    ==, 200);
  g_assert_nonnull (strstr (outside, "\"docker\":{\"available\":true}"));
  g_assert_null (strstr (outside, "queue"));
  g_assert_null (strstr (outside, "database"));
  g_assert_cmpuint (
    coord_test_server_ask (server, "GET", "/health/live", NULL, NULL, NULL), ==, 200);
  g_assert_cmpuint (
    coord_test_server_ask (server, "GET", "/health/ready", NULL, NULL, NULL), ==, 200);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", path, NULL, NULL, &page), ==, 200);
  g_assert_nonnull (strstr (page, "entrevue://join/127.0.0.1:"));
  g_assert_nonnull (strstr (page, room));
  g_assert_cmpuint (
    coord_test_server_ask (server, "GET", "/join/%3Cscript%3E", NULL, NULL, NULL), ==, 404);
}

/* Guessing: the tenth try too many is refused with a time to wait. */
static void
test_metrics (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  const char *token = server->secrets->metrics_token;
  g_autofree char *text = NULL;
  g_autofree char *wrong = g_strdup (token);

  coord_test_server_ask (server, "GET", "/health/live", NULL, NULL, NULL);
  coord_test_server_ask (server, "GET", "/api/secret/01890a5d", NULL, NULL, NULL);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/metrics", NULL, NULL, &text), ==, 200);
  g_assert_nonnull (strstr (text,
    "\nentrevue_http_requests_total{method=\"GET\",route=\"/health/live\",status=\"200\"} 1\n"));
  g_assert_nonnull (strstr (
    text, "\nentrevue_http_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1\n"));
  g_assert_nonnull (strstr (text, "\nentrevue_http_request_seconds_count 2\n"));
  g_assert_null (strstr (text, "01890a5d"));

  /* With the token from anywhere, with another one from nowhere. */
  wrong[3] ^= 1;
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/metrics", token, NULL, NULL), ==, 200);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/metrics", wrong, NULL, NULL), ==, 404);
}

/* What comes through a proxy, or by a name that is not this machine's, is from somebody else. */
static void
test_metrics_not_through_a_proxy (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  static const char *const headers[][2] = { { "X-Forwarded-For", "127.0.0.1" },
    { "Forwarded", "for=127.0.0.1" }, { "Via", "1.1 proxy" }, { "X-Real-IP", "127.0.0.1" },
    { "Host", "interviews.example.org" }, { "Host", "127.0.0.1.example.org" } };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    g_assert_cmpuint (coord_test_server_ask_with (
                        server, "GET", "/metrics", NULL, headers[i][0], headers[i][1], NULL, NULL),
      ==, 404);
  server->config->public_url = g_strdup ("https://interviews.example.org");
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/metrics", NULL, NULL, NULL), ==, 404);
  g_assert_cmpuint (
    coord_test_server_ask (server, "GET", "/metrics", server->secrets->metrics_token, NULL, NULL),
    ==, 200);
}

/* Whose word is taken counts for limits and decides about the scheme; nobody else's does. */
static void
test_trusted_proxy (void)
{
  static const char *const list[] = { "127.0.0.0/8", NULL };
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autoptr (CoordProxies) proxies = coord_proxies_new (list, NULL);
  const char *body = "{\"email\":\"a@example.org\",\"password\":\"guess\"}";
  const char *login = "/api/auth/login", *header = "X-Forwarded-For";

  server->config->signin_per_address = 1;
  g_assert_cmpuint (
    coord_test_server_ask_with (server, "POST", login, NULL, header, "192.0.2.1", body, NULL), ==,
    401);
  g_assert_cmpuint (
    coord_test_server_ask_with (server, "POST", login, NULL, header, "192.0.2.2", body, NULL), ==,
    429);
  g_assert_cmpuint (coord_test_server_ask_with (
                      server, "GET", "/health", NULL, "X-Forwarded-Proto", "http", NULL, NULL),
    ==, 200);

  coord_listener_set_proxies (server->listener, proxies);
  for (guint i = 2; i < 4; i++) {
    g_autofree char *address = g_strdup_printf ("192.0.2.77, 192.0.2.%u", i);

    g_assert_cmpuint (
      coord_test_server_ask_with (server, "POST", login, NULL, header, address, body, NULL), ==,
      401);
    g_assert_cmpuint (
      coord_test_server_ask_with (server, "POST", login, NULL, header, address, body, NULL), ==,
      429);
  }
  /* Who has a network of IPv6 is one client. */
  g_assert_cmpuint (
    coord_test_server_ask_with (server, "POST", login, NULL, header, "2001:db8::1", body, NULL), ==,
    401);
  g_assert_cmpuint (
    coord_test_server_ask_with (server, "POST", login, NULL, header, "2001:db8::2:1", body, NULL),
    ==, 429);
  g_assert_cmpuint (coord_test_server_ask_with (
                      server, "GET", "/health", NULL, "X-Forwarded-Proto", "https", NULL, NULL),
    ==, 200);
  g_assert_cmpuint (coord_test_server_ask_with (
                      server, "GET", "/health", NULL, "X-Forwarded-Proto", "http", NULL, NULL),
    ==, 403);
  coord_listener_set_proxies (server->listener, NULL);
}

static void
test_signin_rate (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  guint refused = 0;

  for (guint i = 0; i < 8; i++)
    if (coord_test_server_ask (server, "POST", "/api/auth/login", NULL,
          "{\"email\":\"a@example.org\",\"password\":\"guess\"}", NULL) == 429)
      refused++;
  g_assert_cmpuint (refused, >=, 1);
  g_assert_cmpuint (coord_test_server_ask (server, "POST", "/api/auth/login", NULL,
                      "{\"email\":\"b@example.org\",\"password\":\"guess\"}", NULL),
    ==, 401);
}

/* Connections. */

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/accounts", test_accounts);
  g_test_add_func ("/http/bodies", test_bodies);
  g_test_add_func ("/http/allowed-methods", test_allowed_methods);
  g_test_add_func ("/http/content-types", test_content_types);
  g_test_add_func ("/http/titles", test_titles);
  g_test_add_func ("/http/every-route-wants-its-caller", test_every_route_wants_its_caller);
  g_test_add_func ("/http/registration", test_registration);
  g_test_add_func ("/http/sessions", test_sessions);
  g_test_add_func ("/http/keys", test_keys);
  g_test_add_func ("/http/strangers", test_strangers);
  g_test_add_func ("/http/repeated-requests", test_repeated_requests);
  g_test_add_func ("/http/foreign-is-unknown", test_foreign_is_unknown);
  g_test_add_func ("/http/health-and-page", test_health_and_page);
  g_test_add_func ("/http/metrics", test_metrics);
  g_test_add_func ("/http/metrics-not-through-a-proxy", test_metrics_not_through_a_proxy);
  g_test_add_func ("/http/trusted-proxy", test_trusted_proxy);
  g_test_add_func ("/http/signin-rate", test_signin_rate);
  return g_test_run ();
}
