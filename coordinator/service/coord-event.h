#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* What a service did that live rooms must hear of. Services collect events in a GPtrArray; they are
 * recorded in the transaction and published on the main thread after it is durable. Their numbers
 * are stored: they never change. */
typedef enum {
  COORD_EVENT_ROOM_CHANGED = 0, /* state, locks, plan: load it anew */
  COORD_EVENT_ROOM_ENDED,
  COORD_EVENT_PARTICIPANT_CHANGED, /* added, renamed, joined */
  COORD_EVENT_PARTICIPANT_REMOVED, /* close its sockets with 4403 */
  COORD_EVENT_DEVICE_TAKEN_OVER, /* by device_hash: the sockets of others end with 4409, once loaded
                                  */
  COORD_EVENT_RUNNER_REVOKED,
  COORD_EVENT_PERSON_TOLD, /* participant_id: the person; device_hash: the notification's id */
} CoordEventKind;

typedef struct {
  CoordEventKind kind;
  char *room_id; /* NULL where it does not apply */
  char *participant_id;
  char *device_hash;
} CoordEvent;

CoordEvent *coord_event_new (CoordEventKind kind,
  const char *room_id,
  const char *participant_id,
  const char *device_hash);
void coord_event_free (CoordEvent *event);

/* In the writer, after the service: writes the events down for those who serve from the same
 * database. Nothing on SQLite. list: CoordEvent. */
gboolean coord_events_record (CoordDb *db, GPtrArray *list, GError **error);

/* The list of those who want to hear. Main thread only. */
typedef struct _CoordEvents CoordEvents;
typedef void (*CoordEventFunc) (const CoordEvent *event, gpointer data);

CoordEvents *coord_events_new (void);
void coord_events_free (CoordEvents *events);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordEvents, coord_events_free)

guint coord_events_subscribe (CoordEvents *events, CoordEventFunc func, gpointer data);
void coord_events_unsubscribe (CoordEvents *events, guint id);

/* After the transaction is durable: tells the subscribers, unless all events come from the
 * database, which has them already. */
void coord_events_publish (CoordEvents *events, GPtrArray *list);

/* is_shared: from now on events come by coord_events_deliver() alone. */
void coord_events_set_shared (CoordEvents *events, gboolean is_shared);
void coord_events_deliver (CoordEvents *events, GPtrArray *list);

G_END_DECLS
