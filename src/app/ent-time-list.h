#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Times to choose from, day by day, each with a button that takes it. */
#define ENT_TYPE_TIME_LIST (ent_time_list_get_type ())
G_DECLARE_FINAL_TYPE (EntTimeList, ent_time_list, ENT, TIME_LIST, AdwBin)

/* One of them; the texts are copied, the target is sunk. */
typedef struct {
  gint64 starts_us;
  gint64 ends_us;
  const char *zone; /* of who interviews: its time stands beside; NULL: not known */
  const char *subtitle; /* what it is; NULL: nothing is said */
  const char *label; /* of the button */
  const char *action;
  GVariant *target; /* of the action */
} EntTime;

/* Adds one that comes after all the others; now_us decides how its day is called. */
void ent_time_list_add (EntTimeList *list, const EntTime *time, gint64 now_us);

void ent_time_list_clear (EntTimeList *list);

gboolean ent_time_list_is_empty (EntTimeList *list);

G_END_DECLS
