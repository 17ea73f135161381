#include "document/ent-doc-snapshot.h"

#include "document/ent-doc-wire.h"

struct _EntSnapshot {
  EntStateVector *known;
  GArray *deleted; /* EntClockRange, clients descending, clocks ascending, apart */
};

#define range_at(snapshot, i) (&g_array_index ((snapshot)->deleted, EntClockRange, (i)))

static EntSnapshot *
snapshot_new (void)
{
  EntSnapshot *snapshot = g_new0 (EntSnapshot, 1);

  snapshot->deleted = g_array_new (FALSE, FALSE, sizeof (EntClockRange));
  return snapshot;
}

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  const EntClockRange *x = a;
  const EntClockRange *y = b;

  if (x->client != y->client)
    return x->client > y->client ? -1 : 1;
  return x->clock < y->clock ? -1 : x->clock > y->clock;
}

/* Sorts the ranges and joins those that touch. */
static void
tidy_ranges (GArray *ranges)
{
  guint n = 0;

  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++) {
    EntClockRange next = g_array_index (ranges, EntClockRange, i);
    EntClockRange *last = n ? &g_array_index (ranges, EntClockRange, n - 1) : NULL;

    if (last && last->client == next.client && next.clock <= last->clock + last->length)
      last->length = MAX (last->clock + last->length, next.clock + next.length) - last->clock;
    else
      g_array_index (ranges, EntClockRange, n++) = next;
  }
  g_array_set_size (ranges, n);
}

static void
take_known_range (guint64 client, guint32 clock, guint32 length, gpointer data)
{
  EntSnapshot *snapshot = data;
  guint32 known = ent_state_vector_get (snapshot->known, client);
  EntClockRange range = { client, clock, MIN (length, known - MIN (known, clock)) };

  if (range.length)
    g_array_append_val (snapshot->deleted, range);
}

EntSnapshot *
ent_snapshot_new (EntDoc *doc)
{
  EntSnapshot *snapshot = snapshot_new ();
  g_autoptr (GBytes) deletes = NULL;
  gsize size;
  const guint8 *data;

  g_return_val_if_fail (!ent_doc_in_transaction (doc), NULL);

  snapshot->known = ent_doc_dup_state_vector (doc);
  deletes = ent_doc_encode_diff (doc, snapshot->known);
  data = g_bytes_get_data (deletes, &size);
  if (!ent_update_walk (data, size, NULL, take_known_range, snapshot, NULL))
    g_assert_not_reached ();
  tidy_ranges (snapshot->deleted);
  return snapshot;
}

EntSnapshot *
ent_snapshot_copy (const EntSnapshot *snapshot)
{
  EntSnapshot *copy = snapshot_new ();

  copy->known = ent_state_vector_copy (snapshot->known);
  g_array_append_vals (copy->deleted, snapshot->deleted->data, snapshot->deleted->len);
  return copy;
}

void
ent_snapshot_free (EntSnapshot *snapshot)
{
  g_clear_pointer (&snapshot->known, ent_state_vector_free);
  g_array_unref (snapshot->deleted);
  g_free (snapshot);
}

/* --- bytes --- */

static void
read_deletes (EntReader *reader, GArray *ranges)
{
  guint64 n_clients = ent_read_uint_max (reader, ENT_DOC_MAX_CLIENTS, "too many clients");

  for (guint64 i = 0; i < n_clients && !ent_reader_failed (reader); i++) {
    guint64 client = ent_read_uint (reader);
    guint64 n = ent_read_uint (reader);

    if (n > (guint64) (reader->end - reader->at))
      ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "more ranges than bytes");
    for (guint64 k = 0; k < n && !ent_reader_failed (reader); k++) {
      EntClockRange range = { client };

      range.clock = ent_read_uint_max (reader, ENT_DOC_MAX_CLOCK, "a clock over 2^32-1");
      range.length =
        ent_read_uint_max (reader, ENT_DOC_MAX_CLOCK - range.clock, "a clock over 2^32-1");
      if (range.length && !ent_reader_failed (reader))
        g_array_append_val (ranges, range);
    }
  }
}

