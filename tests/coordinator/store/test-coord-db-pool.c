#include "store/coord-db.h"

#include <string.h>

#include "store/coord-error.h"
#include "support/coord-test-store.h"

/* A worker that waits until the test has arranged something. */
typedef struct {
  GMutex lock;
  GCond turned;
  gboolean is_entered, is_open;
} Gate;

static void
wait_until (Gate *gate, const gboolean *is_so)
{
  g_mutex_lock (&gate->lock);
  while (!*is_so)
    g_cond_wait (&gate->turned, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

static void
set (Gate *gate, gboolean *is_so)
{
  g_mutex_lock (&gate->lock);
  *is_so = TRUE;
  g_cond_broadcast (&gate->turned);
  g_mutex_unlock (&gate->lock);
}

static void
gate_clear (Gate *gate)
{
  g_mutex_clear (&gate->lock);
  g_cond_clear (&gate->turned);
}

/* Says how many organisations there are when it begins, and goes on when the gate is open. */
static gpointer
count_at_gate (CoordDb *db, gpointer data, GError **error)
{
  gint64 count = coord_test_count (db, "SELECT COUNT(*) FROM org");
  Gate *gate = data;

  if (gate != NULL) {
    set (gate, &gate->is_entered);
    wait_until (gate, &gate->is_open);
  }
  return GSIZE_TO_POINTER (count + 1);
}

static gpointer
fail_to_read (CoordDb *db, gpointer data, GError **error)
{
  g_assert_null (coord_db_query (db, error, "SELECT nonsense FROM nowhere"));
  return NULL;
}

static gpointer
add (CoordDb *db, gpointer data, GError **error)
{
  if (!coord_db_run (db, error,
        "INSERT INTO org (id, name, zone, created_at) VALUES ($1, $1, '', 1)", COORD_TEXT (data)))
    return NULL;
  return g_strdup (data);
}

/* Answers, in the order of their coming. */
typedef struct {
  GArray *numbers; /* guint: of who asked */
  GArray *results; /* gsize; 0: an error */
  GThread *thread;
  void (*then) (gpointer data); /* in the first callback; NULL: nothing */
  gpointer data;
} Answers;

typedef struct {
  Answers *answers;
  guint number;
  gboolean is_text;
} Asked;

static Answers *
answers_new (void)
{
  Answers *answers = g_new0 (Answers, 1);

  answers->numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  answers->results = g_array_new (FALSE, FALSE, sizeof (gsize));
  answers->thread = g_thread_self ();
  return answers;
}

static void
answers_free (Answers *answers)
{
  g_array_unref (answers->numbers);
  g_array_unref (answers->results);
  g_free (answers);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answers, answers_free)

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  Answers *answers = asked->answers;
  g_autoptr (GError) error = NULL;
  gpointer got = coord_db_pool_finish (result, &error);
  gsize value = error != NULL ? 0 : asked->is_text ? 1 : GPOINTER_TO_SIZE (got);
  void (*then) (gpointer data) = g_steal_pointer (&answers->then);

  g_assert_true (g_thread_self () == answers->thread);
  g_array_append_val (answers->numbers, asked->number);
  g_array_append_val (answers->results, value);
  if (asked->is_text)
    g_free (got);
  g_free (asked);
  if (then != NULL)
    then (answers->data);
}

static Asked *
asked_new (Answers *answers, guint number, gboolean is_text)
{
  Asked *asked = g_new (Asked, 1);

  *asked = (Asked){ answers, number, is_text };
  return asked;
}

static void
ask_to_read (CoordDbPool *pool, Answers *answers, guint number, CoordDbFunc func, gpointer data)
{
  coord_db_pool_read_async (
    pool, func, data, NULL, NULL, NULL, answered_cb, asked_new (answers, number, FALSE));
}

static void
ask_to_add (CoordDbPool *pool,
  Answers *answers,
  guint number,
  const char *name,
  GCancellable *cancellable)
{
  coord_db_pool_write_async (pool, add, g_strdup (name), g_free, g_free, cancellable, answered_cb,
    asked_new (answers, number, TRUE));
}

static void
wait_for (Answers *answers, guint count)
{
  while (answers->numbers->len < count)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
}

static void
check_order (Answers *answers, guint count)
{
  g_assert_cmpuint (answers->numbers->len, ==, count);
  for (guint i = 0; i < count; i++)
    g_assert_cmpuint (g_array_index (answers->numbers, guint, i), ==, i);
}

static gsize
get_result (Answers *answers, guint number)
{
  for (guint i = 0; i < answers->numbers->len; i++)
    if (g_array_index (answers->numbers, guint, i) == number)
      return g_array_index (answers->results, gsize, i);
  g_assert_not_reached ();
}

/* Writes are answered as they were asked for; what failed stands in its place. */
static void
test_order (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 2, NULL);
  g_autoptr (Answers) answers = answers_new ();

  for (guint i = 0; i < 500; i++) {
    g_autofree char *name = g_strdup_printf ("org%u", i % 100 == 99 ? 0 : i);

    ask_to_add (pool, answers, i, name, NULL);
    if (i % 7 == 0)
      g_main_context_iteration (NULL, FALSE);
  }
  wait_for (answers, 500);
  check_order (answers, 500);
  for (guint i = 0; i < 500; i++)
    g_assert_cmpuint (get_result (answers, i), ==, i % 100 == 99 ? 0 : 1);
}

