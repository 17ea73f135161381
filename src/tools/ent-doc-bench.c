/* ent-doc-bench: how fast and how small the document engine is, one case and one trace a process.
 *
 * What is timed runs inside measured_section() and nothing else does: reading the trace, making
 * the updates to apply, checking the result and freeing it stay outside. Instructions are counted
 * by callgrind over the same function, see README.md. */

#include <glib.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "document/ent-doc.h"
#include "tools/ent-doc-trace.h"

#define ROOT "t"
#define WARM_ROUNDS 20
#define ORDER_ROUNDS 5
#define DISTANT_BYTES (1u << 20)
#define DISTANT_EDITS 10000

typedef struct {
  gint64 wall_ns;
  gint64 cpu_ns;
} Took;

typedef struct {
  const char *name;
  double value;
  int decimals;
} Figure;

typedef struct {
  EntTrace *trace; /* NULL for cases that need none */
  int rounds; /* 0: what the case has */
  int distant_bytes;
  int distant_edits;
  gboolean watch; /* observe the document that updates are applied to, as an editor does */
  GArray *figures; /* Figure */
  gsize n_measured; /* units in all measured sections of the process */
} Bench;

/* Runs a case; FALSE with the error set when the result is not what it must be. */
typedef gboolean (*CaseFunc) (Bench *bench, GError **error);

typedef void (*Body) (gpointer data);

/* --- measuring --- */

static gint64
read_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static __attribute__ ((noinline)) Took
measured_section (Body body, gpointer data)
{
  gint64 wall = read_clock (CLOCK_MONOTONIC), cpu = read_clock (CLOCK_PROCESS_CPUTIME_ID);

  body (data);
  return (Took){ read_clock (CLOCK_MONOTONIC) - wall, read_clock (CLOCK_PROCESS_CPUTIME_ID) - cpu };
}

static gsize
read_heap (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
add_figure (Bench *bench, const char *name, double value, int decimals)
{
  Figure figure = { name, value, decimals };

  g_array_append_val (bench->figures, figure);
}

static int
compare_took (gconstpointer a, gconstpointer b)
{
  gint64 left = ((const Took *) a)->wall_ns, right = ((const Took *) b)->wall_ns;

  return (left > right) - (left < right);
}

/* The time of a case: the first run, which was cold, and the median of all after it, if any. */
static void
add_times (Bench *bench, const char *unit, gsize n_units, Took first, GArray *warm)
{
  gboolean has_warm = warm && warm->len > 0;
  Took took = first;
  static char per_unit[32];

  if (has_warm) {
    g_array_sort (warm, compare_took);
    took = g_array_index (warm, Took, warm->len / 2);
    add_figure (bench, "cold_ns", first.wall_ns, 0);
  }
  g_snprintf (per_unit, sizeof per_unit, "ns_per_%s", unit);
  add_figure (bench, "rounds", has_warm ? warm->len : 1, 0);
  add_figure (bench, "total_ns", took.wall_ns, 0);
  add_figure (bench, "cpu_ns", took.cpu_ns, 0);
  add_figure (bench, "units", n_units, 0);
  add_figure (bench, per_unit, n_units ? (double) took.wall_ns / n_units : 0, 1);
}

/* --- replaying --- */

static gboolean
replay_txn (EntDoc *doc, EntType *text, const EntTrace *trace, guint32 number, GError **error)
{
  const EntTraceTxn *txn = &trace->txns[number];
  gboolean good = TRUE;

  ent_doc_begin (doc, NULL);
  for (guint32 i = 0; good && i < txn->n_patches; i++) {
    const EntTracePatch *patch = &trace->patches[txn->first_patch + i];

    if (patch->n_deleted)
      good = ent_text_delete (text, patch->at, patch->n_deleted, error);
    if (good && patch->text_bytes)
      good = ent_text_insert (text, patch->at, patch->text, patch->text_bytes, error);
  }
  ent_doc_commit (doc);
  return good;
}

static void
count_update_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  gsize *bytes = data;

  *bytes += g_bytes_get_size (event->update);
}

