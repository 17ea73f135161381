#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The files that a room has from the start: main.py, main.js and main.cpp, as one document update
 * under the coordinator's own client ID. Only the coordinator makes them, else two people who come
 * at once double them. */

#define COORD_STARTER_CLIENT 1

/* Each call gives the files new ids; store the result once. The caller owns the bytes. */
GBytes *coord_room_starter_new (void);

G_END_DECLS
