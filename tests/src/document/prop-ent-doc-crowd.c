#include "document/ent-doc.h"
#include "doc-model.h"

/* Very many writers put something at the same few places at once. Whoever receives it, in any
 * order, shows what the model of doc-model.h shows, at every moment. */

enum { LIST_TEXT, LIST_KEY };

typedef struct {
  GBytes *update;
  DocEdit *edit;
} Message;

typedef struct {
  EntDoc *doc;
  DocModel *model;
} Peer;

static void
message_free (gpointer data)
{
  Message *message = data;

  g_bytes_unref (message->update);
  doc_edit_free (message->edit);
  g_free (message);
}

static Peer
peer_new (guint64 client)
{
  return (Peer){ ent_doc_new (client, ENT_DOC_DEFAULT), doc_model_new (1, 1) };
}

static void
peer_clear (Peer *peer)
{
  ent_doc_unref (peer->doc);
  doc_model_free (peer->model);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Peer, peer_clear)

static void
peer_assert (Peer *peer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntValue) value = ent_map_get (ent_doc_get_map (peer->doc, "m"), "k");
  gsize size;
  gsize wanted_size;
  g_autofree char *text = ent_text_dup (ent_doc_get_text (peer->doc, "t"), &size);
  g_autofree char *wanted = doc_model_dup_text (peer->model, LIST_TEXT, &wanted_size);
  guint32 content;

  ent_doc_check (peer->doc, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (text, size, wanted, wanted_size);
  g_assert_true (doc_model_get_value (peer->model, LIST_KEY, &content) == (value != NULL));
  if (value)
    g_assert_cmpint (ent_value_get_int (value), ==, content);
}

static void
receive (Peer *peer, const Message *message)
{
  g_autoptr (GError) error = NULL;

  ent_doc_apply_bytes (peer->doc, message->update, NULL, &error);
  g_assert_no_error (error);
  doc_model_take (peer->model, message->edit);
}

static void
edited_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  Message *message = data;

  message->update = g_bytes_ref (ent_doc_event_get_update (event));
}

/* Mostly at the one place where everybody writes; the model sees the same. */
static Message *
write_something (Peer *peer)
{
  guint64 client = ent_doc_get_client_id (peer->doc);
  DocId id = { client, ent_doc_get_clock (peer->doc, client) };
  EntType *text = ent_doc_get_text (peer->doc, "t");
  guint length = ent_text_get_length (text);
  guint place = g_test_rand_int_range (0, 3);
  guint at = MIN (length, place);
  g_autoptr (GError) error = NULL;
  Message *message = g_new0 (Message, 1);
  guint observer = ent_doc_observe (peer->doc, edited_cb, message, NULL);

  message->edit = doc_edit_new ();
  switch (g_test_rand_int_range (0, 6)) {
  case 0: {
    guint32 content = g_test_rand_int_range (0, 1000);
    g_autoptr (EntValue) value = ent_value_new_int (content);

    doc_model_set (peer->model, message->edit, LIST_KEY, id, content);
    g_assert_true (ent_map_set (ent_doc_get_map (peer->doc, "m"), "k", value, NULL));
    break;
  }
  case 1:
    if (at < length) {
      doc_model_delete (peer->model, message->edit, LIST_TEXT, at, 1);
      g_assert_true (ent_text_delete (text, at, 1, NULL));
      break;
    }
    G_GNUC_FALLTHROUGH;
  default: {
    guint32 units[3];
    char typed[3];
    guint n = g_test_rand_int_range (1, 4);

    for (guint i = 0; i < n; i++)
      units[i] = typed[i] = g_test_rand_int_range ('a', 'z' + 1);
    doc_model_insert (peer->model, message->edit, LIST_TEXT, id, at, TRUE, units, n);
    ent_text_insert (text, at, typed, n, &error);
    g_assert_no_error (error);
  }
  }
  doc_model_take (peer->model, message->edit);
  ent_doc_unobserve (peer->doc, observer);
  g_assert_nonnull (message->update);
  return message;
}

static void
shuffle (GPtrArray *messages)
{
  for (guint i = messages->len; i > 1; i--) {
    guint other = g_test_rand_int_range (0, i);
    gpointer message = messages->pdata[i - 1];

    messages->pdata[i - 1] = messages->pdata[other];
    messages->pdata[other] = message;
  }
}

static void
test_crowd (void)
{
  guint rounds = g_test_thorough () ? 5000 : 100;

  for (guint round = 0; round < rounds; round++) {
    g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (message_free);
    guint n_writers = g_test_rand_int_range (50, 150);
    g_auto (Peer) first = peer_new (1);
    guint n_known;

    for (guint i = g_test_rand_int_range (1, 4); i > 0; i--)
      g_ptr_array_add (messages, write_something (&first));
    n_known = messages->len;
    for (guint w = 0; w < n_writers; w++) {
      g_auto (Peer) writer =
        peer_new (3 + w + n_writers * (guint) g_test_rand_int_range (0, 10000000));

      for (guint i = 0; i < n_known; i++)
        receive (&writer, messages->pdata[i]);
      if (g_test_rand_int_range (0, 4) == 0)
        receive (&writer, messages->pdata[g_test_rand_int_range (0, messages->len)]);
      for (guint i = g_test_rand_int_range (1, 3); i > 0; i--)
        g_ptr_array_add (messages, write_something (&writer));
      peer_assert (&writer);
    }
    for (guint order = 0; order < 2; order++) {
      g_auto (Peer) reader = peer_new (1 + order);

      shuffle (messages);
      for (guint i = 0; i < messages->len; i++) {
        receive (&reader, messages->pdata[i]);
        if (i % 16 == 0)
          peer_assert (&reader);
      }
      peer_assert (&reader);
      g_assert_false (ent_doc_has_pending_structs (reader.doc));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/converge/very-many-writers", test_crowd);
  return g_test_run ();
}
