#include "realtime/coord-room-tidy.h"

#include "realtime/coord-room-seal.h"
#include "store/coord-error.h"
#include "store/coord-node-store.h"
#include "store/coord-room-store.h"

#define EVERY_US (10 * G_TIME_SPAN_MINUTE)
#define ROWS_AT_ONCE 100000 /* of logs, about: so long may a reader be busy with them */

struct _CoordRoomTidy {
  GPtrArray *seals; /* CoordRoomSeal */
  gboolean is_part; /* there were more rooms */
};

void
coord_room_tidy_free (CoordRoomTidy *tidy)
{
  g_ptr_array_unref (tidy->seals);
  g_free (tidy);
}

static CoordRoomsOverdue
make_question (const char *subject, gint64 now_us)
{
  gint64 expired_us = now_us - COORD_ROOM_TIDY_AFTER_US;
  gint64 grace_us = g_ascii_strtoll (subject, NULL, 10) * G_TIME_SPAN_MINUTE;

  return (CoordRoomsOverdue){ .planned_before_us = expired_us - grace_us,
    .tokens_before_us = expired_us };
}

gpointer
coord_room_tidy_prepare (CoordDb *db, const char *subject, gint64 now_us, GError **error)
{
  const CoordRoomsOverdue question = make_question (subject, now_us);
  g_autoptr (GPtrArray) rooms =
    coord_room_store_list_overdue (db, &question, NULL, COORD_ROOM_TIDY_AT_ONCE, error);
  g_autoptr (CoordRoomTidy) tidy = NULL;
  gint64 n_rows = 0;

  if (rooms == NULL)
    return NULL;
  tidy = g_new0 (CoordRoomTidy, 1);
  tidy->seals = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_room_seal_free);
  tidy->is_part = rooms->len == COORD_ROOM_TIDY_AT_ONCE;
  for (guint i = 0; i < rooms->len; i++) {
    CoordRoomSeal *seal = coord_room_seal_new_overdue (rooms->pdata[i], now_us);
    g_autoptr (GError) failure = NULL;

    g_ptr_array_add (tidy->seals, seal);
    coord_room_seal_read (db, seal, &failure);
    if (failure != NULL) {
      g_propagate_prefixed_error (
        error, g_steal_pointer (&failure), "Room %s: ", (char *) rooms->pdata[i]);
      return NULL;
    }
    n_rows += seal->upto_seq;
    if (n_rows < ROWS_AT_ONCE)
      continue;
    tidy->is_part |= i + 1 < rooms->len;
    break;
  }
  return g_steal_pointer (&tidy);
}

/* Whether it is ours to end: nobody has ended, moved or entered it since it was looked at, and its
 * home is taken. */
static gboolean
take (CoordDb *db, const CoordRoomsOverdue *question, CoordRoomSeal *seal, GError **error)
{
  const char *room_id = seal->seat->room_id;
  g_autoptr (GPtrArray) still = coord_room_store_list_overdue (db, question, room_id, 1, error);
  g_autoptr (GError) failure = NULL;

  if (still == NULL || still->len == 0)
    return FALSE;
  seal->epoch = coord_home_store_take (db, room_id, "", &failure);
  if (failure != NULL && !g_error_matches (failure, COORD_ERROR, COORD_ERROR_MOVED))
    g_propagate_error (error, g_steal_pointer (&failure));
  return seal->epoch > 0;
}

gint64
coord_room_tidy_store (CoordDb *db,
  const char *subject,
  gpointer data,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  const CoordRoomTidy *tidy = data;
  const CoordRoomsOverdue question = make_question (subject, now_us);
  g_autoptr (GError) failure = NULL;
  guint n_ended = 0;

  for (guint i = 0; i < tidy->seals->len && failure == NULL; i++) {
    CoordRoomSeal *seal = tidy->seals->pdata[i];

    if (take (db, &question, seal, &failure) &&
        coord_room_seal_end_overdue (db, seal, events, &failure))
      n_ended++;
  }
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return -1;
  }
  if (!tidy->is_part)
    return now_us + EVERY_US;
  /* None: another node was quicker with these, and there are more. */
  return n_ended > 0 ? now_us : now_us + G_USEC_PER_SEC;
}
