#include "document/ent-doc-private.h"

/* The delete set of an update. What is known is deleted at once; the rest waits as sorted spans
 * with the client it is about. */

static void
leave_delete_list (EntDoc *doc, EntClient *client)
{
  GPtrArray *list = doc->pending_delete_clients;
  EntClient *last = list->pdata[list->len - 1];

  last->pending_delete_place = client->pending_delete_place;
  g_ptr_array_remove_index_fast (list, client->pending_delete_place - 1);
  client->pending_delete_place = 0;
}

static void
add_span (GArray *spans, guint32 clock, guint32 length)
{
  guint32 end = clock + length;
  EntSpan span = { clock, length };
  guint low = 0;
  guint high = spans->len;
  guint last;

  /* The first span that ends at or after clock. */
  while (low < high) {
    guint middle = (low + high) / 2;
    const EntSpan *at = &g_array_index (spans, EntSpan, middle);

    if (at->clock + at->length < clock)
      low = middle + 1;
    else
      high = middle;
  }
  for (last = low; last < spans->len; last++) {
    const EntSpan *at = &g_array_index (spans, EntSpan, last);

    if (at->clock > end)
      break;
    span.clock = MIN (span.clock, at->clock);
    end = MAX (end, at->clock + at->length);
  }
  span.length = end - span.clock;
  if (last > low) {
    g_array_index (spans, EntSpan, low) = span;
    if (last > low + 1)
      g_array_remove_range (spans, low + 1, last - low - 1);
    return;
  }
  g_array_insert_val (spans, low, span);
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const EntSpan *x = a;
  const EntSpan *y = b;

  return x->clock < y->clock ? -1 : x->clock > y->clock;
}

/* Many at once: sort all and join them. */
static void
add_spans (GArray *spans, const GArray *more)
{
  guint n = 0;

  g_array_append_vals (spans, more->data, more->len);
  g_array_sort (spans, compare_spans);
  for (guint i = 0; i < spans->len; i++) {
    EntSpan next = g_array_index (spans, EntSpan, i);
    EntSpan *last = n ? &g_array_index (spans, EntSpan, n - 1) : NULL;

    if (last && next.clock <= last->clock + last->length)
      last->length = MAX (last->clock + last->length, next.clock + next.length) - last->clock;
    else
      g_array_index (spans, EntSpan, n++) = next;
  }
  g_array_set_size (spans, n);
}

static void
keep_deletes (EntDoc *doc, EntClient *client, const GArray *spans)
{
  gsize before;

  if (!client->pending_deletes) {
    client->pending_deletes = g_array_new (FALSE, FALSE, sizeof (EntSpan));
    g_ptr_array_add (doc->pending_delete_clients, client);
    client->pending_delete_place = doc->pending_delete_clients->len;
  }
  before = client->pending_deletes->len;
  if (spans->len > 64) {
    add_spans (client->pending_deletes, spans);
  } else {
    for (guint i = 0; i < spans->len; i++) {
      const EntSpan *span = &g_array_index (spans, EntSpan, i);

      add_span (client->pending_deletes, span->clock, span->length);
    }
  }
  doc->pending_bytes += (client->pending_deletes->len - before) * sizeof (EntSpan);
}

/* The next range is mostly one of the next structs, which lie anywhere, unless in a row. */
static inline void
look_ahead (const EntRuns *runs, EntRunPos pos)
{
  EntRunBlock *block = runs->blocks[pos.block];
  const gpointer *items = ent_run_block_items (block);

  if (block->row)
    return;
  for (guint slot = pos.slot + 2; slot < MIN (pos.slot + 5, block->n); slot++) {
    __builtin_prefetch (items[slot]);
    __builtin_prefetch ((const char *) items[slot] + 64);
  }
}

/* Deletes units that are known. pos is a place in the structs of the client that is not above
 * clock, and moves on: ranges come sorted, so that the next one is near. */
static void
delete_range (EntDoc *doc, EntClient *client, EntRunPos *pos, guint32 clock, guint32 end)
{
  EntItem *item;

  ent_runs_find_from (&client->items, clock, pos);
  look_ahead (&client->items, *pos);
  item = ent_runs_get (&client->items, *pos);
  if (!item->deleted && item->clock < clock) {
    ent_item_cut (doc, item, clock - item->clock);
    ent_runs_find (&client->items, clock, pos);
  }
  do {
    item = ent_runs_get (&client->items, *pos);
    if (item->clock >= end)
      break;
    if (item->deleted)
      continue;
    if (end < item->clock + item->length) {
      ent_item_cut (doc, item, end - item->clock);
      ent_runs_find (&client->items, item->clock, pos);
    }
    ent_item_delete (doc, item);
  } while (ent_runs_next (&client->items, pos));
}

