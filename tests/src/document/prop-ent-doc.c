#include <string.h>

#include "document/ent-doc-relpos.h"
#include "doc-model.h"

/* Several peers edit a text, an array and the keys of a map at random while their updates travel
 * shuffled, doubled and merged. Beside each engine runs the model of doc-model.h, and mirrors that
 * know nothing but the events; all three must always show the same. Positions are taken and
 * followed all the time. */

enum { LIST_TEXT, LIST_ARRAY, LIST_KEY, N_KEYS = 3 };

static const char *const keys[N_KEYS] = { "a", "b", "clé" };

/* --- peers --- */

typedef struct {
  guint from;
  GBytes *update;
  DocEdit *edit;
} Message;

typedef struct {
  EntRelPos *pos;
  guint list;
  DocId id; /* client 0: an end of the list */
  int assoc;
} Mark;

typedef struct {
  EntDoc *doc;
  EntType *text;
  EntType *array;
  EntType *map;
  DocModel *model;
  GString *text_mirror;
  GArray *units_mirror; /* guint16: the text once more, by UTF-16 offsets */
  GArray *array_mirror; /* gint64 */
  gint64 map_mirror[N_KEYS]; /* -1: absent */
  GBytes *last;
} Peer;

typedef struct {
  GPtrArray *peers;
  GPtrArray *messages;
  GPtrArray *marks;
} World;

static void
message_free (gpointer data)
{
  Message *message = data;

  g_bytes_unref (message->update);
  doc_edit_free (message->edit);
  g_free (message);
}

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  ent_rel_pos_free (mark->pos);
  g_free (mark);
}

/* --- mirrors --- */

/* Steps are in order, meant one after the other, and the fewest: two of a kind never touch. */
static void
assert_order (const EntTypeEvent *entry)
{
  guint32 last_end = 0;

  for (guint i = 0; i < entry->n_changes; i++) {
    const EntChange *change = &entry->changes[i];

    g_assert_cmpuint (change->length, >, 0);
    g_assert_cmpuint (change->at, >=, last_end);
    if (i > 0 && change->at == last_end)
      g_assert_cmpint (change->kind, !=, entry->changes[i - 1].kind);
    last_end = change->at + (change->kind == ENT_CHANGE_INSERT ? change->length : 0);
  }
}

static void
follow_text (Peer *peer, const EntTypeEvent *entry)
{
  for (guint i = 0; i < entry->n_changes; i++) {
    const EntChange *change = &entry->changes[i];
    char *at = g_utf8_offset_to_pointer (peer->text_mirror->str, change->at);
    gsize offset = at - peer->text_mirror->str;

    if (change->kind == ENT_CHANGE_INSERT) {
      GString *text = g_string_new_len (change->text, change->text_bytes);
      glong n_units;
      gunichar2 *units;

      /* NUL ends what g_utf8_to_utf16() reads. */
      for (gsize k = 0; k < text->len; k++)
        text->str[k] = text->str[k] ? text->str[k] : '0';
      units = g_utf8_to_utf16 (text->str, text->len, NULL, &n_units, NULL);
      g_assert_cmpuint (change->length_utf16, ==, n_units);
      g_array_insert_vals (peer->units_mirror, change->at_utf16, units, n_units);
      g_string_insert_len (peer->text_mirror, offset, change->text, change->text_bytes);
      g_free (units);
      g_string_free (text, TRUE);
    } else {
      g_array_remove_range (peer->units_mirror, change->at_utf16, change->length_utf16);
      g_string_erase (
        peer->text_mirror, offset, g_utf8_offset_to_pointer (at, change->length) - at);
    }
  }
}

static gint64
get_element (EntType *array, guint i)
{
  g_autoptr (EntValue) value = ent_array_get (array, i);

  g_assert_nonnull (value);
  return ent_value_get_int (value);
}

