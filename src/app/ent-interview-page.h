#pragma once

#include <adwaita.h>

#include "room/ent-room.h"

G_BEGIN_DECLS

/* A room: editor, run, people, chat. Shows the room's properties and forwards actions; a room that
 * cannot be joined, or that has ended, says so here. In a narrow window one panel shows at a time.
 *
 * Signals: left ()   the room is left (its log is whole); the window may drop the page.
 *          stayed ()   the person was asked before leaving and stays.
 *          toast (const char *sentence)
 * Actions: room.leave, room.end, room.undo, room.redo, room.run, room.stop, room.mute, room.camera,
 * room.lock-editing, room.lock-running, room.show-file (a file's id), room.next-file,
 * room.previous-file, room.next-pane, room.previous-pane, room.focus-editor, room.show-sidebar,
 * room.show-people, room.go-to (path and line). */
#define ENT_TYPE_INTERVIEW_PAGE (ent_interview_page_get_type ())
G_DECLARE_FINAL_TYPE (EntInterviewPage, ent_interview_page, ENT, INTERVIEW_PAGE, GtkWidget)

/* Takes a room that is not started, and starts it. media_sentence: why calls do not work here, or
 * NULL. */
GtkWidget *ent_interview_page_new (EntRoom *room, const char *media_sentence);

EntRoom *ent_interview_page_get_room (EntInterviewPage *page);

/* Whether there was ever a room to show, and not only the sentence why there is none. */
gboolean ent_interview_page_has_opened (EntInterviewPage *page);

/* Leaves, and emits left. Asks first only when edits would be lost: kept neither on this device nor
 * by the coordinator. */
void ent_interview_page_leave (EntInterviewPage *page);

G_END_DECLS
