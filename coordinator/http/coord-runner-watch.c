#include "http/coord-runner-watch.h"

#include "service/coord-runner-service.h"

/* One look in a reader. */
typedef struct {
  CoordRunnerWatch *watch; /* NULL: freed meanwhile */
  char **token_hashes;
} Look;

struct _CoordRunnerWatch {
  CoordDbPool *pool;
  CoordRunnerLinks *runners;
  EntClock *clock;
  guint timer;
  Look *look; /* in work; NULL: none */
};

static void
look_free (Look *look)
{
  g_strfreev (look->token_hashes);
  g_free (look);
}

static gpointer
list_revoked_cb (CoordDb *db, gpointer data, GError **error)
{
  Look *look = data;

  return coord_runner_service_list_revoked (db, (const char *const *) look->token_hashes, error);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Look *look = data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) revoked = coord_db_pool_finish (result, &error);

  /* A database that cannot be asked is asked again soon. */
  if (error != NULL)
    g_debug ("Could not look after the runners: %s", error->message);
  if (look->watch != NULL) {
    look->watch->look = NULL;
    for (guint i = 0; revoked != NULL && revoked[i] != NULL; i++)
      coord_runner_links_revoke (look->watch->runners, revoked[i]);
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
  coord_db_pool_read_async (watch->pool, list_revoked_cb, watch->look, NULL,
    (GDestroyNotify) g_strfreev, NULL, looked_cb, watch->look);
  return G_SOURCE_CONTINUE;
}

CoordRunnerWatch *
coord_runner_watch_new (CoordDbPool *pool, CoordRunnerLinks *runners, EntClock *clock)
{
  CoordRunnerWatch *watch = g_new0 (CoordRunnerWatch, 1);

  watch->pool = pool;
  watch->runners = runners;
  watch->clock = clock;
  watch->timer = ent_clock_add (clock, COORD_RUNNER_WATCH_MS, look_cb, watch);
  return watch;
}

void
coord_runner_watch_free (CoordRunnerWatch *watch)
{
  ent_clock_remove (watch->clock, watch->timer);
  if (watch->look != NULL)
    watch->look->watch = NULL;
  g_free (watch);
}
