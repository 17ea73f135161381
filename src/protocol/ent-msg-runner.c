#include "protocol/ent-msg-runner.h"

#include <string.h>

#include "protocol/ent-limits.h"

static const EntField ent_msg_runner_hello_fields[] = {
  ENT_FIELD (EntMsgRunnerHello, version, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (EntMsgRunnerHello, slots, ENT_FIELD_INT, ENT_REQUIRED, 1024),
  ENT_FIELD_STRUCT_OF (EntMsgRunnerHello,
    languages,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    100,
    &ent_msg_language_struct),
  ENT_FIELD (EntMsgRunnerHello, note, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntMsgRunnerHello, ent_msg_runner_hello)

static const EntField ent_msg_runner_welcome_fields[] = {
  ENT_FIELD (EntMsgRunnerWelcome, runner, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (EntMsgRunnerWelcome, ent_msg_runner_welcome)

static const EntField ent_msg_job_limits_fields[] = {
  ENT_FIELD (EntMsgJobLimits, wall_ms, ENT_FIELD_INT, ENT_OPTIONAL, 3600 * 1000),
  ENT_FIELD (EntMsgJobLimits, cpu_ms, ENT_FIELD_INT, ENT_OPTIONAL, 3600 * 1000),
  ENT_FIELD (EntMsgJobLimits, memory_kb, ENT_FIELD_INT, ENT_OPTIONAL, 64 * 1024 * 1024),
  ENT_FIELD (EntMsgJobLimits, processes, ENT_FIELD_INT, ENT_OPTIONAL, 4096),
  ENT_FIELD (EntMsgJobLimits, disk_kb, ENT_FIELD_INT, ENT_OPTIONAL, 16 * 1024 * 1024),
  ENT_FIELD (EntMsgJobLimits, output_bytes, ENT_FIELD_INT, ENT_OPTIONAL, ENT_MAX_OUTPUT),
  ENT_FIELD (EntMsgJobLimits, idle_ms, ENT_FIELD_INT, ENT_OPTIONAL, 3600 * 1000),
};
ENT_STRUCT_DEFINE (EntMsgJobLimits, ent_msg_job_limits)

static const EntField ent_msg_job_file_fields[] = {
  ENT_FIELD (EntMsgJobFile, path, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_PATH),
  ENT_FIELD (EntMsgJobFile, size, ENT_FIELD_INT, ENT_REQUIRED, 4 * ENT_MAX_FILE_TEXT),
};
ENT_STRUCT_DEFINE (EntMsgJobFile, ent_msg_job_file)

static const EntField ent_msg_job_test_fields[] = {
  ENT_FIELD (EntMsgJobTest, size, ENT_FIELD_INT, ENT_REQUIRED, ENT_MAX_OUTPUT),
};
ENT_STRUCT_DEFINE (EntMsgJobTest, ent_msg_job_test)

static const EntField ent_msg_job_fields[] = {
  ENT_FIELD (EntMsgJob, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgJob, fence, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (EntMsgJob, language, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntMsgJob, profile, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntMsgJob, entry, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_PATH),
  ENT_FIELD_STRUCT_OF (EntMsgJob,
    limits,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &ent_msg_job_limits_struct),
  ENT_FIELD (EntMsgJob, args, ENT_FIELD_STRINGS, ENT_OPTIONAL, 64),
  ENT_FIELD (EntMsgJob, stdin_size, ENT_FIELD_INT, ENT_OPTIONAL, ENT_MAX_OUTPUT),
  ENT_FIELD_STRUCT_OF (EntMsgJob,
    files,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    ENT_MAX_FILES,
    &ent_msg_job_file_struct),
  ENT_FIELD_STRUCT_OF (EntMsgJob,
    tests,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    ENT_MAX_TESTS,
    &ent_msg_job_test_struct),
  ENT_FIELD_STRUCT_OF (EntMsgJob,
    terminal,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &ent_msg_terminal_struct),
  ENT_FIELD (EntMsgJob, scope, ENT_FIELD_STRING, ENT_OPTIONAL, 128),
};
ENT_STRUCT_DEFINE (EntMsgJob, ent_msg_job)

static const EntField ent_msg_job_started_fields[] = {
  ENT_FIELD (EntMsgJobStarted, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntMsgJobStarted, ent_msg_job_started)

static const EntField ent_msg_job_cancel_fields[] = {
  ENT_FIELD (EntMsgJobCancel, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (EntMsgJobCancel, ent_msg_job_cancel)

static const EntField ent_msg_job_resize_fields[] = {
  ENT_FIELD (EntMsgJobResize, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgJobResize, rows, ENT_FIELD_INT, ENT_REQUIRED, ENT_MAX_TERMINAL),
  ENT_FIELD (EntMsgJobResize, columns, ENT_FIELD_INT, ENT_REQUIRED, ENT_MAX_TERMINAL),
};
ENT_STRUCT_DEFINE (EntMsgJobResize, ent_msg_job_resize)

static const EntField ent_msg_job_tested_fields[] = {
  ENT_FIELD (EntMsgJobTested, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgJobTested, fence, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (EntMsgJobTested, number, ENT_FIELD_INT, ENT_REQUIRED, ENT_MAX_TESTS),
  ENT_FIELD_ENUM_OF (EntMsgJobTested, verdict, ENT_REQUIRED, ent_verdict_nicks),
  ENT_FIELD (EntMsgJobTested, exit_code, ENT_FIELD_INT, ENT_REQUIRED | ENT_SIGNED, G_MAXINT32),
  ENT_FIELD (EntMsgJobTested, signal, ENT_FIELD_INT, ENT_OPTIONAL, 128),
  ENT_FIELD (EntMsgJobTested, cpu_ms, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgJobTested, wall_ms, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgJobTested, memory_kb, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgJobTested, truncated, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgJobTested, message, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntMsgJobTested, ent_msg_job_tested)

static const EntField ent_msg_job_result_fields[] = {
  ENT_FIELD (EntMsgJobResult, id, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgJobResult, fence, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD_ENUM_OF (EntMsgJobResult, verdict, ENT_REQUIRED, ent_verdict_nicks),
  ENT_FIELD (EntMsgJobResult, exit_code, ENT_FIELD_INT, ENT_REQUIRED | ENT_SIGNED, G_MAXINT32),
  ENT_FIELD (EntMsgJobResult, signal, ENT_FIELD_INT, ENT_OPTIONAL, 128),
  ENT_FIELD (EntMsgJobResult, cpu_ms, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgJobResult, wall_ms, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgJobResult, memory_kb, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgJobResult, truncated, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgJobResult, message, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD (EntMsgJobResult, note, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD_STRUCT_OF (EntMsgJobResult,
    compile_errors,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    100,
    &ent_msg_compile_error_struct),
};
ENT_STRUCT_DEFINE (EntMsgJobResult, ent_msg_job_result)

/* Binary frames */

GBytes *
ent_frame_build (const char *job_id,
  EntStream stream,
  guint32 index,
  gconstpointer data,
  gsize size)
{
  guint8 *frame = g_malloc (ENT_FRAME_HEAD + size);
  guint n = 0;

  for (const char *c = job_id; *c != '\0' && n < 32; c++) {
    int digit = g_ascii_xdigit_value (*c);

    if (digit < 0)
      continue;
    if (n % 2 == 0)
      frame[n / 2] = digit << 4;
    else
      frame[n / 2] |= digit;
    n++;
  }
  g_assert (n == 32);
  frame[16] = stream;
  index = GUINT32_TO_BE (index);
  memcpy (frame + 17, &index, 4);
  if (size > 0)
    memcpy (frame + ENT_FRAME_HEAD, data, size);
  return g_bytes_new_take (frame, ENT_FRAME_HEAD + size);
}

gboolean
ent_frame_parse (GBytes *frame, char **job_id, EntStream *stream, guint32 *index, GBytes **payload)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);
  GString *id;

  if (size < ENT_FRAME_HEAD || size > ENT_FRAME_HEAD + ENT_MAX_FRAME_BYTES ||
      data[16] > ENT_STREAM_TEST)
    return FALSE;
  id = g_string_sized_new (40);
  for (int i = 0; i < 16; i++)
    g_string_append_printf (id, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", data[i]);
  *job_id = g_string_free (id, FALSE);
  *stream = data[16];
  memcpy (index, data + 17, 4);
  *index = GUINT32_FROM_BE (*index);
  *payload = g_bytes_new_from_bytes (frame, ENT_FRAME_HEAD, size - ENT_FRAME_HEAD);
  return TRUE;
}
