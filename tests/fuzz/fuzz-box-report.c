#include <json-glib/json-glib.h>
#include <stdint.h>
#include <string.h>

#include "protocol/ent-limits.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-runner.h"
#include "sandbox/box-diagnostics.h"
#include "sandbox/box-report.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
fill_outcome (BoxOutcome *outcome, const uint8_t *data)
{
  outcome->trouble = (data[0] & 0x0f) == 0 ? g_strdup ("The box is gone.") : NULL;
  outcome->stopped = (data[0] & 0x70) == 0;
  outcome->hit_output = (data[1] & 3) == 3;
  outcome->hit_wall = (data[1] & 12) == 12;
  outcome->hit_cpu = (data[1] & 48) == 48;
  outcome->memory_kills = data[2] & 1;
  outcome->process_refusals = data[2] >> 6;
  outcome->ended = data[2] & 2;
  outcome->status = data[3] | data[4] << 8;
  /* Up to days and terabytes. */
  outcome->wall_us = (gint64) data[5] << (data[6] % 32);
  outcome->cpu_us = (gint64) data[6] << (data[5] % 32);
  outcome->memory_bytes = (gint64) data[7] << (data[6] % 32);
  outcome->stdout_truncated = data[4] & 1;
  outcome->stderr_truncated = data[4] & 2;
}

/* The JSON of `run --json` must be JSON, whatever the program printed. */
static void
check_json (const BoxReport *report, GBytes *out)
{
  g_autofree char *text = box_report_to_json (report);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *root;
  gsize size;
  const char *printed = g_bytes_get_data (out, &size);

  for (const char *c = text; *c != '\0'; c++)
    g_assert_false (g_ascii_iscntrl (*c) && *c != 0x7f);
  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  if (json_object_has_member (root, "stdout")) {
    const char *read = json_object_get_string_member (root, "stdout");

    g_assert_cmpmem (read, strlen (read), printed, size);
  } else {
    gsize read_size = 0;
    g_autofree guchar *read =
      g_base64_decode (json_object_get_string_member (root, "stdout_base64"), &read_size);

    g_assert_cmpmem (read, read_size, printed, size);
  }
}

/* What the runner sends must be read by the coordinator, whatever the compiler said. */
static void
check_result (const BoxReport *report, GPtrArray *errors)
{
  EntMsgJobResult result = {
    .id = (char *) "01890a5d-ac96-774b-bcce-b302099a8057",
    .fence = 1,
    .verdict = report->verdict,
    .exit_code = report->exit_code,
    .signal = report->signal,
    .cpu_ms = report->cpu_ms,
    .wall_ms = report->wall_ms,
    .memory_kb = report->memory_kib,
    .message = report->message,
    .compile_errors = errors,
  };
  g_autofree char *text = ent_runner_message_encode (ENT_RUNNER_RESULT, 0, 0, &result);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntMessage) message = ent_runner_message_decode (text, strlen (text), &error);
  const EntMsgJobResult *read;

  g_assert_no_error (error);
  g_assert_cmpuint (strlen (text), <, ENT_MAX_SOCKET_MESSAGE);
  g_assert_cmpint (message->kind, ==, ENT_RUNNER_RESULT);
  read = message->data;
  g_assert_cmpint (read->verdict, ==, result.verdict);
  g_assert_cmpuint (read->compile_errors != NULL ? read->compile_errors->len : 0, ==, errors->len);
}

/* How a program ended (8 bytes), which compiler it was (one byte), and what was said: the same text
 * is the compiler's and the program's. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (BoxOutcome) outcome = { 0 };
  g_autoptr (BoxReport) report = NULL;
  g_autoptr (GPtrArray) errors = NULL;
  g_autoptr (GBytes) out = NULL;
  BoxDiagnostics kind;

  if (size < 9)
    return 0;
  fill_outcome (&outcome, data);
  kind = data[8] % (BOX_DIAGNOSTICS_ESBUILD + 1);
  out = g_bytes_new (data + 9, size - 9);
  report = box_report_new ();
  report->collected = g_ptr_array_new_with_free_func ((GDestroyNotify) box_collected_free);
  box_report_set_outcome (report, &outcome);
  box_report_set_output (report, out, out);
  errors = box_diagnostics_parse (kind, (const char *) data + 9, size - 9);
  g_assert_cmpuint (errors->len, <=, BOX_DIAGNOSTICS_MAX);
  check_result (report, errors);
  report->compile = box_compile_report_new ();
  box_compile_report_set_outcome (report->compile, &outcome);
  report->compile->output = g_utf8_make_valid ((const char *) data + 9, size - 9);
  report->compile->errors = g_steal_pointer (&errors);
  check_json (report, out);
  return 0;
}
