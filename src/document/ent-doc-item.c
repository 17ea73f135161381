#include "document/ent-doc-private.h"

#include <string.h>

#define TAIL_BYTES 4096
#define MAX_MERGED_BYTES (1u << 30)

/* --- memory --- */

void
ent_doc_add_slab (EntDoc *doc)
{
  doc->n_fresh = ENT_SLAB_ITEMS;
  doc->fresh_items = g_new (EntItem, ENT_SLAB_ITEMS);
  g_ptr_array_add (doc->slabs, doc->fresh_items);
}

EntItem *
ent_item_new (EntDoc *doc)
{
  EntItem *item = ent_item_allocate (doc);

  memset (item, 0, sizeof *item);
  item->origin = item->right_origin = ENT_NO_ID;
  return item;
}

EntBuf *
ent_buf_new (guint32 allocated)
{
  EntBuf *buf = g_malloc (sizeof (EntBuf) + allocated);

  buf->ref_count = 1;
  buf->used = 0;
  buf->allocated = allocated;
  return buf;
}

void
ent_buf_unref (EntBuf *buf)
{
  if (--buf->ref_count == 0)
    g_free (buf);
}

void
ent_item_clear_content (EntItem *item)
{
  if (item->kind == ENT_KIND_TYPE)
    g_clear_pointer (&item->type, ent_type_unref);
  else
    g_clear_pointer (&item->buf, ent_buf_unref);
  item->offset = item->bytes = item->chars = 0;
}

void
ent_item_free (EntDoc *doc, EntItem *item)
{
  ent_item_clear_content (item);
  item->right = doc->free_items;
  doc->free_items = item;
  doc->n_items--;
}

static void
append_to_buf (EntItem *item, EntBuf *buf, const char *content, gsize size)
{
  item->buf = buf;
  buf->ref_count++;
  item->offset = buf->used;
  item->bytes = size;
  memcpy (buf->data + buf->used, content, size);
  buf->used += size;
}

void
ent_item_set_content (EntDoc *doc, EntItem *item, const char *content, gsize size)
{
  if (size == 0)
    return;
  if (size > TAIL_BYTES / 4) {
    EntBuf *own = ent_buf_new (size);

    append_to_buf (item, own, content, size);
    ent_buf_unref (own);
    return;
  }
  if (!doc->tail || doc->tail->allocated - doc->tail->used < size) {
    g_clear_pointer (&doc->tail, ent_buf_unref);
    doc->tail = ent_buf_new (TAIL_BYTES);
  }
  append_to_buf (item, doc->tail, content, size);
}

/* Appends to the content of an item, in place when it can. Growing copies double, so that appending
 * costs O(1) on average. */
static void
append_content (EntItem *item, const char *content, gsize size)
{
  EntBuf *buf = item->buf;

  if (!buf || item->offset + item->bytes != buf->used || buf->allocated - buf->used < size) {
    gsize total = item->bytes + size;

    buf = ent_buf_new (MAX (64, total + total / 2));
    memcpy (buf->data, ent_item_content (item), item->bytes);
    buf->used = item->bytes;
    if (item->buf)
      ent_buf_unref (item->buf);
    item->buf = buf;
    item->offset = 0;
  }
  memcpy (buf->data + buf->used, content, size);
  buf->used += size;
  item->bytes += size;
}

/* Makes a's content end with b's. */
static void
join_content (EntItem *a, const EntItem *b)
{
  if (!b->bytes)
    return;
  if (a->buf && a->buf == b->buf && a->offset + a->bytes == b->offset)
    a->bytes += b->bytes;
  else
    append_content (a, ent_item_content (b), b->bytes);
}

/* --- looking --- */

EntType *
ent_item_get_parent (const EntItem *item)
{
  if (item->kind == ENT_KIND_GC)
    return NULL;
  return item->is_keyed ? item->entry->map : item->leaf->type;
}

