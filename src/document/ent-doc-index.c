#include "document/ent-doc-index.h"

#include <string.h>

#include "document/ent-doc-private.h"

#define LEAF_MAX 32
#define LEAF_FILL 28 /* of leaves that are left behind by appending */
#define NODE_MAX 16
#define NEARBY_UNITS 4096 /* a hint that is farther away is not worth looking around */
#define NEARBY_ITEMS 8

struct _EntNode {
  EntNode *parent;
  guint32 slot; /* in parent */
  guint16 n;
  guint16 is_bottom; /* children are leaves */
  gpointer children[NODE_MAX];
  EntSums sums[NODE_MAX];
};

static inline void
sums_add (EntSums *sums, const EntSums *change)
{
  sums->units += change->units;
  sums->chars += change->chars;
  sums->bytes += change->bytes;
}

static inline void
sums_subtract (EntSums *sums, const EntSums *change)
{
  sums->units -= change->units;
  sums->chars -= change->chars;
  sums->bytes -= change->bytes;
}

static inline void
make_dirty (EntIndex *index, EntLeaf *leaf)
{
  if (leaf->is_dirty)
    return;
  leaf->is_dirty = TRUE;
  leaf->next_dirty = index->dirty;
  index->dirty = leaf;
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
  root->sums[0] = index->root ? node_total (index->root) : index->only->counted;
  set_child (root, 0, index->root ? (gpointer) index->root : (gpointer) index->only);
  index->root = root;
  index->only = NULL;
  return root;
}

/* Adds to the sums of a child and of everything above it. */
static void
add_up (EntNode *node, guint slot, const EntSums *change)
{
  for (; node; slot = node->slot, node = node->parent)
    sums_add (&node->sums[slot], change);
}

/* Halves a full node and returns the right half; when a child is to be appended, which is how a
 * tree is built, the left one stays nearly full. The tree is consistent before and after. */
static EntNode *
split_node (EntIndex *index, EntNode *node, guint slot)
{
  EntNode *right = g_new0 (EntNode, 1);
  guint half = slot == NODE_MAX ? NODE_MAX - 1 : NODE_MAX / 2;
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
  add_up (node->parent, node->slot, &negative);
  insert_child (index, node->parent, node->slot + 1, right, none);
  add_up (right->parent, right->slot, &moved);
  return right;
}

