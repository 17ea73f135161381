#include "document/ent-doc-private.h"

#include <string.h>

/* Applying updates.
 *
 * First the whole update is read and checked, without effect. Then every block of a client is a
 * source that integrates its structs in order until one depends on something not yet known; the
 * source then waits, in the ring of the client that it waits for, and goes on when that client has
 * got far enough. What still waits at the end is copied into the pending store of its client, which
 * is a source of the same kind for the updates to come. So delivery in any order costs O(log n) a
 * struct. */

/* A state that a document is opened with may have this size to be read once only. */
#define MAX_OPENING_BYTES (ENT_MAX_DOC_CLIENTS / 4)

/* --- waiting --- */

static void
stop_waiting (EntWait *wait)
{
  if (!wait->next)
    return;
  wait->next->previous = wait->previous;
  wait->previous->next = wait->next;
  wait->next = wait->previous = NULL;
}

static void
wait_for (EntSource *source, EntClient *on, guint32 clock)
{
  EntWait *ring = &on->waits;
  EntWait *wait = &source->wait;

  stop_waiting (wait);
  if (ring->next == ring)
    on->lowest_wait = clock;
  on->lowest_wait = MIN (on->lowest_wait, clock);
  wait->on = on;
  wait->clock = clock;
  wait->source = source;
  wait->previous = ring->previous;
  wait->next = ring;
  ring->previous->next = wait;
  ring->previous = wait;
}

static void
make_ready (EntDoc *doc, EntSource *source)
{
  if (source->queued)
    return;
  source->queued = TRUE;
  g_queue_push_tail (source->reader ? &doc->ready : &doc->ready_pending, source);
}

void
ent_apply_client_advanced (EntDoc *doc, EntClient *client)
{
  EntWait *ring = &client->waits;
  EntWait *next;

  client->lowest_wait = G_MAXUINT32;
  for (EntWait *wait = ring->next; wait != ring; wait = next) {
    next = wait->next;
    if (client->clock > wait->clock) {
      stop_waiting (wait);
      make_ready (doc, wait->source);
    } else {
      client->lowest_wait = MIN (client->lowest_wait, wait->clock);
    }
  }
}

/* --- one struct --- */

/* Most structs name units of their own client. */
static inline EntClient *
ensure_client (EntDoc *doc, EntClient *own, guint64 id)
{
  return id == own->id ? own : ent_doc_ensure_client (doc, id);
}

static gboolean
is_known (EntDoc *doc, EntSource *source, guint64 id, guint32 clock)
{
  EntClient *client = ent_doc_ensure_client (doc, id);

  if (clock < client->clock)
    return TRUE;
  wait_for (source, client, clock);
  return FALSE;
}

/* Whether a struct can be integrated now; else its source waits. */
static gboolean
has_all (EntDoc *doc, EntSource *source, const EntRef *ref)
{
  EntClient *client = source->client;

  if (ref->clock > client->clock) {
    wait_for (source, client, ref->clock - 1);
    return FALSE;
  }
  if (ref->info & ENT_INFO_RIGHT && ref->right_client != ref->client &&
      !is_known (doc, source, ref->right_client, ref->right_clock))
    return FALSE;
  /* The rest of a struct whose beginning is known stands after that, whatever it named. */
  if (ref->clock < client->clock)
    return TRUE;
  if (ref->info & ENT_INFO_ORIGIN && ref->origin_client != ref->client &&
      !is_known (doc, source, ref->origin_client, ref->origin_clock))
    return FALSE;
  return !ref->has_parent_id || ref->parent_client == ref->client ||
         is_known (doc, source, ref->parent_client, ref->parent_clock);
}

