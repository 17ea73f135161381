#include <string.h>

#include "box-error.h"
#include "box-intake.h"

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"

static EntMsgJob *
make_message (void)
{
  EntMsgJob *message = ent_msg_job_new ();
  static const struct {
    const char *path;
    gint64 size;
  } files[] = { { "main.py", 5 }, { "lib/a.py", 0 }, { "b.txt", 3 } };

  message->id = g_strdup (ID);
  message->fence = 7;
  message->language = g_strdup ("python");
  message->profile = g_strdup ("room");
  message->entry = g_strdup ("main.py");
  message->files = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_job_file_free);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    EntMsgJobFile *file = ent_msg_job_file_new ();

    file->path = g_strdup (files[i].path);
    file->size = files[i].size;
    g_ptr_array_add (message->files, file);
  }
  message->stdin_size = 2;
  return message;
}

static gboolean
add (BoxIntake *intake, EntStream stream, guint32 index, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return box_intake_add (intake, stream, index, bytes, NULL);
}

static void
test_whole (void)
{
  g_autoptr (EntMsgJob) message = make_message ();
  g_autoptr (BoxIntake) intake = box_intake_new (message, NULL);
  g_autoptr (BoxJob) job = NULL;
  const BoxFile *file;

  g_assert_false (box_intake_is_complete (intake));
  g_assert_true (add (intake, ENT_STREAM_SOURCE, 0, "pri"));
  g_assert_true (add (intake, ENT_STREAM_SOURCE, 0, "nt"));
  g_assert_true (add (intake, ENT_STREAM_SOURCE, 2, "abc"));
  g_assert_false (box_intake_is_complete (intake));
  g_assert_true (add (intake, ENT_STREAM_STDIN, 0, "in"));
  g_assert_true (box_intake_is_complete (intake));
  job = box_intake_finish (intake, NULL);
  g_assert_cmpuint (box_job_get_files (job)->len, ==, 3);
  file = g_ptr_array_index (box_job_get_files (job), 0);
  g_assert_cmpmem (
    g_bytes_get_data (file->bytes, NULL), g_bytes_get_size (file->bytes), "print", 5);
  g_assert_cmpuint (g_bytes_get_size (box_job_get_stdin (job)), ==, 2);
  g_assert_cmpuint (box_job_get_limits (job)->wall_ms, ==, 10000);
}

static void
test_more_than_announced (void)
{
  g_autoptr (EntMsgJob) message = make_message ();
  g_autoptr (BoxIntake) intake = box_intake_new (message, NULL);

  g_assert_false (add (intake, ENT_STREAM_SOURCE, 0, "longer"));
  g_assert_false (add (intake, ENT_STREAM_SOURCE, 1, "x"));
  g_assert_false (add (intake, ENT_STREAM_SOURCE, 3, "x"));
  g_assert_false (add (intake, ENT_STREAM_SOURCE, G_MAXUINT32, "x"));
  g_assert_false (add (intake, ENT_STREAM_STDIN, 0, "xyz"));
  g_assert_false (add (intake, ENT_STREAM_STDOUT, 0, "x"));
}

static void
test_limits (void)
{
  g_autoptr (EntMsgJob) message = make_message ();
  g_autoptr (BoxIntake) intake = NULL;
  g_autoptr (BoxJob) job = NULL;

  message->limits = ent_msg_job_limits_new ();
  message->limits->wall_ms = 2000;
  message->limits->memory_kb = G_MAXINT32;
  message->profile[0] = 'x';
  g_assert_null (box_intake_new (message, NULL));
  message->profile[0] = 'r';
  intake = box_intake_new (message, NULL);
  add (intake, ENT_STREAM_SOURCE, 0, "print");
  add (intake, ENT_STREAM_SOURCE, 2, "abc");
  add (intake, ENT_STREAM_STDIN, 0, "in");
  job = box_intake_finish (intake, NULL);
  g_assert_cmpuint (box_job_get_limits (job)->wall_ms, ==, 2000);
  g_assert_cmpuint (box_job_get_limits (job)->memory_bytes, ==, 512 << 20);
}

static void
test_refused (void)
{
  static const char *const bad[] = { "/etc/passwd", "../x", "", "a//b", "main.py" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (EntMsgJob) message = make_message ();
    EntMsgJobFile *file = g_ptr_array_index (message->files, 2);
    g_autoptr (GError) error = NULL;
    g_autoptr (BoxIntake) intake = NULL;
    g_autoptr (BoxJob) job = NULL;

    g_free (file->path);
    file->path = g_strdup (bad[i]);
    intake = box_intake_new (message, &error);
    if (intake != NULL) { /* a name that is there twice is seen at the end */
      add (intake, ENT_STREAM_SOURCE, 0, "print");
      add (intake, ENT_STREAM_SOURCE, 2, "abc");
      add (intake, ENT_STREAM_STDIN, 0, "in");
      job = box_intake_finish (intake, &error);
    }
    g_assert_null (job);
    g_assert_error (error, BOX_ERROR, BOX_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-intake/whole", test_whole);
  g_test_add_func ("/box-intake/more-than-announced", test_more_than_announced);
  g_test_add_func ("/box-intake/limits", test_limits);
  g_test_add_func ("/box-intake/refused", test_refused);
  return g_test_run ();
}
