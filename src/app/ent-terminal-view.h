#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A terminal that several people look at: it draws what a program prints, in the size that the
 * program believes in, and says what is typed. It scrolls where that size does not fit.
 *
 * While it has the keyboard, keys with Control go to the program; Ctrl+Shift+C and Ctrl+Shift+V
 * copy and paste, and Ctrl+Tab leaves it.
 *
 * Signals: typed (const char *text, guint size), UTF-8; fits (): ent_terminal_view_get_fit() gives
 * another size now. */
#define ENT_TYPE_TERMINAL_VIEW (ent_terminal_view_get_type ())
G_DECLARE_FINAL_TYPE (EntTerminalView, ent_terminal_view, ENT, TERMINAL_VIEW, AdwBin)

#define ENT_TERMINAL_SCROLLBACK 5000 /* lines */

GtkWidget *ent_terminal_view_new (void);

/* Empties it, and takes this size. */
void ent_terminal_view_begin (EntTerminalView *view, guint rows, guint columns);
void ent_terminal_view_set_size (EntTerminalView *view, guint rows, guint columns);
void ent_terminal_view_append (EntTerminalView *view, const char *text);

/* Whether it takes keys, and whether it answers what the program asks the terminal. */
void ent_terminal_view_set_input (EntTerminalView *view, gboolean can_type, gboolean answers);

/* The size that would fill it; a usual one before it is shown. */
void ent_terminal_view_get_fit (EntTerminalView *view, guint *rows, guint *columns);

G_END_DECLS