static void
fill_content (EntDoc *doc, EntItem *item, const EntRef *ref, guint32 offset)
{
  const char *content = ref->content;
  gsize size = ref->content_size;
  gsize at;
  guint32 chars;
  gboolean inside_pair;

  if (ref->kind == ENT_KIND_TYPE) {
    item->type = ent_type_new (doc, item, ent_type_kind_from_wire (ref->type_number));
    if (ref->type_number == 3 || ref->type_number == 5)
      item->type->node_name = ent_name_new (content, size);
    return;
  }
  item->chars = ref->chars;
  if (offset == 0 || !content) {
    ent_item_set_content (doc, item, content, size);
    return;
  }
  if (ref->kind != ENT_KIND_STRING) {
    at = ent_content_offset (ref->kind, content, size, offset);
    ent_item_set_content (doc, item, content + at, size - at);
    return;
  }
  at = ent_utf8_offset_of_unit (content, size, offset, &chars, &inside_pair);
  item->chars = ref->chars - chars;
  if (inside_pair) {
    g_autofree char *text = g_malloc (size - at);

    memcpy (text, "\xef\xbf\xbd", 3);
    memcpy (text + 3, content + at + 4, size - at - 4);
    ent_item_set_content (doc, item, text, size - at - 1);
    return;
  }
  ent_item_set_content (doc, item, content + at, size - at);
}

/* The parent named by an ID, or NULL when that is no type any more. */
static EntType *
find_parent (EntDoc *doc, const EntRef *ref)
{
  EntClient *client = ent_doc_ensure_client (doc, ref->parent_client);
  EntItem *holder = ent_doc_find_item (doc, (EntId){ client->index, ref->parent_clock });

  return holder->kind == ENT_KIND_TYPE ? holder->type : NULL;
}

/* The item that begins with a right origin: in a history of one author always the next one. */
static EntItem *
find_right (EntDoc *doc, const EntItem *left, EntId id)
{
  EntItem *next = left ? left->right : NULL;

  if (next && next->client == id.client && next->clock == id.clock)
    return next;
  return ent_doc_clean_start (doc, id);
}

/* Where an item stands: its parent, and its chain when that is keyed. */
static EntType *
find_place (EntDoc *doc, const EntRef *ref, EntItem *left, EntItem *right, EntMapEntry **entry)
{
  EntItem *neighbour = left ? left : right;
  EntType *parent;

  *entry = NULL;
  if ((left && left->kind == ENT_KIND_GC) || (right && right->kind == ENT_KIND_GC))
    return NULL;
  /* Also when the rest of a struct that names its parent continues what is known: whoever uses
   * clocks twice must not link two lists. */
  if (neighbour) {
    *entry = neighbour->is_keyed ? neighbour->entry : NULL;
    return ent_item_get_parent (neighbour);
  }
  if (ref->has_parent_id)
    parent = find_parent (doc, ref);
  else
    parent = ent_doc_ensure_root (doc, ref->root, ref->root_size);
  if (parent && ref->sub)
    *entry = ent_type_ensure_entry (parent, ref->sub, ref->sub_size);
  return parent;
}

/* Whether the struct could be absorbed by the text it continues, and was. In an update that
 * somebody made of single edits nearly every struct can. In a state, text that could be one struct
 * and is not has something between that comes later, and would be split again: after a few such
 * splits it is left apart. */
static gboolean
extend (EntDoc *doc, const EntRef *ref, EntClient *client, EntItem *left, EntId right_origin)
{
  EntTxn *txn = &doc->txn;
  EntText text = { ref->content, ref->content_size, ref->length, ref->chars };

  if (ref->kind != ENT_KIND_STRING || !left || ref->clock != client->clock ||
      ref->origin_client != client->id || ref->origin_clock != ref->clock - 1 ||
      txn->n_cuts > ent_txn_split_limit (txn) || !ent_item_extend (doc, left, right_origin, &text))
    return FALSE;
  txn->n_extended++;
  return TRUE;
}

static void
integrate (EntDoc *doc, const EntRef *ref, EntClient *client)
{
  guint32 offset = client->clock - ref->clock;
  EntId origin = ENT_NO_ID;
  EntId right_origin = ENT_NO_ID;
  EntItem *item;
  EntItem *left = NULL;
  EntItem *right = NULL;
  EntType *parent = NULL;
  EntMapEntry *entry = NULL;

  if (ref->kind != ENT_KIND_GC) {
    if (offset)
      origin = (EntId){ client->index, client->clock - 1 };
    else if (ref->info & ENT_INFO_ORIGIN)
      origin = (EntId){ ensure_client (doc, client, ref->origin_client)->index, ref->origin_clock };
    if (ref->info & ENT_INFO_RIGHT)
      right_origin =
        (EntId){ ensure_client (doc, client, ref->right_client)->index, ref->right_clock };
    if (ent_id_is_set (origin))
      left = ent_doc_clean_end (doc, origin);
    if (extend (doc, ref, client, left, right_origin))
      return;
    if (ent_id_is_set (right_origin))
      right = find_right (doc, left, right_origin);
    parent = find_place (doc, ref, left, right, &entry);
  }
  item = ent_item_new (doc);
  item->kind = ref->kind;
  item->client = client->index;
  item->clock = client->clock;
  item->length = ref->length - offset;
  item->origin = origin;
  item->right_origin = right_origin;
  if (parent)
    fill_content (doc, item, ref, offset);
  ent_item_integrate (doc, item, left, right, parent, entry);
}

