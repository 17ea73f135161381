#include "realtime/coord-room-event.h"

#include "protocol/ent-codec.h"
#include "service/coord-room-copy.h"

static const char *const event_nicks[] = { "came", "went", "removed", "locks", "ended", "lobby",
  "admitted", "returned", NULL };

typedef struct {
  int event; /* CoordRoomEventKind */
  char *by;
  char *about;
} RoomEvent;

static const EntField room_event_fields[] = {
  ENT_FIELD_ENUM_OF (RoomEvent, event, ENT_REQUIRED, event_nicks),
  ENT_FIELD (RoomEvent, by, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (RoomEvent, about, ENT_FIELD_STRING, ENT_OPTIONAL, 64),
};
static const EntStruct room_event_struct = { "RoomEvent", sizeof (RoomEvent), room_event_fields,
  G_N_ELEMENTS (room_event_fields) };

static CoordLogRow *
new_row (CoordLogKind kind, const char *by, gint64 at_us, char *json)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (json, strlen (json));

  return coord_log_row_new (kind, at_us, 0, by, bytes);
}

CoordLogRow *
coord_room_event_new_row (CoordRoomEventKind kind, const char *by, const char *about, gint64 at_us)
{
  const RoomEvent event = { kind, (char *) by, (char *) about };

  return new_row (COORD_LOG_EVENT, by, at_us, ent_codec_encode (&room_event_struct, &event));
}

CoordLogRow *
coord_room_event_new_chat_row (const char *by, guint64 client, guint32 clock, gint64 at_us)
{
  const CoordChatTime time = { client, clock };

  return new_row (
    COORD_LOG_CHAT_TIME, by, at_us, ent_codec_encode (&coord_chat_time_struct, &time));
}

gboolean
coord_room_event_is_end (const CoordLogRow *row)
{
  gsize size;
  const char *json = g_bytes_get_data (row->bytes, &size);
  RoomEvent *event;
  gboolean is_end;

  if (row->kind != COORD_LOG_EVENT)
    return FALSE;
  event = ent_codec_decode (&room_event_struct, json, size, ENT_UNKNOWN_IGNORED, NULL);
  is_end = event != NULL && event->event == COORD_ROOM_EVENT_ENDED;
  ent_struct_free (&room_event_struct, event);
  return is_end;
}

CoordSeat *
coord_room_event_copy_seat (const CoordSeat *seat)
{
  CoordSeat *copy = g_new0 (CoordSeat, 1);

  copy->room_id = g_strdup (seat->room_id);
  copy->participant_id = g_strdup (seat->participant_id);
  copy->device_hash = g_strdup (seat->device_hash);
  copy->name = g_strdup (seat->name);
  copy->role = seat->role;
  copy->expires_at_us = seat->expires_at_us;
  copy->waits = seat->waits;
  return copy;
}