EntSums
ent_item_sums_to (const EntItem *item, guint32 units)
{
  const char *text = ent_item_content (item);
  EntSums sums = { units, units, units };
  gboolean inside_pair;

  if (units == item->length)
    return (EntSums){ units, item->chars, item->bytes };
  if (item->bytes == item->length)
    return sums;
  if (units > item->length / 2) { /* typing and backspacing work at the end */
    guint32 n_chars;

    sums.bytes =
      ent_utf8_offset_from_end (text, item->bytes, item->length - units, &n_chars, &inside_pair);
    sums.chars = item->chars - n_chars;
  } else {
    sums.bytes = ent_utf8_offset_of_unit (text, item->bytes, units, &sums.chars, &inside_pair);
  }
  sums.units -= inside_pair;
  return sums;
}

EntItem *
ent_doc_find_item (EntDoc *doc, EntId id)
{
  EntClient *client = ent_doc_client (doc, id.client);
  EntItem *last = ent_runs_last (&client->items);
  EntRunPos pos;

  if (last && last->clock <= id.clock)
    return last;
  if (!ent_runs_find (&client->items, id.clock, &pos))
    g_assert_not_reached ();
  return ent_runs_get (&client->items, pos);
}

/* --- splitting --- */

static gsize
get_redone (EntDoc *doc, EntItem *item)
{
  return GPOINTER_TO_SIZE (g_hash_table_lookup (doc->redone, item));
}

/* The redone unit is one above, so that unit 0 of client 0 is not NULL. */
static void
set_redone (EntDoc *doc, EntItem *item, gsize packed)
{
  item->redone = TRUE;
  g_hash_table_insert (doc->redone, item, GSIZE_TO_POINTER (packed));
}

static void
replace_text (EntItem *item, const char *before, const char *text, gsize size, const char *after)
{
  EntBuf *buf = ent_buf_new (size + strlen (before) + strlen (after));

  memcpy (buf->data, before, strlen (before));
  memcpy (buf->data + strlen (before), text, size);
  memcpy (buf->data + strlen (before) + size, after, strlen (after));
  buf->used = buf->allocated;
  ent_buf_unref (item->buf);
  item->buf = buf;
  item->offset = 0;
  item->bytes = buf->used;
}

/* Both halves of a broken pair become U+FFFD for good. */
static void
split_pair (EntDoc *doc, EntItem *item, EntItem *right, gsize at, guint32 chars_before)
{
  EntClient *client = ent_doc_client (doc, item->client);
  EntId left_half = { item->client, right->clock - 1 };
  EntBuf *old = item->buf;
  const char *text = ent_item_content (item);
  gsize size = item->bytes;

  old->ref_count++;
  replace_text (item, "", text, at, "\xef\xbf\xbd");
  replace_text (right, "\xef\xbf\xbd", text + at + 4, size - at - 4, "");
  ent_buf_unref (old);
  right->chars = item->chars - chars_before;
  item->chars = chars_before + 1;
  if (left_half.clock < ent_client_before (client))
    ent_vec_push (&doc->txn.split_pairs, left_half);
}

static void
split_content (EntDoc *doc, EntItem *item, EntItem *right, guint32 offset, const EntSums *at)
{
  gsize bytes = at->bytes;

  if (!item->buf)
    return;
  right->buf = item->buf;
  right->buf->ref_count++;
  if (item->kind != ENT_KIND_STRING)
    bytes = ent_content_offset (item->kind, ent_item_content (item), item->bytes, offset);
  else if (at->units != offset) {
    split_pair (doc, item, right, at->bytes, at->chars);
    return;
  }
  right->offset = item->offset + bytes;
  right->bytes = item->bytes - bytes;
  item->bytes = bytes;
  if (item->kind == ENT_KIND_STRING) {
    right->chars = item->chars - at->chars;
    item->chars = at->chars;
  }
}

