#include <stdint.h>
#include <string.h>

#include "protocol/ent-message.h"
#include "sandbox/box-intake.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Whatever came in, a job that exists keeps the promises that everybody past it relies on. */
static void
check_job (BoxJob *job)
{
  const BoxLimits *limits = box_job_get_limits (job);
  GPtrArray *files = box_job_get_files (job);
  gboolean has_entry = FALSE;
  gsize total = 0;

  g_assert_cmpuint (files->len, <=, BOX_JOB_MAX_FILES);
  for (guint i = 0; i < files->len; i++) {
    const BoxFile *file = g_ptr_array_index (files, i);

    g_assert_true (box_job_check_path (file->path, NULL));
    g_assert_false (g_path_is_absolute (file->path));
    g_assert_null (strstr (file->path, "//"));
    has_entry |= g_str_equal (file->path, box_job_get_entry (job));
    total += g_bytes_get_size (file->bytes);
  }
  g_assert_true (has_entry);
  g_assert_cmpuint (total, <=, BOX_JOB_MAX_BYTES);
  g_assert_cmpuint (g_strv_length ((char **) box_job_get_args (job)), <=, BOX_JOB_MAX_ARGS);
  g_assert_true (limits->wall_ms > 0 && limits->cpu_ms > 0 && limits->memory_bytes > 0 &&
                 limits->disk_bytes > 0 && limits->output_bytes > 0 && limits->processes > 0 &&
                 limits->open_files > 0);
  g_assert_cmpuint (limits->memory_bytes, <=, 512 * 1024 * 1024);
  g_assert_cmpuint (limits->wall_ms, <=, 10000);
}

/* Frames: two bytes of length, then a frame. */
static void
take_frames (BoxIntake *intake, const uint8_t *data, size_t size)
{
  g_autoptr (BoxJob) job = NULL;

  while (size >= 2 && !box_intake_is_complete (intake)) {
    gsize length = MIN ((gsize) (data[0] << 8 | data[1]), size - 2);
    g_autoptr (GBytes) frame = g_bytes_new (data + 2, length);
    g_autoptr (GBytes) payload = NULL;
    g_autofree char *id = NULL;
    EntStream stream;
    guint32 index;

    if (ent_frame_parse (frame, &id, &stream, &index, &payload) &&
        !box_intake_add (intake, stream, index, payload, NULL))
      return;
    data += 2 + length;
    size -= 2 + length;
  }
  if (box_intake_is_complete (intake))
    job = box_intake_finish (intake, NULL);
  if (job != NULL)
    check_job (job);
}

/* What a hostile coordinator sends to a runner: the message of a job, a line end, frames. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *end = size > 0 ? memchr (data, '\n', size) : NULL;
  size_t head = end != NULL ? (size_t) (end - data) : size;
  g_autoptr (EntMessage) message = ent_runner_message_decode ((const char *) data, head, NULL);
  g_autoptr (BoxIntake) intake = NULL;

  if (message == NULL || message->kind != ENT_RUNNER_JOB)
    return 0;
  intake = box_intake_new (message->data, NULL);
  if (intake != NULL)
    take_frames (intake, end != NULL ? end + 1 : data, end != NULL ? size - head - 1 : 0);
  return 0;
}
