#include "store/coord-room-store.h"

#include "store/coord-error.h"

/* What the database does not know reads as the value with the least rights. */
static int
read_nick (const char *const *nicks, const char *text, int least)
{
  for (int i = 0; text != NULL && nicks[i] != NULL; i++)
    if (g_str_equal (nicks[i], text))
      return i;
  return least;
}

void
coord_room_free (CoordRoom *room)
{
  g_free (room->id);
  g_free (room->interview_id);
  g_free (room->org_id);
  g_free (room->title);
  g_free (room->question);
  g_free (room->seal);
  g_free (room);
}

CoordRoom *
coord_room_store_find (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT room.id, interview.id, interview.org, interview.title, room.state, room.rev,"
    " room.edit_locked, room.run_locked, room.question, interview.starts_at, interview.ends_at,"
    " room.ended_at, room.seal, room.lobby"
    " FROM room JOIN interview ON interview.id = room.interview WHERE room.id = $1",
    COORD_TEXT (room_id));
  CoordRoom *room;

  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows)) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such interview room.");
    return NULL;
  }
  room = g_new0 (CoordRoom, 1);
  room->id = coord_rows_dup_text (rows, 0);
  room->interview_id = coord_rows_dup_text (rows, 1);
  room->org_id = coord_rows_dup_text (rows, 2);
  room->title = coord_rows_dup_text (rows, 3);
  room->state = read_nick (ent_room_state_nicks, coord_rows_get_text (rows, 4), ENT_ROOM_ENDED);
  room->rev = coord_rows_get_int (rows, 5);
  room->edit_locked = coord_rows_get_int (rows, 6) != 0;
  room->run_locked = coord_rows_get_int (rows, 7) != 0;
  room->question = coord_rows_dup_text (rows, 8);
  room->starts_at_us = coord_rows_get_int (rows, 9);
  room->ends_at_us = coord_rows_get_int (rows, 10);
  room->ended_at_us = coord_rows_get_int (rows, 11);
  room->seal = coord_rows_dup_text (rows, 12);
  room->has_lobby = coord_rows_get_int (rows, 13) != 0;
  return room;
}

gboolean
coord_room_store_update (CoordDb *db, CoordRoom *room, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE room SET state = $3, edit_locked = $4, run_locked = $5, question = $6,"
    " ended_at = CASE WHEN $7 = 0 THEN NULL ELSE $7 END, seal = $8, lobby = $9, rev = rev + 1"
    " WHERE id = $1 AND rev = $2 RETURNING rev",
    COORD_TEXT (room->id), COORD_INT (room->rev), COORD_TEXT (ent_room_state_nicks[room->state]),
    COORD_INT (room->edit_locked), COORD_INT (room->run_locked), COORD_TEXT (room->question),
    COORD_INT (room->ended_at_us), COORD_TEXT (room->seal), COORD_INT (room->has_lobby));

  if (rows == NULL)
    return FALSE;
  if (!coord_rows_next (rows)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "Somebody else changed the room at the same moment. Try again.");
    return FALSE;
  }
  room->rev = coord_rows_get_int (rows, 0);
  return TRUE;
}

/* The log. */

CoordLogRow *
coord_log_row_new (CoordLogKind kind,
  gint64 at_us,
  gint64 made_at_us,
  const char *via,
  GBytes *bytes)
{
  CoordLogRow *row = g_new0 (CoordLogRow, 1);

  row->kind = kind;
  row->at_us = at_us;
  row->made_at_us = made_at_us;
  row->via = g_strdup (via);
  row->bytes = g_bytes_ref (bytes);
  return row;
}

void
coord_log_row_free (CoordLogRow *row)
{
  g_free (row->via);
  g_bytes_unref (row->bytes);
  g_free (row);
}

gboolean
coord_room_store_append (CoordDb *db, const char *room_id, CoordLogRow *row, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "INSERT INTO room_log (room, seq, at, made_at, kind, via, bytes)"
    " SELECT $1, COALESCE (MAX (seq), 0) + 1, $2, CASE WHEN $3 = 0 THEN NULL ELSE $3 END, $4, $5,"
    " $6 FROM room_log WHERE room = $1 RETURNING seq",
    COORD_TEXT (room_id), COORD_INT (row->at_us), COORD_INT (row->made_at_us),
    COORD_INT (row->kind), COORD_TEXT (row->via), COORD_BYTES (row->bytes));

  if (rows == NULL)
    return FALSE;
  coord_rows_next (rows);
  row->seq = coord_rows_get_int (rows, 0);
  return TRUE;
}