static void
note_clash (EntDoc *doc, EntClient *client)
{
  if (client->id != doc->client_id)
    return;
  doc->clash = TRUE;
  doc->txn.clash = TRUE;
}

/* Integrates what it can of one struct; FALSE when the source waits now. */
static gboolean
take_struct (EntDoc *doc, EntSource *source, const EntRef *ref)
{
  EntClient *client = source->client;

  if (ref->kind == ENT_KIND_SKIP || ref->clock + ref->length <= client->clock)
    return TRUE;
  note_clash (doc, client);
  if (!has_all (doc, source, ref))
    return FALSE;
  integrate (doc, ref, client);
  return TRUE;
}

/* --- structs that take too long --- */

static gboolean
has_walked (EntDoc *doc, guint n_times)
{
  return doc->max_walk != 0 && doc->n_walked - doc->n_walked_before > n_times * doc->max_walk;
}

/* --- the two kinds of sources --- */

/* ref: room for the structs; holds the one that the source waits with, if it does in the end. */
static void
run_block (EntDoc *doc, EntSource *source, EntRef *ref)
{
  EntReader reader = *source->reader; /* with the client it has read */

  reader.at = source->at;
  for (;;) {
    if (source->n_left > 1)
      ent_apply_plain_structs (doc, source, &reader);
    if (!source->n_left)
      return;
    ent_ref_read (&reader, source->client->id, source->clock, ref);
    if (ent_reader_failed (&reader)) {
      ent_reader_fail (source->reader, reader.fault_code, reader.fault);
      return;
    }
    if (!take_struct (doc, source, ref))
      return;
    source->at = reader.at;
    source->clock += ref->length;
    source->n_left--;
    if (has_walked (doc, 1)) {
      ent_reader_fail (source->reader, ENT_DOC_ERROR_TOO_LARGE, "its structs take too long");
      return;
    }
  }
}

/* The last of a list takes the place of the one that leaves. */
static void
leave_list (EntDoc *doc, EntClient *client)
{
  EntClient *last = doc->pending_clients->pdata[doc->pending_clients->len - 1];

  last->pending_place = client->pending_place;
  g_ptr_array_remove_index_fast (doc->pending_clients, client->pending_place - 1);
  client->pending_place = 0;
}

static void
free_pending (EntDoc *doc, EntPending *pending)
{
  doc->pending_bytes -= sizeof (EntPending) + pending->size + ENT_PENDING_SLACK;
  doc->n_pending_structs--;
  g_free (pending);
}

/* What waits takes as long as an update may, and what would take longer is forgotten: nobody is
 * there to be told, and whoever sent it has it. */
static void
run_pending (EntDoc *doc, EntSource *source)
{
  EntClient *client = source->client;
  gsize n_done = 0;
  EntReader reader = { 0 }; /* of all of them: it keeps the client that it has read */
  EntRunPos pos;

  for (gboolean more = ent_runs_first (&client->pending, &pos); more;
       more = ent_runs_next (&client->pending, &pos)) {
    EntPending *pending = ent_runs_get (&client->pending, pos);
    EntRef ref;

    reader.start = reader.at = pending->data;
    reader.end = pending->data + pending->size + ENT_PENDING_SLACK;
    ent_ref_read (&reader, client->id, pending->clock, &ref);
    if (!has_walked (doc, 2) && !take_struct (doc, source, &ref))
      break;
    free_pending (doc, pending);
    n_done++;
  }
  if (n_done)
    ent_runs_remove_first (&client->pending, n_done);
  if (client->pending.n_items)
    return;
  ent_runs_clear (&client->pending);
  if (client->pending_place)
    leave_list (doc, client);
}

