/* Updates on their way into the replica: what is merged, what is dropped. */

#include "coord-log.h"
#include "realtime/coord-open-room-private.h"

/* Logs the first, second, fourth, ... drop, so that nobody floods the log. */
static void
count_drop (CoordRoomLink *link, guint64 *counter, const char *why)
{
  (*counter)++;
  if ((*counter & (*counter - 1)) == 0)
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_ROOM, link->room->record->id,
      "Dropped an update of participant %s: %s (%" G_GUINT64_FORMAT " so far)", link->member->id,
      why, *counter);
}

/* What is under one more client ID is dropped, since every ID makes all state vectors longer. */
static void
tell_too_many (CoordRoomLink *link)
{
  CoordRoomLink *socket = coord_open_room_find_socket (link->room, link->member->id);

  if (link->member->is_told_too_many || socket == NULL)
    return;
  link->member->is_told_too_many = TRUE;
  coord_open_room_send_error (socket, 0, "too_large",
    "You have written in this interview under too many client IDs. What comes now under others is "
    "not saved.");
}

/* A live update may create structs only under its sender's own IDs. */
static gboolean
claim_clients (CoordRoomLink *link, const EntUpdateInfo *info)
{
  for (guint i = 0; i < info->created->len; i++) {
    guint64 client = g_array_index (info->created, EntClockRange, i).client;

    switch (coord_room_clients_claim (link->room->clients, link->member->id, client)) {
    case COORD_CLAIM_OLD:
      break;
    case COORD_CLAIM_NEW:
      coord_room_document_announce (link, client, link->member->id, TRUE);
      break;
    case COORD_CLAIM_TOO_MANY:
      tell_too_many (link);
      return FALSE;
    case COORD_CLAIM_FOREIGN:
    case COORD_CLAIM_REFUSED:
      return FALSE;
    }
  }
  return TRUE;
}

/* A sync answer may carry what others wrote while the coordinator was away, but nothing new under
 * IDs that nobody can have: who is given such an ID later would write under clocks that are used.
 */
static gboolean
may_answer (CoordRoomLink *link, const EntUpdateInfo *info)
{
  CoordOpenRoom *room = link->room;
  guint64 client = G_MAXUINT64; /* the last one, whose ranges stand together */
  guint n_new = 0;

  for (guint i = 0; i < info->created->len; i++) {
    const EntClockRange *range = &g_array_index (info->created, EntClockRange, i);

    if (range->client == client ||
        (guint64) range->clock + range->length <= ent_doc_get_clock (room->doc, range->client))
      continue;
    client = range->client;
    if (!coord_room_clients_may_notice (room->clients, link->member->id, client, &n_new)) {
      if (n_new > 0)
        tell_too_many (link);
      return FALSE;
    }
  }
  return TRUE;
}

/* Whether the device that has this client ID is connected and has said what we lacked: one of its
 * block has a caret. */
static gboolean
is_heard (CoordOpenRoom *room, guint64 client, const char *owner)
{
  guint64 first = client < COORD_CLIENT_LIMIT ? client - client % COORD_CLIENT_BLOCK : client;
  guint64 last = client < COORD_CLIENT_LIMIT ? first + COORD_CLIENT_BLOCK - 1 : client;

  for (guint i = 0; i < room->links->len; i++) {
    CoordRoomLink *link = g_ptr_array_index (room->links, i);

    if (!link->is_sync || link->wants_step2 || !g_str_equal (link->member->id, owner))
      continue;
    for (guint64 each = first; each <= last; each++)
      if (g_hash_table_contains (link->announced, GUINT_TO_POINTER (each)))
        return TRUE;
  }
  return FALSE;
}

/* What those who are heard wrote they say themselves, and so nobody can speak for them: what an
 * answer is to be cut to, without their structs. NULL: all of it counts. */
static EntStateVector *
find_said (CoordRoomLink *link, const EntUpdateInfo *info)
{
  CoordOpenRoom *room = link->room;
  g_autoptr (EntStateVector) known = ent_state_vector_new ();
  guint n_trimmed = 0;

  for (guint i = 0; i < info->created->len; i++) {
    const EntClockRange *range = &g_array_index (info->created, EntClockRange, i);
    const char *owner = coord_room_clients_get_owner (room->clients, range->client);

    if (owner == NULL || g_str_equal (owner, link->member->id) ||
        (guint64) range->clock + range->length <= ent_doc_get_clock (room->doc, range->client) ||
        !is_heard (room, range->client, owner))
      continue;
    ent_state_vector_set (known, range->client, G_MAXUINT32);
    n_trimmed++;
  }
  if (n_trimmed == 0)
    return NULL;
  count_drop (link, &coord_room_counts.dropped_foreign, "others who are here write it themselves");
  return g_steal_pointer (&known);
}

