#include <string.h>

#include "document/ent-doc.h"

/* Several peers edit one text at random while their updates travel shuffled and doubled. Beside
 * each engine runs a model that is obviously right: one array of characters, the rule of the paper
 * written down word by word, no runs, no index, no merging. Both must always show the same. */

/* --- the model --- */

typedef struct {
  guint64 client;
  guint32 clock;
} Id;

typedef struct {
  Id id;
  Id origin; /* client 0: none */
  Id right;
  gunichar character;
  gboolean deleted;
} Unit;

typedef struct {
  GArray *units; /* Unit, in document order */
  GArray *waiting; /* Unit that lack something */
  GArray *deletes; /* Id not known yet */
} Model;

static gboolean
id_equal (Id a, Id b)
{
  return a.client == b.client && a.clock == b.clock;
}

static int
model_find (Model *model, Id id)
{
  for (guint i = 0; i < model->units->len; i++) {
    if (id_equal (g_array_index (model->units, Unit, i).id, id))
      return i;
  }
  return -1;
}

static gboolean
model_knows (Model *model, Id id)
{
  return id.client == 0 || model_find (model, id) >= 0;
}

static void
model_integrate (Model *model, Unit unit)
{
  int left = unit.origin.client ? model_find (model, unit.origin) : -1;
  int right = unit.right.client ? model_find (model, unit.right) : (int) model->units->len;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) conflicting = g_hash_table_new (NULL, NULL);

  for (int i = left + 1; i < right; i++) {
    Unit *o = &g_array_index (model->units, Unit, i);

    g_hash_table_add (seen, GINT_TO_POINTER (i + 1));
    g_hash_table_add (conflicting, GINT_TO_POINTER (i + 1));
    if (id_equal (o->origin, unit.origin)) {
      if (o->id.client < unit.id.client) {
        left = i;
        g_hash_table_remove_all (conflicting);
      } else if (id_equal (o->right, unit.right)) {
        break;
      }
    } else if (o->origin.client &&
               g_hash_table_contains (seen, GINT_TO_POINTER (model_find (model, o->origin) + 1))) {
      if (!g_hash_table_contains (
            conflicting, GINT_TO_POINTER (model_find (model, o->origin) + 1))) {
        left = i;
        g_hash_table_remove_all (conflicting);
      }
    } else {
      break;
    }
  }
  g_array_insert_val (model->units, left + 1, unit);
}

static void
model_settle (Model *model)
{
  for (gboolean again = TRUE; again;) {
    again = FALSE;
    for (guint i = 0; i < model->waiting->len; i++) {
      Unit unit = g_array_index (model->waiting, Unit, i);
      Id before = { unit.id.client, unit.id.clock - 1 };

      if (!model_knows (model, unit.origin) || !model_knows (model, unit.right) ||
          (unit.id.clock && !model_knows (model, before)))
        continue;
      g_array_remove_index (model->waiting, i--);
      if (!model_knows (model, unit.id))
        model_integrate (model, unit);
      again = TRUE;
    }
  }
  for (guint i = 0; i < model->deletes->len; i++) {
    int at = model_find (model, g_array_index (model->deletes, Id, i));

    if (at < 0)
      continue;
    g_array_index (model->units, Unit, at).deleted = TRUE;
    g_array_remove_index (model->deletes, i--);
  }
}

/* The place in the array before visible character at, after the deleted ones there. */
static guint
model_place (Model *model, guint at)
{
  guint i = 0;

  for (; i < model->units->len; i++) {
    if (g_array_index (model->units, Unit, i).deleted)
      continue;
    if (at-- == 0)
      return i;
  }
  return i;
}

static char *
model_dup_text (Model *model, gsize *size)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < model->units->len; i++) {
    const Unit *unit = &g_array_index (model->units, Unit, i);
    char buffer[6];

    if (!unit->deleted)
      g_string_append_len (text, buffer, g_unichar_to_utf8 (unit->character, buffer));
  }
  *size = text->len;
  return g_string_free (text, FALSE);
}

/* --- peers --- */

