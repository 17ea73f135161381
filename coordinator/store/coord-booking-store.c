#include "store/coord-booking-store.h"

#include <string.h>

#include "store/coord-error.h"

void
coord_slot_free (CoordSlot *slot)
{
  g_free (slot->id);
  g_free (slot->org_id);
  g_free (slot->interviewer_id);
  g_free (slot->interviewer_name);
  g_free (slot->title);
  g_free (slot->zone);
  g_strfreev (slot->panel);
  g_free (slot->series_id);
  g_free (slot);
}

void
coord_interview_free (CoordInterview *interview)
{
  g_free (interview->id);
  g_free (interview->org_id);
  g_free (interview->org_name);
  g_free (interview->slot_id);
  g_free (interview->room_id);
  g_free (interview->interviewer_id);
  g_free (interview->interviewer_name);
  g_free (interview->candidate_id);
  g_free (interview->candidate_name);
  g_free (interview->title);
  g_free (interview->note);
  g_free (interview->zone);
  g_free (interview->role);
  g_free (interview->state);
  g_free (interview->guest.name);
  g_free (interview->guest.email);
  g_free (interview->guest.locale);
  g_free (interview->guest.zone);
  g_free (interview);
}

gboolean
coord_interview_is_booked (const CoordInterview *interview)
{
  return g_strcmp0 (interview->state, "booked") == 0;
}

gboolean
coord_booking_store_add_slot (CoordDb *db, const CoordSlot *slot, gint64 now_us, GError **error)
{
  if (!coord_db_run (db, error,
        "INSERT INTO slot (id, org, interviewer, starts_at, ends_at, zone, kind, title, capacity,"
        " source, created_at, series)"
        " VALUES ($1, $2, $3, $4, $5, $6, 'interview', $7, $8, $9, $10, $11)",
        COORD_TEXT (slot->id), COORD_TEXT (slot->org_id), COORD_TEXT (slot->interviewer_id),
        COORD_INT (slot->starts_at_us), COORD_INT (slot->ends_at_us), COORD_TEXT (slot->zone),
        COORD_TEXT (slot->title), COORD_INT (slot->capacity),
        COORD_TEXT (slot->is_from_hours ? "hours" : "offer"), COORD_INT (now_us),
        COORD_TEXT (slot->series_id)))
    return FALSE;
  for (guint i = 0; slot->panel != NULL && slot->panel[i] != NULL; i++)
    if (!coord_db_run (db, error, "INSERT INTO slot_panel (slot, person) VALUES ($1, $2)",
          COORD_TEXT (slot->id), COORD_TEXT (slot->panel[i])))
      return FALSE;
  return TRUE;
}

gboolean
coord_booking_store_change_slot (CoordDb *db, const CoordSlot *slot, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE slot SET starts_at = $2, ends_at = $3, title = $4, version = version + 1"
    " WHERE id = $1",
    COORD_TEXT (slot->id), COORD_INT (slot->starts_at_us), COORD_INT (slot->ends_at_us),
    COORD_TEXT (slot->title));
}

gboolean
coord_booking_store_cancel_slot (CoordDb *db, const char *id, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE slot SET state = 'cancelled', version = version + 1 WHERE id = $1", COORD_TEXT (id));
}

#define SLOT_COLUMNS \
  "slot.id, slot.org, interviewer, person.name, title, slot.zone, starts_at, ends_at, capacity," \
  " taken, slot.version, slot.state, slot.source," \
  " (SELECT 1 FROM slot_panel WHERE slot_panel.slot = slot.id LIMIT 1), slot.series"

