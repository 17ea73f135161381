/* ent-peer: joins a room without a window, so that rooms are exercised with many real peers. It is
 * the app's libraries and nothing else: commands come on stdin, events go to stdout. */

#include "config.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/ent-secret.h"
#include "client/ent-client-sign-in.h"
#include "media/ent-media.h"
#include "protocol/ent-limits.h"
#include "protocol/ent-link-uri.h"
#include "tools/ent-peer-events.h"

#define FINISH_MS 10000

typedef struct {
  char *link;
  char *name;
  char *media;
  char *data;
  char *server;
  char *email;
  char *room;
  int password_fd;
  gboolean no_links;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->link);
  g_free (options->name);
  g_free (options->media);
  g_free (options->data);
  g_free (options->server);
  g_free (options->email);
  g_free (options->room);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct {
  GMainLoop *loop;
  GCancellable *cancellable; /* of reading commands */
  EntClient *client;
  EntRoom *room;
  GDataInputStream *commands;
  gboolean is_leaving;
  int status;
} Peer;

/* --- commands -------------------------------------------------------------------------------- */

static EntRoomFile *
find_file (Peer *peer, const EntPeerCommand *command, const char *path)
{
  EntRoomFile *file = path != NULL ? ent_room_find_file (peer->room, path) : NULL;

  if (file == NULL)
    ent_peer_events_write_error (command->cmd, "There is no such file.");
  return file;
}

static guint32
resolve_at (EntRoomFile *file, gint64 at)
{
  return at < 0 ? ent_text_get_length (ent_room_file_get_text (file)) : (guint32) at;
}

static void
do_insert (Peer *peer, const EntPeerCommand *command)
{
  EntRoomFile *file = find_file (peer, command, command->file);
  g_autoptr (GError) error = NULL;

  if (file != NULL && !ent_room_insert (peer->room, file, resolve_at (file, command->at),
                        command->text != NULL ? command->text : "", &error))
    ent_peer_events_write_error (command->cmd, error->message);
}

static void
do_delete (Peer *peer, const EntPeerCommand *command)
{
  EntRoomFile *file = find_file (peer, command, command->file);
  g_autoptr (GError) error = NULL;

  if (file != NULL && !ent_room_delete (peer->room, file, resolve_at (file, command->at),
                        (guint32) command->count, &error))
    ent_peer_events_write_error (command->cmd, error->message);
}

static void
do_text (Peer *peer, const EntPeerCommand *command)
{
  EntRoomFile *file = find_file (peer, command, command->file);

  if (file != NULL)
    ent_peer_events_write_text (file);
}

static void
do_caret (Peer *peer, const EntPeerCommand *command)
{
  EntRoomFile *file = find_file (peer, command, command->file);

  if (file != NULL)
    ent_room_set_caret (
      peer->room, file, resolve_at (file, command->at), (guint32) command->anchor);
}

static void
do_chat (Peer *peer, const EntPeerCommand *command)
{
  g_autoptr (GError) error = NULL;

  if (!ent_room_send_chat (peer->room, command->text != NULL ? command->text : "", &error))
    ent_peer_events_write_error (command->cmd, error->message);
}

static void
run_started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!ent_room_run_start_finish (ENT_ROOM (source), result, &error))
    ent_peer_events_write_error ("run", error->message);
}

/* In a terminal when a size is given; without an entry that is a shell. */
static void
do_run (Peer *peer, const EntPeerCommand *command)
{
  gboolean is_shell = command->rows > 0 && command->entry == NULL;
  EntRoomFile *file = is_shell ? NULL : find_file (peer, command, command->entry);

  if (command->rows > 0 && (is_shell || file != NULL))
    ent_room_run_start_terminal_async (
      peer->room, file, command->rows, command->columns, NULL, run_started_cb, NULL);
  else if (file != NULL)
    ent_room_run_start_async (
      peer->room, file, command->language, command->stdin_text, NULL, run_started_cb, NULL);
}

static void
do_type (Peer *peer, const EntPeerCommand *command)
{
  if (ent_room_run_can_type (peer->room) && command->text != NULL)
    ent_room_run_type (peer->room, command->text, -1);
  else
    ent_peer_events_write_error (command->cmd, "Nothing can be typed into a terminal now.");
}