/* Reads that wait together may see the same moment, and none sees one before it was asked for. */
static void
test_moments (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 1, NULL);
  g_autoptr (Answers) reads = answers_new (), writes = answers_new ();
  Gate first = { 0 }, second = { 0 };

  ask_to_read (pool, reads, 0, count_at_gate, &first);
  wait_until (&first, &first.is_entered);
  ask_to_read (pool, reads, 1, count_at_gate, &second);
  ask_to_read (pool, reads, 2, count_at_gate, NULL);
  set (&first, &first.is_open);
  wait_until (&second, &second.is_entered);
  ask_to_add (pool, writes, 0, "late", NULL);
  wait_for (writes, 1);
  ask_to_read (pool, reads, 3, count_at_gate, NULL);
  set (&second, &second.is_open);
  wait_for (reads, 4);
  check_order (reads, 4);
  g_assert_cmpuint (get_result (reads, 0), ==, 1);
  g_assert_cmpuint (get_result (reads, 1), ==, 1);
  if (!coord_db_is_postgres (store->path))
    g_assert_cmpuint (get_result (reads, 2), ==, 1);
  g_assert_cmpuint (get_result (reads, 3), ==, 2);
  gate_clear (&first);
  gate_clear (&second);
}

/* Beyond so many in one transaction another begins; and one that fails spoils nothing. */
static void
test_many_reads (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 1, NULL);
  g_autoptr (Answers) answers = answers_new ();
  Gate gate = { 0 };

  ask_to_read (pool, answers, 0, count_at_gate, &gate);
  for (guint i = 1; i < 100; i++)
    ask_to_read (pool, answers, i, i % 10 == 5 ? fail_to_read : count_at_gate, NULL);
  set (&gate, &gate.is_open);
  wait_for (answers, 100);
  check_order (answers, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (get_result (answers, i), ==, i % 10 == 5 ? 0 : 1);
  gate_clear (&gate);
}

/* The answer of a cancelled one is put off by GLib: others may come before. */
static void
test_cancelled (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 1, NULL);
  g_autoptr (Answers) answers = answers_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  ask_to_add (pool, answers, 0, "one", cancellable);
  ask_to_add (pool, answers, 1, "two", NULL);
  g_cancellable_cancel (cancellable);
  wait_for (answers, 2);
  g_assert_cmpuint (get_result (answers, 0), ==, 0);
  g_assert_cmpuint (get_result (answers, 1), ==, 1);
  g_assert_cmpint (coord_test_count (store->db, "SELECT COUNT(*) FROM org"), ==, 2);
}

/* What waits when the pool goes is given later, some in each turn. */
static void
test_free_with_answers (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 1, NULL);
  g_autoptr (Answers) answers = answers_new ();
  guint n_before = 0, n_turns = 0;

  for (guint i = 0; i < 200; i++) {
    g_autofree char *name = g_strdup_printf ("org%u", i);

    ask_to_add (pool, answers, i, name, NULL);
  }
  g_clear_pointer (&pool, coord_db_pool_free);
  g_assert_cmpuint (answers->numbers->len, ==, 0);
  while (g_main_context_iteration (NULL, FALSE)) {
    g_assert_cmpuint (answers->numbers->len - n_before, <=, 32);
    n_turns += answers->numbers->len > n_before;
    n_before = answers->numbers->len;
  }
  check_order (answers, 200);
  g_assert_cmpuint (n_turns, >=, 200 / 32);
}

static void
free_pool (gpointer data)
{
  g_clear_pointer ((CoordDbPool **) data, coord_db_pool_free);
}

static void
test_free_in_answer (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 2, NULL);
  g_autoptr (Answers) answers = answers_new ();

  answers->then = free_pool;
  answers->data = &pool;
  for (guint i = 0; i < 50; i++)
    ask_to_read (pool, answers, i, count_at_gate, NULL);
  wait_for (answers, 50);
  g_assert_null (pool);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (answers->numbers->len, ==, 50);
}

typedef struct {
  CoordDbPool *pool;
  Answers *answers;
} Nested;

static void
ask_and_wait (gpointer data)
{
  Nested *nested = data;

  ask_to_read (nested->pool, nested->answers, 2, count_at_gate, NULL);
  wait_for (nested->answers, 3);
}

