#pragma once

#include <glib-object.h>

#include "protocol/ent-api.h"

G_BEGIN_DECLS

/* One interview as a row of the dashboard shows it. Never changes, except with the time.
 *
 * Properties (read-only): title, when, people, role, state-text, can-join, opens-text (when it can
 * be entered; NULL when it can or never will), can-change (it has not begun). The last four are
 * notified by ent_interview_update(). */
#define ENT_TYPE_INTERVIEW (ent_interview_get_type ())
G_DECLARE_FINAL_TYPE (EntInterview, ent_interview, ENT, INTERVIEW, GObject)

/* now_us: wall time. What is needed of data is copied. */
EntInterview *ent_interview_new (const EntApiInterview *data, gint64 now_us);

/* Whether both say the same of the same interview, so that one may stay where the other would come.
 */
gboolean ent_interview_equal (EntInterview *one, EntInterview *other);

/* Tells that time has passed. */
void ent_interview_update (EntInterview *interview, gint64 now_us);

const char *ent_interview_get_id (EntInterview *interview);
const char *ent_interview_get_room (EntInterview *interview);
const char *ent_interview_get_title (EntInterview *interview);
/* "Today, 14:00 to 14:45". Borrowed, as are the others. */
const char *ent_interview_get_when (EntInterview *interview);
const char *ent_interview_get_org (EntInterview *interview);

/* Of what was shown, for ent_client_change_async(). */
gint64 ent_interview_get_version (EntInterview *interview);
gboolean ent_interview_can_join (EntInterview *interview);
gboolean ent_interview_can_change (EntInterview *interview);

/* Whether it can be said that nobody came: who leads it, from its start on. */
gboolean ent_interview_can_miss (EntInterview *interview);

/* Of who interviews; NULL: not known. */
const char *ent_interview_get_zone (EntInterview *interview);
gint64 ent_interview_get_starts (EntInterview *interview);
gint64 ent_interview_get_ends (EntInterview *interview);
gint64 ent_interview_get_opens (EntInterview *interview);

G_END_DECLS