static void
keep_update_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  GPtrArray *updates = data;

  if (event->is_local)
    g_ptr_array_add (updates, g_bytes_ref (event->update));
}

static gboolean
check_text (EntDoc *doc, const char *wanted, GError **error)
{
  g_autofree char *text = ent_text_dup (ent_doc_get_text (doc, ROOT), NULL);

  if (wanted && !g_str_equal (text, wanted)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_BROKEN,
      "The text is not the one that the trace ends with");
    return FALSE;
  }
  return ent_doc_check (doc, error);
}

/* What the trace starts with, as an edit that is not measured. */
static gboolean
insert_start (EntDoc *doc, const EntTrace *trace, GError **error)
{
  return !*trace->start_content ||
         ent_text_insert (ent_doc_get_text (doc, ROOT), 0, trace->start_content, -1, error);
}

typedef struct {
  const EntTrace *trace;
  EntDoc *doc;
  EntType *text;
  GError *error;
} Replay;

static void
replay_body (gpointer data)
{
  Replay *replay = data;

  for (guint32 i = 0; !replay->error && i < replay->trace->n_txns; i++)
    replay_txn (replay->doc, replay->text, replay->trace, i, &replay->error);
}

/* --- several writers --- */

/* A concurrent trace: each writer has a document, which before each of its transactions gets just
 * the updates that the writer had seen. */
typedef struct {
  const EntTrace *trace;
  EntDoc **docs; /* by agent, NULL before its first transaction */
  GPtrArray **own; /* by agent: GBytes, one for each of its transactions */
  guint32 *known; /* agent x agent: how many transactions of the other it has */
  guint32 *seen; /* transaction x agent: how many of each agent it includes */
  guint32 *txn_of; /* transactions in the order of agents */
  guint32 *first_of; /* by agent: its part of txn_of */
  gsize n_applied;
  EntDoc *last;
  GError *error;
} Exchange;

static void
exchange_init (Exchange *exchange, const EntTrace *trace)
{
  gsize n_agents = trace->n_agents;

  *exchange = (Exchange){ .trace = trace };
  exchange->docs = g_new0 (EntDoc *, n_agents);
  exchange->own = g_new0 (GPtrArray *, n_agents);
  exchange->known = g_new0 (guint32, n_agents * n_agents);
  exchange->seen = g_new0 (guint32, (gsize) trace->n_txns * n_agents);
  exchange->txn_of = g_new0 (guint32, trace->n_txns);
  exchange->first_of = g_new0 (guint32, n_agents + 1);
  for (guint32 i = 0; i < trace->n_txns; i++)
    exchange->first_of[trace->txns[i].agent + 1]++;
  for (gsize i = 0; i < n_agents; i++) {
    exchange->first_of[i + 1] += exchange->first_of[i];
    exchange->own[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  }
}

static void
exchange_clear (Exchange *exchange)
{
  for (guint32 i = 0; i < exchange->trace->n_agents; i++) {
    g_clear_pointer (&exchange->docs[i], ent_doc_unref);
    g_ptr_array_unref (exchange->own[i]);
  }
  g_free (exchange->docs);
  g_free (exchange->own);
  g_free (exchange->known);
  g_free (exchange->seen);
  g_free (exchange->txn_of);
  g_free (exchange->first_of);
  g_clear_error (&exchange->error);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 left = *(const guint32 *) a, right = *(const guint32 *) b;

  return (left > right) - (left < right);
}

/* Gives the writer of a transaction what it had seen, in the order of the trace. */
static gboolean
catch_up (Exchange *exchange, guint32 agent, const guint32 *wanted)
{
  const EntTrace *trace = exchange->trace;
  guint32 *known = exchange->known + (gsize) agent * trace->n_agents;
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 other = 0; other < trace->n_agents; other++) {
    for (; other != agent && known[other] < wanted[other]; known[other]++)
      g_array_append_val (missing, exchange->txn_of[exchange->first_of[other] + known[other]]);
  }
  g_array_sort (missing, compare_numbers);
  for (guint i = 0; i < missing->len; i++) {
    guint32 number = g_array_index (missing, guint32, i);
    guint32 other = trace->txns[number].agent;
    guint32 place = exchange->seen[(gsize) number * trace->n_agents + other] - 1;
    GBytes *update = exchange->own[other]->pdata[place];

    if (!ent_doc_apply_bytes (exchange->docs[agent], update, exchange, &exchange->error))
      return FALSE;
    exchange->n_applied++;
  }
  return TRUE;
}

