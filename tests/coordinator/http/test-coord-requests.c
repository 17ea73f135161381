/* What all requests have in common, asked of every route in the table. */

#include <string.h>

#include "http/coord-cursor.h"
#include "protocol/ent-api.h"
#include "service/coord-audit-service.h"
#include "service/coord-version.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"
#include "support/coord-test-server.h"

#define SOME_ID "01890a5d-ac96-774b-bcce-b302099a8057"

/* Registers and signs in; the access token is the caller's. */
static char *
sign_in (CoordTestServer *server, const char *name, char **id)
{
  g_autofree char *body = g_strdup_printf (
    "{\"email\":\"%s@example.org\",\"password\":\"long enough\",\"name\":\"%s\"}", name, name);
  g_autofree char *login =
    g_strdup_printf ("{\"email\":\"%s@example.org\",\"password\":\"long enough\"}", name);
  g_autofree char *text = NULL;
  g_autoptr (EntApiTokens) tokens = NULL;

  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/auth/register", NULL, body, NULL), ==, 201);
  g_assert_cmpuint (
    coord_test_server_ask (server, "POST", "/api/auth/login", NULL, login, &text), ==, 200);
  tokens =
    ent_codec_decode (&ent_api_tokens_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, NULL);
  g_assert_nonnull (tokens);
  if (id != NULL)
    *id = g_strdup (tokens->user->id);
  return g_strdup (tokens->access);
}

static void
assert_code (const char *text, const char *code)
{
  g_autoptr (EntApiProblem) problem =
    ent_codec_decode (&ent_api_problem_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, NULL);

  g_assert_nonnull (problem);
  g_assert_cmpstr (problem->code, ==, code);
}

/* A path that the route matches. */
static char *
make_path (const CoordRoute *route)
{
  g_auto (GStrv) segments = g_strsplit (route->path, "/", -1);

  for (guint i = 0; segments[i] != NULL; i++)
    if (*segments[i] == '{') {
      g_free (segments[i]);
      segments[i] = g_strdup (SOME_ID);
    }
  return g_strjoinv ("/", segments);
}

static gboolean
is_list (const CoordRoute *route)
{
  for (guint i = 0; route->answer != NULL && i < route->answer->n_fields; i++)
    if (strcmp (route->answer->fields[i].name, "next") == 0)
      return TRUE;
  return FALSE;
}

static const char *
get_header (SoupMessage *message, const char *name)
{
  return soup_message_headers_get_one (soup_message_get_response_headers (message), name);
}

static void
test_headers (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL);

  for (guint i = 0; i < coord_router_count (server->router); i++) {
    const CoordRoute *route = coord_router_get (server->router, i);
    g_autofree char *path = make_path (route);
    g_autoptr (SoupMessage) message = coord_test_server_new_message (server, route->method, path);

    g_test_message ("%s %s", route->method, route->path);
    coord_test_server_send (server, message, ada, route->body != NULL ? "{}" : NULL, NULL);
    g_assert_cmpstr (get_header (message, "Cache-Control"), ==, "no-store");
    g_assert_cmpstr (get_header (message, "X-Content-Type-Options"), ==, "nosniff");
    if (route->limit == COORD_LIMIT_FREE) {
      g_assert_null (get_header (message, "RateLimit-Limit"));
      continue;
    }
    g_assert_cmpint (g_ascii_strtoll (get_header (message, "RateLimit-Limit"), NULL, 10), >, 0);
    g_assert_nonnull (get_header (message, "RateLimit-Remaining"));
    g_assert_cmpint (g_ascii_strtoll (get_header (message, "RateLimit-Reset"), NULL, 10), >, 0);
  }
}

