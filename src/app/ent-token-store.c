#include "config.h"

#include "ent-token-store.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <string.h>

#include "base/ent-secret.h"

/* The secret service may be slow (it asks for the keyring's password) or absent, so all of it runs
 * in one worker thread, which also keeps the order of saves. */
struct _EntTokenStore {
  GObject parent_instance;

  char *profile;
  char *file;
  GThreadPool *worker; /* one thread; takes Job */
};

G_DEFINE_FINAL_TYPE (EntTokenStore, ent_token_store, G_TYPE_OBJECT)

typedef struct {
  char *profile;
  char *file;
  char *origin;
  char *token; /* of a save; NULL: forget */
  GTask *task; /* of a load; NULL for a save */
} Job;

static void
job_free (Job *job)
{
  g_free (job->profile);
  g_free (job->file);
  g_free (job->origin);
  ent_secret_free (job->token);
  g_clear_object (&job->task);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

#define SERVICE "org.freedesktop.secrets"

static const SecretSchema token_schema = {
  "org.entrevue.Entrevue.Token",
  SECRET_SCHEMA_NONE,
  {
    { "profile", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "origin", SECRET_SCHEMA_ATTRIBUTE_STRING },
  },
};

/* --- the file: the origin, a new line, the token ---------------------------------------------- */

static char *
load_from_file (const char *file, const char *origin)
{
  g_autofree char *content = NULL;
  gsize size;
  char *token = NULL;
  char *line_end;

  if (!g_file_get_contents (file, &content, &size, NULL))
    return NULL;
  line_end = strchr (content, '\n');
  if (line_end && (gsize) (line_end - content) == strlen (origin) &&
      g_str_has_prefix (content, origin))
    token = g_strdup (line_end + 1);
  memset (content, 0, size);
  return token;
}

static gboolean
save_to_file (const char *file, const char *origin, const char *token, GError **error)
{
  g_autofree char *content = NULL;
  gboolean is_saved;

  if (!token) {
    g_unlink (file);
    return TRUE;
  }
  content = g_strconcat (origin, "\n", token, NULL);
  is_saved = g_file_set_contents_full (
    file, content, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
  memset (content, 0, strlen (content));
  return is_saved;
}

/* --- worker ----------------------------------------------------------------------------------- */

static gboolean
ask_bus (GDBusConnection *bus, const char *method, GVariant *parameters)
{
  g_autoptr (GVariant) answer =
    g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

  return answer != NULL;
}

/* Whether somebody answers as the secret service, started for it if need be. libsecret would go on
 * without one, and print a critical warning about what it then does not find. */
static gboolean
has_service_on_bus (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  /* A bus does not start, and does not say that there is, what runs but has no service file. */
  return bus && (ask_bus (bus, "GetNameOwner", g_variant_new ("(s)", SERVICE)) ||
                  ask_bus (bus, "StartServiceByName", g_variant_new ("(su)", SERVICE, 0)));
}

/* Without a session bus GIO would start one; a file is better then. */
static gboolean
has_secret_service (void)
{
  const char *wish = g_getenv ("ENTREVUE_SECRETS");
  g_autoptr (SecretService) service = NULL;

  if (wish && g_str_equal (wish, "file"))
    return FALSE;
  if (!g_getenv ("DBUS_SESSION_BUS_ADDRESS") && !g_getenv ("XDG_RUNTIME_DIR"))
    return FALSE;
  if (!has_service_on_bus ())
    return FALSE;
  service = secret_service_get_sync (SECRET_SERVICE_LOAD_COLLECTIONS, NULL, NULL);
  return service && secret_service_get_collections (service) != NULL;
}

static char *
load_token (const Job *job)
{
  char *from_file = load_from_file (job->file, job->origin);
  g_autofree char *kept = NULL;
  char *token;

  if (from_file || !has_secret_service ())
    return from_file;
  kept = secret_password_lookup_sync (
    &token_schema, NULL, NULL, "profile", job->profile, "origin", job->origin, NULL);
  if (!kept)
    return NULL;
  token = g_strdup (kept);
  secret_password_wipe (kept);
  return token;
}

static gboolean
save_to_service (const Job *job, GError **error)
{
  g_autofree char *label =
    g_strdup_printf ("Entrevue: signed in at %s (%s)", job->origin, job->profile);

  if (!job->token) {
    secret_password_clear_sync (
      &token_schema, NULL, error, "profile", job->profile, "origin", job->origin, NULL);
    return TRUE;
  }
  return secret_password_store_sync (&token_schema, SECRET_COLLECTION_DEFAULT, label, job->token,
    NULL, error, "profile", job->profile, "origin", job->origin, NULL);
}

static void
save_token (const Job *job)
{
  g_autoptr (GError) error = NULL;

  if (has_secret_service ()) {
    if (save_to_service (job, &error)) {
      g_unlink (job->file);
      return;
    }
    g_debug ("The secret service did not take the token: %s", error->message);
    g_clear_error (&error);
  }
  if (!save_to_file (job->file, job->origin, job->token, &error))
    g_debug ("The token could not be kept: %s", error->message);
}

static gboolean
free_job_cb (gpointer job)
{
  job_free (job);
  return G_SOURCE_REMOVE;
}

static void
do_job (gpointer data, gpointer user_data)
{
  g_autoptr (Job) job = data;

  if (!job->task) {
    save_token (job);
    return;
  }
  g_task_return_pointer (job->task, load_token (job), (GDestroyNotify) ent_secret_free);
  /* The task may hold the last reference to the store, which must not end in its own thread. */
  g_idle_add (free_job_cb, g_steal_pointer (&job));
}

/* --- object ----------------------------------------------------------------------------------- */

static void
push_job (EntTokenStore *self, const char *origin, const char *token, GTask *task)
{
  Job *job = g_new0 (Job, 1);

  job->profile = g_strdup (self->profile);
  job->file = g_strdup (self->file);
  job->origin = g_strdup (origin);
  job->token = g_strdup (token);
  job->task = task;
  g_thread_pool_push (self->worker, job, NULL);
}

static void
ent_token_store_finalize (GObject *object)
{
  EntTokenStore *self = ENT_TOKEN_STORE (object);

  /* What was to be saved is saved. */
  g_thread_pool_free (self->worker, FALSE, TRUE);
  g_free (self->profile);
  g_free (self->file);

  G_OBJECT_CLASS (ent_token_store_parent_class)->finalize (object);
}

static void
ent_token_store_class_init (EntTokenStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ent_token_store_finalize;
}

static void
ent_token_store_init (EntTokenStore *self)
{
  self->worker = g_thread_pool_new (do_job, NULL, 1, FALSE, NULL);
}

EntTokenStore *
ent_token_store_new (const EntProfile *profile)
{
  EntTokenStore *self = g_object_new (ENT_TYPE_TOKEN_STORE, NULL);

  self->profile = g_strdup (profile->name);
  self->file = g_build_filename (profile->data_dir, "token", NULL);
  return self;
}

void
ent_token_store_load_async (EntTokenStore *self,
  const char *origin,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task;

  g_return_if_fail (ENT_IS_TOKEN_STORE (self));
  g_return_if_fail (origin != NULL);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, ent_token_store_load_async);
  push_job (self, origin, NULL, task);
}

char *
ent_token_store_load_finish (EntTokenStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ent_token_store_save (EntTokenStore *self, const char *origin, const char *token)
{
  g_return_if_fail (ENT_IS_TOKEN_STORE (self));
  g_return_if_fail (origin != NULL);
  push_job (self, origin, token, NULL);
}
