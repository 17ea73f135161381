#include "box-intake.h"

#include "box-error.h"

typedef struct {
  char *path;
  gsize size; /* announced */
  GByteArray *bytes;
} Part;

struct _BoxIntake {
  char *entry;
  char **args;
  BoxLimits limits;
  guint rows; /* of a terminal; 0: none */
  guint columns;
  char *scope;
  guint n_files;
  GPtrArray *parts; /* Part: files, the input, then the inputs of tests */
  gsize missing_bytes;
};

static void
part_free (gpointer data)
{
  Part *part = data;

  g_free (part->path);
  g_byte_array_unref (part->bytes);
  g_free (part);
}

static void
add_part (BoxIntake *intake, const char *path, gint64 size)
{
  Part *part = g_new0 (Part, 1);

  part->path = g_strdup (path);
  part->size = size;
  part->bytes = g_byte_array_new ();
  intake->missing_bytes += size;
  g_ptr_array_add (intake->parts, part);
}

static gboolean
read_limits (const EntMsgJob *message, BoxLimits *limits, GError **error)
{
  const BoxLimits *profile = box_limits_get_profile (message->profile);
  const EntMsgJobLimits *asked = message->limits;

  if (profile == NULL) {
    g_set_error (error, BOX_ERROR, BOX_ERROR_INVALID, "This runner knows no profile \"%s\".",
      message->profile);
    return FALSE;
  }
  *limits = *profile;
  if (asked != NULL)
    box_limits_clamp (limits, &(BoxLimits){
                                .wall_ms = asked->wall_ms,
                                .cpu_ms = asked->cpu_ms,
                                .memory_bytes = (guint64) asked->memory_kb * 1024,
                                .disk_bytes = (guint64) asked->disk_kb * 1024,
                                .output_bytes = asked->output_bytes,
                                .idle_ms = asked->idle_ms,
                                .processes = asked->processes,
                              });
  return TRUE;
}

static gboolean
add_tests (BoxIntake *intake, const EntMsgJob *message, GError **error)
{
  gsize total = 0;

  for (guint i = 0; message->tests != NULL && i < message->tests->len; i++) {
    const EntMsgJobTest *test = g_ptr_array_index (message->tests, i);

    total += test->size;
    add_part (intake, NULL, test->size);
    if (i >= BOX_JOB_MAX_TESTS || total > BOX_JOB_MAX_TEST_BYTES) {
      g_set_error_literal (
        error, BOX_ERROR, BOX_ERROR_INVALID, "There are too many tests, or they are too large.");
      return FALSE;
    }
  }
  return TRUE;
}

/* Everything that can be refused is refused here, before a byte is taken in. */
BoxIntake *
box_intake_new (const EntMsgJob *message, GError **error)
{
  g_autoptr (BoxIntake) intake = g_new0 (BoxIntake, 1);
  gsize total = 0;

  intake->parts = g_ptr_array_new_with_free_func (part_free);
  if (!read_limits (message, &intake->limits, error) || !box_job_check_path (message->entry, error))
    return NULL;
  intake->entry = g_strdup (message->entry);
  intake->args = g_strdupv (message->args);
  intake->scope = g_strdup (message->scope);
  if (message->terminal != NULL) {
    intake->rows = message->terminal->rows;
    intake->columns = message->terminal->columns;
    if (intake->rows == 0 || intake->columns == 0) {
      g_set_error_literal (
        error, BOX_ERROR, BOX_ERROR_INVALID, "A terminal has at least one row and one column.");
      return NULL;
    }
  }
  for (guint i = 0; message->files != NULL && i < message->files->len; i++) {
    const EntMsgJobFile *file = g_ptr_array_index (message->files, i);

    if (!box_job_check_path (file->path, error))
      return NULL;
    total += file->size;
    add_part (intake, file->path, file->size);
  }
  intake->n_files = intake->parts->len;
  if (intake->n_files > BOX_JOB_MAX_FILES || total > BOX_JOB_MAX_BYTES ||
      message->stdin_size > BOX_JOB_MAX_STDIN) {
    g_set_error_literal (
      error, BOX_ERROR, BOX_ERROR_INVALID, "The files or the input of the run are too large.");
    return NULL;
  }
  add_part (intake, NULL, message->stdin_size);
  return add_tests (intake, message, error) ? g_steal_pointer (&intake) : NULL;
}

void
box_intake_free (BoxIntake *intake)
{
  if (intake == NULL)
    return;
  g_free (intake->entry);
  g_strfreev (intake->args);
  g_free (intake->scope);
  g_ptr_array_unref (intake->parts);
  g_free (intake);
}

gboolean
box_intake_add (BoxIntake *intake, EntStream stream, guint32 index, GBytes *bytes, GError **error)
{
  guint n_files = intake->n_files, n_tests = intake->parts->len - n_files - 1;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Part *part = NULL;

  if (stream == ENT_STREAM_STDIN)
    part = g_ptr_array_index (intake->parts, n_files);
  else if (stream == ENT_STREAM_SOURCE && index < n_files)
    part = g_ptr_array_index (intake->parts, index);
  else if (stream == ENT_STREAM_TEST && index < n_tests)
    part = g_ptr_array_index (intake->parts, n_files + 1 + index);
  if (part == NULL || size > part->size - part->bytes->len) {
    g_set_error_literal (
      error, BOX_ERROR, BOX_ERROR_INVALID, "The files of the run are not as they were announced.");
    return FALSE;
  }
  if (size > 0)
    g_byte_array_append (part->bytes, data, size);
  intake->missing_bytes -= size;
  return TRUE;
}

gboolean
box_intake_is_complete (BoxIntake *intake)
{
  return intake->missing_bytes == 0;
}

static GBytes *
take_bytes (Part *part)
{
  GByteArray *bytes = g_steal_pointer (&part->bytes);

  part->bytes = g_byte_array_new ();
  return g_byte_array_free_to_bytes (bytes);
}

BoxJob *
box_intake_finish (BoxIntake *intake, GError **error)
{
  g_autoptr (BoxJob) job = box_job_new (intake->entry, error);
  g_autoptr (GBytes) input = NULL;
  guint n_files = intake->n_files;

  g_return_val_if_fail (box_intake_is_complete (intake), NULL);
  for (guint i = 0; job != NULL && i < n_files; i++) {
    Part *part = g_ptr_array_index (intake->parts, i);
    g_autoptr (GBytes) bytes = take_bytes (part);

    if (!box_job_add_file (job, part->path, bytes, error))
      return NULL;
  }
  if (job == NULL)
    return NULL;
  input = take_bytes (g_ptr_array_index (intake->parts, n_files));
  if (!box_job_set_stdin (job, input, error) ||
      (intake->args != NULL && !box_job_set_args (job, (const char *const *) intake->args, error)))
    return NULL;
  for (guint i = n_files + 1; i < intake->parts->len; i++) {
    g_autoptr (GBytes) test = take_bytes (g_ptr_array_index (intake->parts, i));

    if (!box_job_add_test (job, test, error))
      return NULL;
  }
  if ((intake->rows > 0 && !box_job_set_terminal (job, intake->rows, intake->columns, error)) ||
      (intake->scope != NULL && !box_job_set_scope (job, intake->scope, error)))
    return NULL;
  box_job_set_limits (job, &intake->limits);
  return box_job_is_complete (job, error) ? g_steal_pointer (&job) : NULL;
}
