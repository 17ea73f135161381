#include <string.h>

#include "room/ent-room-private.h"

/* Carets travel as awareness states, {"file": id, "cursor": {"anchor": position, "head": position}}
 * with relative positions as y-protocols writes them, and nothing else. */

#define CARET_INTERVAL_US (200 * 1000)
#define TICK_MS 3000

static gint64
now_ms (EntRoom *room)
{
  return ent_clock_get_monotonic_us (room->clock) / 1000;
}

static EntRelPos *
read_position (const EntValue *cursor, const char *key)
{
  const EntValue *value = ent_value_get_member (cursor, key);

  if (value == NULL || ent_value_get_kind (value) != ENT_VALUE_OBJECT)
    return NULL;
  return ent_rel_pos_from_value (value, NULL);
}

static void
hide_caret (EntRoom *room, guint64 client)
{
  EntRoomFile *file = g_hash_table_lookup (room->shown_carets, &client);

  if (file == NULL)
    return;
  ent_room_file_set_caret (file, NULL, client, NULL, NULL);
  g_hash_table_remove (room->shown_carets, &client);
}

/* Shows the caret that a client's state names, or hides it: names come from the roster, so the
 * caret of somebody unknown is not shown. */
static void
show_caret (EntRoom *room, guint64 client)
{
  const char *json = ent_awareness_get_state (room->awareness, client);
  EntParticipant *person = ent_room_find_author (room, client);
  g_autoptr (EntValue) state = NULL;
  const EntValue *cursor;
  const char *file_id;
  EntRoomFile *file;
  g_autoptr (EntRelPos) caret = NULL;
  g_autoptr (EntRelPos) anchor = NULL;

  if (json != NULL && person != NULL && !ent_participant_is_me (person))
    state = ent_value_from_json (json, -1, ENT_AWARENESS_MAX_DEPTH, NULL);
  cursor = state != NULL ? ent_value_get_member (state, "cursor") : NULL;
  file_id = state != NULL ? ent_value_get_member_string (state, "file") : NULL;
  file = file_id != NULL ? g_hash_table_lookup (room->files_by_id, file_id) : NULL;
  if (cursor != NULL && file != NULL && ent_value_get_kind (cursor) == ENT_VALUE_OBJECT) {
    caret = read_position (cursor, "head");
    anchor = read_position (cursor, "anchor");
  }
  if (g_hash_table_lookup (room->shown_carets, &client) != file || caret == NULL || anchor == NULL)
    hide_caret (room, client);
  if (caret == NULL || anchor == NULL)
    return;
  g_hash_table_insert (room->shown_carets, g_memdup2 (&client, sizeof client), g_object_ref (file));
  ent_room_file_set_caret (
    file, person, client, g_steal_pointer (&caret), g_steal_pointer (&anchor));
}

GBytes *
ent_room_presence_new_message (EntRoom *room)
{
  guint64 own = ent_awareness_get_client_id (room->awareness);
  g_autoptr (GBytes) update = ent_awareness_encode (room->awareness, &own, 1);

  return ent_sync_new_awareness (update);
}

static void
send_own_state (EntRoom *room)
{
  g_autoptr (GBytes) message = ent_room_presence_new_message (room);

  ent_room_pairs_send_awareness (room, message);
  ent_room_coordinator_send_awareness (room, message);
}

static gboolean
take_changed (EntRoom *room, const guint64 *clients, guint n_clients)
{
  guint64 own = ent_awareness_get_client_id (room->awareness);
  gboolean has_own = FALSE;

  for (guint i = 0; i < n_clients; i++) {
    has_own = has_own || clients[i] == own;
    show_caret (room, clients[i]);
  }
  return has_own;
}

static void
awareness_changed_cb (EntAwareness *awareness, const EntAwarenessEvent *event, gpointer data)
{
  EntRoom *room = data;
  gboolean has_own = take_changed (room, event->added, event->n_added);

  has_own = take_changed (room, event->updated, event->n_updated) || has_own;
  has_own = take_changed (room, event->removed, event->n_removed) || has_own;
  if (has_own)
    send_own_state (room);
}