static GPtrArray *
read_log (CoordRows *rows)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_log_row_free);

  while (coord_rows_next (rows)) {
    CoordLogRow *row = g_new0 (CoordLogRow, 1);

    row->seq = coord_rows_get_int (rows, 0);
    row->at_us = coord_rows_get_int (rows, 1);
    row->made_at_us = coord_rows_get_int (rows, 2);
    row->kind = coord_rows_get_int (rows, 3);
    row->via = coord_rows_dup_text (rows, 4);
    row->bytes = coord_rows_dup_bytes (rows, 5);
    g_ptr_array_add (list, row);
  }
  return list;
}

GPtrArray *
coord_room_store_load_log (CoordDb *db,
  const char *room_id,
  gint64 after_seq,
  CoordLogKind kind,
  guint limit,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT seq, at, made_at, kind, via, bytes FROM room_log"
    " WHERE room = $1 AND seq > $2 AND ($3 = 0 OR kind = $3) ORDER BY seq LIMIT $4",
    COORD_TEXT (room_id), COORD_INT (after_seq), COORD_INT (kind), COORD_INT (limit));

  return rows != NULL ? read_log (rows) : NULL;
}

GPtrArray *
coord_room_store_load_log_tail (CoordDb *db,
  const char *room_id,
  CoordLogKind kind,
  guint limit,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT seq, at, made_at, kind, via, bytes FROM (SELECT seq, at, made_at, kind, via, bytes"
    "  FROM room_log WHERE room = $1 AND kind = $2 ORDER BY seq DESC LIMIT $3) AS tail"
    " ORDER BY seq",
    COORD_TEXT (room_id), COORD_INT (kind), COORD_INT (limit));

  return rows != NULL ? read_log (rows) : NULL;
}

gboolean
coord_room_store_count_log (CoordDb *db,
  const char *room_id,
  CoordLogKind kind,
  guint64 *bytes,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT COALESCE (SUM (LENGTH (bytes)), 0) FROM room_log WHERE room = $1 AND kind = $2",
    COORD_TEXT (room_id), COORD_INT (kind));

  if (rows == NULL || !coord_rows_next (rows))
    return FALSE;
  *bytes = coord_rows_get_int (rows, 0);
  return TRUE;
}

GHashTable *
coord_room_store_load_contacts (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT via, MAX (at) FROM room_log WHERE room = $1 AND via <> '' GROUP BY via",
    COORD_TEXT (room_id));
  GHashTable *contacts;

  if (rows == NULL)
    return NULL;
  contacts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (coord_rows_next (rows)) {
    gint64 at_us = coord_rows_get_int (rows, 1);

    g_hash_table_insert (contacts, coord_rows_dup_text (rows, 0), g_memdup2 (&at_us, sizeof at_us));
  }
  return contacts;
}

gboolean
coord_room_store_load_snapshot (CoordDb *db,
  const char *room_id,
  gint64 *upto_seq,
  GBytes **bytes,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT upto_seq, bytes FROM room_snapshot WHERE room = $1", COORD_TEXT (room_id));

  if (rows == NULL)
    return FALSE;
  *upto_seq = 0;
  *bytes = NULL;
  if (coord_rows_next (rows)) {
    *upto_seq = coord_rows_get_int (rows, 0);
    *bytes = coord_rows_dup_bytes (rows, 1);
  }
  return TRUE;
}

gboolean
coord_room_store_save_snapshot (CoordDb *db,
  const char *room_id,
  gint64 upto_seq,
  GBytes *bytes,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO room_snapshot (room, upto_seq, bytes) VALUES ($1, $2, $3)"
    " ON CONFLICT (room) DO UPDATE SET upto_seq = excluded.upto_seq, bytes = excluded.bytes"
    " WHERE room_snapshot.upto_seq <= excluded.upto_seq",
    COORD_TEXT (room_id), COORD_INT (upto_seq), COORD_BYTES (bytes));
}

