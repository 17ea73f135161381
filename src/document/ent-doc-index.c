#include "document/ent-doc-index.h"

#include <string.h>

#include "document/ent-doc-private.h"

#define LEAF_MAX 32
#define NODE_MAX 16

struct _EntNode {
  EntNode *parent;
  guint32 slot; /* in parent */
  guint16 n;
  guint16 is_bottom; /* children are leaves */
  gpointer children[NODE_MAX];
  EntSums sums[NODE_MAX];
};

static void
sums_add (EntSums *sums, const EntSums *change)
{
  sums->units += change->units;
  sums->chars += change->chars;
  sums->bytes += change->bytes;
}

static void
set_child (EntNode *node, guint slot, gpointer child)
{
  node->children[slot] = child;
  if (node->is_bottom) {
    ((EntLeaf *) child)->parent = node;
    ((EntLeaf *) child)->slot = slot;
  } else {
    ((EntNode *) child)->parent = node;
    ((EntNode *) child)->slot = slot;
  }
}

static EntSums
node_total (const EntNode *node)
{
  EntSums total = { 0 };

  for (guint i = 0; i < node->n; i++)
    sums_add (&total, &node->sums[i]);
  return total;
}

static void insert_child (EntIndex *index, EntNode *node, guint slot, gpointer child, EntSums sums);

/* A new root above the only leaf, or above the old root. */
static EntNode *
grow (EntIndex *index)
{
  EntNode *root = g_new0 (EntNode, 1);

  root->is_bottom = index->root == NULL;
  root->n = 1;
  root->sums[0] = index->sums;
  set_child (root, 0, index->root ? (gpointer) index->root : (gpointer) index->only);
  index->root = root;
  index->only = NULL;
  return root;
}

/* Adds to the sums of a child and of everything above it, up to the totals. */
static void
add_up (EntIndex *index, EntNode *node, guint slot, const EntSums *change)
{
  for (; node; slot = node->slot, node = node->parent)
    sums_add (&node->sums[slot], change);
  sums_add (&index->sums, change);
}

/* Halves a full node and returns the right half. The tree is consistent before and after. */
static EntNode *
split_node (EntIndex *index, EntNode *node)
{
  EntNode *right = g_new0 (EntNode, 1);
  guint half = NODE_MAX / 2;
  EntSums none = { 0 };
  EntSums moved;
  EntSums negative;

  if (!node->parent)
    grow (index);
  right->is_bottom = node->is_bottom;
  right->n = node->n - half;
  for (guint i = 0; i < right->n; i++) {
    set_child (right, i, node->children[half + i]);
    right->sums[i] = node->sums[half + i];
  }
  node->n = half;
  moved = node_total (right);
  negative = (EntSums){ -moved.units, -moved.chars, -moved.bytes };
  add_up (index, node->parent, node->slot, &negative);
  insert_child (index, node->parent, node->slot + 1, right, none);
  add_up (index, right->parent, right->slot, &moved);
  return right;
}

/* Puts in a child whose sums the nodes above already count. */
static void
insert_child (EntIndex *index, EntNode *node, guint slot, gpointer child, EntSums sums)
{
  if (node->n == NODE_MAX) {
    EntNode *right = split_node (index, node);

    if (slot > node->n) {
      slot -= node->n;
      node = right;
    }
  }
  for (guint i = node->n; i > slot; i--) {
    set_child (node, i, node->children[i - 1]);
    node->sums[i] = node->sums[i - 1];
  }
  set_child (node, slot, child);
  node->sums[slot] = sums;
  node->n++;
}

static void
add_to_leaf (EntLeaf *leaf, const EntSums *change)
{
  sums_add (&leaf->sums, change);
  add_up (&leaf->type->index, leaf->parent, leaf->slot, change);
}

