#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/coord-routes-realtime.h"
#include "support/coord-test-server.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* One connection's bytes against a whole coordinator, until it lets go. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static CoordTestServer *server;
  gint64 deadline_us;
  int fd;

  if (server == NULL)
    server = coord_test_server_new (NULL);
  fd = coord_test_server_dial (server, "");
  send (fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  shutdown (fd, SHUT_WR);
  deadline_us = g_get_monotonic_time () + 20000;
  do {
    char trash[4096];

    g_main_context_iteration (NULL, FALSE);
    if (recv (fd, trash, sizeof trash, MSG_DONTWAIT) == 0)
      break;
  } while (g_get_monotonic_time () < deadline_us);
  close (fd);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  return 0;
}
