#include "document/ent-doc-private.h"

#include <stdlib.h>
#include <string.h>

#define FEW_RANGES 1024
#define FEW_CLIENTS 16

/* --- transactions: what changed, and tidying up at the end --- */

void
ent_txn_init (EntDoc *doc)
{
  doc->txn.deletes = g_array_new (FALSE, FALSE, sizeof (EntDelete));
}

void
ent_txn_clear (EntDoc *doc)
{
  for (guint i = 0; i < doc->txn.types.n; i++)
    ent_type_unref (doc->txn.types.items[i]);
  g_array_unref (doc->txn.deletes);
  ent_vec_clear (&doc->txn.deleted);
  ent_vec_clear (&doc->txn.given);
  ent_vec_clear (&doc->txn.touched);
  ent_vec_clear (&doc->txn.candidates);
  ent_vec_clear (&doc->txn.to_merge);
  ent_vec_clear (&doc->txn.split_pairs);
  ent_vec_clear (&doc->txn.types);
}

void
ent_txn_begin (EntDoc *doc, gconstpointer origin, gboolean is_local)
{
  if (doc->txn.depth++)
    return;
  doc->txn.origin = origin;
  doc->txn.is_local = is_local;
  doc->txn.is_undo = FALSE;
  doc->txn.clash = FALSE;
  doc->txn.must_collect = FALSE;
  doc->txn.n_cuts = 0;
  doc->txn.was_cut = FALSE;
  doc->txn.n_extended = 0;
  doc->txn.grown = NULL;
  doc->txn.edit.state = ENT_EDIT_NONE;
}

void
ent_doc_begin (EntDoc *doc, gconstpointer origin)
{
  ent_txn_begin (doc, origin, TRUE);
}

gboolean
ent_doc_in_transaction (EntDoc *doc)
{
  return doc->txn.depth > 0;
}

void
ent_txn_note_delete (EntDoc *doc, EntType *type, guint32 at, guint32 n)
{
  EntEdit *edit = &doc->txn.edit;

  if (edit->state == ENT_EDIT_NONE)
    *edit = (EntEdit){ ENT_EDIT_DELETED, type, at, n, 0 };
  else
    edit->state = ENT_EDIT_OTHER;
}

void
ent_txn_note_insert (EntDoc *doc, EntType *type, guint32 at, guint32 n)
{
  EntEdit *edit = &doc->txn.edit;

  if (edit->state == ENT_EDIT_NONE)
    *edit = (EntEdit){ ENT_EDIT_INSERTED, type, at, 0, n };
  else if (edit->state == ENT_EDIT_DELETED && edit->type == type && edit->at == at)
    *edit = (EntEdit){ ENT_EDIT_INSERTED, type, at, edit->n_deleted, n };
  else
    edit->state = ENT_EDIT_OTHER;
}

void
ent_txn_mark (EntDoc *doc, EntType *type, EntItem *item)
{
  if (!type->changed) {
    type->changed = TRUE;
    ent_vec_push (&doc->txn.types, ent_type_ref (type));
  }
  if (!item->is_keyed) {
    type->changed_sequence = TRUE;
    type->changed_formats |= item->kind == ENT_KIND_FORMAT;
    return;
  }
  if (!type->changed_keys)
    type->changed_keys = g_ptr_array_new ();
  if (item->entry->changed)
    return;
  item->entry->changed = TRUE;
  g_ptr_array_add (type->changed_keys, item->entry);
}

/* Whether ranges of a client stand together and in order, as they do in updates. */
static gboolean
is_sorted (const GArray *deletes)
{
  const EntDelete *all = (const EntDelete *) deletes->data;
  guint32 clients[FEW_CLIENTS];
  guint n = 0;

  for (guint i = 0; i < deletes->len; i++) {
    if (i > 0 && all[i].client == all[i - 1].client) {
      if (all[i].clock < all[i - 1].clock)
        return FALSE;
      continue;
    }
    for (guint k = 0; k < n; k++) {
      if (clients[k] == all[i].client)
        return FALSE;
    }
    if (n == FEW_CLIENTS)
      return FALSE;
    clients[n++] = all[i].client;
  }
  return TRUE;
}

static gboolean
has_one_client (const GArray *deletes)
{
  guint32 client = g_array_index (deletes, EntDelete, 0).client;

  for (guint i = 1; i < deletes->len; i++) {
    if (g_array_index (deletes, EntDelete, i).client != client)
      return FALSE;
  }
  return TRUE;
}

/* What somebody deletes at one place is a few ranges of few clients. Shell's sort: no memory, no
 * function for each comparison. */
