#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Moments as text, as all messages write them: RFC 3339 in UTC, with a fraction of a second only
 * when there is one. */

#define ENT_TIME_SIZE 32 /* bytes of the longest such text with its NUL, and some */

/* Writes the time into text. What no time of ours can be (before 1970, after the year 9999) becomes
 * the start of 1970. */
void ent_time_write (char text[ENT_TIME_SIZE], gint64 time_us);

/* As ent_time_write(); the caller owns the text. */
char *ent_time_format (gint64 time_us);

/* Reads RFC 3339 with any offset; years 1970 to 9999. FALSE when text is no such time. */
gboolean ent_time_parse (const char *text, gint64 *time_us);

G_END_DECLS
