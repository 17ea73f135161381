#include "document/ent-doc-private.h"

#include <string.h>

/* Maps and arrays: plain values and nested types in keyed and sequence places. */

/* --- values in and out of structs --- */

static guint8
kind_of_value (EntValue *value)
{
  return ent_value_get_kind (value) == ENT_VALUE_BYTES ? ENT_KIND_BINARY : ENT_KIND_ANY;
}

static void
write_value (EntWriter *writer, EntValue *value)
{
  gsize size;
  const void *data;

  if (kind_of_value (value) == ENT_KIND_ANY) {
    ent_write_any (writer, value);
    return;
  }
  data = g_bytes_get_data (ent_value_get_bytes (value), &size);
  ent_write_raw (writer, data, size);
}

static void
take_content (EntType *type, EntItem *item, EntWriter *writer)
{
  ent_item_set_content (type->doc, item, (const char *) writer->data, writer->size);
  ent_writer_clear (writer);
}

/* Refuses what other replicas would refuse. */
static gboolean
check_values (EntValue *const *values, gsize n_values, gsize *size, GError **error)
{
  EntWriter writer;
  EntReader reader;
  gboolean ok;

  ent_writer_init (&writer, 256);
  for (gsize i = 0; i < n_values; i++)
    ent_write_any (&writer, values[i]);
  ent_reader_init (&reader, writer.data, writer.size);
  for (gsize i = 0; i < n_values; i++)
    ent_skip_any (&reader);
  *size = writer.size;
  ent_writer_clear (&writer);
  ok = !ent_reader_failed (&reader) && *size <= ENT_DOC_MAX_UPDATE_BYTES / 2;
  if (!ok)
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "Could not edit the document: a value is too large or nested too deep");
  return ok;
}

static EntValue *
get_value (const EntItem *item, guint32 offset)
{
  EntReader reader;
  gsize size;
  const char *text = item->kind == ENT_KIND_TYPE ? NULL : ent_item_content (item);
  gsize at;

  switch (item->kind) {
  case ENT_KIND_ANY:
    at = ent_content_offset (item->kind, text, item->bytes, offset);
    ent_reader_init (&reader, (const guint8 *) text + at, item->bytes - at);
    return ent_read_any (&reader);
  case ENT_KIND_JSON:
    at = ent_content_offset (item->kind, text, item->bytes, offset);
    ent_reader_init (&reader, (const guint8 *) text + at, item->bytes - at);
    text = ent_read_string (&reader, &size, NULL, NULL);
    if (size == 9 && memcmp (text, "undefined", 9) == 0)
      return ent_value_new_undefined ();
    return ent_value_from_json (text, size, ENT_VALUE_MAX_DEPTH, NULL);
  case ENT_KIND_EMBED:
    return ent_value_from_json (text, item->bytes, ENT_VALUE_MAX_DEPTH, NULL);
  case ENT_KIND_BINARY: {
    g_autoptr (GBytes) bytes = g_bytes_new (text, item->bytes);

    return ent_value_new_bytes (bytes);
  }
  case ENT_KIND_STRING: {
    gboolean inside_pair;
    gsize start = ent_utf8_offset_of_unit (text, item->bytes, offset, NULL, &inside_pair);

    return ent_value_new_string (text + start, g_utf8_next_char (text + start) - (text + start));
  }
  default:
    return NULL;
  }
}

static EntElementKind
element_kind (const EntItem *item)
{
  switch (item->kind) {
  case ENT_KIND_TYPE:
    return ENT_ELEMENT_TYPE;
  case ENT_KIND_STRING:
    return ENT_ELEMENT_TEXT;
  case ENT_KIND_DOC:
    return ENT_ELEMENT_SUBDOC;
  default:
    return ENT_ELEMENT_VALUE;
  }
}

static char *
dup_guid (const EntItem *item)
{
  EntReader reader;
  gsize size;
  const char *guid;

  if (!item || item->kind != ENT_KIND_DOC)
    return NULL;
  ent_reader_init (&reader, (const guint8 *) ent_item_content (item), item->bytes);
  guid = ent_read_string (&reader, &size, NULL, NULL);
  return g_strndup (guid, size);
}

/* --- map --- */

static EntItem *
find_present (EntType *map, const char *key)
{
  EntMapEntry *entry = ent_type_find_entry (map, key, strlen (key));

  return entry && entry->last && !entry->last->deleted ? entry->last : NULL;
}

