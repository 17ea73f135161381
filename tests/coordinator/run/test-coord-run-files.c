#include "run/coord-run-files.h"

#include "protocol/ent-limits.h"
#include "run/coord-run-error.h"

#include <string.h>

static void
add (GPtrArray *files, const char *id, const char *path)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  g_ptr_array_add (files, coord_run_file_new (id, path, bytes));
}

static GPtrArray *
new_files (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) coord_run_file_free);
}

static const char *
get_path (GPtrArray *files, guint index)
{
  return ((CoordRunFile *) g_ptr_array_index (files, index))->path;
}

static void
test_safe_paths (void)
{
  const char *const safe[] = { "main.py", "src/main.c", ".hidden", "a b.txt", "a..b", "größe.py" };
  const char *const unsafe[] = { "", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "./a", "a/.",
    "..", ".", "a\nb", "a\\b", " a", "a ", "\x7f", "\xff\xfe" };
  g_autofree char *too_long = g_strnfill (ENT_MAX_PATH + 1, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (safe); i++)
    g_assert_true (coord_run_path_is_safe (safe[i]));
  for (guint i = 0; i < G_N_ELEMENTS (unsafe); i++)
    g_assert_false (coord_run_path_is_safe (unsafe[i]));
  g_assert_false (coord_run_path_is_safe (too_long));
}

/* The smaller id keeps the path, whatever the order in the document was. */
static void
test_duplicates (void)
{
  g_autoptr (GPtrArray) files = new_files ();

  add (files, "3", "src/main.py");
  add (files, "1", "src/main.py");
  add (files, "2", "src/main.py");
  add (files, "4", "src/main (2).py");
  add (files, "5", ".profile");
  add (files, "6", ".profile");
  coord_run_files_resolve (files);
  g_assert_cmpstr (get_path (files, 0), ==, "src/main.py");
  g_assert_cmpstr (get_path (files, 1), ==, "src/main (2).py");
  g_assert_cmpstr (get_path (files, 2), ==, "src/main (3).py");
  g_assert_cmpstr (get_path (files, 3), ==, "src/main (2) (2).py");
  g_assert_cmpstr (get_path (files, 4), ==, ".profile");
  g_assert_cmpstr (get_path (files, 5), ==, ".profile (2)");
}

static void
assert_refused (GPtrArray *files, const char *entry, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (coord_run_files_check (files, entry, &error));
  g_assert_error (error, COORD_RUN_ERROR, COORD_RUN_ERROR_FILES);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_checks (void)
{
  g_autoptr (GPtrArray) files = new_files ();
  g_autoptr (GError) error = NULL;

  add (files, "1", "main.py");
  g_assert_true (coord_run_files_check (files, "main.py", &error));
  g_assert_no_error (error);
  assert_refused (files, "other.py", "no such file");
  assert_refused (files, "../main.py", "leads out");
  add (files, "2", "main.py/inner");
  assert_refused (files, "main.py", "name of its folder");
}

static void
test_limits (void)
{
  g_autoptr (GPtrArray) many = new_files ();
  g_autoptr (GPtrArray) big = new_files ();
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (ENT_MAX_ROOM_TEXT), ENT_MAX_ROOM_TEXT);

  for (guint i = 0; i <= ENT_MAX_FILES; i++) {
    g_autofree char *path = g_strdup_printf ("f%u", i);

    add (many, path, path);
  }
  assert_refused (many, "f0", "too many");
  add (big, "1", "main.py");
  g_ptr_array_add (big, coord_run_file_new ("2", "big.txt", bytes));
  assert_refused (big, "main.py", "16 MiB");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-files/safe-paths", test_safe_paths);
  g_test_add_func ("/run-files/duplicates", test_duplicates);
  g_test_add_func ("/run-files/checks", test_checks);
  g_test_add_func ("/run-files/limits", test_limits);
  return g_test_run ();
}
