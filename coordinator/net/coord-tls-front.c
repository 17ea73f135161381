#include "net/coord-tls-front.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/coord-port.h"

#define MAX_CONNECTIONS 256
#define MAX_PER_ADDRESS 64
#define HANDSHAKE_US (10 * G_USEC_PER_SEC)
#define HALF_OPEN_US (10 * G_USEC_PER_SEC) /* after one side has ended */
#define MAX_TALK (64 * 1024) /* of a client about TLS alone; its greeting has 4 KiB at most */
#define PATIENCE_US G_USEC_PER_SEC /* with who has no answer yet, when there is no place left */
#define SWEEP_MS 500
#define BUFFER (16 * 1024)
#define TURNS 16 /* of one connection before the others have theirs */

/* TLS 1.2 and 1.3, with forward secrecy and ciphers that authenticate. */
#define PRIORITIES \
  "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM" \
  ":+CHACHA20-POLY1305"

/* Everything here but new, stop, free and gifts_cb runs in the thread. Descriptors are watched by
 * edge: an event is a reason to try all that a connection may have to do, until nothing moves. */

typedef struct {
  guint8 bytes[BUFFER];
  gsize at, size;
} Buffer;

typedef struct _Link Link;

typedef struct {
  Link *link;
  int fd; /* -1: none */
} End;

struct _Link {
  CoordTlsFront *front;
  char *address;
  End outside, inside; /* TCP with TLS; plain, from the end of the handshake on */
  gnutls_session_t session;
  Buffer in, out; /* to the inside, to the outside */
  gint64 since_us; /* of the handshake, or of the first end */
  gint64 accepted_us;
  gboolean has_asked, is_answered; /* something of a request, of an answer has passed */
  gsize n_talked; /* bytes that came since there was something of a request */
  gboolean is_outside_over, is_inside_over; /* nothing more to read there */
  gboolean is_inside_gone; /* what it wrote is still to be read */
  gboolean is_inside_shut, is_outside_shut; /* and the other side was told */
  gboolean is_dead;
  gboolean wants_turn;
};

struct _CoordTlsFront {
  GThread *thread;
  gnutls_certificate_credentials_t credentials;
  gnutls_priority_t priorities;
  CoordTlsTake take;
  gpointer data;
  GAsyncQueue *gifts; /* Gift */
  int gifts_fd; /* eventfd: there are gifts */
  guint gifts_source;
  int orders_fd; /* eventfd: look at the two flags */
  gint is_stopped, is_ending; /* atomic */

  int listening_fd; /* -1: stopped */
  int epoll_fd;
  GHashTable *links; /* set of Link */
  GHashTable *per_address; /* address -> count */
};

/* What goes to the main thread. */
typedef struct {
  int fd;
  char *address;
} Gift;

static void
gift_free (Gift *gift)
{
  if (gift->fd >= 0)
    close (gift->fd);
  g_free (gift->address);
  g_free (gift);
}

static void
wake (int fd)
{
  guint64 one = 1;

  if (write (fd, &one, sizeof one) < 0)
    g_debug ("eventfd: %s", g_strerror (errno));
}

static void
calm (int fd)
{
  guint64 count;

  if (read (fd, &count, sizeof count) < 0)
    g_debug ("eventfd: %s", g_strerror (errno));
}

/* Main thread. */
static gboolean
gifts_cb (int fd, GIOCondition condition, gpointer data)
{
  CoordTlsFront *front = data;
  Gift *gift;

  calm (fd);
  while ((gift = g_async_queue_try_pop (front->gifts)) != NULL) {
    front->take (gift->fd, gift->address, front->data);
    gift->fd = -1;
    gift_free (gift);
  }
  return G_SOURCE_CONTINUE;
}

/* Links. */

static void
change_count (CoordTlsFront *front, const char *address, int by)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (front->per_address, address)) + by;

  if (count == 0)
    g_hash_table_remove (front->per_address, address);
  else
    g_hash_table_replace (front->per_address, g_strdup (address), GUINT_TO_POINTER (count));
}

static void
link_free (gpointer data)
{
  Link *link = data;

  change_count (link->front, link->address, -1);
  gnutls_deinit (link->session);
  close (link->outside.fd);
  if (link->inside.fd >= 0)
    close (link->inside.fd);
  g_free (link->address);
  g_free (link);
}

static gboolean
watch (CoordTlsFront *front, End *end)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
    .data.ptr = end };

  return epoll_ctl (front->epoll_fd, EPOLL_CTL_ADD, end->fd, &event) == 0;
}

/* From now on the rest has its time. */
static void
note_end (Link *link)
{
  if (!link->is_outside_over && !link->is_inside_over && !link->is_inside_gone)
    link->since_us = g_get_monotonic_time ();
}

