#include <string.h>

#include "base/ent-id.h"
#include "coord-log.h"
#include "http/coord-cursor.h"
#include "http/coord-network.h"
#include "http/coord-repeat.h"
#include "http/coord-request-private.h"
#include "protocol/ent-api.h"
#include "store/coord-error.h"

/* A refusal that could tell by its time whether the thing is there leaves no sooner than this: to
 * look for a foreign thing takes some queries more than for one that is not there. */
#define HIDING_US 4000

CoordRequest *
coord_request_new (CoordRouter *router, SoupServerMessage *message, const char *address)
{
  CoordRequest *request = g_new0 (CoordRequest, 1);

  request->refs = 1;
  request->router = router;
  request->started_us = ent_clock_get_monotonic_us (router->services->clock);
  request->message = g_object_ref (message);
  request->id = ent_id_new ();
  request->address = g_strdup (address);
  request->network = coord_network_of (address);
  request->parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return request;
}

CoordRequest *
coord_request_ref (CoordRequest *request)
{
  request->refs++;
  return request;
}

void
coord_request_unref (CoordRequest *request)
{
  if (request->refs == 1 && !request->is_answered)
    coord_request_fail (request,
      g_error_new_literal (COORD_ERROR, COORD_ERROR_INTERNAL, "The request was not answered."));
  if (--request->refs > 0)
    return;
  if (request->body != NULL)
    ent_struct_free (request->route->body, request->body);
  g_clear_pointer (&request->caller, coord_caller_free);
  g_clear_pointer (&request->query, g_hash_table_unref);
  g_hash_table_unref (request->parameters);
  g_object_unref (request->message);
  g_free (request->address);
  g_free (request->network);
  g_free (request->id);
  g_free (request);
}

const char *
coord_request_get_parameter (CoordRequest *request, const char *name)
{
  return g_hash_table_lookup (request->parameters, name);
}

const char *
coord_request_get_query (CoordRequest *request, const char *name)
{
  return request->query != NULL ? g_hash_table_lookup (request->query, name) : NULL;
}

const char *
coord_request_get_header (CoordRequest *request, const char *name)
{
  return soup_message_headers_get_one (
    soup_server_message_get_request_headers (request->message), name);
}

const char *
coord_request_get_address (CoordRequest *request)
{
  return request->address;
}

const char *
coord_request_get_network (CoordRequest *request)
{
  return request->network;
}

const char *
coord_request_get_bearer (CoordRequest *request)
{
  const char *header = coord_request_get_header (request, "Authorization");

  return header != NULL && g_ascii_strncasecmp (header, "Bearer ", 7) == 0 ? header + 7 : NULL;
}

const char *
coord_request_get_user (CoordRequest *request)
{
  return request->caller != NULL ? request->caller->user_id : NULL;
}

const char *
coord_request_get_subject (CoordRequest *request)
{
  const CoordCaller *caller = request->caller;

  if (caller == NULL)
    return NULL;
  return caller->user_id != NULL ? caller->user_id : caller->key_hash;
}

const CoordServices *
coord_request_get_services (CoordRequest *request)
{
  return request->router->services;
}

gconstpointer
coord_request_get_body (CoordRequest *request)
{
  return request->body;
}

/* Answers. */

void
coord_request_pause (CoordRequest *request)
{
  if (request->is_answered || request->is_paused)
    return;
  request->is_paused = TRUE;
  soup_server_message_pause (request->message);
}

static void
resume (CoordRequest *request)
{
  if (request->is_paused)
    soup_server_message_unpause (request->message);
  request->is_paused = FALSE;
}

/* printf() is slow for what stands in each answer. */
static void
set_number (SoupMessageHeaders *headers, const char *name, gint64 number)
{
  char digits[24];
  guint at = sizeof digits - 1;
  guint64 rest = MAX (number, 0);

  digits[at] = '\0';
  do
    digits[--at] = '0' + rest % 10;
  while ((rest /= 10) > 0);
  soup_message_headers_replace (headers, name, digits + at);
}

