#include <stdio.h>

#include "coord-start-pages.h"

/* Of the process, from files: in KiB. */
static guint64
read_file_pages (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "RssFile:");
  g_assert_nonnull (line);
  return g_ascii_strtoull (
    line + strlen ("RssFile:") + strspn (line + strlen ("RssFile:"), " \t"), NULL, 10);
}

/* Fewer pages, and all of it still works. */
static void
test_release (void)
{
  guint64 before = read_file_pages ();
  g_autoptr (GRegex) regex = NULL;
  guint64 after;

  coord_start_pages_release ();
  after = read_file_pages ();
  g_test_message ("%" G_GUINT64_FORMAT " KiB, then %" G_GUINT64_FORMAT " KiB", before, after);
  g_assert_cmpuint (after, <, before);
  regex = g_regex_new ("^a+$", 0, 0, NULL);
  g_assert_true (g_regex_match (regex, "aaa", 0, NULL));
  coord_start_pages_release ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coord-start-pages/release", test_release);
  return g_test_run ();
}
