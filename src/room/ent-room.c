#include <glib/gi18n-lib.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/ent-secret.h"
#include "room/ent-room-private.h"

#define JOIN_RETRY_MS 5000

G_DEFINE_FINAL_TYPE (EntRoom, ent_room, G_TYPE_OBJECT)

GParamSpec *ent_room_props[ENT_ROOM_N_PROPS];
guint ent_room_signals[ENT_ROOM_N_SIGNALS];

GType
ent_room_phase_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type)) {
    static const GEnumValue values[] = {
      { ENT_ROOM_PHASE_JOINING, "ENT_ROOM_PHASE_JOINING", "joining" },
      { ENT_ROOM_PHASE_WAITING, "ENT_ROOM_PHASE_WAITING", "waiting" },
      { ENT_ROOM_PHASE_JOINED, "ENT_ROOM_PHASE_JOINED", "joined" },
      { ENT_ROOM_PHASE_RECONNECTING, "ENT_ROOM_PHASE_RECONNECTING", "reconnecting" },
      { ENT_ROOM_PHASE_ENDED, "ENT_ROOM_PHASE_ENDED", "ended" },
      { ENT_ROOM_PHASE_REMOVED, "ENT_ROOM_PHASE_REMOVED", "removed" },
      { ENT_ROOM_PHASE_TAKEN_OVER, "ENT_ROOM_PHASE_TAKEN_OVER", "taken-over" },
      { ENT_ROOM_PHASE_FAILED, "ENT_ROOM_PHASE_FAILED", "failed" },
      { ENT_ROOM_PHASE_LEFT, "ENT_ROOM_PHASE_LEFT", "left" },
      { 0, NULL, NULL },
    };

    g_once_init_leave (&type, g_enum_register_static ("EntRoomPhase", values));
  }
  return type;
}

GType
ent_room_call_state_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type)) {
    static const GEnumValue values[] = {
      { ENT_ROOM_CALL_OFF, "ENT_ROOM_CALL_OFF", "off" },
      { ENT_ROOM_CALL_WAITING, "ENT_ROOM_CALL_WAITING", "waiting" },
      { ENT_ROOM_CALL_ON, "ENT_ROOM_CALL_ON", "on" },
      { ENT_ROOM_CALL_FULL, "ENT_ROOM_CALL_FULL", "full" },
      { 0, NULL, NULL },
    };

    g_once_init_leave (&type, g_enum_register_static ("EntRoomCallState", values));
  }
  return type;
}

/* --- state shown ----------------------------------------------------------------------------- */

void
ent_room_notify (EntRoom *room, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (room), ent_room_props[prop]);
}

void
ent_room_notify_rights (EntRoom *room)
{
  ent_room_notify (room, ENT_ROOM_PROP_CAN_EDIT);
  ent_room_notify (room, ENT_ROOM_PROP_CAN_RUN);
  ent_room_notify (room, ENT_ROOM_PROP_CAN_LEAD);
}

void
ent_room_tell (EntRoom *room, const char *sentence)
{
  g_signal_emit (room, ent_room_signals[ENT_ROOM_SIGNAL_NOTICE], 0, sentence);
}

gboolean
ent_room_is_over (EntRoom *room)
{
  return room->phase >= ENT_ROOM_PHASE_ENDED;
}

/* What is over stays over, except that it can be left. */
void
ent_room_set_phase (EntRoom *room, EntRoomPhase phase, const char *sentence)
{
  if (ent_room_is_over (room) && phase != ENT_ROOM_PHASE_LEFT)
    return;
  if (g_strcmp0 (room->sentence, sentence) != 0) {
    g_free (room->sentence);
    room->sentence = g_strdup (sentence);
    ent_room_notify (room, ENT_ROOM_PROP_SENTENCE);
  }
  if (room->phase == phase)
    return;
  room->phase = phase;
  ent_room_notify (room, ENT_ROOM_PROP_PHASE);
  ent_room_notify_rights (room);
  ent_room_pairs_refresh_connections (room);
  if (phase == ENT_ROOM_PHASE_REMOVED || phase == ENT_ROOM_PHASE_TAKEN_OVER)
    ent_room_pairs_drop_all_later (room);
}