static void
set_headers (CoordRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Connection", "close");
  if (request->rate.limit > 0) {
    set_number (headers, "RateLimit-Limit", request->rate.limit);
    set_number (headers, "RateLimit-Remaining", request->rate.remaining);
    set_number (headers, "RateLimit-Reset", request->rate.reset_s);
  }
}

void
coord_request_watch_client (CoordRequest *request, CoordClientLeftFunc left, gpointer data)
{
  g_return_if_fail (!request->is_answered);
  request->is_watched = TRUE;
  request->watch_client (request->message, left, data);
}

/* The one place that every answer passes. */
static void
note_answer (CoordRequest *request, guint status)
{
  const CoordServices *services = request->router->services;
  const CoordRoute *route = request->route;
  gint64 took_us = ent_clock_get_monotonic_us (services->clock) - request->started_us;

  request->is_answered = TRUE;
  if (request->is_watched)
    request->watch_client (request->message, NULL, NULL);
  coord_metrics_count_request (services->metrics, route != NULL ? route->method : NULL,
    route != NULL ? route->path : NULL, status, took_us);
  /* The route, not the path: that may name things which are nobody's business. */
  if (!g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
    coord_log (G_LOG_LEVEL_DEBUG, COORD_LOG_REQUEST, request->id,
      "%s %s: %u in %" G_GINT64_FORMAT " us", route != NULL ? route->method : "other",
      route != NULL ? route->path : "none", status, took_us);
}

void
coord_request_set_header (CoordRequest *request, const char *name, const char *value)
{
  soup_message_headers_replace (
    soup_server_message_get_response_headers (request->message), name, value);
}

/* Also of those that libsoup calls an unknown error. */
static const char *
get_phrase (guint status)
{
  switch (status) {
  case 413:
    return "Content Too Large";
  case 428:
    return "Precondition Required";
  case 429:
    return "Too Many Requests";
  default:
    return soup_status_get_phrase (status);
  }
}

/* Takes the body. */
static void
reply (CoordRequest *request, guint status, const char *content_type, char *body)
{
  note_answer (request, status);
  set_headers (request);
  soup_server_message_set_status (request->message, status, get_phrase (status));
  if (body != NULL)
    soup_server_message_set_response (
      request->message, content_type, SOUP_MEMORY_TAKE, body, strlen (body));
  resume (request);
}

void
coord_request_reply_text (CoordRequest *request,
  guint status,
  const char *content_type,
  const char *body)
{
  g_return_if_fail (!request->is_answered);
  reply (request, status, content_type, g_strdup (body));
}

void
coord_request_reply_file (CoordRequest *request,
  const char *content_type,
  const char *name,
  GBytes *bytes)
{
  g_autofree char *disposition = g_strdup_printf ("attachment; filename=\"%s\"", name);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);

  g_return_if_fail (!request->is_answered);
  note_answer (request, SOUP_STATUS_OK);
  set_headers (request);
  soup_message_headers_replace (headers, "Content-Disposition", disposition);
  soup_message_headers_set_content_type (headers, content_type, NULL);
  soup_server_message_set_status (request->message, SOUP_STATUS_OK, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (request->message), bytes);
  resume (request);
}

static const EntField *
find_field (const EntStruct *type, const char *name, EntFieldType kind)
{
  for (guint i = 0; type != NULL && i < type->n_fields; i++)
    if (type->fields[i].type == kind && strcmp (type->fields[i].name, name) == 0)
      return &type->fields[i];
  return NULL;
}

/* A cursor is good for the route and the caller that it was given to. */
static char *
get_cursor_scope (CoordRequest *request)
{
  const char *subject = coord_request_get_subject (request);

  return g_strconcat (request->route->path, "\n", subject != NULL ? subject : "", NULL);
}

