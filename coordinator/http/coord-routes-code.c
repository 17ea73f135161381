#include "http/coord-routes-code.h"

#include <string.h>

#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "protocol/ent-limits.h"
#include "store/coord-error.h"

#define AT_ONCE 2 /* of one person or key */
#define PROFILE "api"

struct _CoordCodeRoutes {
  CoordRunQueue *runs;
  GHashTable *busy; /* subject -> number of runs */
};

/* One request whose program runs. */
typedef struct {
  CoordCodeRoutes *routes;
  CoordRequest *request;
  char *subject;
  GByteArray *streams[ENT_STREAM_COMPILE + 1];
} Execution;

CoordCodeRoutes *
coord_code_routes_new (CoordRunQueue *runs)
{
  CoordCodeRoutes *routes = g_new0 (CoordCodeRoutes, 1);

  routes->runs = runs;
  routes->busy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return routes;
}

void
coord_code_routes_free (CoordCodeRoutes *routes)
{
  g_hash_table_unref (routes->busy);
  g_free (routes);
}

static guint
count_busy (CoordCodeRoutes *routes, const char *subject)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (routes->busy, subject));
}

static void
change_busy (CoordCodeRoutes *routes, const char *subject, int by)
{
  guint count = count_busy (routes, subject) + by;

  if (count == 0)
    g_hash_table_remove (routes->busy, subject);
  else
    g_hash_table_replace (routes->busy, g_strdup (subject), GUINT_TO_POINTER (count));
}

static void
execution_free (Execution *execution)
{
  change_busy (execution->routes, execution->subject, -1);
  for (guint i = 0; i < G_N_ELEMENTS (execution->streams); i++)
    g_byte_array_unref (execution->streams[i]);
  coord_request_unref (execution->request);
  g_free (execution->subject);
  g_free (execution);
}

/* What the run says. */

static char *
dup_stream (Execution *execution, EntStream stream)
{
  const GByteArray *bytes = execution->streams[stream];

  return g_utf8_make_valid (bytes->len > 0 ? (const char *) bytes->data : "", bytes->len);
}

static char *
dup_error (Execution *execution, int verdict)
{
  g_autofree char *compile = dup_stream (execution, ENT_STREAM_COMPILE);

  return verdict == ENT_VERDICT_COMPILE_ERROR ? g_steal_pointer (&compile)
                                              : dup_stream (execution, ENT_STREAM_STDERR);
}

static void
run_output_cb (CoordRun *run, EntStream stream, GBytes *bytes, gpointer data)
{
  Execution *execution = data;
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);
  GByteArray *kept = execution->streams[stream];

  g_byte_array_append (kept, start, MIN (size, ENT_MAX_OUTPUT - MIN (kept->len, ENT_MAX_OUTPUT)));
}

static void
run_ended_cb (CoordRun *run, const EntMsgJobResult *result, gpointer data)
{
  Execution *execution = data;
  EntApiExecuted answer = {
    .output = dup_stream (execution, ENT_STREAM_STDOUT),
    .error = dup_error (execution, result->verdict),
    .executionTime = result->wall_ms,
    .success = result->verdict == ENT_VERDICT_OK,
    .timedOut = result->verdict == ENT_VERDICT_TIME_LIMIT,
    .exit_code = result->exit_code,
    .signal = result->signal,
    .memory_kb = result->memory_kb,
    .truncated = result->truncated,
    .verdict = result->verdict,
    .message = result->message,
    .note = result->note,
    .compile_errors = result->compile_errors,
  };

  coord_request_reply (execution->request, 200, &ent_api_executed_struct, &answer);
  g_free (answer.output);
  g_free (answer.error);
  execution_free (execution);
}

/* Nobody watches the place in the queue, but what was printed on a lost runner is void. */
static void
run_queued_cb (CoordRun *run, guint place, const char *note, gpointer data)
{
  Execution *execution = data;

  for (guint i = 0; place == 0 && i < G_N_ELEMENTS (execution->streams); i++)
    g_byte_array_set_size (execution->streams[i], 0);
}

static const CoordRunEvents run_events = { .queued = run_queued_cb,
  .output = run_output_cb,
  .ended = run_ended_cb };

/* Taking the request. */

static const EntMsgLanguage *
find_language (CoordRunQueue *runs, const char *id)
{
  GPtrArray *languages = coord_run_queue_get_languages (runs);

  for (guint i = 0; i < languages->len; i++) {
    const EntMsgLanguage *language = languages->pdata[i];

    if (strcmp (language->id, id) == 0)
      return language;
  }
  return NULL;
}

static void
add_file (GPtrArray *files, const char *path, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  g_ptr_array_add (files, coord_run_file_new (NULL, path, bytes));
}

