#include <string.h>

#include "http/coord-openapi.h"
#include "http/coord-request-private.h"
#include "service/coord-key-service.h"
#include "service/coord-token-cache.h"
#include "store/coord-error.h"

#define WINDOW_S (15 * 60)
#define MAX_PATH 1024
#define MAX_TOKENS 4096 /* whose signature is remembered */

typedef struct {
  const CoordRoute *route;
  char **segments;
  guint n_segments;
  gpointer data;
} Entry;

static void
entry_free (Entry *entry)
{
  g_strfreev (entry->segments);
  g_free (entry);
}

CoordRouter *
coord_router_new (const CoordServices *services)
{
  CoordRouter *router = g_new0 (CoordRouter, 1);

  router->services = services;
  router->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  router->rate = coord_rate_new ();
  router->tokens = coord_token_cache_new (services->secrets, MAX_TOKENS);
  return router;
}

void
coord_router_free (CoordRouter *router)
{
  g_ptr_array_unref (router->entries);
  coord_rate_free (router->rate);
  coord_token_cache_free (router->tokens);
  g_free (router->description);
  g_free (router);
}

void
coord_router_set_shares (CoordRouter *router, CoordCountShares count, gpointer data)
{
  router->count_shares = count;
  router->count_shares_data = data;
}

guint
coord_router_count (CoordRouter *router)
{
  return router->entries->len;
}

const CoordRoute *
coord_router_get (CoordRouter *router, guint index)
{
  return ((Entry *) router->entries->pdata[index])->route;
}

const char *
coord_router_get_description (CoordRouter *router)
{
  if (router->description == NULL)
    router->description = coord_openapi_describe (router);
  return router->description;
}

void
coord_router_add (CoordRouter *router, const CoordRoute *routes, guint n_routes, gpointer data)
{
  for (guint i = 0; i < n_routes; i++) {
    Entry *entry;

    for (guint k = 0; k < router->entries->len; k++) {
      const CoordRoute *other = coord_router_get (router, k);

      g_assert (
        strcmp (other->path, routes[i].path) != 0 || strcmp (other->method, routes[i].method) != 0);
    }
    entry = g_new0 (Entry, 1);
    entry->route = &routes[i];
    entry->segments = g_strsplit (routes[i].path + 1, "/", -1);
    entry->n_segments = g_strv_length (entry->segments);
    entry->data = data;
    g_ptr_array_add (router->entries, entry);
  }
}

/* Finding. */

static gboolean
is_parameter (const char *segment)
{
  return *segment == '{';
}

