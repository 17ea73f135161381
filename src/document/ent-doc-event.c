#include "document/ent-doc-private.h"

#include <stdlib.h>

#define SPARE_BYTES 65536 /* an event with more text, or a larger update, is freed after use */

/* From the structs of a transaction to the fewest steps that an editor needs.
 *
 * Every new visible struct and every deleted one that was visible is a touch, at the place where it
 * stands in the final content. Sorted by place, touches with nothing unchanged between them make
 * one hunk: at most one delete and one insert. Left of a hunk everything is final already, so the
 * places hold one after the other. */

typedef struct {
  EntType *type;
  guint32 at_chars;
  guint32 at_units;
  gboolean is_insert;
  guint32 chars;
  guint32 units;
  const char *text; /* of an insert, NULL for placeholders */
  gsize text_bytes;
} Touch;

struct _EntPendingEvent {
  EntDocEvent event;
  gboolean is_bare; /* only the update is known */
  ENT_VEC (Touch) touches;
  ENT_VEC (EntTypeEvent) types;
  ENT_VEC (EntChange) changes; /* of all types, in order */
  EntWriter text; /* of all changes, in order */
  EntWriter update;
  GBytes *bytes; /* the update, once asked for */
  ENT_VEC (EntType *) held; /* referenced */
  ENT_VEC (gpointer) keys; /* strings and arrays of the entries */
};

typedef struct {
  EntDoc *doc;
  EntPendingEvent *pending;
} Collector;

static gboolean
is_deleted_now (EntDoc *doc, EntId id)
{
  for (guint i = 0; i < doc->txn.deletes->len; i++) {
    const EntDelete *range = &g_array_index (doc->txn.deletes, EntDelete, i);

    if (range->client == id.client && id.clock >= range->clock &&
        id.clock - range->clock < range->length)
      return TRUE;
  }
  return FALSE;
}

/* A struct, or what follows its first skip units when it has grown in place. */
static void
touch_inserted (Collector *collector, EntItem *item, guint32 skip)
{
  EntSums before;
  EntSums inside = { skip, skip, 0 };
  Touch *touch;

  if (item->kind == ENT_KIND_GC || item->is_keyed || !ent_item_is_visible (item))
    return;
  before = ent_index_before (item);
  touch = ent_vec_add (&collector->pending->touches);
  touch->type = item->leaf->type;
  touch->is_insert = TRUE;
  touch->units = item->length - skip;
  touch->chars = touch->units;
  touch->text = NULL;
  touch->text_bytes = 0;
  if (item->kind == ENT_KIND_STRING) {
    inside = skip ? ent_item_sums_to (item, skip) : inside;
    touch->chars = item->chars - inside.chars;
    touch->text = ent_item_content (item) + inside.bytes;
    touch->text_bytes = item->bytes - inside.bytes;
  }
  touch->at_chars = before.chars + inside.chars;
  touch->at_units = before.units + skip;
}

/* A struct that was deleted; units from clock end on are new themselves and were never seen. */
static void
touch_deleted (Collector *collector, EntItem *item, guint32 end)
{
  EntDoc *doc = collector->doc;
  EntSums before;
  guint32 units = MIN (item->length, end - item->clock);
  guint32 n_halves = 0;
  Touch *touch;

  if (item->kind == ENT_KIND_GC || item->kind == ENT_KIND_FORMAT ||
      item->kind == ENT_KIND_DELETED || item->is_keyed)
    return;
  /* Halves of pairs broken just now are counted with their pair. */
  for (guint i = 0; i < doc->txn.split_pairs.n; i++) {
    EntId id = doc->txn.split_pairs.items[i];

    if (id.client != item->client)
      continue;
    for (guint half = 0; half < 2; half++)
      n_halves += id.clock + half >= item->clock && id.clock + half - item->clock < item->length;
  }
  if (units <= n_halves)
    return;
  before = ent_index_before (item);
  touch = ent_vec_add (&collector->pending->touches);
  touch->type = item->leaf->type;
  touch->at_chars = before.chars;
  touch->at_units = before.units;
  touch->is_insert = FALSE;
  touch->units = units - n_halves;
  touch->chars =
    (item->kind == ENT_KIND_STRING ? ent_item_sums_to (item, units).chars : units) - n_halves;
}

static inline void
add_touch (Collector *collector, Touch touch)
{
  ent_vec_push (&collector->pending->touches, touch);
}

