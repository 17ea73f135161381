#pragma once

#include <glib.h>

#include "protocol/ent-msg-run.h"

G_BEGIN_DECLS

/* How one program in one box ended: what was seen, with no judgement yet. */
typedef struct {
  char *trouble; /* ours: a sentence naming what failed; NULL: nothing did */
  gboolean stopped; /* somebody asked for it */
  gboolean hit_output;
  gboolean hit_wall;
  gboolean hit_cpu;
  gboolean hit_idle; /* neither input nor output for too long */
  guint64 memory_kills; /* how often the kernel killed for memory */
  guint64 process_refusals; /* how often the kernel refused a process */
  gboolean ended; /* the program ended by itself or by a signal; status is set */
  int status; /* as wait() gives it */
  gint64 wall_us;
  gint64 cpu_us;
  gint64 memory_bytes; /* peak, page cache not counted */
  gboolean stdout_truncated;
  gboolean stderr_truncated;
} BoxOutcome;

void box_outcome_clear (BoxOutcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BoxOutcome, box_outcome_clear)

/* The first of these that holds: internal_error, stopped, output_limit, memory_limit, time_limit,
 * process_limit, then runtime_error (of a compiler: compile_error) or ok. */
EntVerdict box_outcome_get_verdict (const BoxOutcome *outcome, gboolean is_compiler);

/* What the compiler did. */
typedef struct {
  int verdict; /* EntVerdict */
  gint64 exit_code; /* -1: it did not end by itself */
  gint64 signal; /* 0: none */
  char *output; /* made valid UTF-8 */
  gboolean output_truncated;
  GPtrArray *errors; /* EntMsgCompileError */
  gint64 wall_ms;
  gint64 cpu_ms;
  gint64 memory_kib;
  gboolean cached; /* it was compiled before, and the figures are of then */
} BoxCompileReport;
ENT_STRUCT_DECLARE (BoxCompileReport, box_compile_report)

/* A file that the caller wanted back. */
typedef struct {
  char *path;
  GBytes *base64;
  char *missing; /* why it was not taken; NULL: it was */
} BoxCollected;
ENT_STRUCT_DECLARE (BoxCollected, box_collected)

/* How one test of a job ended; the fields are those of BoxReport. */
typedef struct {
  int verdict;
  char *message;
  gint64 exit_code;
  gint64 signal;
  char *stdout_text;
  GBytes *stdout_bytes;
  char *stderr_text;
  GBytes *stderr_bytes;
  gboolean stdout_truncated;
  gboolean stderr_truncated;
  gint64 wall_ms;
  gint64 cpu_ms;
  gint64 memory_kib;
} BoxTestReport;
ENT_STRUCT_DECLARE (BoxTestReport, box_test_report)

/* The result of a job. The JSON fields are interface: see README.md. */
typedef struct {
  int verdict; /* EntVerdict */
  char *message; /* a sentence for people; NULL with ok */
  gint64 exit_code; /* -1: it did not end by itself */
  gint64 signal; /* 0: none */
  char *stdout_text; /* NULL when it is not UTF-8: then stdout_bytes */
  GBytes *stdout_bytes;
  char *stderr_text;
  GBytes *stderr_bytes;
  gboolean stdout_truncated;
  gboolean stderr_truncated;
  BoxCompileReport *compile; /* NULL: not a compiled language */
  gint64 wall_ms;
  gint64 cpu_ms;
  gint64 memory_kib;
  gboolean limited; /* FALSE: no control group held the program */
  char *note; /* the warning that goes with limited = FALSE */
  GPtrArray *collected; /* BoxCollected */
  GPtrArray *tests; /* BoxTestReport; NULL: a job without tests */
} BoxReport;
ENT_STRUCT_DECLARE (BoxReport, box_report)

/* Fills in verdict, message, exit code, signal, clocks and flags. */
void box_report_set_outcome (BoxReport *report, const BoxOutcome *outcome);
void box_compile_report_set_outcome (BoxCompileReport *report, const BoxOutcome *outcome);

/* Sets text or, when it is not UTF-8 or holds NUL, bytes. */
void box_report_set_output (BoxReport *report, GBytes *out, GBytes *err);

/* Moves what the report says of one program into its list of tests. Borrowed. */
const BoxTestReport *box_report_end_test (BoxReport *report);

/* After the last test: the verdict, message, exit code and signal of the worst one (the first of
 * the order above), the sum of the clocks, the largest memory. */
void box_report_sum_tests (BoxReport *report);

/* A sentence about a verdict; NULL for ok. The caller owns it. */
char *box_report_describe (const BoxOutcome *outcome, gboolean is_compiler);

/* One JSON object; the caller owns the text. */
char *box_report_to_json (const BoxReport *report);

G_END_DECLS