static gboolean
matches (const Entry *entry, char **segments, guint n_segments)
{
  if (entry->n_segments != n_segments)
    return FALSE;
  for (guint i = n_segments; i-- > 0;) /* most differ at their ends */
    if (is_parameter (entry->segments[i]) ? *segments[i] == '\0'
                                          : strcmp (entry->segments[i], segments[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Fixed words win over parameters: /api/interviews/my is no id. */
static guint
count_parameters (const Entry *entry)
{
  guint n = 0;

  for (guint i = 0; entry->segments[i] != NULL; i++)
    n += is_parameter (entry->segments[i]);
  return n;
}

static const Entry *
find_entry (CoordRouter *router, const char *method, char **segments, gboolean *is_other_method)
{
  const Entry *found = NULL;
  guint n_segments = g_strv_length (segments);

  *is_other_method = FALSE;
  for (guint i = 0; i < router->entries->len; i++) {
    const Entry *entry = router->entries->pdata[i];

    if (!matches (entry, segments, n_segments))
      continue;
    if (strcmp (entry->route->method, method) != 0)
      *is_other_method = TRUE;
    else if (found == NULL || count_parameters (entry) < count_parameters (found))
      found = entry;
  }
  return found;
}

/* Says with a 405 which methods the address takes. */
static void
set_allow (CoordRequest *request, char **segments)
{
  const GPtrArray *entries = request->router->entries;
  g_autoptr (GString) methods = g_string_new (NULL);
  guint n_segments = g_strv_length (segments);

  for (guint i = 0; i < entries->len; i++)
    if (matches (entries->pdata[i], segments, n_segments))
      g_string_append_printf (methods, "%s%s", methods->len > 0 ? ", " : "",
        ((const Entry *) entries->pdata[i])->route->method);
  coord_request_set_header (request, "Allow", methods->str);
}

/* /api/v1 is the same tree as /api. NULL for what cannot be a path of ours. */
static char **
split_path (const char *path)
{
  if (path == NULL || *path != '/' || strlen (path) > MAX_PATH)
    return NULL;
  if (g_str_has_prefix (path, "/api/v1/")) {
    g_autofree char *plain = g_strconcat ("/api/", path + strlen ("/api/v1/"), NULL);

    return g_strsplit (plain + 1, "/", 12);
  }
  return g_strsplit (path + 1, "/", 12);
}

gsize
coord_router_get_body_limit (CoordRouter *router, SoupServerMessage *message)
{
  g_auto (GStrv) segments = split_path (g_uri_get_path (soup_server_message_get_uri (message)));
  gboolean is_other_method;
  const Entry *entry =
    segments != NULL
      ? find_entry (router, soup_server_message_get_method (message), segments, &is_other_method)
      : NULL;

  if (entry == NULL || entry->route->body == NULL)
    return 0;
  switch (entry->route->limit) {
  case COORD_LIMIT_FREE:
  case COORD_LIMIT_SOCKET:
    return 0;
  case COORD_LIMIT_GENERAL:
  case COORD_LIMIT_EXECUTE:
    return 100 * 1024;
  case COORD_LIMIT_SIGNIN:
    return 4 * 1024;
  }
  return 0;
}

/* Checking. */

static void
take_parameters (CoordRequest *request, const Entry *entry, char **segments)
{
  for (guint i = 0; entry->segments[i] != NULL; i++) {
    const char *name = entry->segments[i];

    if (is_parameter (name))
      g_hash_table_insert (
        request->parameters, g_strndup (name + 1, strlen (name) - 2), g_strdup (segments[i]));
  }
}

static gboolean
read_caller (CoordRequest *request, GError **error)
{
  const CoordServices *services = request->router->services;
  const char *token = coord_request_get_header (request, "X-API-Key");

  if (token == NULL)
    token = coord_request_get_bearer (request);

  if (request->route->caller == COORD_CALLER_NONE ||
      (request->route->caller == COORD_CALLER_OPTIONAL && token == NULL))
    return TRUE;
  if (token == NULL) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN, "You are not signed in. Sign in first.");
    return FALSE;
  }
  if (coord_key_is_key (token)) {
    request->caller = coord_caller_new_for_key (token);
    return TRUE;
  }
  request->caller = coord_token_cache_verify (
    request->router->tokens, token, ent_clock_get_wall_us (services->clock), error);
  return request->caller != NULL;
}

/* Counts a request of an address that nobody has signed; FALSE: answered. */
static gboolean
count_stranger (CoordRequest *request, const char *kind)
{
  g_autofree char *subject = g_strconcat (kind, ":", request->network, NULL);

  return coord_request_count (
    request, subject, request->router->services->config->general_per_address, WINDOW_S);
}

/* A key that was never good here is tried for one address only so often. */
static gboolean
count_key (CoordRequest *request)
{
  const char *hash = request->caller->key_hash;

  return hash == NULL || coord_request_is_known (request, hash) || count_stranger (request, "key");
}

/* Takes the error. What is refused before anybody is known counts for the address, apart from what
 * guests there do. */
static void
refuse_stranger (CoordRequest *request, GError *error)
{
  if (count_stranger (request, "refused"))
    coord_request_fail (request, error);
  else
    g_error_free (error);
}

/* Limits per address count those who are not signed in, so that an office behind one address does
 * not lock itself out. FALSE: answered. */
static gboolean
check_rate (CoordRequest *request)
{
  const CoordConfig *config = request->router->services->config;
  g_autofree char *user = NULL;
  g_autofree char *address = NULL;

  switch (request->route->limit) {
  case COORD_LIMIT_FREE:
    return TRUE;
  case COORD_LIMIT_SIGNIN:
    address = g_strconcat ("signin:", request->network, NULL);
    return coord_request_count (request, address, config->signin_per_address, WINDOW_S);
  case COORD_LIMIT_SOCKET:
    address = g_strconcat ("socket:", request->network, NULL);
    return coord_request_count (request, address, config->sockets_per_address, 60);
  case COORD_LIMIT_GENERAL:
    if (request->caller == NULL)
      return count_stranger (request, "general");
    user = g_strconcat ("user:", coord_request_get_subject (request), NULL);
    return count_key (request) &&
           coord_request_count (request, user, config->general_per_user, WINDOW_S);
  case COORD_LIMIT_EXECUTE:
    user = g_strconcat ("execute:", coord_request_get_subject (request), NULL);
    return count_key (request) && coord_request_count (request, user, config->execute_per_user, 60);
  }
  return FALSE;
}

static void
set_decode_error (GError **error, const GError *failure)
{
  CoordError code = COORD_ERROR_INVALID;

  if (g_error_matches (failure, ENT_CODEC_ERROR, ENT_CODEC_ERROR_UNKNOWN))
    code = COORD_ERROR_UNKNOWN_FIELD;
  g_set_error_literal (error, COORD_ERROR, code, failure->message);
}

/* A form has texts only, and the same limits as a body of JSON. */
static gpointer
decode_form (const EntStruct *type, const char *text, GError **error)
{
  g_autoptr (GHashTable) form = soup_form_decode (text);
  gpointer value = g_malloc0 (type->size);
  guint n_known = 0;

  for (guint i = 0; i < type->n_fields; i++) {
    const EntField *field = &type->fields[i];
    const char *member = g_hash_table_lookup (form, field->name);

    g_assert (field->type == ENT_FIELD_STRING);
    n_known += member != NULL;
    if (member == NULL
          ? (field->flags & ENT_REQUIRED) == 0
          : g_utf8_validate (member, -1, NULL) && strlen (member) <= (gsize) field->max)
      G_STRUCT_MEMBER (char *, value, field->offset) = g_strdup (member);
    else
      n_known = G_MAXUINT / 2;
  }
  if (n_known == g_hash_table_size (form))
    return value;
  ent_struct_free (type, value);
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_INVALID, "The form is not the one of this page.");
  return NULL;
}

/* With parameters or without. */
static gboolean
is_media_type (const char *type, const char *wanted)
{
  gsize length = strlen (wanted);

  return type != NULL && g_ascii_strncasecmp (type, wanted, length) == 0 &&
         strchr ("; \t", type[length]) != NULL;
}

static gboolean
read_form (CoordRequest *request, GError **error)
{
  g_autoptr (GBytes) bytes =
    soup_message_body_flatten (soup_server_message_get_request_body (request->message));
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  const char *type = coord_request_get_header (request, "Content-Type");

  if (!is_media_type (type, "application/x-www-form-urlencoded")) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_INVALID, "This address takes the form of its page alone.");
    return FALSE;
  }
  request->body = decode_form (request->route->body, text, error);
  return request->body != NULL;
}

