/* TLS of our own, with clients that do what few do. */

#include "net/coord-tls-front.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ent-secret.h"
#include "net/coord-certificate.h"

#define PATIENCE_MS 30000
#define PER_ADDRESS 64
#define ADDRESSES 4 /* that take all places together */
#define EMPTY_RECORDS 4000

typedef struct {
  CoordTlsFront *front;
  struct sockaddr_in place;
  GArray *insides; /* int, as they came */
  gnutls_certificate_credentials_t credentials;
} Fixture;

typedef struct {
  gnutls_session_t session;
  int fd;
  GByteArray *held; /* what is sent at once later; NULL: nothing is held back */
} Client;

static void
take_cb (int fd, const char *address, gpointer data)
{
  g_array_append_val (((Fixture *) data)->insides, fd);
}

static char *
make_certificate (void)
{
  g_autofree char *folder = g_dir_make_tmp ("entrevue-tls-XXXXXX", NULL);
  g_autofree char *secrets = g_build_filename (folder, "secrets", NULL);
  g_autofree char *file = g_build_filename (secrets, "tls.pem", NULL);
  g_autofree char *pin = NULL;
  g_autoptr (GError) error = NULL;
  char *pem;

  g_assert_cmpint (g_mkdir (secrets, 0700), ==, 0);
  pem = coord_certificate_load (folder, &pin, &error);
  g_assert_no_error (error);
  g_unlink (file);
  g_rmdir (secrets);
  g_rmdir (folder);
  return pem;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int listening = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  socklen_t size = sizeof fixture->place;
  char *pem = make_certificate ();
  g_autoptr (GError) error = NULL;

  fixture->place =
    (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  g_assert_cmpint (bind (listening, (struct sockaddr *) &fixture->place, size), ==, 0);
  g_assert_cmpint (listen (listening, 4096), ==, 0);
  g_assert_cmpint (getsockname (listening, (struct sockaddr *) &fixture->place, &size), ==, 0);
  fixture->insides = g_array_new (FALSE, FALSE, sizeof (int));
  fixture->front = coord_tls_front_new (listening, pem, take_cb, fixture, &error);
  g_assert_no_error (error);
  ent_secret_free (pem);
  gnutls_certificate_allocate_credentials (&fixture->credentials);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  coord_tls_front_free (fixture->front);
  for (guint i = 0; i < fixture->insides->len; i++)
    close (g_array_index (fixture->insides, int, i));
  g_array_unref (fixture->insides);
  gnutls_certificate_free_credentials (fixture->credentials);
}

/* A connection from 127.0.0.HOST. */
static int
dial (Fixture *fixture, guint host)
{
  struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (0x7f000000 + host) };
  struct timeval patience = { PATIENCE_MS / 1000, 0 };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &from, sizeof from), ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &fixture->place, sizeof fixture->place), ==, 0);
  return fd;
}

static gssize
push_cb (gnutls_transport_ptr_t data, const void *bytes, size_t size)
{
  Client *client = data;

  if (client->held == NULL)
    return send (client->fd, bytes, size, MSG_NOSIGNAL);
  g_byte_array_append (client->held, bytes, size);
  return size;
}

static gssize
pull_cb (gnutls_transport_ptr_t data, void *bytes, size_t size)
{
  return recv (((Client *) data)->fd, bytes, size, 0);
}

/* NULL: there was no handshake. */
static Client *
client_new (Fixture *fixture, guint host)
{
  Client *client = g_new0 (Client, 1);

  client->fd = dial (fixture, host);
  gnutls_init (&client->session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL);
  gnutls_priority_set_direct (client->session, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL);
  gnutls_credentials_set (client->session, GNUTLS_CRD_CERTIFICATE, fixture->credentials);
  gnutls_transport_set_ptr (client->session, client);
  gnutls_transport_set_push_function (client->session, push_cb);
  gnutls_transport_set_pull_function (client->session, pull_cb);
  if (gnutls_handshake (client->session) == 0)
    return client;
  gnutls_deinit (client->session);
  close (client->fd);
  g_free (client);
  return NULL;
}

static void
client_free (Client *client)
{
  gnutls_deinit (client->session);
  close (client->fd);
  g_free (client);
}

