#pragma once

#include <adwaita.h>

#include "ent-application.h"

G_BEGIN_DECLS

/* The window: one page at a time of welcome, dashboard, join, account, one interview, notifications
 * and room, as the account's state and the person decide.
 *
 * Actions: win.open-link, win.back, win.refresh, win.book, win.move-interview
 * (an id), win.cancel-interview (an id), win.show-interview (an id), win.show-notices,
 * win.show-week, win.show-org, win.show-account, win.sign-out, win.enter-room (a room's id). */
#define ENT_TYPE_WINDOW (ent_window_get_type ())
G_DECLARE_FINAL_TYPE (EntWindow, ent_window, ENT, WINDOW, AdwApplicationWindow)

GtkWidget *ent_window_new (EntApplication *app);

/* Joins by this link: at once where it is for the account that is signed in, else it asks under
 * which name. Text that is no link is shown with the reason. */
void ent_window_open_link (EntWindow *window, const char *link);

/* Shows one interview, and enters its room where joins and the room is open; not while in one. */
void ent_window_show_interview (EntWindow *window, const char *id, gboolean joins);

/* Puts a server's address into the sign-in form. */
void ent_window_show_server (EntWindow *window, const char *server);

void ent_window_show_toast (EntWindow *window, const char *sentence);

G_END_DECLS
