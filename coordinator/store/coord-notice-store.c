#include "store/coord-notice-store.h"

#include "base/ent-id.h"
#include "store/coord-error.h"

gboolean
coord_outbox_store_add (CoordDb *db, const CoordMail *mail, gint64 now_us, GError **error)
{
  return coord_db_run (db, error,
    "INSERT INTO outbox (id, name, address, subject, text, html, calendar, method, state,"
    " created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9, $9)",
    COORD_TEXT (mail->id), COORD_TEXT (mail->name), COORD_TEXT (mail->address),
    COORD_TEXT (mail->subject), COORD_TEXT (mail->text), COORD_TEXT (mail->html),
    COORD_TEXT (mail->calendar), COORD_TEXT (mail->method), COORD_INT (now_us));
}

void
coord_outbox_row_free (CoordOutboxRow *row)
{
  g_free ((char *) row->mail.id);
  g_free ((char *) row->mail.name);
  g_free ((char *) row->mail.address);
  g_free ((char *) row->mail.subject);
  g_free ((char *) row->mail.text);
  g_free ((char *) row->mail.html);
  g_free ((char *) row->mail.calendar);
  g_free ((char *) row->mail.method);
  g_free (row);
}

GPtrArray *
coord_outbox_store_take (CoordDb *db, guint limit, gint64 now_us, gint64 lost_at_us, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "UPDATE outbox SET unsure = unsure + CASE WHEN state = 'sending' THEN 1 ELSE 0 END,"
    " attempts = attempts + CASE WHEN state = 'sending' THEN 1 ELSE 0 END,"
    " state = 'sending', due_at = $2"
    " WHERE id IN (SELECT id FROM outbox WHERE state IN ('waiting', 'sending') AND due_at <= $1"
    "  ORDER BY due_at, id LIMIT $3)"
    " RETURNING id, name, address, subject, text, html, calendar, method, attempts, unsure",
    COORD_INT (now_us), COORD_INT (lost_at_us), COORD_INT (limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_outbox_row_free);
  while (coord_rows_next (rows)) {
    CoordOutboxRow *row = g_new0 (CoordOutboxRow, 1);

    row->mail = (CoordMail){ coord_rows_dup_text (rows, 0), coord_rows_dup_text (rows, 1),
      coord_rows_dup_text (rows, 2), coord_rows_dup_text (rows, 3), coord_rows_dup_text (rows, 4),
      coord_rows_dup_text (rows, 5), coord_rows_dup_text (rows, 6), coord_rows_dup_text (rows, 7) };
    row->attempts = coord_rows_get_int (rows, 8);
    row->unsure = coord_rows_get_int (rows, 9);
    g_ptr_array_add (list, row);
  }
  return list;
}

gboolean
coord_outbox_store_end (CoordDb *db, const char *id, const char *error_text, GError **error)
{
  return coord_db_run (db, error,
    "UPDATE outbox SET state = $2, error = $3, subject = '', text = '', html = '', calendar = NULL"
    " WHERE id = $1",
    COORD_TEXT (id), COORD_TEXT (error_text == NULL ? "sent" : "failed"), COORD_TEXT (error_text));
}

gboolean
coord_outbox_store_postpone (CoordDb *db,
  const char *id,
  gboolean is_unsure,
  const char *error_text,
  gint64 due_at_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE outbox SET state = 'waiting', due_at = $2, attempts = attempts + 1,"
    " unsure = unsure + $3, error = $4 WHERE id = $1",
    COORD_TEXT (id), COORD_INT (due_at_us), COORD_INT (is_unsure), COORD_TEXT (error_text));
}

gint64
coord_outbox_store_get_next_due (CoordDb *db, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT MIN (due_at) FROM outbox WHERE state IN ('waiting', 'sending')");

  if (rows == NULL || !coord_rows_next (rows))
    return -1;
  return coord_rows_is_null (rows, 0) ? G_MAXINT64 : coord_rows_get_int (rows, 0);
}

gboolean
coord_outbox_store_tidy (CoordDb *db, gint64 before_us, GError **error)
{
  return coord_db_run (
    db, error, "DELETE FROM outbox WHERE created_at < $1", COORD_INT (before_us));
}

char *
coord_notification_store_add (CoordDb *db,
  const char *person_id,
  const char *kind,
  const char *interview_id,
  gint64 starts_at_us,
  const char *reason,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = ent_id_new ();

  return coord_db_run (db, error,
           "INSERT INTO notification (id, person, at, kind, interview, starts_at, reason)"
           " VALUES ($1, $2, $3, $4, $5, $6, $7)",
           COORD_TEXT (id), COORD_TEXT (person_id), COORD_INT (now_us), COORD_TEXT (kind),
           COORD_TEXT (interview_id), COORD_INT (starts_at_us), COORD_TEXT (reason))
           ? g_steal_pointer (&id)
           : NULL;
}

