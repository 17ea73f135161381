#include "protocol/ent-message.h"

#include "protocol/ent-api-schedule.h"
#include "protocol/ent-msg-call.h"
#include "protocol/ent-msg-run.h"
#include "protocol/ent-msg-runner.h"
#include "protocol/ent-msg-session.h"

typedef struct {
  const char *word;
  const EntStruct *type;
} Kind;

static const Kind room_kinds[] = {
  [ENT_ROOM_HELLO] = { "hello", &ent_msg_hello_struct },
  [ENT_ROOM_WELCOME] = { "welcome", &ent_msg_welcome_struct },
  [ENT_ROOM_ERROR] = { "error", &ent_msg_error_struct },
  [ENT_ROOM_STATE] = { "room", &ent_msg_room_struct },
  [ENT_ROOM_PEER] = { "peer", &ent_msg_peer_struct },
  [ENT_ROOM_DURABLE] = { "durable", &ent_msg_durable_struct },
  [ENT_ROOM_TIMES] = { "times", &ent_msg_times_struct },
  [ENT_ROOM_RTC_JOIN] = { "rtc:join", &ent_msg_empty_struct },
  [ENT_ROOM_RTC_LEAVE] = { "rtc:leave", &ent_msg_empty_struct },
  [ENT_ROOM_RTC_OFFER] = { "rtc:offer", &ent_msg_description_struct },
  [ENT_ROOM_RTC_ANSWER] = { "rtc:answer", &ent_msg_description_struct },
  [ENT_ROOM_RTC_CANDIDATE] = { "rtc:candidate", &ent_msg_candidate_struct },
  [ENT_ROOM_LOCK] = { "room:lock", &ent_msg_lock_struct },
  [ENT_ROOM_REMOVE] = { "room:remove", &ent_msg_remove_struct },
  [ENT_ROOM_END] = { "room:end", &ent_msg_empty_struct },
  [ENT_ROOM_LOBBY] = { "room:lobby", &ent_msg_lobby_struct },
  [ENT_ROOM_LOBBY_ADMIT] = { "lobby:admit", &ent_msg_lobby_person_struct },
  [ENT_ROOM_LOBBY_RETURN] = { "lobby:return", &ent_msg_lobby_person_struct },
  [ENT_ROOM_WAITING] = { "waiting", &ent_msg_waiting_struct },
  [ENT_ROOM_ADMITTED] = { "admitted", &ent_msg_empty_struct },
  [ENT_ROOM_RUN_START] = { "run:start", &ent_msg_run_start_struct },
  [ENT_ROOM_RUN_STOP] = { "run:stop", &ent_msg_run_stop_struct },
  [ENT_ROOM_RUN_INPUT] = { "run:input", &ent_msg_run_input_struct },
  [ENT_ROOM_RUN_RESIZE] = { "run:resize", &ent_msg_run_resize_struct },
  [ENT_ROOM_RUN_STARTED] = { "run:started", &ent_msg_run_started_struct },
  [ENT_ROOM_RUN_OUTPUT] = { "run:output", &ent_msg_run_output_struct },
  [ENT_ROOM_RUN_ENDED] = { "run:ended", &ent_msg_run_ended_struct },
  [ENT_ROOM_RUNNERS] = { "runners", &ent_msg_runners_struct },
};

static const Kind person_kinds[] = {
  [ENT_PERSON_WELCOME] = { "welcome", &ent_msg_empty_struct },
  [ENT_PERSON_NOTICE] = { "notice", &ent_api_notification_struct },
  [ENT_PERSON_AUTH] = { "auth", &ent_msg_auth_struct },
  [ENT_PERSON_ERROR] = { "error", &ent_msg_error_struct },
};

static const Kind runner_kinds[] = {
  [ENT_RUNNER_HELLO] = { "hello", &ent_msg_runner_hello_struct },
  [ENT_RUNNER_WELCOME] = { "welcome", &ent_msg_runner_welcome_struct },
  [ENT_RUNNER_ERROR] = { "error", &ent_msg_error_struct },
  [ENT_RUNNER_JOB] = { "job", &ent_msg_job_struct },
  [ENT_RUNNER_STARTED] = { "started", &ent_msg_job_started_struct },
  [ENT_RUNNER_CANCEL] = { "cancel", &ent_msg_job_cancel_struct },
  [ENT_RUNNER_RESULT] = { "result", &ent_msg_job_result_struct },
  [ENT_RUNNER_RESIZE] = { "resize", &ent_msg_job_resize_struct },
  [ENT_RUNNER_TESTED] = { "tested", &ent_msg_job_tested_struct },
};

