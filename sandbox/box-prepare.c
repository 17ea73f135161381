#include "box-prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box-error.h"
#include "box-supervise.h"

#define KEY_FILE ".key"
#define MAX_SAID 2000

/* Made once, for everybody, and of a command that the operator chose. */
static const BoxLimits limits = {
  .wall_ms = 180 * 1000,
  .cpu_ms = 180 * 1000,
  .memory_bytes = 2048ULL << 20,
  .disk_bytes = 1024ULL << 20,
  .output_bytes = 256 * 1024,
  .processes = 128,
  .open_files = 1024,
};

struct _BoxPrepare {
  BoxPool *pool;
  const BoxHost *host;
  GPtrArray *languages; /* BoxLanguage */
  guint next;
  const BoxLanguage *language; /* that is being prepared */
  BoxSlot *slot;
  BoxSupervisor *supervisor;
  guint waiter;
  guint source;
  GString *said;
  char *failure;
  BoxPrepareFunc done;
  gpointer user_data;
};

static void prepare_next (BoxPrepare *prepare);

/* What changes when it must be made anew. */
static char *
make_key (const BoxLanguage *language)
{
  g_autofree char *command = g_strjoinv ("\n", language->prepare);
  g_autofree char *text = g_strdup_printf ("%s\n%s\n%s", language->id, language->version, command);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static gboolean
is_prepared (const BoxHost *host, const BoxLanguage *language)
{
  g_autofree char *path = g_build_filename (host->prepared, language->id, KEY_FILE, NULL);
  g_autofree char *wanted = make_key (language);
  g_autofree char *found = NULL;

  return g_file_get_contents (path, &found, NULL, NULL) && g_str_equal (found, wanted);
}

static gboolean
wants_preparing (const BoxHost *host, const BoxLanguage *language)
{
  return host->prepared != NULL && language->prepare != NULL && language->missing == NULL &&
         !is_prepared (host, language);
}

gboolean
box_prepare_is_needed (const BoxHost *host, GPtrArray *languages)
{
  for (guint i = 0; i < languages->len; i++)
    if (wants_preparing (host, g_ptr_array_index (languages, i)))
      return TRUE;
  return FALSE;
}

static void
note_failure (BoxPrepare *prepare, const char *reason)
{
  g_free (prepare->failure);
  prepare->failure = g_strdup_printf (
    "%s could not be made quicker: %s %s", prepare->language->name, reason, prepare->said->str);
}

static void
drop_box (BoxPrepare *prepare)
{
  g_clear_pointer (&prepare->supervisor, box_supervisor_free);
  if (prepare->slot != NULL)
    box_pool_give_back (prepare->pool, g_steal_pointer (&prepare->slot));
}

/* Keeping the result: in a new folder first, which then takes the place of the old one. */

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_unlink (path) != 0)
      remove_folder (path);
  }
  g_rmdir (folder);
}

