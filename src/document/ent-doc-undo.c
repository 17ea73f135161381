#include "document/ent-doc-undo.h"

#include "document/ent-doc-private.h"

struct _EntUndoStep {
  GArray *inserted; /* EntDelete, normalized */
  GArray *deleted; /* EntDelete, normalized */
  gpointer data;
  GDestroyNotify destroy;
};

struct _EntUndo {
  EntDoc *doc;
  EntUndoNow now;
  gpointer now_data;
  guint capture_ms;
  gint64 last_ms;
  gboolean joining; /* whether the next edit may join the last step */
  gboolean undoing;
  gboolean redoing;
  GPtrArray *scope; /* EntType, referenced */
  GPtrArray *origins; /* addresses */
  GPtrArray *undo_steps;
  GPtrArray *redo_steps;
  EntUndoAdded added;
  EntUndoPopped popped;
  gpointer funcs_data;
  void (*changed) (EntUndo *undo, gpointer data);
  gpointer changed_data;
};

/* --- sets of units --- */

static gboolean
has_unit (const GArray *ranges, EntId id)
{
  for (guint i = 0; i < ranges->len; i++) {
    const EntDelete *range = &g_array_index (ranges, EntDelete, i);

    if (range->client == id.client && id.clock >= range->clock &&
        id.clock - range->clock < range->length)
      return TRUE;
  }
  return FALSE;
}

static GArray *
join_sets (EntDoc *doc, GArray *take_a, const GArray *b)
{
  g_array_append_vals (take_a, b->data, b->len);
  ent_deletes_normalize (doc, take_a);
  return take_a;
}

static GArray *
list_inserted (EntDoc *doc)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (EntDelete));

  for (guint i = 0; i < doc->txn.touched.n; i++) {
    EntClient *client = ent_doc_client (doc, doc->txn.touched.items[i]);
    EntDelete range = { client->index, client->before, client->clock - client->before };

    if (range.length)
      g_array_append_val (ranges, range);
  }
  ent_deletes_normalize (doc, ranges);
  return ranges;
}

/* Every struct of the ranges, cut at their ends; caller owns the array. */
static GPtrArray *
list_items (EntDoc *doc, const GArray *ranges)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < ranges->len; i++) {
    const EntDelete *range = &g_array_index (ranges, EntDelete, i);
    guint32 end = range->clock + range->length;

    for (guint32 clock = range->clock; clock < end;) {
      EntItem *item = ent_doc_clean_start (doc, (EntId){ range->client, clock });

      if (item->kind != ENT_KIND_GC && item->clock + item->length > end)
        ent_item_split (doc, item, end - item->clock);
      g_ptr_array_add (items, item);
      clock = item->clock + item->length;
    }
  }
  return items;
}

/* --- scope --- */

static gboolean
type_in_scope (EntUndo *undo, EntType *type)
{
  while (type) {
    if (g_ptr_array_find (undo->scope, type, NULL))
      return TRUE;
    type = type->item ? ent_item_get_parent (type->item) : NULL;
  }
  return FALSE;
}

static gboolean
in_scope (EntUndo *undo, const EntItem *item)
{
  return item->kind != ENT_KIND_GC && type_in_scope (undo, ent_item_get_parent (item));
}

/* What is kept needs the types it stands in as well. */
static void
keep (EntItem *item, gboolean keep_it)
{
  while (item && item->keep != keep_it) {
    item->keep = keep_it;
    item = item->kind == ENT_KIND_GC ? NULL : ent_item_get_parent (item)->item;
  }
}

/* --- steps --- */

static void
step_free (EntUndoStep *step)
{
  g_array_unref (step->inserted);
  g_array_unref (step->deleted);
  if (step->destroy)
    step->destroy (step->data);
  g_free (step);
}

/* Lets go of what a step kept; inside a transaction. */
static void
drop_step (EntUndo *undo, EntUndoStep *step)
{
  g_autoptr (GPtrArray) items = list_items (undo->doc, step->deleted);

  for (guint i = 0; i < items->len; i++) {
    if (in_scope (undo, items->pdata[i]))
      keep (items->pdata[i], FALSE);
  }
  step_free (step);
}

static void
drop_steps (EntUndo *undo, GPtrArray *steps)
{
  while (steps->len)
    drop_step (undo, g_ptr_array_steal_index (steps, steps->len - 1));
}

void
ent_undo_step_set_data (EntUndoStep *step, gpointer data, GDestroyNotify destroy)
{
  if (step->destroy)
    step->destroy (step->data);
  step->data = data;
  step->destroy = destroy;
}

gpointer
ent_undo_step_get_data (EntUndoStep *step)
{
  return step->data;
}

/* --- capturing --- */

