#include "document/ent-awareness.h"

#include <string.h>

#include "document/ent-doc-json.h"
#include "document/ent-doc-wire.h"

typedef struct {
  guint64 client;
  guint64 clock;
  char *state; /* JSON, or NULL when gone */
  gint64 heard_ms;
} Entry;

struct _EntAwareness {
  guint64 client_id;
  GHashTable *entries; /* guint64 -> Entry */
  guint n_states;
  EntAwarenessObserver observer;
  gpointer observer_data;
};

/* What one change did; told to the observer when it ends. */
typedef struct {
  GArray *added;
  GArray *updated;
  GArray *removed;
} Changes;

static void
changes_init (Changes *changes)
{
  changes->added = g_array_new (FALSE, FALSE, sizeof (guint64));
  changes->updated = g_array_new (FALSE, FALSE, sizeof (guint64));
  changes->removed = g_array_new (FALSE, FALSE, sizeof (guint64));
}

static void
changes_clear (Changes *changes)
{
  g_clear_pointer (&changes->added, g_array_unref);
  g_clear_pointer (&changes->updated, g_array_unref);
  g_clear_pointer (&changes->removed, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Changes, changes_clear)

static void
tell (EntAwareness *awareness, const Changes *changes, gconstpointer origin, gboolean is_local)
{
  EntAwarenessEvent event = {
    .added = (const guint64 *) changes->added->data,
    .n_added = changes->added->len,
    .updated = (const guint64 *) changes->updated->data,
    .n_updated = changes->updated->len,
    .removed = (const guint64 *) changes->removed->data,
    .n_removed = changes->removed->len,
    .origin = origin,
    .is_local = is_local,
  };

  if (awareness->observer && (event.n_added || event.n_updated || event.n_removed))
    awareness->observer (awareness, &event, awareness->observer_data);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->state);
  g_free (entry);
}

EntAwareness *
ent_awareness_new (guint64 client_id)
{
  EntAwareness *awareness = g_new0 (EntAwareness, 1);

  awareness->client_id = client_id;
  awareness->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, entry_free);
  return awareness;
}

void
ent_awareness_free (EntAwareness *awareness)
{
  g_hash_table_unref (awareness->entries);
  g_free (awareness);
}

void
ent_awareness_set_observer (EntAwareness *awareness, EntAwarenessObserver observer, gpointer data)
{
  awareness->observer = observer;
  awareness->observer_data = data;
}

guint64
ent_awareness_get_client_id (EntAwareness *awareness)
{
  return awareness->client_id;
}

static Entry *
find (EntAwareness *awareness, guint64 client)
{
  return g_hash_table_lookup (awareness->entries, &client);
}

static Entry *
ensure (EntAwareness *awareness, guint64 client)
{
  Entry *entry = find (awareness, client);

  if (entry)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->client = client;
  g_hash_table_insert (awareness->entries, &entry->client, entry);
  return entry;
}

/* Sets a state and files the change under what it is. */
static void
put_state (EntAwareness *awareness, Entry *entry, char *take_state, Changes *changes)
{
  GArray *list;

  if (!entry->state && !take_state)
    return;
  list = !entry->state ? changes->added : take_state ? changes->updated : changes->removed;
  awareness->n_states += (take_state != NULL) - (entry->state != NULL);
  g_free (entry->state);
  entry->state = take_state;
  g_array_append_val (list, entry->client);
}

/* A stranger who knows our ID can use up its clocks; none is ever used twice. */
static gboolean
has_clocks (const Entry *entry)
{
  return entry->clock < ENT_AWARENESS_MAX_CLOCK;
}

static void
raise_clock (Entry *entry)
{
  entry->clock += has_clocks (entry);
}

void
ent_awareness_set_client_id (EntAwareness *awareness, guint64 client_id, gint64 now_ms)
{
  g_auto (Changes) changes = { 0 };
  Entry *old = find (awareness, awareness->client_id);
  Entry *fresh;
  g_autofree char *state = NULL;

  if (client_id == awareness->client_id)
    return;
  changes_init (&changes);
  awareness->client_id = client_id;
  if (old && old->state) {
    state = g_strdup (old->state);
    raise_clock (old);
    put_state (awareness, old, NULL, &changes);
    fresh = ensure (awareness, client_id);
    raise_clock (fresh);
    fresh->heard_ms = now_ms;
    put_state (awareness, fresh, g_steal_pointer (&state), &changes);
  }
  tell (awareness, &changes, NULL, TRUE);
}

