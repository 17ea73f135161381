#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The index of a sequence: from a place in units, characters or bytes to the item there, and back.
 *
 * A B+ tree over the list of items. A leaf stands for up to ENT_LEAF_MAX neighbouring items, which
 * stay linked among themselves; each level above caches the sums of what is below. Everything here
 * is O(log n). Deleted items are in it with empty sums.
 *
 *            [ 40 | 25 | 31 ]                 node: sums of its children
 *           /       |        \
 *      leaf 40    leaf 25   leaf 31           leaf: first item, count
 *      a - b - c - d - e - f - g - h          items, linked left and right */

struct _EntItem;
struct _EntType;
typedef struct _EntNode EntNode;

typedef struct {
  guint32 units; /* visible UTF-16 units or elements */
  guint32 chars;
  guint32 bytes; /* of text */
} EntSums;

typedef struct {
  EntNode *parent;
  struct _EntType *type;
  struct _EntItem *first;
  guint32 n_items;
  guint32 slot; /* in parent */
  EntSums sums;
} EntLeaf;

typedef struct {
  EntLeaf *only; /* while there is no node */
  EntNode *root; /* else NULL */
  EntSums sums;
} EntIndex;

typedef enum {
  ENT_BY_UNITS,
  ENT_BY_CHARS,
  ENT_BY_BYTES,
} EntMeasure;

/* Links item, whose neighbours are set, into the index. */
void ent_index_insert (struct _EntType *type, struct _EntItem *item);

/* Adds to the sums of an item: negative changes wrap around. */
void ent_index_add (struct _EntItem *item, EntSums change);

/* Takes right out and gives its sums to left, its left neighbour; right must still be linked and
 * both unchanged yet. */
void ent_index_absorb (struct _EntItem *left, struct _EntItem *right);

/* What stands before item. */
EntSums ent_index_before (struct _EntItem *item);

/* The visible item that holds the place (place < sum of the measure), and what stands before it. */
struct _EntItem *
ent_index_find (struct _EntType *type, EntMeasure measure, guint32 place, EntSums *before);

/* Frees the index; items are left alone. */
void ent_index_clear (EntIndex *index);

/* A fault in the tree as static text, or NULL. Recounts everything. O(n). */
const char *ent_index_check (struct _EntType *type);

G_END_DECLS
