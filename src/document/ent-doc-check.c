#include "document/ent-doc-private.h"

#include <string.h>

/* Verifies every invariant of the structure; see DESIGN.md for the list. */

typedef struct {
  EntDoc *doc;
  GError **error;
  GHashTable *reached; /* items met in lists and chains */
  guint n_formats; /* of the type looked at, not deleted */
} Check;

static gboolean
fault (Check *check, const EntItem *item, const char *what)
{
  if (item)
    g_set_error (check->error, ENT_DOC_ERROR, ENT_DOC_ERROR_BROKEN,
      "The document is broken at struct %" G_GUINT64_FORMAT ":%u: %s",
      ent_doc_client (check->doc, item->client)->id, item->clock, what);
  else
    g_set_error (
      check->error, ENT_DOC_ERROR, ENT_DOC_ERROR_BROKEN, "The document is broken: %s", what);
  return FALSE;
}

static gboolean
check_content (Check *check, const EntItem *item)
{
  guint32 units;
  guint32 chars;

  if (item->kind == ENT_KIND_GC || item->kind == ENT_KIND_DELETED)
    return item->buf ? fault (check, item, "content where there is none") : TRUE;
  if (item->kind == ENT_KIND_TYPE) {
    if (!item->type || item->type->item != item || item->type->doc != check->doc)
      return fault (check, item, "a type that is not its own");
    return TRUE;
  }
  if (item->buf && item->offset + item->bytes > item->buf->used)
    return fault (check, item, "content beyond its bytes");
  if (item->kind != ENT_KIND_STRING)
    return TRUE;
  if (!ent_utf8_scan (ent_item_content (item), item->bytes, &units, &chars))
    return fault (check, item, "text that is not UTF-8");
  if (units != item->length || chars != item->chars)
    return fault (check, item, "text of a wrong length");
  return TRUE;
}

static gboolean
check_origin (Check *check, const EntItem *item, EntId origin)
{
  if (!ent_id_is_set (origin))
    return TRUE;
  if (origin.client >= check->doc->clients->len ||
      origin.clock >= ent_doc_client (check->doc, origin.client)->clock)
    return fault (check, item, "an origin that is not known");
  return TRUE;
}

static gboolean
check_item (Check *check, const EntItem *item, const EntClient *client, guint32 clock)
{
  if (item->client != client->index || item->clock != clock || item->length == 0)
    return fault (check, item, "clocks with a gap or overlap");
  if (item->seen || item->conflicting)
    return fault (check, item, "marks of a scan left behind");
  if (item->redone != g_hash_table_contains (check->doc->redone, item))
    return fault (check, item, "a redone mark without its unit");
  if (item->kind == ENT_KIND_GC)
    return item->deleted && !item->leaf ? TRUE : fault (check, item, "a GC that is linked");
  if (!g_hash_table_contains (check->reached, item))
    return fault (check, item, "not in the list of its parent");
  if (item->kind == ENT_KIND_DELETED && !item->deleted)
    return fault (check, item, "collected but not deleted");
  return check_content (check, item) && check_origin (check, item, item->origin) &&
         check_origin (check, item, item->right_origin);
}

static gboolean
check_client (Check *check, EntClient *client)
{
  EntRunPos pos;
  guint32 clock = 0;
  gsize n = 0;

  for (gboolean more = ent_runs_first (&client->items, &pos); more;
       more = ent_runs_next (&client->items, &pos)) {
    const EntItem *item = ent_runs_get (&client->items, pos);

    if (ent_runs_get_clock (&client->items, pos) != item->clock)
      return fault (check, item, "filed under a wrong clock");
    if (!check->doc->txn.depth &&
        ent_run_block_is_marked (client->items.blocks[pos.block], pos.slot) != item->deleted)
      return fault (check, item, "whose deletion is wrongly noted");
    if (!check_item (check, item, client, clock))
      return FALSE;
    clock += item->length;
    n++;
  }
  if (clock != client->clock || n != client->items.n_items)
    return fault (check, NULL, "a client whose structs do not add up");
  if (client->touched && !check->doc->txn.depth)
    return fault (check, NULL, "a client still marked by a transaction");
  if ((client->pending_place > 0) != (client->pending.n_items > 0))
    return fault (check, NULL, "a client wrongly listed as pending");
  return TRUE;
}

