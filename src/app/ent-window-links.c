/* Links: what they lead to, and where somebody is asked first. */
#include "config.h"

#include <glib/gi18n.h>

#include "base/ent-secret.h"
#include "ent-dialogs.h"
#include "ent-guest-page.h"
#include "ent-interview-page.h"
#include "ent-join-page.h"
#include "ent-org-page.h"
#include "ent-welcome-page.h"
#include "ent-window-private.h"

/* An invitation is its own proof; a link without one is for the account of that server. */
static void
join_cb (EntJoinPage *page, const EntLinkUri *link, const char *name, gpointer data)
{
  EntWindow *self = data;
  EntClient *own = ent_account_get_client (self->account);
  g_autoptr (EntClient) client = NULL;

  if (own && ent_link_uri_is_for (link, ent_client_get_place (own)))
    client = g_object_ref (own);
  else {
    g_autofree char *place = ent_place_new (link->origin, link->pin);

    client = ent_client_new (place);
  }
  self->came_by_link = TRUE;
  ent_window_enter_room (self, client, link->room, link->token, name);
}

static void
confirmed_leave_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWindow) self = data;

  if (!ent_dialogs_confirm_finish (result))
    g_clear_pointer (&self->waiting_link, g_free);
  else if (self->room)
    ent_interview_page_leave (ENT_INTERVIEW_PAGE (self->room));
}

static void
show_join (EntWindow *self, const char *link)
{
  if (self->room) {
    g_free (self->waiting_link);
    self->waiting_link = g_strdup (link ? link : "");
    ent_dialogs_confirm_async (GTK_WIDGET (self), _ ("Leave this interview?"),
      _ ("To join with another link you leave this one. You can come back."), _ ("_Leave"),
      confirmed_leave_cb, g_object_ref (self));
    return;
  }
  ent_join_page_start (
    ENT_JOIN_PAGE (self->join), link && *link ? link : NULL, ent_account_get_name (self->account));
  ent_window_show_page (self, self->join);
}

static void
show_guest (EntWindow *self, const EntLinkUri *link)
{
  ent_guest_page_start (ENT_GUEST_PAGE (self->guest), link);
  ent_window_show_page (self, self->guest);
}

static void
book_link_cb (EntJoinPage *page, const EntLinkUri *link, gpointer data)
{
  show_guest (ENT_WINDOW (data), link);
}

static void
guest_join_cb (EntGuestPage *page, const char *link, const char *name, gpointer data)
{
  EntWindow *self = data;

  /* Whoever has left the page before the answer came is led nowhere. */
  if (self->room || !ent_window_is_shown (self, self->guest))
    return;
  ent_join_page_start (ENT_JOIN_PAGE (self->join), link, name);
  ent_window_show_page (self, self->join);
}

/* A link to book a time with. */
static gboolean
show_booking (EntWindow *self, const char *text)
{
  g_autoptr (EntLinkUri) link = ent_link_uri_parse_booking (text, NULL);

  if (link)
    show_guest (self, link);
  return link != NULL;
}

/* --- invitations
 * ----------------------------------------------------------------------------------- */

typedef struct {
  EntWindow *window;
  char *link;
} Move;

static void
move_free (Move *move)
{
  g_object_unref (move->window);
  ent_secret_free (move->link);
  g_free (move);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Move, move_free)

static void
move_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Move) move = data;

  if (!ent_dialogs_confirm_finish (result))
    return;
  ent_account_sign_out (move->window->account);
  ent_window_open_link (move->window, move->link);
}

/* An account is of one server, and so is an invitation. */
static void
ask_to_move (EntWindow *self, EntClient *own, const EntLinkUri *link, const char *text)
{
  g_autofree char *own_origin = ent_place_split (ent_client_get_place (own), NULL);
  /* Translators: the names of two servers. */
  g_autofree char *body = g_strdup_printf (
    _ ("It is for %s, and you are signed in at %s. To accept it, you are signed out there first."),
    ent_link_uri_get_host (link->origin), ent_link_uri_get_host (own_origin));
  Move *move = g_new0 (Move, 1);

  move->window = g_object_ref (self);
  move->link = g_strdup (text);
  ent_dialogs_show_async (GTK_WIDGET (self), _ ("This invitation is for another server"), body,
    NULL, _ ("_Sign out and open it"), move_confirmed_cb, move);
}

/* An invitation into an organisation: for who is signed in there, or is going to be. */
static gboolean
show_invitation (EntWindow *self, const char *text)
{
  g_autoptr (EntLinkUri) link = ent_link_uri_parse_invitation (text, NULL);
  EntClient *own = ent_account_get_client (self->account);
  g_autofree char *place = link ? ent_place_new (link->origin, link->pin) : NULL;

  if (!link)
    return FALSE;
  if (!own) {
    ent_welcome_page_show_invitation (ENT_WELCOME_PAGE (self->welcome), place, text);
    ent_window_show_page (self, self->welcome);
  } else if (ent_link_uri_is_for (link, ent_client_get_place (own))) {
    ent_org_page_start (ENT_ORG_PAGE (self->org));
    ent_org_page_show_invitation (ENT_ORG_PAGE (self->org), text);
    ent_window_show_page (self, self->org);
  } else {
    ask_to_move (self, own, link, text);
  }
  return TRUE;
}

/* Of the page where it was pasted. */
static void
invited_cb (GtkWidget *page, const char *link, gpointer data)
{
  show_invitation (ENT_WINDOW (data), link);
}

/* A link without an invitation, to the server of one's own account: there is nothing to ask. */
static gboolean
enter_by_account (EntWindow *self, const char *text)
{
  EntClient *own = ent_account_get_client (self->account);
  g_autoptr (EntLinkUri) link = ent_link_uri_parse (text, NULL);

  if (!link || link->token || !own || !ent_link_uri_is_for (link, ent_client_get_place (own)))
    return FALSE;
  self->came_by_link = FALSE;
  ent_window_enter_room (self, own, link->room, NULL, NULL);
  return TRUE;
}

void
ent_window_open_link (EntWindow *self, const char *link)
{
  g_return_if_fail (ENT_IS_WINDOW (self));

  if (!self->room && ent_account_get_state (self->account) == ENT_ACCOUNT_RESUMING) {
    g_free (self->waiting_link);
    self->waiting_link = g_strdup (link);
  } else if (self->room || (!show_booking (self, link) && !show_invitation (self, link) &&
                             !enter_by_account (self, link))) {
    show_join (self, link);
  }
}

static void
open_link_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  show_join (ENT_WINDOW (widget), NULL);
}

void
ent_window_connect_links (EntWindow *self)
{
  g_signal_connect_object (self->join, "join", G_CALLBACK (join_cb), self, 0);
  g_signal_connect_object (self->join, "book", G_CALLBACK (book_link_cb), self, 0);
  g_signal_connect_object (self->join, "invited", G_CALLBACK (invited_cb), self, 0);
  g_signal_connect_object (self->org, "invited-elsewhere", G_CALLBACK (invited_cb), self, 0);
  g_signal_connect_object (self->guest, "join", G_CALLBACK (guest_join_cb), self, 0);
}

void
ent_window_install_links (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.open-link", NULL, open_link_cb);
}