static void
do_resize (Peer *peer, const EntPeerCommand *command)
{
  ent_room_run_resize (peer->room, command->rows, command->columns);
}

static void
do_stop (Peer *peer, const EntPeerCommand *command)
{
  ent_room_run_stop (peer->room);
}

static void
do_undo (Peer *peer, const EntPeerCommand *command)
{
  if (!ent_room_undo (peer->room))
    ent_peer_events_write_error (command->cmd, "There is nothing to undo.");
}

static void
do_redo (Peer *peer, const EntPeerCommand *command)
{
  if (!ent_room_redo (peer->room))
    ent_peer_events_write_error (command->cmd, "There is nothing to redo.");
}

static void
do_break (Peer *peer, const EntPeerCommand *command)
{
  ent_room_break_undo (peer->room);
}

static void
do_stats (Peer *peer, const EntPeerCommand *command)
{
  ent_peer_events_write_stats (peer->room);
}

static void
do_mute (Peer *peer, const EntPeerCommand *command)
{
  EntCall *call = ent_room_get_call (peer->room);

  if (call != NULL)
    ent_call_set_muted (call, command->on);
}

static void
do_camera (Peer *peer, const EntPeerCommand *command)
{
  EntCall *call = ent_room_get_call (peer->room);

  if (call != NULL)
    ent_call_set_camera_on (call, command->on);
}

static void
do_lock (Peer *peer, const EntPeerCommand *command)
{
  ent_room_set_locks (peer->room, command->edit, command->run);
}

static void
do_remove (Peer *peer, const EntPeerCommand *command)
{
  GListModel *roster = ent_room_get_roster (peer->room);

  for (guint i = 0; i < g_list_model_get_n_items (roster); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (roster, i);

    if (g_strcmp0 (ent_participant_get_id (person), command->participant) == 0)
      ent_room_remove_participant (peer->room, person);
  }
}

static void
do_end (Peer *peer, const EntPeerCommand *command)
{
  ent_room_end (peer->room);
}

static void
left_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Peer *peer = data;

  ent_room_leave_finish (ENT_ROOM (source), result);
  g_main_loop_quit (peer->loop);
}

static void
leave (Peer *peer)
{
  if (peer->is_leaving)
    return;
  peer->is_leaving = TRUE;
  if (peer->room != NULL)
    ent_room_leave_async (peer->room, left_cb, peer);
  else
    g_main_loop_quit (peer->loop);
}

static void
do_leave (Peer *peer, const EntPeerCommand *command)
{
  leave (peer);
}

static const struct {
  const char *cmd;
  void (*run) (Peer *peer, const EntPeerCommand *command);
} commands[] = {
  { "insert", do_insert },
  { "delete", do_delete },
  { "text", do_text },
  { "caret", do_caret },
  { "chat", do_chat },
  { "run", do_run },
  { "type", do_type },
  { "resize", do_resize },
  { "stop", do_stop },
  { "undo", do_undo },
  { "redo", do_redo },
  { "break-undo", do_break },
  { "stats", do_stats },
  { "mute", do_mute },
  { "camera", do_camera },
  { "lock", do_lock },
  { "remove", do_remove },
  { "end", do_end },
  { "leave", do_leave },
};

static void
do_line (Peer *peer, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntPeerCommand) command =
    ent_codec_decode (&ent_peer_command_struct, line, strlen (line), ENT_UNKNOWN_REFUSED, &error);

  if (command == NULL) {
    ent_peer_events_write_error (NULL, error->message);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].cmd, command->cmd)) {
      if (peer->room == NULL && commands[i].run != do_leave)
        ent_peer_events_write_error (command->cmd, "The room is still being joined.");
      else
        commands[i].run (peer, command);
      return;
    }
  ent_peer_events_write_error (command->cmd, "There is no such command.");
}

static void
line_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Peer *peer = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line =
    g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (line == NULL) { /* the end of the commands is the end of the program */
    leave (peer);
    return;
  }
  if (line[0] != '\0')
    do_line (peer, line);
  g_data_input_stream_read_line_async (
    peer->commands, G_PRIORITY_DEFAULT, peer->cancellable, line_read_cb, peer);
}

