#include "config.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "box-command.h"
#include "box-door.h"
#include "box-error.h"
#include "box-host.h"
#include "box-link.h"
#include "box-pool.h"
#include "box-prepare.h"
#include "box-serve.h"

#define MAX_SLOTS 64
#define MAX_TOKEN_BYTES 4096

#define MAX_COORDINATORS 32

typedef struct {
  char **connect;
  char *token_file;
  char *local_socket;
  int token_fd;
  int slots;
} ServeOptions;

/* The first line; the rest of the buffer is wiped. */
static char *
read_token_fd (int fd, GError **error)
{
  g_autofree char *text = g_malloc0 (MAX_TOKEN_BYTES + 1);
  gsize size = 0;
  ssize_t got;
  char *token;

  while (size < MAX_TOKEN_BYTES && (got = read (fd, text + size, MAX_TOKEN_BYTES - size)) > 0)
    size += got;
  close (fd);
  text[strcspn (text, "\r\n")] = '\0';
  token = g_strdup (text);
  explicit_bzero (text, MAX_TOKEN_BYTES);
  if (*token != '\0')
    return token;
  g_free (token);
  g_set_error_literal (error, BOX_ERROR, BOX_ERROR_INVALID,
    "There is no token. \"entrevue-coordinator runner add NAME\" prints one.");
  return NULL;
}

static char *
read_token (const ServeOptions *options, GError **error)
{
  int fd = options->token_fd;

  if (options->token_file != NULL) {
    fd = open (options->token_file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID, "The token file %s cannot be opened.",
        options->token_file);
      return NULL;
    }
  }
  if (fd < 0) {
    g_set_error_literal (
      error, BOX_ERROR, BOX_ERROR_INVALID, "--token-file or --token-fd is needed.");
    return NULL;
  }
  return read_token_fd (fd, error);
}

static gboolean
stop_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
prepared_cb (const char *failure, gpointer data)
{
  if (failure != NULL)
    g_warning ("%s", failure);
  else
    g_debug ("all that can be made ahead is there");
}

/* One connection to each coordinator; they share the boxes and the turns. */
typedef struct {
  GPtrArray *links; /* BoxLink */
  GPtrArray *serves; /* BoxServe */
} Coordinators;