static void
set_item (EntType *map, const char *key, EntItem *item)
{
  EntMapEntry *entry = ent_type_ensure_entry (map, key, strlen (key));

  if (entry->last)
    item->origin = ent_item_last_id (entry->last);
  ent_item_integrate (map->doc, item, entry->last, NULL, map, entry);
}

static gboolean
begin_edit (EntType *type, const char *key, gsize units, GError **error)
{
  if (key && strlen (key) > ENT_DOC_MAX_NAME_BYTES) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "Could not edit the document: a key is over %u bytes", ENT_DOC_MAX_NAME_BYTES);
    return FALSE;
  }
  if (key && !g_utf8_validate (key, -1, NULL)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID,
      "Could not edit the document: a key is not UTF-8");
    return FALSE;
  }
  if (!ent_type_begin_edit (type, error))
    return FALSE;
  if (ent_doc_check_room (type->doc, units, error))
    return TRUE;
  ent_doc_commit (type->doc);
  return FALSE;
}

static gboolean
check_nested_kind (EntTypeKind kind, GError **error)
{
  if (kind == ENT_TYPE_ARRAY || kind == ENT_TYPE_MAP || kind == ENT_TYPE_TEXT ||
      kind == ENT_TYPE_XML_FRAGMENT || kind == ENT_TYPE_XML_TEXT)
    return TRUE;
  g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID,
    "Could not edit the document: a type of this kind cannot be made");
  return FALSE;
}

static EntItem *
new_type_item (EntType *parent, EntTypeKind kind)
{
  EntItem *item = ent_type_new_local_item (parent, ENT_KIND_TYPE, 1);

  item->type = ent_type_new (parent->doc, item, kind);
  return item;
}

gboolean
ent_map_set (EntType *map, const char *key, EntValue *value, GError **error)
{
  EntItem *item;
  EntWriter writer;
  gsize size;

  if (!check_values (&value, 1, &size, error) || !begin_edit (map, key, 1, error))
    return FALSE;
  item = ent_type_new_local_item (map, kind_of_value (value), 1);
  ent_writer_init (&writer, size);
  write_value (&writer, value);
  take_content (map, item, &writer);
  set_item (map, key, item);
  ent_doc_commit (map->doc);
  return TRUE;
}

EntType *
ent_map_set_type (EntType *map, const char *key, EntTypeKind kind, GError **error)
{
  EntItem *item;
  EntType *type;

  if (!check_nested_kind (kind, error) || !begin_edit (map, key, 1, error))
    return NULL;
  item = new_type_item (map, kind);
  type = item->type;
  set_item (map, key, item);
  ent_doc_commit (map->doc);
  return type;
}

gboolean
ent_map_delete (EntType *map, const char *key, GError **error)
{
  EntItem *item;

  if (!ent_type_begin_edit (map, error))
    return FALSE;
  item = find_present (map, key);
  if (item)
    ent_item_delete (map->doc, item);
  ent_doc_commit (map->doc);
  return TRUE;
}

EntValue *
ent_map_get (EntType *map, const char *key)
{
  EntItem *item = find_present (map, key);

  /* A run under one key shows its last unit. */
  return item ? get_value (item, item->length - 1) : NULL;
}

EntType *
ent_map_get_type (EntType *map, const char *key)
{
  EntItem *item = find_present (map, key);

  return item && item->kind == ENT_KIND_TYPE ? item->type : NULL;
}

gboolean
ent_map_has (EntType *map, const char *key)
{
  return find_present (map, key) != NULL;
}

GStrv
ent_map_list_keys (EntType *map)
{
  GPtrArray *keys = g_ptr_array_new ();

  for (guint i = 0; map->entries && i < map->entries->len; i++) {
    EntMapEntry *entry = map->entries->pdata[i];

    if (entry->last && !entry->last->deleted)
      g_ptr_array_add (keys, g_strdup (entry->key->text));
  }
  g_ptr_array_add (keys, NULL);
  return (GStrv) g_ptr_array_free (keys, FALSE);
}

guint64
ent_map_get_author (EntType *map, const char *key)
{
  EntItem *item = find_present (map, key);

  return item ? ent_doc_client (map->doc, item->client)->id : 0;
}

EntElementKind
ent_map_get_element_kind (EntType *map, const char *key)
{
  EntItem *item = find_present (map, key);

  return item ? element_kind (item) : ENT_ELEMENT_NONE;
}

char *
ent_map_dup_subdoc_guid (EntType *map, const char *key)
{
  return dup_guid (find_present (map, key));
}

/* --- array --- */

