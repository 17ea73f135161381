#include "document/ent-doc-private.h"

#include <string.h>

/* What the fields of a struct before its content may take, with 8 bytes of slack for each ID. */
#define MAX_HEAD_BYTES 64

#define STRUCT_BYTES 24 /* that a struct of a state is expected to take */
#define ITEMS_AHEAD 6
#define TEXTS_AHEAD 3

typedef ENT_VEC (EntSpan) Spans;

static inline guint8 *
put_id (guint8 *at, const EntClient *client, guint32 clock)
{
  memcpy (at, client->id_bytes, sizeof client->id_bytes);
  return ent_put_uint (at + client->id_size, clock);
}

/* The parent and key of a struct that names no neighbour. */
static void
write_parent (EntDoc *doc, EntWriter *writer, const EntItem *item)
{
  EntType *parent = ent_item_get_parent (item);

  if (parent->item) {
    ent_write_u8 (writer, 0);
    ent_write_uint (writer, ent_doc_client (doc, parent->item->client)->id);
    ent_write_uint (writer, parent->item->clock);
  } else {
    ent_write_u8 (writer, 1);
    ent_write_bytes (writer, parent->name->text, parent->name->size);
  }
  if (item->is_keyed)
    ent_write_bytes (writer, item->entry->key->text, item->entry->key->size);
}

static void
write_text (EntWriter *writer, const EntItem *item, guint32 offset)
{
  EntSums skip = ent_item_sums_to (item, offset);
  gsize size = item->bytes - skip.bytes;
  guint8 *at;

  if (skip.units != offset) { /* inside a pair */
    ent_write_content (
      writer, ENT_KIND_STRING, ent_item_content (item), item->bytes, item->length, offset, 0);
    return;
  }
  at = ent_writer_reserve (writer, ENT_UINT_BYTES + size);
  at = ent_put_uint (at, size);
  memcpy (at, ent_item_content (item) + skip.bytes, size);
  writer->size = at + size - writer->data;
}

static void
write_type (EntWriter *writer, const EntType *type)
{
  const EntName *name = type->node_name;

  ent_write_content (writer, ENT_KIND_TYPE, name ? name->text : "", name ? name->size : 0, 1, 0,
    ent_type_kind_to_wire (type->kind));
}

void
ent_encode_item (EntDoc *doc, EntWriter *writer, const EntItem *item, guint32 offset)
{
  gboolean has_origin = offset || ent_id_is_set (item->origin);
  gboolean has_right = ent_id_is_set (item->right_origin);
  guint8 *at = ent_writer_reserve (writer, MAX_HEAD_BYTES);

  if (item->kind == ENT_KIND_GC) {
    *at++ = ENT_KIND_GC;
    writer->size = ent_put_uint (at, item->length - offset) - writer->data;
    return;
  }
  *at++ = item->kind | (has_origin ? ENT_INFO_ORIGIN : 0) | (has_right ? ENT_INFO_RIGHT : 0) |
          (item->is_keyed ? ENT_INFO_SUB : 0);
  if (offset)
    at = put_id (at, ent_doc_client (doc, item->client), item->clock + offset - 1);
  else if (has_origin)
    at = put_id (at, ent_doc_client (doc, item->origin.client), item->origin.clock);
  if (has_right)
    at = put_id (at, ent_doc_client (doc, item->right_origin.client), item->right_origin.clock);
  writer->size = at - writer->data;
  if (!has_origin && !has_right)
    write_parent (doc, writer, item);
  if (item->kind == ENT_KIND_STRING)
    write_text (writer, item, offset);
  else if (item->kind == ENT_KIND_TYPE)
    write_type (writer, item->type);
  else
    ent_write_content (
      writer, item->kind, ent_item_content (item), item->bytes, item->length, offset, 0);
}