EntItem *
ent_item_cut (EntDoc *doc, EntItem *item, guint32 offset)
{
  EntItem *right = ent_item_new (doc);
  EntSums before = ent_item_sums (item);
  EntSums at = item->kind == ENT_KIND_STRING ? ent_item_sums_to (item, offset) : (EntSums){ 0 };
  EntSums after;
  EntSums change;

  doc->txn.n_cuts++;
  doc->txn.was_cut |= item->deleted;
  right->kind = item->kind;
  right->client = item->client;
  right->clock = item->clock + offset;
  right->origin = (EntId){ item->client, right->clock - 1 };
  right->right_origin = item->right_origin;
  right->deleted = item->deleted;
  right->keep = item->keep;
  right->is_keyed = item->is_keyed;
  right->length = item->length - offset;
  item->length = offset;
  split_content (doc, item, right, offset, &at);
  if (item->redone)
    set_redone (doc, right, get_redone (doc, item) + offset);

  right->left = item;
  right->right = item->right;
  item->right = right;
  if (right->right)
    right->right->left = right;
  else if (item->is_keyed)
    item->entry->last = right;
  else
    item->leaf->type->last = right;
  if (item->is_keyed) {
    right->entry = item->entry;
  } else {
    after = ent_item_sums (item);
    change = (EntSums){ after.units - before.units, after.chars - before.chars,
      after.bytes - before.bytes };
    if (change.units)
      ent_index_add (item, change);
    ent_index_insert (item->leaf->type, right);
  }
  ent_runs_insert (&ent_doc_client (doc, item->client)->items, right->clock, right, right->deleted);
  return right;
}

EntItem *
ent_item_split (EntDoc *doc, EntItem *item, guint32 offset)
{
  EntItem *right = ent_item_cut (doc, item, offset);

  ent_vec_push (&doc->txn.to_merge, ((EntId){ right->client, right->clock }));
  return right;
}

EntItem *
ent_doc_clean_start (EntDoc *doc, EntId id)
{
  EntItem *item = ent_doc_find_item (doc, id);

  if (item->clock == id.clock || item->kind == ENT_KIND_GC)
    return item;
  return ent_item_split (doc, item, id.clock - item->clock);
}

EntItem *
ent_doc_clean_end (EntDoc *doc, EntId id)
{
  EntItem *item = ent_doc_find_item (doc, id);

  if (item->clock + item->length - 1 != id.clock && item->kind != ENT_KIND_GC)
    ent_item_split (doc, item, id.clock - item->clock + 1);
  return item;
}

/* --- integrating --- */

static void
advance_client (EntDoc *doc, EntClient *client, guint32 length)
{
  ent_txn_touch (doc, client);
  client->clock += length;
  if (client->waits.next != &client->waits && client->clock > client->lowest_wait)
    ent_apply_client_advanced (doc, client);
}

/* Notes down a struct that could be merged into the one before it by clock, if they come to stand
 * side by side. Only these are tried at the end, unless something was deleted as well. */
static inline void
note_candidate (EntDoc *doc, EntClient *client, const EntItem *item)
{
  const EntItem *before = ent_runs_last (&client->items);

  if (before && before->kind == item->kind && before->deleted == item->deleted &&
      (item->kind == ENT_KIND_GC ||
        (item->origin.client == item->client && item->origin.clock == item->clock - 1 &&
          ent_id_equal (before->right_origin, item->right_origin))))
    ent_vec_push (&doc->txn.candidates, ((EntId){ item->client, item->clock }));
}

static void
append_to_client (EntDoc *doc, EntItem *item)
{
  EntClient *client = ent_doc_client (doc, item->client);

  note_candidate (doc, client, item);
  if (doc->is_loading)
    ent_runs_append_in_row (&client->items, item->clock, item, item->deleted);
  else
    ent_runs_append (&client->items, item->clock, item, item->deleted);
  advance_client (doc, client, item->length);
}

static void
link_in (EntItem *item, EntItem *left, EntType *parent, EntMapEntry *entry)
{
  item->left = left;
  if (left) {
    item->right = left->right;
    left->right = item;
  } else if (entry) {
    item->right = entry->first;
    entry->first = item;
  } else {
    item->right = parent->first;
    parent->first = item;
  }
  if (item->right)
    item->right->left = item;
  else if (entry)
    entry->last = item;
  else
    parent->last = item;
  if (entry) {
    item->is_keyed = TRUE;
    item->entry = entry;
  } else {
    ent_index_insert (parent, item);
  }
}

