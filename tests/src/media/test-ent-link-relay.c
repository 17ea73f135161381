/* A link by a real TURN server on this computer, with policy relay and credentials as a coordinator
 * makes them. Skipped where coturn is not installed or nothing but loopback exists. */

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "link-pair.h"
#include "media/ent-media.h"

#define SECRET "north+/="

typedef struct {
  GSubprocess *process;
  char *folder;
  char *address;
  guint16 port;
} Turn;

static char *
find_address (void)
{
  struct ifaddrs *all = NULL;
  char *found = NULL;

  if (getifaddrs (&all) != 0)
    return NULL;
  for (struct ifaddrs *one = all; one != NULL && found == NULL; one = one->ifa_next) {
    char text[INET_ADDRSTRLEN];

    if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET ||
        (one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_LOOPBACK) != 0)
      continue;
    inet_ntop (AF_INET, &((struct sockaddr_in *) one->ifa_addr)->sin_addr, text, sizeof text);
    found = g_strdup (text);
  }
  freeifaddrs (all);
  return found;
}

/* A port that was free a moment ago: coturn cannot tell which one it took by itself. */
static guint16
find_port (const char *address)
{
  g_autoptr (GSocket) socket =
    g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* In the child: a test that is aborted leaves no server behind. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
turn_start (Turn *turn)
{
  g_autofree char *program = g_find_program_in_path ("turnserver");
  g_autofree char *port = NULL;
  g_autofree char *log = NULL;
  g_autofree char *pid_file = NULL;
  g_autofree char *database = NULL;
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;

  turn->address = find_address ();
  if (program == NULL || turn->address == NULL)
    return FALSE;
  turn->folder = g_dir_make_tmp ("ent-turn-XXXXXX", NULL);
  turn->port = find_port (turn->address);
  port = g_strdup_printf ("%u", turn->port);
  log = g_strconcat ("--log-file=", turn->folder, "/log", NULL);
  pid_file = g_strconcat ("--pidfile=", turn->folder, "/pid", NULL);
  database = g_strconcat ("--db=", turn->folder, "/db", NULL);
  launcher = g_subprocess_launcher_new (
    G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  turn->process = g_subprocess_launcher_spawn (launcher, &error, program, "-n", "--listening-port",
    port, "--listening-ip", turn->address, "--relay-ip", turn->address, "--use-auth-secret",
    "--static-auth-secret", SECRET, "--realm", "test", "--no-tls", "--no-dtls", "--no-cli",
    "--simple-log", log, pid_file, database, NULL);
  g_assert_no_error (error);
  return TRUE;
}

static void
turn_stop (Turn *turn)
{
  static const char *const files[] = { "log", "pid", "db" };

  if (turn->process != NULL) {
    g_subprocess_force_exit (turn->process);
    g_subprocess_wait (turn->process, NULL, NULL);
    g_object_unref (turn->process);
  }
  for (gsize i = 0; turn->folder != NULL && i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (turn->folder, files[i], NULL);

    g_unlink (path);
  }
  if (turn->folder != NULL)
    g_rmdir (turn->folder);
  g_free (turn->folder);
  g_free (turn->address);
}

static gboolean
is_listening (gpointer data)
{
  Turn *turn = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, turn->address, turn->port, NULL, NULL);

  return connection != NULL;
}

static EntIceConfig *
make_config (Turn *turn)
{
  EntIceConfig *config = ent_ice_config_new (ENT_ICE_POLICY_RELAY);
  g_autofree char *url = g_strdup_printf ("turn:%s:%u?transport=udp", turn->address, turn->port);
  const char *urls[] = { url, NULL };
  g_autofree char *username =
    g_strdup_printf ("%" G_GINT64_FORMAT ":ada", g_get_real_time () / G_USEC_PER_SEC + 600);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) SECRET, strlen (SECRET));
  guint8 digest[20];
  gsize size = sizeof digest;
  g_autofree char *credential = NULL;
  g_autoptr (GError) error = NULL;

  g_hmac_update (hmac, (const guchar *) username, -1);
  g_hmac_get_digest (hmac, digest, &size);
  credential = g_base64_encode (digest, size);
  ent_ice_config_add_server (config, urls, username, credential, 0, &error);
  g_assert_no_error (error);
  return config;
}

static char *
note_candidates (const char *text, gboolean is_description, gpointer data)
{
  if (!is_description)
    g_ptr_array_add (data, g_strdup (text));
  return g_strdup (text);
}

static gboolean
has_message (gpointer data)
{
  return ((LinkPair *) data)->messages[1]->len > 0;
}

static gboolean
has_channel (gpointer data)
{
  return ent_link_is_channel_open (((LinkPair *) data)->ends[0], ENT_LINK_SYNC);
}

static void
test_relay_only (void)
{
  Turn turn = { 0 };
  g_autoptr (EntIceConfig) config = NULL;
  g_autoptr (LinkPair) pair = NULL;
  g_autoptr (GPtrArray) candidates = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) bytes = g_bytes_new ("hello", 5);

  if (!turn_start (&turn)) {
    turn_stop (&turn);
    g_test_skip ("needs coturn and a network address");
    return;
  }
  wait_until (is_listening, &turn);
  config = make_config (&turn);
  pair = link_pair_new (ENT_LINK_DATA, config, NULL);
  pair->bribe = note_candidates;
  pair->bribe_data = candidates;
  link_pair_start (pair);
  link_pair_wait_verified (pair);
  wait_until (has_channel, pair);
  g_assert_true (ent_link_send (pair->ends[0], ENT_LINK_SYNC, bytes, NULL));
  wait_until (has_message, pair);
  for (guint i = 0; i < 2; i++) {
    EntLinkPath path;

    g_assert_true (ent_link_get_path (pair->ends[i], &path));
    g_assert_true (ent_link_path_is_relayed (&path));
    g_assert_cmpint (path.local, ==, ENT_CANDIDATE_RELAYED);
    g_assert_cmpint (path.remote, ==, ENT_CANDIDATE_RELAYED);
  }
  g_assert_cmpuint (candidates->len, >=, 2);
  for (guint i = 0; i < candidates->len; i++) {
    const char *candidate = g_ptr_array_index (candidates, i);

    if (strlen (candidate) > 2)
      g_assert_nonnull (strstr (candidate, " typ relay"));
  }
  g_clear_pointer (&pair, link_pair_free);
  finish_media ();
  turn_stop (&turn);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  ent_media_init (&error);
  g_assert_no_error (error);
  g_test_add_func ("/link-relay/relay-only", test_relay_only);
  return g_test_run ();
}
