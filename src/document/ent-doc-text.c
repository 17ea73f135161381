#include "document/ent-doc-private.h"

#include <string.h>

#define PLACEHOLDER "\xef\xbf\xbc" /* U+FFFC */

/* --- units --- */

guint32
ent_text_get_length (EntType *text)
{
  return text->index.sums.chars;
}

guint32
ent_text_get_length_utf16 (EntType *text)
{
  return text->index.sums.units;
}

gsize
ent_text_get_length_bytes (EntType *text)
{
  return text->index.sums.bytes;
}

/* What stands before the place in an item that holds it. */
static EntSums
sums_inside (const EntItem *item, EntMeasure measure, guint32 offset)
{
  EntSums sums = { offset, offset, 0 };
  const char *text;
  gboolean inside_pair;

  if (item->kind != ENT_KIND_STRING)
    return sums;
  text = ent_item_content (item);
  if (item->bytes == item->length) {
    sums.bytes = offset;
    return sums;
  }
  if (measure == ENT_BY_CHARS)
    sums.bytes = ent_utf8_offset_of_char (text, item->bytes, offset, &sums.units);
  else if (measure == ENT_BY_UNITS)
    sums.bytes = ent_utf8_offset_of_unit (text, item->bytes, offset, &sums.chars, &inside_pair);
  if (measure == ENT_BY_UNITS)
    ent_utf8_scan (text, sums.bytes, &sums.units, &sums.chars);
  if (measure == ENT_BY_BYTES) {
    for (sums.bytes = offset; sums.bytes > 0 && (text[sums.bytes] & 0xc0) == 0x80;)
      sums.bytes--;
    ent_utf8_scan (text, sums.bytes, &sums.units, &sums.chars);
  }
  return sums;
}

static EntSums
convert (EntType *text, EntMeasure measure, guint32 place)
{
  EntSums total = text->index.sums;
  guint32 end = measure == ENT_BY_UNITS   ? total.units
                : measure == ENT_BY_CHARS ? total.chars
                                          : total.bytes;
  guint32 start;
  EntSums before;
  EntSums inside;
  EntItem *item;

  if (place >= end)
    return total;
  item = ent_index_find (text, measure, place, &before);
  start = measure == ENT_BY_UNITS   ? before.units
          : measure == ENT_BY_CHARS ? before.chars
                                    : before.bytes;
  inside = sums_inside (item, measure, place - start);
  return (EntSums){ before.units + inside.units, before.chars + inside.chars,
    before.bytes + inside.bytes };
}

guint32
ent_text_chars_to_utf16 (EntType *text, guint32 at)
{
  if (ent_type_has_no_pairs (text))
    return MIN (at, text->index.sums.units);
  return convert (text, ENT_BY_CHARS, at).units;
}

guint32
ent_text_utf16_to_chars (EntType *text, guint32 at_utf16)
{
  if (ent_type_has_no_pairs (text))
    return MIN (at_utf16, text->index.sums.chars);
  return convert (text, ENT_BY_UNITS, at_utf16).chars;
}

gsize
ent_text_chars_to_bytes (EntType *text, guint32 at)
{
  return convert (text, ENT_BY_CHARS, at).bytes;
}

guint32
ent_text_bytes_to_chars (EntType *text, gsize at_bytes)
{
  return convert (text, ENT_BY_BYTES, MIN (at_bytes, G_MAXUINT32)).chars;
}

/* --- reading --- */

char *
ent_text_dup (EntType *text, gsize *length_bytes)
{
  gsize size = text->index.sums.bytes;
  char *result = g_malloc (size + 1);
  char *at = result;

  for (EntItem *item = text->first; item; item = item->right) {
    if (item->kind != ENT_KIND_STRING || item->deleted)
      continue;
    memcpy (at, ent_item_content (item), item->bytes);
    at += item->bytes;
  }
  *at = '\0';
  if (length_bytes)
    *length_bytes = size;
  return result;
}