static gboolean
exchange_txn (Exchange *exchange, guint32 number)
{
  const EntTrace *trace = exchange->trace;
  const EntTraceTxn *txn = &trace->txns[number];
  guint32 *wanted = exchange->seen + (gsize) number * trace->n_agents;
  GPtrArray *own = exchange->own[txn->agent];
  EntDoc *doc = exchange->docs[txn->agent];
  guint n_before = own->len;

  for (guint32 i = 0; i < txn->n_parents; i++) {
    guint32 parent = trace->parents[txn->first_parent + i];
    const guint32 *theirs = exchange->seen + (gsize) parent * trace->n_agents;

    for (guint32 k = 0; k < trace->n_agents; k++)
      wanted[k] = MAX (wanted[k], theirs[k]);
  }
  if (!doc) {
    doc = exchange->docs[txn->agent] = ent_doc_new (txn->agent + 1, ENT_DOC_DEFAULT);
    ent_doc_observe (doc, keep_update_cb, own, NULL);
  }
  if (!catch_up (exchange, txn->agent, wanted) ||
      !replay_txn (doc, ent_doc_get_text (doc, ROOT), trace, number, &exchange->error))
    return FALSE;
  if (own->len == n_before) /* it changed nothing */
    g_ptr_array_add (own, g_bytes_new_static ("\0\0", 2));
  exchange->txn_of[exchange->first_of[txn->agent] + own->len - 1] = number;
  wanted[txn->agent] = own->len;
  exchange->last = doc;
  return TRUE;
}

static void
exchange_body (gpointer data)
{
  Exchange *exchange = data;

  for (guint32 i = 0; i < exchange->trace->n_txns; i++) {
    if (!exchange_txn (exchange, i))
      return;
  }
}

/* The updates of all transactions in the order of the trace. */
static GPtrArray *
exchange_list_updates (const Exchange *exchange)
{
  const EntTrace *trace = exchange->trace;
  GPtrArray *updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint32 i = 0; i < trace->n_txns; i++) {
    guint32 agent = trace->txns[i].agent;
    guint32 place = exchange->seen[(gsize) i * trace->n_agents + agent] - 1;

    g_ptr_array_add (updates, g_bytes_ref (exchange->own[agent]->pdata[place]));
  }
  return updates;
}

/* --- what cases start from --- */

static GPtrArray *
make_updates (const EntTrace *trace, GError **error)
{
  g_autoptr (GPtrArray) updates = NULL;
  g_autoptr (EntDoc) doc = NULL;
  Replay replay = { trace };

  if (trace->is_concurrent) {
    Exchange exchange;

    exchange_init (&exchange, trace);
    exchange_body (&exchange);
    if (exchange.error)
      g_propagate_error (error, g_steal_pointer (&exchange.error));
    else
      updates = exchange_list_updates (&exchange);
    exchange_clear (&exchange);
    return g_steal_pointer (&updates);
  }
  updates = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  ent_doc_observe (doc, keep_update_cb, updates, NULL);
  replay.doc = doc;
  replay.text = ent_doc_get_text (doc, ROOT);
  if (!insert_start (doc, trace, error))
    return NULL;
  replay_body (&replay);
  if (replay.error) {
    g_propagate_error (error, replay.error);
    return NULL;
  }
  return g_steal_pointer (&updates);
}

static EntDoc *
make_doc (const EntTrace *trace, GError **error)
{
  g_autoptr (GPtrArray) updates = make_updates (trace, error);
  g_autoptr (EntDoc) doc = updates ? ent_doc_new (1000000, ENT_DOC_DEFAULT) : NULL;

  for (guint i = 0; updates && i < updates->len; i++) {
    if (!ent_doc_apply_bytes (doc, updates->pdata[i], NULL, error))
      return NULL;
  }
  return g_steal_pointer (&doc);
}