static void
follow_array (Peer *peer, const EntTypeEvent *entry)
{
  gint64 unread = -1;

  for (guint i = 0; i < entry->n_changes; i++) {
    const EntChange *change = &entry->changes[i];

    for (guint k = 0; change->kind == ENT_CHANGE_INSERT && k < change->length; k++)
      g_array_insert_val (peer->array_mirror, change->at, unread);
    if (change->kind == ENT_CHANGE_DELETE)
      g_array_remove_range (peer->array_mirror, change->at, change->length);
  }
  for (guint i = 0; i < peer->array_mirror->len; i++) {
    gint64 *element = &g_array_index (peer->array_mirror, gint64, i);

    if (*element == unread)
      *element = get_element (peer->array, i);
  }
}

static void
follow_map (Peer *peer, const EntTypeEvent *entry)
{
  for (guint i = 0; i < entry->n_keys; i++) {
    g_autoptr (EntValue) value = ent_map_get (peer->map, entry->keys[i]);

    for (guint k = 0; k < N_KEYS; k++) {
      if (g_str_equal (keys[k], entry->keys[i]))
        peer->map_mirror[k] = value ? ent_value_get_int (value) : -1;
    }
  }
}

static void
changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Peer *peer = data;

  g_clear_pointer (&peer->last, g_bytes_unref);
  peer->last = g_bytes_ref (ent_doc_event_get_update (event));
  g_assert_true (event->is_local == (event->origin == NULL));
  for (guint i = 0; i < event->n_types; i++) {
    const EntTypeEvent *entry = &event->types[i];

    assert_order (entry);
    if (entry->type == peer->text)
      follow_text (peer, entry);
    else if (entry->type == peer->array)
      follow_array (peer, entry);
    else
      follow_map (peer, entry);
  }
}

static Peer *
peer_new (guint64 client)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->doc = ent_doc_new (client, g_test_rand_bit () ? ENT_DOC_DEFAULT : ENT_DOC_KEEP_DELETED);
  peer->text = ent_doc_get_text (peer->doc, "text");
  peer->array = ent_doc_get_array (peer->doc, "array");
  peer->map = ent_doc_get_map (peer->doc, "map");
  peer->model = doc_model_new (2, N_KEYS);
  peer->text_mirror = g_string_new (NULL);
  peer->units_mirror = g_array_new (FALSE, FALSE, sizeof (guint16));
  peer->array_mirror = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint k = 0; k < N_KEYS; k++)
    peer->map_mirror[k] = -1;
  ent_doc_observe (peer->doc, changed_cb, peer, NULL);
  return peer;
}

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  ent_doc_unref (peer->doc);
  doc_model_free (peer->model);
  g_string_free (peer->text_mirror, TRUE);
  g_array_unref (peer->units_mirror);
  g_array_unref (peer->array_mirror);
  g_clear_pointer (&peer->last, g_bytes_unref);
  g_free (peer);
}

/* --- comparing --- */

static void
assert_text (Peer *peer)
{
  gsize size;
  gsize model_size;
  g_autofree char *text = ent_text_dup (peer->text, &size);
  g_autofree char *model = doc_model_dup_text (peer->model, LIST_TEXT, &model_size);
  guint units = doc_model_get_length (peer->model, LIST_TEXT);

  g_assert_cmpmem (text, size, model, model_size);
  g_assert_cmpmem (text, size, peer->text_mirror->str, peer->text_mirror->len);
  g_assert_cmpuint (ent_text_get_length_utf16 (peer->text), ==, units);
  g_assert_cmpuint (peer->units_mirror->len, ==, units);
  g_assert_cmpuint (ent_text_get_length_bytes (peer->text), ==, size);
}

static void
assert_array (Peer *peer)
{
  g_autoptr (GArray) contents = doc_model_list_contents (peer->model, LIST_ARRAY);

  g_assert_cmpuint (ent_array_get_length (peer->array), ==, contents->len);
  g_assert_cmpuint (peer->array_mirror->len, ==, contents->len);
  for (guint i = 0; i < contents->len; i++) {
    g_assert_cmpint (get_element (peer->array, i), ==, g_array_index (contents, guint32, i));
    g_assert_cmpint (
      g_array_index (peer->array_mirror, gint64, i), ==, g_array_index (contents, guint32, i));
  }
}

