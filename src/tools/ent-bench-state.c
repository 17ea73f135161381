#include "document/ent-doc-replay.h"
#include "tools/ent-bench.h"

#define JUMPS 200

static gsize
count_bytes (GPtrArray *updates)
{
  gsize bytes = 0;

  for (guint i = 0; i < updates->len; i++)
    bytes += g_bytes_get_size (updates->pdata[i]);
  return bytes;
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
deliver (EntBench *bench, GPtrArray *updates, gboolean backwards, EntTook *took, GError **error)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1000000, ENT_DOC_DEFAULT);
  Delivery delivery = { updates, doc, backwards, NULL };
  gsize watched = 0;

  ent_doc_get_text (doc, ENT_BENCH_ROOT);
  if (bench->watch)
    ent_doc_observe (doc, ent_bench_count_update_cb, &watched, NULL);
  *took = ent_bench_measure (deliver_body, &delivery);
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
    ent_bench_add_state (bench, doc);
  return ent_bench_check_text (doc, bench->trace->end_content, error);
}

gboolean
ent_bench_remote (EntBench *bench, GError **error)
{
  g_autoptr (GPtrArray) updates = ent_bench_make_updates (bench->trace, error);
  EntTook took;

  if (!updates || !deliver (bench, updates, FALSE, &took, error))
    return FALSE;
  ent_bench_add_times (bench, "update", updates->len, took, NULL);
  ent_bench_add (bench, "update_bytes", count_bytes (updates), 0);
  return TRUE;
}

gboolean
ent_bench_reversed (EntBench *bench, GError **error)
{
  g_autoptr (GPtrArray) updates = ent_bench_make_updates (bench->trace, error);
  g_autoptr (GArray) forward = g_array_new (FALSE, FALSE, sizeof (EntTook));
  g_autoptr (GArray) backward = g_array_new (FALSE, FALSE, sizeof (EntTook));
  int rounds = bench->rounds ? bench->rounds : ENT_BENCH_ORDER_ROUNDS;
  EntTook took, first = { 0 }, in_order;

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
  in_order = ent_bench_find_median (forward);
  ent_bench_add_times (bench, "update", updates->len, first, backward);
  ent_bench_add (bench, "in_order_ns", in_order.wall_ns, 0);
  ent_bench_add (bench, "times_in_order",
    (double) ent_bench_find_median (backward).cpu_ns / MAX (in_order.cpu_ns, 1), 2);
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
  ent_doc_get_text (load->doc, ENT_BENCH_ROOT);
  ent_doc_apply_bytes (load->doc, load->state, NULL, &load->error);
}

