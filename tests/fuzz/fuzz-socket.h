#pragma once

#include "net/coord-socket.h"

/* Sockets of the fuzz targets, linked in place of the coordinator's: a message is a call. They keep
 * the promises of coord-socket.h (limits, text that is UTF-8, closed from the loop, once and last);
 * what reads frames is tried by the target `websocket`. */

/* A socket of the hub, lent. */
CoordSocket *fuzz_socket_new (CoordSocketHub *hub);

/* A message has come. */
void fuzz_socket_receive (CoordSocket *socket, gboolean is_text, const void *data, gsize size);

/* The peer has gone: with this code, or COORD_CLOSE_ABNORMAL. */
void fuzz_socket_leave (CoordSocket *socket, guint code);

/* The peer reads nothing from here on. */
void fuzz_socket_stop_reading (CoordSocket *socket);
