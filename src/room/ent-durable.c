#include "room/ent-durable.h"

typedef struct {
  guint32 start;
  guint32 end; /* exclusive */
} Span;

struct _EntDurable {
  EntStateVector *written;
  GHashTable *deleted; /* client (gint64) -> GArray of Span: ascending, apart */
};

EntDurable *
ent_durable_new (void)
{
  EntDurable *durable = g_new0 (EntDurable, 1);

  durable->written = ent_state_vector_new ();
  durable->deleted =
    g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_array_unref);
  return durable;
}

void
ent_durable_free (EntDurable *durable)
{
  ent_state_vector_free (durable->written);
  g_hash_table_unref (durable->deleted);
  g_free (durable);
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *left = a;
  const Span *right = b;

  return left->start < right->start ? -1 : left->start > right->start;
}

/* Sorted and joined where they touch. */
static void
normalize (GArray *spans)
{
  guint n = 0;

  g_array_sort (spans, compare_spans);
  for (guint i = 1; i < spans->len; i++) {
    Span *last = &g_array_index (spans, Span, n);
    const Span *next = &g_array_index (spans, Span, i);

    if (next->start <= last->end)
      last->end = MAX (last->end, next->end);
    else
      g_array_index (spans, Span, ++n) = *next;
  }
  g_array_set_size (spans, n + 1);
}

static GArray *
get_spans (EntDurable *durable, guint64 client)
{
  GArray *spans = g_hash_table_lookup (durable->deleted, &client);

  if (spans == NULL) {
    spans = g_array_new (FALSE, FALSE, sizeof (Span));
    g_hash_table_insert (durable->deleted, g_memdup2 (&client, sizeof client), spans);
  }
  return spans;
}

/* The ranges come by client, so that each client's spans are put in order once. */
static void
add_deleted (EntDurable *durable, const GArray *ranges)
{
  for (guint i = 0; i < ranges->len;) {
    guint64 client = g_array_index (ranges, EntClockRange, i).client;
    GArray *spans = get_spans (durable, client);

    for (; i < ranges->len && g_array_index (ranges, EntClockRange, i).client == client; i++) {
      const EntClockRange *range = &g_array_index (ranges, EntClockRange, i);
      Span span = { range->clock, range->clock + range->length };

      g_array_append_val (spans, span);
    }
    normalize (spans);
  }
}

void
ent_durable_take (EntDurable *durable, GBytes *sv, GBytes *deleted)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (sv, &size);
  EntStateVector *written = ent_state_vector_decode (data, size, NULL);
  g_autoptr (EntUpdateInfo) info = NULL;

  if (written != NULL) {
    ent_state_vector_free (durable->written);
    durable->written = written;
  }
  if (deleted != NULL)
    info = ent_update_inspect (deleted, NULL);
  if (info != NULL)
    add_deleted (durable, info->deleted);
}

static gboolean
is_deleted (EntDurable *durable, const EntClockRange *range)
{
  GArray *spans = g_hash_table_lookup (durable->deleted, &range->client);

  for (guint i = 0; spans != NULL && i < spans->len; i++) {
    const Span *span = &g_array_index (spans, Span, i);

    if (span->end > range->clock)
      return span->start <= range->clock && range->clock + range->length <= span->end;
  }
  return FALSE;
}

gboolean
ent_durable_covers_update (EntDurable *durable, GBytes *update)
{
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, NULL);

  if (info == NULL)
    return FALSE;
  for (guint i = 0; i < info->created->len; i++) {
    const EntClockRange *range = &g_array_index (info->created, EntClockRange, i);

    if (ent_state_vector_get (durable->written, range->client) < range->clock + range->length)
      return FALSE;
  }
  for (guint i = 0; i < info->deleted->len; i++)
    if (!is_deleted (durable, &g_array_index (info->deleted, EntClockRange, i)))
      return FALSE;
  return TRUE;
}

gboolean
ent_durable_covers_vector (EntDurable *durable, const EntStateVector *vector)
{
  return ent_state_vector_covers (durable->written, vector);
}
