#include "service/coord-event.h"

#include "store/coord-node-store.h"

typedef struct {
  guint id;
  CoordEventFunc func;
  gpointer data;
} Subscriber;

struct _CoordEvents {
  GArray *subscribers; /* Subscriber */
  guint last_id;
  gboolean is_shared;
};

CoordEvent *
coord_event_new (CoordEventKind kind,
  const char *room_id,
  const char *participant_id,
  const char *device_hash)
{
  CoordEvent *event = g_new0 (CoordEvent, 1);

  event->kind = kind;
  event->room_id = g_strdup (room_id);
  event->participant_id = g_strdup (participant_id);
  event->device_hash = g_strdup (device_hash);
  return event;
}

void
coord_event_free (CoordEvent *event)
{
  g_free (event->room_id);
  g_free (event->participant_id);
  g_free (event->device_hash);
  g_free (event);
}

CoordEvents *
coord_events_new (void)
{
  CoordEvents *events = g_new0 (CoordEvents, 1);

  events->subscribers = g_array_new (FALSE, FALSE, sizeof (Subscriber));
  return events;
}

void
coord_events_free (CoordEvents *events)
{
  g_array_unref (events->subscribers);
  g_free (events);
}

guint
coord_events_subscribe (CoordEvents *events, CoordEventFunc func, gpointer data)
{
  Subscriber subscriber = { ++events->last_id, func, data };

  g_array_append_val (events->subscribers, subscriber);
  return subscriber.id;
}

void
coord_events_unsubscribe (CoordEvents *events, guint id)
{
  for (guint i = 0; i < events->subscribers->len; i++)
    if (g_array_index (events->subscribers, Subscriber, i).id == id) {
      g_array_remove_index (events->subscribers, i);
      return;
    }
  g_return_if_reached ();
}

gboolean
coord_events_record (CoordDb *db, GPtrArray *list, GError **error)
{
  if (!coord_db_is_shared (db))
    return TRUE;
  for (guint i = 0; i < list->len; i++) {
    const CoordEvent *event = list->pdata[i];
    const CoordNotice notice = { 0, event->kind, event->room_id, event->participant_id,
      event->device_hash };

    if (!coord_notice_store_add (db, &notice, error))
      return FALSE;
  }
  return TRUE;
}

void
coord_events_set_shared (CoordEvents *events, gboolean is_shared)
{
  events->is_shared = is_shared;
}

void
coord_events_publish (CoordEvents *events, GPtrArray *list)
{
  if (!events->is_shared)
    coord_events_deliver (events, list);
}

void
coord_events_deliver (CoordEvents *events, GPtrArray *list)
{
  for (guint i = 0; i < list->len; i++)
    for (guint k = 0; k < events->subscribers->len; k++) {
      Subscriber subscriber = g_array_index (events->subscribers, Subscriber, k);

      subscriber.func (list->pdata[i], subscriber.data);
    }
}