gboolean
coord_request_open_cursor (CoordRequest *request, GError **error)
{
  const char *cursor = coord_request_get_query (request, "after");
  g_autofree char *scope = NULL;
  g_autofree char *place = NULL;

  if (cursor == NULL || find_field (request->route->answer, "next", ENT_FIELD_STRING) == NULL)
    return TRUE;
  scope = get_cursor_scope (request);
  place = coord_cursor_open (request->router->services->secrets, scope, cursor);
  if (place != NULL) {
    /* As soup_form_decode() has it: name and value are one piece of memory, which the name owns. */
    gsize size = strlen (place) + 1;
    char *pair = g_malloc (sizeof "after" + size);

    memcpy (pair, "after", sizeof "after");
    memcpy (pair + sizeof "after", place, size);
    g_hash_table_replace (request->query, pair, pair + sizeof "after");
    return TRUE;
  }
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID,
    "'after' is not a cursor of an earlier answer to you. Start again without it.");
  return FALSE;
}

gboolean
coord_request_read_version (CoordRequest *request, GError **error)
{
  const char *text = coord_request_get_header (request, "If-Match");
  gsize size = text != NULL ? strlen (text) : 0;
  g_autofree char *digits = NULL;
  guint64 version;

  if (!request->route->is_versioned)
    return TRUE;
  if (text == NULL) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_VERSION_NEEDED,
      "Say which version you are changing: If-Match with the ETag of the answer that showed it.");
    return FALSE;
  }
  if (size > 2 && text[0] == '"' && text[size - 1] == '"')
    digits = g_strndup (text + 1, size - 2);
  if (digits == NULL || !g_ascii_string_to_unsigned (digits, 10, 1, G_MAXINT64, &version, NULL)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID,
      "If-Match must be the ETag of an earlier answer, such as \"3\" with the quotes.");
    return FALSE;
  }
  request->version = version;
  return TRUE;
}

/* An answer as it leaves. */
typedef struct {
  char *json;
  char *etag; /* NULL: none */
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_free (answer->json);
  g_free (answer->etag);
  g_free (answer);
}

/* The version of a struct, or of the object that it is about, which is its first field. */
static char *
make_etag (const EntStruct *type, gconstpointer value)
{
  const EntField *field = find_field (type, "version", ENT_FIELD_INT);

  if (field == NULL && type->n_fields > 0 && type->fields[0].type == ENT_FIELD_OBJECT) {
    value = G_STRUCT_MEMBER (gpointer, value, type->fields[0].offset);
    field = find_field (type->fields[0].of, "version", ENT_FIELD_INT);
  }
  if (field == NULL || value == NULL)
    return NULL;
  return g_strdup_printf (
    "\"%" G_GINT64_FORMAT "\"", G_STRUCT_MEMBER (gint64, value, field->offset));
}

static char *
encode_answer (CoordRequest *request, const EntStruct *type, gconstpointer value)
{
  const EntField *next = find_field (type, "next", ENT_FIELD_STRING);
  const char *place = next != NULL ? G_STRUCT_MEMBER (char *, value, next->offset) : NULL;
  g_autofree gpointer sealed = NULL;
  g_autofree char *scope = NULL;
  g_autofree char *cursor = NULL;

  if (place == NULL)
    return ent_codec_encode (type, value);
  scope = get_cursor_scope (request);
  cursor = coord_cursor_seal (request->router->services->secrets, scope, place);
  sealed = g_memdup2 (value, type->size);
  G_STRUCT_MEMBER (char *, sealed, next->offset) = cursor;
  return ent_codec_encode (type, sealed);
}

/* Reads the request alone and may run in a worker. NULL for no value. */
static Answer *
write_answer (CoordRequest *request, const EntStruct *type, gconstpointer value)
{
  Answer *answer;

  if (value == NULL)
    return NULL;
  answer = g_new (Answer, 1);
  *answer = (Answer){ encode_answer (request, type, value), make_etag (type, value) };
  return answer;
}