void
ent_room_set_run (EntRoom *room, EntRoomRun *run)
{
  if (g_set_object (&room->run, run))
    ent_room_notify (room, ENT_ROOM_PROP_RUN);
}

void
ent_room_set_call_state (EntRoom *room, EntRoomCallState state, const char *sentence)
{
  if (g_strcmp0 (room->call_sentence, sentence) != 0) {
    g_free (room->call_sentence);
    room->call_sentence = g_strdup (sentence);
    ent_room_notify (room, ENT_ROOM_PROP_CALL_SENTENCE);
  }
  if (room->call_state == state)
    return;
  room->call_state = state;
  ent_room_notify (room, ENT_ROOM_PROP_CALL_STATE);
}

void
ent_room_set_log_sentence (EntRoom *room, const char *sentence)
{
  if (g_strcmp0 (room->log_sentence, sentence) == 0)
    return;
  g_free (room->log_sentence);
  room->log_sentence = g_strdup (sentence);
  ent_room_notify (room, ENT_ROOM_PROP_DEVICE_LOG_SENTENCE);
}

/* --- joining: key of the device -> join -> log -> document and sockets ----------------------- */

/* The key that binds an invitation to this device; made once. Caller owns it. */
static char *
load_device_key (EntRoom *room, GError **error)
{
  g_autofree char *path = g_build_filename (room->data_dir, "device-key", NULL);
  g_autofree char *key = NULL;
  gsize size;

  if (g_file_get_contents (path, &key, &size, NULL) && size >= 16 && size <= ENT_MAX_NAME &&
      g_str_is_ascii (key))
    return g_strchomp (g_steal_pointer (&key));
  g_free (key);
  key = ent_secret_new_token ();
  if (g_mkdir_with_parents (room->data_dir, 0700) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
      "Could not make the folder '%s': %s", room->data_dir, g_strerror (errno));
    return NULL;
  }
  if (!g_file_set_contents_full (path, key, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
    return NULL;
  return g_steal_pointer (&key);
}

/* Where the last answer to joining with this invitation, or as this account, is kept, so that a
 * room can be opened again while the coordinator is away. NULL when it is not known as whom. */
static char *
build_joined_path (EntRoom *room)
{
  g_autofree char *text = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *name = NULL;

  if (room->invite == NULL && room->account == NULL)
    return NULL;
  text = g_strjoin ("\n", ent_client_get_origin (room->client), room->id,
    room->invite != NULL ? room->invite : "account", room->invite != NULL ? NULL : room->account,
    NULL);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  name = g_strconcat (hash, ".joined", NULL);
  return g_build_filename (room->data_dir, "rooms", name, NULL);
}

static void
keep_joined (EntRoom *room)
{
  g_autofree char *path = build_joined_path (room);
  g_autofree char *folder = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  folder = g_path_get_dirname (path);
  text = ent_codec_encode (&ent_api_joined_struct, room->joined);
  if (g_mkdir_with_parents (folder, 0700) != 0 ||
      !g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_debug ("Could not keep the room for opening it without the server");
}

/* The room is over for this device: what opens it is not kept. */
static void
forget_joined (EntRoom *room)
{
  g_autofree char *path = build_joined_path (room);

  if (path != NULL)
    g_unlink (path);
}

static EntApiJoined *
load_joined (EntRoom *room)
{
  g_autofree char *path = build_joined_path (room);
  g_autofree char *text = NULL;
  gsize size;

  if (path == NULL || !g_file_get_contents (path, &text, &size, NULL))
    return NULL;
  return ent_codec_decode (&ent_api_joined_struct, text, size, ENT_UNKNOWN_IGNORED, NULL);
}

static void
make_me (EntRoom *room)
{
  EntMsgPeer peer = {
    .id = room->joined->participant,
    .name = room->joined->name,
    .role = room->joined->role,
    .state = ENT_PEER_JOINED,
    .clients = room->joined->clients,
  };

  room->me = ent_participant_new (&peer, TRUE);
  g_list_store_append (room->roster, room->me);
}

static void
log_opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntRoom) room = data;
  g_autoptr (GError) error = NULL;
  EntRoomLog *log = ent_room_log_open_finish (result, &error);

  if (ent_room_is_over (room) || room->is_leaving) {
    g_clear_pointer (&log, ent_room_log_free);
    return;
  }
  if (log == NULL) {
    g_debug ("%s", error->message);
    ent_room_set_log_sentence (room, ent_room_log_describe_problem (error));
  }
  make_me (room);
  ent_room_document_open (room, log);
  ent_room_presence_open (room);
  ent_room_pairs_set_ice (room, room->joined->ice, room->joined->relay_only);
  ent_room_pairs_open (room);
  ent_room_coordinator_open (room);
  ent_room_notify (room, ENT_ROOM_PROP_ME);
  ent_room_notify (room, ENT_ROOM_PROP_ROLE);
  ent_room_notify (room, ENT_ROOM_PROP_TITLE);
  ent_room_notify_rights (room);
  ent_room_coordinator_start (room);
}