gboolean
ent_awareness_set_state (EntAwareness *awareness, const char *json, gint64 now_ms, GError **error)
{
  g_auto (Changes) changes = { 0 };
  Entry *own = find (awareness, awareness->client_id);

  g_return_val_if_fail (awareness->client_id != 0, FALSE);

  if (json && strlen (json) > ENT_AWARENESS_MAX_STATE_BYTES) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "Could not announce a state of presence: it is over the limit of %u KiB",
      ENT_AWARENESS_MAX_STATE_BYTES >> 10);
    return FALSE;
  }
  if (json && !ent_json_is_valid (json, strlen (json), ENT_AWARENESS_MAX_DEPTH)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_INVALID,
      "Could not announce a state of presence: it is not JSON");
    return FALSE;
  }
  if (own && !has_clocks (own)) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_CLASH,
      "Could not announce a state of presence: somebody else has used up the clocks of this client "
      "ID");
    return FALSE;
  }
  changes_init (&changes);
  own = ensure (awareness, awareness->client_id);
  raise_clock (own);
  own->heard_ms = now_ms;
  if (json && g_str_equal (json, "null"))
    json = NULL;
  put_state (awareness, own, g_strdup (json), &changes);
  tell (awareness, &changes, NULL, TRUE);
  return TRUE;
}

const char *
ent_awareness_get_state (EntAwareness *awareness, guint64 client)
{
  Entry *entry = find (awareness, client);

  return entry ? entry->state : NULL;
}

guint64
ent_awareness_get_clock (EntAwareness *awareness, guint64 client)
{
  Entry *entry = find (awareness, client);

  return entry ? entry->clock : 0;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

GArray *
ent_awareness_list_clients (EntAwareness *awareness)
{
  GArray *clients = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, awareness->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (((Entry *) value)->state)
      g_array_append_val (clients, ((Entry *) value)->client);
  }
  g_array_sort (clients, compare_ids);
  return clients;
}

GBytes *
ent_awareness_encode (EntAwareness *awareness, const guint64 *clients, gsize n_clients)
{
  g_autoptr (GArray) all = clients ? NULL : ent_awareness_list_clients (awareness);
  EntWriter writer;
  gsize n = 0;

  if (!clients) {
    clients = (const guint64 *) all->data;
    n_clients = all->len;
  }
  for (gsize i = 0; i < n_clients; i++)
    n += find (awareness, clients[i]) != NULL;
  ent_writer_init (&writer, 64);
  ent_write_uint (&writer, n);
  for (gsize i = 0; i < n_clients; i++) {
    Entry *entry = find (awareness, clients[i]);
    const char *state;

    if (!entry)
      continue;
    state = entry->state ? entry->state : "null";
    ent_write_uint (&writer, entry->client);
    ent_write_uint (&writer, entry->clock);
    ent_write_bytes (&writer, state, strlen (state));
  }
  return ent_writer_end (&writer);
}

/* --- reading --- */

typedef struct {
  guint64 client;
  guint64 clock;
  const char *state; /* NULL for null */
  gsize size;
} Incoming;

static void
read_entry (EntReader *reader, Incoming *entry)
{
  entry->client = ent_read_uint (reader);
  entry->clock = ent_read_uint (reader);
  entry->state = ent_read_string (reader, &entry->size, NULL, NULL);
  if (entry->size > ENT_AWARENESS_MAX_STATE_BYTES)
    ent_reader_fail (reader, ENT_DOC_ERROR_TOO_LARGE, "a state over 64 KiB");
  if (ent_reader_failed (reader))
    return;
  if (!ent_json_is_valid (entry->state, entry->size, ENT_AWARENESS_MAX_DEPTH) ||
      memchr (entry->state, 0, entry->size))
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "a state that is not JSON");
  else if (entry->size == 4 && memcmp (entry->state, "null", 4) == 0)
    entry->state = NULL;
}

/* All entries of an update, or NULL with the error set. */
static GArray *
read_update (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Incoming));
  EntReader reader;
  guint64 n;

  if (size > ENT_AWARENESS_MAX_UPDATE_BYTES) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "The presence update is over the limit of %u MiB", ENT_AWARENESS_MAX_UPDATE_BYTES >> 20);
    return NULL;
  }
  ent_reader_init (&reader, data, size);
  n = ent_read_uint_max (&reader, ENT_AWARENESS_MAX_STATES, "too many states");
  for (guint64 i = 0; i < n && !ent_reader_failed (&reader); i++) {
    Incoming entry = { 0 };

    read_entry (&reader, &entry);
    g_array_append_val (entries, entry);
  }
  if (!ent_reader_failed (&reader) && reader.at != reader.end)
    ent_reader_fail (&reader, ENT_DOC_ERROR_MALFORMED, "bytes after the end");
  if (!ent_reader_failed (&reader))
    return g_steal_pointer (&entries);
  ent_reader_set_error (&reader, "Could not read a presence update", error);
  return NULL;
}

