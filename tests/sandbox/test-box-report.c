#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "box-report.h"

#define EXITED(code) (W_EXITCODE (code, 0))
#define KILLED(number) (W_EXITCODE (0, number))

static void
test_verdicts (void)
{
  static const struct {
    BoxOutcome outcome;
    EntVerdict run;
    EntVerdict compile;
  } cases[] = {
    { { .ended = TRUE, .status = EXITED (0) }, ENT_VERDICT_OK, ENT_VERDICT_OK },
    { { .ended = TRUE, .status = EXITED (1) }, ENT_VERDICT_RUNTIME_ERROR,
      ENT_VERDICT_COMPILE_ERROR },
    { { .ended = TRUE, .status = KILLED (SIGSEGV) }, ENT_VERDICT_RUNTIME_ERROR,
      ENT_VERDICT_COMPILE_ERROR },
    { { .ended = TRUE, .status = EXITED (1), .process_refusals = 1 }, ENT_VERDICT_PROCESS_LIMIT,
      ENT_VERDICT_PROCESS_LIMIT },
    { { .ended = TRUE, .status = EXITED (0), .process_refusals = 1 }, ENT_VERDICT_OK,
      ENT_VERDICT_OK },
    { { .process_refusals = 1, .hit_wall = TRUE }, ENT_VERDICT_TIME_LIMIT, ENT_VERDICT_TIME_LIMIT },
    { { .hit_cpu = TRUE, .memory_kills = 2 }, ENT_VERDICT_MEMORY_LIMIT, ENT_VERDICT_MEMORY_LIMIT },
    { { .hit_output = TRUE, .memory_kills = 1 }, ENT_VERDICT_OUTPUT_LIMIT,
      ENT_VERDICT_OUTPUT_LIMIT },
    { { .hit_output = TRUE, .stopped = TRUE }, ENT_VERDICT_STOPPED, ENT_VERDICT_STOPPED },
    { { .trouble = (char *) "x", .stopped = TRUE }, ENT_VERDICT_INTERNAL_ERROR,
      ENT_VERDICT_INTERNAL_ERROR },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = box_report_describe (&cases[i].outcome, FALSE);

    g_assert_cmpint (box_outcome_get_verdict (&cases[i].outcome, FALSE), ==, cases[i].run);
    g_assert_cmpint (box_outcome_get_verdict (&cases[i].outcome, TRUE), ==, cases[i].compile);
    g_assert_cmpint (text == NULL, ==, cases[i].run == ENT_VERDICT_OK);
  }
}

static void
set_output (BoxReport *report, const char *out, gsize out_size, const char *err)
{
  g_autoptr (GBytes) out_bytes = g_bytes_new (out, out_size);
  g_autoptr (GBytes) err_bytes = g_bytes_new (err, strlen (err));

  box_report_set_output (report, out_bytes, err_bytes);
}

static void
test_json (void)
{
  g_autoptr (BoxReport) report = box_report_new ();
  const BoxOutcome outcome = { .ended = TRUE,
    .status = KILLED (SIGKILL),
    .wall_us = 1500,
    .memory_bytes = 4096,
    .stdout_truncated = TRUE };
  g_autofree char *text = NULL;
  g_autofree char *binary = NULL;

  box_report_set_outcome (report, &outcome);
  set_output (report, "zwölf\n", strlen ("zwölf\n"), "");
  text = box_report_to_json (report);
  g_assert_nonnull (strstr (text, "\"verdict\":\"runtime_error\""));
  g_assert_nonnull (strstr (text, "\"exit_code\":-1,\"signal\":9"));
  g_assert_nonnull (strstr (text, "\"stdout\":\"zwölf\\n\",\"stderr\":\"\""));
  g_assert_nonnull (strstr (text, "\"stdout_truncated\":true,\"stderr_truncated\":false"));
  g_assert_nonnull (strstr (text, "\"wall_ms\":1,\"cpu_ms\":0,\"memory_kib\":4"));
  g_assert_nonnull (strstr (text, "\"collected\":[]"));

  set_output (report, "a\0\xff", 3, "x");
  binary = box_report_to_json (report);
  g_assert_nonnull (strstr (binary, "\"stdout_base64\":\"YQD/\""));
  g_assert_null (strstr (binary, "\"stdout\":"));
}

/* Tests are told one by one, and the worst one is the job's verdict. */
static void
test_tests (void)
{
  g_autoptr (BoxReport) report = box_report_new ();
  const BoxOutcome outcomes[] = {
    { .ended = TRUE, .status = EXITED (0), .wall_us = 2000, .memory_bytes = 4096 },
    { .ended = TRUE, .status = KILLED (SIGKILL), .hit_wall = TRUE, .wall_us = 5000 },
    { .ended = TRUE, .status = EXITED (3), .memory_bytes = 1024 },
  };
  g_autofree char *json = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++) {
    const BoxTestReport *test;

    box_report_set_outcome (report, &outcomes[i]);
    set_output (report, "out", 3, "");
    test = box_report_end_test (report);
    g_assert_cmpint (test->verdict, ==, box_outcome_get_verdict (&outcomes[i], FALSE));
    g_assert_cmpstr (test->stdout_text, ==, "out");
  }
  box_report_sum_tests (report);
  g_assert_cmpuint (report->tests->len, ==, 3);
  g_assert_cmpint (report->verdict, ==, ENT_VERDICT_TIME_LIMIT);
  g_assert_cmpint (report->signal, ==, SIGKILL);
  g_assert_nonnull (report->message);
  g_assert_cmpint (report->wall_ms, ==, 7);
  g_assert_cmpint (report->memory_kib, ==, 4);
  json = box_report_to_json (report);
  g_assert_nonnull (strstr (json, "\"tests\":[{\"verdict\":\"ok\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-report/verdicts", test_verdicts);
  g_test_add_func ("/box-report/json", test_json);
  g_test_add_func ("/box-report/tests", test_tests);
  return g_test_run ();
}