static CoordSlot *
read_slot (CoordRows *rows)
{
  CoordSlot *slot = g_new0 (CoordSlot, 1);

  slot->id = coord_rows_dup_text (rows, 0);
  slot->org_id = coord_rows_dup_text (rows, 1);
  slot->interviewer_id = coord_rows_dup_text (rows, 2);
  slot->interviewer_name = coord_rows_dup_text (rows, 3);
  slot->title = coord_rows_dup_text (rows, 4);
  slot->zone = coord_rows_dup_text (rows, 5);
  slot->starts_at_us = coord_rows_get_int (rows, 6);
  slot->ends_at_us = coord_rows_get_int (rows, 7);
  slot->capacity = coord_rows_get_int (rows, 8);
  slot->taken = coord_rows_get_int (rows, 9);
  slot->version = coord_rows_get_int (rows, 10);
  slot->is_cancelled = g_strcmp0 (coord_rows_get_text (rows, 11), "open") != 0;
  slot->is_from_hours = g_strcmp0 (coord_rows_get_text (rows, 12), "hours") == 0;
  slot->series_id = coord_rows_dup_text (rows, 14);
  return slot;
}

/* Reads the slot of a row with its panel, which most have not; NULL on an error. */
static CoordSlot *
read_slot_with_panel (CoordDb *db, CoordRows *rows, GError **error)
{
  g_autoptr (CoordSlot) slot = read_slot (rows);
  g_autoptr (CoordRows) people = NULL;
  g_autoptr (GPtrArray) panel = NULL;

  if (coord_rows_get_int (rows, 13) == 0)
    return g_steal_pointer (&slot);
  people = coord_db_query (db, error,
    "SELECT person FROM slot_panel WHERE slot = $1 ORDER BY person", COORD_TEXT (slot->id));
  if (people == NULL)
    return NULL;
  panel = g_ptr_array_new ();
  while (coord_rows_next (people))
    g_ptr_array_add (panel, coord_rows_dup_text (people, 0));
  g_ptr_array_add (panel, NULL);
  slot->panel = (char **) g_ptr_array_steal (panel, NULL);
  return g_steal_pointer (&slot);
}

CoordSlot *
coord_booking_store_find_slot (CoordDb *db, const char *id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT " SLOT_COLUMNS " FROM slot JOIN person ON person.id = interviewer WHERE slot.id = $1",
    COORD_TEXT (id));

  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows))
    return read_slot_with_panel (db, rows, error);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such appointment.");
  return NULL;
}

GPtrArray *
coord_booking_store_list_rest (CoordDb *db, const CoordSlot *slot, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT id FROM slot WHERE series = $1 AND starts_at >= $2 AND state = 'open' AND taken = 0"
    " ORDER BY starts_at",
    COORD_TEXT (slot->series_id), COORD_INT (slot->starts_at_us));

  if (rows == NULL)
    return NULL;
  while (coord_rows_next (rows))
    g_ptr_array_add (ids, coord_rows_dup_text (rows, 0));
  return g_steal_pointer (&ids);
}

/* Takes the rows. */
static GPtrArray *
read_slots (CoordDb *db, CoordRows *rows, GError **error)
{
  g_autoptr (CoordRows) owned = rows;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_slot_free);

  if (rows == NULL)
    return NULL;
  while (coord_rows_next (rows)) {
    CoordSlot *slot = read_slot_with_panel (db, rows, error);

    if (slot == NULL)
      return NULL;
    g_ptr_array_add (list, slot);
  }
  return g_steal_pointer (&list);
}

static int
compare_slots (gconstpointer a, gconstpointer b)
{
  const CoordSlot *first = *(CoordSlot *const *) a, *second = *(CoordSlot *const *) b;

  if (first->starts_at_us != second->starts_at_us)
    return first->starts_at_us < second->starts_at_us ? -1 : 1;
  return strcmp (first->id, second->id);
}