GPtrArray *
coord_room_store_list_sealed (CoordDb *db, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT id FROM room WHERE seal IS NOT NULL AND record_removed_at IS NULL ORDER BY id");
  GPtrArray *ids;

  if (rows == NULL)
    return NULL;
  ids = g_ptr_array_new_with_free_func (g_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (ids, coord_rows_dup_text (rows, 0));
  return ids;
}

/* Client IDs. */

/* The device's newest block while its second half was not seen in use; 0 when it needs another. */
static gboolean
find_usable_block (CoordDb *db,
  const char *room_id,
  const char *participant_id,
  const char *device_hash,
  gint64 *block,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT block FROM room_block WHERE room = $1 AND participant = $2 AND device_hash = $3"
    " AND NOT EXISTS (SELECT 1 FROM room_client WHERE room_client.room = $1"
    "  AND client >= block * 16 + 8 AND client < block * 16 + 16)"
    " ORDER BY block DESC LIMIT 1",
    COORD_TEXT (room_id), COORD_TEXT (participant_id), COORD_TEXT (device_hash));

  if (rows == NULL)
    return FALSE;
  *block = coord_rows_next (rows) ? coord_rows_get_int (rows, 0) : 0;
  return TRUE;
}

/* Nobody takes the blocks of the others, nor makes everybody's state vectors long. */
static gboolean
check_own_blocks (CoordDb *db, const char *room_id, const char *participant_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT COUNT (*) FROM room_block WHERE room = $1 AND participant = $2", COORD_TEXT (room_id),
    COORD_TEXT (participant_id));

  if (rows == NULL || !coord_rows_next (rows))
    return FALSE;
  if (coord_rows_get_int (rows, 0) < COORD_MAX_OWN_BLOCKS)
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_ROOM_FULL,
    "You have joined this interview with too many devices. Use one of them again.");
  return FALSE;
}

gboolean
coord_room_store_allocate_clients (CoordDb *db,
  const char *room_id,
  const char *participant_id,
  const char *device_hash,
  guint32 *first_client,
  GError **error)
{
  g_autoptr (CoordRows) rows = NULL;
  gint64 block;

  if (!find_usable_block (db, room_id, participant_id, device_hash, &block, error))
    return FALSE;
  if (block > 0) {
    *first_client = block * COORD_CLIENT_BLOCK;
    return TRUE;
  }
  if (!check_own_blocks (db, room_id, participant_id, error))
    return FALSE;
  rows = coord_db_query (db, error,
    "UPDATE room SET next_block = next_block + 1 WHERE id = $1 AND next_block < $2"
    " RETURNING next_block - 1",
    COORD_TEXT (room_id), COORD_INT (COORD_MAX_ROOM_BLOCKS + 1));
  if (rows == NULL)
    return FALSE;
  if (!coord_rows_next (rows)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_ROOM_FULL,
      "Too many devices have joined this interview. Nobody else can join it.");
    return FALSE;
  }
  block = coord_rows_get_int (rows, 0);
  *first_client = block * COORD_CLIENT_BLOCK;
  return coord_db_run (db, error,
    "INSERT INTO room_block (room, block, participant, device_hash) VALUES ($1, $2, $3, $4)",
    COORD_TEXT (room_id), COORD_INT (block), COORD_TEXT (participant_id), COORD_TEXT (device_hash));
}

void
coord_client_block_free (CoordClientBlock *block)
{
  g_free (block->participant_id);
  g_free (block);
}

GPtrArray *
coord_room_store_load_blocks (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT block, participant FROM room_block WHERE room = $1 ORDER BY block",
    COORD_TEXT (room_id));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_client_block_free);
  while (coord_rows_next (rows)) {
    CoordClientBlock *block = g_new0 (CoordClientBlock, 1);

    block->first_client = coord_rows_get_int (rows, 0) * COORD_CLIENT_BLOCK;
    block->participant_id = coord_rows_dup_text (rows, 1);
    g_ptr_array_add (list, block);
  }
  return list;
}

void
coord_room_client_free (CoordRoomClient *client)
{
  g_free (client->participant_id);
  g_free (client);
}

gboolean
coord_room_store_record_client (CoordDb *db,
  const char *room_id,
  guint32 client,
  const char *participant_id,
  gboolean is_witnessed,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO room_client (room, client, participant, witnessed) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (room, client) DO UPDATE SET participant = excluded.participant, witnessed = 1"
    " WHERE room_client.witnessed = 0 AND excluded.witnessed = 1",
    COORD_TEXT (room_id), COORD_INT (client), COORD_TEXT (participant_id),
    COORD_INT (is_witnessed != FALSE));
}