/* A whole struct. Most are text, or what is left of it, behind something. */
static inline void
encode_whole (EntDoc *doc, EntWriter *writer, const EntItem *item)
{
  guint kind = item->kind;
  gboolean has_right = ent_id_is_set (item->right_origin);
  guint8 *at;

  if (!(((1u << ENT_KIND_STRING) | (1u << ENT_KIND_DELETED)) >> kind & 1) ||
      !ent_id_is_set (item->origin)) {
    ent_encode_item (doc, writer, item, 0);
    return;
  }
  at = ent_writer_reserve (writer, MAX_HEAD_BYTES + item->bytes);
  *at++ = kind | item->is_keyed * ENT_INFO_SUB | ENT_INFO_ORIGIN | has_right * ENT_INFO_RIGHT;
  at = put_id (at, ent_doc_client (doc, item->origin.client), item->origin.clock);
  if (has_right)
    at = put_id (at, ent_doc_client (doc, item->right_origin.client), item->right_origin.clock);
  if (kind == ENT_KIND_STRING) {
    at = ent_put_uint (at, item->bytes);
    memcpy (at, ent_item_content (item), item->bytes);
    at += item->bytes;
  } else {
    at = ent_put_uint (at, item->length);
  }
  writer->size = at - writer->data;
}

/* Structs of one client lie anywhere: asks for those of a block some time before they are needed,
 * and then for their text. */
static inline void
look_ahead (EntItem *const *items, guint n, guint slot)
{
  if (slot + ITEMS_AHEAD < n) {
    __builtin_prefetch (items[slot + ITEMS_AHEAD]);
    __builtin_prefetch ((const guint8 *) items[slot + ITEMS_AHEAD] + 64);
  }
  if (slot + TEXTS_AHEAD < n && items[slot + TEXTS_AHEAD]->kind == ENT_KIND_STRING)
    __builtin_prefetch (ent_item_content (items[slot + TEXTS_AHEAD]));
}

/* Writes the structs from pos on. */
static void
write_structs (EntDoc *doc, EntWriter *writer, EntClient *client, EntRunPos pos)
{
  guint slot = pos.slot;

  for (guint b = pos.block; b < client->items.n_blocks; b++, slot = 0) {
    EntRunBlock *block = client->items.blocks[b];
    guint n = block->n;
    gpointer of_row[ENT_RUN_BLOCK_MAX];
    EntItem *const *items = (EntItem *const *) ent_run_block_list (block, of_row);

    for (; slot < n; slot++) {
      look_ahead (items, n, slot);
      encode_whole (doc, writer, items[slot]);
    }
  }
}

/* Finds the deleted ranges of a client without a look at its structs: where the bits of a block
 * change, a range begins or ends. */
static void
find_deleted (const EntClient *client, Spans *spans)
{
  const EntRuns *runs = &client->items;
  guint64 is_open = 0;
  guint32 start = 0;

  for (guint b = 0; b < runs->n_blocks; b++) {
    const EntRunBlock *block = runs->blocks[b];
    guint64 all = G_MAXUINT64 >> (64 - block->n);

    for (guint64 changes = (block->marks ^ (block->marks << 1 | is_open)) & all; changes;
         changes &= changes - 1) {
      guint32 at = block->clocks[__builtin_ctzll (changes)];

      if (is_open)
        ent_vec_push (spans, ((EntSpan){ start, at - start }));
      start = at;
      is_open = !is_open;
    }
  }
  if (is_open)
    ent_vec_push (spans, ((EntSpan){ start, client->clock - start }));
}

/* How many structs of a client begin after the one at pos. */
static gsize
count_after (const EntRuns *runs, EntRunPos pos)
{
  gsize n = runs->blocks[pos.block]->n - pos.slot - 1;

  for (guint b = pos.block + 1; b < runs->n_blocks; b++)
    n += runs->blocks[b]->n;
  return n;
}

static void
write_block_head (EntWriter *writer, const EntClient *client, gsize n, guint32 clock)
{
  guint8 *at;

  ent_write_uint (writer, n);
  at = ent_writer_reserve (writer, MAX_HEAD_BYTES);
  writer->size = put_id (at, client, clock) - writer->data;
}