static void
send_held (Client *client)
{
  g_autoptr (GByteArray) held = g_steal_pointer (&client->held);

  g_assert_cmpint (send (client->fd, held->data, held->len, MSG_NOSIGNAL), ==, held->len);
}

/* The plain end of the newest connection. */
static int
wait_inside (Fixture *fixture, guint count)
{
  while (fixture->insides->len < count)
    g_main_context_iteration (NULL, TRUE);
  return g_array_index (fixture->insides, int, count - 1);
}

/* What comes to the inside next: the number of bytes, 0 at the end. */
static gssize
read_inside (int fd, char *bytes, gsize size)
{
  struct pollfd watched = { fd, POLLIN, 0 };

  g_assert_cmpint (poll (&watched, 1, PATIENCE_MS), ==, 1);
  return recv (fd, bytes, size, 0);
}

static void
ask (Client *client)
{
  g_assert_cmpint (gnutls_record_send (client->session, "ask", 3), ==, 3);
}

static void
assert_asked (int inside)
{
  char bytes[8];

  g_assert_cmpint (read_inside (inside, bytes, sizeof bytes), ==, 3);
}

/* A new key and a request that come together: nothing comes later that would wake anybody. */
static void
test_new_key (Fixture *fixture, gconstpointer data)
{
  Client *client = client_new (fixture, 1);
  int inside = wait_inside (fixture, 1);

  client->held = g_byte_array_new ();
  g_assert_cmpint (gnutls_session_key_update (client->session, 0), ==, 0);
  ask (client);
  send_held (client);
  assert_asked (inside);
  client_free (client);
}

/* Records without anything in them are no request, however many there are. */
static void
test_empty_records (Fixture *fixture, gconstpointer data)
{
  Client *client = client_new (fixture, 1);
  int inside = wait_inside (fixture, 1);
  char bytes[8];

  ask (client);
  assert_asked (inside);
  for (guint i = 0; i < EMPTY_RECORDS; i++)
    if (gnutls_record_send2 (client->session, "", 0, 100, 0) < 0)
      break;
  g_assert_cmpint (read_inside (inside, bytes, sizeof bytes), ==, 0);
  client_free (client);
}

/* Some addresses hold all places and say nothing. Another one gets in, and who has had an answer
 * stays. */
static void
test_full_house (Fixture *fixture, gconstpointer data)
{
  int silent[PER_ADDRESS * ADDRESSES];
  Client *old = client_new (fixture, 1);
  int inside = wait_inside (fixture, 1);
  char bytes[8];

  ask (old);
  assert_asked (inside);
  g_assert_cmpint (send (inside, "answer", 6, MSG_NOSIGNAL), ==, 6);
  g_assert_cmpint (gnutls_record_recv (old->session, bytes, sizeof bytes), ==, 6);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = dial (fixture, 1 + i / PER_ADDRESS);
  for (guint i = 0; i < PER_ADDRESS / 2; i++) {
    Client *newcomer = client_new (fixture, ADDRESSES + 1);

    g_assert_nonnull (newcomer);
    ask (newcomer);
    assert_asked (wait_inside (fixture, 2 + i));
    client_free (newcomer);
  }
  ask (old);
  assert_asked (inside);
  client_free (old);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    close (silent[i]);
}

/* One address has all its places taken by who says nothing: after a while it gets in again. */
static void
test_full_address (Fixture *fixture, gconstpointer data)
{
  int silent[PER_ADDRESS];
  Client *client = NULL;

  for (guint i = 0; i < PER_ADDRESS; i++)
    silent[i] = dial (fixture, 1);
  for (guint tries = 0; client == NULL && tries < 50; tries++) {
    g_usleep (G_USEC_PER_SEC / 10);
    client = client_new (fixture, 1);
  }
  g_assert_nonnull (client);
  client_free (client);
  for (guint i = 0; i < PER_ADDRESS; i++)
    close (silent[i]);
}

#define ADD(path, function) \
  g_test_add ("/coordinator/tls-front/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("new-key", test_new_key);
  ADD ("empty-records", test_empty_records);
  ADD ("full-house", test_full_house);
  ADD ("full-address", test_full_address);
  return g_test_run ();
}