/* Over its limit every route that has one says when to come back, and does nothing else. */
static void
test_limits (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = NULL;

  /* So many that signing in is forgotten at once: else the limit of one begins somewhere below. */
  server->config->signin_per_address = 1000000;
  ada = sign_in (server, "ada", NULL);
  server->config->signin_per_address = server->config->sockets_per_address = 1;
  server->config->general_per_user = server->config->general_per_address = 1;
  server->config->execute_per_user = 1;
  for (guint i = 0; i < coord_router_count (server->router); i++) {
    const CoordRoute *route = coord_router_get (server->router, i);
    g_autofree char *path = make_path (route);
    g_autofree char *text = NULL;
    g_autoptr (SoupMessage) message = NULL;
    const char *body = route->body != NULL ? "{}" : NULL;

    if (route->limit == COORD_LIMIT_FREE)
      continue;
    g_test_message ("%s %s", route->method, route->path);
    coord_test_server_ask (server, route->method, path, ada, body, NULL);
    message = coord_test_server_new_message (server, route->method, path);
    g_assert_cmpuint (coord_test_server_send (server, message, ada, body, &text), ==, 429);
    if (route->refuse != NULL) /* by a page for people */
      g_assert_true (g_str_has_prefix (text, "<!DOCTYPE html>"));
    else
      assert_code (text, "too_fast");
    g_assert_cmpint (g_ascii_strtoll (get_header (message, "Retry-After"), NULL, 10), >, 0);
    g_assert_cmpstr (get_header (message, "RateLimit-Limit"), ==, "1");
    g_assert_cmpstr (get_header (message, "RateLimit-Remaining"), ==, "0");
  }
}

static void
test_unknown_members (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL);

  for (guint i = 0; i < coord_router_count (server->router); i++) {
    const CoordRoute *route = coord_router_get (server->router, i);
    g_autofree char *path = make_path (route);
    g_autofree char *text = NULL;

    if (route->body == NULL)
      continue;
    g_test_message ("%s %s", route->method, route->path);
    g_assert_cmpuint (
      coord_test_server_ask (server, route->method, path, ada, "{\"no_such_member\":1}", &text), ==,
      400);
    if (route->refuse != NULL) {
      g_assert_true (g_str_has_prefix (text, "<!DOCTYPE html>"));
      continue;
    }
    assert_code (text, "unknown_field");
    g_assert_nonnull (strstr (text, "\"at\":\"no_such_member\""));
  }
}

/* A filter that is misspelt must not give everything. */
static void
test_unknown_queries (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL);

  for (guint i = 0; i < coord_router_count (server->router); i++) {
    const CoordRoute *route = coord_router_get (server->router, i);
    g_autofree char *path = make_path (route);
    g_autofree char *asked = g_strconcat (path, "?no_such_word=1", NULL);
    g_autofree char *text = NULL;

    if (!g_str_has_prefix (route->path, "/api/") || route->takes_other_words)
      continue;
    g_test_message ("%s %s", route->method, route->path);
    g_assert_cmpuint (
      coord_test_server_ask (server, route->method, asked, ada, NULL, &text), ==, 400);
    if (route->refuse != NULL) {
      g_assert_true (g_str_has_prefix (text, "<!DOCTYPE html>"));
      continue;
    }
    assert_code (text, "unknown_field");
    g_assert_nonnull (strstr (text, "\"at\":\"no_such_word\""));
  }
  /* Part of a name, a name with something behind it, no name at all, and one of an object's route.
   */
  for (guint i = 0; i < 5; i++) {
    static const char *const paths[] = { "/api/audit?acto=x", "/api/audit?actors=x",
      "/api/audit?=x", "/api/audit?org%20actor=x", "/api/me?limit=1" };
    g_autofree char *text = NULL;

    g_assert_cmpuint (coord_test_server_ask (server, "GET", paths[i], ada, NULL, &text), ==, 400);
    assert_code (text, "unknown_field");
  }
  g_assert_cmpuint (
    coord_test_server_ask (server, "GET", "/health?no_such_word=1", NULL, NULL, NULL), ==, 200);
}