static void
sort_few (GArray *deletes)
{
  static const guint gaps[] = { 301, 132, 57, 23, 10, 4, 1 };
  EntDelete *all = (EntDelete *) deletes->data;

  for (guint g = 0; g < G_N_ELEMENTS (gaps); g++) {
    guint gap = gaps[g];

    for (guint i = gap; i < deletes->len; i++) {
      EntDelete next = all[i];
      guint at = i;

      for (; at >= gap && all[at - gap].clock > next.clock; at -= gap)
        all[at] = all[at - gap];
      all[at] = next;
    }
  }
}

static int
compare_clocks (gconstpointer a, gconstpointer b)
{
  const EntDelete *x = a;
  const EntDelete *y = b;

  return x->clock < y->clock ? -1 : x->clock > y->clock;
}

static void
sort_by_clock (EntDelete *ranges, guint n)
{
  for (guint i = 1; i < n; i++) {
    if (ranges[i].clock < ranges[i - 1].clock) {
      qsort (ranges, n, sizeof *ranges, compare_clocks);
      return;
    }
  }
}

/* Ranges sorted by clients as they first appear, then by clock. Undo makes units anew in that
 * order, and other replicas count on its clocks. Each client gets a part of a copy; in it the
 * ranges are mostly in order. */
static void
sort_deletes (EntDoc *doc, GArray *deletes)
{
  EntDelete *all = (EntDelete *) deletes->data;
  ENT_VEC (guint32) clients = { 0 };
  ENT_VEC (guint) ends = { 0 };
  g_autofree EntDelete *sorted = NULL;
  guint at = 0;

  if (is_sorted (deletes))
    return;
  if (deletes->len <= FEW_RANGES && has_one_client (deletes)) {
    sort_few (deletes);
    return;
  }
  for (guint i = 0; i < deletes->len; i++) {
    EntClient *client = ent_doc_client (doc, all[i].client);

    if (!client->rank) {
      ent_vec_push (&clients, all[i].client);
      ent_vec_push (&ends, 0);
      client->rank = clients.n;
    }
    ends.items[client->rank - 1]++;
  }
  for (guint c = 0; c < clients.n; c++) {
    guint n = ends.items[c];

    ends.items[c] = at;
    at += n;
  }
  sorted = g_new (EntDelete, deletes->len);
  for (guint i = 0; i < deletes->len; i++)
    sorted[ends.items[ent_doc_client (doc, all[i].client)->rank - 1]++] = all[i];
  for (guint c = 0, start = 0; c < clients.n; start = ends.items[c++]) {
    ent_doc_client (doc, clients.items[c])->rank = 0;
    sort_by_clock (sorted + start, ends.items[c] - start);
  }
  memcpy (all, sorted, deletes->len * sizeof *all);
  ent_vec_clear (&clients);
  ent_vec_clear (&ends);
}

void
ent_deletes_normalize (EntDoc *doc, GArray *deletes)
{
  guint n = 0;

  if (deletes->len < 2)
    return;
  sort_deletes (doc, deletes);
  for (guint i = 1; i < deletes->len; i++) {
    EntDelete *last = &g_array_index (deletes, EntDelete, n);
    const EntDelete *next = &g_array_index (deletes, EntDelete, i);

    if (last->client == next->client && next->clock <= last->clock + last->length)
      last->length = MAX (last->clock + last->length, next->clock + next->length) - last->clock;
    else
      g_array_index (deletes, EntDelete, ++n) = *next;
  }
  g_array_set_size (deletes, n + 1);
}

static inline void
collect (EntDoc *doc, EntItem *item)
{
  if (item->deleted && !item->keep && item->kind != ENT_KIND_GC && item->kind != ENT_KIND_DELETED)
    ent_item_collect (doc, item);
}

/* Where structs were split after they were deleted, all of them have to be looked for. */
static void
collect_ranges (EntDoc *doc)
{
  EntFinger finger = ENT_FINGER_INIT;

  for (guint i = 0; i < doc->txn.deletes->len; i++) {
    const EntDelete *range = &g_array_index (doc->txn.deletes, EntDelete, i);
    EntClient *client = ent_doc_client (doc, range->client);
    EntRunPos pos = ent_finger_find (&finger, client, range->clock);

    do {
      EntItem *item = ent_runs_get (&client->items, pos);

      if (item->clock >= range->clock + range->length)
        break;
      collect (doc, item);
    } while (ent_runs_next (&client->items, &pos));
  }
}

static void
collect_content (EntDoc *doc)
{
  if (doc->txn.was_cut) {
    collect_ranges (doc);
    return;
  }
  for (guint i = 0; i < doc->txn.deleted.n; i++)
    collect (doc, doc->txn.deleted.items[i]);
}

