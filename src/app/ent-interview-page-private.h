#pragma once

#include "ent-chat-panel.h"
#include "ent-connection-badge.h"
#include "ent-interview-page.h"
#include "ent-lobby-page.h"
#include "ent-notice-bar.h"
#include "ent-people-panel.h"
#include "ent-run-panel.h"
#include "ent-waiting-bar.h"

G_BEGIN_DECLS

struct _EntInterviewPage {
  GtkWidget parent_instance;

  GtkWidget *box; /* the only child */
  AdwWindowTitle *title;
  EntConnectionBadge *badge;
  GtkWidget *sidebar_button;
  GtkButton *camera_button;
  GtkButton *mute_button;
  EntNoticeBar *notice;
  EntWaitingBar *waiting; /* for those who lead */
  GtkStack *stack; /* joining, waiting, failed, room */
  EntLobbyPage *lobby;
  AdwStatusPage *failure;
  GtkWidget *rows; /* editor and run */
  GtkWidget *sidebar; /* people and chat */
  GtkWidget *sidebar_separator;
  AdwViewStack *views; /* in a narrow window: which panel is shown */
  AdwViewStackPage *people_view;
  AdwViewStackPage *chat_view;
  AdwViewSwitcherBar *switcher;
  GtkStack *editor_panel; /* loading, files */
  GtkNotebook *notebook; /* of EntFilePane */
  EntRunPanel *run_panel;
  EntPeoplePanel *people_panel;
  EntChatPanel *chat_panel;

  EntRoom *room;
  char *media_sentence; /* why calls do not work here, or NULL */
  GSimpleActionGroup *actions; /* room.* */
  gboolean wants_keyboard; /* comes in, or was in the lobby: the editor has it once it is shown */
  gboolean has_room; /* the room has a document, and the panels show it */
  gboolean is_narrow; /* as it should be; the panels follow in an idle */
  gboolean has_sidebar; /* the person wants it, in a wide window */
  guint narrow_id;
  gboolean is_leaving;
};

/* ent-interview-page-actions.c */

void ent_interview_page_add_actions (EntInterviewPage *page);

/* room.mute and room.camera, once the room has its call; observers only listen. */
void ent_interview_page_add_call_actions (EntInterviewPage *page);

/* Enables actions and sets the buttons' looks as room and call are now. */
void ent_interview_page_update_actions (EntInterviewPage *page);

/* ent-interview-page.c */

/* Brings a panel into view and gives it the keyboard; name as in the narrow stack. */
void ent_interview_page_show_panel (EntInterviewPage *page, const char *name);

/* Shows and hides panels as width and wishes are now. */
void ent_interview_page_arrange (EntInterviewPage *page);

/* Shows a file's tab; NULL when there is no such file. Returns its EntFilePane. */
GtkWidget *ent_interview_page_show_file (EntInterviewPage *page, EntRoomFile *file);

G_END_DECLS