#define NOTIFICATIONS \
  "SELECT notification.id, at, notification.kind, interview, interview.title," \
  " notification.starts_at, reason, read_at FROM notification" \
  " JOIN interview ON interview.id = notification.interview"

static EntApiNotification *
read_notification (CoordRows *rows)
{
  EntApiNotification *one = ent_api_notification_new ();

  one->id = coord_rows_dup_text (rows, 0);
  one->at = coord_rows_get_int (rows, 1);
  for (int i = 0; ent_api_notice_nicks[i] != NULL; i++)
    if (g_str_equal (ent_api_notice_nicks[i], coord_rows_get_text (rows, 2)))
      one->kind = i;
  one->interview = coord_rows_dup_text (rows, 3);
  one->title = coord_rows_dup_text (rows, 4);
  one->starts = coord_rows_get_int (rows, 5);
  one->reason = coord_rows_dup_text (rows, 6);
  one->read = coord_rows_get_int (rows, 7);
  return one;
}

EntApiNotification *
coord_notification_store_find (CoordDb *db, const char *person_id, const char *id, GError **error)
{
  g_autoptr (CoordRows) rows =
    coord_db_query (db, error, NOTIFICATIONS " WHERE person = $1 AND notification.id = $2",
      COORD_TEXT (person_id), COORD_TEXT (id));

  return rows != NULL && coord_rows_next (rows) ? read_notification (rows) : NULL;
}

GPtrArray *
coord_notification_store_list (CoordDb *db,
  const char *person_id,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    NOTIFICATIONS " WHERE person = $1 AND ($2 = '' OR notification.id < $2)"
                  " ORDER BY notification.id DESC LIMIT $3",
    COORD_TEXT (person_id), COORD_TEXT (page->after), COORD_INT (page->limit));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_notification_free);
  while (coord_rows_next (rows))
    g_ptr_array_add (list, read_notification (rows));
  return list;
}

gboolean
coord_notification_store_mark_read (CoordDb *db,
  const char *person_id,
  const char *id,
  gint64 now_us,
  GError **error)
{
  return coord_db_run (db, error,
    "UPDATE notification SET read_at = $3 WHERE person = $1 AND ($2 = '' OR id = $2)"
    " AND read_at IS NULL",
    COORD_TEXT (person_id), COORD_TEXT (id != NULL ? id : ""), COORD_INT (now_us));
}

gboolean
coord_feed_store_set (CoordDb *db,
  const char *person_id,
  const char *token_hash,
  gint64 now_us,
  GError **error)
{
  if (token_hash == NULL)
    return coord_db_run (
      db, error, "DELETE FROM calendar_feed WHERE person = $1", COORD_TEXT (person_id));
  return coord_db_run (db, error,
    "INSERT INTO calendar_feed (person, token_hash, created_at) VALUES ($1, $2, $3)"
    " ON CONFLICT (person) DO UPDATE SET token_hash = excluded.token_hash,"
    " created_at = excluded.created_at",
    COORD_TEXT (person_id), COORD_TEXT (token_hash), COORD_INT (now_us));
}

char *
coord_feed_store_find (CoordDb *db, const char *token_hash, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (
    db, error, "SELECT person FROM calendar_feed WHERE token_hash = $1", COORD_TEXT (token_hash));

  if (rows == NULL)
    return NULL;
  if (coord_rows_next (rows))
    return coord_rows_dup_text (rows, 0);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such calendar.");
  return NULL;
}

void
coord_recipient_free (CoordRecipient *recipient)
{
  g_free (recipient->person_id);
  g_free (recipient->name);
  g_free (recipient->email);
  g_free (recipient->locale);
  g_free (recipient->zone);
  g_free (recipient);
}

GPtrArray *
coord_notice_store_list_recipients (CoordDb *db, const char *interview_id, GError **error)
{
  g_autoptr (CoordRows) rows = coord_db_query (db, error,
    "SELECT person.id, person.name, person.email, person.locale, person.zone FROM participant"
    " JOIN room ON room.id = participant.room JOIN person ON person.id = participant.person"
    " WHERE room.interview = $1 AND participant.state <> 3"
    " UNION ALL SELECT NULL, guest_name, guest_email, guest_locale, guest_zone FROM interview"
    " WHERE id = $1 AND guest_email IS NOT NULL",
    COORD_TEXT (interview_id));
  GPtrArray *list;

  if (rows == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_recipient_free);
  while (coord_rows_next (rows)) {
    CoordRecipient *recipient = g_new0 (CoordRecipient, 1);

    *recipient = (CoordRecipient){ coord_rows_dup_text (rows, 0), coord_rows_dup_text (rows, 1),
      coord_rows_dup_text (rows, 2), coord_rows_dup_text (rows, 3), coord_rows_dup_text (rows, 4) };
    g_ptr_array_add (list, recipient);
  }
  return list;
}