static void
touch_half (Collector *collector, EntItem *item, guint32 clock)
{
  EntSums before = ent_index_before (item);
  Touch touch = { .type = item->leaf->type,
    .is_insert = TRUE,
    .chars = 1,
    .units = 1,
    .text = "\xef\xbf\xbd",
    .text_bytes = 3 };

  if (!ent_item_is_visible (item))
    return;
  /* A half is the last or the first unit of its item. */
  touch.at_chars = before.chars + (clock == item->clock ? 0 : item->chars - 1);
  touch.at_units = before.units + (clock - item->clock);
  add_touch (collector, touch);
}

static void
touch_pair (Collector *collector, EntId id)
{
  EntDoc *doc = collector->doc;
  EntItem *left = ent_doc_find_item (doc, id);
  EntItem *right = ent_doc_find_item (doc, (EntId){ id.client, id.clock + 1 });
  EntSums before;
  Touch touch = { .chars = 1, .units = 2 };

  if (left->kind != ENT_KIND_STRING || right->kind != ENT_KIND_STRING || left->is_keyed ||
      (left->deleted && !is_deleted_now (doc, id)))
    return;
  before = ent_index_before (left);
  touch.type = left->leaf->type;
  touch.at_chars = before.chars + (left->deleted ? 0 : left->chars - 1);
  touch.at_units = before.units + (left->deleted ? 0 : left->length - 1);
  add_touch (collector, touch);
  touch_half (collector, left, id.clock);
  touch_half (collector, right, id.clock + 1);
}

static void
collect_inserted (Collector *collector)
{
  EntDoc *doc = collector->doc;

  for (guint i = 0; i < doc->txn.touched.n; i++) {
    EntClient *client = ent_doc_client (doc, doc->txn.touched.items[i]);
    EntRunPos pos;

    if (!ent_runs_find (&client->items, client->before, &pos))
      continue;
    do {
      EntItem *item = ent_runs_get (&client->items, pos);

      touch_inserted (collector, item, MAX (client->before, item->clock) - item->clock);
    } while (ent_runs_next (&client->items, &pos));
  }
}

static void
collect_deleted (Collector *collector)
{
  EntDoc *doc = collector->doc;

  for (guint i = 0; i < doc->txn.deletes->len; i++) {
    const EntDelete *range = &g_array_index (doc->txn.deletes, EntDelete, i);
    EntClient *client = ent_doc_client (doc, range->client);
    guint32 end = MIN (range->clock + range->length, ent_client_before (client));
    EntRunPos pos;

    if (range->clock >= end || !ent_runs_find (&client->items, range->clock, &pos))
      continue;
    do {
      EntItem *item = ent_runs_get (&client->items, pos);

      if (item->clock >= end)
        break;
      touch_deleted (collector, item, end);
    } while (ent_runs_next (&client->items, &pos));
  }
}

/* What was given to collected structs stood where they stand. */
static void
collect_given (Collector *collector)
{
  EntDoc *doc = collector->doc;

  for (guint i = 0; i < doc->txn.given.n; i++) {
    const EntGiven *given = &doc->txn.given.items[i];
    EntItem *item = ent_doc_find_item (doc, given->id);
    EntSums before = ent_index_before (item);

    add_touch (collector, (Touch){ .type = item->leaf->type,
                            .at_chars = before.chars,
                            .at_units = before.units,
                            .chars = given->chars,
                            .units = given->units });
  }
}

static int
compare_touches (gconstpointer a, gconstpointer b)
{
  const Touch *x = a;
  const Touch *y = b;

  if (x->type != y->type)
    return x->type < y->type ? -1 : 1;
  if (x->at_units != y->at_units)
    return x->at_units < y->at_units ? -1 : 1;
  return x->is_insert - y->is_insert;
}

static void
add_change (EntPendingEvent *pending,
  EntChangeKind kind,
  const Touch *at,
  guint32 chars,
  guint32 units,
  gsize text_bytes)
{
  EntChange *change;

  if (!units)
    return;
  change = ent_vec_add (&pending->changes);
  change->kind = kind;
  change->at = at->at_chars;
  change->length = chars;
  change->at_utf16 = at->at_units;
  change->length_utf16 = units;
  change->text = NULL; /* it may still move: see place_changes() */
  change->text_bytes = text_bytes;
}

static void
add_text (EntWriter *text, const Touch *touch)
{
  if (touch->text) {
    ent_write_raw (text, touch->text, touch->text_bytes);
    return;
  }
  for (guint32 i = 0; i < touch->chars; i++)
    ent_write_raw (text, "\xef\xbf\xbc", 3);
}