static gsize
count_bytes (GPtrArray *updates)
{
  gsize bytes = 0;

  for (guint i = 0; i < updates->len; i++)
    bytes += g_bytes_get_size (updates->pdata[i]);
  return bytes;
}

static void
add_state (Bench *bench, EntDoc *doc)
{
  g_autoptr (GBytes) state = ent_doc_encode (doc);

  add_figure (bench, "structs", ent_doc_get_n_structs (doc), 0);
  add_figure (bench, "state_bytes", g_bytes_get_size (state), 0);
}

/* --- cases --- */

static gboolean
run_local (Bench *bench, GError **error)
{
  gsize update_bytes = 0;
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  Replay replay = { bench->trace, doc, ent_doc_get_text (doc, ROOT), NULL };
  gsize heap = read_heap ();
  Took took;

  if (!insert_start (doc, bench->trace, error))
    return FALSE;
  ent_doc_observe (doc, count_update_cb, &update_bytes, NULL);
  took = measured_section (replay_body, &replay);
  if (replay.error) {
    g_propagate_error (error, replay.error);
    return FALSE;
  }
  bench->n_measured = bench->trace->n_patches;
  add_times (bench, "edit", bench->trace->n_patches, took, NULL);
  add_figure (bench, "transactions", bench->trace->n_txns, 0);
  add_figure (bench, "update_bytes", update_bytes, 0);
  add_figure (bench, "heap_bytes", read_heap () - heap, 0);
  add_state (bench, doc);
  return check_text (doc, bench->trace->end_content, error);
}

typedef struct {
  GPtrArray *updates;
  EntDoc *doc;
  gboolean backwards;
  GError *error;
} Delivery;

static void
deliver_body (gpointer data)
{
  Delivery *delivery = data;
  guint n = delivery->updates->len;

  for (guint i = 0; i < n; i++) {
    GBytes *update = delivery->updates->pdata[delivery->backwards ? n - 1 - i : i];

    if (!ent_doc_apply_bytes (delivery->doc, update, NULL, &delivery->error))
      return;
  }
}

static gboolean
deliver (Bench *bench, GPtrArray *updates, gboolean backwards, Took *took, GError **error)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1000000, ENT_DOC_DEFAULT);
  Delivery delivery = { updates, doc, backwards, NULL };
  gsize watched = 0;

  ent_doc_get_text (doc, ROOT);
  if (bench->watch)
    ent_doc_observe (doc, count_update_cb, &watched, NULL);
  *took = measured_section (deliver_body, &delivery);
  bench->n_measured += updates->len;
  if (delivery.error) {
    g_propagate_error (error, delivery.error);
    return FALSE;
  }
  if (ent_doc_has_pending_structs (doc) || ent_doc_has_pending_deletes (doc)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_BROKEN, "Something still waits");
    return FALSE;
  }
  if (!backwards && bench->figures->len == 0)
    add_state (bench, doc);
  return check_text (doc, bench->trace->end_content, error);
}

static gboolean
run_remote (Bench *bench, GError **error)
{
  g_autoptr (GPtrArray) updates = make_updates (bench->trace, error);
  Took took;

  if (!updates || !deliver (bench, updates, FALSE, &took, error))
    return FALSE;
  add_times (bench, "update", updates->len, took, NULL);
  add_figure (bench, "update_bytes", count_bytes (updates), 0);
  return TRUE;
}

