#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* An entry row with a date such as 2026-12-24, which can also be picked from a calendar. */

/* Gives the row its calendar, and names its text field for screen readers. */
void ent_date_row_prepare (AdwEntryRow *row, const char *name);

/* FALSE when what is written is no date. */
gboolean ent_date_row_get (AdwEntryRow *row, GDate *date);

void ent_date_row_set (AdwEntryRow *row, const GDate *date);

G_END_DECLS