static gboolean
tick_cb (gpointer data)
{
  EntRoom *room = data;

  ent_awareness_tick (room->awareness, now_ms (room));
  ent_room_pairs_review (room);
  ent_room_agreement_tick (room);
  return G_SOURCE_CONTINUE;
}

void
ent_room_presence_open (EntRoom *room)
{
  room->awareness = ent_awareness_new (ent_doc_get_client_id (room->doc));
  ent_awareness_set_observer (room->awareness, awareness_changed_cb, room);
  ent_awareness_set_state (room->awareness, "{}", now_ms (room), NULL);
  room->awareness_tick_id = ent_clock_add (room->clock, TICK_MS, tick_cb, room);
}

void
ent_room_presence_close (EntRoom *room)
{
  if (room->awareness_tick_id != 0)
    ent_clock_remove (room->clock, room->awareness_tick_id);
  if (room->caret_id != 0)
    ent_clock_remove (room->clock, room->caret_id);
  room->awareness_tick_id = 0;
  room->caret_id = 0;
  if (room->awareness != NULL && !ent_room_is_over (room))
    ent_awareness_set_state (room->awareness, NULL, now_ms (room), NULL);
  if (room->awareness != NULL)
    ent_awareness_set_observer (room->awareness, NULL, NULL);
  g_clear_pointer (&room->awareness, ent_awareness_free);
}

void
ent_room_presence_refresh (EntRoom *room)
{
  g_autoptr (GArray) clients = NULL;

  if (room->awareness == NULL)
    return;
  clients = ent_awareness_list_clients (room->awareness);
  for (guint i = 0; i < clients->len; i++)
    show_caret (room, g_array_index (clients, guint64, i));
}

void
ent_room_presence_moved (EntRoom *room, EntRoomFile *file)
{
  GHashTableIter iter;
  gpointer shown_in;
  gboolean has_carets = FALSE;

  g_hash_table_iter_init (&iter, room->shown_carets);
  while (!has_carets && g_hash_table_iter_next (&iter, NULL, &shown_in))
    has_carets = shown_in == file;
  if (has_carets)
    g_signal_emit_by_name (file, "carets-changed");
}

/* --- the own caret --------------------------------------------------------------------------- */

static void
publish_caret (EntRoom *room)
{
  room->caret_sent_us = ent_clock_get_monotonic_us (room->clock);
  ent_awareness_set_state (
    room->awareness, room->caret_json != NULL ? room->caret_json : "{}", now_ms (room), NULL);
}

static gboolean
caret_due_cb (gpointer data)
{
  EntRoom *room = data;

  room->caret_id = 0;
  publish_caret (room);
  return G_SOURCE_REMOVE;
}

static char *
build_caret (EntRoomFile *file, guint32 caret, guint32 anchor)
{
  EntType *text = ent_room_file_get_text (file);
  g_autoptr (EntRelPos) head_pos = ent_rel_pos_new (text, caret, 0);
  g_autoptr (EntRelPos) anchor_pos = ent_rel_pos_new (text, anchor, 0);
  g_autoptr (EntValue) state = ent_value_new_object ();
  EntValue *cursor = ent_value_new_object ();

  ent_value_object_set (cursor, "anchor", ent_rel_pos_to_value (anchor_pos));
  ent_value_object_set (cursor, "head", ent_rel_pos_to_value (head_pos));
  ent_value_object_set (state, "file", ent_value_new_string (ent_room_file_get_id (file), -1));
  ent_value_object_set (state, "cursor", cursor);
  return ent_value_to_json (state);
}

void
ent_room_set_caret (EntRoom *room, EntRoomFile *file, guint32 caret, guint32 anchor)
{
  g_autofree char *json = NULL;
  gint64 wait_us;

  if (room->awareness == NULL)
    return;
  json = file != NULL ? build_caret (file, caret, anchor) : NULL;
  if (g_strcmp0 (json, room->caret_json) == 0)
    return;
  g_free (room->caret_json);
  room->caret_json = g_steal_pointer (&json);
  if (room->caret_id != 0)
    return;
  wait_us = room->caret_sent_us + CARET_INTERVAL_US - ent_clock_get_monotonic_us (room->clock);
  if (wait_us <= 0)
    publish_caret (room);
  else
    room->caret_id = ent_clock_add (room->clock, wait_us / 1000 + 1, caret_due_cb, room);
}
