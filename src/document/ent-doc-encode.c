#include "document/ent-doc-private.h"

#include <string.h>

#define LARGE_UPDATE 4096 /* is handed over instead of being copied */

void
ent_encode_item (EntDoc *doc, EntWriter *writer, const EntItem *item, guint32 offset)
{
  EntType *parent;
  EntHead head = { .kind = item->kind };
  const char *content = item->kind == ENT_KIND_TYPE ? NULL : ent_item_content (item);
  gsize size = item->bytes;
  guint8 number = 0;

  if (item->kind == ENT_KIND_GC) {
    ent_write_u8 (writer, ENT_KIND_GC);
    ent_write_uint (writer, item->length - offset);
    return;
  }
  head.has_sub = item->is_keyed;
  if (offset) {
    head.has_origin = TRUE;
    head.origin_client = ent_doc_client (doc, item->client)->id;
    head.origin_clock = item->clock + offset - 1;
  } else if (ent_id_is_set (item->origin)) {
    head.has_origin = TRUE;
    head.origin_client = ent_doc_client (doc, item->origin.client)->id;
    head.origin_clock = item->origin.clock;
  }
  if (ent_id_is_set (item->right_origin)) {
    head.has_right = TRUE;
    head.right_client = ent_doc_client (doc, item->right_origin.client)->id;
    head.right_clock = item->right_origin.clock;
  }
  if (!head.has_origin && !head.has_right) {
    parent = ent_item_get_parent (item);
    if (parent->item) {
      head.parent_client = ent_doc_client (doc, parent->item->client)->id;
      head.parent_clock = parent->item->clock;
    } else {
      head.root = parent->name->text;
      head.root_size = parent->name->size;
    }
    if (item->is_keyed) {
      head.sub = item->entry->key->text;
      head.sub_size = item->entry->key->size;
    }
  }
  ent_write_head (writer, &head);
  if (item->kind == ENT_KIND_TYPE) {
    number = ent_type_kind_to_wire (item->type->kind);
    content = item->type->node_name ? item->type->node_name->text : "";
    size = item->type->node_name ? item->type->node_name->size : 0;
  }
  ent_write_content (writer, item->kind, content, size, item->length, offset, number);
}

/* The structs of one client from clock on, which must be below its clock. */
static void
encode_client (EntDoc *doc, EntWriter *writer, EntClient *client, guint32 clock)
{
  EntRunPos pos;
  EntRunPos count;
  EntItem *item;
  gsize n = 0;

  if (!ent_runs_find (&client->items, clock, &pos))
    g_assert_not_reached ();
  if (clock == 0) {
    n = client->items.n_items;
  } else {
    count = pos;
    do
      n++;
    while (ent_runs_next (&client->items, &count));
  }
  ent_write_uint (writer, n);
  ent_write_uint (writer, client->id);
  ent_write_uint (writer, clock);
  item = ent_runs_get (&client->items, pos);
  ent_encode_item (doc, writer, item, clock - item->clock);
  while (ent_runs_next (&client->items, &pos))
    ent_encode_item (doc, writer, ent_runs_get (&client->items, pos), 0);
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
  const EntDelete *ends[] = { (const EntDelete *) deletes->data,
    (const EntDelete *) deletes->data + deletes->len - 1 };
  g_autoptr (GArray) blocks = NULL;

  if (!deletes->len) {
    ent_write_u8 (writer, 0);
    return;
  }
  if (ends[0]->client == ends[1]->client) { /* the ranges of a client stand together */
    DeleteBlock only = { ent_doc_client (doc, ends[0]->client)->id, 0, deletes->len };

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

/* Every deleted and collected unit, straight from the structs. */
static void
encode_all_deletes (EntWriter *writer, GPtrArray *clients)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (EntSpan));
  EntWriter body;
  guint n_clients = 0;

  ent_writer_init (&body, 1024);
  for (guint i = 0; i < clients->len; i++) {
    EntClient *client = clients->pdata[i];
    EntSpan span = { 0, 0 };
    EntRunPos pos;

    g_array_set_size (spans, 0);
    for (gboolean more = ent_runs_first (&client->items, &pos); more;
         more = ent_runs_next (&client->items, &pos)) {
      const EntItem *item = ent_runs_get (&client->items, pos);

      if (item->deleted && span.length && span.clock + span.length == item->clock) {
        span.length += item->length;
        continue;
      }
      if (!item->deleted)
        continue;
      if (span.length)
        g_array_append_val (spans, span);
      span = (EntSpan){ item->clock, item->length };
    }
    if (!span.length)
      continue;
    g_array_append_val (spans, span);
    n_clients++;
    ent_write_uint (&body, client->id);
    ent_write_uint (&body, spans->len);
    for (guint k = 0; k < spans->len; k++) {
      ent_write_uint (&body, g_array_index (spans, EntSpan, k).clock);
      ent_write_uint (&body, g_array_index (spans, EntSpan, k).length);
    }
  }
  ent_write_uint (writer, n_clients);
  ent_write_raw (writer, body.data, body.size);
  ent_writer_clear (&body);
}

static void
encode_touched (EntDoc *doc, EntWriter *writer)
{
  g_autoptr (GPtrArray) clients = NULL;
  EntClient *only = NULL;
  guint n = 0;

  for (guint i = 0; i < doc->txn.touched->len; i++) {
    EntClient *client = ent_doc_client (doc, g_array_index (doc->txn.touched, guint32, i));

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

GBytes *
ent_encode_transaction (EntDoc *doc)
{
  EntWriter *writer = &doc->writer;

  if (!writer->data)
    ent_writer_init (writer, 256);
  writer->size = 0;
  encode_touched (doc, writer);
  encode_deletes (doc, writer, doc->txn.deletes);
  if (writer->size > LARGE_UPDATE)
    return ent_writer_end (writer);
  return g_bytes_new (writer->data, writer->size);
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

static GBytes *
encode_known (EntDoc *doc, const EntStateVector *known)
{
  g_autoptr (GPtrArray) clients = ent_doc_sort_clients (doc);
  EntWriter writer;
  guint n = 0;

  ent_writer_init (&writer, 64 + ent_doc_get_n_structs (doc) * 8);
  for (guint i = 0; i < clients->len; i++) {
    EntClient *client = clients->pdata[i];

    n += !known || ent_state_vector_get (known, client->id) < client->clock;
  }
  ent_write_uint (&writer, n);
  for (guint i = 0; i < clients->len; i++) {
    EntClient *client = clients->pdata[i];
    guint32 clock = known ? ent_state_vector_get (known, client->id) : 0;

    if (clock < client->clock)
      encode_client (doc, &writer, client, clock);
  }
  encode_all_deletes (&writer, clients);
  return ent_writer_end (&writer);
}

GBytes *
ent_doc_encode_diff (EntDoc *doc, const EntStateVector *known)
{
  g_autoptr (GBytes) state = encode_known (doc, known);
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