static CoordRunRequest *
make_run (const EntApiExecute *body, const EntMsgLanguage *language, GError **error)
{
  g_autoptr (CoordRunRequest) run = g_new0 (CoordRunRequest, 1);
  const char *stdin_text = body->stdin_text != NULL ? body->stdin_text : "";

  run->language = g_strdup (body->language);
  run->entry = g_strdup (language->file != NULL ? language->file : "main");
  run->stdin_bytes = g_bytes_new (stdin_text, strlen (stdin_text));
  run->profile = PROFILE;
  run->files = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_run_file_free);
  add_file (run->files, run->entry, body->code);
  for (guint i = 0; body->files != NULL && i < body->files->len; i++) {
    const EntApiCodeFile *file = body->files->pdata[i];

    add_file (run->files, file->path, file->content);
  }
  return coord_run_files_check (run->files, run->entry, error) ? g_steal_pointer (&run) : NULL;
}

static void
fail (CoordRequest *request, CoordError code, const char *text)
{
  coord_request_fail (request, g_error_new_literal (COORD_ERROR, code, text));
}

static void
start (CoordCodeRoutes *routes, CoordRequest *request, CoordRunRequest *run)
{
  Execution *execution = g_new0 (Execution, 1);
  g_autoptr (GError) error = NULL;

  execution->routes = routes;
  execution->request = coord_request_ref (request);
  execution->subject = g_strdup (coord_request_get_subject (request));
  for (guint i = 0; i < G_N_ELEMENTS (execution->streams); i++)
    execution->streams[i] = g_byte_array_new ();
  change_busy (routes, execution->subject, 1);
  if (coord_run_queue_add (routes->runs, run, &run_events, execution, &error) != NULL)
    return;
  fail (request, COORD_ERROR_UNAVAILABLE, error->message);
  execution_free (execution);
}

static void
execute_allowed (CoordRequest *request, gpointer result, gpointer extra)
{
  CoordCodeRoutes *routes = extra;
  const EntApiExecute *body = coord_request_get_body (request);
  const EntMsgLanguage *language = find_language (routes->runs, body->language);
  g_autoptr (GError) error = NULL;
  CoordRunRequest *run;

  if (coord_run_queue_get_languages (routes->runs)->len == 0)
    fail (request, COORD_ERROR_NO_RUNNER,
      "No runner is connected to this server. Tell its operator, or try again in a minute.");
  else if (language == NULL)
    fail (request, COORD_ERROR_INVALID,
      "This language cannot be run here; GET /api/code/languages has those that can.");
  else if (count_busy (routes, coord_request_get_subject (request)) >= AT_ONCE)
    fail (request, COORD_ERROR_TOO_FAST, "Two of your programs run already. Wait for one to end.");
  else if ((run = make_run (body, language, &error)) == NULL)
    fail (request, COORD_ERROR_INVALID, error->message);
  else
    start (routes, request, run);
}

/* The caller is looked up in the database first. */
static gpointer
allow (CoordCall *call, GError **error)
{
  return NULL;
}

static void
execute (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, allow, NULL, execute_allowed, data, NULL);
}

static void
languages_allowed (CoordRequest *request, gpointer result, gpointer extra)
{
  CoordCodeRoutes *routes = extra;
  const GPtrArray *all = coord_run_queue_get_languages (routes->runs);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  EntApiLanguageList list = { .items = items };
  GError *error = NULL;
  CoordPage page;

  if (!coord_routes_read_page (request, &page, &error)) {
    coord_request_fail (request, error);
    return;
  }
  for (guint i = 0; i < all->len && items->len < page.limit; i++)
    if (strcmp (((EntMsgLanguage *) all->pdata[i])->id, page.after) > 0)
      g_ptr_array_add (items, all->pdata[i]);
  list.next = coord_page_get_next (&page, items, G_STRUCT_OFFSET (EntMsgLanguage, id));
  coord_request_reply (request, 200, &ent_api_language_list_struct, &list);
  g_free (list.next);
}

static void
list_languages (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, allow, NULL, languages_allowed, data, NULL);
}

static const CoordRoute code_routes[] = {
  { "POST", "/api/code/execute", COORD_CALLER_ANY, COORD_LIMIT_EXECUTE, .handler = execute,
    .body = &ent_api_execute_struct, .answer = &ent_api_executed_struct, .scope = "execute" },
  { "GET", "/api/code/languages", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = list_languages,
    .answer = &ent_api_language_list_struct, .scope = "execute" },
};

void
coord_code_routes_add (CoordCodeRoutes *routes, CoordRouter *router)
{
  coord_router_add (router, code_routes, G_N_ELEMENTS (code_routes), routes);
}