/* Goes on with the update that is being applied. */
static void
run_ready (EntDoc *doc, EntRef *ref)
{
  EntSource *source;

  while ((source = g_queue_pop_head (&doc->ready))) {
    source->queued = FALSE;
    run_block (doc, source, ref);
  }
}

/* Goes on with what waited before. */
static void
run_ready_pending (EntDoc *doc)
{
  EntSource *source;

  while ((source = g_queue_pop_head (&doc->ready_pending))) {
    source->queued = FALSE;
    run_pending (doc, source);
  }
}

static void
forget_ready_pending (EntDoc *doc)
{
  EntSource *source;

  while ((source = g_queue_pop_head (&doc->ready_pending)))
    source->queued = FALSE;
}

/* --- what is left waits --- */

/* Copies a struct into what its client waits with. FALSE when that has it in another form, or when
 * it is known. */
static gboolean
keep_struct (EntDoc *doc, EntClient *client, const EntRef *ref)
{
  gsize size = ref->end - ref->start;
  EntPending *pending;
  EntRunPos pos;

  if (ref->kind == ENT_KIND_SKIP || ref->clock + ref->length <= client->clock)
    return FALSE;
  if (ent_runs_find (&client->pending, ref->clock, &pos)) {
    EntPending *other = ent_runs_get (&client->pending, pos);

    if (other->clock + other->length >= ref->clock + ref->length)
      return FALSE;
    if (other->clock == ref->clock) {
      ent_runs_remove (&client->pending, pos);
      free_pending (doc, other);
    }
  }
  pending = g_malloc (sizeof (EntPending) + size + ENT_PENDING_SLACK);
  pending->clock = ref->clock;
  pending->length = ref->length;
  pending->size = size;
  memcpy (pending->data, ref->start, size);
  memset (pending->data + size, 0, ENT_PENDING_SLACK);
  ent_runs_insert (&client->pending, ref->clock, pending, FALSE);
  doc->pending_bytes += sizeof (EntPending) + size + ENT_PENDING_SLACK;
  doc->n_pending_structs++;
  if (!client->pending_place) {
    g_ptr_array_add (doc->pending_clients, client);
    client->pending_place = doc->pending_clients->len;
  }
  return TRUE;
}

/* The first struct left is what the source waits with. Kept in front of all others, it hands its
 * wait on; behind others, theirs goes on. Only when another form of it was there already does
 * somebody have to look what that waits for. That first struct is in ref, unless another block has
 * used it since. */
static void
keep_block (EntDoc *doc, EntSource *source, EntRef *ref)
{
  EntSource *pending = &source->client->pending_source;
  EntReader reader = *source->reader;
  EntWait wait = source->wait;
  guint32 first = source->clock;
  gboolean has_first = FALSE;
  EntRunPos pos;

  stop_waiting (&source->wait);
  reader.at = source->at;
  for (; source->n_left; source->n_left--) {
    gboolean is_kept;

    if (ref->start != source->at)
      ent_ref_read (&reader, source->client->id, source->clock, ref);
    reader.at = source->at = ref->end;
    is_kept = keep_struct (doc, source->client, ref);
    has_first = has_first || (is_kept && source->clock == first);
    source->clock += ref->length;
  }
  if (!has_first)
    make_ready (doc, pending);
  else if (ent_runs_first (&source->client->pending, &pos) &&
           ent_runs_get_clock (&source->client->pending, pos) == first)
    wait_for (pending, wait.on, wait.clock);
}

void
ent_apply_clear_client (EntDoc *doc, EntClient *client)
{
  EntRunPos pos;

  stop_waiting (&client->pending_source.wait);
  for (gboolean more = ent_runs_first (&client->pending, &pos); more;
       more = ent_runs_next (&client->pending, &pos))
    free_pending (doc, ent_runs_get (&client->pending, pos));
  ent_runs_clear (&client->pending);
  g_clear_pointer (&client->pending_deletes, g_array_unref);
}

/* --- the whole update --- */