gboolean
ent_bench_load (EntBench *bench, GError **error)
{
  g_autoptr (EntDoc) source = ent_bench_make_doc (bench->trace, error);
  g_autoptr (GBytes) state = source ? ent_doc_encode (source) : NULL;
  g_autoptr (GArray) warm = g_array_new (FALSE, FALSE, sizeof (EntTook));
  int rounds = bench->rounds ? bench->rounds : ENT_BENCH_WARM_ROUNDS;
  gsize n_structs;
  EntTook took, first = { 0 };

  if (!state)
    return FALSE;
  n_structs = ent_doc_get_n_structs (source);
  ent_bench_add_state (bench, source);
  g_clear_pointer (&source, ent_doc_unref);
  for (int i = 0; i <= rounds; i++) {
    g_autoptr (EntDoc) doc = NULL;
    Load load = { state };

    took = ent_bench_measure (load_body, &load);
    doc = load.doc;
    bench->n_measured += n_structs;
    if (load.error) {
      g_propagate_error (error, load.error);
      return FALSE;
    }
    if (!ent_bench_check_text (doc, bench->trace->end_content, error))
      return FALSE;
    if (i == 0)
      first = took;
    else
      g_array_append_val (warm, took);
  }
  ent_bench_add_times (bench, "struct", n_structs, first, warm);
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
run_encoding (EntBench *bench, gboolean is_diff, GError **error)
{
  g_autoptr (EntDoc) doc = ent_bench_make_doc (bench->trace, error);
  g_autoptr (EntStateVector) known = doc && is_diff ? make_half_vector (doc) : NULL;
  g_autoptr (GArray) warm = g_array_new (FALSE, FALSE, sizeof (EntTook));
  int rounds = bench->rounds ? bench->rounds : ENT_BENCH_WARM_ROUNDS;
  gsize n_structs = doc ? ent_doc_get_n_structs (doc) : 0, size = 0;
  EntTook took, first = { 0 };

  for (int i = 0; doc && i <= rounds; i++) {
    Encoding encoding = { doc, known };

    took = ent_bench_measure (encode_body, &encoding);
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
  ent_bench_add_times (bench, "struct", n_structs, first, warm);
  ent_bench_add (bench, "encoded_bytes", size, 0);
  ent_bench_add_state (bench, doc);
  return ent_bench_check_text (doc, bench->trace->end_content, error);
}

gboolean
ent_bench_encode (EntBench *bench, GError **error)
{
  return run_encoding (bench, FALSE, error);
}

gboolean
ent_bench_diff (EntBench *bench, GError **error)
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

gboolean
ent_bench_merge (EntBench *bench, GError **error)
{
  g_autoptr (GPtrArray) updates = ent_bench_make_updates (bench->trace, error);
  g_autoptr (GArray) warm = g_array_new (FALSE, FALSE, sizeof (EntTook));
  g_autoptr (GBytes) merged = NULL;
  g_autoptr (EntDoc) doc = ent_doc_new (1000000, ENT_DOC_DEFAULT);
  int rounds = bench->rounds ? bench->rounds : ENT_BENCH_ORDER_ROUNDS;
  EntTook took, first = { 0 };

  for (int i = 0; updates && i <= rounds; i++) {
    Merge merge = { updates };

    took = ent_bench_measure (merge_body, &merge);
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
  ent_bench_add_times (bench, "update", updates->len, first, warm);
  ent_bench_add (bench, "update_bytes", count_bytes (updates), 0);
  ent_bench_add (bench, "merged_bytes", g_bytes_get_size (merged), 0);
  ent_bench_add_state (bench, doc);
  return ent_bench_check_text (doc, bench->trace->end_content, error);
}

gboolean
ent_bench_memory (EntBench *bench, GError **error)
{
  g_autoptr (EntDoc) source = ent_bench_make_doc (bench->trace, error);
  g_autoptr (GBytes) state = source ? ent_doc_encode (source) : NULL;
  g_autoptr (EntDoc) doc = NULL;
  gsize before, after, n_structs, text_bytes, size;
  guint8 *copy;
  gboolean good;

  if (!state)
    return FALSE;
  g_clear_pointer (&source, ent_doc_unref);
  before = ent_bench_read_heap ();
  copy = g_memdup2 (g_bytes_get_data (state, &size), g_bytes_get_size (state));
  doc = ent_doc_new (1000000, ENT_DOC_DEFAULT);
  good = ent_doc_apply_update (doc, copy, size, NULL, error);
  g_free (copy);
  after = ent_bench_read_heap ();
  if (!good)
    return FALSE;
  n_structs = ent_doc_get_n_structs (doc);
  text_bytes = ent_text_get_length_bytes (ent_doc_get_text (doc, ENT_BENCH_ROOT));
  ent_bench_add (bench, "heap_bytes", after - before, 0);
  ent_bench_add (bench, "text_bytes", text_bytes, 0);
  ent_bench_add (bench, "bytes_per_struct", (double) (after - before) / MAX (n_structs, 1), 1);
  ent_bench_add (bench, "bytes_per_struct_beside_text",
    ((double) (after - before) - text_bytes) / MAX (n_structs, 1), 1);
  ent_bench_add_state (bench, doc);
  return ent_bench_check_text (doc, bench->trace->end_content, error);
}

/* --- playback --- */

typedef struct {
  EntReplay *replay;
  guint32 state;
  int n_jumps;
  GError *error;
} Playback;

static void
seek_body (gpointer data)
{
  Playback *playback = data;
  guint n = ent_replay_get_length (playback->replay) + 1;

  for (int i = 0; !playback->error && i < playback->n_jumps; i++) {
    playback->state = playback->state * 1664525u + 1013904223u;
    ent_replay_seek (playback->replay, ((guint64) playback->state * n) >> 32, &playback->error);
  }
}

gboolean
ent_bench_seek (EntBench *bench, GError **error)
{
  g_autoptr (GPtrArray) updates = ent_bench_make_updates (bench->trace, error);
  g_autoptr (EntReplay) replay = ent_replay_new (NULL, error);
  Playback playback = { replay, 1, bench->rounds ? bench->rounds : JUMPS, NULL };
  EntTook took;

  for (guint i = 0; updates && i < updates->len; i++)
    ent_replay_append (replay, updates->pdata[i], i, NULL);
  if (!updates || !ent_replay_seek (replay, updates->len, error))
    return FALSE;
  took = ent_bench_measure (seek_body, &playback);
  bench->n_measured = playback.n_jumps;
  if (playback.error) {
    g_propagate_error (error, playback.error);
    return FALSE;
  }
  ent_bench_add_times (bench, "jump", playback.n_jumps, took, NULL);
  ent_bench_add (bench, "updates", updates->len, 0);
  ent_bench_add (bench, "update_bytes", count_bytes (updates), 0);
  ent_bench_add (bench, "checkpoint_bytes", ent_replay_get_checkpoint_bytes (replay), 0);
  return ent_replay_seek (replay, updates->len, error) &&
         ent_bench_check_text (ent_replay_get_doc (replay), bench->trace->end_content, error);
}