static void
integrate_gc (EntDoc *doc, EntItem *item)
{
  ent_item_clear_content (item);
  item->kind = ENT_KIND_GC;
  item->deleted = TRUE;
  item->origin = item->right_origin = ENT_NO_ID;
  append_to_client (doc, item);
}

void
ent_item_integrate (EntDoc *doc,
  EntItem *item,
  EntItem *left,
  EntItem *right,
  EntType *parent,
  EntMapEntry *entry)
{
  EntItem *first;

  if (!parent) {
    integrate_gc (doc, item);
    return;
  }
  first = left ? left->right : entry ? entry->first : parent->first;
  if (first != right)
    left = ent_conflicts_find_left (doc, item, left, right, parent, entry);
  if (item->kind == ENT_KIND_DELETED)
    item->deleted = TRUE;
  link_in (item, left, parent, entry);
  append_to_client (doc, item);
  if (item->deleted)
    ent_txn_add_delete (doc, item->client, item->clock, item->length);
  if (item->kind == ENT_KIND_FORMAT)
    ent_type_note_format (parent, item, 1);
  ent_txn_mark (doc, parent, item);
  if (entry && !item->right && item->left)
    ent_item_delete (doc, item->left);
  if ((parent->item && parent->item->deleted) || (entry && item->right))
    ent_item_delete (doc, item);
}

gboolean
ent_item_extend (EntDoc *doc, EntItem *left, EntId right_origin, const EntText *text)
{
  EntClient *client = ent_doc_client (doc, left->client);
  const EntItem *right = left->right;

  if (left->kind != ENT_KIND_STRING || left->deleted || left->is_keyed || left->redone ||
      left->clock + left->length != client->clock ||
      !ent_id_equal (left->right_origin, right_origin) ||
      (guint64) left->bytes + text->bytes > MAX_MERGED_BYTES)
    return FALSE;
  /* Others inserted something behind it meanwhile: the place has to be looked for. */
  if (right ? right->client != right_origin.client || right->clock != right_origin.clock
            : ent_id_is_set (right_origin))
    return FALSE;
  if (!doc->txn.touched.n && !doc->txn.types.n) {
    doc->txn.grown = left;
    doc->txn.grown_from = (EntSums){ left->length, left->chars, left->bytes };
  }
  append_content (left, text->data, text->bytes);
  left->length += text->units;
  left->chars += text->chars;
  ent_index_add (left, (EntSums){ text->units, text->chars, text->bytes });
  advance_client (doc, client, text->units);
  ent_txn_mark (doc, left->leaf->type, left);
  return TRUE;
}

/* --- deleting and collecting --- */

static void
push_children (EntDoc *doc, EntItem *child, GPtrArray *stack)
{
  EntClient *client = ent_doc_client (doc, child->client);
  EntId id = { child->client, child->clock };

  if (!child->deleted)
    g_ptr_array_add (stack, child);
  else if (child->clock < ent_client_before (client))
    ent_vec_push (&doc->txn.to_merge, id); /* collected later, and may merge then */
}

static void
delete_one (EntDoc *doc, EntItem *item)
{
  EntSums sums = ent_item_sums (item);

  if (!item->is_keyed && sums.units)
    ent_index_add (item, (EntSums){ -sums.units, -sums.chars, -sums.bytes });
  if (item->kind == ENT_KIND_FORMAT)
    ent_type_note_format (ent_item_get_parent (item), item, -1);
  item->deleted = TRUE;
  doc->txn.must_collect = TRUE;
  ent_vec_push (&doc->txn.deleted, item);
  ent_txn_add_delete (doc, item->client, item->clock, item->length);
  ent_txn_mark (doc, ent_item_get_parent (item), item);
}

