#pragma once

#include <adwaita.h>

#include "ent-interview.h"

G_BEGIN_DECLS

/* One interview in the dashboard's lists. Property: interview (construct-only). Its button
 * activates win.enter-room with the room's id. */
#define ENT_TYPE_INTERVIEW_ROW (ent_interview_row_get_type ())
G_DECLARE_FINAL_TYPE (EntInterviewRow, ent_interview_row, ENT, INTERVIEW_ROW, AdwActionRow)

GtkWidget *ent_interview_row_new (EntInterview *interview);

G_END_DECLS
