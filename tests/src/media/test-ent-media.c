#include "media/ent-media.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "media/ent-pipeline.h"

/* A computer on which the plugins are not installed is told what to install. */
static void
test_missing_element (void)
{
  g_autoptr (GError) error = NULL;

  if (g_test_subprocess ()) {
    g_autofree char *folder = g_dir_make_tmp ("ent-media-XXXXXX", NULL);
    g_autofree char *registry = g_build_filename (folder, "registry", NULL);

    g_setenv ("GST_PLUGIN_SYSTEM_PATH_1_0", folder, TRUE);
    g_setenv ("GST_REGISTRY_1_0", registry, TRUE);
    g_assert_false (ent_media_init (&error));
    g_unlink (registry);
    g_rmdir (folder);
    g_assert_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_MISSING);
    g_assert_nonnull (strstr (error->message, "gstreamer1.0-plugins-bad"));
    g_assert_nonnull (strstr (error->message, "webrtcbin"));
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_warm_up (void)
{
  g_autoptr (GError) error = NULL;

  ent_media_init (&error);
  g_assert_no_error (error);
  ent_media_init (&error);
  g_assert_no_error (error);
  g_assert_true (ent_media_finish (0));
  ent_media_warm_up ();
  g_assert_true (ent_media_finish (60000));
}

static gpointer
never_end (gpointer data)
{
  GMutex *held = data;

  g_mutex_lock (held);
  return NULL;
}

static void
fail_at_exit (void)
{
  _exit (1);
}

static void
pass_at_exit (void)
{
  _exit (0);
}

/* What hangs may still use what exit() takes away, so that is not done. */
static void
test_exit_while_one_hangs (void)
{
  static GMutex held;

  if (g_test_subprocess ()) {
    atexit (fail_at_exit);
    g_mutex_lock (&held);
    ent_pipeline_run_in_thread ("never", never_end, &held);
    ent_media_exit (0, 1);
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
test_exit_in_order (void)
{
  if (g_test_subprocess ()) {
    atexit (pass_at_exit);
    ent_media_exit (1, 60000);
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/missing-element", test_missing_element);
  g_test_add_func ("/media/warm-up", test_warm_up);
  g_test_add_func ("/media/exit/while-one-hangs", test_exit_while_one_hangs);
  g_test_add_func ("/media/exit/in-order", test_exit_in_order);
  return g_test_run ();
}
