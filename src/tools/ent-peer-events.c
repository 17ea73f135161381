#include "tools/ent-peer-events.h"

#include <stdio.h>
#include <string.h>

typedef struct {
  EntRoom *room; /* outlives this */
  gint64 started_us;
  gboolean has_joined;
  char *last_state; /* the last line about the room, so that each is said once */
} Watch;

void
ent_peer_events_write (const EntStruct *type, gconstpointer event)
{
  g_autofree char *text = ent_codec_encode (type, event);

  puts (text);
  fflush (stdout);
}

void
ent_peer_events_write_error (const char *cmd, const char *text)
{
  EntPeerError event = { .event = "error", .cmd = (char *) cmd, .text = (char *) text };

  ent_peer_events_write (&ent_peer_error_struct, &event);
}

void
ent_peer_events_write_text (EntRoomFile *file)
{
  g_autofree char *text = ent_text_dup_display (ent_room_file_get_text (file), NULL);
  EntPeerText event = {
    .event = "text",
    .file = (char *) ent_room_file_get_path (file),
    .text = text,
  };

  ent_peer_events_write (&ent_peer_text_struct, &event);
}

/* --- statistics ------------------------------------------------------------------------------ */

static EntPeerLinkStats *
new_link_stats (EntRoom *room, EntParticipant *person)
{
  EntPeerLinkStats *stats = g_new0 (EntPeerLinkStats, 1);
  EntCall *call = ent_room_get_call (room);
  EntRoomLinkStats link;
  EntCallPeerStats media;

  stats->id = g_strdup (ent_participant_get_id (person));
  stats->name = g_strdup (ent_participant_get_name (person));
  stats->path = g_strdup (ent_connection_get_nick (ent_participant_get_connection (person)));
  if (ent_room_get_link_stats (room, person, &link)) {
    stats->verified = link.verified;
    stats->round_trip_us = link.round_trip_us;
    stats->bytes_sent = link.bytes_sent;
    stats->bytes_received = link.bytes_received;
  }
  if (call != NULL && ent_call_get_peer_stats (call, stats->id, &media)) {
    stats->frames_sent = media.frames_sent;
    stats->frames_decoded = media.frames_decoded;
    stats->width = media.width;
    stats->height = media.height;
    stats->video_bytes_received = media.video_bytes_received;
    stats->audio_buffers_decoded = media.audio_buffers_decoded;
  }
  return stats;
}

static void
free_link_stats (gpointer data)
{
  ent_struct_free (&ent_peer_link_stats_struct, data);
}

void
ent_peer_events_write_stats (EntRoom *room)
{
  GListModel *roster = ent_room_get_roster (room);
  EntDoc *doc = ent_room_get_doc (room);
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (free_link_stats);
  g_autofree char *hash = doc != NULL ? ent_doc_dup_state_hash (doc) : NULL;
  EntCallStats call = { 0 };
  EntPeerStats event = {
    .event = "stats",
    .kept = ent_room_get_kept_edits (room),
    .at_us = g_get_monotonic_time (),
    .connection = (char *) ent_connection_get_nick (ent_room_get_connection (room)),
    .hash = hash,
    .peers = peers,
  };

  for (guint i = 0; i < g_list_model_get_n_items (roster); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (roster, i);

    if (!ent_participant_is_me (person))
      g_ptr_array_add (peers, new_link_stats (room, person));
  }
  if (ent_room_get_call (room) != NULL)
    ent_call_get_stats (ent_room_get_call (room), &call);
  event.frames_encoded = call.frames_encoded;
  ent_peer_events_write (&ent_peer_stats_struct, &event);
}

/* --- the room -------------------------------------------------------------------------------- */

static const char *
get_nick (GType type, int value)
{
  g_autoptr (GEnumClass) class = g_type_class_ref (type);

  return g_enum_get_value (class, value)->value_nick;
}