/* Reads through the structs of a block behind the one it waits with, to find the next block. */
static void
skip_block (EntReader *reader, const EntSource *source, const EntRef *waiting)
{
  guint32 clock = source->clock + waiting->length;

  reader->at = waiting->end;
  for (guint64 i = 1; i < source->n_left; i++) {
    EntRef ref;

    i += ent_skip_plain_structs (reader, source->client->id, &clock, source->n_left - i);
    if (i == source->n_left)
      return;
    ent_ref_read (reader, source->client->id, clock, &ref);
    clock += ref.length;
  }
}

static void
read_block (EntDoc *doc, EntReader *reader, EntSource *source)
{
  guint64 client;

  *source = (EntSource){ .reader = reader };
  source->n_left = ent_read_block (reader, &client, &source->clock);
  source->client = source->n_left ? ent_doc_ensure_client (doc, client) : NULL;
  source->at = reader->at;
}

/* Structs may wait for something that never comes while their clocks arrive in another form. */
static void
drop_overtaken (EntDoc *doc)
{
  for (guint i = 0; i < doc->txn.touched.n; i++) {
    EntClient *client = ent_doc_client (doc, doc->txn.touched.items[i]);

    if (client->pending_place)
      make_ready (doc, &client->pending_source);
    run_ready_pending (doc);
  }
}

static void
apply_structs (EntDoc *doc, EntReader *reader)
{
  guint64 n = ent_read_uint_max (reader, ENT_DOC_MAX_CLIENTS, "too many clients");
  guint64 n_read = 0;
  EntSource few[4];
  g_autofree EntSource *many = n > G_N_ELEMENTS (few) ? g_new (EntSource, n) : NULL;
  EntSource *sources = many ? many : few;
  EntRef ref;

  ref.start = NULL;
  for (; n_read < n && !ent_reader_failed (reader); n_read++) {
    EntSource *source = &sources[n_read];

    read_block (doc, reader, source);
    run_block (doc, source, &ref);
    if (!source->n_left)
      reader->at = source->at;
    else if (!ent_reader_failed (reader))
      skip_block (reader, source, &ref);
    run_ready (doc, &ref);
  }
  for (guint64 i = 0; i < n_read; i++) {
    if (ent_reader_failed (reader))
      stop_waiting (&sources[i].wait);
    else if (sources[i].n_left)
      keep_block (doc, &sources[i], &ref);
  }
}

/* In the order of yjs: what is new, its deletes, then what has waited. It tells which of two forms
 * of a struct comes in, and whether two ranges are one before a pair of surrogates stands between
 * them. FALSE when the update turned out to be malformed. */
static gboolean
apply_all (EntDoc *doc, const guint8 *data, gsize size)
{
  EntReader reader;

  ent_reader_init (&reader, data, size);
  doc->n_walked_before = doc->n_walked;
  apply_structs (doc, &reader);
  doc->n_walked_last = doc->n_walked - doc->n_walked_before;
  ent_apply_deletes (doc, &reader);
  if (ent_reader_failed (&reader) || reader.at != reader.end) {
    forget_ready_pending (doc);
    return FALSE;
  }
  if (doc->pending_delete_clients->len)
    ent_apply_retry_deletes (doc);
  run_ready_pending (doc);
  drop_overtaken (doc);
  if (doc->pending_delete_clients->len)
    ent_apply_retry_deletes (doc);
  return TRUE;
}

/* --- how many clients an update brings --- */

typedef struct {
  EntDoc *doc;
  GHashTable *fresh; /* guint64 */
  gsize room;
} Census;

static void
count_client (Census *census, guint64 id)
{
  if (g_hash_table_size (census->fresh) > census->room || ent_doc_find_client (census->doc, id))
    return;
  g_hash_table_add (census->fresh, g_memdup2 (&id, sizeof id));
}

static void
count_struct (const EntRef *ref, gpointer data)
{
  count_client (data, ref->client);
  if (ref->info & ENT_INFO_ORIGIN)
    count_client (data, ref->origin_client);
  if (ref->info & ENT_INFO_RIGHT)
    count_client (data, ref->right_client);
  if (ref->has_parent_id)
    count_client (data, ref->parent_client);
}

static void
count_range (guint64 client, guint32 clock, guint32 length, gpointer data)
{
  count_client (data, client);
}

/* Structs name their client in 22 bits. A client takes a byte of the update at least; only when
 * there could be too many are they counted. */