/* The index of slots has them in the order of the list, for one organisation. */
static GPtrArray *
list_slots_of_org (CoordDb *db,
  const char *org_id,
  gboolean is_candidate,
  const CoordRange *range,
  GError **error)
{
  gint64 first_us = range->from_us - COORD_LONGEST_SLOT_US;
  gboolean is_start = range->after_us < first_us;

  return read_slots (db,
    coord_db_query (db, error,
      "SELECT " SLOT_COLUMNS " FROM slot JOIN person ON person.id = interviewer"
      " WHERE slot.org = $1 AND (starts_at, slot.id) > ($2, $3) AND ends_at > $4 AND starts_at < $5"
      " AND slot.state = 'open' AND slot.source = 'offer'"
      " AND (taken < capacity OR CAST ($6 AS BIGINT) = 0) ORDER BY starts_at, slot.id LIMIT $7",
      COORD_TEXT (org_id), COORD_INT (is_start ? first_us : range->after_us),
      COORD_TEXT (is_start ? "" : range->after_id), COORD_INT (range->from_us),
      COORD_INT (range->until_us), COORD_INT (is_candidate), COORD_INT (range->limit)),
    error);
}

/* One query for each organisation: asked of all at once, an engine sorts everything there is. */
GPtrArray *
coord_booking_store_list_slots (CoordDb *db,
  const char *person_id,
  const CoordRange *range,
  GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_slot_free);
  g_autoptr (CoordRows) orgs = coord_db_query (
    db, error, "SELECT org, role FROM member WHERE person = $1 LIMIT 200", COORD_TEXT (person_id));

  if (orgs == NULL)
    return NULL;
  while (coord_rows_next (orgs)) {
    GPtrArray *part = list_slots_of_org (db, coord_rows_get_text (orgs, 0),
      g_strcmp0 (coord_rows_get_text (orgs, 1), "candidate") == 0, range, error);

    if (part == NULL)
      return NULL;
    g_ptr_array_extend_and_steal (list, part);
  }
  if (coord_rows_count (orgs) > 1)
    g_ptr_array_sort (list, compare_slots);
  if (list->len > range->limit)
    g_ptr_array_set_size (list, range->limit);
  return g_steal_pointer (&list);
}

GPtrArray *
coord_booking_store_list_free_slots (CoordDb *db,
  const char *org_id,
  const char *interviewer_id,
  gint64 after_us,
  guint limit,
  GError **error)
{
  return read_slots (db,
    coord_db_query (db, error,
      "SELECT " SLOT_COLUMNS " FROM slot JOIN person ON person.id = interviewer"
      " WHERE slot.org = $1 AND interviewer = $2 AND starts_at > $3 AND taken < capacity"
      " AND slot.state = 'open' AND slot.source = 'offer' ORDER BY starts_at LIMIT $4",
      COORD_TEXT (org_id), COORD_TEXT (interviewer_id), COORD_INT (after_us), COORD_INT (limit)),
    error);
}

gboolean
coord_booking_store_take_place (CoordDb *db, const char *slot_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE slot SET taken = taken + 1, version = version + 1"
    " WHERE id = $1 AND taken < capacity AND state = 'open' RETURNING taken",
    COORD_TEXT (slot_id));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_SLOT_TAKEN,
    "This appointment has just been taken. Choose another one.");
  return FALSE;
}

gboolean
coord_booking_store_give_place (CoordDb *db, const char *slot_id, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE slot SET taken = taken - 1, version = version + 1 WHERE id = $1 AND taken > 0",
    COORD_TEXT (slot_id));
}

gboolean
coord_booking_store_release (CoordDb *db, const char *source, GError **error)
{
  return coord_db_run (db, error, "DELETE FROM busy WHERE source = $1", COORD_TEXT (source));
}

gboolean
coord_booking_store_reserve (CoordDb *db,
  const char *person_id,
  gint64 starts_at_us,
  gint64 ends_at_us,
  const char *source,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "INSERT INTO busy (person, starts_at, ends_at, source) SELECT $1, $2, $3, $4"
    " WHERE NOT EXISTS (SELECT 1 FROM busy WHERE person = $1 AND starts_at < $3 AND ends_at > $2)"
    " RETURNING source",
    COORD_TEXT (person_id), COORD_INT (starts_at_us), COORD_INT (ends_at_us), COORD_TEXT (source));

  if (rows == NULL)
    return FALSE;
  if (coord_rows_next (rows))
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_OVERLAP,
    "This time overlaps with another appointment of the same person.");
  return FALSE;
}