/* The structs of one client from clock on, of which there is at least one. */
static void
encode_from (EntDoc *doc, EntWriter *writer, EntClient *client, guint32 clock)
{
  EntRunPos pos = { 0, 0 };
  const EntItem *item;

  if (clock == 0) {
    write_block_head (writer, client, client->items.n_items, 0);
  } else {
    if (!ent_runs_find (&client->items, clock, &pos))
      g_assert_not_reached ();
    item = ent_runs_get (&client->items, pos);
    write_block_head (writer, client, count_after (&client->items, pos) + 1, clock);
    ent_encode_item (doc, writer, item, clock - item->clock);
    pos.slot++;
  }
  write_structs (doc, writer, client, pos);
}

/* The new structs of one client. */
static void
encode_client (EntDoc *doc, EntWriter *writer, EntClient *client, guint32 clock)
{
  EntRunPos pos;
  EntItem *item;

  if (!ent_runs_find (&client->items, clock, &pos))
    g_assert_not_reached ();
  write_block_head (writer, client, count_after (&client->items, pos) + 1, clock);
  item = ent_runs_get (&client->items, pos);
  ent_encode_item (doc, writer, item, clock - item->clock);
  while (ent_runs_next (&client->items, &pos))
    encode_whole (doc, writer, ent_runs_get (&client->items, pos));
}

static int
compare_clients_descending (gconstpointer a, gconstpointer b)
{
  const EntClient *x = *(EntClient *const *) a;
  const EntClient *y = *(EntClient *const *) b;

  return x->id > y->id ? -1 : x->id < y->id;
}

GPtrArray *
ent_doc_sort_clients (EntDoc *doc)
{
  GPtrArray *clients = g_ptr_array_new ();

  for (guint i = 0; i < doc->clients->len; i++) {
    if (ent_doc_client (doc, i)->clock)
      g_ptr_array_add (clients, ent_doc_client (doc, i));
  }
  g_ptr_array_sort (clients, compare_clients_descending);
  return clients;
}

typedef struct {
  guint64 client;
  guint first;
  guint n;
} DeleteBlock;

static int
compare_blocks_descending (gconstpointer a, gconstpointer b)
{
  const DeleteBlock *x = a;
  const DeleteBlock *y = b;

  return x->client > y->client ? -1 : x->client < y->client;
}

static void
encode_delete_block (EntWriter *writer, const GArray *deletes, const DeleteBlock *block)
{
  ent_write_uint (writer, block->client);
  ent_write_uint (writer, block->n);
  for (guint i = 0; i < block->n; i++) {
    const EntDelete *range = &g_array_index (deletes, EntDelete, block->first + i);

    ent_write_uint (writer, range->clock);
    ent_write_uint (writer, range->length);
  }
}

/* Ranges sorted by client index and clock become a delete set in descending client order. */
static void
encode_deletes (EntDoc *doc, EntWriter *writer, const GArray *deletes)
{
  const EntDelete *first = (const EntDelete *) deletes->data;
  g_autoptr (GArray) blocks = NULL;

  if (!deletes->len) {
    ent_write_u8 (writer, 0);
    return;
  }
  if (first->client == first[deletes->len - 1].client) { /* the ranges of a client stand together */
    DeleteBlock only = { ent_doc_client (doc, first->client)->id, 0, deletes->len };

    ent_write_u8 (writer, 1);
    encode_delete_block (writer, deletes, &only);
    return;
  }
  blocks = g_array_new (FALSE, FALSE, sizeof (DeleteBlock));
  for (guint i = 0; i < deletes->len; i++) {
    guint32 index = g_array_index (deletes, EntDelete, i).client;

    if (i == 0 || g_array_index (deletes, EntDelete, i - 1).client != index) {
      DeleteBlock block = { ent_doc_client (doc, index)->id, i, 0 };

      g_array_append_val (blocks, block);
    }
    g_array_index (blocks, DeleteBlock, blocks->len - 1).n++;
  }
  g_array_sort (blocks, compare_blocks_descending);
  ent_write_uint (writer, blocks->len);
  for (guint i = 0; i < blocks->len; i++)
    encode_delete_block (writer, deletes, &g_array_index (blocks, DeleteBlock, i));
}

