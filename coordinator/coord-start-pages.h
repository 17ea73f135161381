#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Takes the unchanged pages of the program and of its libraries out of this process: starting
 * touches some twelve megabytes of them that serving does not. What is used again is mapped again
 * from the page cache, without reading. Costs some 200 us once.
 * Programs that were changed in memory (a debugger's breakpoints) lose that. Linux only. */
void coord_start_pages_release (void);

G_END_DECLS
