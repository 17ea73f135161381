#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Hides in a box what /proc tells about the host, before anything of a stranger is in it.
 * bubblewrap could do it too, but reads and understands the table of all mounts again for each
 * thing it is told to show, which is half of all that it costs to make a box. */

typedef struct {
  char **files;
  char **folders;
} BoxMask;

/* What this host's /proc has of it; box_mask_clear() frees it. */
void box_mask_init (BoxMask *mask);
void box_mask_clear (BoxMask *mask);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BoxMask, box_mask_clear)

/* Hides it in the mount namespace that is given: read-only, and nothing in it. The caller has all
 * capabilities over the namespace's owner, and stays where it is: a process of its own enters it,
 * which this waits for (well below a millisecond). */
gboolean box_mask_put_on (const BoxMask *mask, int mount_namespace, GError **error);

G_END_DECLS
