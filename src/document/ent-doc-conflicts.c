#include "document/ent-doc-private.h"

/* The place of a struct among what others put between its neighbours meanwhile: the YATA rule, and
 * a shortcut for places where very many have written at once.
 *
 * A crowd is the structs with one origin and one right origin, which stand in the order of their
 * clients' IDs, each followed by what was put behind it. For a new one of client c the rule walks
 * over all that have smaller clients and takes its place after each in turn, forgetting what
 * conflicted before. So it may as well begin at the last of them, when it is certain that the walk
 * would have come so far. It ends early only at
 *
 *   - one of the crowd with a client not below c: none stands before a smaller one;
 *   - a struct whose origin is not in what was walked over. None was when the walk that found the
 *     crowd came by, and what came since was put directly behind its origin, or is of the crowd.
 *     When anything else is put into the list, the crowd is forgotten.
 *
 * A walk that began late and meets an origin that it has not walked over itself cannot tell, and
 * is done again from the beginning. */

#define CROWD_MIN_STEPS 32 /* walks of this length are worth remembering */
#define CROWD_MAX_MEMBERS 65536

struct _EntCrowd {
  EntId origin;
  EntId right_origin;
  gpointer list; /* the type or map entry, compared only */
  GArray *members; /* EntId of structs, ascending by the ID of the client */
};

typedef struct {
  EntDoc *doc;
  const EntItem *item;
  guint64 client; /* the ID of the item's client */
  EntItem *left; /* what the item is to stand after */
  EntItem *end; /* what was not walked over any more; NULL: the end of the list */
  guint n_steps;
  gboolean is_sure;
} Walk;

void
ent_conflicts_clear (EntDoc *doc)
{
  if (!doc->crowd)
    return;
  g_array_unref (doc->crowd->members);
  g_clear_pointer (&doc->crowd, g_free);
}

static gboolean
is_beside (const EntItem *item, const EntItem *other)
{
  return ent_id_equal (item->origin, other->origin) &&
         ent_id_equal (item->right_origin, other->right_origin);
}

static void
unmark (EntItem *from, EntItem *to)
{
  for (EntItem *item = from; item != to; item = item->right)
    item->seen = item->conflicting = FALSE;
}

/* Walks over what others inserted, from first to right. Items of smaller clients at the same place
 * go to the left; runs do not interleave. is_whole tells that nothing before first is left out. */
static void
walk_over (Walk *walk, EntItem *first, EntItem *right, gboolean is_whole)
{
  EntItem *conflicts = first; /* the conflicting ones reach from here to o */
  EntItem *o = first;

  walk->is_sure = TRUE;
  for (; o && o != right; o = o->right) {
    gboolean goes_behind;

    o->seen = o->conflicting = TRUE;
    walk->n_steps++;
    if (ent_id_equal (walk->item->origin, o->origin)) {
      goes_behind = ent_doc_client (walk->doc, o->client)->id < walk->client;
      if (!goes_behind && ent_id_equal (walk->item->right_origin, o->right_origin)) {
        o = o->right;
        break;
      }
    } else {
      EntItem *origin = ent_id_is_set (o->origin) ? ent_doc_find_item (walk->doc, o->origin) : NULL;

      if (!origin || !origin->seen) {
        walk->is_sure = is_whole || !origin;
        o = o->right;
        break;
      }
      goes_behind = !origin->conflicting;
    }
    if (goes_behind) {
      walk->left = o;
      for (; conflicts != o->right; conflicts = conflicts->right)
        conflicts->conflicting = FALSE;
    }
  }
  walk->end = o;
  unmark (first, o);
}

/* How many members have a smaller client. */
static guint
count_smaller (EntDoc *doc, const GArray *members, guint64 client)
{
  guint low = 0;
  guint high = members->len;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (ent_doc_client (doc, g_array_index (members, EntId, middle).client)->id < client)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Where a walk for the item may begin; NULL at the beginning. A crowd whose struct was merged into
 * another, or was collected, is forgotten. */
static EntItem *
find_start (EntDoc *doc, const EntItem *item, EntType *parent, EntMapEntry *entry)
{
  GArray *members = doc->crowd->members;
  guint n = count_smaller (doc, members, ent_doc_client (doc, item->client)->id);
  EntItem *start;
  EntId id;

  if (!n)
    return NULL;
  id = g_array_index (members, EntId, n - 1);
  start = ent_doc_find_item (doc, id);
  if (start->clock == id.clock && start->kind != ENT_KIND_GC && is_beside (start, item) &&
      start->is_keyed == (entry != NULL) &&
      (entry ? start->entry == entry : start->leaf->type == parent))
    return start;
  ent_conflicts_clear (doc);
  return NULL;
}

static void
add_member (EntDoc *doc, const EntItem *item)
{
  GArray *members = doc->crowd->members;
  guint at = count_smaller (doc, members, ent_doc_client (doc, item->client)->id);
  EntId id = { item->client, item->clock };

  if (at < members->len && g_array_index (members, EntId, at).client == item->client)
    return;
  if (members->len < CROWD_MAX_MEMBERS)
    g_array_insert_val (members, at, id);
  else
    ent_conflicts_clear (doc);
}

/* Remembers those beside the item that a long walk from first has come over. */
static void
remember_crowd (const Walk *walk, EntItem *first, gpointer list)
{
  EntDoc *doc = walk->doc;
  guint64 last = 0;

  if (!doc->crowd) {
    doc->crowd = g_new (EntCrowd, 1);
    *doc->crowd = (EntCrowd){ walk->item->origin, walk->item->right_origin, list,
      g_array_new (FALSE, FALSE, sizeof (EntId)) };
  }
  for (EntItem *o = first; o != walk->end && doc->crowd; o = o->right) {
    guint64 client = ent_doc_client (doc, o->client)->id;

    if (!is_beside (walk->item, o))
      continue;
    /* Only who breaks the rules is out of order. */
    if (client < last)
      ent_conflicts_clear (doc);
    else
      add_member (doc, o);
    last = client;
  }
}

EntItem *
ent_conflicts_find_left (EntDoc *doc,
  const EntItem *item,
  EntItem *left,
  EntItem *right,
  EntType *parent,
  EntMapEntry *entry)
{
  Walk walk = { doc, item, ent_doc_client (doc, item->client)->id, left, NULL, 0, FALSE };
  gpointer list = entry ? (gpointer) entry : (gpointer) parent;
  gboolean is_known = doc->crowd && doc->crowd->list == list &&
                      ent_id_equal (doc->crowd->origin, item->origin) &&
                      ent_id_equal (doc->crowd->right_origin, item->right_origin);
  EntItem *first = is_known ? find_start (doc, item, parent, entry) : NULL;
  gboolean is_new = TRUE; /* what is walked over has not been before */

  if (first)
    walk_over (&walk, first, right, FALSE);
  if (!walk.is_sure) {
    is_new = !first;
    walk.left = left;
    first = left ? left->right : entry ? entry->first : parent->first;
    walk_over (&walk, first, right, TRUE);
  }
  doc->n_walked += walk.n_steps;
  if (is_new && walk.n_steps >= CROWD_MIN_STEPS) {
    if (!is_known)
      ent_conflicts_clear (doc);
    remember_crowd (&walk, first, list);
    is_known = TRUE;
  }
  if (is_known && doc->crowd)
    add_member (doc, item);
  else if (doc->crowd && doc->crowd->list == list && walk.left != left)
    ent_conflicts_clear (doc);
  return walk.left;
}