/* Takes the answer. */
static void
send_answer (CoordRequest *request, guint status, Answer *answer)
{
  if (status == 0)
    status = answer != NULL ? SOUP_STATUS_OK : SOUP_STATUS_NO_CONTENT;
  if (answer == NULL) {
    reply (request, status, NULL, NULL);
    return;
  }
  if (answer->etag != NULL)
    coord_request_set_header (request, "ETag", answer->etag);
  reply (request, status, "application/json", g_steal_pointer (&answer->json));
  answer_free (answer);
}

void
coord_request_reply (CoordRequest *request,
  guint status,
  const EntStruct *type,
  gconstpointer value)
{
  g_return_if_fail (!request->is_answered);
  send_answer (request, status, write_answer (request, type, value));
}

/* Decoding errors start with the path of the member they are about. */
static GPtrArray *
list_field_errors (const GError *error)
{
  GPtrArray *list;
  EntApiFieldError *field;
  const char *colon = strstr (error->message, ": ");

  if (!g_error_matches (error, COORD_ERROR, COORD_ERROR_UNKNOWN_FIELD) || colon == NULL)
    return NULL;
  field = ent_api_field_error_new ();
  field->at = g_strndup (error->message, colon - error->message);
  field->code = g_strdup (coord_error_get_code (error));
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_field_error_free);
  g_ptr_array_add (list, field);
  return list;
}

static GPtrArray *
copy_free_times (const GPtrArray *times)
{
  GPtrArray *copy;

  if (times == NULL)
    return NULL;
  copy = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_free_time_free);
  for (guint i = 0; i < times->len; i++)
    g_ptr_array_add (copy, ent_struct_copy (&ent_api_free_time_struct, times->pdata[i]));
  return copy;
}

typedef struct {
  CoordRequest *request;
  GError *error;
} Refusal;

static void
refusal_free (gpointer data)
{
  Refusal *refusal = data;

  g_clear_error (&refusal->error);
  coord_request_unref (refusal->request);
  g_free (refusal);
}

static void refuse (CoordRequest *request, GError *error);

static gboolean
refuse_cb (gpointer data)
{
  Refusal *refusal = data;

  refuse (refusal->request, g_steal_pointer (&refusal->error));
  return G_SOURCE_REMOVE;
}

void
coord_request_fail (CoordRequest *request, GError *error)
{
  guint status = coord_error_get_status (error);
  gint64 left_us =
    request->started_us + HIDING_US - ent_clock_get_monotonic_us (request->router->services->clock);
  Refusal *refusal;

  if (request->route == NULL || left_us <= 0 ||
      (status != SOUP_STATUS_FORBIDDEN && status != SOUP_STATUS_NOT_FOUND)) {
    refuse (request, error);
    return;
  }
  refusal = g_new (Refusal, 1);
  *refusal = (Refusal){ coord_request_ref (request), error };
  coord_request_pause (request);
  g_timeout_add_full (G_PRIORITY_DEFAULT, (left_us + 999) / 1000, refuse_cb, refusal, refusal_free);
}

static void
refuse (CoordRequest *request, GError *error)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);
  g_autoptr (GError) owned = error;
  g_autoptr (EntApiProblem) problem = ent_api_problem_new ();
  g_autofree char *json = NULL;
  guint status = coord_error_get_status (error);

  problem->type = g_strdup ("about:blank");
  problem->title = g_strdup (get_phrase (status));
  problem->status = status;
  problem->code = g_strdup (coord_error_get_code (error));
  problem->request_id = g_strdup (request->id);
  problem->errors = list_field_errors (error);
  problem->free = copy_free_times (coord_error_get_free (error));
  if (status == SOUP_STATUS_INTERNAL_SERVER_ERROR) {
    /* The reason is for the operator alone. */
    coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_REQUEST, request->id, "%s", error->message);
    problem->detail = g_strdup_printf (
      "The server has made a mistake. Tell its operator this number: %s.", request->id);
  } else
    problem->detail = g_strdup (error->message);
  if (status == SOUP_STATUS_UNAUTHORIZED)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer");
  if (status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    soup_message_headers_replace (headers, "Retry-After", "5");
  if (status == 429 && soup_message_headers_get_one (headers, "Retry-After") == NULL)
    soup_message_headers_replace (headers, "Retry-After", "1");
  if (request->route != NULL && request->route->refuse != NULL) {
    request->route->refuse (request, problem->detail, error);
    return;
  }
  json = ent_codec_encode (&ent_api_problem_struct, problem);
  coord_request_reply_text (request, status, "application/problem+json", json);
}