static gboolean
copy_fresh (BoxPrepare *prepare, const char *fresh, GError **error)
{
  g_autofree char *key_path = g_build_filename (fresh, KEY_FILE, NULL);
  g_autofree char *key = make_key (prepare->language);
  guint64 size = 0;
  gboolean good;
  int fd;

  if (mkdir (fresh, 0755) != 0)
    return box_error_set_errno (error, BOX_ERROR_HOST, errno, "%s cannot be made", fresh);
  fd = open (fresh, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return box_error_set_errno (error, BOX_ERROR_HOST, errno, "%s cannot be opened", fresh);
  good = box_work_take_folder (
    box_slot_get_work (prepare->slot), BOX_JOB_BUILD_FOLDER, fd, limits.disk_bytes, &size, error);
  close (fd);
  return good && g_file_set_contents (key_path, key, -1, error);
}

/* Boxes that use the old one keep their open files; another runner may be doing the same. */
static gboolean
keep (BoxPrepare *prepare, GError **error)
{
  g_autofree char *folder = g_build_filename (prepare->host->prepared, prepare->language->id, NULL);
  g_autofree char *fresh =
    g_strdup_printf ("%s/.%s-%d", prepare->host->prepared, prepare->language->id, (int) getpid ());
  g_autofree char *old = g_strconcat (fresh, "-old", NULL);

  if (copy_fresh (prepare, fresh, error)) {
    if (g_rename (folder, old) == 0)
      remove_folder (old);
    if (g_rename (fresh, folder) == 0)
      return TRUE;
    box_error_set_errno (error, BOX_ERROR_HOST, errno, "%s cannot be put in place", folder);
  }
  remove_folder (fresh);
  return FALSE;
}

/* Making it */

static void
output_cb (EntStream stream, const guint8 *data, gsize size, gpointer user_data)
{
  BoxPrepare *prepare = user_data;

  g_string_append_len (
    prepare->said, (const char *) data, MIN (size, MAX_SAID - MIN (MAX_SAID, prepare->said->len)));
}

static void
ended_cb (const BoxOutcome *outcome, gpointer user_data)
{
  BoxPrepare *prepare = user_data;
  g_autofree char *reason = box_report_describe (outcome, FALSE);
  g_autoptr (GError) error = NULL;

  if (reason != NULL)
    note_failure (prepare, reason);
  else if (!keep (prepare, &error))
    note_failure (prepare, error->message);
  drop_box (prepare);
  prepare_next (prepare);
}

static void
box_taken_cb (BoxSlot *slot, const GError *error, gpointer user_data)
{
  BoxPrepare *prepare = user_data;
  g_auto (GStrv) environment = box_language_build_environment (prepare->language, FALSE);
  const BoxPhase phase = {
    .command = prepare->language->prepare,
    .environment = environment,
    .limits = &limits,
    .input_fd = -1,
    .reads_work = TRUE,
  };
  g_autoptr (GError) local = NULL;

  prepare->waiter = 0;
  prepare->slot = slot;
  if (slot == NULL || !box_work_set_size (box_slot_get_work (slot), limits.disk_bytes, &local) ||
      !box_work_add_folder (box_slot_get_work (slot), BOX_JOB_BUILD_FOLDER, &local)) {
    note_failure (prepare, slot == NULL ? error->message : local->message);
    drop_box (prepare);
    prepare_next (prepare);
    return;
  }
  prepare->supervisor = box_supervisor_start (
    slot, box_pool_get_inner_filter (prepare->pool), &phase, output_cb, ended_cb, prepare);
}

static gboolean
next_cb (gpointer user_data)
{
  BoxPrepare *prepare = user_data;
  guint waiter;

  prepare->source = 0;
  while (prepare->next < prepare->languages->len) {
    prepare->language = g_ptr_array_index (prepare->languages, prepare->next++);
    if (!wants_preparing (prepare->host, prepare->language))
      continue;
    g_string_truncate (prepare->said, 0);
    waiter = box_pool_take (prepare->pool, box_taken_cb, prepare);
    if (waiter != 0)
      prepare->waiter = waiter;
    return G_SOURCE_REMOVE;
  }
  prepare->done (prepare->failure, prepare->user_data);
  return G_SOURCE_REMOVE;
}

static void
prepare_next (BoxPrepare *prepare)
{
  prepare->source = g_idle_add (next_cb, prepare);
}

BoxPrepare *
box_prepare_start (BoxPool *pool, GPtrArray *languages, BoxPrepareFunc done, gpointer user_data)
{
  BoxPrepare *prepare = g_new0 (BoxPrepare, 1);

  prepare->pool = pool;
  prepare->host = box_pool_get_host (pool);
  prepare->languages = languages;
  prepare->done = done;
  prepare->user_data = user_data;
  prepare->said = g_string_new (NULL);
  prepare_next (prepare);
  return prepare;
}

void
box_prepare_stop (BoxPrepare *prepare)
{
  g_clear_handle_id (&prepare->source, g_source_remove);
  if (prepare->waiter != 0)
    box_pool_forget (prepare->pool, prepare->waiter);
  drop_box (prepare);
  g_string_free (prepare->said, TRUE);
  g_free (prepare->failure);
  g_free (prepare);
}
