#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What a page got from the server, or why it is not there: loading, or a problem with a button to
 * try again. It begins with loading.
 *
 * Properties: content (the widget that is shown when all is there), loading-title, problem-title,
 * retry-action (of the button). */
#define ENT_TYPE_LOAD_VIEW (ent_load_view_get_type ())
G_DECLARE_FINAL_TYPE (EntLoadView, ent_load_view, ENT, LOAD_VIEW, AdwBin)

void ent_load_view_show_loading (EntLoadView *view);
void ent_load_view_show_content (EntLoadView *view);

/* sentence says what is wrong, NULL is an empty one. */
void ent_load_view_show_problem (EntLoadView *view, const char *sentence);

gboolean ent_load_view_has_content (EntLoadView *view);

G_END_DECLS