/* A callback may wait for another answer, which is given though this one is not done with. */
static void
test_nested (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 1, NULL);
  g_autoptr (Answers) answers = answers_new ();
  Nested nested = { pool, answers };

  answers->then = ask_and_wait;
  answers->data = &nested;
  ask_to_read (pool, answers, 0, count_at_gate, NULL);
  ask_to_read (pool, answers, 1, count_at_gate, NULL);
  wait_for (answers, 3);
  check_order (answers, 3);
}

typedef struct {
  Nested nested;
  guint n_asked, n_more;
} Turn;

static gboolean
turn_cb (gpointer data)
{
  Turn *turn = data;

  for (guint i = 0; i < turn->n_more; i++)
    ask_to_read (turn->nested.pool, turn->nested.answers, turn->n_asked++, count_at_gate, NULL);
  return G_SOURCE_REMOVE;
}

/* Who sleeps is woken for what a turn of the main loop asks, be it little or much. */
static void
test_turns (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 2, NULL);
  g_autoptr (Answers) answers = answers_new ();
  Turn turn = { { pool, answers }, 0, 0 };

  for (guint i = 0; i < 50; i++) {
    turn.n_more = i % 9;
    g_idle_add (turn_cb, &turn);
    g_idle_add (turn_cb, &turn);
    while (g_main_context_iteration (NULL, FALSE))
      ;
    wait_for (answers, turn.n_asked);
  }
  g_assert_cmpuint (answers->numbers->len, ==, turn.n_asked);
}

/* Threads with main contexts of their own are answered there. */
static gpointer
ask_in_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (Answers) answers = NULL;
  CoordDbPool *pool = data;

  g_main_context_push_thread_default (context);
  answers = answers_new ();
  for (guint i = 0; i < 100; i++) {
    ask_to_read (pool, answers, i, count_at_gate, NULL);
    if (i % 3 == 0)
      wait_for (answers, i);
  }
  wait_for (answers, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (get_result (answers, i), ==, 1);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 3, NULL);
  g_autoptr (Answers) answers = answers_new ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("asks", ask_in_thread, pool);
  for (guint i = 0; i < 300; i++) {
    ask_to_read (pool, answers, i, count_at_gate, NULL);
    wait_for (answers, i % 2 == 0 ? i : i + 1);
  }
  wait_for (answers, 300);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* A read that holds the only reader fast does not hold those that wait for it. */
static void
test_stuck_reader (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  g_autoptr (CoordDbPool) pool = coord_db_pool_new (store->path, 1, NULL);
  g_autoptr (Answers) stuck = answers_new (), others = answers_new ();
  Gate gate = { 0 };

  ask_to_read (pool, stuck, 0, count_at_gate, &gate);
  wait_until (&gate, &gate.is_entered);
  for (guint i = 0; i < 3; i++)
    ask_to_read (pool, others, i, count_at_gate, NULL);
  wait_for (others, 3);
  check_order (others, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (get_result (others, i), ==, 0);
  g_assert_cmpuint (stuck->numbers->len, ==, 0);
  set (&gate, &gate.is_open);
  wait_for (stuck, 1);
  ask_to_read (pool, others, 3, count_at_gate, NULL);
  wait_for (others, 4);
  g_assert_cmpuint (get_result (others, 3), ==, 1);
  gate_clear (&gate);
}

/* A context that goes before its answers are given takes them along. */
static void
test_context_goes (void)
{
  g_autoptr (CoordTestStore) store = coord_test_store_new ();
  GMainContext *context = g_main_context_new ();
  g_autoptr (Answers) answers = answers_new ();
  Asked *asked = asked_new (answers, 0, TRUE);
  CoordDbPool *pool;

  g_main_context_push_thread_default (context);
  pool = coord_db_pool_new (store->path, 1, NULL);
  coord_db_pool_write_async (pool, add, g_strdup ("one"), g_free, g_free, NULL, answered_cb, asked);
  coord_db_pool_free (pool);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  g_assert_cmpuint (answers->numbers->len, ==, 0);
  g_assert_cmpint (coord_test_count (store->db, "SELECT COUNT(*) FROM org"), ==, 1);
  g_free (asked);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/order", test_order);
  g_test_add_func ("/pool/moments", test_moments);
  g_test_add_func ("/pool/many-reads", test_many_reads);
  g_test_add_func ("/pool/cancelled", test_cancelled);
  g_test_add_func ("/pool/free-with-answers", test_free_with_answers);
  g_test_add_func ("/pool/free-in-answer", test_free_in_answer);
  g_test_add_func ("/pool/nested", test_nested);
  g_test_add_func ("/pool/turns", test_turns);
  g_test_add_func ("/pool/threads", test_threads);
  g_test_add_func ("/pool/stuck-reader", test_stuck_reader);
  g_test_add_func ("/pool/context-goes", test_context_goes);
  return g_test_run ();
}
