#include "client/ent-browser-sign-in.h"

#include <string.h>

#include "client-fixture.h"

/* What the server was asked for, and what it answers to a code. */
typedef struct {
  char *asked; /* body */
  char *connected; /* body */
  gboolean needs_link;
} Token;

static void
token_cb (SoupServer *server,
  SoupServerMessage *message,
  const char *path,
  GHashTable *query,
  gpointer data)
{
  Token *token = data;
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (message));
  char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  const char *answer =
    "{\"access\":\"a1\",\"expires_in\":900,\"refresh\":\"r1\",\"user\":{\"id\":"
    "\"0190a000-0000-7000-8000-000000000001\",\"name\":\"Ada\",\"email\":\"ada@example.org\"}}";

  if (g_str_has_suffix (path, "/identities")) {
    token->connected = text;
    answer = "{\"id\":\"0190a000-0000-7000-8000-000000000002\",\"title\":\"Work\","
             "\"connected\":\"2026-01-01T00:00:00Z\",\"used\":\"2026-01-01T00:00:00Z\"}";
  } else {
    g_free (token->asked);
    token->asked = text;
  }
  if (token->needs_link && token->connected == NULL)
    answer = "{\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409,"
             "\"code\":\"link_needed\",\"request_id\":\"1\"}";
  soup_server_message_set_status (
    message, *answer == '{' && token->needs_link && token->connected == NULL ? 409 : 200, NULL);
  soup_server_message_set_response (
    message, "application/json", SOUP_MEMORY_COPY, answer, strlen (answer));
}

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static char *
get_query (EntBrowserSignIn *sign_in, const char *name)
{
  g_autoptr (GUri) uri =
    g_uri_parse (ent_browser_sign_in_get_uri (sign_in), G_URI_FLAGS_NONE, NULL);
  g_autoptr (GHashTable) query =
    g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_NONE, NULL);

  return g_strdup (g_hash_table_lookup (query, name));
}

/* What a browser gets at the app's address with this query. */
static guint
visit (EntBrowserSignIn *sign_in, const char *method, const char *query)
{
  g_autofree char *address = get_query (sign_in, "redirect_uri");
  g_autofree char *uri = g_strconcat (address, query, NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) body = NULL;

  soup_session_send_and_read_async (session, message, 0, NULL, keep_cb, &result);
  wait_for (&result);
  body = soup_session_send_and_read_finish (session, result, NULL);
  return soup_message_get_status (message);
}

static char *
make_query (EntBrowserSignIn *sign_in, const char *what)
{
  g_autofree char *state = get_query (sign_in, "state");

  return g_strdup_printf ("?%s&state=%s", what, state);
}

static void
test_code (Fixture *f, gconstpointer data)
{
  Token token = { 0 };
  g_autoptr (EntBrowserSignIn) sign_in = ent_browser_sign_in_new (f->client, "wo/rk", &f->error);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (EntApiUser) user = NULL;
  g_autofree char *good = make_query (sign_in, "code=the-code");
  g_autofree char *challenge = get_query (sign_in, "code_challenge");
  const char *const wrong[] = { "", "?code=x", "?code=x&state=no", "?code=&state=" };

  g_assert_nonnull (
    strstr (ent_browser_sign_in_get_uri (sign_in), "/api/auth/oidc/wo%2Frk/start?"));
  g_assert_cmpuint (strlen (challenge), ==, 43);
  soup_server_add_handler (f->server, "/api/auth/oidc/token", token_cb, &token, NULL);
  ent_browser_sign_in_run_async (sign_in, NULL, keep_cb, &result);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_cmpuint (visit (sign_in, "GET", wrong[i]), ==, 400);
  g_assert_cmpuint (visit (sign_in, "POST", good), ==, 400);
  g_assert_null (result);

  g_assert_cmpuint (visit (sign_in, "GET", good), ==, 200);
  wait_for (&result);
  user = ent_browser_sign_in_run_finish (sign_in, result, &f->error);
  g_assert_no_error (f->error);
  g_assert_cmpstr (user->name, ==, "Ada");
  g_assert_cmpstr (f->kept, ==, "r1");
  g_assert_nonnull (strstr (token.asked, "\"code\":\"the-code\""));
  g_assert_nonnull (strstr (token.asked, "\"verifier\":\""));
  g_assert_null (strstr (token.asked, challenge));
  g_assert_null (strstr (ent_browser_sign_in_get_uri (sign_in), "verifier"));
  /* Nobody listens any more. */
  g_assert_cmpuint (visit (sign_in, "GET", good), !=, 200);
  g_free (token.asked);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *error, *sentence;
  } cases[] = {
    { "sign_in_denied", "The sign-in was cancelled at the other service." },
    { "something_new", "Signing in with the other service did not work. Try again, or sign in with "
                       "your password." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (EntBrowserSignIn) sign_in = ent_browser_sign_in_new (f->client, "work", NULL);
    g_autofree char *what = g_strconcat ("error=", cases[i].error, NULL);
    g_autofree char *query = make_query (sign_in, what);
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    ent_browser_sign_in_run_async (sign_in, NULL, keep_cb, &result);
    g_assert_cmpuint (visit (sign_in, "GET", query), ==, 200);
    wait_for (&result);
    g_assert_null (ent_browser_sign_in_run_finish (sign_in, result, &error));
    g_assert_error (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_REFUSED);
    g_assert_cmpstr (error->message, ==, cases[i].sentence);
  }
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (EntBrowserSignIn) sign_in = ent_browser_sign_in_new (f->client, "work", NULL);
  g_autofree char *query = make_query (sign_in, "code=x");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ent_browser_sign_in_run_async (sign_in, cancellable, keep_cb, &result);
  g_cancellable_cancel (cancellable);
  wait_for (&result);
  g_assert_null (ent_browser_sign_in_run_finish (sign_in, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (visit (sign_in, "GET", query), ==, 400);
}

static void
test_connect (Fixture *f, gconstpointer data)
{
  Token token = { .needs_link = TRUE };
  g_autoptr (EntBrowserSignIn) sign_in = ent_browser_sign_in_new (f->client, "work", NULL);
  g_autofree char *query = make_query (sign_in, "code=the-code");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GError) error = NULL;

  soup_server_add_handler (f->server, "/api/auth/oidc/token", token_cb, &token, NULL);
  soup_server_add_handler (f->server, "/api/me/identities", token_cb, &token, NULL);
  ent_browser_sign_in_run_async (sign_in, NULL, keep_cb, &result);
  g_assert_cmpuint (visit (sign_in, "GET", query), ==, 200);
  wait_for (&result);
  g_assert_null (ent_browser_sign_in_run_finish (sign_in, result, &error));
  g_assert_cmpstr (ent_client_error_get_code (error), ==, "link_needed");

  client_fixture_log_in (f, "right");
  g_assert_true (f->ok);
  ent_browser_sign_in_connect_async (sign_in, f->client, NULL, keep_cb, &connected);
  wait_for (&connected);
  g_assert_true (ent_browser_sign_in_connect_finish (sign_in, connected, &f->error));
  g_assert_no_error (f->error);
  g_assert_nonnull (strstr (token.connected, "\"code\":\"the-code\""));
  g_free (token.asked);
  g_free (token.connected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CLIENT_TEST_ADD ("/client/browser-sign-in/code", test_code);
  CLIENT_TEST_ADD ("/client/browser-sign-in/refusals", test_refusals);
  CLIENT_TEST_ADD ("/client/browser-sign-in/cancel", test_cancel);
  CLIENT_TEST_ADD ("/client/browser-sign-in/connect", test_connect);
  return g_test_run ();
}