/* The handshake is done: the plain end goes to the main thread. */
static gboolean
open_inside (Link *link)
{
  CoordTlsFront *front = link->front;
  Gift *gift;
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
    return FALSE;
  link->inside.fd = pair[0];
  if (!watch (front, &link->inside)) {
    close (pair[1]);
    return FALSE;
  }
  gift = g_new0 (Gift, 1);
  gift->fd = pair[1];
  gift->address = g_strdup (link->address);
  g_async_queue_push (front->gifts, gift);
  wake (front->gifts_fd);
  return TRUE;
}

static gboolean
is_later (gssize code)
{
  return code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED;
}

/* GnuTLS may want to be called again although there is more: behind a part of a greeting, or a
 * change of keys. No event will tell of that. */
static gboolean
has_more (const Link *link)
{
  char byte;

  return gnutls_record_get_direction (link->session) == 0 &&
         (recv (link->outside.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN);
}

/* Each of these does one thing if it can: TRUE when something moved. */

static gboolean
shake (Link *link)
{
  int code = gnutls_handshake (link->session);

  if (code == 0)
    link->is_dead = !open_inside (link);
  else if (!is_later (code) && gnutls_error_is_fatal (code))
    link->is_dead = TRUE;
  return code == 0 || !is_later (code) || has_more (link);
}

static gboolean
read_outside (Link *link)
{
  gssize n;

  if (link->is_outside_over || link->in.size > 0)
    return FALSE;
  n = gnutls_record_recv (link->session, link->in.bytes, BUFFER);
  if (is_later (n))
    return has_more (link);
  if (n > 0) {
    link->in.size = n;
    link->n_talked = 0;
    link->has_asked = TRUE;
  } else if (n == 0 || n == GNUTLS_E_PREMATURE_TERMINATION) {
    note_end (link);
    link->is_outside_over = TRUE;
  } else
    link->is_dead = TRUE; /* a second handshake too */
  return TRUE;
}

static gboolean
write_inside (Link *link)
{
  Buffer *in = &link->in;
  gssize n;

  if (in->size == 0) {
    if (!link->is_outside_over || link->is_inside_shut)
      return FALSE;
    link->is_inside_shut = TRUE;
    shutdown (link->inside.fd, SHUT_WR);
    return TRUE;
  }
  n = send (link->inside.fd, in->bytes + in->at, in->size - in->at, MSG_NOSIGNAL);
  if (n < 0) {
    link->is_dead = errno != EAGAIN && errno != EINTR;
    return errno == EINTR;
  }
  in->at += n;
  if (in->at == in->size)
    in->at = in->size = 0;
  return TRUE;
}

static gboolean
read_inside (Link *link)
{
  gssize n;

  if (link->is_inside_over || link->out.size > 0)
    return FALSE;
  n = recv (link->inside.fd, link->out.bytes, BUFFER, 0);
  if (n > 0) {
    link->out.size = n;
    link->is_answered = TRUE;
  } else if (n == 0) {
    note_end (link);
    link->is_inside_over = TRUE;
  } else {
    link->is_dead = errno != EAGAIN && errno != EINTR;
    return errno == EINTR;
  }
  return TRUE;
}

static gboolean
write_outside (Link *link)
{
  Buffer *out = &link->out;
  gssize n;

  if (out->size == 0) {
    if (!link->is_inside_over || link->is_outside_shut)
      return FALSE;
    if (is_later (gnutls_bye (link->session, GNUTLS_SHUT_WR)))
      return FALSE;
    link->is_outside_shut = TRUE;
    shutdown (link->outside.fd, SHUT_WR);
    return TRUE;
  }
  n = gnutls_record_send (link->session, out->bytes + out->at, out->size - out->at);
  if (n < 0) {
    link->is_dead = !is_later (n);
    return FALSE;
  }
  out->at += n;
  if (out->at == out->size)
    out->at = out->size = 0;
  return TRUE;
}

static void
take_turn (Link *link)
{
  guint turns = 0;
  gboolean has_moved = TRUE;

  while (has_moved && !link->is_dead && turns++ < TURNS) {
    if (link->inside.fd < 0) {
      has_moved = shake (link);
      continue;
    }
    has_moved = read_outside (link);
    has_moved |= !link->is_dead && write_inside (link);
    has_moved |= !link->is_dead && read_inside (link);
    has_moved |= !link->is_dead && write_outside (link);
  }
  link->is_dead |= link->is_inside_shut && link->is_outside_shut;
  link->wants_turn = has_moved;
}

/* The thread. */

/* GnuTLS keeps a message of a handshake until it is whole, and that may be of 16 MiB. */
static gssize
pull (gnutls_transport_ptr_t data, void *bytes, size_t size)
{
  Link *link = data;
  gssize n = recv (link->outside.fd, bytes, size, 0);

  if (n > 0 && (link->n_talked += n) > MAX_TALK) {
    errno = EMSGSIZE;
    return -1;
  }
  return n;
}

static guint
count_of (CoordTlsFront *front, const char *address)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (front->per_address, address));
}