/* Rates. */

static gboolean
refuse_too_fast (CoordRequest *request, gint64 retry_s)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);
  g_autofree char *retry = g_strdup_printf ("%" G_GINT64_FORMAT, retry_s);

  soup_message_headers_replace (headers, "Retry-After", retry);
  coord_request_fail (
    request, g_error_new (COORD_ERROR, COORD_ERROR_TOO_FAST,
               "Too many requests. Try again in %" G_GINT64_FORMAT " seconds.", retry_s));
  return FALSE;
}

static gint64
get_now_us (CoordRequest *request)
{
  return ent_clock_get_monotonic_us (request->router->services->clock);
}

gboolean
coord_request_count (CoordRequest *request, const char *subject, gint64 count, gint64 window_s)
{
  CoordRateState state;
  gboolean is_allowed =
    coord_rate_take (request->router->rate, subject, count, window_s, get_now_us (request), &state);

  if (request->rate.limit == 0 || state.remaining < request->rate.remaining || !is_allowed)
    request->rate = state;
  return is_allowed || refuse_too_fast (request, state.retry_s);
}

void
coord_request_count_failure (CoordRequest *request, const char *subject)
{
  coord_rate_fail (request->router->rate, subject, get_now_us (request));
}

void
coord_request_forget_failures (CoordRequest *request, const char *subject)
{
  coord_rate_succeed (request->router->rate, subject);
}

void
coord_request_know (CoordRequest *request, const char *subject)
{
  coord_rate_know (request->router->rate, subject, get_now_us (request));
}

gboolean
coord_request_is_known (CoordRequest *request, const char *subject)
{
  return coord_rate_is_known (request->router->rate, subject, get_now_us (request));
}

gboolean
coord_request_check_wait (CoordRequest *request, const char *subject)
{
  gint64 wait_s = coord_rate_get_wait_s (request->router->rate, subject, get_now_us (request));

  return wait_s == 0 || refuse_too_fast (request, wait_s);
}

/* Work in the pool. */

typedef struct {
  CoordRequest *request;
  CoordServiceFunc func;
  CoordWorkDone done; /* NULL: the result is the route's answer */
  GDestroyNotify result_free;
  GDestroyNotify extra_free;
  CoordRepeat *repeat; /* NULL: no answer is kept */
  CoordCall call;
} Work;

static void
work_free (Work *work)
{
  if (work->call.extra != NULL && work->extra_free != NULL)
    work->extra_free (work->call.extra);
  g_ptr_array_unref (work->call.events);
  g_clear_pointer (&work->repeat, coord_repeat_free);
  coord_request_unref (work->request);
  g_free (work);
}