/* --- start ----------------------------------------------------------------------------------- */

static void
phase_changed_cb (EntRoom *room, GParamSpec *pspec, gpointer data)
{
  Peer *peer = data;

  if (ent_room_get_phase (room) == ENT_ROOM_PHASE_FAILED) {
    peer->status = 1;
    leave (peer);
  }
}

static void
open_room (Peer *peer, const Options *options, const char *room, const char *token, gint64 started)
{
  g_autoptr (GError) error = NULL;
  gboolean has_media = !options->no_links && ent_media_init (&error);
  EntRoomOptions room_options = {
    .room = room,
    .invite = token,
    .account = options->email,
    .name = options->name,
    .data_dir = options->data,
    .peer_links = has_media,
    .call = has_media && g_strcmp0 (options->media, "test") == 0,
    .call_source = ENT_CALL_SOURCE_TEST,
  };

  if (error != NULL)
    ent_peer_events_write_error (NULL, error->message);
  peer->room = ent_room_new (peer->client, &room_options);
  ent_peer_events_watch (peer->room, started);
  g_signal_connect (peer->room, "notify::phase", G_CALLBACK (phase_changed_cb), peer);
  ent_room_start (peer->room);
}

typedef struct {
  Peer *peer;
  const Options *options;
  gint64 started_us;
  char *password;
} SignIn;

static void
sign_in_free (SignIn *sign_in)
{
  ent_secret_free (sign_in->password);
  g_free (sign_in);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignIn, sign_in_free)

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SignIn) sign_in = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiUser) user = ent_client_login_finish (ENT_CLIENT (source), result, &error);

  if (user == NULL) {
    ent_peer_events_write_error (NULL, error->message);
    sign_in->peer->status = 1;
    g_main_loop_quit (sign_in->peer->loop);
    return;
  }
  open_room (sign_in->peer, sign_in->options, sign_in->options->room, NULL, sign_in->started_us);
}

static void
log_in (SignIn *take_sign_in)
{
  ent_client_login_async (take_sign_in->peer->client, take_sign_in->options->email,
    take_sign_in->password, "ent-peer", NULL, signed_in_cb, take_sign_in);
}

/* As the app does: somebody who is signed in stays so while the server cannot be reached. */
static void
resumed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SignIn) sign_in = data;
  EntClient *client = ENT_CLIENT (source);

  if (ent_client_resume_finish (client, result, NULL) || ent_client_is_signed_in (client))
    open_room (sign_in->peer, sign_in->options, sign_in->options->room, NULL, sign_in->started_us);
  else
    log_in (g_steal_pointer (&sign_in));
}

static char *
build_token_path (const Options *options)
{
  return g_build_filename (options->data, "refresh-token", NULL);
}