static void
notice_clients (CoordRoomLink *link, const EntUpdateInfo *info)
{
  CoordRoomClients *clients = link->room->clients;

  for (guint i = 0; i < info->created->len; i++) {
    guint64 client = g_array_index (info->created, EntClockRange, i).client;

    if (coord_room_clients_notice (clients, link->member->id, client))
      coord_room_document_announce (
        link, client, coord_room_clients_get_owner (clients, client), FALSE);
  }
}

/* When the update was made, if it was announced; between the last contact and now. */
static gint64
take_made_at (CoordMember *member, const EntUpdateInfo *info, gint64 now_us)
{
  gint64 made_at_us = 0;

  for (guint i = 0; i < info->created->len && g_hash_table_size (member->times) > 0; i++) {
    const EntClockRange *range = &g_array_index (info->created, EntClockRange, i);
    g_autofree char *key =
      g_strdup_printf ("%" G_GUINT64_FORMAT ":%u", range->client, range->clock);
    const gint64 *announced = g_hash_table_lookup (member->times, key);

    if (announced == NULL)
      continue;
    made_at_us = CLAMP (*announced, MIN (member->outage_us, now_us), now_us);
    g_hash_table_remove (member->times, key);
  }
  return made_at_us;
}

void
coord_room_document_take_times (CoordMember *member, const EntMsgTimes *times)
{
  if (g_hash_table_size (member->times) >= COORD_ROOM_MAX_TIMES)
    return;
  g_hash_table_insert (member->times,
    g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, times->client, times->clock),
    g_memdup2 (&times->made_at, sizeof times->made_at));
}

/* Edits that wait for others are in memory alone, and what one person may fill there is bounded, so
 * that nobody else's are refused. */