static gboolean
shows_text (EntType *type)
{
  return type->kind == ENT_TYPE_TEXT || type->kind == ENT_TYPE_XML_TEXT ||
         type->kind == ENT_TYPE_UNKNOWN;
}

/* The changes of one hunk, which begins at the first of n touches; gives how many belong to it. */
static guint
build_hunk (EntPendingEvent *pending, EntWriter *text, const Touch *touches, guint n)
{
  guint32 deleted_chars = 0;
  guint32 deleted_units = 0;
  guint32 inserted_chars = 0;
  guint32 inserted_units = 0;
  gsize text_start = pending->text.size;
  guint i = 0;

  do {
    const Touch *touch = &touches[i++];

    if (touch->is_insert) {
      inserted_chars += touch->chars;
      inserted_units += touch->units;
      if (text)
        add_text (text, touch);
    } else {
      deleted_chars += touch->chars;
      deleted_units += touch->units;
    }
  } while (i < n && touches[i].at_units == touches[0].at_units + inserted_units);
  add_change (pending, ENT_CHANGE_DELETE, touches, deleted_chars, deleted_units, 0);
  add_change (pending, ENT_CHANGE_INSERT, touches, inserted_chars, inserted_units,
    pending->text.size - text_start);
  return i;
}

/* The changes of one type from its touches, which are in order; gives their number. */
static guint
build_changes (EntPendingEvent *pending, EntType *type, const Touch *touches, guint n_touches)
{
  EntWriter *text = shows_text (type) ? &pending->text : NULL;
  guint n_before = pending->changes.n;

  for (guint i = 0; i < n_touches;)
    i += build_hunk (pending, text, touches + i, n_touches - i);
  return pending->changes.n - n_before;
}