static void
apply_entry (EntAwareness *awareness, const Incoming *incoming, gint64 now_ms, Changes *changes)
{
  Entry *entry = find (awareness, incoming->client);
  guint64 clock = entry ? entry->clock : 0;
  gboolean is_alive = entry && entry->state;

  if (!(incoming->clock > clock || (incoming->clock == clock && !incoming->state && is_alive)))
    return;
  if (incoming->client == awareness->client_id && !incoming->state && is_alive &&
      incoming->clock < ENT_AWARENESS_MAX_CLOCK) {
    /* Somebody says that we are gone: stay, with a newer clock. */
    entry->clock = incoming->clock + 1;
    entry->heard_ms = now_ms;
    g_array_append_val (changes->updated, entry->client);
    return;
  }
  entry = ensure (awareness, incoming->client);
  entry->clock = incoming->clock;
  entry->heard_ms = now_ms;
  put_state (awareness, entry, incoming->state ? g_strndup (incoming->state, incoming->size) : NULL,
    changes);
}

/* Forgets clients long gone when strangers have made up too many. */
static void
bound_entries (EntAwareness *awareness)
{
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (awareness->entries) <= 8 * ENT_AWARENESS_MAX_STATES)
    return;
  g_hash_table_iter_init (&iter, awareness->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (!((Entry *) value)->state && ((Entry *) value)->client != awareness->client_id)
      g_hash_table_iter_remove (&iter);
  }
}

static guint
count_new (EntAwareness *awareness, const GArray *entries)
{
  guint n = 0;

  for (guint i = 0; i < entries->len; i++) {
    const Incoming *incoming = &g_array_index (entries, Incoming, i);

    n += incoming->state && !ent_awareness_get_state (awareness, incoming->client);
  }
  return n;
}

gboolean
ent_awareness_apply (EntAwareness *awareness,
  const guint8 *data,
  gsize size,
  gint64 now_ms,
  gconstpointer origin,
  GError **error)
{
  g_autoptr (GArray) entries = read_update (data, size, error);
  g_auto (Changes) changes = { 0 };

  changes_init (&changes);
  if (!entries)
    return FALSE;
  if (awareness->n_states + count_new (awareness, entries) > ENT_AWARENESS_MAX_STATES) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "The presence update brings more than %u people", ENT_AWARENESS_MAX_STATES);
    return FALSE;
  }
  for (guint i = 0; i < entries->len; i++)
    apply_entry (awareness, &g_array_index (entries, Incoming, i), now_ms, &changes);
  bound_entries (awareness);
  tell (awareness, &changes, origin, FALSE);
  return TRUE;
}

void
ent_awareness_remove (EntAwareness *awareness,
  const guint64 *clients,
  gsize n_clients,
  gconstpointer origin)
{
  g_auto (Changes) changes = { 0 };

  changes_init (&changes);
  for (gsize i = 0; i < n_clients; i++) {
    Entry *entry = find (awareness, clients[i]);

    if (!entry || !entry->state)
      continue;
    if (entry->client == awareness->client_id)
      raise_clock (entry);
    put_state (awareness, entry, NULL, &changes);
  }
  tell (awareness, &changes, origin, FALSE);
}

void
ent_awareness_tick (EntAwareness *awareness, gint64 now_ms)
{
  g_auto (Changes) changes = { 0 };
  GHashTableIter iter;
  gpointer value;

  changes_init (&changes);
  g_hash_table_iter_init (&iter, awareness->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Entry *entry = value;
    gint64 age_ms = now_ms - entry->heard_ms;

    if (!entry->state)
      continue;
    if (entry->client != awareness->client_id) {
      if (age_ms >= ENT_AWARENESS_TIMEOUT_MS)
        put_state (awareness, entry, NULL, &changes);
    } else if (age_ms >= ENT_AWARENESS_RENEW_MS && !has_clocks (entry)) {
      put_state (awareness, entry, NULL, &changes);
    } else if (age_ms >= ENT_AWARENESS_RENEW_MS) {
      raise_clock (entry);
      entry->heard_ms = now_ms;
      g_array_append_val (changes.updated, entry->client);
    }
  }
  tell (awareness, &changes, NULL, TRUE);
}

GArray *
ent_awareness_inspect (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (GArray) entries = read_update (data, size, error);
  GArray *result;

  if (!entries)
    return NULL;
  result = g_array_new (FALSE, FALSE, sizeof (EntAwarenessEntry));
  for (guint i = 0; i < entries->len; i++) {
    const Incoming *incoming = &g_array_index (entries, Incoming, i);
    EntAwarenessEntry entry = { incoming->client, incoming->clock, !incoming->state };

    g_array_append_val (result, entry);
  }
  return result;
}
