#include <string.h>

#include "box-error.h"
#include "box-job.h"

static void
test_paths_allowed (void)
{
  static const char *const good[] = { "main.py", "a/b/c.txt", "..main", "a..b/c", "über/ñ.py", "-x",
    "a b.py", ".hidden" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (box_job_check_path (good[i], &error));
    g_assert_no_error (error);
  }
}

static void
test_paths_refused (void)
{
  static const char *const bad[] = { "", "/etc/passwd", "../x", "a/../x", "a/..", "..", ".", "./x",
    "a//b", "a/", "/", "a\nb", "a\tb", "a\x7f", "a\\b", "\xff\xfe", "a\xc2\x85z",
    "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", ".build/program" };
  g_autofree char *part = g_strnfill (300, 'x');
  g_autofree char *whole = g_strnfill (BOX_JOB_MAX_PATH + 1, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (box_job_check_path (bad[i], &error));
    g_assert_error (error, BOX_ERROR, BOX_ERROR_INVALID);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  g_assert_false (box_job_check_path (part, NULL));
  g_assert_false (box_job_check_path (whole, NULL));
}

static void
test_files (void)
{
  g_autoptr (BoxJob) job = box_job_new ("main.py", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (box_job_is_complete (job, &error));
  g_assert_error (error, BOX_ERROR, BOX_ERROR_INVALID);
  g_assert_true (box_job_add_file (job, "main.py", bytes, NULL));
  g_assert_true (box_job_is_complete (job, NULL));
  g_assert_true (box_job_add_file (job, "lib/a.py", bytes, NULL));
  g_assert_true (box_job_add_file (job, "lib/b.py", bytes, NULL));
  g_assert_false (box_job_add_file (job, "main.py", bytes, NULL));
  g_assert_false (box_job_add_file (job, "lib", bytes, NULL));
  g_assert_false (box_job_add_file (job, "main.py/x", bytes, NULL));
  g_assert_false (box_job_add_file (job, "../x", bytes, NULL));
  g_assert_cmpuint (box_job_get_files (job)->len, ==, 3);
}

static void
test_sizes (void)
{
  g_autoptr (BoxJob) job = box_job_new ("main.py", NULL);
  g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (BOX_JOB_MAX_BYTES), BOX_JOB_MAX_BYTES);
  g_autoptr (GBytes) one = g_bytes_new_static ("x", 1);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autofree char *long_arg = g_strnfill (BOX_JOB_MAX_ARG_BYTES, 'x');
  const char *long_args[] = { long_arg, NULL };
  const char *args[] = { "a", "", NULL };
  const char *many[BOX_JOB_MAX_ARGS + 2] = { NULL };

  g_assert_true (box_job_add_file (job, "large", large, NULL));
  g_assert_false (box_job_add_file (job, "one", one, NULL));
  g_assert_false (box_job_set_stdin (job, large, NULL));
  g_assert_true (box_job_set_stdin (job, one, NULL));
  g_assert_false (box_job_set_args (job, long_args, NULL));
  g_assert_true (box_job_set_args (job, args, NULL));
  g_assert_cmpuint (g_strv_length ((char **) box_job_get_args (job)), ==, 2);
  for (int i = 0; i <= BOX_JOB_MAX_ARGS; i++)
    many[i] = "x";
  g_assert_false (box_job_set_args (job, many, NULL));
  for (int i = 1; i < BOX_JOB_MAX_FILES; i++) {
    g_autofree char *name = g_strdup_printf ("f%d", i);

    g_assert_true (box_job_add_file (job, name, empty, NULL));
  }
  g_assert_false (box_job_add_file (job, "one-more", empty, NULL));
}

static void
test_collect (void)
{
  g_autoptr (BoxJob) job = box_job_new ("main.py", NULL);

  g_assert_true (box_job_add_collect (job, "out.txt", NULL));
  g_assert_false (box_job_add_collect (job, "/etc/shadow", NULL));
  for (int i = 1; i < BOX_JOB_MAX_COLLECT; i++)
    g_assert_true (box_job_add_collect (job, "x", NULL));
  g_assert_false (box_job_add_collect (job, "x", NULL));
}

static void
test_limits (void)
{
  BoxLimits limits = *box_limits_get_profile ("room");
  BoxLimits lower = { .wall_ms = 500, .memory_bytes = G_MAXUINT64, .cpu_percent = 50 };

  g_assert_cmpuint (limits.wall_ms, ==, 10000);
  g_assert_cmpuint (limits.memory_bytes, ==, 512 * 1024 * 1024);
  g_assert_cmpuint (limits.processes, ==, 64);
  box_limits_clamp (&limits, &lower);
  g_assert_cmpuint (limits.wall_ms, ==, 500);
  g_assert_cmpuint (limits.cpu_ms, ==, 10000);
  g_assert_cmpuint (limits.memory_bytes, ==, 512 * 1024 * 1024);
  g_assert_cmpuint (limits.cpu_percent, ==, 50);
  g_assert_cmpuint (box_limits_get_profile ("api")->output_bytes, ==, 64 * 1024);
  g_assert_null (box_limits_get_profile ("none"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-job/paths/allowed", test_paths_allowed);
  g_test_add_func ("/box-job/paths/refused", test_paths_refused);
  g_test_add_func ("/box-job/files", test_files);
  g_test_add_func ("/box-job/sizes", test_sizes);
  g_test_add_func ("/box-job/collect", test_collect);
  g_test_add_func ("/box-job/limits", test_limits);
  return g_test_run ();
}
