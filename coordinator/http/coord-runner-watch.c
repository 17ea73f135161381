#include "http/coord-runner-watch.h"

#include <string.h>

#include "service/coord-runner-service.h"
#include "store/coord-runner-store.h"

/* One look in a reader. */
typedef struct {
  CoordRunnerWatch *watch; /* NULL: freed meanwhile */
  char **token_hashes;
} Look;

/* One report in the writer. */
typedef struct {
  CoordRunnerWatch *watch; /* NULL: freed meanwhile */
  char *node_id;
  GPtrArray *rows; /* CoordRunnerLinkRow */
  char *text; /* the rows in one, to see whether there is something new */
} Report;

struct _CoordRunnerWatch {
  CoordDbPool *pool;
  CoordRunnerLinks *runners;
  CoordRunQueue *runs;
  const char *node_id;
  EntClock *clock;
  guint look_timer;
  guint report_timer;
  Look *look; /* in work; NULL: none */
  Report *report; /* the same */
  char *reported; /* what the database knows; NULL: nothing was told yet */
  gint64 reported_us; /* when it was told, by the monotonic clock */
};

/* Looking. */

static void
look_free (Look *look)
{
  g_strfreev (look->token_hashes);
  g_free (look);
}

static gpointer
look_at_tokens_cb (CoordDb *db, gpointer data, GError **error)
{
  Look *look = data;

  return coord_runner_service_look (db, (const char *const *) look->token_hashes, error);
}

static void
obey (CoordRunnerLinks *runners, const char *token_hash, CoordRunnerStanding standing)
{
  switch (standing) {
  case COORD_RUNNER_OPEN:
    coord_runner_links_set_draining (runners, token_hash, FALSE);
    break;
  case COORD_RUNNER_DRAINING:
    coord_runner_links_set_draining (runners, token_hash, TRUE);
    break;
  case COORD_RUNNER_REVOKED:
    coord_runner_links_revoke (runners, token_hash);
    break;
  }
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Look *look = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) standings = coord_db_pool_finish (result, &error);

  /* A database that cannot be asked is asked again soon. */
  if (error != NULL)
    g_debug ("Could not look after the runners: %s", error->message);
  if (look->watch != NULL) {
    look->watch->look = NULL;
    for (guint i = 0; standings != NULL && i < standings->len; i++)
      obey (look->watch->runners, look->token_hashes[i],
        g_array_index (standings, CoordRunnerStanding, i));
  }
  look_free (look);
}

static gboolean
look_cb (gpointer data)
{
  CoordRunnerWatch *watch = data;
  g_auto (GStrv) token_hashes = NULL;

  if (watch->look != NULL)
    return G_SOURCE_CONTINUE;
  token_hashes = coord_runner_links_list_tokens (watch->runners);
  if (*token_hashes == NULL)
    return G_SOURCE_CONTINUE;
  watch->look = g_new0 (Look, 1);
  watch->look->watch = watch;
  watch->look->token_hashes = g_steal_pointer (&token_hashes);
  coord_db_pool_read_async (watch->pool, look_at_tokens_cb, watch->look, NULL,
    (GDestroyNotify) g_array_unref, NULL, looked_cb, watch->look);
  return G_SOURCE_CONTINUE;
}

/* Reporting. */

static void
report_free (Report *report)
{
  g_free (report->node_id);
  g_ptr_array_unref (report->rows);
  g_free (report->text);
  g_free (report);
}

static CoordRunnerLinkRow *
find_row (GPtrArray *rows, const char *name)
{
  for (guint i = 0; i < rows->len; i++)
    if (strcmp (((CoordRunnerLinkRow *) rows->pdata[i])->runner, name) == 0)
      return rows->pdata[i];
  return NULL;
}

/* Two processes may have come with one token. */
static void
add_runner_cb (const char *name, const EntMsgRunnerHello *hello, guint n_busy, gpointer data)
{
  GPtrArray *rows = data;
  CoordRunnerLinkRow *row = find_row (rows, name);

  if (row == NULL) {
    const EntMsgRunners known = { hello->languages };

    row = g_new0 (CoordRunnerLinkRow, 1);
    row->runner = g_strdup (name);
    row->version = g_strdup (hello->version);
    row->note = g_strdup (hello->note != NULL ? hello->note : "");
    row->languages = ent_codec_encode (&ent_msg_runners_struct, &known);
    g_ptr_array_add (rows, row);
  }
  row->slots += hello->slots;
  row->busy += n_busy;
}