/* Whether a place is rather taken from the first: who has asked nothing yet goes before who has,
 * then who has the most connections, then who waits the longest. */
static gboolean
goes_before (const Link *link, const Link *other)
{
  guint count = count_of (link->front, link->address);
  guint count_other = count_of (link->front, other->address);

  if (link->has_asked != other->has_asked)
    return !link->has_asked;
  return count != count_other ? count > count_other : link->accepted_us < other->accepted_us;
}

/* Takes a place from somebody without an answer, for a newcomer: from who has had a while for it,
 * or has more of them than the newcomer will. address: whose place, NULL: anybody's. */
static gboolean
take_place (CoordTlsFront *front, const char *address, guint count_newcomer)
{
  gint64 now_us = g_get_monotonic_time ();
  Link *first = NULL;
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, front->links);
  while (g_hash_table_iter_next (&iter, &data, NULL)) {
    Link *link = data;

    if (link->is_answered || (address != NULL && strcmp (link->address, address) != 0) ||
        (now_us - link->accepted_us <= PATIENCE_US &&
          count_of (front, link->address) <= count_newcomer + 1))
      continue;
    if (first == NULL || goes_before (link, first))
      first = link;
  }
  return first != NULL && g_hash_table_remove (front->links, first);
}

static gboolean
has_place (CoordTlsFront *front, const char *address)
{
  guint count = count_of (front, address);

  if (count >= MAX_PER_ADDRESS)
    return take_place (front, address, count);
  return g_hash_table_size (front->links) < MAX_CONNECTIONS || take_place (front, NULL, count);
}

static void
welcome (CoordTlsFront *front, int fd, const struct sockaddr_storage *from)
{
  g_autofree char *address = coord_port_format_address (from);
  gnutls_session_t session = NULL;
  int one = 1;
  Link *link;

  if (!has_place (front, address) ||
      gnutls_init (&session, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0) {
    close (fd);
    return;
  }
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  gnutls_priority_set (session, front->priorities);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, front->credentials);
  gnutls_certificate_server_set_request (session, GNUTLS_CERT_IGNORE);
  link = g_new0 (Link, 1);
  gnutls_transport_set_ptr2 (session, link, GINT_TO_POINTER (fd));
  gnutls_transport_set_pull_function (session, pull);
  link->front = front;
  link->session = session;
  link->address = g_steal_pointer (&address);
  link->outside = (End){ link, fd };
  link->inside = (End){ link, -1 };
  link->since_us = link->accepted_us = g_get_monotonic_time ();
  g_hash_table_add (front->links, link);
  change_count (front, link->address, 1);
  link->is_dead = !watch (front, &link->outside);
  link->wants_turn = TRUE;
}

static void
accept_all (CoordTlsFront *front)
{
  for (guint i = 0; i < 64 && front->listening_fd >= 0; i++) {
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    int fd =
      accept4 (front->listening_fd, (struct sockaddr *) &from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
      return;
    welcome (front, fd, &from);
  }
}

static void
obey (CoordTlsFront *front)
{
  calm (front->orders_fd);
  if (g_atomic_int_get (&front->is_stopped) && front->listening_fd >= 0) {
    close (front->listening_fd);
    front->listening_fd = -1;
  }
}

static gboolean
is_late (const Link *link, gint64 now_us)
{
  if (link->inside.fd < 0)
    return now_us - link->since_us > HANDSHAKE_US;
  return (link->is_outside_over || link->is_inside_over || link->is_inside_gone) &&
         now_us - link->since_us > HALF_OPEN_US;
}

/* Lets everybody on who could not finish, and removes those who are dead or late. Returns whether
 * somebody still wants a turn. */
static gboolean
go_round (CoordTlsFront *front)
{
  gint64 now_us = g_get_monotonic_time ();
  gboolean is_busy = FALSE;
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, front->links);
  while (g_hash_table_iter_next (&iter, &data, NULL)) {
    Link *link = data;

    if (link->wants_turn && !link->is_dead)
      take_turn (link);
    if (link->is_dead || is_late (link, now_us))
      g_hash_table_iter_remove (&iter);
    else
      is_busy |= link->wants_turn;
  }
  return is_busy;
}