gboolean
coord_booking_store_add_interview (CoordDb *db,
  const CoordInterview *interview,
  const char *created_by,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
           "INSERT INTO interview (id, org, slot, interviewer, candidate, kind, title, note, state,"
           " starts_at, ends_at, created_by, created_at, guest_name, guest_email, guest_locale,"
           " guest_zone) VALUES ($1, $2, $3, $4, $5, 'interview', $6, $7, 'booked', $8, $9, $10,"
           " $11, $12, $13, $14, $15)",
           COORD_TEXT (interview->id), COORD_TEXT (interview->org_id),
           COORD_TEXT (interview->slot_id), COORD_TEXT (interview->interviewer_id),
           COORD_TEXT (interview->candidate_id), COORD_TEXT (interview->title),
           COORD_TEXT (interview->note), COORD_INT (interview->starts_at_us),
           COORD_INT (interview->ends_at_us), COORD_TEXT (created_by), COORD_INT (now_us),
           COORD_TEXT (interview->guest.name), COORD_TEXT (interview->guest.email),
           COORD_TEXT (interview->guest.locale), COORD_TEXT (interview->guest.zone)) &&
         coord_db_run (db, error, "INSERT INTO room (id, interview, state) VALUES ($1, $2, 'open')",
           COORD_TEXT (interview->room_id), COORD_TEXT (interview->id));
}

/* $1 is the person whose role is wanted. A candidate without an account is named by the room. */
#define SELECT_INTERVIEW \
  "SELECT interview.id, interview.org, org.name, interview.slot, room.id, interview.interviewer," \
  " host.name, interview.candidate," \
  " (SELECT guest.name FROM participant AS guest WHERE guest.room = room.id" \
  "  AND guest.role = 'candidate' AND guest.state <> 3 ORDER BY guest.created_at LIMIT 1)," \
  " interview.title, interview.note, slot.zone, interview.state, interview.starts_at," \
  " interview.ends_at, interview.version, own.role, interview.sequence, interview.guest_name," \
  " interview.guest_email, interview.guest_locale, interview.guest_zone, room.record_removed_at" \
  " FROM interview JOIN room ON room.interview = interview.id" \
  " JOIN org ON org.id = interview.org JOIN slot ON slot.id = interview.slot" \
  " JOIN person AS host ON host.id = interview.interviewer"

static CoordInterview *
read_interview (CoordRows *rows)
{
  CoordInterview *interview = g_new0 (CoordInterview, 1);

  interview->id = coord_rows_dup_text (rows, 0);
  interview->org_id = coord_rows_dup_text (rows, 1);
  interview->org_name = coord_rows_dup_text (rows, 2);
  interview->slot_id = coord_rows_dup_text (rows, 3);
  interview->room_id = coord_rows_dup_text (rows, 4);
  interview->interviewer_id = coord_rows_dup_text (rows, 5);
  interview->interviewer_name = coord_rows_dup_text (rows, 6);
  interview->candidate_id = coord_rows_dup_text (rows, 7);
  interview->candidate_name = coord_rows_dup_text (rows, 8);
  interview->title = coord_rows_dup_text (rows, 9);
  interview->note = coord_rows_dup_text (rows, 10);
  interview->zone = coord_rows_dup_text (rows, 11);
  interview->state = coord_rows_dup_text (rows, 12);
  interview->starts_at_us = coord_rows_get_int (rows, 13);
  interview->ends_at_us = coord_rows_get_int (rows, 14);
  interview->version = coord_rows_get_int (rows, 15);
  interview->role = coord_rows_dup_text (rows, 16);
  interview->sequence = coord_rows_get_int (rows, 17);
  interview->guest.name = coord_rows_dup_text (rows, 18);
  interview->guest.email = coord_rows_dup_text (rows, 19);
  interview->guest.locale = coord_rows_dup_text (rows, 20);
  interview->guest.zone = coord_rows_dup_text (rows, 21);
  interview->record_removed_us = coord_rows_get_int (rows, 22);
  return interview;
}

