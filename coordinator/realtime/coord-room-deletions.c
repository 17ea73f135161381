#include "realtime/coord-room-deletions.h"

#include "document/ent-doc-update.h"
#include "protocol/ent-message.h"

#define MAX_PIECE_RANGES 4096
#define MAX_PART_BYTES (32u << 10) /* a piece of many clients may have some more */

struct _CoordRoomDeletions {
  GPtrArray *texts; /* GBytes: the messages of the parts that are full */
  GBytes *last; /* the part that is not; NULL: empty */
  guint n_told; /* of texts */
  GBytes *untold; /* what of the last one was not told; NULL: nothing */
};

CoordRoomDeletions *
coord_room_deletions_new (void)
{
  CoordRoomDeletions *deletions = g_new0 (CoordRoomDeletions, 1);

  deletions->texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return deletions;
}

void
coord_room_deletions_free (CoordRoomDeletions *deletions)
{
  g_ptr_array_unref (deletions->texts);
  g_clear_pointer (&deletions->last, g_bytes_unref);
  g_clear_pointer (&deletions->untold, g_bytes_unref);
  g_free (deletions);
}

GPtrArray *
coord_room_deletions_cut (GBytes *update)
{
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, NULL);
  GPtrArray *pieces;

  if (info == NULL || info->deleted->len == 0)
    return NULL;
  pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < info->deleted->len; i += MAX_PIECE_RANGES)
    g_ptr_array_add (
      pieces, ent_update_new_deletions (&g_array_index (info->deleted, EntClockRange, i),
                MIN (info->deleted->len - i, MAX_PIECE_RANGES)));
  return pieces;
}

static void
merge_into (GBytes **sum, GBytes *piece)
{
  GBytes *both[] = { *sum, piece };
  GBytes *merged = *sum != NULL ? ent_update_merge (both, 2, NULL) : g_bytes_ref (piece);

  if (*sum != NULL)
    g_bytes_unref (*sum);
  *sum = merged;
}

/* The state vector of the last message counts: these have an empty one. */
static void
add_text (CoordRoomDeletions *deletions, GBytes *part)
{
  static const guint8 nothing[] = { 0 };
  g_autoptr (GBytes) vector = g_bytes_new_static (nothing, sizeof nothing);
  const EntMsgDurable durable = { vector, part };
  char *text = ent_room_message_encode (ENT_ROOM_DURABLE, 0, 0, &durable);

  g_ptr_array_add (deletions->texts, g_bytes_new_take (text, strlen (text)));
}

static void
close_last (CoordRoomDeletions *deletions)
{
  add_text (deletions, deletions->last);
  g_clear_pointer (&deletions->last, g_bytes_unref);
  g_clear_pointer (&deletions->untold, g_bytes_unref);
}

void
coord_room_deletions_add (CoordRoomDeletions *deletions, GBytes *piece)
{
  if (g_bytes_get_size (piece) > MAX_PART_BYTES / 4) {
    add_text (deletions, piece);
    return;
  }
  if (deletions->last != NULL &&
      g_bytes_get_size (deletions->last) + g_bytes_get_size (piece) > MAX_PART_BYTES)
    close_last (deletions);
  merge_into (&deletions->last, piece);
  merge_into (&deletions->untold, piece);
}

static GPtrArray *
list_texts (CoordRoomDeletions *deletions, guint first)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = first; i < deletions->texts->len; i++)
    g_ptr_array_add (list, deletions->texts->pdata[i]);
  return list;
}

GPtrArray *
coord_room_deletions_list_all (CoordRoomDeletions *deletions, GBytes **rest)
{
  *rest = deletions->last;
  return list_texts (deletions, 0);
}

GPtrArray *
coord_room_deletions_list_untold (CoordRoomDeletions *deletions, GBytes **rest)
{
  *rest = deletions->untold;
  return list_texts (deletions, deletions->n_told);
}

void
coord_room_deletions_set_told (CoordRoomDeletions *deletions)
{
  deletions->n_told = deletions->texts->len;
  g_clear_pointer (&deletions->untold, g_bytes_unref);
}
