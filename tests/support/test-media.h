#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In each case that may end a link while it is still being made, before: webrtcbin 1.22 forgets the
 * promise of what had yet to be done then, and GStreamer warns of that, which would end the test.
 * Holds until the case ends, and so must the links (ent_media_finish()). */
void test_media_let_promises_be_forgotten (void);

G_END_DECLS