static gboolean
run_reversed (Bench *bench, GError **error)
{
  g_autoptr (GPtrArray) updates = make_updates (bench->trace, error);
  g_autoptr (GArray) forward = g_array_new (FALSE, FALSE, sizeof (Took));
  g_autoptr (GArray) backward = g_array_new (FALSE, FALSE, sizeof (Took));
  int rounds = bench->rounds ? bench->rounds : ORDER_ROUNDS;
  Took took, first = { 0 };
  gint64 in_order;

  for (int i = 0; updates && i < rounds; i++) {
    if (!deliver (bench, updates, FALSE, &took, error))
      return FALSE;
    g_array_append_val (forward, took);
    if (!deliver (bench, updates, TRUE, &took, error))
      return FALSE;
    g_array_append_val (backward, took);
    first = i == 0 ? took : first;
  }
  if (!updates)
    return FALSE;
  g_array_sort (forward, compare_took);
  in_order = g_array_index (forward, Took, forward->len / 2).wall_ns;
  add_times (bench, "update", updates->len, first, backward);
  add_figure (bench, "in_order_ns", in_order, 0);
  add_figure (bench, "times_in_order",
    (double) g_array_index (backward, Took, backward->len / 2).wall_ns / MAX (in_order, 1), 2);
  return TRUE;
}

typedef struct {
  GBytes *state;
  EntDoc *doc;
  GError *error;
} Load;

static void
load_body (gpointer data)
{
  Load *load = data;

  load->doc = ent_doc_new (1000000, ENT_DOC_DEFAULT);
  ent_doc_get_text (load->doc, ROOT);
  ent_doc_apply_bytes (load->doc, load->state, NULL, &load->error);
}

static gboolean
run_load (Bench *bench, GError **error)
{
  g_autoptr (EntDoc) source = make_doc (bench->trace, error);
  g_autoptr (GBytes) state = source ? ent_doc_encode (source) : NULL;
  g_autoptr (GArray) warm = g_array_new (FALSE, FALSE, sizeof (Took));
  int rounds = bench->rounds ? bench->rounds : WARM_ROUNDS;
  gsize n_structs;
  Took took, first = { 0 };

  if (!state)
    return FALSE;
  n_structs = ent_doc_get_n_structs (source);
  add_state (bench, source);
  g_clear_pointer (&source, ent_doc_unref);
  for (int i = 0; i <= rounds; i++) {
    g_autoptr (EntDoc) doc = NULL;
    Load load = { state };

    took = measured_section (load_body, &load);
    doc = load.doc;
    bench->n_measured += n_structs;
    if (load.error) {
      g_propagate_error (error, load.error);
      return FALSE;
    }
    if (!check_text (doc, bench->trace->end_content, error))
      return FALSE;
    if (i == 0)
      first = took;
    else
      g_array_append_val (warm, took);
  }
  add_times (bench, "struct", n_structs, first, warm);
  return TRUE;
}

typedef struct {
  EntDoc *doc;
  EntStateVector *known; /* NULL for the full state */
  GBytes *update;
} Encoding;

static void
encode_body (gpointer data)
{
  Encoding *encoding = data;

  encoding->update = encoding->known ? ent_doc_encode_diff (encoding->doc, encoding->known)
                                     : ent_doc_encode (encoding->doc);
}

/* Half of what each client wrote. */
static EntStateVector *
make_half_vector (EntDoc *doc)
{
  g_autoptr (EntStateVector) all = ent_doc_dup_state_vector (doc);
  EntStateVector *half = ent_state_vector_new ();

  for (guint i = 0; i < ent_state_vector_get_length (all); i++) {
    guint64 client;
    guint32 clock;

    ent_state_vector_get_nth (all, i, &client, &clock);
    ent_state_vector_set (half, client, clock / 2);
  }
  return half;
}

static gboolean
run_encoding (Bench *bench, gboolean is_diff, GError **error)
{
  g_autoptr (EntDoc) doc = make_doc (bench->trace, error);
  g_autoptr (EntStateVector) known = doc && is_diff ? make_half_vector (doc) : NULL;
  g_autoptr (GArray) warm = g_array_new (FALSE, FALSE, sizeof (Took));
  int rounds = bench->rounds ? bench->rounds : WARM_ROUNDS;
  gsize n_structs = doc ? ent_doc_get_n_structs (doc) : 0, size = 0;
  Took took, first = { 0 };

  for (int i = 0; doc && i <= rounds; i++) {
    Encoding encoding = { doc, known };

    took = measured_section (encode_body, &encoding);
    size = g_bytes_get_size (encoding.update);
    g_bytes_unref (encoding.update);
    bench->n_measured += n_structs;
    if (i == 0)
      first = took;
    else
      g_array_append_val (warm, took);
  }
  if (!doc)
    return FALSE;
  add_times (bench, "struct", n_structs, first, warm);
  add_figure (bench, "encoded_bytes", size, 0);
  add_state (bench, doc);
  return check_text (doc, bench->trace->end_content, error);
}