/* Whether there is such an interview for this person. A query of its own: of a foreign interview as
 * little is read as of none, so that the time does not tell of it. */
static gboolean
may_know (CoordDb *db, const char *id, const char *person_id, gboolean *may, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT 1 FROM interview WHERE id = $1 AND (EXISTS (SELECT 1 FROM member"
    "  WHERE member.org = interview.org AND member.person = $2)"
    " OR EXISTS (SELECT 1 FROM room JOIN participant ON participant.room = room.id"
    "  WHERE room.interview = interview.id AND participant.person = $2"
    "  AND participant.state <> 3))",
    COORD_TEXT (id), COORD_TEXT (person_id));

  *may = rows != NULL && coord_rows_next (rows);
  return rows != NULL;
}

CoordInterview *
coord_booking_store_find_interview (CoordDb *db,
  const char *id,
  const char *person_id,
  GError **error)
{
  g_autoptr (CoordRows) rows = NULL;
  gboolean may = TRUE;

  if (*person_id != '\0' && !may_know (db, id, person_id, &may, error))
    return NULL;
  if (!may) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such interview.");
    return NULL;
  }
  rows = coord_db_query (db, error,
    SELECT_INTERVIEW " LEFT JOIN participant AS own ON own.room = room.id AND own.person = $1"
                     " AND own.state <> 3 WHERE interview.id = $2",
    COORD_TEXT (person_id), COORD_TEXT (id));

  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows))
    return read_interview (rows);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such interview.");
  return NULL;
}

GPtrArray *
coord_booking_store_list_interviews (CoordDb *db,
  const char *person_id,
  gboolean is_past,
  const CoordRange *range,
  GError **error)
{
  g_autoptr (CoordRows) rows = NULL;
  GPtrArray *list;

  if (is_past)
    rows = coord_db_query (db, error,
      SELECT_INTERVIEW " JOIN participant AS own ON own.room = room.id AND own.person = $1"
                       " AND own.state <> 3"
                       " WHERE (interview.ends_at < $2 OR interview.state <> 'booked')"
                       " AND ($3 = 0 OR (interview.starts_at, interview.id) < ($3, $4))"
                       " ORDER BY interview.starts_at DESC, interview.id DESC LIMIT $5",
      COORD_TEXT (person_id), COORD_INT (range->until_us), COORD_INT (range->after_us),
      COORD_TEXT (range->after_id), COORD_INT (range->limit));
  else
    rows = coord_db_query (db, error,
      SELECT_INTERVIEW " JOIN participant AS own ON own.room = room.id AND own.person = $1"
                       " AND own.state <> 3"
                       " WHERE interview.ends_at >= $2 AND interview.state = 'booked'"
                       " AND (interview.starts_at, interview.id) > ($3, $4)"
                       " ORDER BY interview.starts_at, interview.id LIMIT $5",
      COORD_TEXT (person_id), COORD_INT (range->from_us), COORD_INT (range->after_us),
      COORD_TEXT (range->after_id), COORD_INT (range->limit));
  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_interview_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_interview (rows));
  return list;
}