static char **
list_files (EntRoom *room)
{
  GListModel *files = ent_room_get_files (room);
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (EntRoomFile) file = g_list_model_get_item (files, i);

    g_strv_builder_add (list, ent_room_file_get_path (file));
  }
  return g_strv_builder_end (list);
}

/* Joined is told once, when there is something to edit. */
static void
tell_joined (Watch *watch)
{
  EntRoom *room = watch->room;
  EntParticipant *me = ent_room_get_me (room);
  g_auto (GStrv) files = NULL;
  EntPeerJoined event = { .event = "joined" };

  if (watch->has_joined || me == NULL || ent_room_get_phase (room) == ENT_ROOM_PHASE_JOINING ||
      g_list_model_get_n_items (ent_room_get_files (room)) == 0)
    return;
  watch->has_joined = TRUE;
  files = list_files (room);
  event.room = (char *) ent_room_get_id (room);
  event.participant = (char *) ent_participant_get_id (me);
  event.name = (char *) ent_participant_get_name (me);
  event.role = (char *) ent_role_nicks[ent_room_get_role (room)];
  event.files = files;
  event.after_us = g_get_monotonic_time () - watch->started_us;
  ent_peer_events_write (&ent_peer_joined_struct, &event);
}

static void
room_changed_cb (EntRoom *room, GParamSpec *pspec, gpointer data)
{
  Watch *watch = data;
  g_autofree char *call_sentence = NULL;
  g_autofree char *log_sentence = NULL;
  g_autofree char *text = NULL;
  gboolean can_edit, can_run;
  EntPeerRoomState event = { .event = "room" };

  g_object_get (room, "call-sentence", &call_sentence, "device-log-sentence", &log_sentence,
    "can-edit", &can_edit, "can-run", &can_run, NULL);
  event.phase = (char *) get_nick (ENT_TYPE_ROOM_PHASE, ent_room_get_phase (room));
  event.sentence = (char *) ent_room_get_sentence (room);
  event.connection = (char *) ent_connection_get_nick (ent_room_get_connection (room));
  event.call = (char *) get_nick (ENT_TYPE_ROOM_CALL_STATE, ent_room_get_call_state (room));
  event.call_sentence = call_sentence;
  event.device_log_sentence = log_sentence;
  event.kept = ent_room_get_kept_edits (room);
  event.can_edit = can_edit;
  event.can_run = can_run;
  text = ent_codec_encode (&ent_peer_room_state_struct, &event);
  if (g_strcmp0 (text, watch->last_state) != 0) {
    g_free (watch->last_state);
    watch->last_state = g_steal_pointer (&text);
    puts (watch->last_state);
    fflush (stdout);
  }
  tell_joined (watch);
}

static void
notice_cb (EntRoom *room, const char *sentence, gpointer data)
{
  ent_peer_events_write_error (NULL, sentence);
}

static void
text_changed_cb (EntRoom *room, EntRoomFile *file, gboolean is_local, gpointer data)
{
  EntPeerChange event = {
    .event = "change",
    .file = (char *) ent_room_file_get_path (file),
    .at_us = g_get_monotonic_time (),
    .is_local = is_local,
    .length = ent_text_get_length (ent_room_file_get_text (file)),
  };

  ent_peer_events_write (&ent_peer_change_struct, &event);
}

static void
durable_cb (EntRoom *room, gpointer data)
{
  EntPeerDurable event = { .event = "durable", .kept = ent_room_get_kept_edits (room) };

  ent_peer_events_write (&ent_peer_durable_struct, &event);
}

static void
languages_changed_cb (EntRoom *room, gpointer data)
{
  GPtrArray *languages = ent_room_get_languages (room);
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;
  EntPeerLanguages event = { .event = "languages" };

  for (guint i = 0; i < languages->len; i++)
    g_strv_builder_add (list, ((EntMsgLanguage *) g_ptr_array_index (languages, i))->id);
  ids = g_strv_builder_end (list);
  event.ids = ids;
  ent_peer_events_write (&ent_peer_languages_struct, &event);
}

/* --- people, files, chat --------------------------------------------------------------------- */