static gboolean
run_encode (Bench *bench, GError **error)
{
  return run_encoding (bench, FALSE, error);
}

static gboolean
run_diff (Bench *bench, GError **error)
{
  return run_encoding (bench, TRUE, error);
}

typedef struct {
  GPtrArray *updates;
  GBytes *merged;
  GError *error;
} Merge;

static void
merge_body (gpointer data)
{
  Merge *merge = data;

  merge->merged =
    ent_update_merge ((GBytes *const *) merge->updates->pdata, merge->updates->len, &merge->error);
}

static gboolean
run_merge (Bench *bench, GError **error)
{
  g_autoptr (GPtrArray) updates = make_updates (bench->trace, error);
  g_autoptr (GArray) warm = g_array_new (FALSE, FALSE, sizeof (Took));
  g_autoptr (GBytes) merged = NULL;
  g_autoptr (EntDoc) doc = ent_doc_new (1000000, ENT_DOC_DEFAULT);
  int rounds = bench->rounds ? bench->rounds : ORDER_ROUNDS;
  Took took, first = { 0 };

  for (int i = 0; updates && i <= rounds; i++) {
    Merge merge = { updates };

    took = measured_section (merge_body, &merge);
    if (merge.error) {
      g_propagate_error (error, merge.error);
      return FALSE;
    }
    g_clear_pointer (&merged, g_bytes_unref);
    merged = merge.merged;
    bench->n_measured += updates->len;
    if (i == 0)
      first = took;
    else
      g_array_append_val (warm, took);
  }
  if (!updates || !ent_doc_apply_bytes (doc, merged, NULL, error))
    return FALSE;
  add_times (bench, "update", updates->len, first, warm);
  add_figure (bench, "update_bytes", count_bytes (updates), 0);
  add_figure (bench, "merged_bytes", g_bytes_get_size (merged), 0);
  add_state (bench, doc);
  return check_text (doc, bench->trace->end_content, error);
}

static gboolean
run_concurrent (Bench *bench, GError **error)
{
  Exchange exchange;
  Took took;
  gboolean good = FALSE;

  if (!bench->trace->is_concurrent) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID, "The trace has one writer only");
    return FALSE;
  }
  exchange_init (&exchange, bench->trace);
  took = measured_section (exchange_body, &exchange);
  bench->n_measured = bench->trace->n_txns + exchange.n_applied;
  if (exchange.error) {
    g_propagate_error (error, g_steal_pointer (&exchange.error));
  } else {
    add_times (bench, "update", bench->trace->n_txns + exchange.n_applied, took, NULL);
    add_figure (bench, "transactions", bench->trace->n_txns, 0);
    add_figure (bench, "applied", exchange.n_applied, 0);
    good = check_text (exchange.last, bench->trace->end_content, error);
  }
  exchange_clear (&exchange);
  return good;
}

static gboolean
run_memory (Bench *bench, GError **error)
{
  g_autoptr (EntDoc) source = make_doc (bench->trace, error);
  g_autoptr (GBytes) state = source ? ent_doc_encode (source) : NULL;
  g_autoptr (EntDoc) doc = NULL;
  gsize before, after, n_structs, text_bytes, size;
  guint8 *copy;
  gboolean good;

  if (!state)
    return FALSE;
  g_clear_pointer (&source, ent_doc_unref);
  before = read_heap ();
  copy = g_memdup2 (g_bytes_get_data (state, &size), g_bytes_get_size (state));
  doc = ent_doc_new (1000000, ENT_DOC_DEFAULT);
  good = ent_doc_apply_update (doc, copy, size, NULL, error);
  g_free (copy);
  after = read_heap ();
  if (!good)
    return FALSE;
  n_structs = ent_doc_get_n_structs (doc);
  text_bytes = ent_text_get_length_bytes (ent_doc_get_text (doc, ROOT));
  add_figure (bench, "heap_bytes", after - before, 0);
  add_figure (bench, "text_bytes", text_bytes, 0);
  add_figure (bench, "bytes_per_struct", (double) (after - before) / MAX (n_structs, 1), 1);
  add_figure (bench, "bytes_per_struct_beside_text",
    ((double) (after - before) - text_bytes) / MAX (n_structs, 1), 1);
  add_state (bench, doc);
  return check_text (doc, bench->trace->end_content, error);
}