static gboolean
is_tracked (EntUndo *undo)
{
  const EntTxn *txn = &undo->doc->txn;

  if (!txn->is_local)
    return FALSE;
  if (txn->origin != undo && !g_ptr_array_find (undo->origins, txn->origin, NULL))
    return FALSE;
  for (guint i = 0; i < txn->types.n; i++) {
    if (type_in_scope (undo, txn->types.items[i]))
      return TRUE;
  }
  return FALSE;
}

static EntUndoStep *
capture (EntUndo *undo, GPtrArray *steps, gint64 now, gboolean *is_new)
{
  EntDoc *doc = undo->doc;
  g_autoptr (GArray) inserted = list_inserted (doc);
  EntUndoStep *step = steps->len ? steps->pdata[steps->len - 1] : NULL;

  *is_new = !(step && undo->joining && now - undo->last_ms < undo->capture_ms && !undo->undoing &&
              !undo->redoing);
  if (!*is_new) {
    step->inserted = join_sets (doc, step->inserted, inserted);
    step->deleted = join_sets (doc, step->deleted, doc->txn.deletes);
    return step;
  }
  step = g_new0 (EntUndoStep, 1);
  step->inserted = g_steal_pointer (&inserted);
  step->deleted = g_array_copy (doc->txn.deletes);
  g_ptr_array_add (steps, step);
  if (steps->len > ENT_UNDO_MAX_STEPS)
    drop_step (undo, g_ptr_array_steal_index (steps, 0));
  return step;
}

static void
committing_cb (EntDoc *doc, gpointer data)
{
  EntUndo *undo = data;
  g_autoptr (GPtrArray) deleted = NULL;
  gint64 now = undo->now ? undo->now (undo->now_data) : 0;
  EntUndoStep *step;
  gboolean is_new;

  if (!is_tracked (undo))
    return;
  if (undo->undoing)
    undo->joining = FALSE;
  else if (!undo->redoing)
    drop_steps (undo, undo->redo_steps);
  step = capture (undo, undo->undoing ? undo->redo_steps : undo->undo_steps, now, &is_new);
  if (!undo->undoing && !undo->redoing) {
    undo->last_ms = now;
    undo->joining = TRUE;
  }
  deleted = list_items (doc, doc->txn.deletes);
  for (guint i = 0; i < deleted->len; i++) {
    if (in_scope (undo, deleted->pdata[i]))
      keep (deleted->pdata[i], TRUE);
  }
  if (undo->added)
    undo->added (undo, step, is_new, undo->funcs_data);
  if (undo->changed)
    undo->changed (undo, undo->changed_data);
}

/* --- making anew --- */

static EntItem *
follow_one (EntDoc *doc, EntItem *item)
{
  gsize packed = GPOINTER_TO_SIZE (g_hash_table_lookup (doc->redone, item));

  return ent_doc_clean_start (doc, (EntId){ (guint32) (packed >> 32), (guint32) packed });
}

/* The living end of the chain of items made anew. */
static EntItem *
follow (EntDoc *doc, EntItem *item)
{
  while (item->redone)
    item = follow_one (doc, item);
  return item;
}

/* The nearest item, from one on in a direction, that stands in parent, itself or made anew. */
static EntItem *
find_neighbour (EntDoc *doc, EntItem *item, EntItem *parent, gboolean to_right)
{
  for (; item; item = to_right ? item->right : item->left) {
    EntItem *trace = item;

    while (trace && ent_item_get_parent (trace)->item != parent)
      trace = trace->redone ? follow_one (doc, trace) : NULL;
    if (trace)
      return trace;
  }
  return NULL;
}

static gboolean
any_step_has (GPtrArray *steps, gboolean inserted, EntId id)
{
  for (guint i = 0; i < steps->len; i++) {
    EntUndoStep *step = steps->pdata[i];

    if (has_unit (inserted ? step->inserted : step->deleted, id))
      return TRUE;
  }
  return FALSE;
}

/* The end of a key's chain as seen from item, when all that came after it is ours to replace; NULL
 * when somebody else has set the key meanwhile. */
static EntItem *
find_key_left (EntUndo *undo, EntItem *item, const EntUndoStep *step)
{
  EntItem *left = item;

  while (left->right) {
    EntItem *next = left->right;
    EntId id = { next->client, next->clock };

    if (!next->redone && !has_unit (step->inserted, id) &&
        !any_step_has (undo->undo_steps, FALSE, id) && !any_step_has (undo->redo_steps, TRUE, id))
      return NULL;
    left = follow (undo->doc, next);
  }
  return left;
}