EntSnapshot *
ent_snapshot_decode (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (EntSnapshot) snapshot = snapshot_new ();
  EntReader reader;

  if (size > ENT_DOC_MAX_UPDATE_BYTES) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "The snapshot is over the limit of %u MiB", ENT_DOC_MAX_UPDATE_BYTES >> 20);
    return NULL;
  }
  ent_reader_init (&reader, data, size);
  read_deletes (&reader, snapshot->deleted);
  if (ent_reader_failed (&reader)) {
    ent_reader_set_error (&reader, "Could not read a snapshot", error);
    return NULL;
  }
  snapshot->known = ent_state_vector_decode (reader.at, reader.end - reader.at, error);
  if (!snapshot->known) {
    g_prefix_error (error, "Could not read a snapshot: ");
    return NULL;
  }
  tidy_ranges (snapshot->deleted);
  return g_steal_pointer (&snapshot);
}

/* Writes the ranges of a snapshot as a delete set. */
static void
write_deletes (EntWriter *writer, const EntSnapshot *snapshot)
{
  const GArray *ranges = snapshot->deleted;
  guint n_clients = 0;

  for (guint i = 0; i < ranges->len; i++)
    n_clients += i == 0 || range_at (snapshot, i)->client != range_at (snapshot, i - 1)->client;
  ent_write_uint (writer, n_clients);
  for (guint i = 0, n; i < ranges->len; i += n) {
    guint64 client = range_at (snapshot, i)->client;

    for (n = 1; i + n < ranges->len && range_at (snapshot, i + n)->client == client;)
      n++;
    ent_write_uint (writer, client);
    ent_write_uint (writer, n);
    for (guint k = 0; k < n; k++) {
      ent_write_uint (writer, range_at (snapshot, i + k)->clock);
      ent_write_uint (writer, range_at (snapshot, i + k)->length);
    }
  }
}

GBytes *
ent_snapshot_encode (const EntSnapshot *snapshot)
{
  g_autoptr (GBytes) vector = ent_state_vector_encode (snapshot->known);
  EntWriter writer;
  gsize size;
  const guint8 *data = g_bytes_get_data (vector, &size);

  ent_writer_init (&writer, size + snapshot->deleted->len * 4 + 16);
  write_deletes (&writer, snapshot);
  ent_write_raw (&writer, data, size);
  return ent_writer_end (&writer);
}

/* --- questions --- */

gboolean
ent_snapshot_equal (const EntSnapshot *a, const EntSnapshot *b)
{
  if (a->deleted->len != b->deleted->len ||
      ent_state_vector_compare (a->known, b->known) != ENT_STATE_EQUAL)
    return FALSE;
  for (guint i = 0; i < a->deleted->len; i++) {
    if (compare_ranges (range_at (a, i), range_at (b, i)) != 0 ||
        range_at (a, i)->length != range_at (b, i)->length)
      return FALSE;
  }
  return TRUE;
}

const EntStateVector *
ent_snapshot_get_state_vector (const EntSnapshot *snapshot)
{
  return snapshot->known;
}

/* How many units from clock on are deleted without a gap. */
static guint32
count_deleted (const EntSnapshot *snapshot, guint64 client, guint32 clock)
{
  guint low = 0;
  guint high = snapshot->deleted->len;
  const EntClockRange wanted = { client, clock };
  const EntClockRange *range;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (compare_ranges (range_at (snapshot, middle), &wanted) <= 0)
      low = middle + 1;
    else
      high = middle;
  }
  range = low ? range_at (snapshot, low - 1) : NULL;
  if (!range || range->client != client || range->clock + range->length <= clock)
    return 0;
  return range->clock + range->length - clock;
}

gboolean
ent_snapshot_shows (const EntSnapshot *snapshot, guint64 client, guint32 clock)
{
  return clock < ent_state_vector_get (snapshot->known, client) &&
         !count_deleted (snapshot, client, clock);
}

typedef struct {
  const EntSnapshot *snapshot;
  gboolean lacks;
} Coverage;