void
ent_txn_mark_deleted (EntDoc *doc)
{
  for (guint i = 0; i < doc->txn.deletes->len; i++) {
    const EntDelete *range = &g_array_index (doc->txn.deletes, EntDelete, i);
    EntRuns *runs = &ent_doc_client (doc, range->client)->items;
    EntRunPos pos;

    for (gboolean more = ent_runs_find (runs, range->clock, &pos);
         more && ent_runs_get_clock (runs, pos) < range->clock + range->length;
         more = ent_runs_next (runs, &pos)) {
      const EntItem *item = ent_runs_get (runs, pos);

      ent_run_block_mark (runs->blocks[pos.block], pos.slot, item->deleted);
    }
  }
}

/* Merges the struct at pos to the left as long as that works; gives how often. */
static guint
merge_chain (EntDoc *doc, EntClient *client, EntRunPos pos)
{
  guint n = 0;

  while (ent_item_merge_at (doc, client, &pos))
    n++;
  return n;
}

/* Tries every struct of client from the one at pos down to the first that begins at or after clock;
 * the first struct of all has no left. Gives the place where that ended. All that was deleted is
 * among them, so that it is marked. */
static EntRunPos
merge_down (EntDoc *doc, EntClient *client, EntRunPos pos, guint32 clock)
{
  while (ent_runs_get_clock (&client->items, pos) >= clock) {
    if (!ent_item_merge_at (doc, client, &pos) && !ent_runs_previous (&client->items, &pos))
      break;
  }
  return pos;
}

/* Deleted structs that are new as well are left to merge_new(). */
static void
merge_deleted (EntDoc *doc)
{
  EntFinger finger = ENT_FINGER_INIT;

  if (doc->txn.is_local && !doc->txn.deleted.n) /* all was given to what is merged already */
    return;
  for (guint i = 0; i < doc->txn.deletes->len; i++) {
    const EntDelete *range = &g_array_index (doc->txn.deletes, EntDelete, i);
    EntClient *client = ent_doc_client (doc, range->client);
    EntRunPos pos;

    if (range->clock >= ent_client_before (client))
      continue;
    pos = ent_finger_find (&finger, client, range->clock + range->length - 1);
    ent_runs_next (&client->items, &pos);
    finger.pos = merge_down (doc, client, pos, range->clock);
  }
}

/* From the last to the first, so that what is merged away is never asked for again. */
static void
merge_candidates (EntDoc *doc)
{
  for (guint i = doc->txn.candidates.n; i > 0; i--) {
    EntId id = doc->txn.candidates.items[i - 1];
    EntClient *client = ent_doc_client (doc, id.client);
    EntRunPos pos;

    if (ent_runs_find (&client->items, id.clock, &pos))
      ent_item_merge_at (doc, client, &pos);
  }
}

/* Where something was deleted, any two new structs may have become alike. */
static void
merge_new (EntDoc *doc)
{
  if (!doc->txn.must_collect) {
    merge_candidates (doc);
    return;
  }
  for (guint i = 0; i < doc->txn.touched.n; i++) {
    EntClient *client = ent_doc_client (doc, doc->txn.touched.items[i]);
    EntRunPos pos;

    if (client->clock > client->before && ent_runs_find (&client->items, client->clock - 1, &pos))
      merge_down (doc, client, pos, client->before);
  }
}

static void
merge_split (EntDoc *doc)
{
  for (guint i = doc->txn.to_merge.n; i > 0; i--) {
    EntId id = doc->txn.to_merge.items[i - 1];
    EntClient *client = ent_doc_client (doc, id.client);
    EntRunPos pos;
    EntRunPos next;
    guint n = 0;

    if (!ent_runs_find (&client->items, id.clock, &pos))
      continue;
    next = pos;
    if (ent_runs_next (&client->items, &next))
      n = merge_chain (doc, client, next);
    if (n == 0) /* else its left was tried already */
      merge_chain (doc, client, pos);
  }
}

static void
reset (EntDoc *doc)
{
  for (guint i = 0; i < doc->txn.touched.n; i++)
    ent_doc_client (doc, doc->txn.touched.items[i])->touched = FALSE;
  for (guint i = 0; i < doc->txn.types.n; i++) {
    EntType *type = doc->txn.types.items[i];

    type->changed = type->changed_sequence = type->changed_formats = FALSE;
    for (guint k = 0; type->changed_keys && k < type->changed_keys->len; k++)
      ((EntMapEntry *) type->changed_keys->pdata[k])->changed = FALSE;
    g_clear_pointer (&type->changed_keys, g_ptr_array_unref);
    ent_type_unref (type);
  }
  if (doc->txn.deletes->len > ENT_VEC_KEEP) {
    g_array_unref (doc->txn.deletes);
    doc->txn.deletes = g_array_new (FALSE, FALSE, sizeof (EntDelete));
  } else if (doc->txn.deletes->len) {
    g_array_set_size (doc->txn.deletes, 0);
  }
  ent_vec_empty (&doc->txn.deleted);
  ent_vec_empty (&doc->txn.given);
  ent_vec_empty (&doc->txn.touched);
  ent_vec_empty (&doc->txn.candidates);
  ent_vec_empty (&doc->txn.to_merge);
  ent_vec_empty (&doc->txn.split_pairs);
  ent_vec_empty (&doc->txn.types);
}