static void
copy_content (EntItem *copy, const EntItem *item, EntDoc *doc)
{
  if (item->kind == ENT_KIND_TYPE) {
    copy->type = ent_type_new (doc, copy, item->type->kind);
    if (item->type->node_name)
      copy->type->node_name =
        ent_name_new (item->type->node_name->text, item->type->node_name->size);
    return;
  }
  copy->buf = item->buf;
  if (copy->buf)
    copy->buf->ref_count++;
  copy->offset = item->offset;
  copy->bytes = item->bytes;
  copy->chars = item->chars;
}

/* Makes one deleted item anew in the living parent; FALSE when others stand in the way. */
static gboolean
redo_item (EntUndo *undo, EntItem *item, EntItem *parent_item, const EntUndoStep *step)
{
  EntDoc *doc = undo->doc;
  EntType *parent = parent_item ? parent_item->type : ent_item_get_parent (item);
  EntMapEntry *entry = NULL;
  EntItem *left = NULL;
  EntItem *right = NULL;
  EntItem *copy;

  if (!item->is_keyed) {
    left = find_neighbour (doc, item->left, parent_item, FALSE);
    right = find_neighbour (doc, item, parent_item, TRUE);
  } else {
    entry = ent_type_ensure_entry (parent, item->entry->key->text, item->entry->key->size);
    left = item->right ? find_key_left (undo, item, step) : entry->last;
    if (item->right && !left)
      return FALSE;
  }
  copy = ent_type_new_local_item (parent, item->kind, item->length);
  copy_content (copy, item, doc);
  copy->keep = TRUE;
  if (left)
    copy->origin = ent_item_last_id (left);
  if (right)
    copy->right_origin = (EntId){ right->client, right->clock };
  item->redone = TRUE;
  g_hash_table_insert (
    doc->redone, item, GSIZE_TO_POINTER ((gsize) copy->client << 32 | copy->clock));
  keep (parent_item, TRUE);
  ent_item_integrate (doc, copy, left, right, parent, left && left->is_keyed ? left->entry : entry);
  return TRUE;
}

/* Makes item anew and, first, those of its parents that the same step deleted. */
static gboolean
redo_with_parents (EntUndo *undo, EntItem *item, GHashTable *wanted, const EntUndoStep *step)
{
  EntDoc *doc = undo->doc;
  g_autoptr (GPtrArray) chain = g_ptr_array_new (); /* from item up to the outermost */

  for (EntItem *next = item; next && !next->redone;) {
    EntItem *parent = ent_item_get_parent (next)->item;

    g_ptr_array_add (chain, next);
    if (!parent || !parent->deleted || parent->redone)
      break;
    if (!g_hash_table_contains (wanted, parent))
      return FALSE;
    next = parent;
  }
  for (guint i = chain->len; i > 0; i--) {
    EntItem *next = chain->pdata[i - 1];
    EntItem *parent = ent_item_get_parent (next)->item;

    if (parent && parent->deleted)
      parent = follow (doc, parent);
    if (parent && parent->kind != ENT_KIND_TYPE)
      return FALSE;
    if (!redo_item (undo, next, parent, step))
      return FALSE;
  }
  return TRUE;
}

static gboolean
remake_deleted (EntUndo *undo, const EntUndoStep *step)
{
  EntDoc *doc = undo->doc;
  g_autoptr (GPtrArray) items = list_items (doc, step->deleted);
  g_autoptr (GPtrArray) redo = g_ptr_array_new ();
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  gboolean done = FALSE;

  for (guint i = 0; i < items->len; i++) {
    EntItem *item = items->pdata[i];

    /* What was made and deleted within the step stays gone. */
    if (!in_scope (undo, item) || has_unit (step->inserted, (EntId){ item->client, item->clock }))
      continue;
    g_ptr_array_add (redo, item);
    g_hash_table_add (wanted, item);
  }
  for (guint i = 0; i < redo->len; i++)
    done |= redo_with_parents (undo, redo->pdata[i], wanted, step);
  return done;
}

static gboolean
undo_step (EntUndo *undo, const EntUndoStep *step)
{
  EntDoc *doc = undo->doc;
  g_autoptr (GPtrArray) inserted = list_items (doc, step->inserted);
  g_autoptr (GPtrArray) to_delete = g_ptr_array_new ();
  gboolean done;

  for (guint i = 0; i < inserted->len; i++) {
    EntItem *item = follow (doc, inserted->pdata[i]);

    if (!item->deleted && in_scope (undo, item))
      g_ptr_array_add (to_delete, item);
  }
  done = remake_deleted (undo, step);
  /* Children before their parents. */
  for (guint i = to_delete->len; i > 0; i--) {
    ent_item_delete (doc, to_delete->pdata[i - 1]);
    done = TRUE;
  }
  return done;
}