static void
cover_struct (const EntRef *ref, gpointer data)
{
  Coverage *coverage = data;

  if (ref->kind != ENT_KIND_SKIP &&
      ent_state_vector_get (coverage->snapshot->known, ref->client) < ref->clock + ref->length)
    coverage->lacks = TRUE;
}

static void
cover_range (guint64 client, guint32 clock, guint32 length, gpointer data)
{
  Coverage *coverage = data;

  if (count_deleted (coverage->snapshot, client, clock) < length)
    coverage->lacks = TRUE;
}

gboolean
ent_snapshot_covers_update (const EntSnapshot *snapshot, GBytes *update)
{
  Coverage coverage = { snapshot, FALSE };
  gsize size;
  const guint8 *data = g_bytes_get_data (update, &size);

  return ent_update_walk (data, size, cover_struct, cover_range, &coverage, NULL) &&
         !coverage.lacks;
}

/* --- bringing it back --- */

/* The structs of the document that the moment knew, as the structs of an update. */
typedef struct {
  const EntSnapshot *snapshot;
  guint64 client; /* of the block being written */
  guint32 clock; /* where it ends so far */
  guint n_structs; /* in it */
  EntWriter structs;
  EntWriter body; /* the blocks before it */
  guint n_clients;
  guint64 n_units;
  gboolean collected; /* content that showed is gone */
} Past;

static void
end_block (Past *past)
{
  if (past->n_structs) {
    past->n_clients++;
    past->n_units += past->clock;
    ent_write_uint (&past->body, past->n_structs);
    ent_write_uint (&past->body, past->client);
    ent_write_uint (&past->body, 0);
    ent_write_raw (&past->body, past->structs.data, past->structs.size);
  }
  past->structs.size = 0;
  past->n_structs = 0;
}

/* The first n units of a text; half of a character outside the BMP becomes U+FFFD, as when yjs
 * splits there. */
static void
write_text_head (EntWriter *writer, const EntRef *ref, guint32 n)
{
  gboolean inside_pair;
  gsize size = ent_utf8_offset_of_unit (ref->content, ref->content_size, n, NULL, &inside_pair);

  ent_write_uint (writer, size + (inside_pair ? 3 : 0));
  ent_write_raw (writer, ref->content, size);
  if (inside_pair)
    ent_write_raw (writer, "\xef\xbf\xbd", 3);
}

/* The first n units of a struct that has more. */
static void
write_struct_head (EntWriter *writer, const EntRef *ref, guint32 n)
{
  EntHead head = {
    .kind = ref->kind,
    .has_origin = (ref->info & ENT_INFO_ORIGIN) != 0,
    .has_right = (ref->info & ENT_INFO_RIGHT) != 0,
    .has_sub = (ref->info & ENT_INFO_SUB) != 0,
    .origin_client = ref->origin_client,
    .origin_clock = ref->origin_clock,
    .right_client = ref->right_client,
    .right_clock = ref->right_clock,
    .root = ref->root,
    .root_size = ref->root_size,
    .parent_client = ref->parent_client,
    .parent_clock = ref->parent_clock,
    .sub = ref->sub,
    .sub_size = ref->sub_size,
  };
  gsize size = ref->content_size;

  if (ref->kind == ENT_KIND_GC) {
    ent_write_u8 (writer, ENT_KIND_GC);
    ent_write_uint (writer, n);
    return;
  }
  ent_write_head (writer, &head);
  if (ref->kind == ENT_KIND_STRING) {
    write_text_head (writer, ref, n);
    return;
  }
  if (ref->kind == ENT_KIND_ANY || ref->kind == ENT_KIND_JSON)
    size = ent_content_offset (ref->kind, ref->content, ref->content_size, n);
  ent_write_content (writer, ref->kind, ref->content, size, n, 0, ref->type_number);
}