static void
split_leaf (EntIndex *index, EntLeaf *leaf)
{
  EntLeaf *right = g_new0 (EntLeaf, 1);
  EntSums negative;
  EntItem *item = leaf->first;
  guint keep = leaf->n_items / 2;
  EntSums none = { 0 };

  /* Appending is what typing does: keep the left leaf nearly full then. */
  if (leaf->type->last->leaf == leaf)
    keep = leaf->n_items - 4;
  for (guint i = 0; i < keep; i++)
    item = item->right;
  right->type = leaf->type;
  right->first = item;
  right->n_items = leaf->n_items - keep;
  for (guint i = 0; i < right->n_items; i++, item = item->right) {
    EntSums sums = ent_item_sums (item);

    item->leaf = right;
    sums_add (&right->sums, &sums);
  }
  leaf->n_items = keep;
  negative = (EntSums){ -right->sums.units, -right->sums.chars, -right->sums.bytes };
  if (!leaf->parent)
    grow (index);
  add_to_leaf (leaf, &negative);
  insert_child (index, leaf->parent, leaf->slot + 1, right, none);
  add_up (index, right->parent, right->slot, &right->sums);
}

void
ent_index_insert (EntType *type, EntItem *item)
{
  EntIndex *index = &type->index;
  EntSums sums = ent_item_sums (item);
  EntLeaf *leaf;

  if (item->left) {
    leaf = item->left->leaf;
  } else if (item->right) {
    leaf = item->right->leaf;
    leaf->first = item;
  } else {
    leaf = index->only = g_new0 (EntLeaf, 1);
    leaf->type = type;
    leaf->first = item;
  }
  item->leaf = leaf;
  leaf->n_items++;
  if (sums.units)
    add_to_leaf (leaf, &sums);
  if (leaf->n_items > LEAF_MAX)
    split_leaf (index, leaf);
}

void
ent_index_add (EntItem *item, EntSums change)
{
  add_to_leaf (item->leaf, &change);
}

/* Takes an empty child out, and every node that becomes empty by it. */
static void
remove_child (EntIndex *index, EntNode *node, guint slot)
{
  for (;;) {
    EntNode *parent = node->parent;

    for (guint i = slot + 1; i < node->n; i++) {
      set_child (node, i - 1, node->children[i]);
      node->sums[i - 1] = node->sums[i];
    }
    node->n--;
    if (node->n)
      break;
    slot = node->slot;
    g_free (node);
    if (!parent) {
      index->root = NULL;
      return;
    }
    node = parent;
  }
  while (index->root && index->root->n == 1 && !index->root->is_bottom) {
    EntNode *root = index->root;

    index->root = root->children[0];
    index->root->parent = NULL;
    g_free (root);
  }
}

/* Takes item, still linked, out of its leaf; its sums are accounted for. */
static void
remove_item (EntItem *item)
{
  EntLeaf *leaf = item->leaf;
  EntIndex *index = &leaf->type->index;

  leaf->n_items--;
  if (leaf->first == item)
    leaf->first = item->right;
  item->leaf = NULL;
  if (leaf->n_items)
    return;
  if (leaf->parent)
    remove_child (index, leaf->parent, leaf->slot);
  else
    index->only = NULL;
  g_free (leaf);
}

void
ent_index_absorb (EntItem *left, EntItem *right)
{
  if (left->leaf != right->leaf) {
    EntSums sums = ent_item_sums (right);
    EntSums negative = { -sums.units, -sums.chars, -sums.bytes };

    add_to_leaf (right->leaf, &negative);
    add_to_leaf (left->leaf, &sums);
  }
  remove_item (right);
}

EntSums
ent_index_before (EntItem *item)
{
  EntLeaf *leaf = item->leaf;
  EntSums before = { 0 };
  guint slot = leaf->slot;

  for (EntItem *i = leaf->first; i != item; i = i->right) {
    EntSums sums = ent_item_sums (i);

    sums_add (&before, &sums);
  }
  for (EntNode *node = leaf->parent; node; slot = node->slot, node = node->parent) {
    for (guint i = 0; i < slot; i++)
      sums_add (&before, &node->sums[i]);
  }
  return before;
}

static inline guint32
measure_of (const EntSums *sums, EntMeasure measure)
{
  switch (measure) {
  case ENT_BY_UNITS:
    return sums->units;
  case ENT_BY_CHARS:
    return sums->chars;
  case ENT_BY_BYTES:
    return sums->bytes;
  }
  return 0;
}