/* --- edits at distant places --- */

/* The same numbers on every machine and in every language: a step of 32 bits, of which the high
 * ones choose. */
static guint32
next_below (guint32 *state, guint32 bound)
{
  *state = *state * 1664525u + 1013904223u;
  return ((guint64) *state * bound) >> 32;
}

typedef struct {
  EntDoc *doc;
  EntType *text;
  guint32 state;
  int n_edits;
  GError *error;
} Distant;

static void
distant_body (gpointer data)
{
  Distant *distant = data;

  for (int i = 0; !distant->error && i < distant->n_edits; i++) {
    guint32 at = next_below (&distant->state, ent_text_get_length (distant->text));
    char letter = 'a' + next_below (&distant->state, 26);

    if (i % 2 == 0)
      ent_text_insert (distant->text, at, &letter, 1, &distant->error);
    else
      ent_text_delete (distant->text, at, 1, &distant->error);
  }
}

static char *
make_file (guint32 *state, int n_bytes)
{
  char *file = g_malloc (n_bytes + 1);

  for (int i = 0; i < n_bytes; i++)
    file[i] = i % 64 == 63 ? '\n' : (char) ('a' + next_below (state, 26));
  file[n_bytes] = '\0';
  return file;
}

static guint32
hash_text (const char *text)
{
  guint32 hash = 2166136261u;

  for (; *text; text++)
    hash = (hash ^ (guint8) *text) * 16777619u;
  return hash;
}

static gboolean
run_distant (Bench *bench, GError **error)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  Distant distant = { doc, ent_doc_get_text (doc, ROOT), 1, bench->distant_edits, NULL };
  g_autofree char *file = make_file (&distant.state, bench->distant_bytes);
  g_autofree char *text = NULL;
  gsize update_bytes = 0;
  Took took;

  if (!ent_text_insert (distant.text, 0, file, bench->distant_bytes, error))
    return FALSE;
  ent_doc_observe (doc, count_update_cb, &update_bytes, NULL);
  took = measured_section (distant_body, &distant);
  if (distant.error) {
    g_propagate_error (error, distant.error);
    return FALSE;
  }
  bench->n_measured = bench->distant_edits;
  add_times (bench, "edit", bench->distant_edits, took, NULL);
  text = ent_text_dup (distant.text, NULL);
  add_figure (bench, "text_hash", hash_text (text), 0);
  add_figure (bench, "update_bytes", update_bytes, 0);
  add_state (bench, doc);
  return check_text (doc, NULL, error);
}

/* --- the program --- */

static const struct {
  const char *name;
  CaseFunc run;
  gboolean needs_trace;
  const char *what;
} cases[] = {
  { "local", run_local, TRUE, "replay it, one update emitted for each transaction" },
  { "remote", run_remote, TRUE, "apply the update of each transaction to an empty document" },
  { "load", run_load, TRUE, "apply the full state to an empty document; median of 20" },
  { "encode", run_encode, TRUE, "encode the full state; median of 20" },
  { "diff", run_diff, TRUE, "encode what a replica with half of it lacks; median of 20" },
  { "merge", run_merge, TRUE, "merge the updates of all transactions; median of 5" },
  { "reversed", run_reversed, TRUE, "apply all updates last to first, and in order; median of 5" },
  { "concurrent", run_concurrent, TRUE, "a document for each writer, updates exchanged" },
  { "distant", run_distant, FALSE, "single edits at random places of a large file; no trace" },
  { "memory", run_memory, TRUE, "bytes of the heap in use after the full state was loaded" },
};

