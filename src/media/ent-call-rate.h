#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How fast the one encoder of a call may run, from what the receivers report. Pure: numbers in,
 * numbers out.
 *
 * Each receiver has an estimate that grows by a twentieth with each good report and shrinks with
 * loss over a tenth. The slowest one that still gets pictures sets the rate for all; one that falls
 * under 100 kbit/s gets sound only until it is over 150 again. */

#define ENT_CALL_RATE_START_KBIT 600
#define ENT_CALL_RATE_MAX_KBIT 800
#define ENT_CALL_RATE_MIN_KBIT 100 /* less: sound only */
#define ENT_CALL_RATE_AGAIN_KBIT 150
#define ENT_CALL_RATE_SLOW_KBIT 300 /* less: fewer pictures a second */
#define ENT_CALL_RATE_FULL_FPS 30

typedef struct _EntCallRate EntCallRate;

EntCallRate *ent_call_rate_new (void);
void ent_call_rate_free (EntCallRate *rate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntCallRate, ent_call_rate_free)

void ent_call_rate_add (EntCallRate *rate, const char *peer_id);
void ent_call_rate_remove (EntCallRate *rate, const char *peer_id);

/* loss from 0 to 1; kbit of video that arrived. Unknown peers are ignored. */
void ent_call_rate_report (EntCallRate *rate, const char *peer_id, double loss, guint kbit);

guint ent_call_rate_get_kbit (EntCallRate *rate);

/* Of how many pictures of a camera at full rate one is taken: 1, 2 or 4. */
guint ent_call_rate_get_divisor (EntCallRate *rate);

gboolean ent_call_rate_gives_video (EntCallRate *rate, const char *peer_id);

G_END_DECLS