static gboolean
has_room_for_clients (EntDoc *doc, const guint8 *data, gsize size)
{
  g_autoptr (GHashTable) fresh = NULL;
  Census census = { doc, NULL, ENT_MAX_DOC_CLIENTS - doc->clients->len };

  if (size <= census.room)
    return TRUE;
  fresh = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  census.fresh = fresh;
  return ent_update_walk (data, size, count_struct, count_range, &census, NULL) &&
         g_hash_table_size (fresh) <= census.room;
}

static void
survey_range (guint64 client, guint32 clock, guint32 length, gpointer data)
{
  ++*(gsize *) data;
}

static gboolean
may_apply (EntDoc *doc, const guint8 *data, gsize size, GError **error)
{
  gsize n_ranges = 0;

  if (doc->txn.depth) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID,
      "Could not apply a document update: a transaction is open");
    return FALSE;
  }
  if (!ent_update_walk (data, size, NULL, survey_range, &n_ranges, error))
    return FALSE;
  if (!has_room_for_clients (doc, data, size)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "Could not apply a document update: too many clients have written in the document");
    return FALSE;
  }
  /* Every struct might have to wait; over the limit nothing is taken in that could. */
  if (doc->pending_bytes + size + n_ranges * sizeof (EntSpan) >
      ENT_DOC_MAX_PENDING_BYTES + ENT_DOC_MAX_UPDATE_BYTES / 2) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "Could not apply a document update: too much waits for edits that have not come");
    return FALSE;
  }
  return TRUE;
}

/* A document that is opened reads its state once instead of twice: should the state be malformed
 * after all, there is nothing to protect, and the document is emptied again. FALSE leaves it empty.
 * No limit can be met by an update of this size alone. */
static gboolean
open_with (EntDoc *doc, const guint8 *data, gsize size, gconstpointer origin)
{
  guint n_roots = doc->roots->len;
  gboolean had_clash = doc->clash;
  gboolean is_good;

  ent_txn_begin (doc, origin, FALSE);
  doc->is_loading = TRUE;
  is_good = apply_all (doc, data, size);
  doc->is_loading = FALSE;
  if (is_good) {
    ent_doc_commit (doc);
    return TRUE;
  }
  ent_doc_empty (doc, n_roots);
  doc->clash = had_clash;
  return FALSE;
}

static void
trim (EntDoc *doc)
{
  for (guint i = 0; i < doc->clients->len; i++)
    ent_runs_trim (&ent_doc_client (doc, i)->items);
}

gboolean
ent_doc_apply_update (EntDoc *doc,
  const guint8 *data,
  gsize size,
  gconstpointer origin,
  GError **error)
{
  gboolean was_empty = ent_doc_is_empty (doc);

  doc->n_walked_last = 0; /* also for one that is refused */
  if (was_empty && size <= MAX_OPENING_BYTES && open_with (doc, data, size, origin)) {
    trim (doc);
    return TRUE;
  }
  if (!may_apply (doc, data, size, error))
    return FALSE;
  ent_txn_begin (doc, origin, FALSE);
  doc->is_loading = was_empty;
  apply_all (doc, data, size);
  doc->is_loading = FALSE;
  ent_doc_commit (doc);
  if (was_empty)
    trim (doc);
  if (doc->max_walk == 0 || doc->n_walked_last <= doc->max_walk)
    return TRUE;
  g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
    "Could not apply the rest of a document update: the places of its structs take too long to "
    "find");
  return FALSE;
}

void
ent_doc_set_max_walk (EntDoc *doc, guint64 n)
{
  doc->max_walk = n;
}

guint64
ent_doc_get_walked (EntDoc *doc)
{
  return doc->n_walked_last;
}

gboolean
ent_doc_apply_bytes (EntDoc *doc, GBytes *update, gconstpointer origin, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (update, &size);

  return ent_doc_apply_update (doc, data, size, origin, error);
}

gboolean
ent_doc_has_pending_structs (EntDoc *doc)
{
  return doc->pending_clients->len > 0;
}

gboolean
ent_doc_has_pending_deletes (EntDoc *doc)
{
  return doc->pending_delete_clients->len > 0;
}

gsize
ent_doc_get_pending_bytes (EntDoc *doc)
{
  return doc->pending_bytes;
}
