#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "protocol/ent-api-schedule.h"

G_BEGIN_DECLS

/* A week of the person: interviews, times that are offered, and the hours in which they can be met.
 * Below 600 pixels a list of days instead of a table.
 *
 * Actions: week.refresh, week.earlier, week.later, week.today, week.edit-hours, week.offer,
 * week.show-offer (a slot's id).
 * Signals: edit-hours (const char *org), offer (const char *org, gint64 starts_us, gint64 ends_us),
 * show-offer (const EntApiSlot *). */
#define ENT_TYPE_WEEK_PAGE (ent_week_page_get_type ())
G_DECLARE_FINAL_TYPE (EntWeekPage, ent_week_page, ENT, WEEK_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_week_page_new (EntAccount *account, EntClock *clock);

/* Asks the server; the week stays the one that was shown. */
void ent_week_page_start (EntWeekPage *page);

/* What the server has answered; hours may be NULL. */
void ent_week_page_take (EntWeekPage *page,
  const EntApiInterviewList *upcoming,
  const EntApiInterviewList *past,
  const EntApiSlotList *slots,
  const EntApiAvailability *hours);

void ent_week_page_clear (EntWeekPage *page);

G_END_DECLS