static void
assert_map (Peer *peer)
{
  for (guint k = 0; k < N_KEYS; k++) {
    g_autoptr (EntValue) value = ent_map_get (peer->map, keys[k]);
    guint32 content = 0;
    gboolean present = doc_model_get_value (peer->model, LIST_KEY + k, &content);

    g_assert_true (present == (value != NULL) && present == ent_map_has (peer->map, keys[k]));
    g_assert_cmpint (peer->map_mirror[k], ==, present ? (gint64) content : -1);
    if (present)
      g_assert_cmpint (ent_value_get_int (value), ==, content);
  }
}

static void
assert_mark (Peer *peer, const Mark *mark)
{
  guint length = doc_model_get_length (peer->model, mark->list);
  gboolean is_visible = FALSE;
  gboolean is_known = TRUE;
  guint wanted = mark->assoc < 0 ? 0 : length;
  EntType *type = NULL;
  guint32 at;
  guint32 units;

  if (mark->id.client)
    is_known = doc_model_find (peer->model, mark->list, mark->id, &wanted, &is_visible);
  if (mark->assoc < 0 && is_visible)
    wanted++;
  g_assert_true (ent_rel_pos_resolve (mark->pos, peer->doc, &type, &at, &units) == is_known);
  if (!is_known)
    return;
  g_assert_true (type == (mark->list == LIST_TEXT ? peer->text : peer->array));
  g_assert_cmpuint (units, ==, wanted);
  if (mark->list == LIST_TEXT)
    g_assert_cmpuint (at, ==, ent_text_utf16_to_chars (peer->text, wanted));
  else
    g_assert_cmpuint (at, ==, wanted);
}

static void
peer_assert (Peer *peer, World *world)
{
  g_autoptr (GError) error = NULL;

  ent_doc_check (peer->doc, &error);
  g_assert_no_error (error);
  assert_text (peer);
  assert_array (peer);
  assert_map (peer);
  for (guint i = 0; i < world->marks->len; i++)
    assert_mark (peer, world->marks->pdata[i]);
}

/* --- edits --- */

static gunichar
random_character (void)
{
  static const gunichar some[] = { 'a', 'b', 'c', '\n', 0, 0xe9, 0x416, 0x65e5, 0xfeff, 0xffff,
    0x1f600, 0x1d4b3, 0x10ffff };

  return some[g_test_rand_int_range (0, G_N_ELEMENTS (some))];
}

static void
insert_text (Peer *peer, DocEdit *edit, DocId id)
{
  guint at = g_test_rand_int_range (0, ent_text_get_length_utf16 (peer->text) + 1);
  GString *text = g_string_new (NULL);
  guint32 units[10];
  guint n_units = 0;

  for (guint n = g_test_rand_int_range (1, 5); n > 0; n--) {
    gunichar character = random_character ();
    char buffer[6];

    g_string_append_len (text, buffer, g_unichar_to_utf8 (character, buffer));
    if (character >= 0x10000) {
      units[n_units++] = 0xd800 + ((character - 0x10000) >> 10);
      character = 0xdc00 + ((character - 0x10000) & 0x3ff);
    }
    units[n_units++] = character;
  }
  doc_model_insert (peer->model, edit, LIST_TEXT, id, at, TRUE, units, n_units);
  g_assert_true (ent_text_insert_utf16 (peer->text, at, text->str, text->len, NULL, NULL));
  g_string_free (text, TRUE);
}

static void
insert_elements (Peer *peer, DocEdit *edit, DocId id)
{
  guint at = g_test_rand_int_range (0, ent_array_get_length (peer->array) + 1);
  guint n = g_test_rand_int_range (1, 4);
  EntValue *values[4];
  guint32 contents[4];

  for (guint i = 0; i < n; i++) {
    contents[i] = g_test_rand_int_range (0, 1 << 20);
    values[i] = ent_value_new_int (contents[i]);
  }
  doc_model_insert (peer->model, edit, LIST_ARRAY, id, at, FALSE, contents, n);
  g_assert_true (ent_array_insert (peer->array, at, values, n, NULL));
  for (guint i = 0; i < n; i++)
    ent_value_unref (values[i]);
}

