#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "ent-interview.h"
#include "protocol/ent-api-schedule.h"

G_BEGIN_DECLS

/* One interview: when it is, on the own clock and on those of the others, who takes part, what
 * became of it, and what can be done with it.
 *
 * Actions: details.refresh, details.join, details.copy-link, details.add-to-calendar, details.move,
 * details.cancel, details.miss.
 * Signals: toast (const char *sentence), move (EntInterview *interview). */
#define ENT_TYPE_DETAILS_PAGE (ent_details_page_get_type ())
G_DECLARE_FINAL_TYPE (EntDetailsPage, ent_details_page, ENT, DETAILS_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_details_page_new (EntAccount *account, EntClock *clock);

/* Shows an interview, and asks the server for it. */
void ent_details_page_start (EntDetailsPage *page, const char *interview_id);

/* Asks for it again; nothing without one. */
void ent_details_page_refresh (EntDetailsPage *page);

/* Enters its room as soon as the server has said that it is open; once. */
void ent_details_page_join_when_open (EntDetailsPage *page);

/* What the server has answered. */
void ent_details_page_take (EntDetailsPage *page,
  const EntApiInterviewAnswer *answer,
  const EntApiHistory *history);

/* Forgets the person. */
void ent_details_page_clear (EntDetailsPage *page);

G_END_DECLS