/* Lists take limits and cursors of their own, and nothing else. */
static void
test_list_queries (void)
{
  static const char *const bad[] = { "limit=0", "limit=201", "limit=-1", "limit=many",
    "limit=", "after=x", "after=" SOME_ID, "after=0:" SOME_ID, "after=", "limit=5&after=AAAA" };
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL);
  guint n_lists = 0;

  for (guint i = 0; i < coord_router_count (server->router); i++) {
    const CoordRoute *route = coord_router_get (server->router, i);
    g_autofree char *path = make_path (route);

    if (!is_list (route))
      continue;
    n_lists++;
    for (guint k = 0; k < G_N_ELEMENTS (bad); k++) {
      g_autofree char *query = g_strconcat (path, "?", bad[k], NULL);
      g_autofree char *text = NULL;

      g_test_message ("%s", query);
      g_assert_cmpuint (
        coord_test_server_ask (server, route->method, query, ada, NULL, &text), ==, 400);
      assert_code (text, "invalid");
    }
  }
  g_assert_cmpuint (n_lists, >=, 8);
}

/* Walks a list in pages of two and returns the ids of its items ("ID": its member's name). */
static GPtrArray *
walk (CoordTestServer *server,
  const char *token,
  const char *path,
  const EntStruct *type,
  gsize id_offset)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *next = g_strdup ("");

  while (next != NULL) {
    g_autofree char *query = g_strdup_printf ("%s%slimit=2%s%s", path,
      strchr (path, '?') != NULL ? "&" : "?", *next != '\0' ? "&after=" : "", next);
    g_autofree char *text = NULL;
    EntApiOrgList *list; /* all lists begin alike */

    g_assert_cmpuint (coord_test_server_ask (server, "GET", query, token, NULL, &text), ==, 200);
    list = ent_codec_decode (type, text, strlen (text), ENT_UNKNOWN_REFUSED, NULL);
    g_assert_nonnull (list);
    g_assert_cmpuint (list->items->len, <=, 2);
    for (guint i = 0; i < list->items->len; i++)
      g_ptr_array_add (ids, g_strdup (G_STRUCT_MEMBER (char *, list->items->pdata[i], id_offset)));
    g_free (next);
    next = g_strdup (list->next);
    ent_struct_free (type, list);
  }
  return ids;
}

static void
assert_rising (GPtrArray *ids, guint n)
{
  g_assert_cmpuint (ids->len, ==, n);
  for (guint i = 1; i < n; i++)
    g_assert_cmpstr (ids->pdata[i - 1], <, ids->pdata[i]);
}

static void
test_pages (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL);
  g_autofree char *eve = sign_in (server, "eve", NULL);
  g_autofree char *text = NULL;
  g_autofree char *stolen = NULL;
  g_autofree char *elsewhere = NULL;
  g_autofree char *keys = NULL;
  g_autoptr (GPtrArray) orgs = NULL;
  g_autoptr (GPtrArray) made = NULL;
  g_autoptr (EntApiOrgList) first = NULL;

  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (
      coord_test_server_ask (server, "POST", "/api/orgs", ada, "{\"name\":\"Acme\"}", NULL), ==,
      201);
  orgs = walk (server, ada, "/api/orgs", &ent_api_org_list_struct, G_STRUCT_OFFSET (EntApiOrg, id));
  assert_rising (orgs, 5);

  keys = g_strdup_printf ("/api/keys?org=%s", (char *) orgs->pdata[0]);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *body = g_strdup_printf (
      "{\"org\":\"%s\",\"name\":\"K\",\"scopes\":[\"read\"]}", (char *) orgs->pdata[0]);

    g_assert_cmpuint (
      coord_test_server_ask (server, "POST", "/api/keys", ada, body, NULL), ==, 200);
  }
  made = walk (server, ada, keys, &ent_api_key_list_struct, G_STRUCT_OFFSET (EntApiKey, id));
  assert_rising (made, 4);

  /* A cursor is good for nobody else, and for no other list. */
  g_assert_cmpuint (
    coord_test_server_ask (server, "GET", "/api/orgs?limit=2", ada, NULL, &text), ==, 200);
  first =
    ent_codec_decode (&ent_api_org_list_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, NULL);
  stolen = g_strconcat ("/api/orgs?after=", first->next, NULL);
  elsewhere = g_strconcat ("/api/slots?after=", first->next, NULL);
  g_assert_null (strstr (first->next, orgs->pdata[1]));
  g_assert_cmpuint (coord_test_server_ask (server, "GET", stolen, ada, NULL, NULL), ==, 200);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", stolen, eve, NULL, NULL), ==, 400);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", elsewhere, ada, NULL, NULL), ==, 400);
}