char *
ent_text_dup_display (EntType *text, gsize *length_bytes)
{
  return ent_text_dup_range (text, 0, G_MAXUINT32, length_bytes);
}

static void
append_range (GString *out, const EntItem *item, guint32 from, guint32 to)
{
  gsize start;
  gsize end;

  if (item->kind != ENT_KIND_STRING) {
    for (; from < to; from++)
      g_string_append (out, PLACEHOLDER);
    return;
  }
  start = sums_inside (item, ENT_BY_CHARS, from).bytes;
  end = to == item->chars ? item->bytes : sums_inside (item, ENT_BY_CHARS, to).bytes;
  g_string_append_len (out, ent_item_content (item) + start, end - start);
}

char *
ent_text_dup_range (EntType *text, guint32 at, guint32 count, gsize *length_bytes)
{
  GString *out = g_string_new (NULL);
  guint32 total = text->index.sums.chars;
  EntSums before = { 0 };
  EntItem *item = NULL;

  at = MIN (at, total);
  count = MIN (count, total - at);
  if (count)
    item = ent_index_find (text, ENT_BY_CHARS, at, &before);
  for (guint32 skip = at - before.chars; count; item = item->right) {
    guint32 chars = ent_item_sums (item).chars;
    guint32 n;

    if (!chars)
      continue;
    n = MIN (count, chars - skip);
    append_range (out, item, skip, skip + n);
    count -= n;
    skip = 0;
  }
  if (length_bytes)
    *length_bytes = out->len;
  return g_string_free (out, FALSE);
}

guint64
ent_text_get_author (EntType *text, guint32 at)
{
  EntSums before;

  if (at >= text->index.sums.chars)
    return 0;
  return ent_doc_client (text->doc, ent_index_find (text, ENT_BY_CHARS, at, &before)->client)->id;
}

GArray *
ent_text_list_authors (EntType *text, guint32 at, guint32 count)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (EntAuthorRun));
  guint32 total = text->index.sums.chars;
  EntSums before = { 0 };
  EntItem *item = NULL;

  at = MIN (at, total);
  count = MIN (count, total - at);
  if (count)
    item = ent_index_find (text, ENT_BY_CHARS, at, &before);
  for (guint32 skip = at - before.chars; count; item = item->right) {
    guint32 chars = ent_item_sums (item).chars;
    EntAuthorRun run = { .at = at };
    EntAuthorRun *last = runs->len ? &g_array_index (runs, EntAuthorRun, runs->len - 1) : NULL;

    if (!chars)
      continue;
    run.client = ent_doc_client (text->doc, item->client)->id;
    run.clock = item->clock + sums_inside (item, ENT_BY_CHARS, skip).units;
    run.length = MIN (count, chars - skip);
    at += run.length;
    count -= run.length;
    skip = 0;
    if (last && last->client == run.client)
      last->length += run.length;
    else
      g_array_append_val (runs, run);
  }
  return runs;
}

/* --- marks --- */

/* The key of a Format item, lent; the reader is then at the value. */
static const char *
read_format_key (const EntItem *item, EntReader *reader, gsize *size)
{
  ent_reader_init (reader, (const guint8 *) ent_item_content (item), item->bytes);
  return ent_read_string (reader, size, NULL, NULL);
}

void
ent_type_note_format (EntType *type, const EntItem *item, int change)
{
  EntReader reader;
  gsize size;
  const char *key = read_format_key (item, &reader, &size);
  EntName *name = ent_name_new (key, size);
  guint count;

  if (!type->mark_keys)
    type->mark_keys = g_hash_table_new_full (ent_name_hash, ent_name_equal, g_free, NULL);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (type->mark_keys, name)) + change;
  type->n_formats += change;
  if (count) {
    g_hash_table_replace (type->mark_keys, name, GUINT_TO_POINTER (count));
  } else {
    g_hash_table_remove (type->mark_keys, name);
    g_free (name);
  }
}