void
ent_item_delete (EntDoc *doc, EntItem *item)
{
  g_autoptr (GPtrArray) stack = NULL;

  if (item->deleted)
    return;
  if (item->kind != ENT_KIND_TYPE) {
    delete_one (doc, item);
    return;
  }
  stack = g_ptr_array_new ();
  g_ptr_array_add (stack, item);
  while (stack->len) {
    EntItem *next = g_ptr_array_steal_index_fast (stack, stack->len - 1);

    if (next->deleted)
      continue;
    delete_one (doc, next);
    if (next->kind != ENT_KIND_TYPE)
      continue;
    for (EntItem *child = next->type->first; child; child = child->right)
      push_children (doc, child, stack);
    for (guint i = 0; next->type->entries && i < next->type->entries->len; i++) {
      EntMapEntry *entry = next->type->entries->pdata[i];

      if (entry->last)
        push_children (doc, entry->last, stack);
    }
  }
}

/* b is the struct after a by clock. */
static gboolean
can_merge (const EntItem *a, const EntItem *b)
{
  if (a->kind != b->kind || a->deleted != b->deleted)
    return FALSE;
  switch (a->kind) {
  case ENT_KIND_GC:
    return TRUE;
  case ENT_KIND_STRING:
  case ENT_KIND_DELETED:
  case ENT_KIND_ANY:
  case ENT_KIND_JSON:
    return a->right == b && b->origin.client == a->client && b->origin.clock == b->clock - 1 &&
           ent_id_equal (a->right_origin, b->right_origin) && !a->redone && !b->redone &&
           (guint64) a->bytes + b->bytes <= MAX_MERGED_BYTES;
  default:
    return FALSE;
  }
}

/* Whether what is right of left by place continues it by clock too, and merges with it. */
static gboolean
merges_on (const EntItem *left)
{
  const EntItem *right = left->right;

  return right && right->client == left->client && right->clock == left->clock + left->length &&
         can_merge (left, right);
}

/* Whether units of text, which continue or are continued by what is left of other text, may become
 * part of that at once. Undo wants to see them first. */
static gboolean
may_give (EntDoc *doc, const EntItem *text, const EntItem *rest, guint32 end)
{
  const EntClient *client = ent_doc_client (doc, text->client);

  return rest && rest->kind == ENT_KIND_DELETED && rest->client == text->client &&
         text->kind == ENT_KIND_STRING && end <= ent_client_before (client) && !text->keep &&
         !rest->keep && !text->redone && !rest->redone &&
         ent_id_equal (text->right_origin, rest->right_origin) && !doc->hooks->len &&
         !(doc->flags & ENT_DOC_KEEP_DELETED);
}

static void
note_given (EntDoc *doc, EntItem *text, EntId first, const EntSums *sums)
{
  ent_vec_push (&doc->txn.given, ((EntGiven){ first, sums->units, sums->chars }));
  ent_txn_add_delete (doc, first.client, first.clock, sums->units);
  ent_txn_mark (doc, text->leaf->type, text);
  ent_index_add (text, (EntSums){ -sums->units, -sums->chars, -sums->bytes });
}

static void
file_under (EntDoc *doc, const EntItem *item, guint32 clock)
{
  EntRuns *runs = &ent_doc_client (doc, item->client)->items;
  EntRunPos pos;

  if (!ent_runs_find (runs, item->clock, &pos))
    g_assert_not_reached ();
  ent_runs_set_clock (runs, pos, clock);
}

gboolean
ent_item_give_end (EntDoc *doc, EntItem *item, guint32 offset)
{
  EntItem *rest = item->right;
  guint32 end = item->clock + item->length;
  EntSums kept;
  EntSums given;

  if (!may_give (doc, item, rest, end) || rest->clock != end || rest->origin.clock != end - 1 ||
      rest->origin.client != item->client || merges_on (rest))
    return FALSE;
  kept = ent_item_sums_to (item, offset);
  if (kept.units != offset)
    return FALSE;
  given =
    (EntSums){ item->length - kept.units, item->chars - kept.chars, item->bytes - kept.bytes };
  note_given (doc, item, (EntId){ item->client, item->clock + offset }, &given);
  item->length = kept.units;
  item->chars = kept.chars;
  item->bytes = kept.bytes;
  file_under (doc, rest, rest->clock - given.units);
  rest->clock -= given.units;
  rest->origin.clock -= given.units;
  rest->length += given.units;
  return TRUE;
}

