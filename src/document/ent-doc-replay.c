#include "document/ent-doc-replay.h"

/* Before a state is worth keeping. */
#define MIN_CHECKPOINT_BYTES (64u << 10)

/* Names nobody: nothing is written under it. */
#define READER_CLIENT_ID ENT_DOC_MAX_OWN_CLIENT_ID

typedef struct {
  GBytes *update;
  gint64 at_ms;
  guint64 end; /* bytes of all updates up to and with this one */
} Entry;

typedef struct {
  guint moment;
  GBytes *state;
} Checkpoint;

struct _EntReplay {
  GArray *entries; /* Entry */
  GArray *checkpoints; /* Checkpoint, by moment; the first is moment 0 */
  gsize checkpoint_bytes;
  EntDoc *doc;
  guint moment;
};

#define entry_at(replay, i) (&g_array_index ((replay)->entries, Entry, (i)))
#define checkpoint_at(replay, i) (&g_array_index ((replay)->checkpoints, Checkpoint, (i)))

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_bytes_unref (entry->update);
}

static void
checkpoint_clear (gpointer data)
{
  Checkpoint *checkpoint = data;

  g_bytes_unref (checkpoint->state);
}

static void
add_checkpoint (EntReplay *replay, guint moment, GBytes *take_state)
{
  Checkpoint checkpoint = { moment, take_state };

  replay->checkpoint_bytes += g_bytes_get_size (take_state);
  g_array_append_val (replay->checkpoints, checkpoint);
}

static EntDoc *
load_state (GBytes *state, GError **error)
{
  g_autoptr (EntDoc) doc = ent_doc_new (READER_CLIENT_ID, ENT_DOC_DEFAULT);

  if (!ent_doc_apply_bytes (doc, state, NULL, error))
    return NULL;
  return g_steal_pointer (&doc);
}

EntReplay *
ent_replay_new (GBytes *state, GError **error)
{
  g_autoptr (GBytes) first = state ? g_bytes_ref (state) : g_bytes_new_static ("\0\0", 2);
  g_autoptr (EntDoc) doc = load_state (first, error);
  EntReplay *replay;

  if (!doc)
    return NULL;
  replay = g_new0 (EntReplay, 1);
  replay->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  replay->checkpoints = g_array_new (FALSE, FALSE, sizeof (Checkpoint));
  g_array_set_clear_func (replay->entries, entry_clear);
  g_array_set_clear_func (replay->checkpoints, checkpoint_clear);
  replay->doc = g_steal_pointer (&doc);
  add_checkpoint (replay, 0, g_steal_pointer (&first));
  return replay;
}

void
ent_replay_free (EntReplay *replay)
{
  g_clear_pointer (&replay->doc, ent_doc_unref);
  g_array_unref (replay->entries);
  g_array_unref (replay->checkpoints);
  g_free (replay);
}

/* Bytes of the updates before a moment. */
static guint64
bytes_before (EntReplay *replay, guint moment)
{
  return moment ? entry_at (replay, moment - 1)->end : 0;
}

gboolean
ent_replay_append (EntReplay *replay, GBytes *update, gint64 at_ms, GError **error)
{
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, error);
  guint n = replay->entries->len;
  Entry entry = { .at_ms = at_ms };

  if (!info)
    return FALSE;
  if (n)
    entry.at_ms = MAX (at_ms, entry_at (replay, n - 1)->at_ms);
  entry.end = bytes_before (replay, n) + g_bytes_get_size (update);
  entry.update = g_bytes_ref (update);
  g_array_append_val (replay->entries, entry);
  return TRUE;
}

guint
ent_replay_get_length (EntReplay *replay)
{
  return replay->entries->len;
}

gint64
ent_replay_get_time (EntReplay *replay, guint moment)
{
  g_return_val_if_fail (moment <= replay->entries->len, 0);

  if (replay->entries->len == 0)
    return 0;
  return entry_at (replay, moment ? moment - 1 : 0)->at_ms;
}

guint
ent_replay_find_moment (EntReplay *replay, gint64 at_ms)
{
  guint low = 0;
  guint high = replay->entries->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (entry_at (replay, middle)->at_ms <= at_ms)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The last checkpoint that is not after moment. */
static const Checkpoint *
find_checkpoint (EntReplay *replay, guint moment)
{
  guint low = 1;
  guint high = replay->checkpoints->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (checkpoint_at (replay, middle)->moment <= moment)
      low = middle + 1;
    else
      high = middle;
  }
  return checkpoint_at (replay, low - 1);
}

/* Keeps the present state when the updates since the last checkpoint have outgrown that one. */
static void
keep_state (EntReplay *replay)
{
  const Checkpoint *last = checkpoint_at (replay, replay->checkpoints->len - 1);
  guint64 since;

  if (replay->moment <= last->moment)
    return;
  since = bytes_before (replay, replay->moment) - bytes_before (replay, last->moment);
  if (since >= MAX (MIN_CHECKPOINT_BYTES, g_bytes_get_size (last->state)))
    add_checkpoint (replay, replay->moment, ent_doc_encode (replay->doc));
}

gboolean
ent_replay_seek (EntReplay *replay, guint moment, GError **error)
{
  const Checkpoint *from;
  guint64 target;

  g_return_val_if_fail (moment <= replay->entries->len, FALSE);

  from = find_checkpoint (replay, moment);
  target = bytes_before (replay, moment);
  /* From where we stand, unless that is later, or farther than loading a state and going on. */
  if (moment < replay->moment ||
      (from->moment > replay->moment &&
        target - bytes_before (replay, replay->moment) >
          target - bytes_before (replay, from->moment) + g_bytes_get_size (from->state))) {
    EntDoc *doc = load_state (from->state, error);

    if (!doc)
      return FALSE;
    ent_doc_unref (replay->doc);
    replay->doc = doc;
    replay->moment = from->moment;
  }
  while (replay->moment < moment) {
    GBytes *update = entry_at (replay, replay->moment)->update;

    if (!ent_doc_apply_bytes (replay->doc, update, NULL, error))
      return FALSE;
    replay->moment++;
    keep_state (replay);
  }
  return TRUE;
}

guint
ent_replay_get_moment (EntReplay *replay)
{
  return replay->moment;
}

EntDoc *
ent_replay_get_doc (EntReplay *replay)
{
  return replay->doc;
}

gsize
ent_replay_get_checkpoint_bytes (EntReplay *replay)
{
  return replay->checkpoint_bytes;
}