static void
refresh_token_changed_cb (EntClient *client, const char *token, gpointer data)
{
  g_autofree char *path = build_token_path (data);
  g_autoptr (GError) error = NULL;

  if (token == NULL)
    g_unlink (path);
  else if (!g_file_set_contents_full (
             path, token, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    ent_peer_events_write_error (NULL, error->message);
}

/* One line, without its end; at most ENT_MAX_PASSWORD bytes. */
static char *
read_password (int fd)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char c;

  while (text->len < ENT_MAX_PASSWORD && read (fd, &c, 1) == 1 && c != '\n')
    g_string_append_c (text, c);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
start_signed_in (Peer *peer, const Options *options, gint64 started_us, GError **error)
{
  g_autofree char *origin = ent_place_from_text (options->server, error);
  g_autofree char *path = build_token_path (options);
  g_autofree char *token = NULL;
  SignIn *sign_in;

  if (origin == NULL)
    return FALSE;
  sign_in = g_new0 (SignIn, 1);
  sign_in->peer = peer;
  sign_in->options = options;
  sign_in->started_us = started_us;
  sign_in->password = read_password (options->password_fd);
  peer->client = ent_client_new (origin);
  g_signal_connect (peer->client, "refresh-token-changed", G_CALLBACK (refresh_token_changed_cb),
    (gpointer) options);
  if (g_file_get_contents (path, &token, NULL, NULL))
    ent_client_resume_async (peer->client, token, NULL, resumed_cb, sign_in);
  else
    log_in (sign_in);
  return TRUE;
}

static gboolean
start_with_link (Peer *peer, const Options *options, gint64 started_us, GError **error)
{
  g_autoptr (EntLinkUri) link = ent_link_uri_parse (options->link, error);
  g_autofree char *place = NULL;

  if (link == NULL)
    return FALSE;
  place = ent_place_new (link->origin, link->pin);
  peer->client = ent_client_new (place);
  open_room (peer, options, link->room, link->token, started_us);
  return TRUE;
}

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "link", 0, 0, G_OPTION_ARG_STRING, &options->link, "Join link", "LINK" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "Name of a guest", "NAME" },
    { "media", 0, 0, G_OPTION_ARG_STRING, &options->media, "test: send and receive a test call",
      "test|none" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->data, "Where this device keeps its logs",
      "DIR" },
    { "server", 0, 0, G_OPTION_ARG_STRING, &options->server, "Sign in here instead of using a link",
      "URL" },
    { "email", 0, 0, G_OPTION_ARG_STRING, &options->email, "Account", "E" },
    { "password-fd", 0, 0, G_OPTION_ARG_INT, &options->password_fd,
      "Descriptor to read the password from", "N" },
    { "room", 0, 0, G_OPTION_ARG_STRING, &options->room, "Room to enter when signed in", "ID" },
    { "no-peer-links", 0, 0, G_OPTION_ARG_NONE, &options->no_links, "Only through the coordinator",
      NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- a room without a window");

  g_option_context_set_description (context,
    "Commands are JSON objects, one per line on stdin; events likewise on stdout.\n"
    "src/tools/README.md lists them.\n");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if ((options->link == NULL) ==
      (options->server == NULL || options->email == NULL || options->room == NULL)) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
      "Give either --link, or --server, --email, --password-fd and --room.");
    return FALSE;
  }
  if (options->media != NULL && !g_str_equal (options->media, "none") &&
      !g_str_equal (options->media, "test")) {
    g_set_error_literal (
      error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--media is test or none.");
    return FALSE;
  }
  return TRUE;
}

static gboolean
signal_cb (gpointer data)
{
  leave (data);
  return G_SOURCE_CONTINUE;
}

/* What is cancelled here ends in the main loop, so that it runs once more. */
static void
finish (Peer *peer)
{
  g_cancellable_cancel (peer->cancellable);
  g_clear_object (&peer->room);
  g_clear_object (&peer->client);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&peer->commands);
  g_clear_object (&peer->cancellable);
  g_main_loop_unref (peer->loop);
}

static int
run (int argc, char **argv)
{
  gint64 started_us = g_get_monotonic_time ();
  g_auto (Options) options = { .password_fd = -1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  Peer peer = { 0 };

  setlocale (LC_ALL, "");
  if (!parse_options (&options, &argc, &argv, &error)) {
    g_printerr ("ent-peer: %s\n", error->message);
    return 2;
  }
  if (options.data == NULL)
    options.data = g_dir_make_tmp ("ent-peer-XXXXXX", &error);
  peer.loop = g_main_loop_new (NULL, FALSE);
  peer.cancellable = g_cancellable_new ();
  peer.commands = g_data_input_stream_new (input);
  g_unix_signal_add (SIGTERM, signal_cb, &peer);
  g_unix_signal_add (SIGINT, signal_cb, &peer);
  if (options.data == NULL ||
      !(options.link != NULL ? start_with_link (&peer, &options, started_us, &error)
                             : start_signed_in (&peer, &options, started_us, &error))) {
    ent_peer_events_write_error (NULL, error->message);
    return 1;
  }
  g_data_input_stream_read_line_async (
    peer.commands, G_PRIORITY_DEFAULT, peer.cancellable, line_read_cb, &peer);
  g_main_loop_run (peer.loop);
  finish (&peer);
  return peer.status;
}

int
main (int argc, char **argv)
{
  ent_media_exit (run (argc, argv), FINISH_MS);
}