static void
delete_some (Peer *peer, DocEdit *edit, guint list)
{
  guint length = doc_model_get_length (peer->model, list);
  guint at;
  guint n;

  if (!length)
    return;
  at = g_test_rand_int_range (0, length);
  n = g_test_rand_int_range (1, MIN (6, length - at) + 1);
  doc_model_delete (peer->model, edit, list, at, n);
  g_assert_true (list == LIST_TEXT ? ent_text_delete_utf16 (peer->text, at, n, NULL)
                                   : ent_array_delete (peer->array, at, n, NULL));
}

static void
edit_key (Peer *peer, DocEdit *edit, DocId id)
{
  guint k = g_test_rand_int_range (0, N_KEYS);
  guint32 content = g_test_rand_int_range (0, 1 << 20);
  g_autoptr (EntValue) value = ent_value_new_int (content);

  if (g_test_rand_int_range (0, 3) > 0) {
    doc_model_set (peer->model, edit, LIST_KEY + k, id, content);
    g_assert_true (ent_map_set (peer->map, keys[k], value, NULL));
    return;
  }
  if (doc_model_get_length (peer->model, LIST_KEY + k))
    doc_model_delete (peer->model, edit, LIST_KEY + k, 0, 1);
  g_assert_true (ent_map_delete (peer->map, keys[k], NULL));
}

/* One edit of a transaction, which the model sees at once as well. */
static void
edit_one (Peer *peer, Message *message)
{
  guint64 client = ent_doc_get_client_id (peer->doc);
  DocId id = { client, ent_doc_get_clock (peer->doc, client) };
  DocEdit *edit = doc_edit_new ();

  switch (g_test_rand_int_range (0, 8)) {
  case 0:
  case 1:
    delete_some (peer, edit, LIST_TEXT);
    break;
  case 2:
    insert_elements (peer, edit, id);
    break;
  case 3:
    delete_some (peer, edit, LIST_ARRAY);
    break;
  case 4:
    edit_key (peer, edit, id);
    break;
  default:
    insert_text (peer, edit, id);
  }
  doc_model_take (peer->model, edit);
  g_array_append_vals (message->edit->units, edit->units->data, edit->units->len);
  g_array_append_vals (message->edit->deletes, edit->deletes->data, edit->deletes->len);
  doc_edit_free (edit);
}

static void
edit (World *world, guint who)
{
  Peer *peer = world->peers->pdata[who];
  Message *message = g_new0 (Message, 1);
  guint n = g_test_rand_int_range (0, 3) ? 1 : g_test_rand_int_range (2, 5);

  message->from = who;
  message->edit = doc_edit_new ();
  g_clear_pointer (&peer->last, g_bytes_unref);
  ent_doc_begin (peer->doc, NULL);
  for (guint i = 0; i < n; i++)
    edit_one (peer, message);
  ent_doc_commit (peer->doc);
  doc_model_seal (peer->model, message->edit);
  message->update = peer->last ? g_bytes_ref (peer->last) : g_bytes_new_static ("\0\0", 2);
  g_ptr_array_add (world->messages, message);
  peer_assert (peer, world);
}

static void
mark_a_place (World *world, guint who)
{
  Peer *peer = world->peers->pdata[who];
  Mark *mark = g_new0 (Mark, 1);
  guint at;

  mark->list = g_test_rand_bit () ? LIST_TEXT : LIST_ARRAY;
  mark->assoc = g_test_rand_bit () ? 0 : -1;
  at = g_test_rand_int_range (0, doc_model_get_length (peer->model, mark->list) + 1);
  mark->pos =
    ent_rel_pos_new_utf16 (mark->list == LIST_TEXT ? peer->text : peer->array, at, mark->assoc);
  if (mark->assoc >= 0 || at > 0)
    doc_model_get_id (peer->model, mark->list, mark->assoc < 0 ? at - 1 : at, &mark->id);
  g_ptr_array_add (world->marks, mark);
}

/* --- delivery --- */