static const Kind peer_kinds[] = {
  [ENT_PEER_CALL_OFFER] = { "call:offer", &ent_msg_call_description_struct },
  [ENT_PEER_CALL_ANSWER] = { "call:answer", &ent_msg_call_description_struct },
  [ENT_PEER_CALL_CANDIDATE] = { "call:candidate", &ent_msg_call_candidate_struct },
  [ENT_PEER_COPY] = { "copy", &ent_msg_copy_struct },
  [ENT_PEER_BEAT] = { "beat", &ent_msg_beat_struct },
};

typedef struct {
  const Kind *kinds;
  int n_kinds;
  int found;
} Search;

const char *
ent_room_kind_get_word (EntRoomKind kind)
{
  return room_kinds[kind].word;
}

const EntStruct *
ent_room_kind_get_type (EntRoomKind kind)
{
  return room_kinds[kind].type;
}

const char *
ent_person_kind_get_word (EntPersonKind kind)
{
  return person_kinds[kind].word;
}

const EntStruct *
ent_person_kind_get_type (EntPersonKind kind)
{
  return person_kinds[kind].type;
}

const char *
ent_runner_kind_get_word (EntRunnerKind kind)
{
  return runner_kinds[kind].word;
}

const EntStruct *
ent_runner_kind_get_type (EntRunnerKind kind)
{
  return runner_kinds[kind].type;
}

const char *
ent_peer_kind_get_word (EntPeerKind kind)
{
  return peer_kinds[kind].word;
}

const EntStruct *
ent_peer_kind_get_type (EntPeerKind kind)
{
  return peer_kinds[kind].type;
}

static const EntStruct *
find_kind (const char *word, gpointer data)
{
  Search *search = data;

  for (int i = 0; i < search->n_kinds; i++)
    if (g_str_equal (search->kinds[i].word, word)) {
      search->found = i;
      return search->kinds[i].type;
    }
  search->found = search->n_kinds;
  return NULL;
}

static EntMessage *
decode (const Kind *kinds, int n_kinds, const char *text, gsize size, GError **error)
{
  Search search = { kinds, n_kinds, n_kinds };
  g_autoptr (EntEnvelope) envelope = ent_envelope_decode (text, size, find_kind, &search, error);
  EntMessage *message;

  if (envelope == NULL)
    return NULL;
  message = g_new0 (EntMessage, 1);
  message->kind = search.found;
  message->id = envelope->id;
  message->re = envelope->re;
  message->type = envelope->type;
  message->data = g_steal_pointer (&envelope->data);
  return message;
}

void
ent_message_free (EntMessage *message)
{
  if (message->type != NULL)
    ent_struct_free (message->type, message->data);
  g_free (message);
}

char *
ent_room_message_encode (EntRoomKind kind, gint64 id, gint64 re, gconstpointer data)
{
  return ent_envelope_encode (room_kinds[kind].word, id, re, room_kinds[kind].type, data);
}

char *
ent_person_message_encode (EntPersonKind kind, gint64 id, gint64 re, gconstpointer data)
{
  return ent_envelope_encode (person_kinds[kind].word, id, re, person_kinds[kind].type, data);
}

char *
ent_runner_message_encode (EntRunnerKind kind, gint64 id, gint64 re, gconstpointer data)
{
  return ent_envelope_encode (runner_kinds[kind].word, id, re, runner_kinds[kind].type, data);
}

char *
ent_peer_message_encode (EntPeerKind kind, gconstpointer data)
{
  return ent_envelope_encode (peer_kinds[kind].word, 0, 0, peer_kinds[kind].type, data);
}

EntMessage *
ent_room_message_decode (const char *text, gsize size, GError **error)
{
  return decode (room_kinds, ENT_ROOM_UNKNOWN, text, size, error);
}

EntMessage *
ent_person_message_decode (const char *text, gsize size, GError **error)
{
  return decode (person_kinds, G_N_ELEMENTS (person_kinds), text, size, error);
}

EntMessage *
ent_runner_message_decode (const char *text, gsize size, GError **error)
{
  return decode (runner_kinds, ENT_RUNNER_UNKNOWN, text, size, error);
}

EntMessage *
ent_peer_message_decode (const char *text, gsize size, GError **error)
{
  return decode (peer_kinds, ENT_PEER_UNKNOWN, text, size, error);
}
