#include "document/ent-state-vector.h"

#include "document/ent-doc-wire.h"

typedef struct {
  guint64 client;
  guint32 clock;
} Entry;

struct _EntStateVector {
  GArray *entries; /* Entry, ascending by client */
};

#define entry_at(vector, i) (&g_array_index ((vector)->entries, Entry, (i)))

EntStateVector *
ent_state_vector_new (void)
{
  EntStateVector *vector = g_new0 (EntStateVector, 1);

  vector->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  return vector;
}

EntStateVector *
ent_state_vector_copy (const EntStateVector *vector)
{
  EntStateVector *copy = g_new0 (EntStateVector, 1);

  copy->entries = g_array_copy (vector->entries);
  return copy;
}

void
ent_state_vector_free (EntStateVector *vector)
{
  g_array_unref (vector->entries);
  g_free (vector);
}

/* The first entry whose client is not below client. */
static guint
find (const EntStateVector *vector, guint64 client)
{
  guint low = 0;
  guint high = vector->entries->len;

  if (high && entry_at (vector, high - 1)->client < client)
    return high;
  while (low < high) {
    guint middle = (low + high) / 2;

    if (entry_at (vector, middle)->client < client)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

guint32
ent_state_vector_get (const EntStateVector *vector, guint64 client)
{
  guint i = find (vector, client);

  if (i < vector->entries->len && entry_at (vector, i)->client == client)
    return entry_at (vector, i)->clock;
  return 0;
}

void
ent_state_vector_set (EntStateVector *vector, guint64 client, guint32 clock)
{
  guint i = find (vector, client);
  Entry entry = { client, clock };

  if (i < vector->entries->len && entry_at (vector, i)->client == client)
    entry_at (vector, i)->clock = clock;
  else
    g_array_insert_val (vector->entries, i, entry);
}

guint
ent_state_vector_get_length (const EntStateVector *vector)
{
  return vector->entries->len;
}

void
ent_state_vector_get_nth (const EntStateVector *vector,
  guint index,
  guint64 *client,
  guint32 *clock)
{
  g_return_if_fail (index < vector->entries->len);

  *client = entry_at (vector, index)->client;
  *clock = entry_at (vector, index)->clock;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *x = a;
  const Entry *y = b;

  if (x->client != y->client)
    return x->client < y->client ? -1 : 1;
  return x->clock < y->clock ? -1 : x->clock > y->clock;
}

/* Sorts and keeps the highest clock of each client. */
static void
tidy (EntStateVector *vector)
{
  guint n = 0;

  g_array_sort (vector->entries, compare_entries);
  for (guint i = 0; i < vector->entries->len; i++) {
    if (n && entry_at (vector, n - 1)->client == entry_at (vector, i)->client)
      n--;
    *entry_at (vector, n) = *entry_at (vector, i);
    n++;
  }
  g_array_set_size (vector->entries, n);
}

EntStateVector *
ent_state_vector_decode (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (EntStateVector) vector = ent_state_vector_new ();
  EntReader reader;
  guint64 n;

  ent_reader_init (&reader, data, size);
  n = ent_read_uint_max (&reader, ENT_DOC_MAX_CLIENTS, "too many clients");
  for (guint64 i = 0; i < n && !ent_reader_failed (&reader); i++) {
    Entry entry = { 0 };

    entry.client = ent_read_uint (&reader);
    entry.clock = ent_read_uint_max (&reader, ENT_DOC_MAX_CLOCK, "a clock over 2^32-1");
    if (!ent_reader_failed (&reader))
      g_array_append_val (vector->entries, entry);
  }
  if (!ent_reader_failed (&reader) && reader.at != reader.end)
    ent_reader_fail (&reader, ENT_DOC_ERROR_MALFORMED, "bytes after the end");
  if (ent_reader_failed (&reader)) {
    ent_reader_set_error (&reader, "Could not read a state vector", error);
    return NULL;
  }
  tidy (vector);
  return g_steal_pointer (&vector);
}

GBytes *
ent_state_vector_encode (const EntStateVector *vector)
{
  EntWriter writer;

  ent_writer_init (&writer, vector->entries->len * 8);
  ent_write_uint (&writer, vector->entries->len);
  for (guint i = vector->entries->len; i > 0; i--) {
    ent_write_uint (&writer, entry_at (vector, i - 1)->client);
    ent_write_uint (&writer, entry_at (vector, i - 1)->clock);
  }
  return ent_writer_end (&writer);
}

gboolean
ent_state_vector_covers (const EntStateVector *vector, const EntStateVector *other)
{
  guint i = 0;

  for (guint k = 0; k < other->entries->len; k++) {
    const Entry *wanted = entry_at (other, k);

    while (i < vector->entries->len && entry_at (vector, i)->client < wanted->client)
      i++;
    if (wanted->clock == 0)
      continue;
    if (i == vector->entries->len || entry_at (vector, i)->client != wanted->client ||
        entry_at (vector, i)->clock < wanted->clock)
      return FALSE;
  }
  return TRUE;
}

EntStateOrder
ent_state_vector_compare (const EntStateVector *a, const EntStateVector *b)
{
  gboolean a_has_b = ent_state_vector_covers (a, b);
  gboolean b_has_a = ent_state_vector_covers (b, a);

  if (a_has_b)
    return b_has_a ? ENT_STATE_EQUAL : ENT_STATE_AHEAD;
  return b_has_a ? ENT_STATE_BEHIND : ENT_STATE_DIVERGED;
}

void
ent_state_vector_merge (EntStateVector *vector, const EntStateVector *other)
{
  g_array_append_vals (vector->entries, other->entries->data, other->entries->len);
  tidy (vector);
}

guint32
ent_state_vector_count_above (const EntStateVector *vector,
  const EntStateVector *base,
  guint64 client)
{
  guint32 known = ent_state_vector_get (vector, client);
  guint32 covered = ent_state_vector_get (base, client);

  return known > covered ? known - covered : 0;
}