static void
write_spans (EntWriter *writer, const EntClient *client, const EntSpan *spans, guint n)
{
  guint8 *at;

  ent_write_uint (writer, client->id);
  ent_write_uint (writer, n);
  at = ent_writer_reserve (writer, (gsize) n * 2 * ENT_CLOCK_BYTES);
  for (guint i = 0; i < n; i++) {
    at = ent_put_uint (at, spans[i].clock);
    at = ent_put_uint (at, spans[i].length);
  }
  writer->size = at - writer->data;
}

static void
encode_touched (EntDoc *doc, EntWriter *writer)
{
  g_autoptr (GPtrArray) clients = NULL;
  EntClient *only = NULL;
  guint n = 0;

  for (guint i = 0; i < doc->txn.touched.n; i++) {
    EntClient *client = ent_doc_client (doc, doc->txn.touched.items[i]);

    if (client->clock == client->before)
      continue;
    if (n == 1) {
      clients = g_ptr_array_new ();
      g_ptr_array_add (clients, only);
    }
    if (n++)
      g_ptr_array_add (clients, client);
    only = client;
  }
  ent_write_uint (writer, n);
  if (n == 1)
    encode_client (doc, writer, only, only->before);
  if (n <= 1)
    return;
  g_ptr_array_sort (clients, compare_clients_descending);
  for (guint i = 0; i < n; i++) {
    EntClient *client = clients->pdata[i];

    encode_client (doc, writer, client, client->before);
  }
}

void
ent_encode_transaction (EntDoc *doc, EntWriter *writer)
{
  encode_touched (doc, writer);
  encode_deletes (doc, writer, doc->txn.deletes);
}

/* One client, its one struct that continues what is known, no deletes. */
void
ent_encode_growth (EntDoc *doc, EntWriter *writer)
{
  const EntItem *item = doc->txn.grown;
  const EntClient *client = ent_doc_client (doc, item->client);
  gboolean has_right = ent_id_is_set (item->right_origin);
  guint32 from = doc->txn.grown_from.bytes;
  guint32 size = item->bytes - from;
  guint8 *at = ent_writer_reserve (writer, 2 * MAX_HEAD_BYTES + size);

  *at++ = 1;
  *at++ = 1;
  at = put_id (at, client, client->before);
  *at++ = ENT_KIND_STRING | ENT_INFO_ORIGIN | (has_right ? ENT_INFO_RIGHT : 0);
  at = put_id (at, client, client->before - 1);
  if (has_right)
    at = put_id (at, ent_doc_client (doc, item->right_origin.client), item->right_origin.clock);
  at = ent_put_uint (at, size);
  memcpy (at, ent_item_content (item) + from, size);
  at += size;
  *at++ = 0;
  writer->size = at - writer->data;
}

/* --- what waits, as one update --- */

static GBytes *
encode_pending (EntDoc *doc)
{
  EntWriter writer;

  ent_writer_init (&writer, 256);
  ent_write_uint (&writer, doc->pending_clients->len);
  for (guint i = 0; i < doc->pending_clients->len; i++) {
    EntClient *client = doc->pending_clients->pdata[i];
    EntRunPos pos;
    EntWriter body;
    guint32 start = 0;
    guint32 clock = 0;
    gsize n = 0;

    /* Overlapping structs are legal in one block only one after the other: write each piece that
     * goes on where the last ended, with a Skip over holes. */
    ent_writer_init (&body, 256);
    for (gboolean more = ent_runs_first (&client->pending, &pos); more;
         more = ent_runs_next (&client->pending, &pos)) {
      const EntPending *pending = ent_runs_get (&client->pending, pos);
      EntReader reader;
      EntRef ref;

      if (n == 0) {
        start = clock = pending->clock;
      } else if (pending->clock + pending->length <= clock) {
        continue;
      } else if (pending->clock > clock) {
        ent_write_u8 (&body, ENT_KIND_SKIP);
        ent_write_uint (&body, pending->clock - clock);
        clock = pending->clock;
        n++;
      }
      ent_reader_init (&reader, pending->data, pending->size);
      ent_ref_read (&reader, client->id, pending->clock, &ref);
      ent_ref_write (&body, &ref, clock - pending->clock);
      clock = pending->clock + pending->length;
      n++;
    }
    ent_write_uint (&writer, n);
    ent_write_uint (&writer, client->id);
    ent_write_uint (&writer, start);
    ent_write_raw (&writer, body.data, body.size);
    ent_writer_clear (&body);
  }
  ent_write_uint (&writer, doc->pending_delete_clients->len);
  for (guint i = 0; i < doc->pending_delete_clients->len; i++) {
    EntClient *client = doc->pending_delete_clients->pdata[i];

    ent_write_uint (&writer, client->id);
    ent_write_uint (&writer, client->pending_deletes->len);
    for (guint k = 0; k < client->pending_deletes->len; k++) {
      const EntSpan *span = &g_array_index (client->pending_deletes, EntSpan, k);

      ent_write_uint (&writer, span->clock);
      ent_write_uint (&writer, span->length);
    }
  }
  return ent_writer_end (&writer);
}

