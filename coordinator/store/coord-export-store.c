#include "store/coord-export-store.h"

#include "store/coord-error.h"

#define MAX_ROWS " LIMIT 20000"

static const CoordExportDocument documents[] = {
  { "account", "Your account.",
    "id email name language zone ?site_admin ?active @created @address_confirmed",
    "SELECT id, email, name, locale, zone, is_site_admin, is_active, created_at, verified_at"
    " FROM person WHERE id = $1" },
  { "second-factor", "Codes of a device that you are asked for.", "@confirmed #codes_on_paper_left",
    "SELECT confirmed_at, (SELECT COUNT (*) FROM recovery_code"
    "  WHERE recovery_code.person = second_factor.person AND used_at IS NULL)"
    " FROM second_factor WHERE person = $1" },
  { "sessions", "Where you have signed in.", "device @began @used @expires @ended",
    "SELECT device, created_at, used_at, expires_at, ended_at FROM session_family"
    " WHERE person = $1 ORDER BY created_at" MAX_ROWS },
  { "identities", "Other services that you sign in with.", "service subject email @since @used",
    "SELECT issuer, subject, email, created_at, used_at FROM identity WHERE person = $1"
    " ORDER BY created_at" },
  { "memberships", "The organisations you belong to.", "organisation role team @since",
    "SELECT org.name, role, team.name, member.created_at FROM member"
    " JOIN org ON org.id = member.org LEFT JOIN team ON team.id = member.team"
    " WHERE person = $1 ORDER BY member.created_at" },
  { "availability", "How you can be met.",
    "zone #length_s #buffer_s #notice_s #ahead_days #daily_limit",
    "SELECT zone, length_s, buffer_s, notice_s, ahead_days, daily_limit FROM availability"
    " WHERE person = $1" },
  { "weekly-hours", "Your hours: days from Monday (0), minutes from midnight.",
    "#weekday #from_minute #until_minute",
    "SELECT weekday, from_minute, until_minute FROM weekly_hours WHERE person = $1"
    " ORDER BY weekday, from_minute" },
  { "special-hours", "Days that differ: days since 1970, minutes from midnight.",
    "#day #from_minute #until_minute",
    "SELECT day, from_minute, until_minute FROM special_hours WHERE person = $1"
    " ORDER BY day, from_minute" },
  { "appointments", "Appointments that you offered, or where you were on the panel.",
    "organisation title @starts @ends zone state",
    "SELECT org.name, title, starts_at, ends_at, slot.zone, state FROM slot"
    " JOIN org ON org.id = slot.org WHERE interviewer = $1"
    " OR slot.id IN (SELECT slot FROM slot_panel WHERE person = $1) ORDER BY starts_at" MAX_ROWS },
  { "interviews", "Interviews in which you have or had a place.",
    "id organisation title kind state role name @starts @ends @record_removed",
    "SELECT interview.id, org.name, title, kind, interview.state, participant.role,"
    " participant.name, starts_at, ends_at, record_removed_at FROM participant"
    " JOIN room ON room.id = participant.room JOIN interview ON interview.id = room.interview"
    " JOIN org ON org.id = interview.org WHERE participant.person = $1 ORDER BY "
    "starts_at" MAX_ROWS },
  { "bookings", "What you booked, with the notes that you wrote.",
    "id organisation title state @starts @ends @booked note name language zone",
    "SELECT interview.id, org.name, title, state, starts_at, ends_at, interview.created_at,"
    " CASE WHEN created_by = $1 OR LOWER (COALESCE (guest_email, '-')) = $2 THEN note END,"
    " CASE WHEN LOWER (COALESCE (guest_email, '-')) = $2 THEN guest_name END,"
    " CASE WHEN LOWER (COALESCE (guest_email, '-')) = $2 THEN guest_locale END,"
    " CASE WHEN LOWER (COALESCE (guest_email, '-')) = $2 THEN guest_zone END"
    " FROM interview JOIN org ON org.id = interview.org WHERE created_by = $1"
    " OR LOWER (COALESCE (guest_email, '-')) = $2 ORDER BY interview.created_at" MAX_ROWS,
    TRUE },
  { "changes", "What you changed in interviews, with the reasons that you gave.",
    "interview @at kind @starts reason",
    "SELECT interview, at, kind, starts_at, reason FROM interview_change WHERE actor = $1"
    " ORDER BY at" MAX_ROWS },
  { "booking-links",
    "Links to book with that you made, that lead to you, or that were sent to you.",
    "organisation title @created @expires @revoked",
    "SELECT org.name, title, booking_link.created_at, expires_at, revoked_at FROM booking_link"
    " JOIN org ON org.id = booking_link.org WHERE interviewer = $1 OR created_by = $1"
    " OR panel LIKE '%' || $1 || '%' OR LOWER (email) = $2 ORDER BY "
    "booking_link.created_at" MAX_ROWS,
    TRUE },
  { "invitations", "Invitations that you made, or that were sent to you.",
    "kind role @created @expires",
    "SELECT 'interview' AS kind, participant.role, invitation.created_at AS made, expires_at"
    " FROM invitation JOIN participant ON participant.id = invitation.participant"
    " WHERE created_by = $1 UNION ALL"
    " SELECT 'organisation', role, created_at, expires_at FROM org_invite"
    " WHERE created_by = $1 OR LOWER (email) = $2 ORDER BY made" MAX_ROWS,
    TRUE },
  { "keys", "Keys for programs that you made.",
    "organisation name begins scopes @created @expires @revoked",
    "SELECT org.name, api_key.name, start, scopes, api_key.created_at, expires_at, revoked_at"
    " FROM api_key JOIN org ON org.id = api_key.org WHERE created_by = $1"
    " ORDER BY api_key.created_at" MAX_ROWS },
  { "notifications", "What you were told in the app.", "@at kind interview @starts reason @read",
    "SELECT at, kind, interview, starts_at, reason, read_at FROM notification WHERE person = $1"
    " ORDER BY at" MAX_ROWS },
  { "mails", "Mails to you of the last two weeks. Their texts are not kept once they are sent.",
    "@written subject state",
    "SELECT outbox.created_at, subject, state FROM outbox"
    " JOIN person ON person.email = outbox.address WHERE person.id = $1 AND"
    " (outbox.name = person.name OR address = $2) ORDER BY outbox.created_at" MAX_ROWS,
    TRUE },
  { "links", "Links that were sent to you by mail.", "kind @sent @expires @used",
    "SELECT kind, created_at, expires_at, used_at FROM account_link WHERE person = $1"
    " ORDER BY created_at" MAX_ROWS },
  { "calendar-feed", "Your private calendar address.", "@made",
    "SELECT created_at FROM calendar_feed WHERE person = $1" },
  { "programs", "Programs whose answer you fetch later.", "@started {answer",
    "SELECT created_at, answer FROM code_job WHERE subject = $1 ORDER BY created_at" },
  { "requests", "Requests of the last day whose answer is kept, in case they are repeated.",
    "@at key #status",
    "SELECT at, key, status FROM kept_answer WHERE person = $1 ORDER BY at" MAX_ROWS },
  { "audit", "What the audit says of you: what you did, and what was done to your account.",
    "@at organisation action subject detail ?by_you",
    "SELECT at, org.name, action, subject, detail,"
    " CASE WHEN subject = $1 AND actor <> $1 THEN 0 ELSE 1 END FROM audit"
    " LEFT JOIN org ON org.id = audit.org WHERE actor = $1 OR subject = $1"
    " OR actor IN (SELECT id FROM participant WHERE person = $1) ORDER BY seq" MAX_ROWS },
};

