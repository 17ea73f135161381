#pragma once

#include "service/coord-event.h"
#include "service/coord-room-service.h"

G_BEGIN_DECLS

/* Rows of kind COORD_LOG_EVENT and COORD_LOG_CHAT_TIME: what happened in a room beside its
 * document, as JSON {"event", "by", "about", ...}. */
typedef enum {
  COORD_ROOM_EVENT_CAME,
  COORD_ROOM_EVENT_WENT,
  COORD_ROOM_EVENT_REMOVED,
  COORD_ROOM_EVENT_LOCKS, /* about: "edit", "run", "edit run" or nothing: what is locked now */
  COORD_ROOM_EVENT_ENDED,
  COORD_ROOM_EVENT_LOBBY, /* about: "on", "off" */
  COORD_ROOM_EVENT_ADMITTED, /* about: whom, from the lobby */
  COORD_ROOM_EVENT_RETURNED, /* about: whom, to the lobby */
} CoordRoomEventKind;

/* by: the participant; about may be NULL. The caller owns the row. */
CoordLogRow *
coord_room_event_new_row (CoordRoomEventKind kind, const char *by, const char *about, gint64 at_us);

/* A row that gives the struct (client, clock) in the chat its time: the row's. */
CoordLogRow *
coord_room_event_new_chat_row (const char *by, guint64 client, guint32 clock, gint64 at_us);

/* Whether the row says that the room has ended. */
gboolean coord_room_event_is_end (const CoordLogRow *row);

CoordSeat *coord_room_event_copy_seat (const CoordSeat *seat);

G_END_DECLS