static void
count_pending (CoordRoomLink *link, gsize before)
{
  gsize after = ent_doc_get_pending_bytes (link->room->doc);
  GHashTableIter iter;
  gpointer value;

  if (after > before)
    link->member->pending_bytes += after - before;
  if (link->member->pending_bytes > COORD_ROOM_MAX_PENDING)
    coord_socket_close (
      link->socket, COORD_CLOSE_TRY_AGAIN, "Too many edits wait for others that have not come.");
  if (after > 0)
    return;
  g_hash_table_iter_init (&iter, link->room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((CoordMember *) value)->pending_bytes = 0;
}

/* One update on its way in. What looks at the replica runs where that is: here, or in a thread for
 * a big one; what decides and what publishes runs here. */
typedef struct {
  CoordRoomLink *link; /* stays until the room has taken what waits */
  GBytes *update;
  gboolean is_step2;
  gboolean is_known; /* it brings nothing */
  EntUpdateInfo *info; /* NULL: it cannot be read */
  EntStateVector *said; /* what others say themselves; NULL: nothing */
  gsize pending_before;
  gint64 made_at_us;
  guint64 n_walked;
  GError *error; /* it could not be merged, or not all of it */
} Taking;

static void
taking_clear (Taking *taking)
{
  g_bytes_unref (taking->update);
  g_clear_pointer (&taking->info, ent_update_info_free);
  g_clear_pointer (&taking->said, ent_state_vector_free);
  g_clear_error (&taking->error);
}

static void
look (EntDoc *doc, gpointer data)
{
  Taking *taking = data;

  taking->is_known =
    ent_update_is_empty (taking->update) || ent_doc_covers_update (doc, taking->update);
  if (!taking->is_known)
    taking->info = ent_doc_inspect (doc, taking->update, NULL);
}

/* The answer without what others say themselves. Deletions stay. */
static void
trim (EntDoc *doc, gpointer data)
{
  Taking *taking = data;
  GBytes *rest = ent_update_diff (taking->update, taking->said, NULL);

  g_clear_pointer (&taking->info, ent_update_info_free);
  if (rest == NULL)
    return;
  g_bytes_unref (taking->update);
  taking->update = rest;
  taking->is_known = ent_update_is_empty (rest);
  if (!taking->is_known)
    taking->info = ent_doc_inspect (doc, rest, NULL);
}

static void
merge (EntDoc *doc, gpointer data)
{
  Taking *taking = data;

  taking->pending_before = ent_doc_get_pending_bytes (doc);
  ent_doc_apply_bytes (doc, taking->update, taking->link, &taking->error);
  taking->n_walked = ent_doc_get_walked (doc);
}

/* Honest edits have a few others beside them; who makes places that take long to find holds up the
 * room, and all others. */
static void
count_walked (const Taking *taking)
{
  CoordRoomLink *link = taking->link;
  CoordRoomLink *socket = coord_open_room_find_socket (link->room, link->member->id);
  gboolean is_news = link->member->n_walked <= COORD_ROOM_MAX_WALKED;

  link->member->n_walked += taking->n_walked;
  if (is_news && link->member->n_walked > COORD_ROOM_MAX_WALKED && socket != NULL)
    coord_open_room_send_error (socket, 0, "too_large",
      "What you have written in this interview takes too long to put in its places. What comes now "
      "is not saved.");
}

/* FALSE when it could not be merged. */
static gboolean
publish (const Taking *taking)
{
  CoordRoomLink *link = taking->link;
  CoordOpenRoom *room = link->room;

  /* The room may have ended while a thread merged it: the log takes nothing any more. */
  if (room->is_ending || room->record->state == ENT_ROOM_ENDED)
    coord_room_end_hold (room, link->member, taking->update);
  else
    coord_room_document_publish (link, taking->update, taking->made_at_us);
  g_ptr_array_set_size (room->caught, 0);
  count_walked (taking);
  if (taking->error != NULL && taking->n_walked > COORD_ROOM_MAX_WALK) {
    coord_socket_close (
      link->socket, COORD_CLOSE_TRY_AGAIN, "Your edits take too long. Not all of them were taken.");
    return TRUE;
  }
  if (taking->error != NULL) {
    coord_log (G_LOG_LEVEL_MESSAGE, COORD_LOG_ROOM, room->record->id,
      "Could not merge an update of participant %s: %s", link->member->id, taking->error->message);
    return FALSE;
  }
  count_pending (link, taking->pending_before);
  coord_room_run_document_changed (room);
  return TRUE;
}

/* What one person may bring the log to grow by. */
static gboolean
count_taken (CoordRoomLink *link, gsize size)
{
  CoordMember *member = link->member;
  gboolean is_news = member->taken_bytes <= COORD_ROOM_MAX_TAKEN;
  CoordRoomLink *socket;

  member->taken_bytes += size;
  if (member->taken_bytes <= COORD_ROOM_MAX_TAKEN)
    return TRUE;
  count_drop (link, &coord_room_counts.dropped_volume, "this person has written too much");
  socket = is_news ? coord_open_room_find_socket (link->room, member->id) : NULL;
  if (socket != NULL)
    coord_open_room_send_error (socket, 0, "too_large",
      "You have written more than the server keeps of one person in an interview. What comes now "
      "is "
      "not saved.");
  return FALSE;
}

typedef enum {
  VERDICT_DONE, /* nothing of it is merged */
  VERDICT_BAD, /* it cannot be read */
  VERDICT_TRIM, /* without what others say */
  VERDICT_MERGE,
} Verdict;

/* Decided fail-closed, in this order: the state of the room, the role, whose IDs, what it says. */
static Verdict
judge (Taking *taking)
{
  CoordRoomLink *link = taking->link;
  CoordOpenRoom *room = link->room;
  CoordMember *member = link->member;
  const EntUpdateInfo *info = taking->info;

  if (taking->is_known)
    return VERDICT_DONE;
  if (coord_member_is_out (member) || !ent_role_can_write (member->role)) {
    count_drop (link, &coord_room_counts.dropped_role, "this role may not write");
    return VERDICT_DONE;
  }
  if (!count_taken (link, g_bytes_get_size (taking->update)))
    return VERDICT_DONE;
  if (member->n_walked > COORD_ROOM_MAX_WALKED) {
    count_drop (link, &coord_room_counts.dropped_volume, "its edits take too long");
    return VERDICT_DONE;
  }
  if (room->is_ending || room->record->state == ENT_ROOM_ENDED) {
    coord_room_end_hold (room, member, taking->update);
    return VERDICT_DONE;
  }
  if (coord_room_log_get_backlog_bytes (room->log) > COORD_ROOM_MAX_BACKLOG) {
    coord_socket_close (link->socket, COORD_CLOSE_TRY_AGAIN, "The server cannot save right now.");
    return VERDICT_DONE;
  }
  if (member->pending_bytes > COORD_ROOM_MAX_PENDING) {
    count_drop (link, &coord_room_counts.dropped_pending, "too many of its edits wait for others");
    return VERDICT_DONE;
  }
  if (info == NULL)
    return VERDICT_BAD;
  if (taking->is_step2 ? !may_answer (link, info) : !claim_clients (link, info)) {
    count_drop (link, &coord_room_counts.dropped_foreign, "it is under a foreign client ID");
    return VERDICT_DONE;
  }
  if (taking->is_step2)
    taking->said = find_said (link, info);
  return taking->said != NULL ? VERDICT_TRIM : VERDICT_MERGE;
}

/* What is left of a trimmed answer, by the same measure. */
static Verdict
judge_rest (const Taking *taking)
{
  if (taking->is_known)
    return VERDICT_DONE;
  return taking->info != NULL ? VERDICT_MERGE : VERDICT_BAD;
}

static void
prepare_merge (Taking *taking)
{
  CoordRoomLink *link = taking->link;

  if (taking->is_step2)
    notice_clients (link, taking->info);
  taking->made_at_us =
    take_made_at (link->member, taking->info, coord_open_room_now_us (link->room));
}

/* A small one: all at once. */
static gboolean
take_now (Taking *taking)
{
  EntDoc *doc = taking->link->room->doc;
  Verdict verdict;

  look (doc, taking);
  verdict = judge (taking);
  if (verdict == VERDICT_TRIM) {
    trim (doc, taking);
    verdict = judge_rest (taking);
  }
  if (verdict != VERDICT_MERGE)
    return verdict == VERDICT_DONE;
  prepare_merge (taking);
  merge (doc, taking);
  return publish (taking);
}

/* A big one: looked at and merged in a thread, judged and published here; the room waits. */

static void
end_taking (CoordOpenRoom *room, Taking *taking, gboolean is_good)
{
  if (room->is_closed) /* its link may be gone */
    coord_room_document_drop (room);
  else if (!is_good)
    coord_socket_close (taking->link->socket, COORD_CLOSE_BAD_MESSAGE,
      "This message cannot be read as the Yjs sync protocol.");
  taking_clear (taking);
  g_free (taking);
}

static void
merged_cb (CoordOpenRoom *room, gpointer data)
{
  Taking *taking = data;

  end_taking (room, taking, room->is_closed || publish (taking));
}

static void go_on (CoordOpenRoom *room, Taking *taking, Verdict verdict);

static void
trimmed_cb (CoordOpenRoom *room, gpointer data)
{
  Taking *taking = data;

  go_on (room, taking, room->is_closed ? VERDICT_DONE : judge_rest (taking));
}

static void
go_on (CoordOpenRoom *room, Taking *taking, Verdict verdict)
{
  switch (verdict) {
  case VERDICT_DONE:
  case VERDICT_BAD:
    end_taking (room, taking, verdict == VERDICT_DONE);
    break;
  case VERDICT_TRIM:
    coord_room_loan_begin (room, trim, trimmed_cb, taking);
    break;
  case VERDICT_MERGE:
    prepare_merge (taking);
    coord_room_loan_begin (room, merge, merged_cb, taking);
    break;
  }
}

static void
looked_cb (CoordOpenRoom *room, gpointer data)
{
  Taking *taking = data;

  go_on (room, taking, room->is_closed ? VERDICT_DONE : judge (taking));
}

gboolean
coord_room_document_take (CoordRoomLink *link, GBytes *update, gboolean is_step2)
{
  Taking taking = { .link = link, .update = g_bytes_ref (update), .is_step2 = is_step2 };
  gboolean is_good;

  if (g_bytes_get_size (update) > COORD_ROOM_MAX_AT_ONCE) {
    coord_room_loan_begin (link->room, look, looked_cb, g_memdup2 (&taking, sizeof taking));
    return TRUE;
  }
  is_good = take_now (&taking);
  taking_clear (&taking);
  return is_good;
}
