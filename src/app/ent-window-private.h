#pragma once

#include "ent-window.h"
#include "protocol/ent-link-uri.h"

G_BEGIN_DECLS

struct _EntWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkWidget *welcome;
  GtkWidget *dashboard;
  GtkWidget *join;
  GtkWidget *own; /* the account page */
  GtkWidget *second_factor;
  GtkWidget *times;
  GtkWidget *details; /* of one interview */
  GtkWidget *notices;
  GtkWidget *week;
  GtkWidget *hours; /* in which one can be met */
  GtkWidget *offer; /* a time that is offered, or is going to be */
  GtkWidget *org;
  GtkWidget *links; /* with which others book */
  GtkWidget *guest; /* what such a link is for */
  GtkWidget *home; /* where the way back leads: the dashboard, the week or the links */
  GtkWidget *room; /* NULL outside of a room */

  EntApplication *app; /* not held: it holds the window */
  EntAccount *account;
  gboolean came_by_link; /* into the room */
  char *waiting_link; /* to open once the room is left, or the account is known */
  gboolean has_asked; /* about old logs */
  AdwToast *toast; /* the last one; NULL: none yet */
  guint ask_id;
  guint news_id; /* something was told, and what is shown is asked for anew */
  gboolean is_closing; /* the window closes once the room is left */
};

/* What the parts of the window share. */

void ent_window_show_page (EntWindow *self, GtkWidget *page);

/* page may be NULL. */
gboolean ent_window_is_shown (EntWindow *self, GtkWidget *page);

/* The page on which the person is at home, as the account's state says. */
void ent_window_show_home (EntWindow *self);

/* invite and name may be NULL. Does nothing while in a room. */
void ent_window_enter_room (EntWindow *self,
  EntClient *client,
  const char *room_id,
  const char *invite,
  const char *name);

/* ent-window-links.c */
void ent_window_connect_links (EntWindow *self);
void ent_window_install_links (GtkWidgetClass *widget_class);

G_END_DECLS