/* Puts in a child whose sums the nodes above already count. */
static void
insert_child (EntIndex *index, EntNode *node, guint slot, gpointer child, EntSums sums)
{
  if (node->n == NODE_MAX) {
    EntNode *right = split_node (index, node, slot);

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

static inline void
add_to_leaf (EntLeaf *leaf, const EntSums *change)
{
  EntIndex *index = &leaf->type->index;

  sums_add (&leaf->sums, change);
  sums_add (&index->sums, change);
  make_dirty (index, leaf);
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
  add_to_leaf (leaf, &sums);
  if (index->hint && item->right == index->hint)
    sums_add (&index->hint_before, &sums);
  else if (item->left != index->hint)
    index->hint = NULL;
}

void
ent_index_add (EntItem *item, EntSums change)
{
  EntIndex *index = &item->leaf->type->index;

  add_to_leaf (item->leaf, &change);
  if (!index->hint || item == index->hint || item->left == index->hint)
    return;
  if (item->right == index->hint)
    sums_add (&index->hint_before, &change);
  else
    index->hint = NULL;
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

/* --- settling --- */

/* Cuts a leaf of too many items into pieces that stand side by side in the tree. A leaf that has
 * just become too full is halved; one that has grown by appending, as typing and loading do, leaves
 * nearly full pieces behind. The leaf's new sums are not yet known above. */
static void
cut_leaf (EntIndex *index, EntLeaf *leaf)
{
  gboolean is_appended = leaf->n_items > 2 * LEAF_MAX || leaf->type->last->leaf == leaf;
  guint keep = is_appended ? LEAF_FILL : leaf->n_items / 2;
  guint n_left = leaf->n_items - keep;
  EntItem *item = leaf->first;

  if (!leaf->parent)
    grow (index);
  for (guint i = 0; i < keep; i++)
    item = item->right;
  leaf->n_items = keep;
  for (EntLeaf *last = leaf; n_left;) {
    EntLeaf *piece = g_new0 (EntLeaf, 1);

    piece->type = leaf->type;
    piece->first = item;
    piece->n_items = n_left <= LEAF_MAX ? n_left : LEAF_FILL;
    n_left -= piece->n_items;
    for (guint i = 0; i < piece->n_items; i++, item = item->right) {
      EntSums sums = ent_item_sums (item);

      item->leaf = piece;
      sums_add (&piece->sums, &sums);
    }
    piece->counted = piece->sums;
    sums_subtract (&leaf->sums, &piece->sums);
    insert_child (index, last->parent, last->slot + 1, piece, (EntSums){ 0 });
    add_up (piece->parent, piece->slot, &piece->sums);
    last = piece;
  }
}

static void
settle_leaf (EntIndex *index, EntLeaf *leaf)
{
  EntSums change;

  if (leaf->n_items > LEAF_MAX)
    cut_leaf (index, leaf);
  change = leaf->sums;
  sums_subtract (&change, &leaf->counted);
  leaf->counted = leaf->sums;
  add_up (leaf->parent, leaf->slot, &change);
  if (leaf->n_items)
    return;
  remove_child (index, leaf->parent, leaf->slot);
  g_free (leaf);
}

static void
settle (EntIndex *index)
{
  EntLeaf *leaf;

  while ((leaf = index->dirty)) {
    index->dirty = leaf->next_dirty;
    leaf->is_dirty = FALSE;
    settle_leaf (index, leaf);
  }
}

/* Takes item, still linked, out of its leaf; its sums are accounted for. Its left neighbour stays,
 * so that an only leaf never gets empty. */
static void
remove_item (EntIndex *index, EntItem *item)
{
  EntLeaf *leaf = item->leaf;

  leaf->n_items--;
  if (leaf->first == item)
    leaf->first = item->right;
  item->leaf = NULL;
  if (!leaf->n_items)
    make_dirty (index, leaf);
}

void
ent_index_absorb (EntItem *left, EntItem *right)
{
  EntIndex *index = &left->leaf->type->index;

  if (index->hint == right) {
    EntSums sums = ent_item_sums (left);

    index->hint = left;
    sums_subtract (&index->hint_before, &sums);
  }
  if (left->leaf != right->leaf) {
    EntSums sums = ent_item_sums (right);

    sums_add (&left->leaf->sums, &sums);
    sums_subtract (&right->leaf->sums, &sums);
    make_dirty (index, left->leaf);
    make_dirty (index, right->leaf);
  }
  remove_item (index, right);
}

/* --- questions --- */

static void
keep_hint (EntIndex *index, EntItem *item, const EntSums *before)
{
  index->hint = item;
  index->hint_before = *before;
}

EntSums
ent_index_before (EntItem *item)
{
  EntIndex *index = &item->leaf->type->index;
  EntSums before = { 0 };
  EntLeaf *leaf;
  guint slot;

  if (item == index->hint)
    return index->hint_before;
  if (index->hint && item->left == index->hint) {
    before = ent_item_sums (index->hint);
    sums_add (&before, &index->hint_before);
    keep_hint (index, item, &before);
    return before;
  }
  settle (index);
  leaf = item->leaf;
  slot = leaf->slot;
  for (EntItem *i = leaf->first; i != item; i = i->right) {
    EntSums sums = ent_item_sums (i);

    sums_add (&before, &sums);
  }
  for (EntNode *node = leaf->parent; node; slot = node->slot, node = node->parent) {
    for (guint i = 0; i < slot; i++)
      sums_add (&before, &node->sums[i]);
  }
  keep_hint (index, item, &before);
  return before;
}

/* Measures are the members of EntSums in order. */
static inline guint32
measure_of (const EntSums *sums, EntMeasure measure)
{
  return ((const guint32 *) sums)[measure];
}

/* Looks at a few items on either side of the hint. */
static inline EntItem *
find_nearby (EntIndex *index, EntMeasure measure, guint32 place)
{
  EntItem *item = index->hint;
  EntSums before = index->hint_before;
  guint32 start = measure_of (&before, measure);

  if (!item || place + NEARBY_UNITS < start || place > start + NEARBY_UNITS)
    return NULL;
  for (guint i = 0; i < NEARBY_ITEMS && item; i++) {
    EntSums own = ent_item_sums (item);

    if (place < measure_of (&before, measure)) {
      item = item->left;
      own = item ? ent_item_sums (item) : own;
      sums_subtract (&before, &own);
    } else if (place - measure_of (&before, measure) >= measure_of (&own, measure)) {
      item = item->right;
      sums_add (&before, &own);
    } else {
      keep_hint (index, item, &before);
      return item;
    }
  }
  return NULL;
}

/* The item of a leaf that holds the place; what stands before the leaf becomes what stands before
 * the item. */
static inline EntItem *
find_in_leaf (const EntLeaf *leaf, EntMeasure measure, guint32 place, EntSums *sums)
{
  EntItem *item = leaf->first;

  for (;; item = item->right) {
    EntSums own = ent_item_sums (item);

    if (place - measure_of (sums, measure) < measure_of (&own, measure))
      return item;
    sums_add (sums, &own);
  }
}

/* Made anew for each measure, so that it is known to the compiler. */
static inline __attribute__ ((always_inline)) EntItem *
find (EntIndex *index, EntMeasure measure, guint32 place, EntSums *before)
{
  EntItem *item = find_nearby (index, measure, place);
  EntSums sums = { 0 };
  guint slot = 0;

  if (item) {
    *before = index->hint_before;
    return item;
  }
  settle (index);
  if (index->only) {
    item = find_in_leaf (index->only, measure, place, &sums);
  } else {
    EntNode *node = index->root;

    for (;; node = node->children[slot]) {
      slot = 0;
      while (place - measure_of (&sums, measure) >= measure_of (&node->sums[slot], measure))
        sums_add (&sums, &node->sums[slot++]);
      g_assert (slot < node->n);
      if (node->is_bottom)
        break;
    }
    item = find_in_leaf (node->children[slot], measure, place, &sums);
  }
  keep_hint (index, item, &sums);
  *before = sums;
  return item;
}

EntItem *
ent_index_find (EntType *type, EntMeasure measure, guint32 place, EntSums *before)
{
  switch (measure) {
  case ENT_BY_UNITS:
    return find (&type->index, ENT_BY_UNITS, place, before);
  case ENT_BY_CHARS:
    return find (&type->index, ENT_BY_CHARS, place, before);
  case ENT_BY_BYTES:
    return find (&type->index, ENT_BY_BYTES, place, before);
  }
  g_assert_not_reached ();
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
  if (leaf->is_dirty || !sums_equal (&leaf->sums, &leaf->counted))
    return "a leaf that was not settled";
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

/* The hint must stand in the list, after what it says. */
static gboolean
is_hint_right (EntType *type)
{
  EntIndex *index = &type->index;
  EntSums before = { 0 };
  EntItem *item = type->first;

  if (!index->hint)
    return TRUE;
  for (; item && item != index->hint; item = item->right) {
    EntSums sums = ent_item_sums (item);

    sums_add (&before, &sums);
  }
  return item && sums_equal (&before, &index->hint_before);
}

const char *
ent_index_check (EntType *type)
{
  EntIndex *index = &type->index;
  EntItem *next = type->first;
  EntSums total = { 0 };
  const char *fault = NULL;
  guint bottom = 0;

  if (!is_hint_right (type))
    return "a wrong hint";
  settle (index);
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
