#pragma once

#include <adwaita.h>

#include "ent-account.h"
#include "protocol/ent-api-schedule.h"

G_BEGIN_DECLS

/* When the person can be met: hours of the week, written or painted, days that differ, and how
 * appointments lie in them.
 *
 * Actions: hours.refresh, hours.save, hours.add-day, hours.remove-day (a place in the list).
 * Signal: toast (const char *sentence). */
#define ENT_TYPE_HOURS_PAGE (ent_hours_page_get_type ())
G_DECLARE_FINAL_TYPE (EntHoursPage, ent_hours_page, ENT, HOURS_PAGE, AdwBin)

GtkWidget *ent_hours_page_new (EntAccount *account);

/* Asks the server for the hours; org: where the person interviews. */
void ent_hours_page_start (EntHoursPage *page, const char *org);

/* What the server has answered; takes hours. */
void ent_hours_page_take (EntHoursPage *page, EntApiAvailability *hours);

void ent_hours_page_clear (EntHoursPage *page);

G_END_DECLS
