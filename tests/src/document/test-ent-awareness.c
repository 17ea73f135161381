#include "document/ent-awareness.h"

#include <string.h>

#include "document/ent-doc.h"

typedef struct {
  guint n_added;
  guint n_updated;
  guint n_removed;
  guint64 last;
} Counts;

static void
changed_cb (EntAwareness *awareness, const EntAwarenessEvent *event, gpointer data)
{
  Counts *counts = data;

  counts->n_added += event->n_added;
  counts->n_updated += event->n_updated;
  counts->n_removed += event->n_removed;
  counts->last = event->n_added     ? event->added[0]
                 : event->n_updated ? event->updated[0]
                                    : event->removed[0];
}

static void
pass_on (EntAwareness *from, EntAwareness *to, gint64 now_ms)
{
  g_autoptr (GBytes) update = ent_awareness_encode (from, NULL, 0);

  g_assert_true (ent_awareness_apply (
    to, g_bytes_get_data (update, NULL), g_bytes_get_size (update), now_ms, NULL, NULL));
}

static void
test_expiry_and_renewal (void)
{
  g_autoptr (EntAwareness) a = ent_awareness_new (1);
  g_autoptr (EntAwareness) b = ent_awareness_new (2);
  Counts counts = { 0 };

  ent_awareness_set_observer (b, changed_cb, &counts);
  g_assert_true (ent_awareness_set_state (a, "{\"caret\":1}", 0, NULL));
  pass_on (a, b, 0);
  g_assert_cmpuint (counts.n_added, ==, 1);
  /* Renewed at 15 s: the other side goes on for 30 s from there. */
  ent_awareness_tick (a, 14999);
  g_assert_cmpuint (ent_awareness_get_clock (a, 1), ==, 1);
  ent_awareness_tick (a, 15000);
  g_assert_cmpuint (ent_awareness_get_clock (a, 1), ==, 2);
  pass_on (a, b, 15000);
  g_assert_cmpuint (counts.n_updated, ==, 1);
  ent_awareness_tick (b, 44999);
  g_assert_nonnull (ent_awareness_get_state (b, 1));
  ent_awareness_tick (b, 45000);
  g_assert_null (ent_awareness_get_state (b, 1));
  g_assert_cmpuint (counts.n_removed, ==, 1);
  /* The clock is remembered: the old state does not come back. */
  pass_on (a, b, 45000);
  g_assert_null (ent_awareness_get_state (b, 1));
}

static void
test_own_removal (void)
{
  g_autoptr (EntAwareness) a = ent_awareness_new (1);
  g_autoptr (EntAwareness) relay = ent_awareness_new (0);
  const guint64 gone[] = { 1 };
  g_autoptr (GBytes) removal = NULL;
  Counts counts = { 0 };

  ent_awareness_set_state (a, "{}", 0, NULL);
  pass_on (a, relay, 0);
  ent_awareness_remove (relay, gone, 1, NULL);
  removal = ent_awareness_encode (relay, gone, 1);
  g_assert_cmpmem (g_bytes_get_data (removal, NULL), g_bytes_get_size (removal), "\1\1\1\4null", 8);
  ent_awareness_set_observer (a, changed_cb, &counts);
  ent_awareness_apply (
    a, g_bytes_get_data (removal, NULL), g_bytes_get_size (removal), 0, NULL, NULL);
  g_assert_cmpstr (ent_awareness_get_state (a, 1), ==, "{}");
  g_assert_cmpuint (ent_awareness_get_clock (a, 1), ==, 2);
  g_assert_cmpuint (counts.n_updated, ==, 1);
  pass_on (a, relay, 0);
  g_assert_nonnull (ent_awareness_get_state (relay, 1));
}

static void
test_fresh_client_id (void)
{
  g_autoptr (EntAwareness) a = ent_awareness_new (1);

  ent_awareness_set_state (a, "{}", 0, NULL);
  ent_awareness_set_client_id (a, 9, 5);
  g_assert_null (ent_awareness_get_state (a, 1));
  g_assert_cmpuint (ent_awareness_get_clock (a, 1), ==, 2);
  g_assert_cmpstr (ent_awareness_get_state (a, 9), ==, "{}");
  g_assert_cmpuint (ent_awareness_get_client_id (a), ==, 9);
}