static char *
read_format (const EntItem *item, EntValue **value)
{
  EntReader reader;
  gsize key_size;
  gsize size;
  const char *key = read_format_key (item, &reader, &key_size);
  const char *json;

  json = ent_read_string (&reader, &size, NULL, NULL);
  *value = ent_value_from_json (json, size, ENT_VALUE_MAX_DEPTH, NULL);
  if (!*value)
    *value = ent_value_new_null ();
  return g_strndup (key, key_size);
}

static gboolean
is_null (const EntValue *value)
{
  return !value || ent_value_get_kind (value) == ENT_VALUE_NULL;
}

static gboolean
same_mark (const EntValue *a, const EntValue *b)
{
  if (is_null (a) || is_null (b))
    return is_null (a) && is_null (b);
  return ent_value_equal (a, b);
}

static void
update_marks (EntValue *marks, const EntItem *item)
{
  EntValue *value;
  g_autofree char *key = read_format (item, &value);

  if (is_null (value)) {
    ent_value_object_remove (marks, key);
    ent_value_unref (value);
  } else {
    ent_value_object_set (marks, key, value);
  }
}

/* What is known of a key while a text is read backwards. */
typedef struct {
  char *key;
  EntValue *value; /* the last word on it; null when the mark does not hold */
  guint began; /* how far back the mark was set first since it last ended, as far as is known */
  gboolean has_ended; /* that is certain */
} Mark;

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  ent_value_unref (mark->value);
  g_free (mark->key);
  g_free (mark);
}

static void
look_back (GHashTable *marks, const EntItem *item, guint n_back)
{
  EntValue *value;
  g_autofree char *key = read_format (item, &value);
  Mark *mark = g_hash_table_lookup (marks, key);

  if (!mark) {
    mark = g_new0 (Mark, 1);
    mark->key = g_steal_pointer (&key);
    mark->value = ent_value_ref (value);
    g_hash_table_insert (marks, mark->key, mark);
  }
  mark->has_ended |= is_null (value);
  if (!mark->has_ended)
    mark->began = n_back;
  ent_value_unref (value);
}

/* Whether it is certain which of the marks that hold began before which. All but one have to be
 * known to their beginning, and that one has to be the first anyway. */
static gboolean
is_order_known (GHashTable *marks)
{
  const Mark *open = NULL;
  guint furthest = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, marks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Mark *mark = value;

    furthest = MAX (furthest, mark->began);
    if (mark->has_ended)
      continue;
    if (open)
      return FALSE;
    open = mark;
  }
  return !open || open->began == furthest;
}

static int
compare_began (gconstpointer a, gconstpointer b)
{
  const Mark *const *one = a;
  const Mark *const *other = b;

  return ((*one)->began < (*other)->began) - ((*one)->began > (*other)->began);
}

/* The marks that hold after item, in the order in which they began, as yjs has them. Reads back to
 * the last word on each key of the text, and to where all marks that hold but one ended before. */
static EntValue *
find_marks (EntType *text, const EntItem *item)
{
  g_autoptr (GHashTable) marks = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, mark_free);
  g_autoptr (GPtrArray) holding = g_ptr_array_new ();
  EntValue *result = ent_value_new_object ();
  GHashTableIter iter;
  guint n_back = 0;
  gpointer value;

  for (const EntItem *at = item; at; at = at->left) {
    if (at->kind != ENT_KIND_FORMAT || at->deleted)
      continue;
    look_back (marks, at, ++n_back);
    if (g_hash_table_size (marks) == g_hash_table_size (text->mark_keys) && is_order_known (marks))
      break;
  }
  g_hash_table_iter_init (&iter, marks);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (!is_null (((Mark *) value)->value))
      g_ptr_array_add (holding, value);
  }
  g_ptr_array_sort (holding, compare_began);
  for (guint i = 0; i < holding->len; i++) {
    Mark *mark = holding->pdata[i];

    ent_value_object_set (result, mark->key, ent_value_ref (mark->value));
  }
  return result;
}