static void
open_log (EntRoom *room)
{
  g_autofree char *path = ent_room_log_build_path (
    room->data_dir, ent_client_get_origin (room->client), room->id, room->joined->participant);

  ent_room_log_open_async (path, room->joined->clients, log_opened_cb, g_object_ref (room));
}

static void
take_joined (EntRoom *room, EntApiJoined *take_joined)
{
  gboolean is_first = room->joined == NULL;

  if (take_joined->room_token == NULL) {
    ent_room_lobby_enter (room, take_joined);
    return;
  }
  if (room->phase == ENT_ROOM_PHASE_WAITING)
    ent_room_set_phase (
      room, is_first ? ENT_ROOM_PHASE_JOINING : ENT_ROOM_PHASE_RECONNECTING, NULL);
  ent_room_lobby_leave (room);
  g_clear_pointer (&room->joined, ent_api_joined_free);
  room->joined = take_joined;
  keep_joined (room);
  if (is_first && room->joined->state != NULL)
    room->state = ent_struct_copy (&ent_msg_room_struct, room->joined->state);
  if (is_first)
    open_log (room);
  else if (room->room_socket != NULL)
    ent_room_coordinator_start (room);
}

/* A place in the room, or one in its lobby; what a kept answer has to be, too. */
static gboolean
is_whole (const EntApiJoined *joined)
{
  if (joined->room_token == NULL)
    return joined->waiting_token != NULL;
  return joined->clients != NULL && joined->clients->len > 0 && joined->state != NULL;
}

/* The first join found no server: a room that was open on this device before opens from its log. */
static gboolean
open_without_server (EntRoom *room)
{
  EntApiJoined *joined = load_joined (room);

  if (joined == NULL || joined->room_token == NULL || !is_whole (joined)) {
    g_clear_pointer (&joined, ent_api_joined_free);
    return FALSE;
  }
  ent_room_set_phase (room, ENT_ROOM_PHASE_RECONNECTING,
    _ (
      "The server cannot be reached. You see what this device has kept; what you write goes to the "
      "server when it is back."));
  take_joined (room, joined);
  return TRUE;
}

static gboolean
join_retry_cb (gpointer data)
{
  EntRoom *room = data;

  room->join_retry_id = 0;
  ent_room_join_again (room);
  return G_SOURCE_REMOVE;
}

static void
join_refused (EntRoom *room, const GError *error)
{
  gboolean may_pass = g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE) ||
                      g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_LIMITED);

  if (g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_REFUSED))
    forget_joined (room);
  if (room->joined == NULL && room->phase != ENT_ROOM_PHASE_WAITING) {
    if (!may_pass || !open_without_server (room))
      ent_room_set_phase (room, ENT_ROOM_PHASE_FAILED, error->message);
    return;
  }
  if (!may_pass)
    ent_room_set_phase (room, ENT_ROOM_PHASE_FAILED, error->message);
  else if (room->join_retry_id == 0)
    room->join_retry_id = ent_clock_add (room->clock, JOIN_RETRY_MS, join_retry_cb, room);
}

