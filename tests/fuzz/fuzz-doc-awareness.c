#include "fuzz-doc.h"

#include "document/ent-awareness.h"

/* Awareness updates of strangers, one after the other, while time goes on and people come and go.
 */

#define OWN 5

static void
follow_cb (EntAwareness *awareness, const EntAwarenessEvent *event, gpointer data)
{
  guint *n_states = data;

  *n_states += event->n_added;
  g_assert_cmpuint (event->n_removed, <=, *n_states);
  *n_states -= event->n_removed;
}

/* Somebody new who is told all knows the same. */
static void
assert_told (EntAwareness *awareness, gint64 now_ms)
{
  g_autoptr (EntAwareness) other = ent_awareness_new (0);
  g_autoptr (GBytes) update = ent_awareness_encode (awareness, NULL, 0);
  g_autoptr (GArray) clients = ent_awareness_list_clients (awareness);
  g_autoptr (GArray) told = NULL;
  g_autoptr (GError) error = NULL;

  ent_awareness_apply (
    other, g_bytes_get_data (update, NULL), g_bytes_get_size (update), now_ms, NULL, &error);
  g_assert_no_error (error);
  told = ent_awareness_list_clients (other);
  g_assert_cmpmem (
    clients->data, clients->len * sizeof (guint64), told->data, told->len * sizeof (guint64));
  for (guint i = 0; i < clients->len; i++) {
    guint64 client = g_array_index (clients, guint64, i);

    g_assert_cmpstr (
      ent_awareness_get_state (awareness, client), ==, ent_awareness_get_state (other, client));
    g_assert_cmpuint (
      ent_awareness_get_clock (awareness, client), ==, ent_awareness_get_clock (other, client));
  }
}

static void
come_and_go (EntAwareness *awareness, guint turn, gint64 now_ms)
{
  g_autoptr (GArray) clients = ent_awareness_list_clients (awareness);

  switch (turn % 4) {
  case 0:
    ent_awareness_tick (awareness, now_ms);
    break;
  case 1:
    ent_awareness_remove (awareness, (guint64 *) clients->data, clients->len / 2, NULL);
    break;
  case 2:
    ent_awareness_set_state (awareness, "{\"a\":1}", now_ms, NULL);
    break;
  default:
    ent_awareness_set_state (awareness, NULL, now_ms, NULL);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (EntAwareness) awareness = ent_awareness_new (OWN);
  guint n_states = 0;
  gint64 now_ms = 0;
  GBytes *update;

  ent_awareness_set_observer (awareness, follow_cb, &n_states);
  ent_awareness_set_state (awareness, "{\"a\":1}", now_ms, NULL);
  for (guint turn = 0; (update = fuzz_take_part (&data, &size)); turn++) {
    const guint8 *bytes = g_bytes_get_data (update, NULL);
    gsize length = g_bytes_get_size (update);
    g_autoptr (GArray) entries = ent_awareness_inspect (bytes, length, NULL);
    gboolean has_state = ent_awareness_get_state (awareness, OWN) != NULL;

    now_ms += 7000;
    g_assert_true (!ent_awareness_apply (awareness, bytes, length, now_ms, NULL, NULL) || entries);
    /* Nobody speaks for us while we are here. */
    g_assert_true (!has_state || ent_awareness_get_state (awareness, OWN));
    assert_told (awareness, now_ms);
    come_and_go (awareness, turn, now_ms);
    g_bytes_unref (update);
  }
  {
    g_autoptr (GArray) clients = ent_awareness_list_clients (awareness);

    g_assert_cmpuint (clients->len, ==, n_states);
    g_assert_cmpuint (clients->len, <=, ENT_AWARENESS_MAX_STATES + 1);
  }
  return 0;
}
