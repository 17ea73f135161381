#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Call in each case that makes links, before. Two complaints of GStreamer 1.22 about itself end no
 * test then: webrtcbin forgets the promise of what had yet to be done when it was ended, and the
 * table of senders in an RTP session can change while it is read (no code of ours reads a table
 * that way: it never calls g_hash_table_foreach()). Holds until the case ends, and so must the
 * links (ent_media_finish()). */
void test_media_forgive_webrtcbin (void);

G_END_DECLS