static void
take_past_struct (const EntRef *ref, gpointer data)
{
  Past *past = data;
  guint32 known = ent_state_vector_get (past->snapshot->known, ref->client);
  guint32 n;

  if (ref->client != past->client) {
    end_block (past);
    past->client = ref->client;
    past->clock = 0;
  }
  /* Structs come without gaps from clock 0 on; only what waits comes after a Skip. */
  if (ref->kind == ENT_KIND_SKIP || ref->clock != past->clock || ref->clock >= known)
    return;
  n = MIN (ref->length, known - ref->clock);
  if ((ref->kind == ENT_KIND_GC || ref->kind == ENT_KIND_DELETED) &&
      count_deleted (past->snapshot, ref->client, ref->clock) < n)
    past->collected = TRUE;
  if (n == ref->length)
    ent_ref_write (&past->structs, ref, 0);
  else
    write_struct_head (&past->structs, ref, n);
  past->clock += n;
  past->n_structs++;
}

static guint64
count_known (const EntStateVector *vector)
{
  guint64 n_units = 0;

  for (guint i = 0; i < ent_state_vector_get_length (vector); i++) {
    guint64 client;
    guint32 clock;

    ent_state_vector_get_nth (vector, i, &client, &clock);
    n_units += clock;
  }
  return n_units;
}

/* The ranges of the snapshot without those of units it does not know. */
static EntSnapshot *
cut_deletes (const EntSnapshot *snapshot)
{
  EntSnapshot *cut = snapshot_new ();

  cut->known = ent_state_vector_copy (snapshot->known);
  for (guint i = 0; i < snapshot->deleted->len; i++) {
    const EntClockRange *range = range_at (snapshot, i);

    take_known_range (range->client, range->clock, range->length, cut);
  }
  return cut;
}

static gboolean
check_past (const Past *past, GError **error)
{
  if (past->n_units != count_known (past->snapshot->known)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_RANGE,
      "Could not bring back a moment of the document: it does not hold all that was known then");
    return FALSE;
  }
  if (past->collected) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_GONE,
      "Could not bring back a moment of the document: what was deleted since was not kept");
    return FALSE;
  }
  return TRUE;
}

GBytes *
ent_snapshot_encode_state (const EntSnapshot *snapshot, EntDoc *doc, GError **error)
{
  g_autoptr (GBytes) state = NULL;
  g_autoptr (EntSnapshot) cut = NULL;
  g_autoptr (GBytes) update = NULL;
  Past past = { .snapshot = snapshot, .client = G_MAXUINT64 };
  gsize size;
  const guint8 *data;

  g_return_val_if_fail (!ent_doc_in_transaction (doc), NULL);

  state = ent_doc_encode (doc);
  data = g_bytes_get_data (state, &size);
  ent_writer_init (&past.structs, 1024);
  ent_writer_init (&past.body, size);
  if (ent_update_walk (data, size, take_past_struct, NULL, &past, error)) {
    end_block (&past);
    if (check_past (&past, error)) {
      EntWriter writer;

      cut = cut_deletes (snapshot);
      ent_writer_init (&writer, past.body.size + cut->deleted->len * 8 + 32);
      ent_write_uint (&writer, past.n_clients);
      ent_write_raw (&writer, past.body.data, past.body.size);
      write_deletes (&writer, cut);
      update = ent_writer_end (&writer);
    }
  }
  ent_writer_clear (&past.structs);
  ent_writer_clear (&past.body);
  return g_steal_pointer (&update);
}

EntDoc *
ent_snapshot_restore (const EntSnapshot *snapshot,
  EntDoc *doc,
  guint64 client_id,
  EntDocFlags flags,
  GError **error)
{
  g_autoptr (GBytes) update = ent_snapshot_encode_state (snapshot, doc, error);
  g_autoptr (EntDoc) restored = NULL;

  if (!update)
    return NULL;
  restored = ent_doc_new (client_id, flags);
  if (!ent_doc_apply_bytes (restored, update, NULL, error))
    return NULL;
  if (ent_doc_has_pending_structs (restored)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_RANGE,
      "Could not bring back a moment of the document: there never was one that knew just this");
    return NULL;
  }
  return g_steal_pointer (&restored);
}
