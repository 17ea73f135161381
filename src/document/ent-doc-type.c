#include "document/ent-doc-private.h"

#include <string.h>

#define NEAR_STEPS 8

EntType *
ent_type_new (EntDoc *doc, EntItem *item, EntTypeKind kind)
{
  EntType *type = g_new0 (EntType, 1);

  type->ref_count = 1;
  type->doc = doc;
  type->item = item;
  type->kind = kind;
  return type;
}

static void
entry_free (gpointer data)
{
  EntMapEntry *entry = data;

  g_free (entry->key);
  g_free (entry);
}

void
ent_type_empty (EntType *type)
{
  type->first = type->last = NULL;
  type->n_formats = 0;
  g_clear_pointer (&type->mark_keys, g_hash_table_unref);
  ent_index_clear (&type->index);
  g_clear_pointer (&type->changed_keys, g_ptr_array_unref);
  g_clear_pointer (&type->entry_of_key, g_hash_table_unref);
  g_clear_pointer (&type->entries, g_ptr_array_unref);
}

void
ent_type_retire (EntType *type)
{
  type->doc = NULL;
  type->item = NULL;
  ent_type_empty (type);
}

EntType *
ent_type_ref (EntType *type)
{
  type->ref_count++;
  return type;
}

void
ent_type_unref (EntType *type)
{
  if (--type->ref_count)
    return;
  ent_type_retire (type);
  g_free (type->name);
  g_free (type->node_name);
  g_free (type);
}

static const EntTypeKind kind_of_number[] = { ENT_TYPE_ARRAY, ENT_TYPE_MAP, ENT_TYPE_TEXT,
  ENT_TYPE_XML_ELEMENT, ENT_TYPE_XML_FRAGMENT, ENT_TYPE_XML_HOOK, ENT_TYPE_XML_TEXT };

EntTypeKind
ent_type_kind_from_wire (guint8 number)
{
  return kind_of_number[number];
}

guint8
ent_type_kind_to_wire (EntTypeKind kind)
{
  for (guint8 i = 0; i < G_N_ELEMENTS (kind_of_number); i++) {
    if (kind_of_number[i] == kind)
      return i;
  }
  g_assert_not_reached ();
}

EntTypeKind
ent_type_get_kind (EntType *type)
{
  return type->kind;
}

EntTypeKind
ent_type_guess_kind (EntType *type)
{
  if (type->kind != ENT_TYPE_UNKNOWN)
    return type->kind;
  for (const EntItem *item = type->first; item; item = item->right) {
    switch (item->kind) {
    case ENT_KIND_STRING:
    case ENT_KIND_EMBED:
    case ENT_KIND_FORMAT:
      return ENT_TYPE_TEXT;
    case ENT_KIND_TYPE:
      return item->type->kind >= ENT_TYPE_XML_ELEMENT ? ENT_TYPE_XML_FRAGMENT : ENT_TYPE_ARRAY;
    case ENT_KIND_DELETED:
      break;
    default:
      return ENT_TYPE_ARRAY;
    }
  }
  return type->entries && type->entries->len ? ENT_TYPE_MAP : ENT_TYPE_UNKNOWN;
}

EntDoc *
ent_type_get_doc (EntType *type)
{
  return type->doc;
}

gboolean
ent_type_is_gone (EntType *type)
{
  return !type->doc || (type->item && type->item->deleted);
}

const char *
ent_type_get_root_name (EntType *type)
{
  return type->name ? type->name->text : NULL;
}

const char *
ent_type_get_node_name (EntType *type)
{
  return type->node_name ? type->node_name->text : NULL;
}

EntType *
ent_type_get_parent (EntType *type)
{
  return type->item ? ent_item_get_parent (type->item) : NULL;
}

const char *
ent_type_get_key (EntType *type)
{
  return type->item && type->item->is_keyed ? type->item->entry->key->text : NULL;
}

gboolean
ent_type_get_id (EntType *type, guint64 *client, guint32 *clock)
{
  if (!type->item)
    return FALSE;
  *client = ent_doc_client (type->doc, type->item->client)->id;
  *clock = type->item->clock;
  return TRUE;
}

/* The root above; what was found is remembered all the way, so that depth costs once. */
EntType *
ent_type_find_root (EntType *type)
{
  EntType *top = type;
  EntType *root;

  while (top->item && !top->root)
    top = ent_item_get_parent (top->item);
  root = top->root ? top->root : top;
  for (EntType *passed = type; passed != top; passed = ent_item_get_parent (passed->item))
    passed->root = root;
  return root;
}

EntMapEntry *
ent_type_find_entry (EntType *type, const char *key, gsize size)
{
  g_autofree EntName *name = NULL;

  if (!type->entries)
    return NULL;
  name = ent_name_new (key, size);
  return g_hash_table_lookup (type->entry_of_key, name);
}