static void
deliver (World *world, guint to, Message *message)
{
  Peer *peer = world->peers->pdata[to];
  g_autoptr (GError) error = NULL;

  if (message->from == to)
    return;
  ent_doc_apply_bytes (peer->doc, message->update, world, &error);
  g_assert_no_error (error);
  doc_model_take (peer->model, message->edit);
  peer_assert (peer, world);
}

/* Several as one update. */
static void
deliver_merged (World *world, guint to, GPtrArray *messages)
{
  Peer *peer = world->peers->pdata[to];
  g_autoptr (GPtrArray) updates = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) merged = NULL;

  for (guint i = 0; i < messages->len; i++)
    g_ptr_array_add (updates, ((Message *) messages->pdata[i])->update);
  merged = ent_update_merge ((GBytes *const *) updates->pdata, updates->len, &error);
  g_assert_no_error (error);
  ent_doc_apply_bytes (peer->doc, merged, world, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < messages->len; i++)
    doc_model_take (peer->model, ((Message *) messages->pdata[i])->edit);
  peer_assert (peer, world);
}

/* Everything to everybody, in any order, some of it twice, some of it merged. */
static void
deliver_all (World *world)
{
  for (guint to = 0; to < world->peers->len; to++) {
    g_autoptr (GPtrArray) bag = g_ptr_array_new ();

    for (guint i = 0; i < world->messages->len; i++) {
      g_ptr_array_add (bag, world->messages->pdata[i]);
      if (g_test_rand_int_range (0, 5) == 0)
        g_ptr_array_add (bag, world->messages->pdata[i]);
    }
    while (bag->len) {
      g_autoptr (GPtrArray) some = g_ptr_array_new ();

      for (guint n = g_test_rand_int_range (1, 4); n > 0 && bag->len; n--)
        g_ptr_array_add (
          some, g_ptr_array_steal_index_fast (bag, g_test_rand_int_range (0, bag->len)));
      if (some->len > 2)
        deliver_merged (world, to, some);
      for (guint i = 0; some->len <= 2 && i < some->len; i++)
        deliver (world, to, some->pdata[i]);
    }
  }
}

static void
assert_same (World *world)
{
  Peer *first = world->peers->pdata[0];
  g_autofree char *hash = ent_doc_dup_state_hash (first->doc);

  for (guint i = 1; i < world->peers->len; i++) {
    Peer *peer = world->peers->pdata[i];
    g_autofree char *other = ent_doc_dup_state_hash (peer->doc);

    g_assert_cmpmem (first->text_mirror->str, first->text_mirror->len, peer->text_mirror->str,
      peer->text_mirror->len);
    g_assert_false (ent_doc_has_pending_structs (peer->doc));
    g_assert_false (ent_doc_has_pending_deletes (peer->doc));
    g_assert_cmpstr (hash, ==, other);
  }
}

/* Whatever the order of delivery, all peers end with the same text, array and map. */
static void
test_any_order (void)
{
  guint rounds = g_test_thorough () ? 5000 : 300;

  for (guint round = 0; round < rounds; round++) {
    guint n_peers = g_test_rand_int_range (2, 6);
    guint n_edits = g_test_rand_int_range (1, 40);
    World world = { g_ptr_array_new_with_free_func (peer_free),
      g_ptr_array_new_with_free_func (message_free), g_ptr_array_new_with_free_func (mark_free) };

    for (guint i = 0; i < n_peers; i++)
      g_ptr_array_add (world.peers, peer_new (1 + i * 7 + (guint) g_test_rand_int_range (0, 7)));
    for (guint i = 0; i < n_edits; i++) {
      edit (&world, g_test_rand_int_range (0, n_peers));
      if (g_test_rand_int_range (0, 4) == 0)
        mark_a_place (&world, g_test_rand_int_range (0, n_peers));
      if (g_test_rand_bit ())
        deliver (&world, g_test_rand_int_range (0, n_peers),
          world.messages->pdata[g_test_rand_int_range (0, world.messages->len)]);
    }
    deliver_all (&world);
    assert_same (&world);
    g_ptr_array_unref (world.peers);
    g_ptr_array_unref (world.messages);
    g_ptr_array_unref (world.marks);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/converge/any-order-of-delivery", test_any_order);
  return g_test_run ();
}