/* A place in a text with the marks that hold there. */
typedef struct {
  EntType *text;
  EntPlace place;
  EntValue *marks;
} Cursor;

static void
cursor_clear (Cursor *cursor)
{
  ent_value_unref (cursor->marks);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cursor, cursor_clear)

static void
cursor_forward (Cursor *cursor)
{
  EntItem *item = cursor->place.right;

  if (item->kind == ENT_KIND_FORMAT && !item->deleted)
    update_marks (cursor->marks, item);
  cursor->place.left = item;
  cursor->place.right = item->right;
}

static void
cursor_init (Cursor *cursor, EntType *text, guint32 units)
{
  *cursor = (Cursor){ text, ent_type_find_place (text, units, FALSE), NULL };
  cursor->marks = text->n_formats ? find_marks (text, cursor->place.left) : ent_value_new_object ();
}

static void
cursor_insert (Cursor *cursor, EntItem *item)
{
  ent_type_insert_item (cursor->text, &cursor->place, item);
  cursor->place.right = item;
  cursor_forward (cursor);
}

static void
insert_mark (Cursor *cursor, const char *key, EntValue *value)
{
  EntItem *item = ent_type_new_local_item (cursor->text, ENT_KIND_FORMAT, 1);
  g_autofree char *json = ent_value_to_json (value);
  EntWriter writer;

  ent_writer_init (&writer, 64);
  ent_write_bytes (&writer, key, strlen (key));
  ent_write_bytes (&writer, json, strlen (json));
  ent_item_set_content (cursor->text->doc, item, (const char *) writer.data, writer.size);
  ent_writer_clear (&writer);
  cursor_insert (cursor, item);
}

/* Steps over marks to the right that say what is wanted anyway. */
static void
skip_same_marks (Cursor *cursor, const EntValue *wanted)
{
  while (cursor->place.right) {
    const EntItem *item = cursor->place.right;

    if (!item->deleted) {
      g_autoptr (EntValue) value = NULL;
      g_autofree char *key = NULL;

      if (item->kind != ENT_KIND_FORMAT)
        return;
      key = read_format (item, &value);
      if (!same_mark (ent_value_get_member (wanted, key), value))
        return;
    }
    cursor_forward (cursor);
  }
}

/* Begins the wanted marks; gives what ends them again. */
static EntValue *
begin_marks (Cursor *cursor, const EntValue *wanted)
{
  EntValue *undo = ent_value_new_object ();

  for (guint i = 0; i < ent_value_get_length (wanted); i++) {
    const char *key = ent_value_get_key (wanted, i);
    EntValue *value = ent_value_get_item (wanted, i);
    EntValue *now = ent_value_get_member (cursor->marks, key);

    if (same_mark (now, value))
      continue;
    ent_value_object_set (undo, key, now ? ent_value_ref (now) : ent_value_new_null ());
    insert_mark (cursor, key, value);
  }
  return undo;
}

static void
end_marks (Cursor *cursor, EntValue *undo)
{
  while (cursor->place.right) {
    const EntItem *item = cursor->place.right;

    if (!item->deleted) {
      g_autoptr (EntValue) value = NULL;
      g_autofree char *key = NULL;
      EntValue *wanted;

      if (item->kind != ENT_KIND_FORMAT)
        break;
      key = read_format (item, &value);
      wanted = ent_value_get_member (undo, key);
      if (!wanted || !same_mark (wanted, value))
        break;
      ent_value_object_remove (undo, key);
    }
    cursor_forward (cursor);
  }
  for (guint i = 0; i < ent_value_get_length (undo); i++)
    insert_mark (cursor, ent_value_get_key (undo, i), ent_value_get_item (undo, i));
}