const CoordExportDocument *
coord_export_store_list_documents (guint *n_documents)
{
  *n_documents = G_N_ELEMENTS (documents);
  return documents;
}

CoordRows *
coord_export_store_read (CoordDb *db,
  const CoordExportDocument *document,
  const char *person_id,
  const char *address,
  GError **error)
{
  return document->wants_address
           ? coord_db_query (db, error, document->sql, COORD_TEXT (person_id), COORD_TEXT (address))
           : coord_db_query (db, error, document->sql, COORD_TEXT (person_id));
}

/* The copy. */

gboolean
coord_export_store_ask (CoordDb *db,
  const char *person_id,
  gint64 now_us,
  gint64 expires_at_us,
  GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO person_export (person, requested_at, expires_at) VALUES ($1, $2, $3)"
    " ON CONFLICT (person) DO UPDATE SET requested_at = excluded.requested_at, ready_at = NULL,"
    " expires_at = excluded.expires_at, sha256 = NULL, data = NULL",
    COORD_TEXT (person_id), COORD_INT (now_us), COORD_INT (expires_at_us));
}

static void
set_none (GError **error, const char *text)
{
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, text);
}

EntApiExport *
coord_export_store_find (CoordDb *db, const char *person_id, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT requested_at, ready_at, expires_at, LENGTH (data), sha256 FROM person_export"
    " WHERE person = $1 AND expires_at > $2",
    COORD_TEXT (person_id), COORD_INT (now_us));
  EntApiExport *answer;

  if (rows == NULL)
    return NULL;
  if (!coord_rows_next (rows)) {
    set_none (error, "There is no copy of your data. Ask for one.");
    return NULL;
  }
  answer = ent_api_export_new ();
  answer->requested = coord_rows_get_int (rows, 0);
  answer->state = ENT_API_EXPORT_PREPARING;
  if (coord_rows_is_null (rows, 1))
    return answer;
  answer->state = ENT_API_EXPORT_READY;
  answer->ready = coord_rows_get_int (rows, 1);
  answer->expires = coord_rows_get_int (rows, 2);
  answer->bytes = coord_rows_get_int (rows, 3);
  answer->sha256 = coord_rows_dup_text (rows, 4);
  return answer;
}

