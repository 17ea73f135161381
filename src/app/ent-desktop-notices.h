#pragma once

#include <gio/gio.h>

#include "ent-notices.h"

G_BEGIN_DECLS

/* Shows on the desktop what arrives, for as long as both live, and takes back what was read. Of an
 * interview that begins soon it has a button to join.
 *
 * Uses the actions app.show-interview and app.join-interview (an interview's id). */
void ent_desktop_notices_connect (GApplication *app, EntNotices *notices);

G_END_DECLS