static gboolean
pop (EntUndo *undo, GPtrArray *steps, gboolean is_redo)
{
  EntDoc *doc = undo->doc;
  EntUndoStep *done = NULL;

  if (doc->txn.depth || doc->clash || !steps->len || !ent_doc_check_room (doc, G_MAXINT32, NULL))
    return FALSE;
  ent_txn_begin (doc, undo, TRUE);
  doc->txn.is_undo = TRUE;
  *(is_redo ? &undo->redoing : &undo->undoing) = TRUE;
  while (steps->len && !done) {
    EntUndoStep *step = g_ptr_array_steal_index (steps, steps->len - 1);

    if (undo_step (undo, step))
      done = step;
    else
      step_free (step);
  }
  ent_doc_commit (doc);
  undo->undoing = undo->redoing = FALSE;
  if (done && undo->popped)
    undo->popped (undo, done, is_redo, undo->funcs_data);
  if (done)
    step_free (done);
  if (undo->changed)
    undo->changed (undo, undo->changed_data);
  return done != NULL;
}

gboolean
ent_undo_undo (EntUndo *undo)
{
  return pop (undo, undo->undo_steps, FALSE);
}

gboolean
ent_undo_redo (EntUndo *undo)
{
  return pop (undo, undo->redo_steps, TRUE);
}

/* --- the rest of the interface --- */

EntUndo *
ent_undo_new (EntDoc *doc, EntUndoNow now, gpointer now_data)
{
  EntUndo *undo = g_new0 (EntUndo, 1);
  EntCommitHook hook = { committing_cb, undo };

  undo->doc = ent_doc_ref (doc);
  undo->now = now;
  undo->now_data = now_data;
  undo->capture_ms = ENT_UNDO_CAPTURE_MS;
  undo->scope = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_type_unref);
  undo->origins = g_ptr_array_new ();
  undo->undo_steps = g_ptr_array_new ();
  undo->redo_steps = g_ptr_array_new ();
  g_ptr_array_add (undo->origins, NULL);
  g_array_append_val (doc->hooks, hook);
  return undo;
}

void
ent_undo_free (EntUndo *undo)
{
  EntDoc *doc = undo->doc;

  ent_undo_set_funcs (undo, NULL, NULL, NULL);
  ent_undo_set_changed_func (undo, NULL, NULL);
  ent_undo_clear (undo);
  for (guint i = 0; i < doc->hooks->len; i++) {
    if (g_array_index (doc->hooks, EntCommitHook, i).data != undo)
      continue;
    g_array_remove_index (doc->hooks, i);
    break;
  }
  g_ptr_array_unref (undo->scope);
  g_ptr_array_unref (undo->origins);
  g_ptr_array_unref (undo->undo_steps);
  g_ptr_array_unref (undo->redo_steps);
  ent_doc_unref (doc);
  g_free (undo);
}

void
ent_undo_add_scope (EntUndo *undo, EntType *type)
{
  if (!g_ptr_array_find (undo->scope, type, NULL))
    g_ptr_array_add (undo->scope, ent_type_ref (type));
}

void
ent_undo_track (EntUndo *undo, gconstpointer origin)
{
  if (!g_ptr_array_find (undo->origins, origin, NULL))
    g_ptr_array_add (undo->origins, (gpointer) origin);
}

void
ent_undo_set_capture_ms (EntUndo *undo, guint capture_ms)
{
  undo->capture_ms = capture_ms;
}

void
ent_undo_stop (EntUndo *undo)
{
  undo->joining = FALSE;
}

gboolean
ent_undo_can_undo (EntUndo *undo)
{
  return undo->undo_steps->len > 0;
}

gboolean
ent_undo_can_redo (EntUndo *undo)
{
  return undo->redo_steps->len > 0;
}

guint
ent_undo_get_undo_depth (EntUndo *undo)
{
  return undo->undo_steps->len;
}

guint
ent_undo_get_redo_depth (EntUndo *undo)
{
  return undo->redo_steps->len;
}

void
ent_undo_clear (EntUndo *undo)
{
  if (!undo->undo_steps->len && !undo->redo_steps->len)
    return;
  /* Letting go may cut items; the end of a transaction joins them again. */
  ent_txn_begin (undo->doc, undo, TRUE);
  drop_steps (undo, undo->undo_steps);
  drop_steps (undo, undo->redo_steps);
  ent_doc_commit (undo->doc);
  undo->joining = FALSE;
  if (undo->changed)
    undo->changed (undo, undo->changed_data);
}

void
ent_undo_set_funcs (EntUndo *undo, EntUndoAdded added, EntUndoPopped popped, gpointer data)
{
  undo->added = added;
  undo->popped = popped;
  undo->funcs_data = data;
}

void
ent_undo_set_changed_func (EntUndo *undo,
  void (*changed) (EntUndo *undo, gpointer data),
  gpointer data)
{
  undo->changed = changed;
  undo->changed_data = data;
}