/* Deletes what has come of the ranges that wait for a client. */
static void
retry_deletes (EntDoc *doc, EntClient *client)
{
  GArray *spans = client->pending_deletes;
  guint n_done = 0;

  for (EntRunPos pos = { 0 }; n_done < spans->len; n_done++) {
    EntSpan *span = &g_array_index (spans, EntSpan, n_done);
    guint32 end = span->clock + span->length;

    if (span->clock >= client->clock)
      break;
    delete_range (doc, client, &pos, span->clock, MIN (end, client->clock));
    if (end > client->clock) {
      span->length = end - client->clock;
      span->clock = client->clock;
      break;
    }
  }
  doc->pending_bytes -= n_done * sizeof (EntSpan);
  if (n_done)
    g_array_remove_range (spans, 0, n_done);
  if (spans->len)
    return;
  g_clear_pointer (&client->pending_deletes, g_array_unref);
  leave_delete_list (doc, client);
}

void
ent_apply_retry_deletes (EntDoc *doc)
{
  for (guint i = 0; i < doc->txn.touched.n; i++) {
    EntClient *client = ent_doc_client (doc, doc->txn.touched.items[i]);

    if (client->pending_deletes)
      retry_deletes (doc, client);
  }
}

#define MANY_KNOWN 4 /* fewer are not worth it */

/* The deletes of one client after the other. */
typedef struct {
  EntDoc *doc;
  EntClient *client; /* NULL before the first */
  EntRunPos pos;
  GArray *unknown; /* EntSpan; NULL while there are none */
  guint n_known; /* ranges that came in deleted with the structs of the update, in order */
  guint next_known;
  gboolean went_back;
} Deletion;

/* Nearly all that the delete set of a state names has come in deleted. Both are in order, so that
 * it is enough to walk along. */
static gboolean
has_come_deleted (Deletion *deletion, guint32 clock, guint32 end)
{
  const EntDelete *known = (const EntDelete *) deletion->doc->txn.deletes->data;
  guint32 client = deletion->client->index;
  guint next = deletion->next_known;
  guint n = deletion->n_known;

  while (next < n && known[next].client == client && known[next].clock + known[next].length < end)
    next++;
  deletion->next_known = next;
  return next < n && known[next].client == client && known[next].clock <= clock;
}

/* Passes over what the client before has left. Of two clients the second may have come first. */
static void
begin_client (Deletion *deletion, EntClient *client)
{
  const EntDelete *known = (const EntDelete *) deletion->doc->txn.deletes->data;
  guint next = deletion->next_known;
  guint n = deletion->n_known;

  while (deletion->client && next < n && known[next].client == deletion->client->index)
    next++;
  if (n && !deletion->went_back && known[0].client == client->index) {
    next = 0;
    deletion->went_back = TRUE;
  }
  deletion->next_known = next;
  deletion->client = client;
  deletion->pos = (EntRunPos){ 0 };
}

static void
end_deletes (Deletion *deletion)
{
  if (deletion->unknown)
    keep_deletes (deletion->doc, deletion->client, deletion->unknown);
  g_clear_pointer (&deletion->unknown, g_array_unref);
}

/* Deletes what is known of a range; the rest is added to what is unknown. */
static void
apply_delete (guint64 id, guint32 clock, guint32 length, gpointer data)
{
  Deletion *deletion = data;
  EntClient *client = deletion->client;
  guint32 end = clock + length;
  EntSpan rest;

  if (!client || client->id != id) {
    end_deletes (deletion);
    client = ent_doc_ensure_client (deletion->doc, id);
    begin_client (deletion, client);
  }
  if (deletion->n_known && has_come_deleted (deletion, clock, end))
    return;
  if (clock < client->clock) {
    if (ent_runs_get_clock (&client->items, deletion->pos) > clock)
      deletion->pos = (EntRunPos){ 0 };
    delete_range (deletion->doc, client, &deletion->pos, clock, MIN (end, client->clock));
  }
  if (end <= client->clock)
    return;
  rest.clock = MAX (clock, client->clock);
  rest.length = end - rest.clock;
  if (!deletion->unknown)
    deletion->unknown = g_array_new (FALSE, FALSE, sizeof (EntSpan));
  g_array_append_val (deletion->unknown, rest);
}

void
ent_apply_deletes (EntDoc *doc, EntReader *reader)
{
  Deletion deletion = { .doc = doc };

  if (doc->txn.deletes->len >= MANY_KNOWN) {
    ent_deletes_normalize (doc, doc->txn.deletes);
    deletion.n_known = doc->txn.deletes->len;
  }
  ent_read_ranges (reader, apply_delete, &deletion);
  end_deletes (&deletion);
}