gboolean
ent_item_give_start (EntDoc *doc, EntItem *item, guint32 units)
{
  EntItem *rest = item->left;
  EntSums given;

  if (!may_give (doc, item, rest, item->clock + units) ||
      rest->clock + rest->length != item->clock || item->origin.clock != item->clock - 1 ||
      item->origin.client != item->client || merges_on (item) ||
      (rest->left && merges_on (rest->left)))
    return FALSE;
  given = ent_item_sums_to (item, units);
  if (given.units != units)
    return FALSE;
  note_given (doc, item, (EntId){ item->client, item->clock }, &given);
  file_under (doc, item, item->clock + units);
  rest->length += units;
  item->clock += units;
  item->origin.clock += units;
  item->length -= units;
  item->chars -= given.chars;
  item->bytes -= given.bytes;
  item->offset += given.bytes;
  return TRUE;
}

/* Children of a collected type have no place any more. */
static void
make_gc (EntDoc *doc, EntItem *item, GPtrArray *types)
{
  if (item->kind == ENT_KIND_TYPE)
    g_ptr_array_add (types, ent_type_ref (item->type));
  ent_item_clear_content (item);
  if (item->redone)
    g_hash_table_remove (doc->redone, item);
  item->redone = FALSE;
  item->kind = ENT_KIND_GC;
  item->is_keyed = FALSE;
  item->keep = FALSE;
  item->left = item->right = NULL;
  item->leaf = NULL;
  item->buf = NULL;
  item->origin = item->right_origin = ENT_NO_ID;
}

void
ent_item_collect (EntDoc *doc, EntItem *item)
{
  g_autoptr (GPtrArray) types = NULL;

  if (item->kind != ENT_KIND_TYPE) {
    ent_item_clear_content (item);
    item->kind = ENT_KIND_DELETED;
    return;
  }
  types = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_type_unref);
  g_ptr_array_add (types, ent_type_ref (item->type));
  ent_item_clear_content (item);
  item->kind = ENT_KIND_DELETED;
  for (guint t = 0; t < types->len; t++) {
    EntType *type = types->pdata[t];
    EntItem *next;

    for (EntItem *child = type->first; child; child = next) {
      next = child->right;
      make_gc (doc, child, types);
    }
    for (guint i = 0; type->entries && i < type->entries->len; i++) {
      EntMapEntry *entry = type->entries->pdata[i];

      for (EntItem *child = entry->first; child; child = next) {
        next = child->right;
        make_gc (doc, child, types);
      }
    }
    ent_type_retire (type);
  }
}

/* --- merging --- */

/* item, which is filed at pos, becomes part of left, the one before it by clock. */
static __attribute__ ((noinline)) void
merge (EntDoc *doc, EntClient *client, EntRunPos *pos, EntItem *left, EntItem *item)
{
  EntRunPos before = *pos;

  ent_runs_previous (&client->items, &before);
  if (left->kind != ENT_KIND_GC) {
    if (!item->is_keyed)
      ent_index_absorb (left, item);
    left->chars += item->chars;
    left->keep |= item->keep;
    join_content (left, item);
    left->right = item->right;
    if (item->right)
      item->right->left = left;
    else if (item->is_keyed)
      item->entry->last = left;
    else
      left->leaf->type->last = left;
  }
  left->length += item->length;
  ent_runs_remove (&client->items, *pos);
  ent_item_free (doc, item);
  *pos = before;
}

/* Most structs that are tried do not merge, which is seen here without a call. */
gboolean
ent_item_merge_at (EntDoc *doc, EntClient *client, EntRunPos *pos)
{
  EntRunBlock *block = client->items.blocks[pos->block];
  EntItem *item = ent_run_block_get (block, pos->slot);
  EntItem *left;

  ent_run_block_mark (block, pos->slot, item->deleted);
  if (pos->slot > 0)
    left = ent_run_block_get (block, pos->slot - 1);
  else if (pos->block > 0)
    left = ent_run_block_last (client->items.blocks[pos->block - 1]);
  else
    return FALSE;
  if (!can_merge (left, item))
    return FALSE;
  merge (doc, client, pos, left, item);
  return TRUE;
}