static void
coordinators_clear (Coordinators *all)
{
  g_clear_pointer (&all->serves, g_ptr_array_unref);
  g_clear_pointer (&all->links, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Coordinators, coordinators_clear)

static gboolean
dial_all (Coordinators *all, const ServeOptions *options, const char *token, GError **error)
{
  all->links = g_ptr_array_new_with_free_func (g_object_unref);
  all->serves = g_ptr_array_new_with_free_func ((GDestroyNotify) box_serve_free);
  for (guint i = 0; options->connect[i] != NULL; i++) {
    BoxLink *link = box_link_new (options->connect[i], token, error);

    if (link == NULL)
      return FALSE;
    g_ptr_array_add (all->links, link);
  }
  return TRUE;
}

static void
start_all (Coordinators *all, BoxPool *pool, GPtrArray *languages, BoxTurns *turns)
{
  for (guint i = 0; i < all->links->len; i++) {
    g_ptr_array_add (all->serves, box_serve_new (all->links->pdata[i], pool, languages, turns));
    box_link_start (all->links->pdata[i]);
  }
}

static void
stop_all (Coordinators *all)
{
  for (guint i = 0; i < all->links->len; i++) {
    box_serve_stop (all->serves->pdata[i]);
    box_link_stop (all->links->pdata[i]);
  }
}

static gboolean
are_idle (Coordinators *all)
{
  for (guint i = 0; i < all->serves->len; i++)
    if (!box_serve_is_idle (all->serves->pdata[i]))
      return FALSE;
  return TRUE;
}

static int
serve_until_stopped (BoxHost *host,
  const ServeOptions *options,
  const char *token,
  GPtrArray *languages)
{
  guint n_slots = options->slots > 0 ? (guint) options->slots : g_get_num_processors ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (BoxPool) pool = NULL;
  g_autoptr (BoxTurns) turns = NULL;
  g_auto (Coordinators) coordinators = { 0 };
  g_autoptr (BoxDoor) door = NULL;
  BoxPrepare *prepare;
  guint sources[2];

  if (!dial_all (&coordinators, options, token, &error))
    return box_command_fail (error);
  n_slots = MIN (n_slots, MAX_SLOTS);
  pool = box_pool_new (host, languages, 2 * n_slots, &error);
  if (pool == NULL)
    return box_command_fail (error);
  if (options->local_socket != NULL) {
    door = box_door_new (options->local_socket, pool, languages, n_slots, &error);
    if (door == NULL)
      g_warning ("%s", error->message); /* it serves its coordinator all the same */
  }
  turns = box_turns_new (n_slots);
  sources[0] = g_unix_signal_add (SIGINT, stop_cb, loop);
  sources[1] = g_unix_signal_add (SIGTERM, stop_cb, loop);
  if (host->groups == NULL)
    g_warning ("%s", "Not for strangers: there are no control groups.");
  start_all (&coordinators, pool, languages, turns);
  prepare = box_prepare_start (pool, languages, prepared_cb, NULL);
  g_main_loop_run (loop);

  box_prepare_stop (prepare);
  if (door != NULL)
    box_door_stop (door);
  stop_all (&coordinators);
  while (!are_idle (&coordinators) || (door != NULL && !box_door_is_idle (door)))
    g_main_context_iteration (NULL, TRUE);
  box_pool_close (pool);
  while (!box_pool_is_empty (pool))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (sources[0]);
  g_source_remove (sources[1]);
  return BOX_EXIT_OK;
}

int
box_command_serve (int argc, char **argv)
{
  ServeOptions options = { .token_fd = -1 };
  g_auto (BoxCommandHost) host_options = { 0 };
  const GOptionEntry entries[] = {
    { "connect", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.connect,
      "The coordinator; of several each one", "URL|unix:PATH" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &options.token_file,
      "File with the runner's token", "FILE" },
    { "token-fd", 0, 0, G_OPTION_ARG_INT, &options.token_fd,
      "Open descriptor with the runner's token", "N" },
    { "local-socket", 0, 0, G_OPTION_ARG_FILENAME, &options.local_socket,
      "Where to take jobs of `run` on this host (" BOX_DOOR_PATH ")", "PATH" },
    { "slots", 0, 0, G_OPTION_ARG_INT, &options.slots, "Programs at once (as many as processors)",
      "N" },
    { NULL },
  };
  g_auto (GStrv) addresses = NULL;
  g_autofree char *token_file = NULL, *token = NULL, *local_socket = NULL;
  g_autoptr (GPtrArray) languages = NULL;
  g_autoptr (GBytes) init = NULL;
  g_autoptr (BoxHost) host = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!box_command_parse (NULL, "Runs the jobs of a coordinator, until it is told to stop.",
        entries, &host_options, &argc, &argv, &status))
    return status;
  addresses = options.connect;
  token_file = options.token_file;
  local_socket = options.local_socket;
  if (addresses == NULL || g_strv_length (addresses) > MAX_COORDINATORS || argc > 1) {
    g_printerr ("entrevue-runner: --connect is needed, at most %d times; see serve --help\n",
      MAX_COORDINATORS);
    return BOX_EXIT_USAGE;
  }
  token = read_token (&options, &error);
  languages = token != NULL ? box_command_load_languages (host_options.image, &error) : NULL;
  init = languages != NULL ? box_host_load_init (&error) : NULL;
  if (init == NULL)
    return box_command_fail (error);
  host = box_command_enter (&host_options, init, &error);
  if (host == NULL)
    return box_command_fail (error);
  status = serve_until_stopped (host, &options, token, languages);
  explicit_bzero (token, strlen (token));
  return status;
}
