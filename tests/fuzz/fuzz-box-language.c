#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sandbox/box-language.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A language that was read can be used with any job: its commands start with a full path. */
static void
use_language (const BoxLanguage *language)
{
  g_autoptr (BoxJob) job = box_job_new ("-o.c", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autofree char *shown = box_language_to_json (language);
  g_auto (GStrv) run = NULL;
  g_auto (GStrv) environment = box_language_build_environment (language, TRUE);

  g_assert_true (box_job_add_file (job, "-o.c", bytes, NULL));
  g_assert_true (box_job_add_file (job, "@x.py", bytes, NULL));
  run = box_language_build_run (language, job);
  g_assert_nonnull (run[0]);
  for (char **name = environment; *name != NULL; name++)
    g_assert_true (g_utf8_validate (*name, -1, NULL));
  if (language->compile != NULL) {
    g_auto (GStrv) compile = box_language_build_compile (language, job);

    g_assert_nonnull (compile[0]);
  }
  g_assert_true (language->compile_limits.wall_ms > 0 && language->compile_limits.memory_bytes > 0);
}

/* An operator's key file. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int fd = memfd_create ("language", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autoptr (BoxLanguage) language = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (write (fd, data, size), ==, size);
  language = box_language_load (path, &error);
  close (fd);
  g_assert_true ((language == NULL) == (error != NULL));
  if (language != NULL)
    use_language (language);
  return 0;
}
