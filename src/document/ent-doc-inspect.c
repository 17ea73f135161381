#include "document/ent-doc-private.h"

#include <string.h>

/* Looking into an update against a document: which roots it really touches. */

typedef struct {
  guint64 client;
  guint64 next_client; /* the unit whose root is this one's */
  guint32 clock;
  guint32 length;
  guint32 next_clock;
  gboolean has_next;
  gboolean resolved;
  guint visit; /* number of the walk that met it last */
  char *root; /* owned by the names table; NULL when not known */
} Link;

typedef struct {
  EntDoc *doc;
  GArray *links; /* Link, sorted */
  GHashTable *names; /* owned names */
  GHashTable *listed; /* names in info->roots, lent */
  EntUpdateInfo *info;
} Inspection;

static char *
intern (Inspection *inspection, const char *name, gsize size)
{
  char *copy = g_strndup (name, size);
  char *known = g_hash_table_lookup (inspection->names, copy);

  if (known) {
    g_free (copy);
    return known;
  }
  g_hash_table_add (inspection->names, copy);
  return copy;
}

static void
add_link (const EntRef *ref, gpointer data)
{
  Inspection *inspection = data;
  Link link = { .client = ref->client, .clock = ref->clock, .length = ref->length };

  if (ref->kind == ENT_KIND_SKIP)
    return;
  if (ref->root) {
    link.root = intern (inspection, ref->root, ref->root_size);
    link.resolved = TRUE;
  } else if (ref->has_parent_id) {
    link.has_next = TRUE;
    link.next_client = ref->parent_client;
    link.next_clock = ref->parent_clock;
  } else if (ref->info & ENT_INFO_ORIGIN) {
    link.has_next = TRUE;
    link.next_client = ref->origin_client;
    link.next_clock = ref->origin_clock;
  } else if (ref->info & ENT_INFO_RIGHT) {
    link.has_next = TRUE;
    link.next_client = ref->right_client;
    link.next_clock = ref->right_clock;
  }
  g_array_append_val (inspection->links, link);
}

static int
compare_links (gconstpointer a, gconstpointer b)
{
  const Link *x = a;
  const Link *y = b;

  if (x->client != y->client)
    return x->client < y->client ? -1 : 1;
  return x->clock < y->clock ? -1 : x->clock > y->clock;
}

static Link *
find_link (Inspection *inspection, guint64 client, guint32 clock)
{
  guint low = 0;
  guint high = inspection->links->len;
  Link wanted = { .client = client, .clock = clock };
  Link *found;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (compare_links (&g_array_index (inspection->links, Link, middle), &wanted) <= 0)
      low = middle + 1;
    else
      high = middle;
  }
  found = low ? &g_array_index (inspection->links, Link, low - 1) : NULL;
  return found && found->client == client && clock - found->clock < found->length ? found : NULL;
}

static const char *
root_of_item (const EntItem *item)
{
  EntType *type = ent_item_get_parent (item);

  return type ? ent_type_find_root (type)->name->text : NULL;
}

static gboolean
find_known (EntDoc *doc, guint64 client, guint32 clock, EntItem **item)
{
  EntClient *known = ent_doc_find_client (doc, client);

  if (!known || clock >= known->clock)
    return FALSE;
  *item = ent_doc_find_item (doc, (EntId){ known->index, clock });
  return TRUE;
}

/* Follows links to a root; everything on the way then has it. */
static char *
resolve (Inspection *inspection, Link *link, guint visit)
{
  g_autoptr (GPtrArray) path = g_ptr_array_new ();
  char *root = NULL;

  while (link && !link->resolved && link->visit != visit) {
    EntItem *item;
    const char *known;

    link->visit = visit;
    g_ptr_array_add (path, link);
    if (!link->has_next)
      break;
    if (find_known (inspection->doc, link->next_client, link->next_clock, &item)) {
      known = root_of_item (item);
      root = known ? intern (inspection, known, strlen (known)) : NULL;
      link = NULL;
      break;
    }
    link = find_link (inspection, link->next_client, link->next_clock);
  }
  if (link && link->resolved)
    root = link->root;
  for (guint i = 0; i < path->len; i++) {
    Link *passed = path->pdata[i];

    passed->resolved = TRUE;
    passed->root = root;
  }
  return root;
}

static void
add_root (Inspection *inspection, const char *root)
{
  EntUpdateInfo *info = inspection->info;

  if (!root) {
    info->all_resolved = FALSE;
    return;
  }
  if (g_hash_table_contains (inspection->listed, root))
    return;
  g_ptr_array_add (info->roots, g_strdup (root));
  g_hash_table_add (inspection->listed, info->roots->pdata[info->roots->len - 1]);
}

static void
add_deleted_roots (Inspection *inspection, const EntClockRange *range)
{
  guint32 end = range->clock + range->length;
  guint32 clock = range->clock;
  EntItem *item;

  while (clock < end && find_known (inspection->doc, range->client, clock, &item)) {
    if (!item->deleted)
      add_root (inspection, root_of_item (item));
    clock = item->clock + item->length;
  }
  while (clock < end) {
    Link *link = find_link (inspection, range->client, clock);

    if (!link) {
      inspection->info->all_resolved = FALSE;
      return;
    }
    add_root (inspection, link->root);
    clock = link->clock + link->length;
  }
}

EntUpdateInfo *
ent_doc_inspect (EntDoc *doc, GBytes *update, GError **error)
{
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, error);
  g_autoptr (GArray) links = g_array_new (FALSE, FALSE, sizeof (Link));
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);
  Inspection inspection = { doc, links, names, listed, info };
  gsize size;
  const guint8 *data = g_bytes_get_data (update, &size);

  if (!info || !ent_update_walk (data, size, add_link, NULL, &inspection, error))
    return NULL;
  g_ptr_array_set_size (info->roots, 0);
  info->all_resolved = TRUE;
  g_array_sort (links, compare_links);
  for (guint i = 0; i < links->len; i++) {
    Link *link = &g_array_index (links, Link, i);

    resolve (&inspection, link, i + 1);
    /* What is known already has no effect. */
    if (link->clock + link->length > ent_doc_get_clock (doc, link->client))
      add_root (&inspection, link->root);
  }
  for (guint i = 0; i < info->deleted->len; i++)
    add_deleted_roots (&inspection, &g_array_index (info->deleted, EntClockRange, i));
  return g_steal_pointer (&info);
}

gboolean
ent_doc_covers_update (EntDoc *doc, GBytes *update)
{
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, NULL);

  if (!info)
    return FALSE;
  for (guint i = 0; i < info->created->len; i++) {
    const EntClockRange *range = &g_array_index (info->created, EntClockRange, i);

    if (range->clock + range->length > ent_doc_get_clock (doc, range->client))
      return FALSE;
  }
  for (guint i = 0; i < info->deleted->len; i++) {
    const EntClockRange *range = &g_array_index (info->deleted, EntClockRange, i);
    guint32 end = range->clock + range->length;
    EntItem *item;

    for (guint32 clock = range->clock; clock < end; clock = item->clock + item->length) {
      if (!find_known (doc, range->client, clock, &item) || !item->deleted)
        return FALSE;
    }
  }
  return TRUE;
}
