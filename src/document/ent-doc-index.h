#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The index of a sequence: from a place in units, characters or bytes to the item there, and back.
 *
 * A B+ tree over the list of items. A leaf stands for up to 32 neighbouring items, which stay
 * linked among themselves; each level above caches the sums of what is below. Deleted items are in
 * it with empty sums.
 *
 *            [ 40 | 25 | 31 ]                 node: sums of its children
 *           /       |        \
 *      leaf 40    leaf 25   leaf 31           leaf: first item, count
 *      a - b - c - d - e - f - g - h          items, linked left and right
 *
 * The tree is lazy. A change is noted in its leaf and in the totals only, O(1); the leaf joins the
 * list of dirty ones and may hold any number of items, or none. Whoever asks for a place settles
 * the tree first: sums go up, full leaves are cut, empty ones leave. So a document that is loaded
 * builds its leaves once, in a row, and typing touches nothing but a leaf.
 *
 * The hint is the item of the last question and what stands before it. Questions nearby, such as
 * those of somebody who types, are answered by a few steps from there. Changes that could be to
 * the left of it drop it. */

struct _EntItem;
struct _EntType;
typedef struct _EntNode EntNode;

typedef struct {
  guint32 units; /* visible UTF-16 units or elements */
  guint32 chars;
  guint32 bytes; /* of text */
} EntSums;

typedef struct _EntLeaf EntLeaf;
struct _EntLeaf {
  EntNode *parent;
  struct _EntType *type;
  struct _EntItem *first;
  EntLeaf *next_dirty;
  guint32 n_items;
  guint16 slot; /* in parent */
  guint16 is_dirty;
  EntSums sums;
  EntSums counted; /* what the nodes above know of the sums */
};

typedef struct {
  EntLeaf *only; /* while there is no node */
  EntNode *root; /* else NULL */
  EntLeaf *dirty; /* leaves to settle */
  EntSums sums; /* of all, always right */
  struct _EntItem *hint; /* NULL when there is none */
  EntSums hint_before;
} EntIndex;

typedef enum {
  ENT_BY_UNITS,
  ENT_BY_CHARS,
  ENT_BY_BYTES,
} EntMeasure;

/* Links item, whose neighbours are set, into the index. O(1). */
void ent_index_insert (struct _EntType *type, struct _EntItem *item);

/* Adds to the sums of an item: negative changes wrap around. */
void ent_index_add (struct _EntItem *item, EntSums change);

/* Takes right out and gives its sums to left, its left neighbour; right must still be linked and
 * both unchanged yet. */
void ent_index_absorb (struct _EntItem *left, struct _EntItem *right);

/* What stands before item. O(log n), O(1) for the item of the last question and its neighbours. */
EntSums ent_index_before (struct _EntItem *item);

/* The visible item that holds the place (place < sum of the measure), and what stands before it.
 * O(log n), O(1) near the last question. */
struct _EntItem *
ent_index_find (struct _EntType *type, EntMeasure measure, guint32 place, EntSums *before);

/* Frees the index; items are left alone. */
void ent_index_clear (EntIndex *index);

/* A fault in the tree as static text, or NULL. Recounts everything. O(n). */
const char *ent_index_check (struct _EntType *type);

G_END_DECLS