static EntItem *
find_element (EntType *array, guint32 at, guint32 *offset)
{
  EntSums before;
  EntItem *item;

  if (at >= array->index.sums.units)
    return NULL;
  item = ent_index_find (array, ENT_BY_UNITS, at, &before);
  *offset = at - before.units;
  return item;
}

static gboolean
check_range (EntType *array, guint32 at, guint32 count, GError **error)
{
  guint32 total = array->index.sums.units;

  if (at <= total && count <= total - at)
    return TRUE;
  g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_RANGE,
    "Could not edit the array: %u to %" G_GUINT64_FORMAT " is outside its length of %u", at,
    (guint64) at + count, total);
  return FALSE;
}

gboolean
ent_array_insert (EntType *array,
  guint32 at,
  EntValue *const *values,
  gsize n_values,
  GError **error)
{
  EntPlace place;
  gsize size;

  if (!check_values (values, n_values, &size, error) || !check_range (array, at, 0, error) ||
      !begin_edit (array, NULL, n_values, error))
    return FALSE;
  place = ent_type_find_place (array, at, FALSE);
  for (gsize i = 0, n; i < n_values; i += n) {
    guint8 kind = kind_of_value (values[i]);
    EntItem *item;
    EntWriter writer;

    ent_writer_init (&writer, 64);
    n = 0;
    do
      write_value (&writer, values[i + n++]);
    while (kind == ENT_KIND_ANY && i + n < n_values && kind_of_value (values[i + n]) == kind);
    item = ent_type_new_local_item (array, kind, n);
    take_content (array, item, &writer);
    ent_type_insert_item (array, &place, item);
    place.left = item;
  }
  ent_doc_commit (array->doc);
  return TRUE;
}

EntType *
ent_array_insert_type (EntType *array, guint32 at, EntTypeKind kind, GError **error)
{
  EntPlace place;
  EntItem *item;
  EntType *type;

  if (!check_nested_kind (kind, error) || !check_range (array, at, 0, error) ||
      !begin_edit (array, NULL, 1, error))
    return NULL;
  place = ent_type_find_place (array, at, FALSE);
  item = new_type_item (array, kind);
  type = item->type;
  ent_type_insert_item (array, &place, item);
  ent_doc_commit (array->doc);
  return type;
}

gboolean
ent_array_delete (EntType *array, guint32 at, guint32 count, GError **error)
{
  if (!check_range (array, at, count, error) || !ent_type_begin_edit (array, error))
    return FALSE;
  ent_type_delete_units (array, at, count);
  ent_doc_commit (array->doc);
  return TRUE;
}

guint32
ent_array_get_length (EntType *array)
{
  return array->index.sums.units;
}

EntValue *
ent_array_get (EntType *array, guint32 at)
{
  guint32 offset;
  EntItem *item = find_element (array, at, &offset);

  return item ? get_value (item, offset) : NULL;
}

EntType *
ent_array_get_type (EntType *array, guint32 at)
{
  guint32 offset;
  EntItem *item = find_element (array, at, &offset);

  return item && item->kind == ENT_KIND_TYPE ? item->type : NULL;
}

gboolean
ent_array_get_id (EntType *array, guint32 at, guint64 *client, guint32 *clock)
{
  guint32 offset;
  EntItem *item = find_element (array, at, &offset);

  if (!item)
    return FALSE;
  *client = ent_doc_client (array->doc, item->client)->id;
  *clock = item->clock + offset;
  return TRUE;
}

gboolean
ent_array_find_id (EntType *array, guint64 client, guint32 clock, guint32 *at)
{
  EntClient *known = array->doc ? ent_doc_find_client (array->doc, client) : NULL;
  EntItem *item;

  if (!known || clock >= known->clock)
    return FALSE;
  item = ent_doc_find_item (array->doc, (EntId){ known->index, clock });
  if (item->kind == ENT_KIND_GC || !ent_item_is_visible (item) || item->is_keyed ||
      item->leaf->type != array)
    return FALSE;
  *at = ent_index_before (item).units + (clock - item->clock);
  return TRUE;
}

EntElementKind
ent_array_get_element_kind (EntType *array, guint32 at)
{
  guint32 offset;
  EntItem *item = find_element (array, at, &offset);

  return item ? element_kind (item) : ENT_ELEMENT_NONE;
}

char *
ent_array_dup_subdoc_guid (EntType *array, guint32 at)
{
  guint32 offset;

  return dup_guid (find_element (array, at, &offset));
}
