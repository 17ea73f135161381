#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz-same.h"
#include "net/coord-socket.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define MAX_MESSAGE 300

static gboolean is_closed;

/* Answers, and closes when it is told to. */
static void
message_cb (CoordSocket *socket, gboolean is_text, GBytes *message, gpointer data)
{
  gsize size;
  const char *bytes = g_bytes_get_data (message, &size);

  g_assert_false (is_closed);
  g_assert_cmpuint (size, <=, MAX_MESSAGE);
  g_assert_true (!is_text || fuzz_same_is_text (bytes, size));
  if (size == 1 && bytes[0] == 'x')
    coord_socket_close (socket, COORD_CLOSE_ENDED, "x");
  else if (is_text)
    coord_socket_send_text (socket, message);
  else
    coord_socket_send_binary (socket, message);
}

static void
closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
  g_assert_false (is_closed);
  g_assert_nonnull (reason);
  is_closed = TRUE;
}

static const CoordSocketEvents events = { message_cb, closed_cb };

/* The bytes of a client, which come in pieces: the first byte is how long those are, and whether
 * the first one came with the handshake. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const CoordSocketLimits limits = { MAX_MESSAGE, 20, 4096 };
  static CoordSocketHub *hub;
  g_autoptr (GBytes) early = NULL;
  gsize step, at = 0;
  int fds[2];

  if (size == 0)
    return 0;
  if (hub == NULL) {
    fuzz_same_set_up ();
    hub = coord_socket_hub_new ();
    coord_socket_hub_hold (hub);
  }
  step = 1 + data[0] / 2;
  data++;
  size--;
  if (data[-1] % 2 == 1) {
    at = MIN (step, size);
    early = g_bytes_new (data, at);
  }
  is_closed = FALSE;
  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
  coord_socket_set_events (
    coord_socket_hub_adopt (hub, fds[0], "", early, &limits), &events, NULL, NULL);
  for (; at < size && !is_closed; at += step) {
    if (send (fds[1], data + at, MIN (step, size - at), MSG_NOSIGNAL) < 0)
      break;
    fuzz_same_settle ();
  }
  close (fds[1]);
  while (!is_closed) /* one that has sent much is looked at with the next beat only */
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