/* The first touch of a type; the touches are sorted by type. */
static inline guint
find_touches (const EntPendingEvent *pending, const EntType *type)
{
  guint low = 0;
  guint high = pending->touches.n;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (pending->touches.items[middle].type < type)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void
add_keys (EntPendingEvent *pending, EntTypeEvent *entry, const GPtrArray *changed_keys)
{
  char **keys = g_new0 (char *, changed_keys->len + 1);

  for (guint i = 0; i < changed_keys->len; i++) {
    keys[i] = g_strdup (((EntMapEntry *) changed_keys->pdata[i])->key->text);
    ent_vec_push (&pending->keys, keys[i]);
  }
  entry->n_keys = changed_keys->len;
  entry->keys = (const char *const *) keys;
  ent_vec_push (&pending->keys, keys);
}

static void
add_type (EntPendingEvent *pending, EntType *type)
{
  EntTypeEvent *entry;

  if (ent_type_is_gone (type))
    return;
  entry = ent_vec_add (&pending->types);
  *entry = (EntTypeEvent){ .type = type, .formatting = type->changed_formats };
  if (type->changed_sequence) {
    guint first = find_touches (pending, type);
    guint end = first;

    while (end < pending->touches.n && pending->touches.items[end].type == type)
      end++;
    if (end > first)
      entry->n_changes = build_changes (pending, type, pending->touches.items + first, end - first);
  }
  if (type->changed_keys)
    add_keys (pending, entry, type->changed_keys);
  ent_vec_push (&pending->held, ent_type_ref (type));
}

/* Arrays and text have found their place in memory: lets the entries point there. */
static void
place_changes (EntPendingEvent *pending)
{
  EntChange *change = pending->changes.items;
  const char *text;

  ent_write_u8 (&pending->text, '\0');
  text = (const char *) pending->text.data;
  for (guint t = 0; t < pending->types.n; t++) {
    EntTypeEvent *entry = &pending->types.items[t];
    gboolean is_text = shows_text (entry->type);

    entry->changes = change;
    for (guint i = 0; i < entry->n_changes; i++, change++) {
      if (change->kind != ENT_CHANGE_INSERT || !is_text)
        continue;
      change->text = text;
      text += change->text_bytes;
    }
  }
}

EntPendingEvent *
ent_event_new (EntDoc *doc)
{
  EntPendingEvent *pending = g_steal_pointer (&doc->spare_event);

  if (!pending) {
    pending = g_new0 (EntPendingEvent, 1);
    ent_writer_init (&pending->text, 64);
    ent_writer_init (&pending->update, 128);
  }
  pending->event.origin = doc->txn.origin;
  pending->event.is_local = doc->txn.is_local;
  pending->event.is_undo = doc->txn.is_undo;
  pending->event.clash = doc->txn.clash;
  pending->is_bare = TRUE;
  return pending;
}

static EntPendingEvent *
begin_event (EntDoc *doc)
{
  EntPendingEvent *pending = ent_event_new (doc);

  pending->is_bare = FALSE;
  return pending;
}

EntPendingEvent *
ent_event_collect_growth (EntDoc *doc)
{
  EntPendingEvent *pending = begin_event (doc);
  EntItem *item = doc->txn.grown;
  EntType *type = item->leaf->type;
  EntSums from = doc->txn.grown_from;
  EntSums before = ent_index_before (item);
  EntChange *change = ent_vec_add (&pending->changes);
  EntTypeEvent *entry = ent_vec_add (&pending->types);

  ent_write_raw (&pending->text, ent_item_content (item) + from.bytes, item->bytes - from.bytes);
  ent_write_u8 (&pending->text, '\0');
  change->kind = ENT_CHANGE_INSERT;
  change->at = before.chars + from.chars;
  change->length = item->chars - from.chars;
  change->at_utf16 = before.units + from.units;
  change->length_utf16 = item->length - from.units;
  change->text = shows_text (type) ? (const char *) pending->text.data : NULL;
  change->text_bytes = change->text ? item->bytes - from.bytes : 0;
  *entry = (EntTypeEvent){ .type = type, .changes = change, .n_changes = 1 };
  ent_vec_push (&pending->held, ent_type_ref (type));
  return pending;
}

/* The new units are the last of our client, and of one struct. */
static void
add_inserted (EntDoc *doc, EntPendingEvent *pending, const EntEdit *edit)
{
  const EntClient *client = ent_doc_client (doc, doc->txn.touched.items[0]);
  const EntItem *item = ent_runs_last (&client->items);
  EntSums from = ent_item_sums_to (item, client->before - item->clock);
  EntChange *change = ent_vec_add (&pending->changes);

  *change = (EntChange){ ENT_CHANGE_INSERT, edit->at, edit->n_inserted, edit->at, edit->n_inserted,
    NULL, 0 };
  if (!shows_text (edit->type))
    return;
  change->text_bytes = item->bytes - from.bytes;
  ent_write_raw (&pending->text, ent_item_content (item) + from.bytes, change->text_bytes);
}

EntPendingEvent *
ent_event_collect_edit (EntDoc *doc)
{
  const EntEdit *edit = &doc->txn.edit;
  EntPendingEvent *pending = begin_event (doc);
  EntTypeEvent *entry = ent_vec_add (&pending->types);

  if (edit->n_deleted) {
    EntChange *change = ent_vec_add (&pending->changes);

    *change = (EntChange){ ENT_CHANGE_DELETE, edit->at, edit->n_deleted, edit->at, edit->n_deleted,
      NULL, 0 };
  }
  if (edit->n_inserted)
    add_inserted (doc, pending, edit);
  *entry = (EntTypeEvent){ .type = edit->type, .n_changes = pending->changes.n };
  ent_vec_push (&pending->held, ent_type_ref (edit->type));
  place_changes (pending);
  return pending;
}

EntPendingEvent *
ent_event_collect (EntDoc *doc)
{
  EntPendingEvent *pending = begin_event (doc);
  Collector collector = { doc, pending };

  collect_inserted (&collector);
  collect_deleted (&collector);
  collect_given (&collector);
  for (guint i = 0; i < doc->txn.split_pairs.n; i++)
    touch_pair (&collector, doc->txn.split_pairs.items[i]);
  if (pending->touches.n > 1)
    qsort (pending->touches.items, pending->touches.n, sizeof (Touch), compare_touches);
  for (guint i = 0; i < doc->txn.types.n; i++)
    add_type (pending, doc->txn.types.items[i]);
  place_changes (pending);
  return pending;
}

/* Lets go of everything but the memory of the arrays. */
static void
clear_event (EntPendingEvent *pending)
{
  g_clear_pointer (&pending->bytes, g_bytes_unref);
  pending->update.size = 0;
  if (pending->is_bare)
    return;
  for (guint i = 0; i < pending->held.n; i++)
    ent_type_unref (pending->held.items[i]);
  for (guint i = 0; i < pending->keys.n; i++)
    g_free (pending->keys.items[i]);
  ent_vec_empty (&pending->held);
  ent_vec_empty (&pending->keys);
  ent_vec_empty (&pending->touches);
  ent_vec_empty (&pending->types);
  ent_vec_empty (&pending->changes);
  pending->text.size = 0;
}

void
ent_event_free (EntPendingEvent *pending)
{
  clear_event (pending);
  ent_vec_clear (&pending->held);
  ent_vec_clear (&pending->keys);
  ent_vec_clear (&pending->touches);
  ent_vec_clear (&pending->types);
  ent_vec_clear (&pending->changes);
  ent_writer_clear (&pending->text);
  ent_writer_clear (&pending->update);
  g_free (pending);
}

/* One event is kept for the next transaction. */
static void
release_event (EntDoc *doc, EntPendingEvent *pending)
{
  if (doc->spare_event || pending->text.allocated + pending->update.allocated > SPARE_BYTES) {
    ent_event_free (pending);
    return;
  }
  clear_event (pending);
  doc->spare_event = pending;
}

static void
drop_removed (EntDoc *doc)
{
  doc->has_removed_observers = FALSE;
  for (guint i = doc->observers->len; i > 0; i--) {
    EntObserver observer = g_array_index (doc->observers, EntObserver, i - 1);

    if (!observer.removed)
      continue;
    g_array_remove_index (doc->observers, i - 1);
    if (observer.destroy)
      observer.destroy (observer.data);
  }
}

static void
call_observers (EntDoc *doc, EntPendingEvent *pending)
{
  guint n = doc->observers->len;

  for (guint i = 0; i < n; i++) {
    EntObserver observer = g_array_index (doc->observers, EntObserver, i);

    /* Who wants more than the update of a bare event came after the transaction. */
    if (observer.removed || (pending->is_bare && !observer.updates_only))
      continue;
    pending->event.n_types = observer.updates_only ? 0 : pending->types.n;
    observer.func (doc, &pending->event, observer.data);
  }
  release_event (doc, pending);
}

EntWriter *
ent_event_begin_update (EntPendingEvent *event)
{
  return &event->update;
}

void
ent_event_deliver (EntDoc *doc, EntPendingEvent *take_event)
{
  EntPendingEvent *pending = take_event;

  pending->event.update_data = pending->update.data;
  pending->event.update_size = pending->update.size;
  pending->event.types = pending->types.items;
  if (doc->notifying) {
    g_queue_push_tail (&doc->events, pending);
    return;
  }
  ent_doc_ref (doc);
  doc->notifying = TRUE;
  do
    call_observers (doc, pending);
  while (doc->events.head && (pending = g_queue_pop_head (&doc->events)));
  doc->notifying = FALSE;
  if (doc->has_removed_observers)
    drop_removed (doc);
  ent_doc_unref (doc);
}

static guint
add_observer (EntDoc *doc, EntObserver observer)
{
  observer.id = ++doc->next_observer;
  doc->n_watchers += !observer.updates_only;
  g_array_append_val (doc->observers, observer);
  return observer.id;
}

guint
ent_doc_observe (EntDoc *doc, EntDocObserver observer, gpointer data, GDestroyNotify destroy_data)
{
  return add_observer (
    doc, (EntObserver){ .func = observer, .data = data, .destroy = destroy_data });
}

guint
ent_doc_observe_updates (EntDoc *doc,
  EntDocObserver observer,
  gpointer data,
  GDestroyNotify destroy_data)
{
  return add_observer (doc,
    (EntObserver){ .func = observer, .data = data, .destroy = destroy_data, .updates_only = TRUE });
}

void
ent_doc_unobserve (EntDoc *doc, guint id)
{
  for (guint i = 0; i < doc->observers->len; i++) {
    EntObserver *observer = &g_array_index (doc->observers, EntObserver, i);

    if (observer->id != id || observer->removed)
      continue;
    observer->removed = doc->has_removed_observers = TRUE;
    doc->n_watchers -= !observer->updates_only;
  }
  if (!doc->notifying)
    drop_removed (doc);
}

GBytes *
ent_doc_event_get_update (const EntDocEvent *event)
{
  EntPendingEvent *pending = (EntPendingEvent *) event; /* its first member */

  if (!pending->bytes)
    pending->bytes = g_bytes_new (pending->update.data, pending->update.size);
  return pending->bytes;
}

const EntTypeEvent *
ent_doc_event_find (const EntDocEvent *event, EntType *type)
{
  for (guint i = 0; i < event->n_types; i++) {
    if (event->types[i].type == type)
      return &event->types[i];
  }
  return NULL;
}