/* Each changed character of a cursor is noticed. */
static void
test_cursor (void)
{
  g_autoptr (CoordSecrets) secrets = coord_secrets_new ();
  g_autoptr (CoordSecrets) others = coord_secrets_new ();
  g_autofree char *cursor = coord_cursor_seal (secrets, "/api/orgs\nada", "17:" SOME_ID);
  g_autofree char *place = coord_cursor_open (secrets, "/api/orgs\nada", cursor);

  g_assert_cmpstr (place, ==, "17:" SOME_ID);
  g_assert_null (coord_cursor_open (secrets, "/api/orgs\neve", cursor));
  g_assert_null (coord_cursor_open (others, "/api/orgs\nada", cursor));
  for (gsize i = 0; cursor[i] != '\0'; i++) {
    char was = cursor[i];

    cursor[i] = was == 'A' ? 'B' : 'A';
    g_assert_null (coord_cursor_open (secrets, "/api/orgs\nada", cursor));
    cursor[i] = was;
  }
  for (gsize size = strlen (cursor); size-- > 0;) {
    cursor[size] = '\0';
    g_assert_null (coord_cursor_open (secrets, "/api/orgs\nada", cursor));
  }
}

/* Versions. */

typedef struct {
  char *name;
  gint64 version;
} Thing;

