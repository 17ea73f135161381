#include "document/ent-doc-private.h"

#include <string.h>

/* From the structs of a transaction to the fewest steps that an editor needs.
 *
 * Every new visible struct and every deleted one that was visible is a touch, at the place where it
 * stands in the final content. Sorted by place, touches with nothing unchanged between them make
 * one hunk: at most one delete and one insert. Left of a hunk everything is final already, so the
 * places hold one after the other. */

struct _EntPendingEvent {
  EntDocEvent event;
  GArray *types; /* EntTypeEvent */
  GPtrArray *held; /* EntType, referenced */
  GPtrArray *owned; /* arrays and texts of the entries */
};

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

typedef struct {
  EntDoc *doc;
  GArray *touches; /* Touch */
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

static void
add_touch (Collector *collector, Touch touch)
{
  if (touch.units)
    g_array_append_val (collector->touches, touch);
}

static void
touch_inserted (Collector *collector, EntItem *item)
{
  EntSums before;
  Touch touch = { 0 };

  if (item->kind == ENT_KIND_GC || item->is_keyed || !ent_item_is_visible (item))
    return;
  before = ent_index_before (item);
  touch.type = item->leaf->type;
  touch.at_chars = before.chars;
  touch.at_units = before.units;
  touch.is_insert = TRUE;
  touch.units = item->length;
  touch.chars = item->kind == ENT_KIND_STRING ? item->chars : item->length;
  if (item->kind == ENT_KIND_STRING) {
    touch.text = ent_item_content (item);
    touch.text_bytes = item->bytes;
  }
  add_touch (collector, touch);
}

static void
touch_deleted (Collector *collector, EntItem *item)
{
  EntDoc *doc = collector->doc;
  EntSums before;
  Touch touch = { 0 };

  if (item->kind == ENT_KIND_GC || item->kind == ENT_KIND_FORMAT ||
      item->kind == ENT_KIND_DELETED || item->is_keyed)
    return;
  before = ent_index_before (item);
  touch.type = item->leaf->type;
  touch.at_chars = before.chars;
  touch.at_units = before.units;
  touch.units = item->length;
  touch.chars = item->kind == ENT_KIND_STRING ? item->chars : item->length;
  /* Halves of pairs broken just now are counted with their pair. */
  for (guint i = 0; i < doc->txn.split_pairs->len; i++) {
    EntId id = g_array_index (doc->txn.split_pairs, EntId, i);

    if (id.client != item->client)
      continue;
    for (guint half = 0; half < 2; half++) {
      if (id.clock + half - item->clock < item->length && id.clock + half >= item->clock) {
        touch.units--;
        touch.chars--;
      }
    }
  }
  add_touch (collector, touch);
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

  for (guint i = 0; i < doc->txn.touched->len; i++) {
    EntClient *client = ent_doc_client (doc, g_array_index (doc->txn.touched, guint32, i));
    EntRunPos pos;

    if (!ent_runs_find (&client->items, client->before, &pos))
      continue;
    do {
      touch_inserted (collector, ent_runs_get (&client->items, pos));
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
      touch_deleted (collector, item);
    } while (ent_runs_next (&client->items, &pos));
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

typedef struct {
  guint32 at_chars;
  guint32 at_units;
  guint32 deleted_chars;
  guint32 deleted_units;
  guint32 inserted_chars;
  guint32 inserted_units;
  gsize text_start;
} Hunk;

static void
add_to_hunk (Hunk *hunk, const Touch *touch, GString *text)
{
  if (!touch->is_insert) {
    hunk->deleted_chars += touch->chars;
    hunk->deleted_units += touch->units;
    return;
  }
  hunk->inserted_chars += touch->chars;
  hunk->inserted_units += touch->units;
  if (touch->text) {
    g_string_append_len (text, touch->text, touch->text_bytes);
    return;
  }
  for (guint32 i = 0; text && i < touch->chars; i++)
    g_string_append (text, "\xef\xbf\xbc");
}

static void
end_hunk (const Hunk *hunk, GArray *changes, GString *text)
{
  if (hunk->deleted_units) {
    EntChange change = { ENT_CHANGE_DELETE, hunk->at_chars, hunk->deleted_chars, hunk->at_units,
      hunk->deleted_units, NULL, 0 };

    g_array_append_val (changes, change);
  }
  if (hunk->inserted_units) {
    /* The text may still move; its start is kept in the size and put right at the end. */
    EntChange change = { ENT_CHANGE_INSERT, hunk->at_chars, hunk->inserted_chars, hunk->at_units,
      hunk->inserted_units, NULL, text->len - hunk->text_start };

    g_array_append_val (changes, change);
  }
}

static gboolean
shows_text (EntType *type)
{
  return type->kind == ENT_TYPE_TEXT || type->kind == ENT_TYPE_XML_TEXT ||
         type->kind == ENT_TYPE_UNKNOWN;
}

/* The changes of one type from its touches, which are in order. */
static void
build_changes (EntPendingEvent *pending, EntTypeEvent *entry, const Touch *touches, guint n_touches)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (EntChange));
  GString *text = g_string_new (NULL);
  gboolean is_text = shows_text (entry->type);
  gsize start = 0;
  Hunk hunk = { 0 };

  for (guint i = 0; i < n_touches; i++) {
    const Touch *touch = &touches[i];

    if (i == 0 || touch->at_units != hunk.at_units + hunk.inserted_units) {
      end_hunk (&hunk, changes, text);
      hunk =
        (Hunk){ .at_chars = touch->at_chars, .at_units = touch->at_units, .text_start = text->len };
    }
    add_to_hunk (&hunk, touch, text);
  }
  end_hunk (&hunk, changes, text);
  for (guint i = 0; i < changes->len; i++) {
    EntChange *change = &g_array_index (changes, EntChange, i);

    if (change->kind != ENT_CHANGE_INSERT)
      continue;
    change->text = is_text ? text->str + start : NULL;
    start += change->text_bytes;
    if (!is_text)
      change->text_bytes = 0;
  }
  entry->n_changes = changes->len;
  entry->changes = (const EntChange *) g_array_free (changes, FALSE);
  g_ptr_array_add (pending->owned, (gpointer) entry->changes);
  g_ptr_array_add (pending->owned, g_string_free (text, FALSE));
}

/* The first touch of a type; the touches are sorted by type. */
static guint
find_touches (GArray *touches, EntType *type)
{
  guint low = 0;
  guint high = touches->len;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (g_array_index (touches, Touch, middle).type < type)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void
add_type (EntPendingEvent *pending, EntType *type, GArray *touches)
{
  EntTypeEvent entry = { .type = type, .formatting = type->changed_formats };
  guint first = find_touches (touches, type);
  guint n = 0;

  if (ent_type_is_gone (type))
    return;
  if (type->changed_sequence) {
    while (first + n < touches->len && g_array_index (touches, Touch, first + n).type == type)
      n++;
    build_changes (pending, &entry, n ? &g_array_index (touches, Touch, first) : NULL, n);
  }
  if (type->changed_keys) {
    const char **keys = g_new0 (const char *, type->changed_keys->len + 1);

    entry.n_keys = type->changed_keys->len;
    for (guint i = 0; i < entry.n_keys; i++)
      keys[i] = g_strdup (((EntMapEntry *) type->changed_keys->pdata[i])->key->text);
    for (guint i = 0; i < entry.n_keys; i++)
      g_ptr_array_add (pending->owned, (gpointer) keys[i]);
    entry.keys = keys;
    g_ptr_array_add (pending->owned, keys);
  }
  g_array_append_val (pending->types, entry);
  g_ptr_array_add (pending->held, ent_type_ref (type));
}

EntPendingEvent *
ent_event_collect (EntDoc *doc)
{
  EntPendingEvent *pending = g_new0 (EntPendingEvent, 1);
  g_autoptr (GArray) touches = g_array_new (FALSE, FALSE, sizeof (Touch));
  Collector collector = { doc, touches };

  pending->types = g_array_new (FALSE, FALSE, sizeof (EntTypeEvent));
  pending->held = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_type_unref);
  pending->owned = g_ptr_array_new_with_free_func (g_free);
  pending->event.origin = doc->txn.origin;
  pending->event.is_local = doc->txn.is_local;
  pending->event.is_undo = doc->txn.is_undo;
  pending->event.clash = doc->txn.clash;
  collect_inserted (&collector);
  collect_deleted (&collector);
  for (guint i = 0; i < doc->txn.split_pairs->len; i++)
    touch_pair (&collector, g_array_index (doc->txn.split_pairs, EntId, i));
  g_array_sort (touches, compare_touches);
  for (guint i = 0; i < doc->txn.types->len; i++)
    add_type (pending, doc->txn.types->pdata[i], touches);
  return pending;
}

void
ent_event_free (EntPendingEvent *event)
{
  g_clear_pointer (&event->event.update, g_bytes_unref);
  g_array_unref (event->types);
  g_ptr_array_unref (event->held);
  g_ptr_array_unref (event->owned);
  g_free (event);
}

static void
drop_removed (EntDoc *doc)
{
  for (guint i = doc->observers->len; i > 0; i--) {
    EntObserver observer = g_array_index (doc->observers, EntObserver, i - 1);

    if (!observer.removed)
      continue;
    g_array_remove_index (doc->observers, i - 1);
    if (observer.destroy)
      observer.destroy (observer.data);
  }
}

void
ent_event_deliver (EntDoc *doc, EntPendingEvent *take_event, GBytes *take_update)
{
  EntPendingEvent *pending = take_event;

  pending->event.update = take_update;
  pending->event.types = (const EntTypeEvent *) pending->types->data;
  pending->event.n_types = pending->types->len;
  g_queue_push_tail (&doc->events, pending);
  if (doc->notifying)
    return;
  ent_doc_ref (doc);
  doc->notifying = TRUE;
  while ((pending = g_queue_pop_head (&doc->events))) {
    guint n = doc->observers->len;

    for (guint i = 0; i < n; i++) {
      EntObserver observer = g_array_index (doc->observers, EntObserver, i);

      if (!observer.removed)
        observer.func (doc, &pending->event, observer.data);
    }
    ent_event_free (pending);
  }
  doc->notifying = FALSE;
  drop_removed (doc);
  ent_doc_unref (doc);
}

guint
ent_doc_observe (EntDoc *doc, EntDocObserver observer, gpointer data, GDestroyNotify destroy_data)
{
  EntObserver entry = { ++doc->next_observer, observer, data, destroy_data, FALSE };

  g_array_append_val (doc->observers, entry);
  return entry.id;
}

void
ent_doc_unobserve (EntDoc *doc, guint id)
{
  for (guint i = 0; i < doc->observers->len; i++) {
    EntObserver *observer = &g_array_index (doc->observers, EntObserver, i);

    if (observer->id == id)
      observer->removed = TRUE;
  }
  if (!doc->notifying)
    drop_removed (doc);
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