GBytes *
coord_export_store_fetch (CoordDb *db, const char *person_id, gint64 now_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT data FROM person_export WHERE person = $1 AND expires_at > $2 AND ready_at IS NOT NULL",
    COORD_TEXT (person_id), COORD_INT (now_us));

  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows))
    return coord_rows_dup_bytes (rows, 0);
  set_none (error, "The copy of your data is not ready, or is not kept any more. Ask for one.");
  return NULL;
}

gboolean
coord_export_store_save (CoordDb *db,
  const char *person_id,
  gint64 requested_us,
  GBytes *data,
  gint64 now_us,
  gint64 expires_at_us,
  gboolean *is_kept,
  GError **error)
{
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, data);
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE person_export SET ready_at = $3, expires_at = $4, data = $5, sha256 = $6"
    " WHERE person = $1 AND requested_at = $2 AND ready_at IS NULL RETURNING person",
    COORD_TEXT (person_id), COORD_INT (requested_us), COORD_INT (now_us), COORD_INT (expires_at_us),
    COORD_BYTES (data), COORD_TEXT (sha256));

  *is_kept = rows != NULL && coord_rows_count (rows) == 1;
  return rows != NULL;
}

gboolean
coord_export_store_remove (CoordDb *db, const char *person_id, GError **error)
{
  return coord_db_run (
    db, error, "DELETE FROM person_export WHERE person = $1", COORD_TEXT (person_id));
}

gboolean
coord_export_store_tidy (CoordDb *db, gint64 now_us, GError **error)
{
  return coord_db_run (
    db, error, "DELETE FROM person_export WHERE expires_at <= $1", COORD_INT (now_us));
}

static void
room_free (gpointer data)
{
  CoordExportRoom *room = data;

  g_free (room->room_id);
  g_free (room->participant_id);
  g_free (room->title);
  g_free (room);
}

GPtrArray *
coord_export_store_list_rooms (CoordDb *db, const char *person_id, guint limit, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT room.id, participant.id, title, starts_at, record_removed_at FROM participant"
    " JOIN room ON room.id = participant.room JOIN interview ON interview.id = room.interview"
    " WHERE participant.person = $1 ORDER BY starts_at DESC, room.id LIMIT $2",
    COORD_TEXT (person_id), COORD_INT (limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func (room_free);
  while (coord_rows_next (rows)) {
    CoordExportRoom *room = g_new0 (CoordExportRoom, 1);

    room->room_id = coord_rows_dup_text (rows, 0);
    room->participant_id = coord_rows_dup_text (rows, 1);
    room->title = coord_rows_dup_text (rows, 2);
    room->starts_at_us = coord_rows_get_int (rows, 3);
    room->is_removed = !coord_rows_is_null (rows, 4);
    g_ptr_array_add (list, room);
  }
  return list;
}
