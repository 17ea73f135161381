#pragma once

#include "protocol/ent-codec.h"

G_BEGIN_DECLS

/* Runs of the room's files, as everybody in the room sees them. */

/* How a run ended; the order is the precedence when several hold. */
typedef enum {
  ENT_VERDICT_INTERNAL_ERROR,
  ENT_VERDICT_STOPPED,
  ENT_VERDICT_OUTPUT_LIMIT,
  ENT_VERDICT_MEMORY_LIMIT,
  ENT_VERDICT_TIME_LIMIT,
  ENT_VERDICT_PROCESS_LIMIT,
  ENT_VERDICT_COMPILE_ERROR,
  ENT_VERDICT_RUNTIME_ERROR,
  ENT_VERDICT_OK,
} EntVerdict;
extern const char *const ent_verdict_nicks[]; /* internal_error stopped output_limit ... */

typedef enum {
  ENT_STREAM_STDIN,
  ENT_STREAM_STDOUT,
  ENT_STREAM_STDERR,
  ENT_STREAM_SOURCE, /* a file of the job, on the runner's socket only */
  ENT_STREAM_COMPILE, /* what the compiler said */
  ENT_STREAM_TEST, /* the input of a test, on the runner's socket only */
} EntStream;
extern const char *const ent_stream_nicks[]; /* stdin stdout stderr source compile test */

/* A terminal's size. */
typedef struct {
  gint64 rows; /* at least 1 */
  gint64 columns;
} EntMsgTerminal;
ENT_STRUCT_DECLARE (EntMsgTerminal, ent_msg_terminal)

typedef struct {
  char *language;
  char *entry; /* path of the file to run; NULL with a terminal: a shell beside the files */
  char *stdin_text; /* "stdin" */
  GBytes *sv; /* state vector of what I see; the coordinator waits until it has that */
  EntMsgTerminal *terminal; /* instead of three streams; NULL: none */
} EntMsgRunStart;
ENT_STRUCT_DECLARE (EntMsgRunStart, ent_msg_run_start)

typedef struct {
  char *run; /* NULL: the room's current one */
} EntMsgRunStop;
ENT_STRUCT_DECLARE (EntMsgRunStop, ent_msg_run_stop)

/* Typed into the terminal of a run. Either data (UTF-8) or data64. */
typedef struct {
  char *run;
  char *data;
  GBytes *data64;
} EntMsgRunInput;
ENT_STRUCT_DECLARE (EntMsgRunInput, ent_msg_run_input)

/* The size that the terminal of a run should have. */
typedef struct {
  char *run;
  gint64 rows;
  gint64 columns;
} EntMsgRunResize;
ENT_STRUCT_DECLARE (EntMsgRunResize, ent_msg_run_resize)

typedef struct {
  char *run;
  char *by; /* participant */
  char *language;
  char *entry; /* NULL: a shell */
  gint64 attempt; /* from 1; what an earlier one printed is void */
  gint64 queue; /* how many wait before it; 0: it runs */
  EntMsgTerminal *terminal; /* its size now; NULL: none */
  char *note; /* said with every result, such as "not limited in memory" */
} EntMsgRunStarted;
ENT_STRUCT_DECLARE (EntMsgRunStarted, ent_msg_run_started)

/* Either data (UTF-8) or data64. */
typedef struct {
  char *run;
  gint64 n; /* 0, 1, 2 ... in one attempt */
  int stream; /* EntStream */
  char *data;
  GBytes *data64;
} EntMsgRunOutput;
ENT_STRUCT_DECLARE (EntMsgRunOutput, ent_msg_run_output)

typedef struct {
  char *file;
  gint64 line; /* from 1; 0: unknown */
  gint64 column; /* from 1; 0: unknown */
  char *message;
} EntMsgCompileError;
ENT_STRUCT_DECLARE (EntMsgCompileError, ent_msg_compile_error)

typedef struct {
  char *run;
  int verdict; /* EntVerdict */
  gint64 exit_code; /* when it ended by itself */
  gint64 signal; /* when a signal ended it, else 0 */
  gint64 cpu_ms;
  gint64 wall_ms;
  gint64 memory_kb; /* peak, page cache not counted */
  gboolean truncated; /* output over the limit was cut */
  char *message; /* a sentence about the verdict, or why it is internal_error */
  char *note;
  GPtrArray *compile_errors; /* EntMsgCompileError */
} EntMsgRunEnded;
ENT_STRUCT_DECLARE (EntMsgRunEnded, ent_msg_run_ended)

typedef struct {
  char *id;
  char *name; /* "Python" */
  char *version; /* "3.11.2" */
  char *file; /* name of a source that has none: "main.py" */
} EntMsgLanguage;
ENT_STRUCT_DECLARE (EntMsgLanguage, ent_msg_language)

/* What can be run now; no languages: no runner is connected. */
typedef struct {
  GPtrArray *languages; /* EntMsgLanguage */
} EntMsgRunners;
ENT_STRUCT_DECLARE (EntMsgRunners, ent_msg_runners)

G_END_DECLS
