#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* Descriptors to accept connections from. */

/* Listens on "HOST:PORT"; port 0 takes a free one. Without TLS only addresses of this machine alone
 * are taken. Returns the descriptor, and what links to it start with (the caller owns it), or -1.
 */
int coord_port_open (const char *address, gboolean is_tls, char **origin, GError **error);

/* A unix socket, for users of this machine that sign on by a token. A file left there is replaced.
 */
int coord_port_open_unix (const char *path, GError **error);

/* The number of who connected, "" for a unix socket; the caller owns it. */
char *coord_port_format_address (const struct sockaddr_storage *address);

G_END_DECLS