/* The work, its answer kept. */
static gpointer
run_once (Work *work, GError **error)
{
  const EntStruct *type = work->request->route->answer;
  g_autoptr (GError) failure = NULL;
  gpointer answer;

  if (!coord_repeat_begin (work->repeat, &work->call, error))
    return NULL;
  answer = work->func (&work->call, &failure);
  if (failure == NULL && coord_repeat_keep (work->repeat, &work->call, answer, &failure))
    return answer;
  if (answer != NULL)
    ent_struct_free (type, answer);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static void
free_result (Work *work, gpointer result)
{
  if (result == NULL)
    return;
  if (work->done == NULL)
    ent_struct_free (work->request->route->answer, result);
  else if (work->result_free != NULL)
    work->result_free (result);
}

/* The route's answer is written by the thread that has made it: the main loop has other things to
 * do, and what one thread has allocated is costly to free in another. */
static gpointer
run_cb (CoordDb *db, gpointer data, GError **error)
{
  Work *work = data;
  g_autoptr (GError) failure = NULL;
  gpointer result;
  Answer *answer;

  work->call.db = db;
  if (work->call.caller != NULL && !coord_caller_check (db, work->call.caller,
                                     work->request->route->scope, work->call.now_us, error))
    return NULL;
  result = work->repeat != NULL ? run_once (work, &failure) : work->func (&work->call, &failure);
  if (failure != NULL || !coord_events_record (db, work->call.events, &failure)) {
    free_result (work, result);
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (work->done != NULL)
    return result;
  answer = write_answer (work->request, work->request->route->answer, result);
  free_result (work, result);
  return answer;
}

static void
worked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Work *work = data;
  GError *error = NULL;
  gpointer answer = coord_db_pool_finish (result, &error);

  if (work->call.caller != NULL && work->call.caller->key_hash != NULL &&
      (error == NULL || g_error_matches (error, COORD_ERROR, COORD_ERROR_DENIED)))
    coord_request_know (work->request, work->call.caller->key_hash); /* a key that there is */
  if (error != NULL)
    coord_request_fail (work->request, error);
  else if (work->repeat == NULL || !coord_repeat_reply (work->repeat, work->request)) {
    coord_events_publish (work->call.services->events, work->call.events);
    if (work->done != NULL)
      work->done (work->request, answer, work->call.extra);
    else
      send_answer (work->request, work->request->route->status, answer);
  }
  work_free (work);
}

void
coord_request_work (CoordRequest *request,
  gboolean is_write,
  CoordServiceFunc func,
  GDestroyNotify result_free,
  CoordWorkDone done,
  gpointer extra,
  GDestroyNotify extra_free)
{
  const CoordServices *services = request->router->services;
  GError *error = NULL;
  CoordRepeat *repeat =
    is_write && func == request->route->service ? coord_repeat_new (request, &error) : NULL;
  Work *work;

  if (error != NULL) {
    if (extra != NULL && extra_free != NULL)
      extra_free (extra);
    coord_request_fail (request, error);
    return;
  }
  work = g_new0 (Work, 1);
  work->repeat = repeat;

  work->request = coord_request_ref (request);
  work->func = func;
  work->done = done;
  work->result_free = done != NULL ? result_free : answer_free;
  work->extra_free = extra_free;
  work->call.services = services;
  work->call.caller = request->caller;
  work->call.request = request;
  work->call.body = request->body;
  work->call.version = request->version;
  work->call.extra = extra;
  work->call.now_us = ent_clock_get_wall_us (services->clock);
  work->call.events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  if (is_write)
    coord_db_pool_write_async (
      services->pool, run_cb, work, NULL, work->result_free, NULL, worked_cb, work);
  else
    coord_db_pool_read_async (
      services->pool, run_cb, work, NULL, work->result_free, NULL, worked_cb, work);
}

/* Upgrades. */

void
coord_request_upgrade (CoordRequest *request,
  const char *protocol,
  const CoordSocketLimits *limits,
  CoordUpgradeFunc func,
  gpointer data)
{
  char *protocols[] = { (char *) protocol, NULL };

  g_return_if_fail (!request->is_answered);
  set_headers (request);
  soup_message_headers_remove (
    soup_server_message_get_response_headers (request->message), "Connection");
  if (!soup_websocket_server_process_handshake (
        request->message, NULL, protocol != NULL ? protocols : NULL, NULL, NULL)) {
    /* libsoup has put a page there. */
    soup_message_body_truncate (soup_server_message_get_response_body (request->message));
    coord_request_fail (request,
      g_error_new_literal (COORD_ERROR, COORD_ERROR_INVALID, "This address is a WebSocket's."));
    func (NULL, data);
    return;
  }
  note_answer (request, SOUP_STATUS_SWITCHING_PROTOCOLS);
  request->take_socket (request->message, limits, func, data);
  resume (request);
}