static void
joined_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntRoom) room = data;
  g_autoptr (GError) error = NULL;
  EntApiJoined *joined = ent_client_join_finish (ENT_CLIENT (source), result, &error);

  room->is_joining = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (ent_room_is_over (room) || room->is_leaving)
    g_clear_pointer (&joined, ent_api_joined_free);
  else if (joined == NULL)
    join_refused (room, error);
  else if (!is_whole (joined)) {
    ent_api_joined_free (joined);
    ent_room_set_phase (room, ENT_ROOM_PHASE_FAILED,
      _ ("The answer of the server cannot be read. The app may be too old for it."));
  } else
    take_joined (room, joined);
}

static void
join (EntRoom *room)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key = load_device_key (room, &error);
  EntApiJoin body = { .invite = room->invite, .name = room->name, .device_key = key };

  if (key == NULL) { /* a full disk must not keep anybody out */
    g_debug ("%s", error->message);
    key = ent_secret_new_token ();
    body.device_key = key;
  }
  room->is_joining = TRUE;
  ent_client_join_async (
    room->client, room->id, &body, room->cancellable, joined_cb, g_object_ref (room));
}

void
ent_room_join_again (EntRoom *room)
{
  if (room->join_retry_id == 0 && !room->is_joining && !room->is_leaving)
    join (room);
}

void
ent_room_start (EntRoom *room)
{
  g_return_if_fail (!room->is_started);
  room->is_started = TRUE;
  join (room);
}

/* --- leaving --------------------------------------------------------------------------------- */

static void
close_all (EntRoom *room)
{
  if (room->join_retry_id != 0)
    ent_clock_remove (room->clock, room->join_retry_id);
  room->join_retry_id = 0;
  g_cancellable_cancel (room->cancellable);
  if (room->is_welcome)
    ent_room_coordinator_send (room, ENT_ROOM_RTC_LEAVE, NULL);
  ent_room_lobby_leave (room);
  ent_room_presence_close (room);
  ent_room_pairs_close (room);
  ent_room_coordinator_close (room);
}

static void
log_closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  ent_room_log_close_finish (result);
  g_task_return_boolean (task, TRUE);
}

/* From the main loop, never from inside of what it takes apart. */
static gboolean
leave_cb (gpointer data)
{
  GTask *task = data;
  EntRoom *room = g_task_get_source_object (task);
  EntRoomLog *log;
  gboolean is_settled =
    room->phase == ENT_ROOM_PHASE_ENDED && ent_room_document_is_all_durable (room);
  g_autoptr (GBytes) state = NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  close_all (room);
  if (is_settled)
    forget_joined (room);
  log = g_steal_pointer (&room->log);
  ent_room_document_close (room);
  ent_room_set_phase (room, ENT_ROOM_PHASE_LEFT, NULL);
  if (log == NULL) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return G_SOURCE_REMOVE;
  }
  state = ent_doc_encode (room->doc);
  for (GList *l = room->kept.head; l != NULL; l = l->next)
    g_ptr_array_add (kept, l->data);
  ent_room_log_fold (log, state, kept);
  ent_room_log_close_async (log, is_settled, log_closed_cb, task);
  return G_SOURCE_REMOVE;
}

void
ent_room_leave_async (EntRoom *room, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (room, NULL, callback, data);

  g_task_set_source_tag (task, ent_room_leave_async);
  if (room->is_leaving) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  room->is_leaving = TRUE;
  ent_clock_add (room->clock, 0, leave_cb, task);
}

void
ent_room_leave_finish (EntRoom *room, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, room));
  g_task_propagate_boolean (G_TASK (result), NULL);
}

/* --- the object ------------------------------------------------------------------------------ */