GPtrArray *
coord_room_store_load_clients (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT client, participant, witnessed FROM room_client WHERE room = $1 ORDER BY client",
    COORD_TEXT (room_id));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_room_client_free);
  while (coord_rows_next (rows)) {
    CoordRoomClient *client = g_new0 (CoordRoomClient, 1);

    client->client = coord_rows_get_int (rows, 0);
    client->participant_id = coord_rows_dup_text (rows, 1);
    client->is_witnessed = coord_rows_get_int (rows, 2) != 0;
    g_ptr_array_add (list, client);
  }
  return list;
}

/* Participants. */

void
coord_participant_free (CoordParticipant *participant)
{
  g_free (participant->id);
  g_free (participant->room_id);
  g_free (participant->user_id);
  g_free (participant->name);
  g_free (participant->device_hash);
  g_free (participant);
}

#define PARTICIPANT_COLUMNS "id, room, person, name, role, state, waits"

static CoordParticipant *
read_participant (CoordRows *rows)
{
  CoordParticipant *participant = g_new0 (CoordParticipant, 1);

  participant->id = coord_rows_dup_text (rows, 0);
  participant->room_id = coord_rows_dup_text (rows, 1);
  participant->user_id = coord_rows_dup_text (rows, 2);
  participant->name = coord_rows_dup_text (rows, 3);
  participant->role = read_nick (ent_role_nicks, coord_rows_get_text (rows, 4), ENT_ROLE_OBSERVER);
  participant->state = coord_rows_get_int (rows, 5);
  participant->waits = coord_rows_get_int (rows, 6) != 0;
  return participant;
}

static CoordParticipant *
read_one_participant (CoordRows *rows, GError **error)
{
  if (coord_rows_next (rows))
    return read_participant (rows);
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such person in this interview.");
  return NULL;
}

GPtrArray *
coord_room_store_load_participants (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " PARTICIPANT_COLUMNS
    ", (SELECT MIN (device_hash) FROM room_token WHERE room_token.room = participant.room"
    "   AND room_token.participant = participant.id AND revoked_at IS NULL)"
    " FROM participant WHERE room = $1 ORDER BY created_at, id",
    COORD_TEXT (room_id));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_participant_free);
  while (coord_rows_next (rows)) {
    CoordParticipant *participant = read_participant (rows);

    participant->device_hash = coord_rows_dup_text (rows, 7);
    g_ptr_array_add (list, participant);
  }
  return list;
}

CoordParticipant *
coord_room_store_find_participant (CoordDb *db, const char *participant_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " PARTICIPANT_COLUMNS " FROM participant WHERE id = $1", COORD_TEXT (participant_id));

  return rows != NULL ? read_one_participant (rows, error) : NULL;
}

CoordParticipant *
coord_room_store_find_participant_of_user (CoordDb *db,
  const char *room_id,
  const char *user_id,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " PARTICIPANT_COLUMNS " FROM participant WHERE room = $1 AND person = $2",
    COORD_TEXT (room_id), COORD_TEXT (user_id));

  return rows != NULL ? read_one_participant (rows, error) : NULL;
}

gboolean
coord_room_store_add_participant (CoordDb *db,
  const CoordParticipant *participant,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO participant (id, room, person, name, role, state, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)",
    COORD_TEXT (participant->id), COORD_TEXT (participant->room_id),
    COORD_TEXT (participant->user_id), COORD_TEXT (participant->name),
    COORD_TEXT (ent_role_nicks[participant->role]), COORD_INT (participant->state),
    COORD_INT (now_us));
}

gboolean
coord_room_store_set_participant_state (CoordDb *db,
  const char *participant_id,
  CoordParticipantState state,
  GError **error)
{
  return coord_db_run (db, error, "UPDATE participant SET state = $2 WHERE id = $1",
    COORD_TEXT (participant_id), COORD_INT (state));
}

GPtrArray *
coord_room_store_list_overdue (CoordDb *db,
  const CoordRoomsOverdue *question,
  const char *room_id,
  guint limit,
  GError **error)
{
  gint64 now_us = coord_db_get_now_us (db, error);
  g_autoptr (CoordRows) rows = NULL;
  GPtrArray *list;

  if (now_us < 0)
    return NULL;
  rows = coord_db_query (db, error,
    "SELECT room.id FROM room JOIN interview ON interview.id = room.interview"
    " WHERE room.state = 'open' AND interview.ends_at < $1 AND ($4 = '' OR room.id = $4)"
    " AND NOT EXISTS (SELECT 1 FROM room_token"
    "  WHERE room_token.room = room.id AND room_token.expires_at >= $2)"
    " AND NOT EXISTS (SELECT 1 FROM room_home JOIN node ON node.id = room_home.node"
    "  WHERE room_home.room = room.id AND node.lease_until > $3)"
    " ORDER BY interview.ends_at, room.id LIMIT $5",
    COORD_INT (question->planned_before_us), COORD_INT (question->tokens_before_us),
    COORD_INT (now_us), COORD_TEXT (room_id != NULL ? room_id : ""), COORD_INT (limit));
  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (g_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, coord_rows_dup_text (rows, 0));
  return list;
}