GPtrArray *
coord_booking_store_list_of_org (CoordDb *db,
  const char *org_id,
  const char *team_id,
  const char *person_id,
  const CoordRange *range,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    SELECT_INTERVIEW " LEFT JOIN participant AS own ON own.room = room.id AND own.person = $1"
                     " AND own.state <> 3"
                     " WHERE interview.org = $2 AND interview.ends_at >= $3"
                     " AND (interview.starts_at, interview.id) > ($4, $5)"
                     " AND ($6 = '' OR interview.interviewer IN"
                     " (SELECT person FROM member WHERE org = $2 AND team = $6))"
                     " ORDER BY interview.starts_at, interview.id LIMIT $7",
    COORD_TEXT (person_id), COORD_TEXT (org_id), COORD_INT (range->from_us),
    COORD_INT (range->after_us), COORD_TEXT (range->after_id),
    COORD_TEXT (team_id != NULL ? team_id : ""), COORD_INT (range->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_interview_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_interview (rows));
  return list;
}

gboolean
coord_booking_store_move_interview (CoordDb *db,
  const char *id,
  const CoordSlot *slot,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE interview SET slot = $2, interviewer = $3, starts_at = $4, ends_at = $5,"
    " version = version + 1, sequence = sequence + 1 WHERE id = $1",
    COORD_TEXT (id), COORD_TEXT (slot->id), COORD_TEXT (slot->interviewer_id),
    COORD_INT (slot->starts_at_us), COORD_INT (slot->ends_at_us));
}

gboolean
coord_booking_store_set_state (CoordDb *db, const char *id, const char *state, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE interview SET state = $2, version = version + 1, sequence = sequence + 1"
    " WHERE id = $1",
    COORD_TEXT (id), COORD_TEXT (state));
}

gboolean
coord_booking_store_add_change (CoordDb *db,
  const char *interview_id,
  const char *actor,
  const char *kind,
  gint64 starts_at_us,
  const char *reason,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO interview_change (interview, seq, at, actor, kind, starts_at, reason)"
    " SELECT $1, COALESCE (MAX (seq), 0) + 1, $2, $3, $4, $5, $6 FROM interview_change"
    " WHERE interview = $1",
    COORD_TEXT (interview_id), COORD_INT (now_us), COORD_TEXT (actor), COORD_TEXT (kind),
    COORD_INT (starts_at_us), COORD_TEXT (reason));
}

GPtrArray *
coord_booking_store_list_changes (CoordDb *db, const char *interview_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT seq, at, actor, person.name, kind, starts_at, reason FROM interview_change"
    " LEFT JOIN person ON person.id = actor WHERE interview = $1 ORDER BY seq LIMIT 200",
    COORD_TEXT (interview_id));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_change_free);
  while (coord_rows_next (rows)) {
    EntApiChange *change = ent_api_change_new ();

    change->seq = coord_rows_get_int (rows, 0);
    change->at = coord_rows_get_int (rows, 1);
    change->actor = coord_rows_dup_text (rows, 2);
    change->actor_name = coord_rows_dup_text (rows, 3);
    for (int i = 0; ent_api_change_nicks[i] != NULL; i++)
      if (g_str_equal (ent_api_change_nicks[i], coord_rows_get_text (rows, 4)))
        change->kind = i;
    change->starts = coord_rows_get_int (rows, 5);
    change->reason = coord_rows_dup_text (rows, 6);
    g_ptr_array_add (list, change);
  }
  return list;
}

gboolean
coord_booking_store_end_interview (CoordDb *db, const char *room_id, gint64 now_us, GError **error)
{
  return coord_db_run (db, error,
           "UPDATE interview SET state = 'ended', version = version + 1"
           " WHERE state = 'booked' AND id = (SELECT interview FROM room WHERE id = $1)",
           COORD_TEXT (room_id)) &&
         coord_db_run (db, error,
           "DELETE FROM busy WHERE ends_at > $2 AND source IN"
           " (SELECT interview.id FROM interview JOIN room ON room.interview = interview.id"
           "  WHERE room.id = $1 UNION ALL"
           "  SELECT slot.id FROM interview JOIN room ON room.interview = interview.id"
           "  JOIN slot ON slot.id = interview.slot AND slot.capacity = 1 WHERE room.id = $1)",
           COORD_TEXT (room_id), COORD_INT (now_us));
}
