#include <glib/gstdio.h>
#include <string.h>

#include "box-error.h"
#include "box-language.h"

static char *folder;

static char *
write_language (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

#define GOOD \
  "[language]\nid=demo\nname=Demo\nfile=main.demo\nextensions=demo;dm\nversion=/bin/echo;v1.2.3\n" \
  "environment=DEMO=1\n[compile]\ncommand=/bin/true;-o;{stem};{sources}\n" \
  "[run]\ncommand=/bin/echo;{entry}\n[limits]\nmemory-mib=64\n"

static BoxJob *
make_job (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  BoxJob *job = box_job_new ("main.demo", NULL);
  const char *args[] = { "{entry}", "b", NULL };

  g_assert_true (box_job_add_file (job, "other.dm", bytes, NULL));
  g_assert_true (box_job_add_file (job, "main.demo", bytes, NULL));
  g_assert_true (box_job_add_file (job, "data.txt", bytes, NULL));
  g_assert_true (box_job_set_args (job, args, NULL));
  return job;
}

static void
test_load (void)
{
  g_autofree char *path = write_language ("demo.language", GOOD);
  g_autoptr (GError) error = NULL;
  g_autoptr (BoxLanguage) language = box_language_load (path, &error);
  g_autoptr (BoxJob) job = make_job ();
  g_auto (GStrv) compile = NULL;
  g_auto (GStrv) run = NULL;
  g_auto (GStrv) environment = NULL;
  g_autofree char *compile_text = NULL;
  g_autofree char *run_text = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (language->id, ==, "demo");
  g_assert_cmpuint (language->run_limits.memory_bytes, ==, 64 << 20);
  g_assert_cmpuint (language->run_limits.wall_ms, ==, 0);
  g_assert_cmpuint (language->compile_limits.wall_ms, ==, 20000);
  compile = box_language_build_compile (language, job);
  compile_text = g_strjoinv (" ", compile);
  g_assert_cmpstr (compile_text, ==, "/bin/true -o main ./main.demo ./other.dm");
  run = box_language_build_run (language, job);
  run_text = g_strjoinv (" ", run);
  g_assert_cmpstr (run_text, ==, "/bin/echo ./main.demo {entry} b");
  environment = box_language_build_environment (language, FALSE);
  g_assert_true (g_strv_contains ((const char *const *) environment, "DEMO=1"));
  g_assert_true (g_strv_contains ((const char *const *) environment, "HOME=/work"));
}

static void
test_probe (void)
{
  g_autofree char *path = write_language ("demo.language", GOOD);
  g_autoptr (BoxLanguage) language = box_language_load (path, NULL);
  g_autofree char *json = NULL;

  box_language_probe (language, NULL);
  g_assert_null (language->missing);
  g_assert_cmpstr (language->version, ==, "1.2.3");
  json = box_language_to_json (language);
  g_assert_nonnull (strstr (json, "\"available\":true"));
  g_free (language->version_of);
  language->version_of = g_strdup ("echo");
  g_free (language->version_command[1]);
  language->version_command[1] = g_strdup ("go version go1.19.8 linux/amd64");
  box_language_probe (language, NULL);
  g_assert_cmpstr (language->version, ==, "echo 1.19.8");
  g_free (language->run[0]);
  language->run[0] = g_strdup ("/bin/not-there-at-all");
  box_language_probe (language, NULL);
  g_assert_cmpstr (language->missing, ==, "/bin/not-there-at-all is not installed");
}

static void
test_refused (void)
{
  static const struct {
    const char *from;
    const char *to;
  } changes[] = {
    { "id=demo\n", "" },
    { "id=demo", "id=De mo" },
    { "name=Demo\n", "" },
    { "name=Demo", "name=Demo\nnmae=Demo" },
    { "[limits]", "[limit]" },
    { "memory-mib=64", "memory-mib=0" },
    { "memory-mib=64", "memory-mib=many" },
    { "memory-mib=64", "memory-mib=-1" },
    { "file=main.demo", "file=../main.demo" },
    { "command=/bin/echo;{entry}", "command=echo;{entry}" },
    { "[run]\ncommand=/bin/echo;{entry}\n", "" },
    { "environment=DEMO=1", "paths=/home" },
    { "environment=DEMO=1", "paths=/usr/../root" },
    { "environment=DEMO=1", "paths=/etc/" },
    { "[run]", "diagnostics=clang9\n[run]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autoptr (GString) text = g_string_new (GOOD);
    g_autofree char *path = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_cmpuint (g_string_replace (text, changes[i].from, changes[i].to, 1), ==, 1);
    path = write_language ("bad.language", text->str);
    g_assert_null (box_language_load (path, &error));
    g_assert_nonnull (error);
    g_test_message ("%s", error->message);
    g_remove (path);
  }
}

/* Every file that is shipped can be read, and says which programs it wants by full path. */
static void
test_shipped (void)
{
  const char *folders[] = { LANGUAGES_FOLDER, "/there/is/none", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) languages = box_language_load_folders (folders, &error);
  static const char *const wanted[] = { "python", "javascript", "c", "cpp", "java", "bash",
    "sqlite", "ruby", "php", "typescript", "go", "rust", "csharp", "kotlin", "postgresql" };

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++) {
    const BoxLanguage *language = box_language_find (languages, wanted[i]);

    g_assert_nonnull (language);
    g_assert_nonnull (language->template_text);
  }
  g_assert_null (box_language_find (languages, "cobol"));
}

static void
test_later_folder_wins (void)
{
  g_autofree char *path = write_language ("python.language",
    "[language]\nid=python\nname=Mine\nfile=m.py\nextensions=py\n"
    "version=/bin/echo\n[run]\ncommand=/bin/echo;{entry}\n");
  const char *folders[] = { LANGUAGES_FOLDER, folder, NULL };
  g_autoptr (GPtrArray) languages = box_language_load_folders (folders, NULL);

  g_assert_cmpstr (box_language_find (languages, "python")->name, ==, "Mine");
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("box-language-XXXXXX", NULL);
  g_test_add_func ("/box-language/load", test_load);
  g_test_add_func ("/box-language/probe", test_probe);
  g_test_add_func ("/box-language/refused", test_refused);
  g_test_add_func ("/box-language/shipped", test_shipped);
  g_test_add_func ("/box-language/later-folder-wins", test_later_folder_wins);
  result = g_test_run ();
  path = g_build_filename (folder, "demo.language", NULL);
  g_remove (path);
  g_rmdir (folder);
  g_free (folder);
  return result;
}