static const EntField thing_fields[] = {
  ENT_FIELD (Thing, name, ENT_FIELD_STRING, ENT_OPTIONAL, 10),
  ENT_FIELD (Thing, version, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
};
static const EntStruct thing_struct = { "Thing", sizeof (Thing), thing_fields, 2 };

static gint64 thing_version;

static gpointer
show_thing (CoordCall *call, GError **error)
{
  Thing *thing = g_new0 (Thing, 1);

  thing->version = thing_version;
  return thing;
}

static gpointer
change_thing (CoordCall *call, GError **error)
{
  if (!coord_version_check (call->version, thing_version, error))
    return NULL;
  thing_version++;
  return show_thing (call, error);
}

static const CoordRoute thing_routes[] = {
  { "GET", "/test/thing", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = show_thing,
    .answer = &thing_struct },
  { "PATCH", "/test/thing", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = change_thing,
    .work = COORD_WORK_WRITE, .answer = &thing_struct, .is_versioned = TRUE },
};

static guint
change (CoordTestServer *server, const char *token, const char *version, char **etag, char **text)
{
  g_autoptr (SoupMessage) message = coord_test_server_new_message (server, "PATCH", "/test/thing");
  guint status;

  if (version != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "If-Match", version);
  status = coord_test_server_send (server, message, token, NULL, text);
  if (etag != NULL)
    *etag = g_strdup (get_header (message, "ETag"));
  return status;
}

static void
assert_refused (CoordTestServer *server,
  const char *token,
  const char *version,
  guint status,
  const char *code)
{
  g_autofree char *text = NULL;

  g_assert_cmpuint (change (server, token, version, NULL, &text), ==, status);
  assert_code (text, code);
}

static void
test_versions (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  static const char *const bad[] = { "3", "\"\"", "\"three\"", "W/\"1\"", "*", "\"1\", \"2\"",
    "\"0\"", "\"-1\"", "\"1", "\"99999999999999999999\"" };
  g_autofree char *ada = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *text = NULL;
  g_autoptr (SoupMessage) shown = NULL;

  thing_version = 1;
  coord_router_add (server->router, thing_routes, G_N_ELEMENTS (thing_routes), NULL);
  ada = sign_in (server, "ada", NULL);
  shown = coord_test_server_new_message (server, "GET", "/test/thing");
  g_assert_cmpuint (coord_test_server_send (server, shown, ada, NULL, NULL), ==, 200);
  g_assert_cmpstr (get_header (shown, "ETag"), ==, "\"1\"");

  assert_refused (server, ada, NULL, 428, "version_needed");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (server, ada, bad[i], 400, "invalid");
  g_assert_cmpint (thing_version, ==, 1);
  g_assert_cmpuint (change (server, ada, "\"1\"", &first, NULL), ==, 200);
  g_assert_cmpstr (first, ==, "\"2\"");
  assert_refused (server, ada, "\"1\"", 412, "changed");
  assert_refused (server, ada, "\"3\"", 412, "changed");
  g_assert_cmpuint (change (server, ada, first, &second, NULL), ==, 200);
  g_assert_cmpstr (second, ==, "\"3\"");
  assert_refused (server, "x.y.z", "\"3\"", 401, "not_signed_in");

  g_assert_cmpuint (
    coord_test_server_ask (server, "GET", "/api/openapi.json", NULL, NULL, &text), ==, 200);
  g_assert_nonnull (strstr (text, "\"name\":\"If-Match\",\"in\":\"header\",\"required\":true"));
}

/* Every route that is versioned, whoever made it, wants If-Match. */
static void
test_every_version (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada = sign_in (server, "ada", NULL);

  for (guint i = 0; i < coord_router_count (server->router); i++) {
    const CoordRoute *route = coord_router_get (server->router, i);
    g_autofree char *path = make_path (route);
    guint status;

    /* What is not changed in place has no PATCH and no PUT. */
    if (!route->is_versioned)
      continue;
    g_test_message ("%s %s", route->method, route->path);
    status = coord_test_server_ask (
      server, route->method, path, ada, route->body != NULL ? "{}" : NULL, NULL);
    g_assert_true (status == 428 || status == 400); /* 400: a body with required members */
  }
}

/* The audit. */

static EntApiAuditList *
read_audit (CoordTestServer *server, const char *token, const char *query)
{
  g_autofree char *path = g_strconcat ("/api/audit", query, NULL);
  g_autofree char *text = NULL;
  EntApiAuditList *list;

  g_assert_cmpuint (coord_test_server_ask (server, "GET", path, token, NULL, &text), ==, 200);
  list =
    ent_codec_decode (&ent_api_audit_list_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, NULL);
  g_assert_nonnull (list);
  return list;
}

static guint
count_audit (CoordTestServer *server, const char *token, const char *query)
{
  g_autoptr (EntApiAuditList) list = read_audit (server, token, query);

  return list->items->len;
}

static void
test_audit (void)
{
  g_autoptr (CoordTestServer) server = coord_test_server_new (NULL);
  g_autofree char *ada_id = NULL;
  g_autofree char *eve_id = NULL;
  g_autofree char *ada = sign_in (server, "ada", &ada_id);
  g_autofree char *eve = sign_in (server, "eve", &eve_id);
  const char *const org = "01890a5d-ac96-774b-bcce-b302099a8058";
  const char *const path = "?org=01890a5d-ac96-774b-bcce-b302099a8058";
  g_autofree char *of_org = g_strconcat ("/api/audit", path, NULL);
  g_autofree char *proof = g_strconcat ("/api/audit/verify", path, NULL);
  g_autofree char *by_ada = g_strdup_printf ("%s&actor=%s", path, ada_id);
  g_autofree char *added = g_strconcat (path, "&action=slot.add", NULL);
  g_autofree char *both = g_strdup_printf ("%s&action=slot.add&actor=%s", path, eve_id);
  g_autofree char *early = g_strconcat (path, "&until=2020-01-01T00:00:00Z", NULL);
  g_autofree char *late = g_strconcat (path, "&since=2020-01-01T00:00:00Z", NULL);
  g_autofree char *wrong = g_strconcat (of_org, "&since=yesterday", NULL);
  g_autofree char *text = NULL;
  g_autoptr (EntApiAuditList) page = NULL;
  g_autofree char *rest = NULL;
  CoordDb *db = server->store->db;

  g_assert_true (coord_org_store_add (db, org, "Acme", "UTC", 1, NULL));
  g_assert_true (coord_org_store_set_member (db, org, ada_id, ENT_ORG_ADMIN, NULL, 1, NULL));
  g_assert_true (coord_org_store_set_member (db, org, eve_id, ENT_ORG_HR, NULL, 1, NULL));
  for (guint i = 0; i < 5; i++)
    g_assert_true (coord_audit_store_add (db, org, i < 3 ? ada_id : eve_id,
      i % 2 == 0 ? "slot.add" : "member.set", SOME_ID, "", 1767225600000000 + i, NULL));
  g_assert_cmpint (coord_audit_service_chain (db, org, 2, NULL), ==, 0);

  g_assert_cmpuint (count_audit (server, ada, path), ==, 5);
  g_assert_cmpuint (count_audit (server, ada, by_ada), ==, 3);
  g_assert_cmpuint (count_audit (server, ada, added), ==, 3);
  g_assert_cmpuint (count_audit (server, ada, both), ==, 1);
  g_assert_cmpuint (count_audit (server, ada, early), ==, 0);
  g_assert_cmpuint (count_audit (server, ada, late), ==, 5);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", wrong, ada, NULL, NULL), ==, 400);

  /* The newest first, and on from there. */
  rest = g_strconcat (path, "&limit=2", NULL);
  page = read_audit (server, ada, rest);
  g_assert_cmpint (((EntApiAuditEntry *) page->items->pdata[0])->at, ==, 1767225600000004);
  g_free (rest);
  rest = g_strconcat (path, "&after=", page->next, NULL);
  g_assert_cmpuint (count_audit (server, ada, rest), ==, 3);

  g_assert_cmpuint (coord_test_server_ask (server, "GET", proof, ada, NULL, &text), ==, 200);
  g_assert_nonnull (strstr (text, "\"entries\":5,\"waiting\":0,\"head\":\""));

  /* Administrators alone; the installation's is its own administrators'. */
  g_assert_cmpuint (coord_test_server_ask (server, "GET", of_org, eve, NULL, NULL), ==, 403);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", proof, eve, NULL, NULL), ==, 403);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", "/api/audit", ada, NULL, NULL), ==, 403);
  g_assert_true (
    coord_db_run (db, NULL, "UPDATE person SET is_site_admin = 1 WHERE email = 'eve@example.org'"));
  g_assert_cmpuint (count_audit (server, eve, ""), >, 0);
  g_assert_cmpuint (coord_test_server_ask (server, "GET", of_org, eve, NULL, NULL), ==, 403);

  g_assert_true (
    coord_db_run (db, NULL, "UPDATE audit SET action = 'slot.take' WHERE action = 'slot.add'"));
  g_free (g_steal_pointer (&text));
  g_assert_cmpuint (coord_test_server_ask (server, "GET", proof, ada, NULL, &text), ==, 409);
  assert_code (text, "conflict");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/requests/headers", test_headers);
  g_test_add_func ("/requests/limits", test_limits);
  g_test_add_func ("/requests/unknown-members", test_unknown_members);
  g_test_add_func ("/requests/unknown-queries", test_unknown_queries);
  g_test_add_func ("/requests/list-queries", test_list_queries);
  g_test_add_func ("/requests/pages", test_pages);
  g_test_add_func ("/requests/cursor", test_cursor);
  g_test_add_func ("/requests/versions", test_versions);
  g_test_add_func ("/requests/every-version", test_every_version);
  g_test_add_func ("/requests/audit", test_audit);
  return g_test_run ();
}
