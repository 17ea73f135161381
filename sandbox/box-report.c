#include "box-report.h"

#include <string.h>
#include <sys/wait.h>

#include "box-diagnostics.h"
#include "box-job.h"
#include "protocol/ent-limits.h"

#define ANY G_MAXINT64

static const EntField box_compile_report_fields[] = {
  ENT_FIELD_ENUM_OF (BoxCompileReport, verdict, ENT_REQUIRED, ent_verdict_nicks),
  ENT_FIELD (BoxCompileReport, exit_code, ENT_FIELD_INT, ENT_REQUIRED | ENT_SIGNED, ANY),
  ENT_FIELD (BoxCompileReport, signal, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxCompileReport, output, ENT_FIELD_STRING, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxCompileReport, output_truncated, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD_STRUCT_OF (BoxCompileReport,
    errors,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    BOX_DIAGNOSTICS_MAX,
    &ent_msg_compile_error_struct),
  ENT_FIELD (BoxCompileReport, wall_ms, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxCompileReport, cpu_ms, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxCompileReport, memory_kib, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxCompileReport, cached, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
};
ENT_STRUCT_DEFINE (BoxCompileReport, box_compile_report)

static const EntField box_collected_fields[] = {
  ENT_FIELD (BoxCollected, path, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_PATH),
  ENT_FIELD (BoxCollected, base64, ENT_FIELD_BYTES, ENT_OPTIONAL, ANY),
  ENT_FIELD (BoxCollected, missing, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
};
ENT_STRUCT_DEFINE (BoxCollected, box_collected)

static const EntField box_test_report_fields[] = {
  ENT_FIELD_ENUM_OF (BoxTestReport, verdict, ENT_REQUIRED, ent_verdict_nicks),
  ENT_FIELD (BoxTestReport, message, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD (BoxTestReport, exit_code, ENT_FIELD_INT, ENT_REQUIRED | ENT_SIGNED, ANY),
  ENT_FIELD (BoxTestReport, signal, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD_NAMED (BoxTestReport, stdout_text, "stdout", ENT_FIELD_STRING, ENT_OPTIONAL, ANY),
  ENT_FIELD_NAMED (BoxTestReport,
    stdout_bytes,
    "stdout_base64",
    ENT_FIELD_BYTES,
    ENT_OPTIONAL,
    ANY),
  ENT_FIELD_NAMED (BoxTestReport, stderr_text, "stderr", ENT_FIELD_STRING, ENT_OPTIONAL, ANY),
  ENT_FIELD_NAMED (BoxTestReport,
    stderr_bytes,
    "stderr_base64",
    ENT_FIELD_BYTES,
    ENT_OPTIONAL,
    ANY),
  ENT_FIELD (BoxTestReport, stdout_truncated, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (BoxTestReport, stderr_truncated, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (BoxTestReport, wall_ms, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxTestReport, cpu_ms, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxTestReport, memory_kib, ENT_FIELD_INT, ENT_REQUIRED, ANY),
};
ENT_STRUCT_DEFINE (BoxTestReport, box_test_report)

static const EntField box_report_fields[] = {
  ENT_FIELD_ENUM_OF (BoxReport, verdict, ENT_REQUIRED, ent_verdict_nicks),
  ENT_FIELD (BoxReport, message, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD (BoxReport, exit_code, ENT_FIELD_INT, ENT_REQUIRED | ENT_SIGNED, ANY),
  ENT_FIELD (BoxReport, signal, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD_NAMED (BoxReport, stdout_text, "stdout", ENT_FIELD_STRING, ENT_OPTIONAL, ANY),
  ENT_FIELD_NAMED (BoxReport, stdout_bytes, "stdout_base64", ENT_FIELD_BYTES, ENT_OPTIONAL, ANY),
  ENT_FIELD_NAMED (BoxReport, stderr_text, "stderr", ENT_FIELD_STRING, ENT_OPTIONAL, ANY),
  ENT_FIELD_NAMED (BoxReport, stderr_bytes, "stderr_base64", ENT_FIELD_BYTES, ENT_OPTIONAL, ANY),
  ENT_FIELD (BoxReport, stdout_truncated, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (BoxReport, stderr_truncated, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD_STRUCT_OF (BoxReport,
    compile,
    ENT_FIELD_OBJECT,
    ENT_OPTIONAL,
    0,
    &box_compile_report_struct),
  ENT_FIELD (BoxReport, wall_ms, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxReport, cpu_ms, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxReport, memory_kib, ENT_FIELD_INT, ENT_REQUIRED, ANY),
  ENT_FIELD (BoxReport, limited, ENT_FIELD_BOOL, ENT_REQUIRED, 0),
  ENT_FIELD (BoxReport, note, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_TEXT),
  ENT_FIELD_STRUCT_OF (BoxReport,
    collected,
    ENT_FIELD_LIST,
    ENT_REQUIRED,
    ENT_MAX_FILES,
    &box_collected_struct),
  ENT_FIELD_STRUCT_OF (BoxReport,
    tests,
    ENT_FIELD_LIST,
    ENT_OPTIONAL,
    BOX_JOB_MAX_TESTS,
    &box_test_report_struct),
};
ENT_STRUCT_DEFINE (BoxReport, box_report)

void
box_outcome_clear (BoxOutcome *outcome)
{
  g_clear_pointer (&outcome->trouble, g_free);
}

EntVerdict
box_outcome_get_verdict (const BoxOutcome *outcome, gboolean is_compiler)
{
  gboolean good =
    outcome->ended && WIFEXITED (outcome->status) && WEXITSTATUS (outcome->status) == 0;

  if (outcome->trouble != NULL)
    return ENT_VERDICT_INTERNAL_ERROR;
  if (outcome->stopped)
    return ENT_VERDICT_STOPPED;
  if (outcome->hit_output)
    return ENT_VERDICT_OUTPUT_LIMIT;
  if (outcome->memory_kills > 0)
    return ENT_VERDICT_MEMORY_LIMIT;
  if (outcome->hit_wall || outcome->hit_cpu || outcome->hit_idle)
    return ENT_VERDICT_TIME_LIMIT;
  if (!good && outcome->process_refusals > 0)
    return ENT_VERDICT_PROCESS_LIMIT;
  if (!good)
    return is_compiler ? ENT_VERDICT_COMPILE_ERROR : ENT_VERDICT_RUNTIME_ERROR;
  return ENT_VERDICT_OK;
}

char *
box_report_describe (const BoxOutcome *outcome, gboolean is_compiler)
{
  const char *who = is_compiler ? "The compiler" : "The program";

  switch (box_outcome_get_verdict (outcome, is_compiler)) {
  case ENT_VERDICT_INTERNAL_ERROR:
    return g_strdup (outcome->trouble);
  case ENT_VERDICT_STOPPED:
    return g_strdup_printf ("%s was stopped.", who);
  case ENT_VERDICT_OUTPUT_LIMIT:
    return g_strdup_printf ("%s printed too much. The output was cut.", who);
  case ENT_VERDICT_MEMORY_LIMIT:
    return g_strdup_printf ("%s used more memory than it may.", who);
  case ENT_VERDICT_TIME_LIMIT:
    if (outcome->hit_idle && !outcome->hit_wall && !outcome->hit_cpu)
      return g_strdup_printf ("%s waited for input longer than it may.", who);
    return g_strdup_printf (
      "%s used more %s than it may.", who, outcome->hit_cpu ? "processor time" : "time");
  case ENT_VERDICT_PROCESS_LIMIT:
    return g_strdup_printf ("%s tried to start more processes than it may.", who);
  case ENT_VERDICT_COMPILE_ERROR:
    return g_strdup ("The program does not compile.");
  case ENT_VERDICT_RUNTIME_ERROR:
    if (WIFSIGNALED (outcome->status))
      return g_strdup_printf ("%s was ended by signal %d (%s).", who, WTERMSIG (outcome->status),
        g_strsignal (WTERMSIG (outcome->status)));
    return g_strdup_printf ("%s ended with exit code %d.", who, WEXITSTATUS (outcome->status));
  case ENT_VERDICT_OK:
    return NULL;
  }
  return NULL;
}

static gint64
get_exit_code (const BoxOutcome *outcome)
{
  return outcome->ended && WIFEXITED (outcome->status) ? WEXITSTATUS (outcome->status) : -1;
}

static gint64
get_signal (const BoxOutcome *outcome)
{
  return outcome->ended && WIFSIGNALED (outcome->status) ? WTERMSIG (outcome->status) : 0;
}

void
box_report_set_outcome (BoxReport *report, const BoxOutcome *outcome)
{
  report->verdict = box_outcome_get_verdict (outcome, FALSE);
  g_free (report->message);
  report->message = box_report_describe (outcome, FALSE);
  report->exit_code = get_exit_code (outcome);
  report->signal = get_signal (outcome);
  report->stdout_truncated = outcome->stdout_truncated;
  report->stderr_truncated = outcome->stderr_truncated;
  report->wall_ms = outcome->wall_us / 1000;
  report->cpu_ms = outcome->cpu_us / 1000;
  report->memory_kib = outcome->memory_bytes / 1024;
}

void
box_compile_report_set_outcome (BoxCompileReport *report, const BoxOutcome *outcome)
{
  report->verdict = box_outcome_get_verdict (outcome, TRUE);
  report->exit_code = get_exit_code (outcome);
  report->signal = get_signal (outcome);
  report->output_truncated = outcome->stdout_truncated || outcome->stderr_truncated;
  report->wall_ms = outcome->wall_us / 1000;
  report->cpu_ms = outcome->cpu_us / 1000;
  report->memory_kib = outcome->memory_bytes / 1024;
}

static void
set_text_or_bytes (char **text, GBytes **bytes, GBytes *from)
{
  gsize size;
  const char *data = g_bytes_get_data (from, &size);

  g_clear_pointer (text, g_free);
  g_clear_pointer (bytes, g_bytes_unref);
  if (size == 0)
    *text = g_strdup ("");
  else if (g_utf8_validate (data, size, NULL))
    *text = g_strndup (data, size);
  else
    *bytes = g_bytes_ref (from);
}

void
box_report_set_output (BoxReport *report, GBytes *out, GBytes *err)
{
  set_text_or_bytes (&report->stdout_text, &report->stdout_bytes, out);
  set_text_or_bytes (&report->stderr_text, &report->stderr_bytes, err);
}

const BoxTestReport *
box_report_end_test (BoxReport *report)
{
  BoxTestReport *test = box_test_report_new ();

  if (report->tests == NULL)
    report->tests = g_ptr_array_new_with_free_func ((GDestroyNotify) box_test_report_free);
  test->verdict = report->verdict;
  test->message = g_steal_pointer (&report->message);
  test->exit_code = report->exit_code;
  test->signal = report->signal;
  test->stdout_text = g_steal_pointer (&report->stdout_text);
  test->stdout_bytes = g_steal_pointer (&report->stdout_bytes);
  test->stderr_text = g_steal_pointer (&report->stderr_text);
  test->stderr_bytes = g_steal_pointer (&report->stderr_bytes);
  test->stdout_truncated = report->stdout_truncated;
  test->stderr_truncated = report->stderr_truncated;
  test->wall_ms = report->wall_ms;
  test->cpu_ms = report->cpu_ms;
  test->memory_kib = report->memory_kib;
  g_ptr_array_add (report->tests, test);
  return test;
}

void
box_report_sum_tests (BoxReport *report)
{
  const BoxTestReport *worst = NULL;

  report->wall_ms = report->cpu_ms = report->memory_kib = 0;
  for (guint i = 0; i < report->tests->len; i++) {
    const BoxTestReport *test = g_ptr_array_index (report->tests, i);

    if (worst == NULL || test->verdict < worst->verdict)
      worst = test;
    report->wall_ms += test->wall_ms;
    report->cpu_ms += test->cpu_ms;
    report->memory_kib = MAX (report->memory_kib, test->memory_kib);
    report->stdout_truncated |= test->stdout_truncated;
    report->stderr_truncated |= test->stderr_truncated;
  }
  if (worst == NULL)
    return;
  report->verdict = worst->verdict;
  g_free (report->message);
  report->message = g_strdup (worst->message);
  report->exit_code = worst->exit_code;
  report->signal = worst->signal;
}

char *
box_report_to_json (const BoxReport *report)
{
  return ent_codec_encode (&box_report_struct, report);
}