static void
person_changed_cb (EntParticipant *person, GParamSpec *pspec, gpointer data)
{
  EntPeerPerson event = {
    .event = "peer",
    .id = (char *) ent_participant_get_id (person),
    .name = (char *) ent_participant_get_name (person),
    .role = (char *) ent_role_nicks[ent_participant_get_role (person)],
    .state = (char *) ent_peer_state_nicks[ent_participant_get_state (person)],
    .seat = ent_participant_get_seat (person),
    .colour = ent_participant_get_colour (person),
    .connection = (char *) ent_connection_get_nick (ent_participant_get_connection (person)),
    .reconnecting = ent_participant_get_reconnecting (person),
    .muted = ent_participant_get_muted (person),
    .camera = ent_participant_get_camera (person),
    .short_code = (char *) ent_participant_get_short_code (person),
  };

  if (pspec == NULL || !g_str_equal (pspec->name, "round-trip-us"))
    ent_peer_events_write (&ent_peer_person_struct, &event);
}

static void
roster_changed_cb (GListModel *roster, guint at, guint removed, guint added, gpointer data)
{
  for (guint i = at; i < at + added; i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (roster, i);

    g_signal_connect (person, "notify", G_CALLBACK (person_changed_cb), NULL);
    person_changed_cb (person, NULL, NULL);
  }
}

static void
carets_changed_cb (EntRoomFile *file, gpointer data)
{
  g_autoptr (GArray) carets = ent_room_file_list_carets (file);

  for (guint i = 0; i < carets->len; i++) {
    EntRoomCaret *caret = &g_array_index (carets, EntRoomCaret, i);
    EntPeerCaret event = {
      .event = "caret",
      .file = (char *) ent_room_file_get_path (file),
      .name = (char *) ent_participant_get_name (caret->person),
      .caret = caret->caret,
      .start = caret->selection_start,
      .end = caret->selection_end,
    };

    ent_peer_events_write (&ent_peer_caret_struct, &event);
  }
}

static void
files_changed_cb (GListModel *files, guint at, guint removed, guint added, gpointer data)
{
  for (guint i = at; i < at + added; i++) {
    g_autoptr (EntRoomFile) file = g_list_model_get_item (files, i);

    g_signal_handlers_disconnect_by_func (file, carets_changed_cb, NULL);
    g_signal_connect (file, "carets-changed", G_CALLBACK (carets_changed_cb), NULL);
  }
  tell_joined (data);
}

static void
chat_changed_cb (GListModel *chat, guint at, guint removed, guint added, gpointer data)
{
  for (guint i = at; i < at + added; i++) {
    g_autoptr (EntChatMessage) message = g_list_model_get_item (chat, i);
    EntPeerChat event = {
      .event = "chat",
      .id = (char *) ent_chat_message_get_id (message),
      .author = (char *) ent_chat_message_get_author_name (message),
      .text = (char *) ent_chat_message_get_text (message),
      .mine = ent_chat_message_is_mine (message),
    };

    ent_peer_events_write (&ent_peer_chat_struct, &event);
  }
}

/* --- runs ------------------------------------------------------------------------------------ */

static void
run_state_cb (EntRoomRun *run, GParamSpec *pspec, gpointer data)
{
  EntPeerRun event = {
    .event = "run",
    .run = (char *) ent_room_run_get_id (run),
    .by = (char *) ent_room_run_get_by_name (run),
    .entry = (char *) (ent_room_run_get_entry (run) != NULL ? ent_room_run_get_entry (run) : ""),
    .state = (char *) get_nick (ENT_TYPE_RUN_STATE, ent_room_run_get_state (run)),
    .queue = ent_room_run_get_queue (run),
    .rows = ent_room_run_get_rows (run),
    .columns = ent_room_run_get_columns (run),
  };

  ent_peer_events_write (&ent_peer_run_struct, &event);
}

