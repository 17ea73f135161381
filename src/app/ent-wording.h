#pragma once

#include "room/ent-participant.h"
#include "room/ent-room-run.h"

G_BEGIN_DECLS

/* Words for what the libraries know as numbers, in the person's language. */

const char *ent_wording_get_role (EntRole role);

/* "Direct", "Relayed", ... for a badge; its accessible name; the sentence that explains it. */
const char *ent_wording_get_connection (EntConnection connection);
const char *ent_wording_get_connection_name (EntConnection connection);
const char *ent_wording_get_connection_sentence (EntConnection connection);

/* Wall time (us) to a time, a day with time, a day, and a span, in the local zone. Caller owns.
 * now_us decides whether the day or the year has to be named. */
char *ent_wording_new_time (gint64 at_us);
char *ent_wording_new_day_time (gint64 at_us, gint64 now_us);
char *ent_wording_new_day (gint64 at_us, gint64 now_us);
char *ent_wording_new_span (gint64 starts_us, gint64 ends_us, gint64 now_us);

/* The same moment or span for somebody in that zone, "Monday, 16:00 in Europe/Berlin"; NULL where
 * the clocks show the same, or the zone is not known. Caller owns. */
char *ent_wording_new_other_time (gint64 at_us, const char *zone);
char *ent_wording_new_other_span (gint64 starts_us, gint64 ends_us, const char *zone);

/* "38 ms", "1.24 s". Caller owns. */
char *ent_wording_new_duration (gint64 ms);

/* "Finished: exit code 0, 0.12 s, 9 MiB." and the like. Caller owns. */
char *ent_wording_new_verdict (const EntMsgRunEnded *result);

/* A name for a line with others: the end of a long one is left out. NULL for NULL. Caller owns. */
char *ent_wording_new_short_name (const char *name);

/* "Python", "JavaScript", "C++" for the language's id; the id itself when unknown. Borrowed. */
const char *ent_wording_get_language (const char *language);

G_END_DECLS
