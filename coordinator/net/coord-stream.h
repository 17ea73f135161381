#pragma once

#include <gio/gio.h>

/* A connected, non-blocking descriptor as a stream of bytes for libsoup. A GSocketConnection asks
 * the kernel eight questions about each connection that we know the answers of. */

G_BEGIN_DECLS

#define COORD_TYPE_STREAM (coord_stream_get_type ())
G_DECLARE_FINAL_TYPE (CoordStream, coord_stream, COORD, STREAM, GIOStream)

typedef void (*CoordStreamClosed) (gpointer data);

/* The descriptor stays the caller's: closed is called once with data when the stream is closed or
 * given up, and closes it. What is written waits for more to fill a segment, or for the end of the
 * connection, or for coord_stream_push(). Main thread only, and never blocking. */
GIOStream *coord_stream_new (int fd, CoordStreamClosed closed, gpointer data);

/* Sends what waits on the descriptor of such a stream. */
void coord_stream_push (int fd);

G_END_DECLS