gboolean
coord_room_store_set_participant_waits (CoordDb *db,
  const char *participant_id,
  gboolean waits,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE participant SET waits = $2, state = CASE WHEN $2 = 0 THEN $3 ELSE state END"
    " WHERE id = $1",
    COORD_TEXT (participant_id), COORD_INT (waits), COORD_INT (COORD_PARTICIPANT_PRESENT));
}

gboolean
coord_room_store_close (CoordDb *db, const char *room_id, gint64 now_us, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE room SET state = 'ended', ended_at = $2, rev = rev + 1"
    " WHERE id = $1 AND state = 'open'",
    COORD_TEXT (room_id), COORD_INT (now_us));
}

gboolean
coord_room_store_set_participant_role (CoordDb *db,
  const char *participant_id,
  EntRole role,
  GError **error)
{
  return coord_db_run (db, error, "UPDATE participant SET role = $2, state = $3 WHERE id = $1",
    COORD_TEXT (participant_id), COORD_TEXT (ent_role_nicks[role]),
    COORD_INT (COORD_PARTICIPANT_EXPECTED));
}

gboolean
coord_room_store_set_participant_name (CoordDb *db,
  const char *participant_id,
  const char *name,
  GError **error)
{
  return coord_db_run (db, error, "UPDATE participant SET name = $2 WHERE id = $1",
    COORD_TEXT (participant_id), COORD_TEXT (name));
}

GPtrArray *
coord_room_store_list_blocked (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT participant.id FROM participant JOIN person ON person.id = participant.person"
    " WHERE participant.room = $1 AND person.is_active = 0",
    COORD_TEXT (room_id));
  GPtrArray *ids;

  if (rows == NULL)
    return NULL;
  ids = g_ptr_array_new_with_free_func (g_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (ids, coord_rows_dup_text (rows, 0));
  return ids;
}

/* Room tokens. */

void
coord_room_token_free (CoordRoomToken *token)
{
  g_free (token->room_id);
  g_free (token->participant_id);
  g_free (token->device_hash);
  g_free (token);
}

gboolean
coord_room_store_add_token (CoordDb *db,
  const char *token_hash,
  const CoordRoomToken *token,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO room_token (hash, room, participant, device_hash, created_at, expires_at, waits)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)",
    COORD_TEXT (token_hash), COORD_TEXT (token->room_id), COORD_TEXT (token->participant_id),
    COORD_TEXT (token->device_hash), COORD_INT (now_us), COORD_INT (token->expires_at_us),
    COORD_INT (token->waits));
}

CoordRoomToken *
coord_room_store_find_token (CoordDb *db, const char *token_hash, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT room, participant, device_hash, expires_at, waits FROM room_token"
    " WHERE hash = $1 AND revoked_at IS NULL",
    COORD_TEXT (token_hash));
  CoordRoomToken *token;

  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN,
      "Your place in this interview is not valid any more. Join it again.");
    return NULL;
  }
  token = g_new0 (CoordRoomToken, 1);
  token->room_id = coord_rows_dup_text (rows, 0);
  token->participant_id = coord_rows_dup_text (rows, 1);
  token->device_hash = coord_rows_dup_text (rows, 2);
  token->expires_at_us = coord_rows_get_int (rows, 3);
  token->waits = coord_rows_get_int (rows, 4) != 0;
  return token;
}

gboolean
coord_room_store_revoke_tokens (CoordDb *db,
  const char *room_id,
  const char *participant_id,
  const char *except_device,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE room_token SET revoked_at = $4 WHERE room = $1 AND revoked_at IS NULL"
    " AND (CAST ($2 AS TEXT) IS NULL OR participant = $2)"
    " AND (CAST ($3 AS TEXT) IS NULL OR device_hash <> $3)",
    COORD_TEXT (room_id), COORD_TEXT (participant_id), COORD_TEXT (except_device),
    COORD_INT (g_get_real_time ()));
}
