#include "store/coord-person-store.h"

#include "store/coord-error.h"

#define KEPT(table, column, document) \
  { \
#table, #column, COORD_FATE_KEPT, document, NULL \
  }
#define REMOVED(table, column, document) \
  { \
#table, #column, COORD_FATE_REMOVED, document, "DELETE FROM " #table " WHERE " #column " = $1" \
  }

static const CoordPersonPlace places[] = {
  KEPT (person, id, "account"),
  REMOVED (session_family, person, "sessions"), /* with its refresh tokens */
  REMOVED (member, person, "memberships"),
  KEPT (slot, interviewer, "appointments"),
  REMOVED (slot_panel, person, "appointments"),
  REMOVED (busy, person, NULL), /* follows from appointments and interviews */
  KEPT (interview, interviewer, "interviews"),
  KEPT (interview, candidate, "interviews"),
  KEPT (interview, created_by, "bookings"),
  KEPT (interview_change, actor, "changes"),
  KEPT (participant, person, "interviews"),
  KEPT (invitation, created_by, "invitations"),
  KEPT (org_invite, created_by, "invitations"),
  KEPT (booking_link, interviewer, "booking-links"),
  KEPT (booking_link, panel, "booking-links"),
  KEPT (booking_link, created_by, "booking-links"),
  KEPT (api_key, created_by, "keys"),
  KEPT (audit, actor, "audit"),
  KEPT (audit, subject, "audit"),
  KEPT (notice, participant, NULL), /* between coordinators, for some minutes */
  REMOVED (kept_answer, person, "requests"),
  REMOVED (availability, person, "availability"),
  REMOVED (weekly_hours, person, "weekly-hours"),
  REMOVED (special_hours, person, "special-hours"),
  REMOVED (notification, person, "notifications"),
  REMOVED (calendar_feed, person, "calendar-feed"),
  REMOVED (account_link, person, "links"),
  REMOVED (picture, person, "picture"),
  REMOVED (sign_in_ticket, person, NULL), /* of a sign-in under way, for five minutes */
  REMOVED (recovery_code, person, "second-factor"),
  REMOVED (second_factor, person, "second-factor"),
  REMOVED (identity, person, "identities"),
  REMOVED (code_job, subject, "programs"),
  REMOVED (person_export, person, NULL), /* the copy itself */
  { "job", "subject", COORD_FATE_REMOVED, NULL,
    "DELETE FROM job WHERE kind = 'account.mail' AND subject IN"
    " ('verify:' || $1, 'reset:' || $1, 'known:' || $1)" },
};

/* What names somebody in rows that stay. $1 is the person. */
static const char *const texts[] = {
  "UPDATE participant SET name = '" COORD_FORMER_NAME "' WHERE person = $1",
  "UPDATE interview SET note = NULL WHERE candidate = $1 OR created_by = $1",
  "UPDATE interview_change SET reason = NULL WHERE actor = $1",
  "UPDATE notification SET reason = NULL WHERE interview IN"
  " (SELECT interview FROM interview_change WHERE actor = $1)",
  "UPDATE booking_link SET revoked_at = COALESCE (revoked_at, created_at)"
  " WHERE interview IS NULL AND (interviewer = $1 OR panel LIKE '%' || $1 || '%')",
};

/* What is kept of an address without an account. $1 is the address in lower case. */
static const char *const address_texts[] = {
  "UPDATE participant SET name = '" COORD_FORMER_NAME "' WHERE person IS NULL"
  " AND role = 'candidate' AND room IN (SELECT room.id FROM room"
  "  JOIN interview ON interview.id = room.interview WHERE LOWER (guest_email) = $1)",
  "UPDATE interview SET guest_name = '" COORD_FORMER_NAME "', guest_email = NULL,"
  " guest_locale = NULL, guest_zone = NULL, note = NULL WHERE LOWER (guest_email) = $1",
  "UPDATE booking_link SET name = '" COORD_FORMER_NAME "', email = '',"
  " revoked_at = COALESCE (revoked_at, created_at) WHERE LOWER (email) = $1",
  "DELETE FROM busy WHERE person = 'mailto:' || $1",
  "DELETE FROM provider_grant WHERE LOWER (email) = $1",
  "DELETE FROM org_invite WHERE LOWER (email) = $1",
  "DELETE FROM outbox WHERE LOWER (address) = $1",
};

const CoordPersonPlace *
coord_person_store_list_places (guint *n_places)
{
  *n_places = G_N_ELEMENTS (places);
  return places;
}

static gboolean
run_all (CoordDb *db, const char *const *statements, guint count, const char *value, GError **error)
{
  for (guint i = 0; i < count; i++)
    if (!coord_db_run (db, error, statements[i], COORD_TEXT (value)))
      return FALSE;
  return TRUE;
}

gboolean
coord_person_store_erase_address (CoordDb *db, const char *email, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (email, -1);

  return run_all (db, address_texts, G_N_ELEMENTS (address_texts), lower, error);
}