static int
find_case (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (g_strcmp0 (cases[i].name, name) == 0)
      return i;
  }
  return -1;
}

static char *
describe_cases (void)
{
  GString *text = g_string_new ("Cases:\n");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_string_append_printf (text, "  %-12s %s\n", cases[i].name, cases[i].what);
  g_string_append (text, "\nFigures are nanoseconds and bytes. Ends with status 1 when the text "
                         "that comes out is wrong.");
  return g_string_free (text, FALSE);
}

static void
print_figures (const Bench *bench, const char *case_name, const char *trace_name, gboolean json)
{
  g_autofree char *escaped = g_strescape (trace_name, NULL);

  printf (json ? "{\"engine\":\"entrevue\",\"case\":\"%s\",\"trace\":\"%s\"" : "%s %s\n", case_name,
    escaped);
  for (guint i = 0; i < bench->figures->len; i++) {
    const Figure *figure = &g_array_index (bench->figures, Figure, i);

    printf (
      json ? ",\"%s\":%.*f" : "  %-30s %.*f\n", figure->name, figure->decimals, figure->value);
  }
  puts (json ? ",\"ok\":true}" : "  the text is right");
}

static char *
name_trace (const char *path)
{
  char *name = g_path_get_basename (path);
  char *ending = strstr (name, ".json");

  if (ending)
    *ending = '\0';
  return name;
}

static int
run_case (Bench *bench, int number, const char *path, int n_txns, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntTrace) trace = path ? ent_trace_load (path, &error) : NULL;
  g_autofree char *trace_name = path ? name_trace (path) : g_strdup ("random");

  if (error) {
    fprintf (stderr, "ent-doc-bench: %s\n", error->message);
    return 1;
  }
  if (trace && n_txns > 0)
    ent_trace_cut (trace, n_txns);
  bench->trace = trace;
  bench->figures = g_array_new (FALSE, FALSE, sizeof (Figure));
  if (cases[number].run (bench, &error)) {
    add_figure (bench, "measured_units", bench->n_measured, 0);
    print_figures (bench, cases[number].name, trace_name, json);
  } else {
    fprintf (stderr, "ent-doc-bench: %s\n", error->message);
  }
  g_array_unref (bench->figures);
  return error ? 1 : 0;
}

int
main (int argc, char **argv)
{
  Bench bench = { .distant_bytes = DISTANT_BYTES, .distant_edits = DISTANT_EDITS };
  g_autofree char *case_name = NULL, *summary = describe_cases ();
  gboolean json = FALSE;
  int n_txns = 0, number;
  const GOptionEntry entries[] = {
    { "case", 'c', 0, G_OPTION_ARG_STRING, &case_name, "What to measure", "CASE" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print one line of JSON", NULL },
    { "transactions", 'n', 0, G_OPTION_ARG_INT, &n_txns, "Only the first N transactions", "N" },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &bench.rounds, "Warm rounds to take the median of", "N" },
    { "watch", 'w', 0, G_OPTION_ARG_NONE, &bench.watch, "Observe the document applied to", NULL },
    { "bytes", 0, 0, G_OPTION_ARG_INT, &bench.distant_bytes, "Size of the file of distant", "N" },
    { "edits", 0, 0, G_OPTION_ARG_INT, &bench.distant_edits, "Edits of distant", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[TRACE.json.gz]");
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, "Measures the document engine on an editing trace.");
  g_option_context_set_description (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "ent-doc-bench: %s\n", error->message);
    return 2;
  }
  number = find_case (case_name ? case_name : "local");
  if (number < 0 || bench.rounds < 0 || bench.distant_bytes < 1 || bench.distant_edits < 1 ||
      argc != (cases[number].needs_trace ? 2 : 1)) {
    fprintf (stderr, "ent-doc-bench: a case and a trace are needed; see --help\n");
    return 2;
  }
  return run_case (&bench, number, argc > 1 ? argv[1] : NULL, n_txns, json);
}
