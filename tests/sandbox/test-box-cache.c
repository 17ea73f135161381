#include <glib/gstdio.h>

#include "box-cache.h"
#include "box-error.h"
#include "test-box-namespaces.h"

static char *base;

static BoxLanguage *
make_language (void)
{
  BoxLanguage *language = g_new0 (BoxLanguage, 1);
  const char *command[] = { "/bin/cc", "-O2", "{sources}", NULL };

  language->id = g_strdup ("c");
  language->version = g_strdup ("1.2");
  language->compile = g_strdupv ((char **) command);
  language->extensions = g_strsplit ("c", ";", -1);
  return language;
}

static BoxJob *
make_job (const char *scope, const char *path, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  BoxJob *job = box_job_new (path, NULL);

  g_assert_true (box_job_add_file (job, path, bytes, NULL));
  if (scope != NULL)
    g_assert_true (box_job_set_scope (job, scope, NULL));
  return job;
}

static char *
make_key (const BoxLanguage *language, const char *scope, const char *path, const char *text)
{
  g_autoptr (BoxJob) job = make_job (scope, path, text);

  return box_cache_make_key (language, job);
}

/* Whatever may change what the compiler makes gives another key, and so does another scope. */
static void
test_keys (void)
{
  g_autoptr (BoxLanguage) language = make_language ();
  g_autofree char *key = make_key (language, "org", "a.c", "x");
  g_autofree char *same = make_key (language, "org", "a.c", "x");
  g_autofree char *text = make_key (language, "org", "a.c", "y");
  g_autofree char *path = make_key (language, "org", "ab.c", "x");
  g_autofree char *scope = make_key (language, "other", "a.c", "x");
  g_autofree char *none = make_key (language, NULL, "a.c", "x");
  g_autofree char *version = NULL, *command = NULL;

  g_assert_cmpstr (key, ==, same);
  g_assert_cmpstr (key, !=, text);
  g_assert_cmpstr (key, !=, path);
  g_assert_cmpstr (key, !=, scope);
  g_assert_null (none);
  language->version[0] = '2';
  version = make_key (language, "org", "a.c", "x");
  g_assert_cmpstr (key, !=, version);
  language->version[0] = '1';
  language->compile[1][2] = '3';
  command = make_key (language, "org", "a.c", "x");
  g_assert_cmpstr (key, !=, command);
}

static BoxWork *
make_compiled (gsize size)
{
  BoxWork *work = box_work_new (base, "compiled", NULL);
  g_autofree char *folder = g_build_filename (box_work_get_folder (work), "work/.build", NULL);
  g_autofree char *deep = g_build_filename (folder, "deep", NULL);
  g_autofree char *program = g_build_filename (deep, "program", NULL);
  g_autofree char *bytes = g_strnfill (size, 'x');

  g_assert_true (box_work_set_size (work, size + (1 << 20), NULL));
  g_assert_cmpint (g_mkdir_with_parents (deep, 0755), ==, 0);
  g_assert_true (g_file_set_contents (program, bytes, size, NULL));
  return work;
}

static void
assert_copies (BoxBuild *build, gsize size)
{
  g_autoptr (BoxWork) to = box_work_new (base, "run", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (box_work_set_size (to, size + (1 << 20), NULL));
  g_assert_true (box_build_copy_to (build, to, BOX_BUILD_MAX_BYTES, &error));
  bytes = box_work_collect (to, ".build/deep/program", BOX_BUILD_MAX_BYTES, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, size);
}

/* A build is found under its key as long as there is room, and without one it goes at once. */
static void
test_kept (void)
{
  g_autoptr (BoxCache) cache = box_cache_new (base, NULL);
  g_autoptr (BoxWork) work = make_compiled (1000);
  g_autoptr (BoxCompileReport) report = box_compile_report_new ();
  g_autoptr (GError) error = NULL;
  BoxBuild *build, *again;

  report->output = g_strdup ("said");
  build = box_cache_add (cache, "key", work, report, &error);
  g_assert_no_error (error);
  again = box_cache_find (cache, "key");
  g_assert_true (again == build);
  box_build_unref (build);
  assert_copies (again, 1000);
  assert_copies (again, 1000);
  box_build_unref (again);
  g_assert_null (box_cache_find (cache, "other"));

  again = box_cache_add (cache, "key", work, report, NULL); /* two jobs compiled at once */
  box_build_unref (again);
  again = box_cache_find (cache, "key");
  g_assert_true (again == build);
  g_assert_cmpstr (box_build_get_report (again)->output, ==, "said");
  box_build_unref (again);

  build = box_cache_add (cache, NULL, work, report, NULL);
  assert_copies (build, 1000);
  box_build_unref (build);
}

static void
test_room (void)
{
  g_autoptr (BoxCache) cache = box_cache_new (base, NULL);
  gsize size = BOX_BUILD_MAX_BYTES - 100;
  g_autoptr (BoxWork) work = make_compiled (size);
  g_autoptr (BoxCompileReport) report = box_compile_report_new ();
  guint n = BOX_CACHE_MAX_BYTES / BOX_BUILD_MAX_BYTES + 2;
  BoxBuild *last;

  for (guint i = 0; i < n; i++) {
    g_autofree char *key = g_strdup_printf ("%u", i);
    BoxBuild *build = box_cache_add (cache, key, work, report, NULL);

    g_assert_nonnull (build);
    box_build_unref (build);
  }
  g_assert_null (box_cache_find (cache, "0"));
  g_assert_null (box_cache_find (cache, "1"));
  last = box_cache_find (cache, "5");
  g_assert_nonnull (last);
  assert_copies (last, size);
  box_build_unref (last);
}

static void
test_too_large (void)
{
  g_autoptr (BoxCache) cache = box_cache_new (base, NULL);
  g_autoptr (BoxWork) work = make_compiled (BOX_BUILD_MAX_BYTES + 1);
  g_autoptr (BoxCompileReport) report = box_compile_report_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (box_cache_add (cache, "key", work, report, &error));
  g_assert_error (error, BOX_ERROR, BOX_ERROR_INVALID);
  g_assert_null (box_cache_find (cache, "key"));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  if (!test_box_enter_namespaces ()) {
    g_print ("1..0 # SKIP this host has no user namespaces for ordinary users\n");
    return 0;
  }
  base = g_dir_make_tmp ("box-cache-XXXXXX", NULL);
  g_assert_cmpint (mount ("tmpfs", base, "tmpfs", 0, NULL), ==, 0);
  g_test_add_func ("/box-cache/keys", test_keys);
  g_test_add_func ("/box-cache/kept", test_kept);
  g_test_add_func ("/box-cache/room", test_room);
  g_test_add_func ("/box-cache/too-large", test_too_large);
  result = g_test_run ();
  umount2 (base, MNT_DETACH);
  g_assert_cmpint (g_rmdir (base), ==, 0);
  g_free (base);
  return result;
}
