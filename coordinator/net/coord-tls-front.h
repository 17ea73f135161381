#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* TLS for a LAN: takes connections, speaks TLS on them with one certificate, and gives on what is
 * in them over pairs of unix sockets. It has a thread and an epoll descriptor of its own, so that
 * it costs the main loop nothing, and what is behind it need not know of TLS.
 *
 * At most 256 connections, 64 of one address; a handshake has 10 s, and 64 KiB may pass about TLS
 * alone. When there is no place left, a newcomer gets that of somebody who has had no answer yet:
 * for a second, or of an address with more connections. */
typedef struct _CoordTlsFront CoordTlsFront;

/* Called on the main thread with the plain end of a connection, which it takes, and the address of
 * who made it. */
typedef void (*CoordTlsTake) (int fd, const char *address, gpointer data);

/* Takes the listening descriptor; pem is the key and the certificate. */
CoordTlsFront *coord_tls_front_new (int listening_fd,
  const char *pem,
  CoordTlsTake take,
  gpointer data,
  GError **error);

/* Takes no new connections any more; those that there are go on. */
void coord_tls_front_stop (CoordTlsFront *front);

/* Ends the thread and every connection. */
void coord_tls_front_free (CoordTlsFront *front);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordTlsFront, coord_tls_front_free)

G_END_DECLS
