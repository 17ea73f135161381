#include "box-job.h"

#include <string.h>
#include <unistd.h>

#include "box-error.h"

struct _BoxJob {
  char *entry;
  GPtrArray *files; /* BoxFile, in the order added */
  GHashTable *places; /* path and each folder above it -> "file" or "folder" */
  gsize total_bytes;
  GBytes *input;
  int input_fd; /* -1: none */
  char **args;
  GPtrArray *collect; /* char * */
  GPtrArray *tests; /* GBytes */
  gsize test_bytes;
  char *scope;
  guint rows; /* 0: no terminal */
  guint columns;
  BoxLimits limits;
  BoxLimits compile_limits; /* 0: the language's */
};

#define MIB (1024 * 1024)

static const BoxLimits room_limits = {
  .wall_ms = 10000,
  .cpu_ms = 10000,
  .memory_bytes = 512 * MIB,
  .disk_bytes = 64 * MIB,
  .output_bytes = 1 * MIB,
  .processes = 64,
  .open_files = 256,
};

static const BoxLimits api_limits = {
  .wall_ms = 5000,
  .cpu_ms = 5000,
  .memory_bytes = 128 * MIB,
  .disk_bytes = 64 * MIB,
  .output_bytes = 64 * 1024,
  .processes = 64,
  .open_files = 256,
  .cpu_percent = 50,
};

static const BoxLimits terminal_limits = {
  .wall_ms = 30 * 60 * 1000,
  .idle_ms = 5 * 60 * 1000,
  .cpu_ms = 60 * 1000,
  .memory_bytes = 512 * MIB,
  .disk_bytes = 64 * MIB,
  .output_bytes = 16 * MIB,
  .processes = 64,
  .open_files = 256,
};

static const BoxLimits compile_limits = {
  .wall_ms = 20000,
  .cpu_ms = 40000,
  .memory_bytes = 1024 * MIB,
  .disk_bytes = 256 * MIB,
  .output_bytes = 256 * 1024,
  .processes = 128,
  .open_files = 1024,
};

const BoxLimits *
box_limits_get_profile (const char *name)
{
  if (g_str_equal (name, "room"))
    return &room_limits;
  if (g_str_equal (name, "terminal"))
    return &terminal_limits;
  return g_str_equal (name, "api") ? &api_limits : NULL;
}

const BoxLimits *
box_limits_get_compile (void)
{
  return &compile_limits;
}

void
box_limits_clamp (BoxLimits *limits, const BoxLimits *other)
{
#define CLAMP_FIELD(field) \
  if (other->field != 0 && (limits->field == 0 || other->field < limits->field)) \
  limits->field = other->field

  CLAMP_FIELD (wall_ms);
  CLAMP_FIELD (idle_ms);
  CLAMP_FIELD (cpu_ms);
  CLAMP_FIELD (memory_bytes);
  CLAMP_FIELD (disk_bytes);
  CLAMP_FIELD (output_bytes);
  CLAMP_FIELD (processes);
  CLAMP_FIELD (open_files);
  CLAMP_FIELD (cpu_percent);
#undef CLAMP_FIELD
}

static gboolean
refuse (GError **error, const char *path, const char *reason)
{
  g_autofree char *shown = g_strescape (path, NULL);

  if (strlen (shown) > 80)
    strcpy (shown + 77, "...");
  g_set_error (
    error, BOX_ERROR, BOX_ERROR_INVALID, "The file name \"%s\" cannot be used: %s.", shown, reason);
  return FALSE;
}

gboolean
box_job_check_path (const char *path, GError **error)
{
  g_auto (GStrv) parts = NULL;

  if (*path == '\0')
    return refuse (error, path, "it is empty");
  if (strlen (path) > BOX_JOB_MAX_PATH)
    return refuse (error, path, "it is too long");
  if (!g_utf8_validate (path, -1, NULL))
    return refuse (error, path, "it is not valid UTF-8");
  if (*path == '/')
    return refuse (error, path, "it must be relative to the work folder");
  for (const char *c = path; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)) || *c == '\\')
      return refuse (error, path, "it has a control character or a backslash");

  parts = g_strsplit (path, "/", -1);
  if (g_strv_length (parts) > BOX_JOB_MAX_DEPTH)
    return refuse (error, path, "it has too many folders");
  if (g_str_equal (parts[0], BOX_JOB_BUILD_FOLDER))
    return refuse (error, path, "this folder is the compiler's");
  for (char **part = parts; *part != NULL; part++) {
    if (**part == '\0' || g_str_equal (*part, "."))
      return refuse (error, path, "a part of it is empty");
    if (g_str_equal (*part, ".."))
      return refuse (error, path, "it leaves the work folder");
    if (strlen (*part) > 255)
      return refuse (error, path, "a part of it is too long");
  }
  return TRUE;
}

