#include "net/coord-upgrade.h"

#include <fcntl.h>
#include <gio/gio.h>

#define MAX_EARLY (1024 * 1024)

typedef struct {
  CoordSocketLimits limits;
  CoordUpgradeFind find;
  CoordUpgradeFunc func; /* NULL: called */
  gpointer data;
} Upgrade;

static void
upgrade_free (gpointer data)
{
  Upgrade *upgrade = data;

  if (upgrade->func != NULL)
    upgrade->func (NULL, upgrade->data);
  g_free (upgrade);
}

/* Frames that came in the same segment as the head. */
static GBytes *
read_early (GIOStream *stream)
{
  GByteArray *early = g_byte_array_new ();
  GInputStream *input = g_io_stream_get_input_stream (stream);
  guint8 buffer[4096];
  gssize n;

  while (G_IS_POLLABLE_INPUT_STREAM (input) && early->len < MAX_EARLY &&
         (n = g_pollable_input_stream_read_nonblocking (
            G_POLLABLE_INPUT_STREAM (input), buffer, sizeof buffer, NULL, NULL)) > 0)
    g_byte_array_append (early, buffer, n);
  return g_byte_array_free_to_bytes (early);
}

/* The 101 is written. libsoup never closes the TCP connection itself: closing a GSocket does no
 * shutdown(), and our duplicate of the descriptor keeps it. */
static void
switched_cb (SoupServerMessage *message, gpointer data)
{
  Upgrade *upgrade = data;
  CoordUpgradePlace place;
  CoordUpgradeFunc func;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GBytes) early = NULL;
  g_autofree char *address = NULL;
  CoordSocket *socket = NULL;
  int fd;

  if (upgrade->func == NULL ||
      soup_server_message_get_status (message) != SOUP_STATUS_SWITCHING_PROTOCOLS ||
      !upgrade->find (message, &place))
    return;
  address = g_strdup (place.address);
  fd = fcntl (place.fd, F_DUPFD_CLOEXEC, 3);
  func = g_steal_pointer (&upgrade->func);
  stream = soup_server_message_steal_connection (message);
  early = read_early (stream);
  g_io_stream_close (stream, NULL, NULL);
  if (fd >= 0)
    socket = coord_socket_hub_adopt (place.hub, fd, address, early, &upgrade->limits);
  func (socket, upgrade->data);
}

void
coord_upgrade_start (SoupServerMessage *message,
  CoordUpgradeFind find,
  const CoordSocketLimits *limits,
  CoordUpgradeFunc func,
  gpointer data)
{
  Upgrade *upgrade = g_new0 (Upgrade, 1);

  upgrade->limits = *limits;
  upgrade->find = find;
  upgrade->func = func;
  upgrade->data = data;
  g_object_set_data_full (G_OBJECT (message), "coord-upgrade", upgrade, upgrade_free);
  g_signal_connect (message, "wrote-informational", G_CALLBACK (switched_cb), upgrade);
}
