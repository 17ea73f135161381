#pragma once

#include <glib.h>
#include <sys/types.h>

#include "box-job.h"

G_BEGIN_DECLS

/* Control groups: what holds a whole tree of processes to its limits, counts what it used, and
 * kills it. Two kinds of host behind one interface: version 2 alone, and the hybrid, where memory,
 * pids and cpu sit in trees of version 1 and the unified tree has only kill and accounting.
 *
 *   TREE/entrevue-NAMESPACE-PID/           belongs to the runner's user
 *   TREE/entrevue-NAMESPACE-PID/main       the runner itself
 *   TREE/entrevue-NAMESPACE-PID/box-1 ...  one for each box
 */

typedef enum {
  BOX_GROUPS_HYBRID,
  BOX_GROUPS_V2,
} BoxGroupsKind;

typedef enum {
  BOX_TREE_MEMORY,
  BOX_TREE_PIDS,
  BOX_TREE_CPU,
  BOX_TREE_UNIFIED,
  BOX_N_TREES
} BoxTree;

typedef struct _BoxGroups BoxGroups;
typedef struct _BoxGroup BoxGroup;

typedef struct {
  guint64 memory_kills;
  guint64 process_refusals;
  gint64 cpu_us;
  gint64 memory_bytes; /* peak without page cache */
} BoxGroupUsage;

/* What every box has before a program starts: bubblewrap and box-init. */
#define BOX_GROUP_OWN_PROCESSES 2
#define BOX_GROUP_OWN_BYTES (2 * 1024 * 1024)

/* Root's part: makes the groups and gives them to the user; sweeps what dead runners left behind.
 * The caller owns the groups; NULL with a sentence for the operator. */
BoxGroups *box_groups_delegate (uid_t uid, gid_t gid, GError **error);

/* An ordinary user's part: takes the delegated group that this process is in (version 2 only) and
 * moves this process into its `main` leaf. */
BoxGroups *box_groups_adopt (GError **error);

/* Groups in given folders, one for each tree (for version 2 all the same). */
BoxGroups *box_groups_new (BoxGroupsKind kind, const char *const trees[BOX_N_TREES]);

void box_groups_free (BoxGroups *groups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxGroups, box_groups_free)

BoxGroupsKind box_groups_get_kind (BoxGroups *groups);

/* Moves this process into `main`; to be called with the right to do so. */
gboolean box_groups_enter_main (BoxGroups *groups, GError **error);

/* Kills whatever is in the groups, all boxes at once. */
void box_groups_kill (BoxGroups *groups);

/* Removes the groups with all leaves; FALSE when something is still in them. */
gboolean box_groups_remove (BoxGroups *groups);

/* One box's groups, not limited yet. The caller owns them; freeing does not remove them. */
BoxGroup *box_group_new (BoxGroups *groups, const char *name, GError **error);
BoxGroup *box_group_open (BoxGroups *groups, const char *name, GError **error); /* it is there */
void box_group_free (BoxGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxGroup, box_group_free)

/* Sets memory, processes and processor share, with room for what a box has itself. May be called
 * again with others, but not to take a processor share back. */
gboolean box_group_limit (BoxGroup *group, const BoxLimits *limits, GError **error);

/* Whether the box leaves the processors to those that are at work, as one does that is made ahead
 * of need, or has the share of a program. To be called before a program starts. */
gboolean box_group_set_ahead (BoxGroup *group, gboolean is_ahead, GError **error);

/* Descriptors for which writing "0" moves the writer into the box; -1 ends the list. Open until
 * box_group_close_entries(). */
const int *box_group_get_entries (BoxGroup *group);
void box_group_close_entries (BoxGroup *group);

/* A descriptor that has G_IO_PRI when is_populated may have changed. Borrowed. */
int box_group_get_events_fd (BoxGroup *group);
gboolean box_group_is_populated (BoxGroup *group);

/* A descriptor that has G_IO_IN once the box has run out of memory; -1 where the kernel kills the
 * whole box then. Borrowed. */
int box_group_get_memory_fd (BoxGroup *group);

/* Kills every process of the box at once. */
void box_group_kill (BoxGroup *group);

void box_group_read_usage (BoxGroup *group, BoxGroupUsage *usage);
gint64 box_group_read_cpu (BoxGroup *group); /* microseconds */

/* FALSE when it has to be tried again after dead processes were reaped. */
gboolean box_group_remove (BoxGroup *group);

G_END_DECLS
