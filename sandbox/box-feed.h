#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Carries bytes to a program that reads them when it likes: from memory, as they come, or from an
 * open file. Holds at most BOX_FEED_MAX_WAITING. */

#define BOX_FEED_MAX_WAITING (256 * 1024)

typedef struct _BoxFeed BoxFeed;

/* to: where the program reads. It is made non-blocking, taken, and closed with the feed, or at the
 * end of a file. The process must ignore SIGPIPE. */
BoxFeed *box_feed_new (int to);
void box_feed_free (BoxFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxFeed, box_feed_free)

/* FALSE when the program is so far behind that the bytes find no room; then none is taken. */
gboolean box_feed_add (BoxFeed *feed, const guint8 *data, gsize size);

/* Reads on from a file whenever there is room, to its end. from stays the caller's, who keeps it
 * open; it may be in blocking mode. */
void box_feed_attach (BoxFeed *feed, int from);

G_END_DECLS
