#pragma once

#include "ent-chat-panel.h"
#include "ent-connection-badge.h"
#include "ent-interview-page.h"
#include "ent-notice-bar.h"
#include "ent-people-panel.h"
#include "ent-run-panel.h"

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
  GtkStack *stack; /* joining, failed, wide, narrow */
  AdwStatusPage *failure;
  GtkWidget *sidebar;
  AdwBin *wide_editor;
  AdwBin *wide_run;
  AdwBin *wide_people;
  AdwBin *wide_chat;
  AdwViewStack *views;
  AdwViewStackPage *chat_view;
  AdwBin *narrow_editor;
  AdwBin *narrow_run;
  AdwBin *narrow_people;
  AdwBin *narrow_chat;
  GtkStack *editor_panel; /* loading, files */
  GtkNotebook *notebook; /* of EntFilePane */
  EntRunPanel *run_panel;
  EntPeoplePanel *people_panel;
  EntChatPanel *chat_panel;

  EntRoom *room;
  char *media_sentence; /* why calls do not work here, or NULL */
  GSimpleActionGroup *actions; /* room.* */
  gboolean has_room; /* the room has a document, and the panels show it */
  gboolean is_narrow; /* as it should be; the panels follow in an idle */
  guint narrow_id;
  gboolean is_leaving;
};

/* ent-interview-page-actions.c */

void ent_interview_page_add_actions (EntInterviewPage *page);

/* room.mute and room.camera, once the room has its call. */
void ent_interview_page_add_call_actions (EntInterviewPage *page);

/* Enables actions and sets the buttons' looks as room and call are now. */
void ent_interview_page_update_actions (EntInterviewPage *page);

/* ent-interview-page.c */

/* Brings a panel into view and gives it the keyboard; name as in the narrow stack. */
void ent_interview_page_show_panel (EntInterviewPage *page, const char *name);

/* Shows a file's tab; NULL when there is no such file. Returns its EntFilePane. */
GtkWidget *ent_interview_page_show_file (EntInterviewPage *page, EntRoomFile *file);

G_END_DECLS