/* The marks of an insert: those asked for and an end for all others, or those around. */
static EntValue *
marks_of_insert (Cursor *cursor, const EntValue *attributes)
{
  EntValue *wanted = ent_value_new_object ();

  for (guint i = 0; attributes && i < ent_value_get_length (attributes); i++)
    ent_value_object_set (wanted, ent_value_get_key (attributes, i),
      ent_value_ref (ent_value_get_item (attributes, i)));
  for (guint i = 0; i < ent_value_get_length (cursor->marks); i++) {
    const char *key = ent_value_get_key (cursor->marks, i);

    if (!attributes)
      ent_value_object_set (wanted, key, ent_value_ref (ent_value_get_item (cursor->marks, i)));
    else if (!ent_value_get_member (attributes, key))
      ent_value_object_set (wanted, key, ent_value_new_null ());
  }
  return wanted;
}

/* --- editing --- */

static EntItem *
new_text_item (EntType *text, const EntText *inserted)
{
  EntItem *item = ent_type_new_local_item (text, ENT_KIND_STRING, inserted->units);

  item->chars = inserted->chars;
  ent_item_set_content (text->doc, item, inserted->data, inserted->bytes);
  return item;
}

static gboolean
check_range (guint32 at, guint32 count, guint32 total, GError **error)
{
  if (at <= total && count <= total - at)
    return TRUE;
  g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_RANGE,
    "Could not edit the text: %u to %" G_GUINT64_FORMAT " is outside its length of %u", at,
    (guint64) at + count, total);
  return FALSE;
}

/* Text without marks: typing goes on in the item to the left. */
static void
insert_plain (EntType *text, guint32 at_utf16, const EntText *inserted)
{
  EntPlace place = ent_type_find_place (text, at_utf16, TRUE);
  EntClient *own = ent_doc_ensure_client (text->doc, text->doc->client_id);
  EntItem *item;

  if (ent_type_has_no_pairs (text) && inserted->units == inserted->chars)
    ent_txn_note_insert (text->doc, text, at_utf16, inserted->units);
  if (place.left && place.left->client == own->index) {
    EntId right_origin =
      place.right ? (EntId){ place.right->client, place.right->clock } : ENT_NO_ID;

    if (ent_item_extend (text->doc, place.left, right_origin, inserted))
      return;
  }
  item = new_text_item (text, inserted);
  ent_type_insert_item (text, &place, item);
}

/* Takes the item over on success; it is made after the place is known to be good. */
static void
insert_item (EntType *text, guint32 at_utf16, EntItem *item, const EntValue *attributes)
{
  g_auto (Cursor) cursor = { 0 };
  g_autoptr (EntValue) wanted = NULL;
  g_autoptr (EntValue) undo = NULL;

  cursor_init (&cursor, text, at_utf16);
  wanted = marks_of_insert (&cursor, attributes);
  skip_same_marks (&cursor, wanted);
  undo = begin_marks (&cursor, wanted);
  /* Marks took clocks of ours meanwhile. */
  item->clock = ent_doc_client (text->doc, item->client)->clock;
  cursor_insert (&cursor, item);
  end_marks (&cursor, undo);
}

gboolean
ent_text_insert_utf16 (EntType *text,
  guint32 at_utf16,
  const char *utf8,
  gssize length_bytes,
  const EntValue *attributes,
  GError **error)
{
  gsize size = length_bytes < 0 ? strlen (utf8) : (gsize) length_bytes;
  EntText inserted = { utf8, size, 0, 0 };

  if (size > ENT_DOC_MAX_UPDATE_BYTES / 2) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "Could not insert text: it is over the limit of %u MiB", ENT_DOC_MAX_UPDATE_BYTES >> 21);
    return FALSE;
  }
  if (!ent_utf8_scan (utf8, size, &inserted.units, &inserted.chars)) {
    g_set_error (
      error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID, "Could not insert text: it is not UTF-8");
    return FALSE;
  }
  if (!check_range (at_utf16, 0, text->index.sums.units, error) ||
      !ent_type_begin_edit (text, error))
    return FALSE;
  if (!ent_doc_check_room (text->doc, (gsize) inserted.units + 1000, error)) {
    ent_doc_commit (text->doc);
    return FALSE;
  }
  if (inserted.units && (attributes || text->n_formats))
    insert_item (text, at_utf16, new_text_item (text, &inserted), attributes);
  else if (inserted.units)
    insert_plain (text, at_utf16, &inserted);
  ent_doc_commit (text->doc);
  return TRUE;
}

