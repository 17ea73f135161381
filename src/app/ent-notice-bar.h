#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A bar across a page with one sentence that stays until it is no longer true, and at most one
 * button.
 *
 * Properties: sentence (NULL: the bar is not shown), button-label (NULL: no button), action-name
 * (of the button). */
#define ENT_TYPE_NOTICE_BAR (ent_notice_bar_get_type ())
G_DECLARE_FINAL_TYPE (EntNoticeBar, ent_notice_bar, ENT, NOTICE_BAR, AdwBin)

void ent_notice_bar_set_sentence (EntNoticeBar *bar, const char *sentence);
const char *ent_notice_bar_get_sentence (EntNoticeBar *bar);

/* Both NULL: no button. The action is a detailed name, with its parameter if it has one. */
void ent_notice_bar_set_button (EntNoticeBar *bar, const char *label, const char *action);

G_END_DECLS