/* Values come as structs of one unit. When a stranger gives a key a longer one and it is cut later,
 * all but its end stay as they were, as with yjs. */
static gboolean
is_cut_value (Check *check, const EntItem *item)
{
  EntClient *client = ent_doc_client (check->doc, item->client);
  EntItem *rest;

  if (item->clock + item->length >= client->clock)
    return FALSE;
  rest = ent_doc_find_item (check->doc, (EntId){ item->client, item->clock + item->length });
  return rest->kind != ENT_KIND_GC && rest->is_keyed && rest->entry == item->entry;
}

static gboolean
check_list (Check *check, EntItem *first, EntItem *last, EntMapEntry *entry, EntType *type)
{
  EntItem *previous = NULL;

  for (EntItem *item = first; item; item = item->right) {
    if (!g_hash_table_add (check->reached, item))
      return fault (check, item, "in two places");
    if (item->left != previous)
      return fault (check, item, "a broken link to the left");
    if (item->kind == ENT_KIND_GC || ent_item_get_parent (item) != type ||
        item->is_keyed != (entry != NULL) || (entry && item->entry != entry))
      return fault (check, item, "in the list of another parent");
    if (entry && item->right && !item->deleted && !is_cut_value (check, item))
      return fault (check, item, "an overwritten value that is not deleted");
    if (type->item && type->item->deleted && !item->deleted)
      return fault (check, item, "alive in a deleted type");
    check->n_formats += item->kind == ENT_KIND_FORMAT && !item->deleted;
    previous = item;
  }
  if (previous != last)
    return fault (check, previous, "a wrong end of the list");
  return TRUE;
}

static gboolean
check_type (Check *check, EntType *type)
{
  const char *index_fault;

  if (type->changed && !check->doc->txn.depth)
    return fault (check, type->item, "a type still marked by a transaction");
  check->n_formats = 0;
  if (!check_list (check, type->first, type->last, NULL, type))
    return FALSE;
  index_fault = ent_index_check (type);
  if (index_fault)
    return fault (check, type->item, index_fault);
  for (guint i = 0; type->entries && i < type->entries->len; i++) {
    EntMapEntry *entry = type->entries->pdata[i];

    if (!check_list (check, entry->first, entry->last, entry, type))
      return FALSE;
  }
  if (check->n_formats != type->n_formats)
    return fault (check, type->item, "a wrong count of marks");
  return TRUE;
}

static gboolean
check_types (Check *check)
{
  EntDoc *doc = check->doc;

  for (guint i = 0; i < doc->roots->len; i++) {
    if (!check_type (check, doc->roots->pdata[i]))
      return FALSE;
  }
  for (guint c = 0; c < doc->clients->len; c++) {
    EntClient *client = ent_doc_client (doc, c);
    EntRunPos pos;

    for (gboolean more = ent_runs_first (&client->items, &pos); more;
         more = ent_runs_next (&client->items, &pos)) {
      EntItem *item = ent_runs_get (&client->items, pos);

      if (item->kind == ENT_KIND_TYPE && !check_type (check, item->type))
        return FALSE;
    }
  }
  return TRUE;
}

gboolean
ent_doc_check (EntDoc *doc, GError **error)
{
  g_autoptr (GHashTable) reached = g_hash_table_new (NULL, NULL);
  Check check = { doc, error, reached, 0 };
  gsize n_items = 0;
  gsize n_pending = 0;

  if (!check_types (&check))
    return FALSE;
  for (guint c = 0; c < doc->clients->len; c++) {
    if (!check_client (&check, ent_doc_client (doc, c)))
      return FALSE;
    n_items += ent_doc_client (doc, c)->items.n_items;
    n_pending += ent_doc_client (doc, c)->pending.n_items;
  }
  if (n_items != doc->n_items)
    return fault (&check, NULL, "structs that belong to nobody");
  if (n_pending != doc->n_pending_structs)
    return fault (&check, NULL, "a wrong count of waiting structs");
  return TRUE;
}
