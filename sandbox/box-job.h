#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A job: files, input and limits, checked before any privilege is used. A BoxJob that exists is
 * valid; nobody past this file looks at a path again. */

#define BOX_JOB_MAX_FILES 200
#define BOX_JOB_MAX_PATH 512 /* bytes */
#define BOX_JOB_MAX_DEPTH 16 /* folders in a path */
#define BOX_JOB_MAX_BYTES (32 * 1024 * 1024) /* all files together */
#define BOX_JOB_MAX_STDIN (16 * 1024 * 1024)
#define BOX_JOB_MAX_ARGS 64
#define BOX_JOB_MAX_ARG_BYTES (16 * 1024) /* all arguments together */
#define BOX_JOB_MAX_TESTS 200
#define BOX_JOB_MAX_TEST_BYTES (64 * 1024 * 1024) /* all inputs of tests together */
#define BOX_JOB_MAX_SCOPE 128
#define BOX_JOB_MAX_TERMINAL 1000 /* rows or columns */
#define BOX_JOB_MAX_COLLECT 64
#define BOX_JOB_MAX_COLLECT_BYTES (4 * 1024 * 1024) /* of one file */

/* The folder in which compilers put what is run; no file of a job may lie in it. */
#define BOX_JOB_BUILD_FOLDER ".build"

typedef struct {
  guint wall_ms;
  guint idle_ms; /* without input and output; 0: no limit */
  guint cpu_ms; /* of all processes together */
  guint64 memory_bytes; /* of all processes and their files together */
  guint64 disk_bytes; /* in the work folder */
  guint64 output_bytes; /* stdout and stderr together */
  guint processes; /* threads count */
  guint open_files; /* in one process */
  guint cpu_percent; /* of one processor; 0: shared by weight only */
} BoxLimits;

/* The named sets of limits: "room" (the default, 10 s, 512 MiB), "api" (5 s, 128 MiB, half a
 * processor, 64 KiB of output) and "terminal" (half an hour, five minutes idle, 16 MiB of output);
 * NULL for another name. And those of a compiler. */
const BoxLimits *box_limits_get_profile (const char *name);
const BoxLimits *box_limits_get_compile (void);

/* Lowers each limit to the other's where that is set (not 0) and smaller. */
void box_limits_clamp (BoxLimits *limits, const BoxLimits *other);

typedef struct {
  char *path;
  GBytes *bytes;
} BoxFile;

typedef struct _BoxJob BoxJob;

/* entry: the path of the file to run; it must have been added when the job is run. NULL with an
 * error when it is no valid path. The caller owns the job. */
BoxJob *box_job_new (const char *entry, GError **error);
void box_job_free (BoxJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxJob, box_job_free)

/* Whether a path may stand in a work folder: relative, UTF-8, no empty, "." or ".." part, no
 * control character or backslash, within the limits above. Says what is wrong. */
gboolean box_job_check_path (const char *path, GError **error);

/* Each refuses what is over its limit, or there already, with a sentence. Bytes are shared. */
gboolean box_job_add_file (BoxJob *job, const char *path, GBytes *bytes, GError **error);
gboolean box_job_set_stdin (BoxJob *job, GBytes *bytes, GError **error);
gboolean box_job_set_args (BoxJob *job, const char *const *args, GError **error);

/* An open pipe or file as input, read as the program reads it; takes fd. */
void box_job_take_stdin_fd (BoxJob *job, int fd);

/* Asks for a file that the program makes. */
gboolean box_job_add_collect (BoxJob *job, const char *path, GError **error);

/* Asks for one more run of the same build, with an input of its own in a box of its own. A job with
 * tests runs these and has no other input. */
gboolean box_job_add_test (BoxJob *job, GBytes *input, GError **error);

/* Gives the program a terminal instead of three streams. */
gboolean box_job_set_terminal (BoxJob *job, guint rows, guint columns, GError **error);

/* Whose job it is: builds are kept for, and shared within, one scope. Without one, with nobody. */
gboolean box_job_set_scope (BoxJob *job, const char *scope, GError **error);

/* Sets the limits to be used; each field is at least 1. */
void box_job_set_limits (BoxJob *job, const BoxLimits *limits);

/* Lowers those of the compiler; fields of 0 are the language's. */
void box_job_set_compile_limits (BoxJob *job, const BoxLimits *limits);

/* The last check before a run: the entry is among the files. */
gboolean box_job_is_complete (BoxJob *job, GError **error);

/* All borrowed. */
const char *box_job_get_entry (BoxJob *job);
GPtrArray *box_job_get_files (BoxJob *job); /* BoxFile */
GBytes *box_job_get_stdin (BoxJob *job); /* NULL: none */
int box_job_get_stdin_fd (BoxJob *job); /* -1: none */
const char *const *box_job_get_args (BoxJob *job); /* never NULL */
GPtrArray *box_job_get_collect (BoxJob *job); /* char * */
const BoxLimits *box_job_get_limits (BoxJob *job);
const BoxLimits *box_job_get_compile_limits (BoxJob *job);
guint box_job_get_rows (BoxJob *job); /* 0: no terminal */
guint box_job_get_columns (BoxJob *job);
GPtrArray *box_job_get_tests (BoxJob *job); /* GBytes */
const char *box_job_get_scope (BoxJob *job); /* NULL: none */

G_END_DECLS
