#include "document/ent-doc-private.h"

#include <string.h>

/* The canonical form that the state hash is taken of: for every root with visible content, by name,
 * its visible content in order, unit by unit as (client, clock, content), joined into runs whatever
 * the structs are; then map entries by key; nested types in the place of their holder. State vector
 * and deleted ranges come first. */

typedef struct {
  EntDoc *doc;
  GChecksum *sum;
  EntWriter out;
  GPtrArray *types; /* nested types still to come */

  /* The run being joined. */
  guint8 kind;
  guint32 client;
  guint32 clock;
  guint32 length;
  EntWriter run;
} Canon;

static void
flush (Canon *canon)
{
  g_checksum_update (canon->sum, canon->out.data, canon->out.size);
  canon->out.size = 0;
}

static void
end_run (Canon *canon)
{
  if (!canon->length)
    return;
  ent_write_u8 (&canon->out, canon->kind);
  ent_write_uint (&canon->out, ent_doc_client (canon->doc, canon->client)->id);
  ent_write_uint (&canon->out, canon->clock);
  ent_write_uint (&canon->out, canon->length);
  ent_write_bytes (&canon->out, canon->run.data, canon->run.size);
  canon->length = 0;
  canon->run.size = 0;
  flush (canon);
}

static void
add_item (Canon *canon, EntItem *item)
{
  if (item->deleted)
    return;
  if (!(canon->length && canon->kind == item->kind && canon->client == item->client &&
        canon->clock + canon->length == item->clock))
    end_run (canon);
  if (!canon->length) {
    canon->kind = item->kind;
    canon->client = item->client;
    canon->clock = item->clock;
  }
  canon->length += item->length;
  if (item->kind == ENT_KIND_TYPE) {
    ent_write_u8 (&canon->run, ent_type_kind_to_wire (item->type->kind));
    if (item->type->node_name)
      ent_write_bytes (&canon->run, item->type->node_name->text, item->type->node_name->size);
    g_ptr_array_add (canon->types, item->type);
  } else {
    ent_write_raw (&canon->run, ent_item_content (item), item->bytes);
  }
}

static int
compare_names (const EntName *a, const EntName *b)
{
  int order = memcmp (a->text, b->text, MIN (a->size, b->size));

  return order ? order : a->size < b->size ? -1 : a->size > b->size;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return compare_names ((*(EntMapEntry *const *) a)->key, (*(EntMapEntry *const *) b)->key);
}

static int
compare_roots (gconstpointer a, gconstpointer b)
{
  return compare_names ((*(EntType *const *) a)->name, (*(EntType *const *) b)->name);
}

static void
add_type (Canon *canon, EntType *type)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();

  for (EntItem *item = type->first; item; item = item->right)
    add_item (canon, item);
  end_run (canon);
  for (guint i = 0; type->entries && i < type->entries->len; i++) {
    EntMapEntry *entry = type->entries->pdata[i];

    if (entry->last && !entry->last->deleted)
      g_ptr_array_add (entries, entry);
  }
  g_ptr_array_sort (entries, compare_entries);
  for (guint i = 0; i < entries->len; i++) {
    EntMapEntry *entry = entries->pdata[i];

    ent_write_u8 (&canon->out, 0xff);
    ent_write_bytes (&canon->out, entry->key->text, entry->key->size);
    add_item (canon, entry->last);
    end_run (canon);
  }
}

static gboolean
has_content (EntType *type)
{
  for (EntItem *item = type->first; item; item = item->right) {
    if (!item->deleted)
      return TRUE;
  }
  for (guint i = 0; type->entries && i < type->entries->len; i++) {
    EntMapEntry *entry = type->entries->pdata[i];

    if (entry->last && !entry->last->deleted)
      return TRUE;
  }
  return FALSE;
}

static void
add_deletes (Canon *canon, EntClient *client)
{
  guint32 start = 0;
  guint32 end = 0;
  EntRunPos pos;

  for (gboolean more = ent_runs_first (&client->items, &pos); more;
       more = ent_runs_next (&client->items, &pos)) {
    const EntItem *item = ent_runs_get (&client->items, pos);

    if (!item->deleted)
      continue;
    if (item->clock != end || end == 0) {
      if (end > start) {
        ent_write_uint (&canon->out, start);
        ent_write_uint (&canon->out, end - start);
      }
      start = item->clock;
    }
    end = item->clock + item->length;
  }
  if (end > start) {
    ent_write_uint (&canon->out, start);
    ent_write_uint (&canon->out, end - start);
  }
  ent_write_u8 (&canon->out, 0xfe);
  flush (canon);
}

static void
add_roots (Canon *canon)
{
  g_autoptr (GPtrArray) roots = g_ptr_array_new ();

  for (guint i = 0; i < canon->doc->roots->len; i++) {
    if (has_content (canon->doc->roots->pdata[i]))
      g_ptr_array_add (roots, canon->doc->roots->pdata[i]);
  }
  g_ptr_array_sort (roots, compare_roots);
  for (guint i = 0; i < roots->len; i++) {
    EntType *root = roots->pdata[i];

    ent_write_bytes (&canon->out, root->name->text, root->name->size);
    g_ptr_array_set_size (canon->types, 0);
    g_ptr_array_add (canon->types, root);
    for (guint t = 0; t < canon->types->len; t++)
      add_type (canon, canon->types->pdata[t]);
  }
  flush (canon);
}

char *
ent_doc_dup_state_hash (EntDoc *doc)
{
  g_autoptr (GPtrArray) clients = ent_doc_sort_clients (doc);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  Canon canon = { .doc = doc, .sum = sum, .types = types };

  ent_writer_init (&canon.out, 4096);
  ent_writer_init (&canon.run, 4096);
  for (guint i = 0; i < clients->len; i++) {
    EntClient *client = clients->pdata[i];

    ent_write_uint (&canon.out, client->id);
    ent_write_uint (&canon.out, client->clock);
    add_deletes (&canon, client);
  }
  add_roots (&canon);
  ent_writer_clear (&canon.out);
  ent_writer_clear (&canon.run);
  return g_strdup (g_checksum_get_string (sum));
}