static Report *
make_report (CoordRunnerWatch *watch)
{
  Report *report = g_new0 (Report, 1);
  GString *text = g_string_new (NULL);

  report->watch = watch;
  report->node_id = g_strdup (watch->node_id);
  report->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_runner_link_row_free);
  coord_run_queue_foreach_runner (watch->runs, add_runner_cb, report->rows);
  for (guint i = 0; i < report->rows->len; i++) {
    const CoordRunnerLinkRow *row = report->rows->pdata[i];

    g_string_append_printf (text, "%s\n%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n%s\n%s\n%s\n",
      row->runner, row->slots, row->busy, row->version, row->note, row->languages);
  }
  report->text = g_string_free (text, FALSE);
  return report;
}

static gpointer
store_report_cb (CoordDb *db, gpointer data, GError **error)
{
  Report *report = data;

  coord_runner_link_store_report (db, report->node_id, report->rows, error);
  return NULL;
}

static void
reported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Report *report = data;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  if (error != NULL)
    g_debug ("Could not store which runners are here: %s", error->message);
  if (report->watch != NULL) {
    report->watch->report = NULL;
    if (error == NULL) {
      g_free (report->watch->reported);
      report->watch->reported = g_steal_pointer (&report->text);
      report->watch->reported_us = ent_clock_get_monotonic_us (report->watch->clock);
    }
  }
  report_free (report);
}

/* Runners that stay are told of again, so that it is known how long they were here when this
 * process is killed. */
static gboolean
is_new (CoordRunnerWatch *watch, const Report *report)
{
  gint64 age_us = ent_clock_get_monotonic_us (watch->clock) - watch->reported_us;

  return g_strcmp0 (report->text, watch->reported) != 0 ||
         (report->rows->len > 0 && age_us >= COORD_RUNNER_REPORT_AGAIN_MS * 1000LL);
}

static gboolean
report_cb (gpointer data)
{
  CoordRunnerWatch *watch = data;
  Report *report;

  if (watch->report != NULL)
    return G_SOURCE_CONTINUE;
  report = make_report (watch);
  if (!is_new (watch, report)) {
    report_free (report);
    return G_SOURCE_CONTINUE;
  }
  watch->report = report;
  coord_db_pool_write_async (
    watch->pool, store_report_cb, report, NULL, NULL, NULL, reported_cb, report);
  return G_SOURCE_CONTINUE;
}

CoordRunnerWatch *
coord_runner_watch_new (CoordDbPool *pool,
  CoordRunnerLinks *runners,
  CoordRunQueue *runs,
  const char *node_id,
  EntClock *clock)
{
  CoordRunnerWatch *watch = g_new0 (CoordRunnerWatch, 1);

  watch->pool = pool;
  watch->runners = runners;
  watch->runs = runs;
  watch->node_id = node_id;
  watch->clock = clock;
  watch->look_timer = ent_clock_add (clock, COORD_RUNNER_WATCH_MS, look_cb, watch);
  watch->report_timer = ent_clock_add (clock, COORD_RUNNER_REPORT_MS, report_cb, watch);
  return watch;
}

void
coord_runner_watch_free (CoordRunnerWatch *watch)
{
  Report *last = g_new0 (Report, 1);

  ent_clock_remove (watch->clock, watch->look_timer);
  ent_clock_remove (watch->clock, watch->report_timer);
  if (watch->look != NULL)
    watch->look->watch = NULL;
  if (watch->report != NULL)
    watch->report->watch = NULL;
  last->node_id = g_strdup (watch->node_id);
  last->rows = g_ptr_array_new ();
  coord_db_pool_write_async (
    watch->pool, store_report_cb, last, (GDestroyNotify) report_free, NULL, NULL, NULL, NULL);
  g_free (watch->reported);
  g_free (watch);
}
