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
  GPtrArray *parts; /* Part: files, then the input */
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
                                .processes = asked->processes,
                              });
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
  for (guint i = 0; message->files != NULL && i < message->files->len; i++) {
    const EntMsgJobFile *file = g_ptr_array_index (message->files, i);

    if (!box_job_check_path (file->path, error))
      return NULL;
    total += file->size;
    add_part (intake, file->path, file->size);
  }
  if (intake->parts->len > BOX_JOB_MAX_FILES || total > BOX_JOB_MAX_BYTES ||
      message->stdin_size > BOX_JOB_MAX_STDIN) {
    g_set_error_literal (
      error, BOX_ERROR, BOX_ERROR_INVALID, "The files or the input of the run are too large.");
    return NULL;
  }
  add_part (intake, NULL, message->stdin_size);
  return g_steal_pointer (&intake);
}

void
box_intake_free (BoxIntake *intake)
{
  if (intake == NULL)
    return;
  g_free (intake->entry);
  g_strfreev (intake->args);
  g_ptr_array_unref (intake->parts);
  g_free (intake);
}

gboolean
box_intake_add (BoxIntake *intake, EntStream stream, guint32 index, GBytes *bytes, GError **error)
{
  guint n_files = intake->parts->len - 1;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Part *part = NULL;

  if (stream == ENT_STREAM_STDIN)
    part = g_ptr_array_index (intake->parts, n_files);
  else if (stream == ENT_STREAM_SOURCE && index < n_files)
    part = g_ptr_array_index (intake->parts, index);
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
  guint n_files = intake->parts->len - 1;

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
  box_job_set_limits (job, &intake->limits);
  return box_job_is_complete (job, error) ? g_steal_pointer (&job) : NULL;
}
