#include "document/ent-doc.h"

#include <string.h>

#include "document/ent-doc-private.h"

EntName *
ent_name_new (const char *text, gsize size)
{
  EntName *name = g_malloc (sizeof (EntName) + size + 1);

  name->size = size;
  memcpy (name->text, text, size);
  name->text[size] = '\0';
  return name;
}

guint
ent_name_hash (gconstpointer data)
{
  const EntName *name = data;
  guint hash = 5381;

  for (gsize i = 0; i < name->size; i++)
    hash = hash * 33 + (guint8) name->text[i];
  return hash;
}

gboolean
ent_name_equal (gconstpointer a, gconstpointer b)
{
  const EntName *x = a;
  const EntName *y = b;

  return x->size == y->size && memcmp (x->text, y->text, x->size) == 0;
}

static void
client_free (gpointer data)
{
  EntClient *client = data;

  ent_runs_clear (&client->items);
  g_free (client);
}

EntDoc *
ent_doc_new (guint64 client_id, EntDocFlags flags)
{
  EntDoc *doc;

  g_return_val_if_fail (client_id > 0 && client_id <= ENT_DOC_MAX_OWN_CLIENT_ID, NULL);

  doc = g_new0 (EntDoc, 1);
  doc->ref_count = 1;
  doc->flags = flags;
  doc->client_id = client_id;
  doc->clients = g_ptr_array_new_with_free_func (client_free);
  doc->client_of_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  doc->roots = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_type_unref);
  doc->root_of_name = g_hash_table_new (ent_name_hash, ent_name_equal);
  doc->observers = g_array_new (FALSE, FALSE, sizeof (EntObserver));
  doc->hooks = g_array_new (FALSE, FALSE, sizeof (EntCommitHook));
  doc->redone = g_hash_table_new (NULL, NULL);
  doc->slabs = g_ptr_array_new_with_free_func (g_free);
  doc->pending_clients = g_ptr_array_new ();
  doc->pending_delete_clients = g_ptr_array_new ();
  g_queue_init (&doc->events);
  g_queue_init (&doc->ready);
  g_queue_init (&doc->ready_pending);
  ent_txn_init (doc);
  return doc;
}

EntDoc *
ent_doc_ref (EntDoc *doc)
{
  doc->ref_count++;
  return doc;
}

/* The content of all structs, and what waits. Handles of nested types may live on. */
static void
free_structs (EntDoc *doc)
{
  for (guint c = 0; c < doc->clients->len; c++) {
    EntClient *client = ent_doc_client (doc, c);
    EntRunPos pos;

    ent_apply_clear_client (doc, client);
    for (gboolean more = ent_runs_first (&client->items, &pos); more;
         more = ent_runs_next (&client->items, &pos)) {
      EntItem *item = ent_runs_get (&client->items, pos);

      if (item->kind == ENT_KIND_TYPE)
        ent_type_retire (item->type);
      ent_item_clear_content (item);
    }
  }
}

gboolean
ent_doc_is_empty (EntDoc *doc)
{
  return !doc->n_items && !doc->txn.depth && !doc->pending_clients->len &&
         !doc->pending_delete_clients->len;
}

void
ent_doc_empty (EntDoc *doc, guint n_roots)
{
  ent_txn_abandon (doc);
  ent_conflicts_clear (doc);
  free_structs (doc);
  for (guint i = n_roots; i < doc->roots->len; i++) {
    EntType *root = doc->roots->pdata[i];

    g_hash_table_remove (doc->root_of_name, root->name);
    ent_type_retire (root);
  }
  g_ptr_array_set_size (doc->roots, n_roots);
  for (guint i = 0; i < n_roots; i++)
    ent_type_empty (doc->roots->pdata[i]);
  g_hash_table_remove_all (doc->client_of_id);
  doc->last_client = NULL;
  g_ptr_array_set_size (doc->clients, 0);
  g_ptr_array_set_size (doc->slabs, 0);
  doc->fresh_items = doc->free_items = NULL;
  doc->n_fresh = 0;
  doc->n_items = 0;
  g_ptr_array_set_size (doc->pending_clients, 0);
  g_ptr_array_set_size (doc->pending_delete_clients, 0);
  doc->pending_bytes = 0;
}

