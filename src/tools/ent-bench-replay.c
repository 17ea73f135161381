#include "tools/ent-bench.h"

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
keep_update_cb (EntDoc *doc, const EntDocEvent *event, gpointer data)
{
  GPtrArray *updates = data;

  if (event->is_local)
    g_ptr_array_add (updates, g_bytes_ref (ent_doc_event_get_update (event)));
}

/* What the trace starts with, as an edit that is not measured. */
static gboolean
insert_start (EntDoc *doc, const EntTrace *trace, GError **error)
{
  return !*trace->start_content || ent_text_insert (ent_doc_get_text (doc, ENT_BENCH_ROOT), 0,
                                     trace->start_content, -1, error);
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
      !replay_txn (doc, ent_doc_get_text (doc, ENT_BENCH_ROOT), trace, number, &exchange->error))
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

GPtrArray *
ent_bench_make_updates (const EntTrace *trace, GError **error)
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
  replay.text = ent_doc_get_text (doc, ENT_BENCH_ROOT);
  if (!insert_start (doc, trace, error))
    return NULL;
  replay_body (&replay);
  if (replay.error) {
    g_propagate_error (error, replay.error);
    return NULL;
  }
  return g_steal_pointer (&updates);
}

EntDoc *
ent_bench_make_doc (const EntTrace *trace, GError **error)
{
  g_autoptr (GPtrArray) updates = ent_bench_make_updates (trace, error);
  g_autoptr (EntDoc) doc = updates ? ent_doc_new (1000000, ENT_DOC_DEFAULT) : NULL;

  for (guint i = 0; updates && i < updates->len; i++) {
    if (!ent_doc_apply_bytes (doc, updates->pdata[i], NULL, error))
      return NULL;
  }
  return g_steal_pointer (&doc);
}

/* --- cases --- */

gboolean
ent_bench_local (EntBench *bench, GError **error)
{
  gsize update_bytes = 0;
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  Replay replay = { bench->trace, doc, ent_doc_get_text (doc, ENT_BENCH_ROOT), NULL };
  gsize heap = ent_bench_read_heap ();
  EntTook took;

  if (!insert_start (doc, bench->trace, error))
    return FALSE;
  if (bench->watch)
    ent_doc_observe (doc, ent_bench_count_update_cb, &update_bytes, NULL);
  else
    ent_doc_observe_updates (doc, ent_bench_count_update_cb, &update_bytes, NULL);
  took = ent_bench_measure (replay_body, &replay);
  if (replay.error) {
    g_propagate_error (error, replay.error);
    return FALSE;
  }
  bench->n_measured = bench->trace->n_patches;
  ent_bench_add_times (bench, "edit", bench->trace->n_patches, took, NULL);
  ent_bench_add (bench, "transactions", bench->trace->n_txns, 0);
  ent_bench_add (bench, "update_bytes", update_bytes, 0);
  ent_bench_add (bench, "heap_bytes", ent_bench_read_heap () - heap, 0);
  ent_bench_add_state (bench, doc);
  return ent_bench_check_text (doc, bench->trace->end_content, error);
}

gboolean
ent_bench_concurrent (EntBench *bench, GError **error)
{
  Exchange exchange;
  EntTook took;
  gboolean good = FALSE;

  if (!bench->trace->is_concurrent) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID, "The trace has one writer only");
    return FALSE;
  }
  exchange_init (&exchange, bench->trace);
  took = ent_bench_measure (exchange_body, &exchange);
  bench->n_measured = bench->trace->n_txns + exchange.n_applied;
  if (exchange.error) {
    g_propagate_error (error, g_steal_pointer (&exchange.error));
  } else {
    ent_bench_add_times (bench, "update", bench->trace->n_txns + exchange.n_applied, took, NULL);
    ent_bench_add (bench, "transactions", bench->trace->n_txns, 0);
    ent_bench_add (bench, "applied", exchange.n_applied, 0);
    good = ent_bench_check_text (exchange.last, bench->trace->end_content, error);
  }
  exchange_clear (&exchange);
  return good;
}
