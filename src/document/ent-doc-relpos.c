#include "document/ent-doc-relpos.h"

#include <string.h>

#include "document/ent-doc-private.h"

struct _EntRelPos {
  gboolean has_item;
  gboolean has_type;
  guint64 item_client;
  guint64 type_client;
  guint32 item_clock;
  guint32 type_clock;
  char *root; /* NULL when the place is in a nested type or at a unit */
  int assoc;
};

EntRelPos *
ent_rel_pos_copy (const EntRelPos *pos)
{
  EntRelPos *copy = g_memdup2 (pos, sizeof *pos);

  copy->root = g_strdup (pos->root);
  return copy;
}

void
ent_rel_pos_free (EntRelPos *pos)
{
  g_free (pos->root);
  g_free (pos);
}

gboolean
ent_rel_pos_equal (const EntRelPos *a, const EntRelPos *b)
{
  if (a->has_item != b->has_item || a->assoc != b->assoc)
    return FALSE;
  if (a->has_item)
    return a->item_client == b->item_client && a->item_clock == b->item_clock;
  if (a->has_type != b->has_type)
    return FALSE;
  if (a->has_type)
    return a->type_client == b->type_client && a->type_clock == b->type_clock;
  return g_strcmp0 (a->root, b->root) == 0;
}

int
ent_rel_pos_get_assoc (const EntRelPos *pos)
{
  return pos->assoc;
}

static void
set_unit (EntRelPos *pos, EntDoc *doc, const EntItem *item, guint32 offset)
{
  pos->has_item = TRUE;
  pos->item_client = ent_doc_client (doc, item->client)->id;
  pos->item_clock = item->clock + offset;
}

EntRelPos *
ent_rel_pos_new_utf16 (EntType *type, guint32 at_utf16, int assoc)
{
  EntRelPos *pos = g_new0 (EntRelPos, 1);
  EntSums before;
  EntItem *item;

  pos->assoc = assoc;
  if (type->item) {
    pos->has_type = TRUE;
    ent_type_get_id (type, &pos->type_client, &pos->type_clock);
  } else {
    pos->root = g_strdup (ent_type_get_root_name (type));
  }
  at_utf16 = MIN (at_utf16, type->index.sums.units);
  if (assoc < 0) {
    /* The unit before; at the very start there is none, and it stays at the end of the type, which
     * is what the others do as well. */
    if (at_utf16 == 0)
      return pos;
    at_utf16--;
  }
  if (at_utf16 == type->index.sums.units)
    return pos;
  item = ent_index_find (type, ENT_BY_UNITS, at_utf16, &before);
  set_unit (pos, type->doc, item, at_utf16 - before.units);
  return pos;
}

EntRelPos *
ent_rel_pos_new (EntType *type, guint32 at, int assoc)
{
  return ent_rel_pos_new_utf16 (type, ent_text_chars_to_utf16 (type, at), assoc);
}

/* Follows the units that undo made anew in place of deleted ones. */
static EntItem *
follow_redone (EntDoc *doc, EntId id, guint32 *offset)
{
  EntItem *item = ent_doc_find_item (doc, id);

  *offset = id.clock - item->clock;
  while (item->redone) {
    gsize packed = GPOINTER_TO_SIZE (g_hash_table_lookup (doc->redone, item));
    EntId next = { (guint32) (packed >> 32), (guint32) packed + *offset };

    item = ent_doc_find_item (doc, next);
    *offset = next.clock - item->clock;
  }
  return item;
}

static gboolean
resolve_unit (const EntRelPos *pos, EntDoc *doc, EntType **type, guint32 *units)
{
  EntClient *client = ent_doc_find_client (doc, pos->item_client);
  EntItem *item;
  guint32 offset;

  if (!client || pos->item_clock >= client->clock)
    return FALSE;
  item = follow_redone (doc, (EntId){ client->index, pos->item_clock }, &offset);
  if (item->kind == ENT_KIND_GC || item->is_keyed)
    return FALSE;
  *type = item->leaf->type;
  *units = ent_index_before (item).units;
  if ((*type)->item && (*type)->item->deleted)
    *units = 0;
  else if (ent_item_is_visible (item))
    *units += offset + (pos->assoc >= 0 ? 0 : 1);
  return TRUE;
}

static gboolean
resolve_type (const EntRelPos *pos, EntDoc *doc, EntType **type)
{
  EntClient *client;
  EntItem *item;
  guint32 offset;

  if (pos->root) {
    *type = ent_doc_ensure_root (doc, pos->root, strlen (pos->root));
    return TRUE;
  }
  client = ent_doc_find_client (doc, pos->type_client);
  if (!client || pos->type_clock >= client->clock)
    return FALSE;
  item = follow_redone (doc, (EntId){ client->index, pos->type_clock }, &offset);
  if (item->kind != ENT_KIND_TYPE)
    return FALSE;
  *type = item->type;
  return TRUE;
}

gboolean
ent_rel_pos_resolve (const EntRelPos *pos,
  EntDoc *doc,
  EntType **type,
  guint32 *at,
  guint32 *at_utf16)
{
  EntType *found;
  guint32 units;

  if (pos->has_item) {
    if (!resolve_unit (pos, doc, &found, &units))
      return FALSE;
  } else {
    if (!resolve_type (pos, doc, &found))
      return FALSE;
    units = pos->assoc >= 0 ? found->index.sums.units : 0;
  }
  if (type)
    *type = found;
  if (at)
    *at = ent_text_utf16_to_chars (found, units);
  if (at_utf16)
    *at_utf16 = units;
  return TRUE;
}

