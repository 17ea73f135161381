#include "document/ent-doc-update.h"

#include <string.h>

#include "document/ent-doc-wire.h"

/* One struct inside the bytes of an update. */
typedef struct {
  guint64 client;
  guint32 clock;
  guint32 length;
  const guint8 *start;
  gsize size;
  guint order;
} Piece;

typedef struct {
  GArray *pieces; /* Piece */
  GArray *ranges; /* EntClockRange */
} Parts;

static void
take_piece (const EntRef *ref, gpointer data)
{
  Parts *parts = data;
  Piece piece = { ref->client, ref->clock, ref->length, ref->start, ref->end - ref->start,
    parts->pieces->len };

  if (ref->kind != ENT_KIND_SKIP)
    g_array_append_val (parts->pieces, piece);
}

static void
take_range (guint64 client, guint32 clock, guint32 length, gpointer data)
{
  Parts *parts = data;
  EntClockRange range = { client, clock, length };

  g_array_append_val (parts->ranges, range);
}

static void
parts_clear (Parts *parts)
{
  g_array_unref (parts->pieces);
  g_array_unref (parts->ranges);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static void
parts_init (Parts *parts)
{
  parts->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  parts->ranges = g_array_new (FALSE, FALSE, sizeof (EntClockRange));
}

static int
compare_pieces (gconstpointer a, gconstpointer b)
{
  const Piece *x = a;
  const Piece *y = b;

  if (x->client != y->client)
    return x->client > y->client ? -1 : 1;
  if (x->clock != y->clock)
    return x->clock < y->clock ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
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

static void
join_ranges (GArray *ranges)
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

/* A struct that takes its key from a neighbour is written without the mark of a key, as yjs does
 * when it writes what it has read. */
static void
write_piece (EntWriter *writer, const Piece *piece, guint32 offset)
{
  gsize start = writer->size;
  EntReader reader;
  EntRef ref;

  ent_reader_init (&reader, piece->start, piece->size);
  ent_ref_read (&reader, piece->client, piece->clock, &ref);
  ent_ref_write (writer, &ref, offset);
  if (ref.kind != ENT_KIND_GC && ref.info & (ENT_INFO_ORIGIN | ENT_INFO_RIGHT))
    writer->data[start] &= (guint8) ~ENT_INFO_SUB;
}

/* The pieces of one client from known on, without overlap and with Skips over holes; the number of
 * structs written. *start is the clock they begin at. */
static guint
write_client (EntWriter *writer, const Piece *pieces, guint n_pieces, guint32 known, guint32 *start)
{
  guint32 clock = known;
  guint n = 0;

  for (guint i = 0; i < n_pieces; i++) {
    const Piece *piece = &pieces[i];

    if (piece->clock + piece->length <= clock)
      continue;
    if (n == 0) {
      clock = *start = MAX (clock, piece->clock);
    } else if (piece->clock > clock) {
      ent_write_u8 (writer, ENT_KIND_SKIP);
      ent_write_uint (writer, piece->clock - clock);
      clock = piece->clock;
      n++;
    }
    write_piece (writer, piece, clock - piece->clock);
    clock = piece->clock + piece->length;
    n++;
  }
  return n;
}

static void
write_ranges (EntWriter *writer, const EntClockRange *ranges, guint n_ranges)
{
  guint n_clients = 0;

  for (guint i = 0; i < n_ranges; i++)
    n_clients += i == 0 || ranges[i].client != ranges[i - 1].client;
  ent_write_uint (writer, n_clients);
  for (guint i = 0, n; i < n_ranges; i += n) {
    for (n = 1; i + n < n_ranges; n++) {
      if (ranges[i + n].client != ranges[i].client)
        break;
    }
    ent_write_uint (writer, ranges[i].client);
    ent_write_uint (writer, n);
    for (guint k = 0; k < n; k++) {
      ent_write_uint (writer, ranges[i + k].clock);
      ent_write_uint (writer, ranges[i + k].length);
    }
  }
}

static GBytes *
write_parts (Parts *parts, const EntStateVector *known)
{
  GArray *pieces = parts->pieces;
  EntWriter body;
  EntWriter writer;
  guint n_clients = 0;

  g_array_sort (pieces, compare_pieces);
  join_ranges (parts->ranges);
  ent_writer_init (&body, 1024);
  for (guint i = 0, n; i < pieces->len; i += n) {
    const Piece *first = &g_array_index (pieces, Piece, i);
    EntWriter structs;
    guint32 start = 0;
    guint n_structs;

    for (n = 1; i + n < pieces->len; n++) {
      if (g_array_index (pieces, Piece, i + n).client != first->client)
        break;
    }
    ent_writer_init (&structs, 1024);
    n_structs = write_client (
      &structs, first, n, known ? ent_state_vector_get (known, first->client) : 0, &start);
    if (n_structs) {
      n_clients++;
      ent_write_uint (&body, n_structs);
      ent_write_uint (&body, first->client);
      ent_write_uint (&body, start);
      ent_write_raw (&body, structs.data, structs.size);
    }
    ent_writer_clear (&structs);
  }
  ent_writer_init (&writer, body.size + 16);
  ent_write_uint (&writer, n_clients);
  ent_write_raw (&writer, body.data, body.size);
  ent_writer_clear (&body);
  write_ranges (&writer, (const EntClockRange *) parts->ranges->data, parts->ranges->len);
  return ent_writer_end (&writer);
}

static gboolean
read_parts (Parts *parts, GBytes *update, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (update, &size);

  return ent_update_walk (data, size, take_piece, take_range, parts, error);
}

GBytes *
ent_update_merge (GBytes *const *updates, gsize n_updates, GError **error)
{
  g_auto (Parts) parts = { 0 };

  parts_init (&parts);
  for (gsize i = 0; i < n_updates; i++) {
    if (!read_parts (&parts, updates[i], error))
      return NULL;
  }
  return n_updates == 1 ? g_bytes_ref (updates[0]) : write_parts (&parts, NULL);
}

GBytes *
ent_update_diff (GBytes *update, const EntStateVector *known, GError **error)
{
  g_auto (Parts) parts = { 0 };

  parts_init (&parts);
  if (!read_parts (&parts, update, error))
    return NULL;
  return write_parts (&parts, known);
}

EntStateVector *
ent_update_dup_state_vector (GBytes *update, GError **error)
{
  g_auto (Parts) parts = { 0 };
  EntStateVector *vector;

  parts_init (&parts);
  if (!read_parts (&parts, update, error))
    return NULL;
  vector = ent_state_vector_new ();
  g_array_sort (parts.pieces, compare_pieces);
  /* Clients from the lowest up, so that the vector grows at its end. */
  for (guint end = parts.pieces->len; end > 0;) {
    guint64 client = g_array_index (parts.pieces, Piece, end - 1).client;
    guint start = end - 1;
    guint32 clock = 0;

    while (start > 0 && g_array_index (parts.pieces, Piece, start - 1).client == client)
      start--;
    for (guint i = start; i < end; i++) {
      const Piece *piece = &g_array_index (parts.pieces, Piece, i);

      if (piece->clock <= clock)
        clock = MAX (clock, piece->clock + piece->length);
    }
    if (clock)
      ent_state_vector_set (vector, client, clock);
    end = start;
  }
  return vector;
}

typedef struct {
  EntUpdateInfo *info;
  GHashTable *listed; /* names in info->roots, lent */
} Inspection;

static void
inspect_struct (const EntRef *ref, gpointer data)
{
  Inspection *inspection = data;
  EntUpdateInfo *info = inspection->info;
  EntClockRange range = { ref->client, ref->clock, ref->length };
  g_autofree char *name = NULL;

  if (ref->kind == ENT_KIND_SKIP) {
    info->n_skips++;
    return;
  }
  info->n_structs++;
  info->content_bytes += ref->content_size;
  if (ref->kind == ENT_KIND_STRING)
    info->text_bytes += ref->content_size;
  g_array_append_val (info->created, range);
  if (!ref->root) {
    info->all_resolved = FALSE;
    return;
  }
  name = g_strndup (ref->root, ref->root_size);
  if (g_hash_table_contains (inspection->listed, name))
    return;
  g_hash_table_add (inspection->listed, name);
  g_ptr_array_add (info->roots, g_steal_pointer (&name));
}

static void
inspect_range (guint64 client, guint32 clock, guint32 length, gpointer data)
{
  Inspection *inspection = data;
  EntClockRange range = { client, clock, length };

  g_array_append_val (inspection->info->deleted, range);
}

EntUpdateInfo *
ent_update_inspect (GBytes *update, GError **error)
{
  g_autoptr (EntUpdateInfo) info = g_new0 (EntUpdateInfo, 1);
  gsize size;
  const guint8 *data = g_bytes_get_data (update, &size);
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);
  Inspection inspection = { info, listed };

  info->roots = g_ptr_array_new_with_free_func (g_free);
  info->created = g_array_new (FALSE, FALSE, sizeof (EntClockRange));
  info->deleted = g_array_new (FALSE, FALSE, sizeof (EntClockRange));
  info->all_resolved = TRUE;
  if (!ent_update_walk (data, size, inspect_struct, inspect_range, &inspection, error))
    return NULL;
  join_ranges (info->created);
  join_ranges (info->deleted);
  for (guint i = 0; i < info->deleted->len; i++)
    info->n_deleted_units += g_array_index (info->deleted, EntClockRange, i).length;
  return g_steal_pointer (&info);
}

void
ent_update_info_free (EntUpdateInfo *info)
{
  g_ptr_array_unref (info->roots);
  g_array_unref (info->created);
  g_array_unref (info->deleted);
  g_free (info);
}

GBytes *
ent_update_new_deletions (const EntClockRange *ranges, guint n_ranges)
{
  EntWriter writer;

  ent_writer_init (&writer, 16);
  ent_write_uint (&writer, 0);
  write_ranges (&writer, ranges, n_ranges);
  return ent_writer_end (&writer);
}

gboolean
ent_update_info_only_creates (const EntUpdateInfo *info, guint64 client)
{
  for (guint i = 0; i < info->created->len; i++) {
    if (g_array_index (info->created, EntClockRange, i).client != client)
      return FALSE;
  }
  return TRUE;
}

gboolean
ent_update_is_empty (GBytes *update)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (update, &size);

  return size == 2 && data[0] == 0 && data[1] == 0;
}
