#pragma once

#include "base/ent-clock.h"
#include "ent-account.h"
#include "protocol/ent-api-schedule.h"

G_BEGIN_DECLS

/* What the server has told the person who is signed in: the newest notifications, kept fresh by
 * the server's word, or by asking once a minute while there is no socket for that.
 *
 * Properties (read-only, with notify):
 *   unread   how many of them are not read
 *   problem  a sentence while the server cannot be asked, else NULL
 * Signals:
 *   changed                                    the list is another one
 *   arrived (const EntApiNotification *)       one that is new and not read */
#define ENT_TYPE_NOTICES (ent_notices_get_type ())
G_DECLARE_FINAL_TYPE (EntNotices, ent_notices, ENT, NOTICES, GObject)

/* clock: NULL for the real one. Asks as long as somebody is signed in. */
EntNotices *ent_notices_new (EntAccount *account, EntClock *clock);

/* Asks at once. */
void ent_notices_refresh (EntNotices *notices);

/* The newest first; borrowed until it changes. NULL: the server has not answered yet. */
const GPtrArray *ent_notices_get_list (EntNotices *notices);
guint ent_notices_get_unread (EntNotices *notices);
const char *ent_notices_get_problem (EntNotices *notices);

/* Here at once, and at the server; id: NULL for all. */
void ent_notices_mark_read (EntNotices *notices, const char *id);

/* What the server tells at once; the same one may come again. */
void ent_notices_tell (EntNotices *notices, const EntApiNotification *notice);

/* What the server has answered; takes list. */
void ent_notices_take (EntNotices *notices, EntApiNotificationList *list);

/* "Moved: Backend, first round", and when the interview is. The caller owns them. */
char *ent_notices_new_title (const EntApiNotification *notice);
char *ent_notices_new_body (const EntApiNotification *notice, gint64 now_us);

/* Whether it says that an interview is about to begin, which has not begun yet. */
gboolean ent_notices_is_soon (const EntApiNotification *notice, gint64 now_us);

G_END_DECLS