/* What somebody lacks who knows that much, or everything, in one walk over the structs. */
static GBytes *
encode_state (EntDoc *doc, const EntStateVector *known)
{
  g_autoptr (GPtrArray) clients = ent_doc_sort_clients (doc);
  g_autofree guint *ends = g_new (guint, clients->len + 1); /* of the spans of each client */
  g_autofree guint32 *clocks = g_new0 (guint32, clients->len + 1);
  Spans spans = { 0 };
  EntWriter writer;
  guint n_lacking = 0;
  guint n_deleted = 0;
  guint start = 0;

  if (doc->txn.depth)
    ent_txn_mark_deleted (doc);
  for (guint i = 0; i < clients->len; i++) {
    EntClient *client = clients->pdata[i];

    clocks[i] = known ? ent_state_vector_get (known, client->id) : 0;
    n_lacking += clocks[i] < client->clock;
  }
  ent_writer_init (&writer, 64 + ent_doc_get_n_structs (doc) * (known ? 8 : STRUCT_BYTES));
  ent_write_uint (&writer, n_lacking);
  for (guint i = 0; i < clients->len; i++) {
    EntClient *client = clients->pdata[i];
    guint before = spans.n;

    if (clocks[i] < client->clock)
      encode_from (doc, &writer, client, clocks[i]);
    find_deleted (client, &spans);
    ends[i] = spans.n;
    n_deleted += spans.n > before;
  }
  ent_write_uint (&writer, n_deleted);
  for (guint i = 0; i < clients->len; start = ends[i++]) {
    if (ends[i] > start)
      write_spans (&writer, clients->pdata[i], &spans.items[start], ends[i] - start);
  }
  ent_vec_clear (&spans);
  return ent_writer_end (&writer);
}

GBytes *
ent_doc_encode_diff (EntDoc *doc, const EntStateVector *known)
{
  g_autoptr (GBytes) state = encode_state (doc, known);
  g_autoptr (GBytes) pending = NULL;
  g_autoptr (GBytes) cut = NULL;
  g_autoptr (EntStateVector) beyond = NULL;
  GBytes *merged;

  if (!ent_doc_has_pending_structs (doc) && !ent_doc_has_pending_deletes (doc))
    return g_steal_pointer (&state);
  pending = encode_pending (doc);
  beyond = ent_doc_dup_state_vector (doc);
  if (known)
    ent_state_vector_merge (beyond, known);
  cut = ent_update_diff (pending, beyond, NULL);
  merged = cut ? ent_update_merge ((GBytes *[]){ state, cut }, 2, NULL) : NULL;
  /* Only a document near the size limit can fail here; what is known is still right. */
  return merged ? merged : g_steal_pointer (&state);
}

GBytes *
ent_doc_encode (EntDoc *doc)
{
  return ent_doc_encode_diff (doc, NULL);
}

EntStateVector *
ent_doc_dup_state_vector (EntDoc *doc)
{
  EntStateVector *vector = ent_state_vector_new ();
  g_autoptr (GPtrArray) clients = ent_doc_sort_clients (doc);

  for (guint i = clients->len; i > 0; i--) {
    EntClient *client = clients->pdata[i - 1];

    ent_state_vector_set (vector, client->id, client->clock);
  }
  return vector;
}
