#pragma once

#include "protocol/ent-msg-run.h"

G_BEGIN_DECLS

/* Between a coordinator and a runner. Text frames are messages; binary frames carry bytes of a job:
 * 16 bytes job id (the UUID's bytes), 1 byte EntStream, 4 bytes index (big-endian), then at most
 * ENT_MAX_FRAME_BYTES. For ENT_STREAM_SOURCE the index is the file's place in job.files, for
 * ENT_STREAM_TEST that in job.tests, and frames of one follow each other; otherwise it counts the
 * frames of the job from 0. */

#define ENT_FRAME_HEAD 21
#define ENT_MAX_FRAME_BYTES (60 * 1024)

typedef struct {
  char *version; /* of the program */
  gint64 slots; /* jobs at once */
  GPtrArray *languages; /* EntMsgLanguage */
  char *note; /* a warning for every result, such as missing control groups */
} EntMsgRunnerHello;
ENT_STRUCT_DECLARE (EntMsgRunnerHello, ent_msg_runner_hello)

typedef struct {
  char *runner; /* its name */
} EntMsgRunnerWelcome;
ENT_STRUCT_DECLARE (EntMsgRunnerWelcome, ent_msg_runner_welcome)

/* 0 means the profile's own value. */
typedef struct {
  gint64 wall_ms;
  gint64 cpu_ms;
  gint64 memory_kb;
  gint64 processes;
  gint64 disk_kb;
  gint64 output_bytes;
  gint64 idle_ms; /* of a terminal: neither input nor output */
} EntMsgJobLimits;
ENT_STRUCT_DECLARE (EntMsgJobLimits, ent_msg_job_limits)

typedef struct {
  char *path; /* relative, checked by the runner */
  gint64 size; /* bytes, sent in binary frames */
} EntMsgJobFile;
ENT_STRUCT_DECLARE (EntMsgJobFile, ent_msg_job_file)

/* One more run of the same build, with an input of its own and in a box of its own. */
typedef struct {
  gint64 size; /* of the input, sent in binary frames of ENT_STREAM_TEST */
} EntMsgJobTest;
ENT_STRUCT_DECLARE (EntMsgJobTest, ent_msg_job_test)

typedef struct {
  char *id;
  gint64 fence; /* given back in the result */
  char *language;
  char *profile; /* "room", "api" or "terminal" */
  char *entry; /* one of files */
  EntMsgJobLimits *limits;
  char **args;
  gint64 stdin_size; /* bytes, sent in binary frames of ENT_STREAM_STDIN */
  GPtrArray *files; /* EntMsgJobFile */
  GPtrArray *tests; /* EntMsgJobTest; instead of one run with stdin */
  EntMsgTerminal *terminal; /* instead of three streams */
  char *scope; /* whose job it is: builds are kept and shared within one; NULL: with nobody */
} EntMsgJob;
ENT_STRUCT_DECLARE (EntMsgJob, ent_msg_job)

typedef struct {
  char *id;
} EntMsgJobStarted;
ENT_STRUCT_DECLARE (EntMsgJobStarted, ent_msg_job_started)

typedef struct {
  char *id;
} EntMsgJobCancel;
ENT_STRUCT_DECLARE (EntMsgJobCancel, ent_msg_job_cancel)

/* The terminal's new size. */
typedef struct {
  char *id;
  gint64 rows;
  gint64 columns;
} EntMsgJobResize;
ENT_STRUCT_DECLARE (EntMsgJobResize, ent_msg_job_resize)

/* A test has ended; the output since the one before was its. The result of the job follows the last
 * one, with the worst verdict and the sums. */
typedef struct {
  char *id;
  gint64 fence;
  gint64 number; /* from 0 */
  int verdict; /* EntVerdict */
  gint64 exit_code;
  gint64 signal;
  gint64 cpu_ms;
  gint64 wall_ms;
  gint64 memory_kb;
  gboolean truncated;
  char *message;
} EntMsgJobTested;
ENT_STRUCT_DECLARE (EntMsgJobTested, ent_msg_job_tested)

typedef struct {
  char *id;
  gint64 fence;
  int verdict; /* EntVerdict */
  gint64 exit_code;
  gint64 signal;
  gint64 cpu_ms;
  gint64 wall_ms;
  gint64 memory_kb;
  gboolean truncated;
  char *message;
  char *note;
  GPtrArray *compile_errors; /* EntMsgCompileError */
} EntMsgJobResult;
ENT_STRUCT_DECLARE (EntMsgJobResult, ent_msg_job_result)

/* Builds and reads the head of a binary frame. The id must be a valid UUID. ent_frame_parse() gives
 * FALSE for a frame that is too short, too long or of an unknown stream; the payload is then not
 * set. Both returns are the caller's. */
GBytes *ent_frame_build (const char *job_id,
  EntStream stream,
  guint32 index,
  gconstpointer data,
  gsize size);
gboolean
ent_frame_parse (GBytes *frame, char **job_id, EntStream *stream, guint32 *index, GBytes **payload);

G_END_DECLS
