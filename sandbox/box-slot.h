#pragma once

#include <glib.h>

#include "box-builder.h"
#include "box-cgroup.h"
#include "box-host.h"
#include "box-mask.h"
#include "box-order.h"
#include "box-reaper.h"
#include "box-work.h"

G_BEGIN_DECLS

/* One box, from its making to its end:
 *
 *   making --READY--> ready --order--> busy --ENDED--> (killed) --GONE--> cleaned
 *      \--FAILED (with the reason), then GONE
 *
 * GONE comes exactly once, when no process of the box is left; also when the box ended without a
 * word. Only then may its work folder be read. */

typedef struct _BoxSlot BoxSlot;

typedef enum {
  BOX_SLOT_READY,
  BOX_SLOT_TERMINAL, /* of a busy box that was ordered with one */
  BOX_SLOT_FAILED,
  BOX_SLOT_ENDED,
  BOX_SLOT_GONE,
} BoxSlotEvent;

typedef void (*BoxSlotFunc) (BoxSlot *slot, BoxSlotEvent event, gpointer data);

/* What boxes are made of; outlives all of them. */
typedef struct {
  BoxHost *host;
  BoxReaper *reaper;
  BoxView view; /* laid out */
  BoxMask mask;
  int outer_filter;
  int inner_filter;
} BoxSite;

/* Makes a box; must be called from the main thread. One that nobody waits for yet (is_ahead) is
 * made when the processors have nothing better to do. The slot belongs to the caller until
 * box_slot_release(). */
BoxSlot *box_slot_start (BoxSite *site, guint serial, gboolean is_ahead, GError **error);

/* Somebody waits for it now. */
void box_slot_hurry (BoxSlot *slot);

/* Who is told what happens; one at a time. */
void box_slot_watch (BoxSlot *slot, BoxSlotFunc callback, gpointer data);

gboolean box_slot_is_ready (BoxSlot *slot);

/* Why the box could not be made; borrowed, after FAILED. */
const char *box_slot_get_failure (BoxSlot *slot);

/* What box-init said at the end; NULL when it said nothing. */
const BoxNote *box_slot_get_note (BoxSlot *slot);

BoxWork *box_slot_get_work (BoxSlot *slot);
BoxGroup *box_slot_get_group (BoxSlot *slot); /* NULL without control groups */

/* The far side of the program's terminal, after TERMINAL; the caller's from then on. */
int box_slot_steal_terminal (BoxSlot *slot);

/* What the box had used when it was ready. */
const BoxGroupUsage *box_slot_get_usage_before (BoxSlot *slot);

/* Sends the order with its descriptors (which stay the caller's). */
gboolean
box_slot_send (BoxSlot *slot, GBytes *order, const int fds[BOX_ORDER_N_FDS], GError **error);

/* Kills whatever is in the box; GONE follows. */
void box_slot_kill (BoxSlot *slot);

/* Takes the slot from its owner: nobody is told any more, the box is killed if it lives, and when
 * it is gone its mount and groups are removed and on_clean is called (may be NULL). */
void box_slot_release (BoxSlot *slot, GSourceFunc on_clean, gpointer data);

G_END_DECLS