EntItem *
ent_index_find (EntType *type, EntMeasure measure, guint32 place, EntSums *before)
{
  EntNode *node = type->index.root;
  EntLeaf *leaf = type->index.only;
  EntSums sums = { 0 };
  EntItem *item;

  while (node) {
    guint slot = 0;

    while (place - measure_of (&sums, measure) >= measure_of (&node->sums[slot], measure))
      sums_add (&sums, &node->sums[slot++]);
    g_assert (slot < node->n);
    if (node->is_bottom) {
      leaf = node->children[slot];
      break;
    }
    node = node->children[slot];
  }
  for (item = leaf->first;; item = item->right) {
    EntSums own = ent_item_sums (item);

    if (place - measure_of (&sums, measure) < measure_of (&own, measure))
      break;
    sums_add (&sums, &own);
  }
  *before = sums;
  return item;
}

void
ent_index_clear (EntIndex *index)
{
  /* Depth first without recursion: always free the last child of the deepest node. */
  EntNode *node = index->root;

  while (node) {
    EntNode *parent = node->parent;

    if (node->n && !node->is_bottom) {
      node = node->children[--node->n];
      continue;
    }
    for (guint i = 0; i < node->n; i++)
      g_free (node->children[i]);
    g_free (node);
    node = parent;
  }
  g_free (index->only);
  *index = (EntIndex){ 0 };
}

static gboolean
sums_equal (const EntSums *a, const EntSums *b)
{
  return a->units == b->units && a->chars == b->chars && a->bytes == b->bytes;
}

static const char *
check_leaf (EntLeaf *leaf, EntType *type, EntItem **next)
{
  EntSums sums = { 0 };

  if (leaf->type != type)
    return "a leaf of another type";
  if (leaf->first != *next || leaf->n_items == 0 || leaf->n_items > LEAF_MAX)
    return "a leaf that begins at the wrong item or has a wrong count";
  for (guint i = 0; i < leaf->n_items; i++) {
    EntSums own;

    if (!*next || (*next)->leaf != leaf)
      return "an item that is not in its leaf";
    own = ent_item_sums (*next);
    sums_add (&sums, &own);
    *next = (*next)->right;
  }
  return sums_equal (&sums, &leaf->sums) ? NULL : "a leaf with wrong sums";
}

static const char *
check_node (EntNode *node, EntType *type, EntItem **next, guint depth, guint *bottom)
{
  if (node->n == 0 || node->n > NODE_MAX)
    return "a node with a wrong count";
  if (node->is_bottom && *bottom == 0)
    *bottom = depth;
  if (node->is_bottom && *bottom != depth)
    return "leaves at different depths";
  for (guint i = 0; i < node->n; i++) {
    EntSums sums;
    const char *fault;

    if (node->is_bottom) {
      EntLeaf *leaf = node->children[i];

      if (leaf->parent != node || leaf->slot != i)
        return "a leaf with a wrong parent";
      fault = check_leaf (leaf, type, next);
      sums = leaf->sums;
    } else {
      EntNode *child = node->children[i];

      if (child->parent != node || child->slot != i)
        return "a node with a wrong parent";
      fault = check_node (child, type, next, depth + 1, bottom);
      sums = node_total (child);
    }
    if (fault)
      return fault;
    if (!sums_equal (&sums, &node->sums[i]))
      return "a node with wrong sums";
  }
  return NULL;
}

const char *
ent_index_check (EntType *type)
{
  EntIndex *index = &type->index;
  EntItem *next = type->first;
  EntSums total = { 0 };
  const char *fault = NULL;
  guint bottom = 0;

  if (index->root && index->only)
    return "a root and an only leaf";
  if (index->root) {
    if (index->root->parent)
      return "a root with a parent";
    fault = check_node (index->root, type, &next, 1, &bottom);
    total = node_total (index->root);
  } else if (index->only) {
    fault = check_leaf (index->only, type, &next);
    total = index->only->sums;
  }
  if (fault)
    return fault;
  if (next)
    return "items beyond the last leaf";
  return sums_equal (&total, &index->sums) ? NULL : "wrong totals";
}
