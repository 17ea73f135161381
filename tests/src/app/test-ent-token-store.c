#include "app/ent-token-store.h"

#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define ORIGIN "https://interviews.example.org"
#define SERVICE "org.freedesktop.secrets"
#define DAEMON "gnome-keyring-daemon"
#define LOGIN_KEYRING "/org/freedesktop/secrets/collection/login"

/* Each case has a session bus of its own, with or without a real secret service. What the app does
 * runs in a process of its own, as libsecret keeps the first service that it finds; GTest ends it
 * at the first critical warning. */

typedef struct {
  char *folder;
  GTestDBus *bus;
  GSubprocess *daemon; /* NULL: no secret service */
} Fixture;

static void
name_appeared_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  g_main_loop_quit (data);
}

static void
wait_for_service (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint watch = g_bus_watch_name (
    G_BUS_TYPE_SESSION, SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE, name_appeared_cb, NULL, loop, NULL);

  g_main_loop_run (loop);
  g_bus_unwatch_name (watch);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("entrevue-tokens-XXXXXX", &error);
  g_assert_no_error (error);
  g_setenv ("ENTREVUE_TEST_FOLDER", f->folder, TRUE);
  g_setenv ("XDG_DATA_HOME", f->folder, TRUE);
  g_unsetenv ("ENTREVUE_SECRETS");
  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->bus);
}

/* The name is on the bus before the keyring is unlocked. */
static void
wait_for_unlocked (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  gboolean is_locked = TRUE;

  while (is_locked) {
    g_autoptr (GVariant) answer =
      g_dbus_connection_call_sync (bus, SERVICE, LOGIN_KEYRING, "org.freedesktop.DBus.Properties",
        "Get", g_variant_new ("(ss)", "org.freedesktop.Secret.Collection", "Locked"),
        G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
    g_autoptr (GVariant) value = NULL;

    g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    if (answer != NULL)
      g_variant_get (answer, "(v)", &value);
    is_locked = value == NULL || g_variant_get_boolean (value);
  }
}

/* The daemon ends also when a case fails. */
static void
end_with_parent_cb (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

/* The keyring of somebody who has logged in. FALSE where there is no such program. */
static gboolean
start_service (Fixture *f)
{
  g_autofree char *program = g_find_program_in_path (DAEMON);
  g_autofree char *control = g_strdup_printf ("--control-directory=%s/control", f->folder);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  GOutputStream *input;

  if (program == NULL) {
    g_test_skip (DAEMON " is not installed");
    return FALSE;
  }
  launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_child_setup (launcher, end_with_parent_cb, NULL, NULL);
  f->daemon = g_subprocess_launcher_spawn (
    launcher, &error, program, "--foreground", "--unlock", "--components=secrets", control, NULL);
  g_assert_no_error (error);
  /* libsecret 0.20 leaks what the service tells it. */
  g_setenv ("LSAN_OPTIONS", "detect_leaks=0", TRUE);
  input = g_subprocess_get_stdin_pipe (f->daemon);
  g_output_stream_write_all (input, "keyring", 7, NULL, NULL, NULL);
  g_output_stream_close (input, NULL, NULL);
  wait_for_service ();
  wait_for_unlocked ();
  return TRUE;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_all (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->daemon != NULL) {
    g_subprocess_send_signal (f->daemon, SIGTERM);
    g_subprocess_wait (f->daemon, NULL, NULL);
  }
  g_clear_object (&f->daemon);
  g_test_dbus_down (f->bus);
  g_clear_object (&f->bus);
  remove_all (f->folder);
  g_free (f->folder);
}

/* --- in a process of its own -------------------------------------------------------------------
 */

static EntTokenStore *
new_store (void)
{
  EntProfile profile = { .name = (char *) "tester",
    .data_dir = (char *) g_getenv ("ENTREVUE_TEST_FOLDER") };

  return ent_token_store_new (&profile);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  char **token = data;

  *token = ent_token_store_load_finish (ENT_TOKEN_STORE (source), result, NULL);
  if (*token == NULL)
    *token = g_strdup ("none");
}

/* As the next start of the app finds it; "none" for nothing. */
static char *
load (void)
{
  g_autoptr (EntTokenStore) store = new_store ();
  char *token = NULL;

  ent_token_store_load_async (store, ORIGIN, NULL, loaded_cb, &token);
  while (token == NULL)
    g_main_context_iteration (NULL, TRUE);
  return token;
}

static void
save (const char *token)
{
  EntTokenStore *store = new_store ();

  ent_token_store_save (store, ORIGIN, token);
  g_object_unref (store); /* waits for it */
}

static void
assert_loads (const char *expected)
{
  g_autofree char *token = load ();

  g_assert_cmpstr (token, ==, expected);
}

static char *
build_file (void)
{
  return g_build_filename (g_getenv ("ENTREVUE_TEST_FOLDER"), "token", NULL);
}

static void
test_in_file (void)
{
  g_autofree char *file = build_file ();
  struct stat info;

  assert_loads ("none");
  save ("first");
  assert_loads ("first");
  g_assert_cmpint (g_stat (file, &info), ==, 0);
  g_assert_cmphex (info.st_mode & 0777, ==, 0600);
  save ("second");
  assert_loads ("second");
  save (NULL);
  assert_loads ("none");
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
}

static void
test_in_service (void)
{
  g_autofree char *file = build_file ();

  assert_loads ("none");
  save ("first");
  assert_loads ("first");
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  save ("second");
  assert_loads ("second");
  save (NULL);
  assert_loads ("none");
}

/* What a locked service could not take was kept in the file; it goes to the service when that can
 * be used again. */
static void
test_moves_to_service (void)
{
  g_autofree char *file = build_file ();

  g_assert_true (g_file_set_contents (file, ORIGIN "\nkept", -1, NULL));
  assert_loads ("kept");
  save ("next");
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  assert_loads ("next");
}

/* --- the cases ---------------------------------------------------------------------------------
 */

static void
run (const char *name)
{
  g_autofree char *path = g_strdup_printf ("/token-store/subprocess/%s", name);

  g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
test_without_service (Fixture *f, gconstpointer data)
{
  run ("in-file");
}

static void
test_with_service (Fixture *f, gconstpointer data)
{
  if (!start_service (f))
    return;
  run ("in-service");
  run ("moves-to-service");
}

static void
test_locked_service (Fixture *f, gconstpointer data)
{
  g_autoptr (GDBusConnection) bus = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;
  const char *collections[] = { LOGIN_KEYRING, NULL };

  if (!start_service (f))
    return;
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  answer = g_dbus_connection_call_sync (bus, SERVICE, "/org/freedesktop/secrets",
    "org.freedesktop.Secret.Service", "Lock", g_variant_new ("(^ao)", collections),
    G_VARIANT_TYPE ("(aoo)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  run ("in-file");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add (
    "/token-store/without-service", Fixture, NULL, set_up, test_without_service, tear_down);
  g_test_add ("/token-store/with-service", Fixture, NULL, set_up, test_with_service, tear_down);
  g_test_add ("/token-store/locked-service", Fixture, NULL, set_up, test_locked_service, tear_down);
  g_test_add_func ("/token-store/subprocess/in-file", test_in_file);
  g_test_add_func ("/token-store/subprocess/in-service", test_in_service);
  g_test_add_func ("/token-store/subprocess/moves-to-service", test_moves_to_service);
  return g_test_run ();
}