static void
ent_room_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntRoom *room = ENT_ROOM (object);
  EntRole role = ent_room_get_role (room);
  gboolean is_here =
    room->phase == ENT_ROOM_PHASE_JOINED || room->phase == ENT_ROOM_PHASE_RECONNECTING;

  switch (id) {
  case ENT_ROOM_PROP_PHASE:
    g_value_set_enum (value, room->phase);
    break;
  case ENT_ROOM_PROP_SENTENCE:
    g_value_set_string (value, room->sentence);
    break;
  case ENT_ROOM_PROP_TITLE:
    g_value_set_string (value, ent_room_get_title (room));
    break;
  case ENT_ROOM_PROP_ROLE:
    g_value_set_int (value, role);
    break;
  case ENT_ROOM_PROP_ME:
    g_value_set_object (value, room->me);
    break;
  case ENT_ROOM_PROP_CONNECTION:
    g_value_set_enum (value, room->connection);
    break;
  case ENT_ROOM_PROP_KEPT_EDITS:
    g_value_set_uint (value, room->kept.length);
    break;
  case ENT_ROOM_PROP_EDIT_LOCKED:
    g_value_set_boolean (value, room->state != NULL && room->state->edit_locked);
    break;
  case ENT_ROOM_PROP_RUN_LOCKED:
    g_value_set_boolean (value, room->state != NULL && room->state->run_locked);
    break;
  case ENT_ROOM_PROP_LOBBY:
    g_value_set_boolean (value, room->state != NULL && room->state->lobby);
    break;
  case ENT_ROOM_PROP_CAN_EDIT:
    g_value_set_boolean (value, ent_room_get_edit_refusal (room) == NULL);
    break;
  case ENT_ROOM_PROP_CAN_RUN:
    g_value_set_boolean (
      value, room->phase == ENT_ROOM_PHASE_JOINED && ent_role_can_run (role) &&
               (room->state == NULL || !room->state->run_locked || ent_role_can_lead (role)));
    break;
  case ENT_ROOM_PROP_CAN_LEAD:
    g_value_set_boolean (value, is_here && room->me != NULL && ent_role_can_lead (role));
    break;
  case ENT_ROOM_PROP_CAN_UNDO:
    g_value_set_boolean (value, room->could_undo);
    break;
  case ENT_ROOM_PROP_CAN_REDO:
    g_value_set_boolean (value, room->could_redo);
    break;
  case ENT_ROOM_PROP_CALL_STATE:
    g_value_set_enum (value, room->call_state);
    break;
  case ENT_ROOM_PROP_CALL_SENTENCE:
    g_value_set_string (value, room->call_sentence);
    break;
  case ENT_ROOM_PROP_DEVICE_LOG_SENTENCE:
    g_value_set_string (value, room->log_sentence);
    break;
  case ENT_ROOM_PROP_RUN:
    g_value_set_object (value, room->run);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_room_dispose (GObject *object)
{
  EntRoom *room = ENT_ROOM (object);

  close_all (room);
  ent_room_document_close (room);
  g_clear_object (&room->me);
  g_clear_object (&room->run);
  G_OBJECT_CLASS (ent_room_parent_class)->dispose (object);
}

static void
ent_room_finalize (GObject *object)
{
  EntRoom *room = ENT_ROOM (object);

  g_clear_object (&room->client);
  g_clear_object (&room->cancellable);
  g_clear_object (&room->roster);
  g_clear_object (&room->files);
  g_clear_object (&room->chat);
  g_clear_pointer (&room->joined, ent_api_joined_free);
  g_clear_pointer (&room->state, ent_msg_room_free);
  g_clear_pointer (&room->durable, ent_durable_free);
  g_clear_pointer (&room->ice, ent_ice_config_unref);
  g_hash_table_unref (room->shown_carets);
  g_hash_table_unref (room->files_by_text);
  g_hash_table_unref (room->files_by_id);
  g_ptr_array_unref (room->languages);
  g_queue_clear_full (&room->kept, (GDestroyNotify) ent_log_entry_free);
  g_clear_pointer (&room->doc, ent_doc_unref);
  g_ptr_array_unref (room->replaced);
  ent_clock_unref (room->clock);
  g_free (room->id);
  ent_secret_free (room->invite);
  g_free (room->account);
  g_free (room->name);
  g_free (room->run_before);
  g_free (room->data_dir);
  g_free (room->lobby_title);
  g_free (room->sentence);
  g_free (room->call_sentence);
  g_free (room->log_sentence);
  g_free (room->caret_json);
  g_free (room->copy_hash);
  g_free (room->compared_for);
  G_OBJECT_CLASS (ent_room_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *class)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GParamSpec **props = ent_room_props;

  props[ENT_ROOM_PROP_PHASE] =
    g_param_spec_enum ("phase", NULL, NULL, ENT_TYPE_ROOM_PHASE, ENT_ROOM_PHASE_JOINING, flags);
  props[ENT_ROOM_PROP_SENTENCE] = g_param_spec_string ("sentence", NULL, NULL, NULL, flags);
  props[ENT_ROOM_PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[ENT_ROOM_PROP_ROLE] =
    g_param_spec_int ("role", NULL, NULL, 0, ENT_ROLE_OBSERVER, ENT_ROLE_OBSERVER, flags);
  props[ENT_ROOM_PROP_ME] = g_param_spec_object ("me", NULL, NULL, ENT_TYPE_PARTICIPANT, flags);
  props[ENT_ROOM_PROP_CONNECTION] =
    g_param_spec_enum ("connection", NULL, NULL, ENT_TYPE_CONNECTION, ENT_CONNECTION_NONE, flags);
  props[ENT_ROOM_PROP_KEPT_EDITS] =
    g_param_spec_uint ("kept-edits", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[ENT_ROOM_PROP_EDIT_LOCKED] = g_param_spec_boolean ("edit-locked", NULL, NULL, FALSE, flags);
  props[ENT_ROOM_PROP_RUN_LOCKED] = g_param_spec_boolean ("run-locked", NULL, NULL, FALSE, flags);
  props[ENT_ROOM_PROP_LOBBY] = g_param_spec_boolean ("lobby", NULL, NULL, FALSE, flags);
  props[ENT_ROOM_PROP_CAN_EDIT] = g_param_spec_boolean ("can-edit", NULL, NULL, FALSE, flags);
  props[ENT_ROOM_PROP_CAN_RUN] = g_param_spec_boolean ("can-run", NULL, NULL, FALSE, flags);
  props[ENT_ROOM_PROP_CAN_LEAD] = g_param_spec_boolean ("can-lead", NULL, NULL, FALSE, flags);
  props[ENT_ROOM_PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  props[ENT_ROOM_PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  props[ENT_ROOM_PROP_CALL_STATE] = g_param_spec_enum (
    "call-state", NULL, NULL, ENT_TYPE_ROOM_CALL_STATE, ENT_ROOM_CALL_OFF, flags);
  props[ENT_ROOM_PROP_CALL_SENTENCE] =
    g_param_spec_string ("call-sentence", NULL, NULL, NULL, flags);
  props[ENT_ROOM_PROP_DEVICE_LOG_SENTENCE] =
    g_param_spec_string ("device-log-sentence", NULL, NULL, NULL, flags);
  props[ENT_ROOM_PROP_RUN] = g_param_spec_object ("run", NULL, NULL, ENT_TYPE_ROOM_RUN, flags);
  g_object_class_install_properties (class, ENT_ROOM_N_PROPS, props);
}

static guint
new_signal (const char *name, guint n_params, GType first, GType second)
{
  return g_signal_new (name, ENT_TYPE_ROOM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
    n_params, first, second);
}

static void
ent_room_class_init (EntRoomClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = ent_room_get_property;
  object_class->dispose = ent_room_dispose;
  object_class->finalize = ent_room_finalize;
  install_properties (object_class);
  ent_room_signals[ENT_ROOM_SIGNAL_NOTICE] = new_signal ("notice", 1, G_TYPE_STRING, G_TYPE_NONE);
  ent_room_signals[ENT_ROOM_SIGNAL_CHANGE] =
    new_signal ("change", 2, ENT_TYPE_ROOM_FILE, G_TYPE_BOOLEAN);
  ent_room_signals[ENT_ROOM_SIGNAL_DURABLE] = new_signal ("durable", 0, G_TYPE_NONE, G_TYPE_NONE);
  ent_room_signals[ENT_ROOM_SIGNAL_LANGUAGES_CHANGED] =
    new_signal ("languages-changed", 0, G_TYPE_NONE, G_TYPE_NONE);
}

static void
free_language (gpointer data)
{
  ent_msg_language_free (data);
}

static void
ent_room_init (EntRoom *room)
{
  room->cancellable = g_cancellable_new ();
  room->last_request = ENT_ROOM_QUIET_ID;
  room->roster = g_list_store_new (ENT_TYPE_PARTICIPANT);
  room->files = g_list_store_new (ENT_TYPE_ROOM_FILE);
  room->chat = g_list_store_new (ENT_TYPE_CHAT_MESSAGE);
  room->files_by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  room->files_by_text = g_hash_table_new (NULL, NULL);
  room->shown_carets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  room->languages = g_ptr_array_new_with_free_func (free_language);
  room->replaced = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_doc_unref);
  g_queue_init (&room->kept);
}

EntRoom *
ent_room_new (EntClient *client, const EntRoomOptions *options)
{
  EntRoom *room = g_object_new (ENT_TYPE_ROOM, NULL);

  room->client = g_object_ref (client);
  room->clock = options->clock != NULL ? ent_clock_ref (options->clock) : ent_clock_new_real ();
  room->id = g_strdup (options->room);
  room->invite = g_strdup (options->invite);
  room->account = g_strdup (options->account);
  room->name = g_strdup (options->name);
  room->data_dir = g_strdup (options->data_dir);
  room->has_peer_links = options->peer_links;
  room->has_call = options->call;
  room->call_source = options->call_source;
  return room;
}

/* --- getters --------------------------------------------------------------------------------- */

EntRoomPhase
ent_room_get_phase (EntRoom *room)
{
  return room->phase;
}

const char *
ent_room_get_sentence (EntRoom *room)
{
  return room->sentence;
}

const char *
ent_room_get_id (EntRoom *room)
{
  return room->id;
}

const char *
ent_room_get_title (EntRoom *room)
{
  return room->state != NULL ? room->state->title : room->lobby_title;
}

EntRole
ent_room_get_role (EntRoom *room)
{
  if (room->me != NULL)
    return ent_participant_get_role (room->me);
  return room->waiting != NULL ? (EntRole) room->waiting->role : ENT_ROLE_OBSERVER;
}

EntConnection
ent_room_get_connection (EntRoom *room)
{
  return room->connection;
}

guint
ent_room_get_kept_edits (EntRoom *room)
{
  return room->kept.length;
}

EntRoomCallState
ent_room_get_call_state (EntRoom *room)
{
  return room->call_state;
}

EntParticipant *
ent_room_get_me (EntRoom *room)
{
  return room->me;
}

EntParticipant *
ent_room_get_waiting (EntRoom *room)
{
  return room->phase == ENT_ROOM_PHASE_WAITING ? room->waiting_me : NULL;
}

GListModel *
ent_room_get_roster (EntRoom *room)
{
  return G_LIST_MODEL (room->roster);
}

EntCall *
ent_room_get_call (EntRoom *room)
{
  return room->call;
}

/* --- leading --------------------------------------------------------------------------------- */

void
ent_room_set_locks (EntRoom *room, gboolean edit, gboolean run)
{
  EntMsgLock lock = { .edit = edit, .run = run };

  ent_room_coordinator_request (room, ENT_ROOM_LOCK, &lock, NULL);
}

void
ent_room_remove_participant (EntRoom *room, EntParticipant *person)
{
  EntMsgRemove remove = { .participant = (char *) ent_participant_get_id (person) };

  ent_room_coordinator_request (room, ENT_ROOM_REMOVE, &remove, NULL);
}

void
ent_room_set_lobby (EntRoom *room, gboolean is_on)
{
  EntMsgLobby lobby = { .on = is_on };

  ent_room_coordinator_request (room, ENT_ROOM_LOBBY, &lobby, NULL);
}

static void
ask_for (EntRoom *room, EntRoomKind kind, EntParticipant *person)
{
  EntMsgLobbyPerson message = { .participant = (char *) ent_participant_get_id (person) };

  ent_room_coordinator_request (room, kind, &message, NULL);
}

void
ent_room_let_in (EntRoom *room, EntParticipant *person)
{
  ask_for (room, ENT_ROOM_LOBBY_ADMIT, person);
}

void
ent_room_send_back (EntRoom *room, EntParticipant *person)
{
  ask_for (room, ENT_ROOM_LOBBY_RETURN, person);
}

void
ent_room_end (EntRoom *room)
{
  ent_room_coordinator_request (room, ENT_ROOM_END, NULL, NULL);
}