static void
file_free (gpointer data)
{
  BoxFile *file = data;

  g_free (file->path);
  g_bytes_unref (file->bytes);
  g_free (file);
}

BoxJob *
box_job_new (const char *entry, GError **error)
{
  BoxJob *job;

  if (!box_job_check_path (entry, error))
    return NULL;
  job = g_new0 (BoxJob, 1);
  job->entry = g_strdup (entry);
  job->files = g_ptr_array_new_with_free_func (file_free);
  job->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  job->collect = g_ptr_array_new_with_free_func (g_free);
  job->tests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  job->args = g_new0 (char *, 1);
  job->limits = room_limits;
  job->input_fd = -1;
  return job;
}

void
box_job_free (BoxJob *job)
{
  if (job == NULL)
    return;
  g_free (job->entry);
  g_ptr_array_unref (job->files);
  g_hash_table_unref (job->places);
  g_clear_pointer (&job->input, g_bytes_unref);
  g_strfreev (job->args);
  g_ptr_array_unref (job->collect);
  g_ptr_array_unref (job->tests);
  g_free (job->scope);
  if (job->input_fd >= 0)
    close (job->input_fd);
  g_free (job);
}

/* Notes the folders above a path; FALSE when one of them is a file. */
static gboolean
note_folders (BoxJob *job, const char *path)
{
  for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
    g_autofree char *folder = g_strndup (path, slash - path);

    if (g_strcmp0 (g_hash_table_lookup (job->places, folder), "file") == 0)
      return FALSE;
    g_hash_table_insert (job->places, g_steal_pointer (&folder), (gpointer) "folder");
  }
  return TRUE;
}

gboolean
box_job_add_file (BoxJob *job, const char *path, GBytes *bytes, GError **error)
{
  BoxFile *file;

  if (!box_job_check_path (path, error))
    return FALSE;
  if (job->files->len >= BOX_JOB_MAX_FILES) {
    g_set_error (
      error, BOX_ERROR, BOX_ERROR_INVALID, "There are more than %d files.", BOX_JOB_MAX_FILES);
    return FALSE;
  }
  if (g_bytes_get_size (bytes) > BOX_JOB_MAX_BYTES - job->total_bytes) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID, "The files are larger than %d MiB together.",
      BOX_JOB_MAX_BYTES / MIB);
    return FALSE;
  }
  if (g_hash_table_contains (job->places, path))
    return refuse (error, path, "there is another one of this name");
  if (!note_folders (job, path))
    return refuse (error, path, "one of its folders is a file");

  file = g_new0 (BoxFile, 1);
  file->path = g_strdup (path);
  file->bytes = g_bytes_ref (bytes);
  g_ptr_array_add (job->files, file);
  g_hash_table_insert (job->places, g_strdup (path), (gpointer) "file");
  job->total_bytes += g_bytes_get_size (bytes);
  return TRUE;
}

gboolean
box_job_set_stdin (BoxJob *job, GBytes *bytes, GError **error)
{
  if (g_bytes_get_size (bytes) > BOX_JOB_MAX_STDIN) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID, "The input is larger than %d MiB.",
      BOX_JOB_MAX_STDIN / MIB);
    return FALSE;
  }
  g_clear_pointer (&job->input, g_bytes_unref);
  job->input = g_bytes_ref (bytes);
  return TRUE;
}

void
box_job_take_stdin_fd (BoxJob *job, int fd)
{
  g_return_if_fail (job->input_fd < 0);
  job->input_fd = fd;
}

gboolean
box_job_set_args (BoxJob *job, const char *const *args, GError **error)
{
  gsize total = 0;
  guint count = 0;

  for (; args[count] != NULL; count++)
    total += strlen (args[count]) + 1;
  if (count > BOX_JOB_MAX_ARGS || total > BOX_JOB_MAX_ARG_BYTES) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
      "There are more than %d arguments, or they are longer than %d KiB.", BOX_JOB_MAX_ARGS,
      BOX_JOB_MAX_ARG_BYTES / 1024);
    return FALSE;
  }
  g_strfreev (job->args);
  job->args = g_strdupv ((char **) args);
  return TRUE;
}

