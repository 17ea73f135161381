#include "protocol/ent-msg-run.h"

#include "protocol/ent-limits.h"

const char *const ent_verdict_nicks[] = { "internal_error", "stopped", "output_limit",
  "memory_limit", "time_limit", "process_limit", "compile_error", "runtime_error", "ok", NULL };
const char *const ent_stream_nicks[] = { "stdin", "stdout", "stderr", "source", "compile", "test",
  NULL };

static const EntField ent_msg_terminal_fields[] = {
  ENT_FIELD (EntMsgTerminal, rows, ENT_FIELD_INT, ENT_REQUIRED, ENT_MAX_TERMINAL),
  ENT_FIELD (EntMsgTerminal, columns, ENT_FIELD_INT, ENT_REQUIRED, ENT_MAX_TERMINAL),
};
ENT_STRUCT_DEFINE (EntMsgTerminal, ent_msg_terminal)

static const EntField ent_msg_run_start_fields[] = {
  ENT_FIELD (EntMsgRunStart, language, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntMsgRunStart, entry, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_PATH),
  ENT_FIELD_NAMED (EntMsgRunStart,
    stdin_text,
    "stdin",
    ENT_FIELD_STRING,
    ENT_OPTIONAL,
    ENT_MAX_STDIN),
  ENT_FIELD (EntMsgRunStart, sv, ENT_FIELD_BYTES, ENT_OPTIONAL, ENT_MAX_STATE_VECTOR),
  ENT_FIELD_STRUCT_OF (EntMsgRunStart,
    terminal,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &ent_msg_terminal_struct),
};
ENT_STRUCT_DEFINE (EntMsgRunStart, ent_msg_run_start)

static const EntField ent_msg_run_input_fields[] = {
  ENT_FIELD (EntMsgRunInput, run, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgRunInput, data, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TERMINAL_INPUT),
  ENT_FIELD (EntMsgRunInput, data64, ENT_FIELD_BYTES, ENT_OPTIONAL, ENT_MAX_TERMINAL_INPUT),
};
ENT_STRUCT_DEFINE (EntMsgRunInput, ent_msg_run_input)

static const EntField ent_msg_run_resize_fields[] = {
  ENT_FIELD (EntMsgRunResize, run, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgRunResize, rows, ENT_FIELD_INT, ENT_REQUIRED, ENT_MAX_TERMINAL),
  ENT_FIELD (EntMsgRunResize, columns, ENT_FIELD_INT, ENT_REQUIRED, ENT_MAX_TERMINAL),
};
ENT_STRUCT_DEFINE (EntMsgRunResize, ent_msg_run_resize)

static const EntField ent_msg_run_stop_fields[] = {
  ENT_FIELD (EntMsgRunStop, run, ENT_FIELD_ID, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntMsgRunStop, ent_msg_run_stop)

static const EntField ent_msg_run_started_fields[] = {
  ENT_FIELD (EntMsgRunStarted, run, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgRunStarted, by, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgRunStarted, language, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntMsgRunStarted, entry, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_PATH),
  ENT_FIELD (EntMsgRunStarted, attempt, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgRunStarted, queue, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD_STRUCT_OF (EntMsgRunStarted,
    terminal,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &ent_msg_terminal_struct),
  ENT_FIELD (EntMsgRunStarted, note, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntMsgRunStarted, ent_msg_run_started)

static const EntField ent_msg_run_output_fields[] = {
  ENT_FIELD (EntMsgRunOutput, run, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD (EntMsgRunOutput, n, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT32),
  ENT_FIELD_ENUM_OF (EntMsgRunOutput, stream, ENT_REQUIRED, ent_stream_nicks),
  ENT_FIELD (EntMsgRunOutput, data, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_OUTPUT_CHUNK),
  ENT_FIELD (EntMsgRunOutput, data64, ENT_FIELD_BYTES, ENT_OPTIONAL, ENT_MAX_OUTPUT_CHUNK),
};
ENT_STRUCT_DEFINE (EntMsgRunOutput, ent_msg_run_output)

static const EntField ent_msg_compile_error_fields[] = {
  ENT_FIELD (EntMsgCompileError, file, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_PATH),
  ENT_FIELD (EntMsgCompileError, line, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgCompileError, column, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgCompileError, message, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (EntMsgCompileError, ent_msg_compile_error)

static const EntField ent_msg_run_ended_fields[] = {
  ENT_FIELD (EntMsgRunEnded, run, ENT_FIELD_ID, ENT_REQUIRED, 0),
  ENT_FIELD_ENUM_OF (EntMsgRunEnded, verdict, ENT_REQUIRED, ent_verdict_nicks),
  ENT_FIELD (EntMsgRunEnded, exit_code, ENT_FIELD_INT, ENT_REQUIRED | ENT_SIGNED, G_MAXINT32),
  ENT_FIELD (EntMsgRunEnded, signal, ENT_FIELD_INT, ENT_OPTIONAL, 128),
  ENT_FIELD (EntMsgRunEnded, cpu_ms, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgRunEnded, wall_ms, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgRunEnded, memory_kb, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
  ENT_FIELD (EntMsgRunEnded, truncated, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgRunEnded, message, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD (EntMsgRunEnded, note, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD_STRUCT_OF (EntMsgRunEnded,
    compile_errors,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    100,
    &ent_msg_compile_error_struct),
};
ENT_STRUCT_DEFINE (EntMsgRunEnded, ent_msg_run_ended)

static const EntField ent_msg_language_fields[] = {
  ENT_FIELD (EntMsgLanguage, id, ENT_FIELD_STRING, ENT_REQUIRED, 32),
  ENT_FIELD (EntMsgLanguage, name, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (EntMsgLanguage, version, ENT_FIELD_STRING, ENT_OPTIONAL, 200),
  ENT_FIELD (EntMsgLanguage, file, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_PATH),
};
ENT_STRUCT_DEFINE (EntMsgLanguage, ent_msg_language)

static const EntField ent_msg_runners_fields[] = {
  ENT_FIELD_STRUCT_OF (EntMsgRunners,
    languages,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    100,
    &ent_msg_language_struct),
};
ENT_STRUCT_DEFINE (EntMsgRunners, ent_msg_runners)