typedef struct {
  guint from;
  GBytes *update;
  GArray *units; /* Unit: the same for the models */
  GArray *deletes; /* Id */
} Message;

typedef struct {
  EntDoc *doc;
  EntType *text;
  Model model;
  GString *mirror; /* fed by events */
  GBytes *last;
} Peer;

typedef struct {
  GPtrArray *peers;
  GPtrArray *messages;
} World;

static void
message_free (gpointer data)
{
  Message *message = data;

  g_bytes_unref (message->update);
  g_array_unref (message->units);
  g_array_unref (message->deletes);
  g_free (message);
}

static void
changed_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Peer *peer = data;
  const EntTypeEvent *entry = ent_doc_event_find (event, peer->text);
  guint32 last_end = 0;

  g_clear_pointer (&peer->last, g_bytes_unref);
  peer->last = g_bytes_ref (event->update);
  for (guint i = 0; entry && i < entry->n_changes; i++) {
    const EntChange *change = &entry->changes[i];
    gsize at = g_utf8_offset_to_pointer (peer->mirror->str, change->at) - peer->mirror->str;

    /* Smallest: in order, and never two steps of a kind that touch. */
    g_assert_cmpuint (change->at, >=, last_end);
    if (i > 0 && change->at == last_end)
      g_assert_cmpint (change->kind, !=, entry->changes[i - 1].kind);
    last_end = change->at + (change->kind == ENT_CHANGE_INSERT ? change->length : 0);
    if (change->kind == ENT_CHANGE_INSERT)
      g_string_insert_len (peer->mirror, at, change->text, change->text_bytes);
    else
      g_string_erase (peer->mirror, at,
        g_utf8_offset_to_pointer (peer->mirror->str + at, change->length) -
          (peer->mirror->str + at));
  }
}

static Peer *
peer_new (guint64 client)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->doc = ent_doc_new (client, g_test_rand_bit () ? ENT_DOC_DEFAULT : ENT_DOC_KEEP_DELETED);
  peer->text = ent_doc_get_text (peer->doc, "text");
  peer->model.units = g_array_new (FALSE, FALSE, sizeof (Unit));
  peer->model.waiting = g_array_new (FALSE, FALSE, sizeof (Unit));
  peer->model.deletes = g_array_new (FALSE, FALSE, sizeof (Id));
  peer->mirror = g_string_new (NULL);
  ent_doc_observe (peer->doc, changed_cb, peer, NULL);
  return peer;
}

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  ent_doc_unref (peer->doc);
  g_array_unref (peer->model.units);
  g_array_unref (peer->model.waiting);
  g_array_unref (peer->model.deletes);
  g_string_free (peer->mirror, TRUE);
  g_clear_pointer (&peer->last, g_bytes_unref);
  g_free (peer);
}

static void
peer_assert (Peer *peer)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  gsize model_size;
  g_autofree char *text = ent_text_dup (peer->text, &size);
  g_autofree char *model = model_dup_text (&peer->model, &model_size);

  ent_doc_check (peer->doc, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (text, size, model, model_size);
  g_assert_cmpmem (text, size, peer->mirror->str, peer->mirror->len);
}

static gunichar
random_character (void)
{
  static const gunichar some[] = { 'a', 'b', 'c', '\n', 0, 0xe9, 0x416, 0x65e5, 0xfeff, 0xffff };

  return some[g_test_rand_int_range (0, G_N_ELEMENTS (some))];
}

static void
insert_some (Peer *peer, Message *message)
{
  guint32 at = g_test_rand_int_range (0, ent_text_get_length (peer->text) + 1);
  guint n = g_test_rand_int_range (1, 5);
  guint place = model_place (&peer->model, at);
  guint64 client = ent_doc_get_client_id (peer->doc);
  guint32 clock = ent_doc_get_clock (peer->doc, client);
  g_autoptr (GString) text = g_string_new (NULL);
  Id left = { 0 };
  Id right = { 0 };

  if (place > 0)
    left = g_array_index (peer->model.units, Unit, place - 1).id;
  if (place < peer->model.units->len)
    right = g_array_index (peer->model.units, Unit, place).id;
  for (guint i = 0; i < n; i++) {
    Unit unit = { { client, clock + i }, left, right, random_character (), FALSE };
    char buffer[6];

    g_string_append_len (text, buffer, g_unichar_to_utf8 (unit.character, buffer));
    g_array_append_val (message->units, unit);
    left = unit.id;
  }
  g_assert_true (ent_text_insert (peer->text, at, text->str, text->len, NULL));
}