static void
test_refusals (void)
{
  g_autoptr (EntAwareness) a = ent_awareness_new (1);
  static const char *const bad[] = { "", "\1", "\1\5\1\4nul", "\1\5\1\1{", "\1\5\1\4nullx",
    "\1\5\1\1\xff" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) clients = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (
      ent_awareness_apply (a, (const guint8 *) bad[i], strlen (bad[i]), 0, NULL, NULL));
  g_assert_false (ent_awareness_set_state (a, "{", 0, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID);
  clients = ent_awareness_list_clients (a);
  g_assert_cmpuint (clients->len, ==, 0);
}

static void
test_inspect (void)
{
  g_autoptr (GArray) entries =
    ent_awareness_inspect ((const guint8 *) "\2\5\1\4null\6\2\2{}", 13, NULL);

  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_true (g_array_index (entries, EntAwarenessEntry, 0).is_gone);
  g_assert_cmpuint (g_array_index (entries, EntAwarenessEntry, 1).client, ==, 6);
  g_assert_false (g_array_index (entries, EntAwarenessEntry, 1).is_gone);
}

static gboolean
apply (EntAwareness *awareness, const char *bytes)
{
  return ent_awareness_apply (awareness, (const guint8 *) bytes, strlen (bytes), 0, NULL, NULL);
}

/* Clocks go on after 2^32, as in yjs, and never begin anew. */
static void
test_high_clocks (void)
{
  g_autoptr (EntAwareness) a = ent_awareness_new (1);
  g_autoptr (EntAwareness) b = ent_awareness_new (2);
  guint64 next = (guint64) G_MAXUINT32 + 1;

  ent_awareness_set_state (a, "{}", 0, NULL);
  g_assert_true (apply (a, "\1\1\xff\xff\xff\xff\x0f\4null"));
  g_assert_cmpstr (ent_awareness_get_state (a, 1), ==, "{}");
  g_assert_cmpuint (ent_awareness_get_clock (a, 1), ==, next);
  ent_awareness_set_state (a, "{\"n\":1}", 0, NULL);
  pass_on (a, b, 0);
  g_assert_cmpuint (ent_awareness_get_clock (b, 1), ==, next + 1);
  g_assert_cmpstr (ent_awareness_get_state (b, 1), ==, "{\"n\":1}");
  g_assert_true (apply (b, "\1\1\5\2[]"));
  g_assert_cmpstr (ent_awareness_get_state (b, 1), ==, "{\"n\":1}");
  g_assert_false (apply (b, "\1\1\x80\x80\x80\x80\x80\x80\x80\x10\4null"));
}

#define LAST_CLOCK "\xff\xff\xff\xff\xff\xff\xff\x0f"

/* Somebody who takes the last clock of our ID makes us leave, until we have another. */
static void
test_last_clock (void)
{
  g_autoptr (EntAwareness) a = ent_awareness_new (1);
  g_autoptr (EntAwareness) b = ent_awareness_new (2);
  g_autoptr (GError) error = NULL;

  ent_awareness_set_state (a, "{}", 0, NULL);
  g_assert_true (apply (a, "\1\1" LAST_CLOCK "\4null"));
  g_assert_null (ent_awareness_get_state (a, 1));
  g_assert_false (ent_awareness_set_state (a, "{}", 0, &error));
  g_assert_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_CLASH);
  ent_awareness_set_client_id (a, 3, 0);
  g_assert_true (ent_awareness_set_state (a, "{}", 0, NULL));
  pass_on (a, b, 0);
  g_assert_cmpstr (ent_awareness_get_state (b, 3), ==, "{}");
}

/* A state that a stranger gave us with the last clock cannot be renewed. */
static void
test_last_clock_is_not_renewed (void)
{
  g_autoptr (EntAwareness) a = ent_awareness_new (1);

  g_assert_true (apply (a, "\1\1" LAST_CLOCK "\2{}"));
  g_assert_cmpstr (ent_awareness_get_state (a, 1), ==, "{}");
  ent_awareness_tick (a, ENT_AWARENESS_RENEW_MS);
  g_assert_null (ent_awareness_get_state (a, 1));
  g_assert_cmpuint (ent_awareness_get_clock (a, 1), ==, ENT_AWARENESS_MAX_CLOCK);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/awareness/expires-and-is-renewed", test_expiry_and_renewal);
  g_test_add_func ("/awareness/comes-back-when-declared-gone", test_own_removal);
  g_test_add_func ("/awareness/moves-to-a-fresh-client-id", test_fresh_client_id);
  g_test_add_func ("/awareness/refuses-what-is-malformed", test_refusals);
  g_test_add_func ("/awareness/clocks-over-32-bits", test_high_clocks);
  g_test_add_func ("/awareness/leaves-with-the-last-clock", test_last_clock);
  g_test_add_func ("/awareness/last-clock-is-not-renewed", test_last_clock_is_not_renewed);
  g_test_add_func ("/awareness/inspected-without-applying", test_inspect);
  return g_test_run ();
}