gboolean
ent_text_insert_embed_utf16 (EntType *text,
  guint32 at_utf16,
  const EntValue *embed,
  const EntValue *attributes,
  GError **error)
{
  g_autofree char *json = ent_value_to_json (embed);
  g_autoptr (EntValue) none = ent_value_new_object ();
  EntItem *item;

  if (!check_range (at_utf16, 0, text->index.sums.units, error) ||
      !ent_type_begin_edit (text, error))
    return FALSE;
  if (!ent_doc_check_room (text->doc, 1000, error)) {
    ent_doc_commit (text->doc);
    return FALSE;
  }
  item = ent_type_new_local_item (text, ENT_KIND_EMBED, 1);
  ent_item_set_content (text->doc, item, json, strlen (json));
  insert_item (text, at_utf16, item, attributes ? attributes : none);
  ent_doc_commit (text->doc);
  return TRUE;
}

gboolean
ent_text_delete_utf16 (EntType *text, guint32 at_utf16, guint32 count_utf16, GError **error)
{
  if (!check_range (at_utf16, count_utf16, text->index.sums.units, error) ||
      !ent_type_begin_edit (text, error))
    return FALSE;
  ent_type_delete_units (text, at_utf16, count_utf16);
  ent_doc_commit (text->doc);
  return TRUE;
}

/* One mark met while formatting; FALSE ends the walk. */
static gboolean
format_mark (Cursor *cursor, EntValue *undo, const EntValue *attributes, guint32 left)
{
  EntItem *item = cursor->place.right;
  g_autoptr (EntValue) value = NULL;
  g_autofree char *key = read_format (item, &value);
  EntValue *wanted = ent_value_get_member (attributes, key);

  if (!wanted)
    return TRUE;
  if (same_mark (wanted, value)) {
    ent_value_object_remove (undo, key);
  } else {
    if (left == 0)
      return FALSE;
    ent_value_object_set (undo, key, ent_value_ref (value));
  }
  ent_item_delete (cursor->text->doc, item);
  return TRUE;
}

gboolean
ent_text_format_utf16 (EntType *text,
  guint32 at_utf16,
  guint32 count_utf16,
  const EntValue *attributes,
  GError **error)
{
  g_auto (Cursor) cursor = { .marks = ent_value_new_object () };
  g_autoptr (EntValue) undo = NULL;

  if (!check_range (at_utf16, count_utf16, text->index.sums.units, error) ||
      !ent_type_begin_edit (text, error))
    return FALSE;
  if (!ent_doc_check_room (text->doc, 1000, error)) {
    ent_doc_commit (text->doc);
    return FALSE;
  }
  if (!count_utf16) {
    ent_doc_commit (text->doc);
    return TRUE;
  }
  cursor_clear (&cursor);
  cursor_init (&cursor, text, at_utf16);
  skip_same_marks (&cursor, attributes);
  undo = begin_marks (&cursor, attributes);
  while (count_utf16 > 0 || ent_value_get_length (undo) > 0) {
    EntItem *item = cursor.place.right;

    if (!item || (count_utf16 == 0 && !item->deleted && item->kind != ENT_KIND_FORMAT))
      break;
    if (!item->deleted && item->kind == ENT_KIND_FORMAT) {
      if (!format_mark (&cursor, undo, attributes, count_utf16))
        break;
    } else if (!item->deleted) {
      if (count_utf16 < item->length)
        ent_item_split (text->doc, item, count_utf16);
      count_utf16 -= item->length;
    }
    cursor_forward (&cursor);
  }
  end_marks (&cursor, undo);
  ent_doc_commit (text->doc);
  return TRUE;
}