gboolean
coord_person_store_check_address (CoordDb *db, const char *email, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (email, -1);
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT 1 FROM interview WHERE LOWER (guest_email) = $1"
    " UNION ALL SELECT 1 FROM booking_link WHERE LOWER (email) = $1"
    " UNION ALL SELECT 1 FROM busy WHERE person = 'mailto:' || $1"
    " UNION ALL SELECT 1 FROM provider_grant WHERE LOWER (email) = $1"
    " UNION ALL SELECT 1 FROM org_invite WHERE LOWER (email) = $1"
    " UNION ALL SELECT 1 FROM outbox WHERE LOWER (address) = $1 LIMIT 1",
    COORD_TEXT (lower));

  if (rows == NULL || coord_rows_next (rows))
    return rows != NULL;
  g_set_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND,
    "Nothing is kept of '%s': there is no account with this address, and nobody is booked or "
    "invited "
    "under it. Is it written right? Nothing was erased.",
    email);
  return FALSE;
}

gboolean
coord_person_store_erase (CoordDb *db,
  const CoordPerson *person,
  gboolean is_proven,
  gint64 now_us,
  GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (places[i].remove != NULL &&
        !coord_db_run (db, error, places[i].remove, COORD_TEXT (person->id)))
      return FALSE;
  return run_all (db, texts, G_N_ELEMENTS (texts), person->id, error) &&
         coord_db_run (db, error, "DELETE FROM outbox WHERE address = $1 AND name = $2",
           COORD_TEXT (person->email), COORD_TEXT (person->name)) &&
         (!is_proven || coord_person_store_erase_address (db, person->email, error)) &&
         coord_db_run (db, error,
           "UPDATE person SET email = 'erased:' || id, name = '" COORD_FORMER_NAME "',"
           " password = '', locale = NULL, zone = NULL, is_site_admin = 0, is_active = 0,"
           " credential_version = credential_version + 1, version = version + 1,"
           " verified_at = NULL, erased_at = $2 WHERE id = $1",
           COORD_TEXT (person->id), COORD_INT (now_us));
}

gboolean
coord_person_store_keep_places (CoordDb *db, const char *person_id, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE participant SET state = 2 WHERE person = $1 AND state = 3"
    " AND role IN ('host', 'candidate')"
    " AND room IN (SELECT id FROM room WHERE state = 'ended')",
    COORD_TEXT (person_id));
}

/* Lists. */

/* The first column; takes the rows. */
static GPtrArray *
read_column (CoordRows *rows)
{
  g_autoptr (CoordRows) owned = rows;
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (g_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, coord_rows_dup_text (rows, 0));
  return list;
}

static char *
to_lower (const char *email)
{
  return email != NULL ? g_ascii_strdown (email, -1) : g_strdup ("");
}

GPtrArray *
coord_person_store_list_coming (CoordDb *db,
  const char *person_id,
  const char *email,
  gint64 now_us,
  GError **error)
{
  g_autofree char *lower = to_lower (email);

  return read_column (coord_db_query (db, error,
    "SELECT id FROM interview WHERE state = 'booked' AND ends_at > $3"
    " AND (interviewer = $1 OR candidate = $1 OR LOWER (COALESCE (guest_email, '-')) = $2)"
    " ORDER BY id",
    COORD_TEXT (person_id), COORD_TEXT (lower), COORD_INT (now_us)));
}

GPtrArray *
coord_person_store_list_slots (CoordDb *db, const char *person_id, gint64 now_us, GError **error)
{
  return read_column (coord_db_query (db, error,
    "SELECT id FROM slot WHERE interviewer = $1 AND state = 'open' AND ends_at > $2 ORDER BY id",
    COORD_TEXT (person_id), COORD_INT (now_us)));
}

GPtrArray *
coord_person_store_list_candidate_rooms (CoordDb *db,
  const char *person_id,
  const char *email,
  GError **error)
{
  g_autofree char *lower = to_lower (email);

  return read_column (coord_db_query (db, error,
    "SELECT room.id FROM room JOIN interview ON interview.id = room.interview"
    " WHERE record_removed_at IS NULL"
    " AND (candidate = $1 OR LOWER (COALESCE (guest_email, '-')) = $2) ORDER BY room.id",
    COORD_TEXT (person_id), COORD_TEXT (lower)));
}

GPtrArray *
coord_person_store_list_open_places (CoordDb *db, const char *person_id, GError **error)
{
  return read_column (coord_db_query (db, error,
    "SELECT participant.id FROM participant JOIN room ON room.id = participant.room"
    " WHERE person = $1 AND participant.state <> 3 AND room.state = 'open'"
    " ORDER BY participant.id",
    COORD_TEXT (person_id)));
}

GPtrArray *
coord_person_store_list_hand_over (CoordDb *db, const char *person_id, GError **error)
{
  return read_column (coord_db_query (db, error,
    "SELECT org.name FROM org JOIN member ON member.org = org.id"
    " WHERE member.person = $1 AND member.role = 'admin'"
    " AND NOT EXISTS (SELECT 1 FROM member AS other JOIN person ON person.id = other.person"
    "  WHERE other.org = org.id AND other.person <> $1 AND other.role = 'admin'"
    "  AND person.is_active = 1)"
    " AND EXISTS (SELECT 1 FROM member AS other WHERE other.org = org.id"
    "  AND other.person <> $1) ORDER BY org.name",
    COORD_TEXT (person_id)));
}