static gpointer
run (gpointer data)
{
  CoordTlsFront *front = data;
  gboolean is_busy = FALSE;

  while (!g_atomic_int_get (&front->is_ending)) {
    struct epoll_event events[64];
    int n = epoll_wait (front->epoll_fd, events, G_N_ELEMENTS (events), is_busy ? 0 : SWEEP_MS);
    gboolean has_newcomers = FALSE;

    for (int i = 0; i < n; i++) {
      End *end = events[i].data.ptr;

      if (end == (gpointer) &front->listening_fd)
        has_newcomers = TRUE;
      else if (end == (gpointer) &front->orders_fd)
        obey (front);
      else {
        end->link->wants_turn = TRUE;
        /* Who never reads would never let us see that the inside has gone. */
        if (end == &end->link->inside && (events[i].events & EPOLLHUP) != 0) {
          note_end (end->link);
          end->link->is_inside_gone = TRUE;
        }
      }
    }
    if (has_newcomers)
      accept_all (front); /* may free links, which events name */
    is_busy = go_round (front);
  }
  return NULL;
}

/* Main thread. */

static gboolean
fail (GError **error, const char *what, const char *why)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Could not %s: %s", what, why);
  return FALSE;
}

static gboolean
prepare_tls (CoordTlsFront *front, const char *pem, GError **error)
{
  gnutls_datum_t datum = { (unsigned char *) pem, strlen (pem) };
  int code;

  if ((code = gnutls_certificate_allocate_credentials (&front->credentials)) < 0 ||
      (code = gnutls_certificate_set_x509_key_mem (
         front->credentials, &datum, &datum, GNUTLS_X509_FMT_PEM)) < 0 ||
      (code = gnutls_priority_init (&front->priorities, PRIORITIES, NULL)) < 0)
    return fail (error, "use the certificate", gnutls_strerror (code));
  return TRUE;
}

static gboolean
prepare_descriptors (CoordTlsFront *front, GError **error)
{
  struct epoll_event accepting = { .events = EPOLLIN, .data.ptr = &front->listening_fd };
  struct epoll_event orders = { .events = EPOLLIN, .data.ptr = &front->orders_fd };

  front->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  front->gifts_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  front->orders_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (front->epoll_fd < 0 || front->gifts_fd < 0 || front->orders_fd < 0 ||
      epoll_ctl (front->epoll_fd, EPOLL_CTL_ADD, front->listening_fd, &accepting) != 0 ||
      epoll_ctl (front->epoll_fd, EPOLL_CTL_ADD, front->orders_fd, &orders) != 0)
    return fail (error, "prepare TLS", g_strerror (errno));
  return TRUE;
}

CoordTlsFront *
coord_tls_front_new (int listening_fd,
  const char *pem,
  CoordTlsTake take,
  gpointer data,
  GError **error)
{
  g_autoptr (CoordTlsFront) front = g_new0 (CoordTlsFront, 1);

  front->listening_fd = listening_fd;
  front->epoll_fd = front->gifts_fd = front->orders_fd = -1;
  front->take = take;
  front->data = data;
  front->gifts = g_async_queue_new_full ((GDestroyNotify) gift_free);
  front->links = g_hash_table_new_full (NULL, NULL, link_free, NULL);
  front->per_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!prepare_tls (front, pem, error) || !prepare_descriptors (front, error))
    return NULL;
  front->gifts_source = g_unix_fd_add (front->gifts_fd, G_IO_IN, gifts_cb, front);
  front->thread = g_thread_new ("tls", run, front);
  return g_steal_pointer (&front);
}

void
coord_tls_front_stop (CoordTlsFront *front)
{
  g_atomic_int_set (&front->is_stopped, TRUE);
  wake (front->orders_fd);
}

static void
close_if_open (int fd)
{
  if (fd >= 0)
    close (fd);
}

void
coord_tls_front_free (CoordTlsFront *front)
{
  if (front->thread != NULL) {
    g_atomic_int_set (&front->is_ending, TRUE);
    wake (front->orders_fd);
    g_thread_join (front->thread);
    g_source_remove (front->gifts_source);
  }
  g_hash_table_unref (front->links);
  g_hash_table_unref (front->per_address);
  g_async_queue_unref (front->gifts);
  close_if_open (front->listening_fd);
  close_if_open (front->epoll_fd);
  close_if_open (front->gifts_fd);
  close_if_open (front->orders_fd);
  if (front->priorities != NULL)
    gnutls_priority_deinit (front->priorities);
  if (front->credentials != NULL)
    gnutls_certificate_free_credentials (front->credentials);
  g_free (front);
}
