#pragma once

#include <adwaita.h>

#include "ent-notices.h"

G_BEGIN_DECLS

/* What the person was told, the newest first. A row leads to its interview, and then is read.
 *
 * Actions: notices.refresh, notices.open (an id), notices.read-all. */
#define ENT_TYPE_NOTICES_PAGE (ent_notices_page_get_type ())
G_DECLARE_FINAL_TYPE (EntNoticesPage, ent_notices_page, ENT, NOTICES_PAGE, AdwBin)

/* clock: NULL for the real one. */
GtkWidget *ent_notices_page_new (EntNotices *notices, EntClock *clock);

G_END_DECLS