static void
run_output_cb (EntRoomRun *run, int stream, const char *text, gpointer data)
{
  EntPeerRunOutput event = {
    .event = "run-output",
    .run = (char *) ent_room_run_get_id (run),
    .stream = (char *) ent_stream_nicks[stream],
    .text = (char *) text,
  };

  ent_peer_events_write (&ent_peer_run_output_struct, &event);
}

static void
write_run_mark (EntRoomRun *run, const char *name)
{
  EntPeerRunMark event = { .event = name, .run = (char *) ent_room_run_get_id (run) };

  ent_peer_events_write (&ent_peer_run_mark_struct, &event);
}

static void
run_gap_cb (EntRoomRun *run, gpointer data)
{
  write_run_mark (run, "run-gap");
}

static void
run_restarted_cb (EntRoomRun *run, gpointer data)
{
  write_run_mark (run, "run-restarted");
}

static void
run_ended_cb (EntRoomRun *run, gpointer data)
{
  const EntMsgRunEnded *result = ent_room_run_get_result (run);
  EntPeerRunEnded event = {
    .event = "run-ended",
    .run = (char *) ent_room_run_get_id (run),
    .verdict = (char *) ent_verdict_nicks[result->verdict],
    .exit_code = result->exit_code,
    .wall_ms = result->wall_ms,
    .cpu_ms = result->cpu_ms,
    .memory_kb = result->memory_kb,
    .message = result->message,
  };

  ent_peer_events_write (&ent_peer_run_ended_struct, &event);
}

static void
run_changed_cb (EntRoom *room, GParamSpec *pspec, gpointer data)
{
  EntRoomRun *run = ent_room_get_run (room);

  if (run == NULL)
    return;
  g_signal_connect (run, "notify::state", G_CALLBACK (run_state_cb), NULL);
  g_signal_connect (run, "notify::queue", G_CALLBACK (run_state_cb), NULL);
  g_signal_connect (run, "notify::columns", G_CALLBACK (run_state_cb), NULL);
  g_signal_connect (run, "gap", G_CALLBACK (run_gap_cb), NULL);
  g_signal_connect (run, "restarted", G_CALLBACK (run_restarted_cb), NULL);
  g_signal_connect (run, "output", G_CALLBACK (run_output_cb), NULL);
  g_signal_connect (run, "ended", G_CALLBACK (run_ended_cb), NULL);
  run_state_cb (run, NULL, NULL);
}

static void
free_watch (gpointer data)
{
  Watch *watch = data;

  g_free (watch->last_state);
  g_free (watch);
}

void
ent_peer_events_watch (EntRoom *room, gint64 started_us)
{
  static const char *const shown[] = {
    "phase",
    "sentence",
    "connection",
    "call-state",
    "device-log-sentence",
    "can-edit",
    "can-run",
    "me",
  };
  Watch *watch = g_new0 (Watch, 1);

  watch->room = room;
  watch->started_us = started_us;
  g_object_set_data_full (G_OBJECT (room), "watch", watch, free_watch);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++) {
    g_autofree char *name = g_strconcat ("notify::", shown[i], NULL);

    g_signal_connect (room, name, G_CALLBACK (room_changed_cb), watch);
  }
  g_signal_connect (room, "notice", G_CALLBACK (notice_cb), NULL);
  g_signal_connect (room, "change", G_CALLBACK (text_changed_cb), NULL);
  g_signal_connect (room, "durable", G_CALLBACK (durable_cb), NULL);
  g_signal_connect (room, "languages-changed", G_CALLBACK (languages_changed_cb), NULL);
  g_signal_connect (room, "notify::run", G_CALLBACK (run_changed_cb), NULL);
  g_signal_connect (
    ent_room_get_roster (room), "items-changed", G_CALLBACK (roster_changed_cb), NULL);
  g_signal_connect (
    ent_room_get_files (room), "items-changed", G_CALLBACK (files_changed_cb), watch);
  g_signal_connect (ent_room_get_chat (room), "items-changed", G_CALLBACK (chat_changed_cb), NULL);
}
