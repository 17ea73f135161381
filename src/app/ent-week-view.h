#pragma once

#include <gtk/gtk.h>

#include "ent-week.h"

G_BEGIN_DECLS

/* What stands in a calendar: an interview, or a time that is offered. */
typedef struct {
  char *interview; /* id; NULL: a time that is offered */
  char *slot; /* id of one that is offered; else NULL */
  char *title;
  gint64 starts;
  gint64 ends;
} EntWeekItem;

void ent_week_item_free (EntWeekItem *item);

/* "14:00 to 14:45, Backend", for one whose day is known. The caller owns it. */
char *ent_week_item_new_text (const EntWeekItem *item);

/* A week as a table, with the hours in which one can be met behind it. Interviews are buttons that
 * do win.show-interview, offered times such that do week.show-offer.
 *
 * Where times can be offered a span is marked by the mouse, or with keys: arrows move the mark,
 * Shift with up and down makes it longer, Return takes it. Signal: marked (gint64 starts_us, gint64
 * ends_us). */
#define ENT_TYPE_WEEK_VIEW (ent_week_view_get_type ())
G_DECLARE_FINAL_TYPE (EntWeekView, ent_week_view, ENT, WEEK_VIEW, GtkWidget)

/* items: EntWeekItem; takes hours, which may be NULL. */
void ent_week_view_show (EntWeekView *view,
  const EntWeek *week,
  const GPtrArray *items,
  EntHours *hours,
  gint64 now_us);

/* Whether the person can offer times. */
void ent_week_view_set_can_offer (EntWeekView *view, gboolean can_offer);

G_END_DECLS
