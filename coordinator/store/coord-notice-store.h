#pragma once

#include "outgoing/coord-mail.h"
#include "protocol/ent-api-schedule.h"
#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* The outbox. A row is written in the transaction of what it tells of, and taken by one sender at a
 * time: what is being sent and was not finished by its due time counts as an unsure attempt. */

gboolean coord_outbox_store_add (CoordDb *db, const CoordMail *mail, gint64 now_us, GError **error);

typedef struct {
  CoordMail mail; /* its texts are owned here */
  gint64 attempts; /* that failed */
  gint64 unsure; /* of them, those that may have arrived */
} CoordOutboxRow;

void coord_outbox_row_free (CoordOutboxRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordOutboxRow, coord_outbox_row_free)

/* Takes at most limit that are due; until lost_at_us they are this sender's. GPtrArray of
 * CoordOutboxRow, owned. */
GPtrArray *coord_outbox_store_take (CoordDb *db,
  guint limit,
  gint64 now_us,
  gint64 lost_at_us,
  GError **error);

/* Sent, or given up (error_text). Its texts, which name people, are not kept. */
gboolean
coord_outbox_store_end (CoordDb *db, const char *id, const char *error_text, GError **error);

/* To be tried again then. */
gboolean coord_outbox_store_postpone (CoordDb *db,
  const char *id,
  gboolean is_unsure,
  const char *error_text,
  gint64 due_at_us,
  GError **error);

/* When the next one is due; G_MAXINT64 for none, -1 on an error. */
gint64 coord_outbox_store_get_next_due (CoordDb *db, GError **error);

/* Removes what was written before then, sent or not. */
gboolean coord_outbox_store_tidy (CoordDb *db, gint64 before_us, GError **error);

/* What people are told in the app. */

/* Returns its id, which the caller owns; NULL on error. */
char *coord_notification_store_add (CoordDb *db,
  const char *person_id,
  const char *kind,
  const char *interview_id,
  gint64 starts_at_us,
  const char *reason,
  gint64 now_us,
  GError **error);

/* The newest first (GPtrArray of EntApiNotification, owned); page->after is an id, or "". */
GPtrArray *coord_notification_store_list (CoordDb *db,
  const char *person_id,
  const CoordPage *page,
  GError **error);

/* One that was given to this person; NULL without an error when there is none. */
EntApiNotification *
coord_notification_store_find (CoordDb *db, const char *person_id, const char *id, GError **error);

/* id NULL: all. */
gboolean coord_notification_store_mark_read (CoordDb *db,
  const char *person_id,
  const char *id,
  gint64 now_us,
  GError **error);

/* Calendars to subscribe to: one for each person; a new one ends the old one. hash NULL: none. */
gboolean coord_feed_store_set (CoordDb *db,
  const char *person_id,
  const char *token_hash,
  gint64 now_us,
  GError **error);

/* Whose it is; COORD_ERROR_NOT_FOUND. */
char *coord_feed_store_find (CoordDb *db, const char *token_hash, GError **error);

/* Who is told of an interview: everybody with a place and an account, and the guest who booked. */
typedef struct {
  char *person_id; /* NULL: no account */
  char *name;
  char *email;
  char *locale; /* these may be NULL */
  char *zone;
} CoordRecipient;

void coord_recipient_free (CoordRecipient *recipient);
GPtrArray *
coord_notice_store_list_recipients (CoordDb *db, const char *interview_id, GError **error);

G_END_DECLS