gboolean
ent_text_insert (EntType *text, guint32 at, const char *utf8, gssize length_bytes, GError **error)
{
  return ent_text_insert_with (text, at, utf8, length_bytes, NULL, error);
}

gboolean
ent_text_insert_with (EntType *text,
  guint32 at,
  const char *utf8,
  gssize length_bytes,
  const EntValue *attributes,
  GError **error)
{
  if (!check_range (at, 0, text->index.sums.chars, error))
    return FALSE;
  return ent_text_insert_utf16 (
    text, ent_text_chars_to_utf16 (text, at), utf8, length_bytes, attributes, error);
}

gboolean
ent_text_insert_embed (EntType *text,
  guint32 at,
  const EntValue *embed,
  const EntValue *attributes,
  GError **error)
{
  if (!check_range (at, 0, text->index.sums.chars, error))
    return FALSE;
  return ent_text_insert_embed_utf16 (
    text, ent_text_chars_to_utf16 (text, at), embed, attributes, error);
}

gboolean
ent_text_delete (EntType *text, guint32 at, guint32 count, GError **error)
{
  guint32 start;
  guint32 end;

  if (!check_range (at, count, text->index.sums.chars, error))
    return FALSE;
  start = ent_text_chars_to_utf16 (text, at);
  end = ent_text_chars_to_utf16 (text, at + count);
  return ent_text_delete_utf16 (text, start, end - start, error);
}

gboolean
ent_text_format (EntType *text,
  guint32 at,
  guint32 count,
  const EntValue *attributes,
  GError **error)
{
  guint32 start;
  guint32 end;

  if (!check_range (at, count, text->index.sums.chars, error))
    return FALSE;
  start = ent_text_chars_to_utf16 (text, at);
  end = ent_text_chars_to_utf16 (text, at + count);
  return ent_text_format_utf16 (text, start, end - start, attributes, error);
}

/* --- runs of equal marks --- */

typedef struct {
  EntTextRunFunc func;
  gpointer data;
  GString *text;
  EntValue *marks;
} RunWalk;

static void
end_run (RunWalk *walk)
{
  EntTextRun run = { walk->text->str, walk->text->len, NULL, NULL };

  if (!walk->text->len)
    return;
  run.attributes = ent_value_get_length (walk->marks) ? walk->marks : NULL;
  walk->func (&run, walk->data);
  g_string_truncate (walk->text, 0);
}

static void
pass_single (RunWalk *walk, const EntItem *item)
{
  g_autoptr (EntValue) embed = NULL;
  EntTextRun run = { 0 };

  end_run (walk);
  if (item->kind == ENT_KIND_EMBED)
    embed = ent_value_from_json (ent_item_content (item), item->bytes, ENT_VALUE_MAX_DEPTH, NULL);
  run.embed = embed;
  if (item->kind == ENT_KIND_TYPE)
    run.type = item->type;
  run.attributes = ent_value_get_length (walk->marks) ? walk->marks : NULL;
  walk->func (&run, walk->data);
}

void
ent_text_foreach_run (EntType *text, EntTextRunFunc func, gpointer data)
{
  g_autoptr (GString) run = g_string_new (NULL);
  g_autoptr (EntValue) marks = ent_value_new_object ();
  RunWalk walk = { func, data, run, marks };

  for (const EntItem *item = text->first; item; item = item->right) {
    if (item->deleted)
      continue;
    if (item->kind == ENT_KIND_STRING) {
      g_string_append_len (run, ent_item_content (item), item->bytes);
    } else if (item->kind == ENT_KIND_FORMAT) {
      end_run (&walk);
      update_marks (marks, item);
    } else if (item->kind == ENT_KIND_EMBED || item->kind == ENT_KIND_TYPE) {
      pass_single (&walk, item);
    }
  }
  end_run (&walk);
}
