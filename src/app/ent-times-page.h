#pragma once

#include <adwaita.h>

#include "base/ent-clock.h"
#include "ent-account.h"
#include "ent-interview.h"

G_BEGIN_DECLS

/* The times that are offered, by day, in the person's own zone with the other one beside it: to
 * book one, or to move an interview there.
 *
 * Actions: times.take (s, a slot's id), times.refresh; the way back is win.back. Signal
 * taken (const char *sentence): it is booked or moved. */
#define ENT_TYPE_TIMES_PAGE (ent_times_page_get_type ())
G_DECLARE_FINAL_TYPE (EntTimesPage, ent_times_page, ENT, TIMES_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_times_page_new (EntAccount *account, EntClock *clock);

/* Asks for the times anew. moved: the interview to be moved, NULL to book a new one. */
void ent_times_page_start (EntTimesPage *page, EntInterview *moved);

/* Shows what the server answered. */
void ent_times_page_take_slots (EntTimesPage *page, const EntApiSlotList *slots);

/* Forgets everything: somebody signed out. */
void ent_times_page_clear (EntTimesPage *page);

G_END_DECLS