gboolean
box_job_add_collect (BoxJob *job, const char *path, GError **error)
{
  if (!box_job_check_path (path, error))
    return FALSE;
  if (job->collect->len >= BOX_JOB_MAX_COLLECT) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID, "More than %d files are asked for.",
      BOX_JOB_MAX_COLLECT);
    return FALSE;
  }
  g_ptr_array_add (job->collect, g_strdup (path));
  return TRUE;
}

gboolean
box_job_add_test (BoxJob *job, GBytes *input, GError **error)
{
  gsize size = g_bytes_get_size (input);

  if (job->tests->len >= BOX_JOB_MAX_TESTS || size > BOX_JOB_MAX_STDIN ||
      size > BOX_JOB_MAX_TEST_BYTES - job->test_bytes) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
      "There are more than %d tests, or their inputs are larger than %d MiB.", BOX_JOB_MAX_TESTS,
      BOX_JOB_MAX_TEST_BYTES / MIB);
    return FALSE;
  }
  job->test_bytes += size;
  g_ptr_array_add (job->tests, g_bytes_ref (input));
  return TRUE;
}

gboolean
box_job_set_terminal (BoxJob *job, guint rows, guint columns, GError **error)
{
  if (rows < 1 || columns < 1 || rows > BOX_JOB_MAX_TERMINAL || columns > BOX_JOB_MAX_TERMINAL) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
      "A terminal has 1 to %d rows and columns, not %u and %u.", BOX_JOB_MAX_TERMINAL, rows,
      columns);
    return FALSE;
  }
  job->rows = rows;
  job->columns = columns;
  return TRUE;
}

gboolean
box_job_set_scope (BoxJob *job, const char *scope, GError **error)
{
  if (*scope == '\0' || strlen (scope) > BOX_JOB_MAX_SCOPE) {
    g_set_error_literal (
      error, BOX_ERROR, BOX_ERROR_INVALID, "The name of whose job it is is empty or too long.");
    return FALSE;
  }
  g_free (job->scope);
  job->scope = g_strdup (scope);
  return TRUE;
}

void
box_job_set_limits (BoxJob *job, const BoxLimits *limits)
{
  g_return_if_fail (limits->wall_ms > 0 && limits->cpu_ms > 0 && limits->memory_bytes > 0 &&
                    limits->disk_bytes > 0 && limits->output_bytes > 0 && limits->processes > 0 &&
                    limits->open_files > 0);
  job->limits = *limits;
}

void
box_job_set_compile_limits (BoxJob *job, const BoxLimits *limits)
{
  job->compile_limits = *limits;
}

gboolean
box_job_is_complete (BoxJob *job, GError **error)
{
  if (job->rows > 0 && job->tests->len > 0) {
    g_set_error_literal (
      error, BOX_ERROR, BOX_ERROR_INVALID, "A job has a terminal or tests, not both.");
    return FALSE;
  }
  if (g_strcmp0 (g_hash_table_lookup (job->places, job->entry), "file") == 0)
    return TRUE;
  g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID,
    "The file to run, \"%s\", is not among the files.", job->entry);
  return FALSE;
}

const char *
box_job_get_entry (BoxJob *job)
{
  return job->entry;
}

GPtrArray *
box_job_get_files (BoxJob *job)
{
  return job->files;
}

GBytes *
box_job_get_stdin (BoxJob *job)
{
  return job->input;
}

int
box_job_get_stdin_fd (BoxJob *job)
{
  return job->input_fd;
}

const char *const *
box_job_get_args (BoxJob *job)
{
  return (const char *const *) job->args;
}

GPtrArray *
box_job_get_collect (BoxJob *job)
{
  return job->collect;
}

const BoxLimits *
box_job_get_limits (BoxJob *job)
{
  return &job->limits;
}

const BoxLimits *
box_job_get_compile_limits (BoxJob *job)
{
  return &job->compile_limits;
}

guint
box_job_get_rows (BoxJob *job)
{
  return job->rows;
}

guint
box_job_get_columns (BoxJob *job)
{
  return job->columns;
}

GPtrArray *
box_job_get_tests (BoxJob *job)
{
  return job->tests;
}

const char *
box_job_get_scope (BoxJob *job)
{
  return job->scope;
}