static gboolean
read_body (CoordRequest *request, GError **error)
{
  SoupMessageBody *body = soup_server_message_get_request_body (request->message);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) failure = NULL;
  const char *type = coord_request_get_header (request, "Content-Type");
  const char *text;
  gsize size;

  if (request->route->body == NULL)
    return TRUE;
  if (request->route->is_form)
    return read_form (request, error);
  bytes = soup_message_body_flatten (body);
  text = g_bytes_get_data (bytes, &size);
  if (size > 0 && !is_media_type (type, "application/json")) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID,
      "The body must be JSON, with Content-Type: application/json.");
    return FALSE;
  }
  request->body = ent_codec_decode (request->route->body, size > 0 ? text : "{}",
    size > 0 ? size : 2, ENT_UNKNOWN_REFUSED, &failure);
  if (request->body != NULL)
    return TRUE;
  set_decode_error (error, failure);
  return FALSE;
}

gboolean
coord_route_is_list (const CoordRoute *route)
{
  for (guint i = 0; route->answer != NULL && i < route->answer->n_fields; i++)
    if (strcmp (route->answer->fields[i].name, "next") == 0)
      return TRUE;
  return FALSE;
}

static gboolean
takes_query (const CoordRoute *route, const char *name)
{
  gsize length = strlen (name);

  if (coord_route_is_list (route) && (strcmp (name, "limit") == 0 || strcmp (name, "after") == 0))
    return TRUE;
  for (const char *next = route->query; next != NULL && *next != '\0';) {
    const char *end = strchrnul (next, ' ');

    if ((gsize) (end - next) == length && memcmp (next, name, length) == 0)
      return TRUE;
    next = *end == ' ' ? end + 1 : NULL;
  }
  return FALSE;
}