static void
delete_some (Peer *peer, Message *message)
{
  guint32 length = ent_text_get_length (peer->text);
  guint32 at = g_test_rand_int_range (0, length);
  guint32 n = g_test_rand_int_range (1, MIN (6, length - at) + 1);
  guint place = model_place (&peer->model, at);

  for (guint left = n; left > 0; place++) {
    const Unit *unit = &g_array_index (peer->model.units, Unit, place);

    if (unit->deleted)
      continue;
    g_array_append_val (message->deletes, unit->id);
    left--;
  }
  g_assert_true (ent_text_delete (peer->text, at, n, NULL));
}

static void
model_take (Model *model, const Message *message)
{
  g_array_append_vals (model->waiting, message->units->data, message->units->len);
  g_array_append_vals (model->deletes, message->deletes->data, message->deletes->len);
  model_settle (model);
}

static void
edit (World *world, guint who)
{
  Peer *peer = world->peers->pdata[who];
  Message *message = g_new0 (Message, 1);

  message->from = who;
  message->units = g_array_new (FALSE, FALSE, sizeof (Unit));
  message->deletes = g_array_new (FALSE, FALSE, sizeof (Id));
  if (ent_text_get_length (peer->text) && g_test_rand_int_range (0, 10) < 4)
    delete_some (peer, message);
  else
    insert_some (peer, message);
  message->update = g_bytes_ref (peer->last);
  model_take (&peer->model, message);
  g_ptr_array_add (world->messages, message);
  peer_assert (peer);
}

static void
deliver (World *world, guint to, Message *message)
{
  Peer *peer = world->peers->pdata[to];
  g_autoptr (GError) error = NULL;

  if (message->from == to)
    return;
  ent_doc_apply_bytes (peer->doc, message->update, world, &error);
  g_assert_no_error (error);
  model_take (&peer->model, message);
  peer_assert (peer);
}

/* Everything to everybody, in any order, some of it twice. */
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
    while (bag->len)
      deliver (world, to, g_ptr_array_steal_index_fast (bag, g_test_rand_int_range (0, bag->len)));
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

    g_assert_cmpmem (first->mirror->str, first->mirror->len, peer->mirror->str, peer->mirror->len);
    g_assert_false (ent_doc_has_pending_structs (peer->doc));
    g_assert_false (ent_doc_has_pending_deletes (peer->doc));
    g_assert_cmpstr (hash, ==, other);
  }
}

/* Whatever the order of delivery, all peers end with the same text. */
static void
test_any_order (void)
{
  guint rounds = g_test_thorough () ? 500 : 60;

  for (guint round = 0; round < rounds; round++) {
    guint n_peers = g_test_rand_int_range (2, 6);
    guint n_edits = g_test_rand_int_range (1, 60);
    World world = { g_ptr_array_new_with_free_func (peer_free),
      g_ptr_array_new_with_free_func (message_free) };

    for (guint i = 0; i < n_peers; i++)
      g_ptr_array_add (world.peers, peer_new (1 + i * 7 + (guint) g_test_rand_int_range (0, 7)));
    for (guint i = 0; i < n_edits; i++) {
      edit (&world, g_test_rand_int_range (0, n_peers));
      if (world.messages->len && g_test_rand_bit ())
        deliver (&world, g_test_rand_int_range (0, n_peers),
          world.messages->pdata[g_test_rand_int_range (0, world.messages->len)]);
    }
    deliver_all (&world);
    assert_same (&world);
    g_ptr_array_unref (world.peers);
    g_ptr_array_unref (world.messages);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/converge/any-order-of-delivery", test_any_order);
  return g_test_run ();
}