void
ent_txn_abandon (EntDoc *doc)
{
  reset (doc);
  doc->txn.depth = 0;
}

/* Whether all that was done is that text grew once: somebody types, here or elsewhere. Then nothing
 * has to be looked for, and both event and update can be written down at once. */
static gboolean
is_growth (const EntDoc *doc)
{
  const EntTxn *txn = &doc->txn;
  const EntClient *client;

  if (!txn->grown || txn->touched.n != 1 || txn->types.n != 1 || txn->deletes->len ||
      txn->to_merge.n || txn->n_cuts || txn->candidates.n || txn->split_pairs.n)
    return FALSE;
  client = doc->clients->pdata[txn->touched.items[0]];
  return client->clock - client->before == txn->grown->length - txn->grown_from.units;
}

/* Whether the edit noted down is all that was done: everything else makes or deletes units too. */
static gboolean
is_edit (const EntDoc *doc)
{
  const EntTxn *txn = &doc->txn;
  const EntEdit *edit = &txn->edit;
  guint32 n_deleted = 0;
  guint32 n_inserted = 0;

  if (edit->state == ENT_EDIT_NONE || edit->state == ENT_EDIT_OTHER || txn->types.n != 1 ||
      txn->types.items[0] != edit->type || edit->type->changed_keys ||
      edit->type->changed_formats || txn->touched.n > 1 || txn->split_pairs.n)
    return FALSE;
  if (txn->touched.n) {
    const EntClient *client = doc->clients->pdata[txn->touched.items[0]];

    n_inserted = client->clock - client->before;
    if (n_inserted && ((EntItem *) ent_runs_last (&client->items))->clock > client->before)
      return FALSE; /* cut since */
  }
  for (guint i = 0; i < txn->deletes->len; i++)
    n_deleted += g_array_index (txn->deletes, EntDelete, i).length;
  return n_inserted == edit->n_inserted && n_deleted == edit->n_deleted &&
         !ent_type_is_gone (edit->type);
}

static void
call_hooks (EntDoc *doc)
{
  for (guint i = 0; i < doc->hooks->len; i++) {
    EntCommitHook hook = g_array_index (doc->hooks, EntCommitHook, i);

    hook.func (doc, hook.data);
  }
}

static EntPendingEvent *
collect_event (EntDoc *doc, gboolean grew)
{
  if (!doc->observers->len)
    return NULL;
  if (!doc->n_watchers)
    return ent_event_new (doc);
  if (grew)
    return ent_event_collect_growth (doc);
  return is_edit (doc) ? ent_event_collect_edit (doc) : ent_event_collect (doc);
}

/* Nothing to collect, nothing to merge, few notes to forget. */
static void
commit_growth (EntDoc *doc)
{
  EntTxn *txn = &doc->txn;
  EntType *type = txn->types.items[0];
  EntPendingEvent *event = collect_event (doc, TRUE);

  if (event)
    ent_encode_growth (doc, ent_event_begin_update (event));
  ent_doc_client (doc, txn->touched.items[0])->touched = FALSE;
  type->changed = type->changed_sequence = FALSE;
  ent_type_unref (type);
  txn->touched.n = txn->types.n = txn->depth = 0;
  if (event)
    ent_event_deliver (doc, event);
}

static void
commit_any (EntDoc *doc, gboolean grew)
{
  EntTxn *txn = &doc->txn;
  EntPendingEvent *event = NULL;

  ent_deletes_normalize (doc, txn->deletes);
  if (txn->touched.n || txn->deletes->len || txn->clash) {
    event = collect_event (doc, grew);
    call_hooks (doc);
  }
  if (txn->must_collect && !(doc->flags & ENT_DOC_KEEP_DELETED))
    collect_content (doc);
  merge_deleted (doc);
  merge_new (doc);
  merge_split (doc);
  if (event && grew)
    ent_encode_growth (doc, ent_event_begin_update (event));
  else if (event)
    ent_encode_transaction (doc, ent_event_begin_update (event));
  reset (doc);
  txn->depth = 0;
  if (event)
    ent_event_deliver (doc, event);
}

void
ent_doc_commit (EntDoc *doc)
{
  gboolean grew;

  g_return_if_fail (doc->txn.depth > 0);

  if (doc->txn.depth > 1) {
    doc->txn.depth--;
    return;
  }
  grew = is_growth (doc);
  if (grew && !doc->hooks->len)
    commit_growth (doc);
  else
    commit_any (doc, grew);
}