EntMapEntry *
ent_type_ensure_entry (EntType *type, const char *key, gsize size)
{
  EntMapEntry *entry = ent_type_find_entry (type, key, size);

  if (entry)
    return entry;
  if (!type->entries) {
    type->entries = g_ptr_array_new_with_free_func (entry_free);
    type->entry_of_key = g_hash_table_new (ent_name_hash, ent_name_equal);
  }
  entry = g_new0 (EntMapEntry, 1);
  entry->key = ent_name_new (key, size);
  entry->map = type;
  g_ptr_array_add (type->entries, entry);
  g_hash_table_insert (type->entry_of_key, entry->key, entry);
  return entry;
}

gboolean
ent_type_begin_edit (EntType *type, GError **error)
{
  if (ent_type_is_gone (type)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_GONE,
      "Could not edit the document: this part of it has been deleted");
    return FALSE;
  }
  if (type->doc->clash) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_CLASH,
      "Could not edit the document: somebody else writes under the same client ID");
    return FALSE;
  }
  ent_txn_begin (type->doc, NULL, TRUE);
  return TRUE;
}

gboolean
ent_doc_check_room (EntDoc *doc, gsize units, GError **error)
{
  EntClient *own = ent_doc_ensure_client (doc, doc->client_id);

  if (units <= ENT_DOC_MAX_CLOCK - own->clock)
    return TRUE;
  g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
    "Could not edit the document: this client ID has no clocks left");
  return FALSE;
}

EntItem *
ent_type_new_local_item (EntType *type, guint8 kind, guint32 length)
{
  EntClient *own = ent_doc_ensure_client (type->doc, type->doc->client_id);
  EntItem *item = ent_item_new (type->doc);

  item->kind = kind;
  item->client = own->index;
  item->clock = own->clock;
  item->length = length;
  return item;
}

void
ent_type_insert_item (EntType *type, const EntPlace *place, EntItem *item)
{
  if (place->left)
    item->origin = ent_item_last_id (place->left);
  if (place->right)
    item->right_origin = (EntId){ place->right->client, place->right->clock };
  ent_item_integrate (type->doc, item, place->left, place->right, type, NULL);
}

EntPlace
ent_type_find_place (EntType *type, guint32 units, gboolean skip_deleted)
{
  EntPlace place = { NULL, type->first };
  EntSums before;

  if (units > 0) {
    place.left = ent_index_find (type, ENT_BY_UNITS, units - 1, &before);
    if (units - before.units < place.left->length && skip_deleted)
      ent_item_cut (type->doc, place.left, units - before.units);
    else if (units - before.units < place.left->length)
      ent_item_split (type->doc, place.left, units - before.units);
    place.right = place.left->right;
  }
  if (!skip_deleted || !place.right || !place.right->deleted)
    return place;
  /* Mostly a few: only then is the hint of the index left where the next edit looks for it. */
  for (guint i = 0; (type->n_formats || i < NEAR_STEPS) && place.right && place.right->deleted;
       i++) {
    place.left = place.right;
    place.right = place.right->right;
  }
  if (!place.right || !place.right->deleted)
    return place;
  if (units == type->index.sums.units)
    return (EntPlace){ type->last, NULL };
  place.right = ent_index_find (type, ENT_BY_UNITS, units, &before);
  place.left = place.right->left;
  return place;
}

/* Deletes up to count units of a visible item from offset on; gives how many, and where to go on.
 */
static guint32
delete_inside (EntDoc *doc, EntItem **at, guint32 offset, guint32 count)
{
  EntItem *item = *at;
  guint32 n = MIN (count, item->length - offset);

  if (offset) {
    if (offset + n == item->length && ent_item_give_end (doc, item, offset)) {
      *at = item->right;
      return n;
    }
    item = ent_item_cut (doc, item, offset);
  }
  if (n < item->length) {
    if (ent_item_give_start (doc, item, n))
      return n;
    ent_item_cut (doc, item, n);
  }
  *at = item->right;
  ent_item_delete (doc, item);
  return n;
}

void
ent_type_delete_units (EntType *type, guint32 at_units, guint32 count)
{
  guint32 offset;
  EntSums before;
  EntItem *item;

  if (!count)
    return;
  if (ent_type_has_no_pairs (type))
    ent_txn_note_delete (type->doc, type, at_units, count);
  item = ent_index_find (type, ENT_BY_UNITS, at_units, &before);
  for (offset = at_units - before.units; count > 0; offset = 0) {
    if (ent_item_is_visible (item))
      count -= delete_inside (type->doc, &item, offset, count);
    else
      item = item->right;
  }
}