/* Who misspells a filter must not get everything. Addresses for people are forgiving: mail programs
 * and others write words of their own behind them. */
static gboolean
check_query (CoordRequest *request, GError **error)
{
  GHashTableIter iter;
  gpointer name;

  if (request->query == NULL || request->route->takes_other_words ||
      !g_str_has_prefix (request->route->path, "/api/"))
    return TRUE;
  g_hash_table_iter_init (&iter, request->query);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!takes_query (request->route, name)) {
      g_autofree char *valid = g_utf8_make_valid (name, -1);

      g_set_error (error, COORD_ERROR, COORD_ERROR_UNKNOWN_FIELD,
        "%s: this address takes no such word behind its '?'", valid);
      return FALSE;
    }
  return TRUE;
}

static void
run_route (CoordRequest *request, const Entry *entry)
{
  g_autoptr (GError) error = NULL;

  if (!read_caller (request, &error)) {
    refuse_stranger (request, g_steal_pointer (&error));
    return;
  }
  if (!check_rate (request))
    return;
  if (!check_query (request, &error) || !read_body (request, &error) ||
      !coord_request_open_cursor (request, &error) ||
      !coord_request_read_version (request, &error)) {
    coord_request_fail (request, g_steal_pointer (&error));
    return;
  }
  if (entry->route->handler != NULL)
    entry->route->handler (request, entry->data);
  else
    coord_request_work (request, entry->route->work == COORD_WORK_WRITE, entry->route->service,
      NULL, NULL, NULL, NULL);
}

void
coord_router_handle (CoordRouter *router,
  SoupServerMessage *message,
  const char *address,
  CoordTakeSocketFunc take_socket,
  CoordWatchClientFunc watch_client)
{
  CoordRequest *request = coord_request_new (router, message, address);
  GUri *uri = soup_server_message_get_uri (message);
  g_auto (GStrv) segments = split_path (g_uri_get_path (uri));
  gboolean is_other_method = FALSE;
  const Entry *entry =
    segments != NULL
      ? find_entry (router, soup_server_message_get_method (message), segments, &is_other_method)
      : NULL;

  request->take_socket = take_socket;
  request->watch_client = watch_client;
  if (router->count_shares != NULL)
    coord_rate_set_shares (router->rate, router->count_shares (router->count_shares_data));
  if (is_other_method && entry == NULL)
    set_allow (request, segments);
  if (entry == NULL)
    refuse_stranger (request,
      g_error_new_literal (COORD_ERROR,
        is_other_method ? COORD_ERROR_METHOD : COORD_ERROR_NOT_FOUND,
        is_other_method ? "This address does not take this method." : "There is nothing here."));
  else {
    request->route = entry->route;
    if (g_uri_get_query (uri) != NULL)
      request->query = soup_form_decode (g_uri_get_query (uri));
    take_parameters (request, entry, segments);
    run_route (request, entry);
  }
  if (request->refs > 1)
    coord_request_pause (request);
  coord_request_unref (request);
}
