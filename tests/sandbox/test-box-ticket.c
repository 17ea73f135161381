#include <string.h>

#include "box-error.h"
#include "box-ticket.h"

static BoxJob *
make_job (const char *const *args)
{
  BoxJob *job = box_job_new ("src/main.c", NULL);
  g_autoptr (GBytes) text = g_bytes_new_static ("int main;", 9);
  g_autoptr (GBytes) binary = g_bytes_new_static ("\0\xff", 2);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  BoxLimits limits = *box_limits_get_profile ("api");
  BoxLimits compile_limits = { .wall_ms = 3000 };

  limits.memory_bytes = 5000ULL << 20;
  g_assert_true (box_job_add_file (job, "src/main.c", text, NULL));
  g_assert_true (box_job_add_file (job, "data", binary, NULL));
  g_assert_true (box_job_add_file (job, "empty", none, NULL));
  g_assert_true (box_job_set_stdin (job, binary, NULL));
  g_assert_true (box_job_set_args (job, args, NULL));
  g_assert_true (box_job_add_collect (job, "out/file", NULL));
  g_assert_true (box_job_add_test (job, text, NULL));
  g_assert_true (box_job_add_test (job, none, NULL));
  g_assert_true (box_job_set_scope (job, "local-1", NULL));
  box_job_set_limits (job, &limits);
  box_job_set_compile_limits (job, &compile_limits);
  return job;
}

static void
test_round_trip (void)
{
  const char *args[] = { "a b", "", "ü", NULL };
  g_autoptr (BoxJob) job = make_job (args);
  g_autofree char *text = box_ticket_write ("c", job);
  g_autofree char *language = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BoxJob) read = box_ticket_read (text, strlen (text), &language, &error);
  const BoxFile *file;

  g_assert_no_error (error);
  g_assert_cmpstr (language, ==, "c");
  again = box_ticket_write (language, read);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpuint (box_job_get_files (read)->len, ==, 3);
  file = g_ptr_array_index (box_job_get_files (read), 1);
  g_assert_cmpuint (g_bytes_get_size (file->bytes), ==, 2);
  g_assert_cmpuint (box_job_get_tests (read)->len, ==, 2);
  g_assert_cmpuint (box_job_get_limits (read)->memory_bytes, ==, 5000ULL << 20);
  g_assert_cmpuint (box_job_get_compile_limits (read)->wall_ms, ==, 3000);
  g_assert_cmpstr (box_job_get_scope (read), ==, "local-1");
}

static void
test_refused (void)
{
  static const char *const changes[][2] = {
    { "src/main.c", "../main.c" },
    { "\"wall_ms\":5000", "\"wall_ms\":0" },
    { "\"wall_ms\":5000", "\"wall_ms\":-1" },
    { "\"entry\":", "\"other\":" },
    { "\"entry\":\"src/main.c\"", "\"entry\":\"none\"" },
    { "out/file", "/etc/passwd" },
    { "{\"language\"", "[\"language\"" },
  };
  const char *args[] = { "a", NULL };
  const char *no_text[] = { "\xff", NULL };
  g_autoptr (BoxJob) job = make_job (args);
  g_autoptr (BoxJob) odd = make_job (no_text);

  g_assert_null (box_ticket_write ("c", odd));
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree char *text = box_ticket_write ("c", job);
    g_autoptr (GString) changed = g_string_new (text);
    g_autofree char *language = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (g_string_replace (changed, changes[i][0], changes[i][1], 1), ==, 1);
    g_assert_null (box_ticket_read (changed->str, changed->len, &language, &error));
    g_assert_nonnull (error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/box-ticket/round-trip", test_round_trip);
  g_test_add_func ("/box-ticket/refused", test_refused);
  return g_test_run ();
}