void
ent_doc_unref (EntDoc *doc)
{
  if (--doc->ref_count)
    return;
  doc->ref_count = 1; /* destroy functions of observers may look at the document */
  for (guint i = 0; i < doc->observers->len; i++) {
    EntObserver *observer = &g_array_index (doc->observers, EntObserver, i);

    if (observer->destroy)
      observer->destroy (observer->data);
  }
  g_array_unref (doc->observers);
  ent_txn_clear (doc);
  /* Handles of types may outlive the document: they are emptied first. */
  free_structs (doc);
  for (guint i = 0; i < doc->roots->len; i++)
    ent_type_retire (doc->roots->pdata[i]);
  g_queue_clear_full (&doc->events, (GDestroyNotify) ent_event_free);
  g_clear_pointer (&doc->spare_event, ent_event_free);
  g_array_unref (doc->hooks);
  g_hash_table_unref (doc->redone);
  ent_conflicts_clear (doc);
  g_hash_table_unref (doc->root_of_name);
  g_ptr_array_unref (doc->roots);
  g_hash_table_unref (doc->client_of_id);
  g_ptr_array_unref (doc->clients);
  g_ptr_array_unref (doc->slabs);
  g_ptr_array_unref (doc->pending_clients);
  g_ptr_array_unref (doc->pending_delete_clients);
  /* What waited for a unit of our own comes in with the next update, of which there is none. */
  g_queue_clear (&doc->ready_pending);
  g_clear_pointer (&doc->tail, ent_buf_unref);
  g_free (doc);
}

EntClient *
ent_doc_find_client (EntDoc *doc, guint64 id)
{
  EntClient *client = doc->last_client;

  if (client && client->id == id)
    return client;
  client = g_hash_table_lookup (doc->client_of_id, &id);
  if (client)
    doc->last_client = client;
  return client;
}

EntClient *
ent_doc_make_client (EntDoc *doc, guint64 id)
{
  EntClient *client = ent_doc_find_client (doc, id);

  if (client)
    return client;
  client = g_new0 (EntClient, 1);
  client->id = id;
  client->id_size = ent_put_uint (client->id_bytes, id) - client->id_bytes;
  client->index = doc->clients->len;
  client->waits.next = client->waits.previous = &client->waits;
  client->pending_source.client = client;
  g_ptr_array_add (doc->clients, client);
  g_hash_table_insert (doc->client_of_id, &client->id, client);
  doc->last_client = client;
  return client;
}

guint64
ent_doc_get_client_id (EntDoc *doc)
{
  return doc->client_id;
}

gboolean
ent_doc_set_client_id (EntDoc *doc, guint64 client_id, GError **error)
{
  EntClient *client = ent_doc_find_client (doc, client_id);
  const char *why = NULL;

  if (client_id == 0 || client_id > ENT_DOC_MAX_OWN_CLIENT_ID)
    why = "it is out of range";
  else if (doc->txn.depth)
    why = "a transaction is open";
  else if (!client && doc->clients->len >= ENT_MAX_DOC_CLIENTS - 1)
    why = "too many clients have written in the document";
  else if (client && (client->clock || client->pending_place || client->pending_deletes))
    why = "the document already holds edits under it";
  if (why) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID,
      "Could not use client ID %" G_GUINT64_FORMAT ": %s", client_id, why);
    return FALSE;
  }
  doc->client_id = client_id;
  doc->clash = FALSE;
  return TRUE;
}

gboolean
ent_doc_has_clash (EntDoc *doc)
{
  return doc->clash;
}

guint32
ent_doc_get_clock (EntDoc *doc, guint64 client)
{
  EntClient *found = ent_doc_find_client (doc, client);

  return found ? found->clock : 0;
}

EntType *
ent_doc_ensure_root (EntDoc *doc, const char *name, gsize size)
{
  g_autofree EntName *key = ent_name_new (name, size);
  EntType *type = g_hash_table_lookup (doc->root_of_name, key);

  if (type)
    return type;
  type = ent_type_new (doc, NULL, ENT_TYPE_UNKNOWN);
  type->name = g_steal_pointer (&key);
  g_ptr_array_add (doc->roots, type);
  g_hash_table_insert (doc->root_of_name, type->name, type);
  return type;
}

EntType *
ent_doc_get_root (EntDoc *doc, const char *name, EntTypeKind kind)
{
  EntType *type = ent_doc_ensure_root (doc, name, strlen (name));

  if (kind != ENT_TYPE_UNKNOWN)
    type->kind = kind;
  return type;
}

GStrv
ent_doc_list_roots (EntDoc *doc)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < doc->roots->len; i++)
    g_ptr_array_add (names, g_strdup (ent_type_get_root_name (doc->roots->pdata[i])));
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (names, FALSE);
}

gsize
ent_doc_get_n_structs (EntDoc *doc)
{
  return doc->n_items;
}