GBytes *
ent_rel_pos_encode (const EntRelPos *pos)
{
  EntWriter writer;

  ent_writer_init (&writer, 32);
  if (pos->has_item) {
    ent_write_uint (&writer, 0);
    ent_write_uint (&writer, pos->item_client);
    ent_write_uint (&writer, pos->item_clock);
  } else if (pos->root) {
    ent_write_u8 (&writer, 1);
    ent_write_bytes (&writer, pos->root, strlen (pos->root));
  } else {
    ent_write_u8 (&writer, 2);
    ent_write_uint (&writer, pos->type_client);
    ent_write_uint (&writer, pos->type_clock);
  }
  ent_write_int (&writer, pos->assoc, FALSE);
  return ent_writer_end (&writer);
}

static void
read_id (EntReader *reader, guint64 *client, guint32 *clock)
{
  *client = ent_read_uint (reader);
  *clock = ent_read_uint_max (reader, ENT_DOC_MAX_CLOCK, "a clock over 2^32-1");
}

EntRelPos *
ent_rel_pos_decode (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (EntRelPos) pos = g_new0 (EntRelPos, 1);
  EntReader reader;
  const char *root;
  gsize root_size;

  ent_reader_init (&reader, data, size);
  switch (ent_read_uint (&reader)) {
  case 0:
    pos->has_item = TRUE;
    read_id (&reader, &pos->item_client, &pos->item_clock);
    break;
  case 1:
    root = ent_read_string (&reader, &root_size, NULL, NULL);
    if (root_size > ENT_DOC_MAX_NAME_BYTES)
      ent_reader_fail (&reader, ENT_DOC_ERROR_TOO_LARGE, "a name that is too long");
    pos->root = g_strndup (root, MIN (root_size, ENT_DOC_MAX_NAME_BYTES));
    break;
  case 2:
    pos->has_type = TRUE;
    read_id (&reader, &pos->type_client, &pos->type_clock);
    break;
  default:
    ent_reader_fail (&reader, ENT_DOC_ERROR_MALFORMED, "an unknown kind of position");
  }
  if (reader.at < reader.end)
    pos->assoc = ent_read_int (&reader, NULL) < 0 ? -1 : 0;
  if (!ent_reader_failed (&reader) && reader.at != reader.end)
    ent_reader_fail (&reader, ENT_DOC_ERROR_MALFORMED, "bytes after the end");
  if (!ent_reader_failed (&reader))
    return g_steal_pointer (&pos);
  ent_reader_set_error (&reader, "Could not read a position", error);
  return NULL;
}

static EntValue *
id_to_value (guint64 client, guint32 clock)
{
  EntValue *id = ent_value_new_object ();

  ent_value_object_set (id, "client", ent_value_new_double ((double) client));
  ent_value_object_set (id, "clock", ent_value_new_double (clock));
  return id;
}

EntValue *
ent_rel_pos_to_value (const EntRelPos *pos)
{
  EntValue *value = ent_value_new_object ();

  if (pos->has_type)
    ent_value_object_set (value, "type", id_to_value (pos->type_client, pos->type_clock));
  if (pos->root)
    ent_value_object_set (value, "tname", ent_value_new_string (pos->root, -1));
  if (pos->has_item)
    ent_value_object_set (value, "item", id_to_value (pos->item_client, pos->item_clock));
  ent_value_object_set (value, "assoc", ent_value_new_int (pos->assoc));
  return value;
}

static gboolean
is_absent (const EntValue *value)
{
  return !value || ent_value_get_kind (value) == ENT_VALUE_NULL ||
         ent_value_get_kind (value) == ENT_VALUE_UNDEFINED;
}

static gboolean
value_to_id (const EntValue *value, gboolean *has, guint64 *client, guint32 *clock)
{
  const EntValue *first;
  const EntValue *second;
  double numbers[2];

  if (is_absent (value))
    return TRUE;
  first = ent_value_get_member (value, "client");
  second = ent_value_get_member (value, "clock");
  if (!first || !second)
    return FALSE;
  numbers[0] = ent_value_get_double (first);
  numbers[1] = ent_value_get_double (second);
  if (!(numbers[0] >= 0 && numbers[0] <= (double) ENT_DOC_MAX_CLIENT_ID) ||
      !(numbers[1] >= 0 && numbers[1] <= ENT_DOC_MAX_CLOCK))
    return FALSE;
  *has = TRUE;
  *client = (guint64) numbers[0];
  *clock = (guint32) numbers[1];
  return TRUE;
}

EntRelPos *
ent_rel_pos_from_value (const EntValue *value, GError **error)
{
  g_autoptr (EntRelPos) pos = g_new0 (EntRelPos, 1);
  const EntValue *assoc = ent_value_get_member (value, "assoc");
  gboolean ok;

  ok = value_to_id (ent_value_get_member (value, "type"), &pos->has_type, &pos->type_client,
         &pos->type_clock) &&
       value_to_id (
         ent_value_get_member (value, "item"), &pos->has_item, &pos->item_client, &pos->item_clock);
  pos->root = g_strdup (ent_value_get_member_string (value, "tname"));
  pos->assoc = assoc && ent_value_get_double (assoc) < 0 ? -1 : 0;
  if (ok && (pos->has_item || pos->has_type || pos->root))
    return g_steal_pointer (&pos);
  g_set_error (
    error, ENT_DOC_ERROR, ENT_DOC_ERROR_MALFORMED, "Could not read a position: it names no place");
  return NULL;
}
