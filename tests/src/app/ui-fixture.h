#pragma once

#include <adwaita.h>

#include "app/ent-account.h"

G_BEGIN_DECLS

/* Starts the toolkit for a test of windows, with warnings that end the test. */
void ui_fixture_init (int *argc, char ***argv);

/* A shown window around a widget, of this size; the caller destroys it. */
GtkWindow *ui_fixture_show (GtkWidget *widget, int width, int height);

/* Runs the main loop until check says so; fails the test after 20 s. */
typedef gboolean (*UiCheck) (gpointer data);
void ui_fixture_wait (UiCheck check, gpointer data);

/* Checks that the shown widget fits into a window of 360 pixels. */
void ui_fixture_check_narrow (GtkWidget *widget);

/* Runs what is due, without waiting. */
void ui_fixture_settle (void);

/* Destroys the window and checks that the widget in it is finalised. */
void ui_fixture_destroy (GtkWindow *window, GtkWidget *widget);

/* The first label, entry or button below widget with this text; NULL: none. Only what is shown. */
GtkWidget *ui_fixture_find_text (GtkWidget *widget, const char *text);

/* Waits until there is such a text; layout and animations take a few frames. */
void ui_fixture_wait_text (GtkWidget *widget, const char *text);

/* For cases that need somebody's account: signed out, its secrets in a file. */
typedef struct {
  EntProfile *profile;
  GSettings *settings;
  EntAccount *account;
} UiAccount;

void ui_account_set_up (UiAccount *fixture, gconstpointer data);

/* Checks that the account is finalised. */
void ui_account_tear_down (UiAccount *fixture, gconstpointer data);

#define UI_ACCOUNT_TEST_ADD(path, func) \
  g_test_add (path, UiAccount, NULL, ui_account_set_up, func, ui_account_tear_down)

G_END_DECLS
