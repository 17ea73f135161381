/* Invitations to an organisation: made, taken back and accepted. */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-list-box.h"
#include "ent-org-page-private.h"
#include "ent-permission-table.h"
#include "ent-wording.h"
#include "protocol/ent-link-uri.h"

/* --- invitations
 * ----------------------------------------------------------------------------------- */

void
ent_org_page_show_invites (EntOrgPage *self, const EntApiOrgInviteList *invites)
{
  gint64 now_us = ent_clock_get_wall_us (self->clock);

  ent_list_box_remove_all (self->invites_list);
  gtk_widget_set_visible (self->invites_group, invites != NULL);
  for (guint i = 0; invites != NULL && invites->items != NULL && i < invites->items->len; i++) {
    const EntApiOrgInvite *invite = g_ptr_array_index (invites->items, i);
    g_autofree char *expires = ent_wording_new_day_time (invite->expires, now_us);
    /* Translators: a role, then a day with a time. */
    g_autofree char *subtitle = g_strdup_printf (
      _ ("%s, good until %s"), ent_permission_table_get_role (invite->role), expires);
    g_autofree char *revoke =
      g_strdup_printf (_ ("Take back the invitation for %s"), invite->email);
    GtkWidget *row = ent_org_page_new_row (invite->email, subtitle);

    ent_org_page_add_button (row, "user-trash-symbolic", revoke, "org.revoke", invite->id);
    gtk_list_box_append (self->invites_list, row);
  }
}

static void
show_link (EntOrgPage *self, const EntApiOrgInvite *invite)
{
  /* Translators: an address. */
  g_autofree char *sentence = g_strdup_printf (
    _ ("The invitation for %s is made. Its link is shown once: copy it, or write a mail with it."),
    invite->email);

  ent_link_box_show (
    self->link_box, sentence, invite->link, invite->email, _ ("Invitation to Entrevue"));
}

static void
invited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOrgPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiOrgInvite) invite = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  invite = answer;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (invite == NULL) {
    ent_org_page_show_busy (self, FALSE);
    ent_notice_bar_set_sentence (self->notice, error != NULL ? error->message : NULL);
    return;
  }
  show_link (self, invite);
  gtk_editable_set_text (self->email_row, "");
  ent_org_page_load (self);
}

static void
invite_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOrgPage *self = ENT_ORG_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *email = g_strstrip (g_strdup (gtk_editable_get_text (self->email_row)));
  g_autofree char *path = NULL;
  EntApiNewOrgInvite body = { .email = email,
    .role = adw_combo_row_get_selected (self->role_row),
    .team = (char *) ent_org_page_get_team (self, adw_combo_row_get_selected (self->team_row)) };

  if (client == NULL || self->org == NULL)
    return;
  if (strchr (email, '@') == NULL) {
    ent_notice_bar_set_sentence (
      self->notice, _ ("Write the address of whom you invite, such as ada@example.org."));
    gtk_widget_grab_focus (GTK_WIDGET (self->email_row));
    return;
  }
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_org_page_show_busy (self, TRUE);
  path = ent_org_page_new_path (self, "invites", NULL);
  ent_client_call_async (client, "POST", path, &ent_api_new_org_invite_struct, &body,
    &ent_api_org_invite_struct, TRUE, self->cancellable, invited_cb, g_object_ref (self));
}

static void
accepted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOrgPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_in = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  ent_notice_bar_set_sentence (self->notice, is_in ? NULL : error->message);
  if (!is_in)
    return;
  gtk_editable_set_text (self->accept_row, "");
  ent_org_page_say (self, _ ("You are a member now."));
  ent_org_page_load (self);
}

/* A token alone is taken for this server's. */
static gboolean
is_for_another_server (EntClient *client, const char *text)
{
  g_autoptr (EntLinkUri) link = ent_link_uri_parse_invitation (text, NULL);

  return link != NULL && !ent_link_uri_is_for (link, ent_client_get_place (client));
}

static void
accept_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOrgPage *self = ENT_ORG_PAGE (widget);
  EntClient *client = ent_account_get_client (self->account);
  const char *text = gtk_editable_get_text (self->accept_row);
  g_autofree char *token = ent_link_uri_dup_invitation_token (text);

  if (client == NULL)
    return;
  if (token == NULL) {
    ent_notice_bar_set_sentence (self->notice,
      _ ("This is not the link of an invitation. Copy all of it, from “http” to its end."));
    gtk_widget_grab_focus (GTK_WIDGET (self->accept_row));
    return;
  }
  ent_notice_bar_set_sentence (self->notice, NULL);
  if (is_for_another_server (client, text)) {
    ent_org_page_lead_elsewhere (self, text);
    return;
  }
  ent_client_call_async (client, "POST", "/api/invites/accept", &ent_api_token_struct,
    &(EntApiToken){ .token = token }, &ent_api_membership_struct, TRUE, self->cancellable,
    accepted_cb, g_object_ref (self));
}

static void
accept_activated_cb (AdwEntryRow *row, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "org.accept", NULL);
}

static void
toast_cb (GtkWidget *box, const char *sentence, gpointer data)
{
  ent_org_page_say (ENT_ORG_PAGE (data), sentence);
}

void
ent_org_page_show_invitation (EntOrgPage *self, const char *link)
{
  g_return_if_fail (ENT_IS_ORG_PAGE (self));

  gtk_editable_set_text (self->accept_row, link);
  self->leads_to_invitation = TRUE;
}

void
ent_org_page_lead_to_invitation (EntOrgPage *self)
{
  if (self->leads_to_invitation)
    gtk_widget_grab_focus (GTK_WIDGET (self->accept_row));
  self->leads_to_invitation = FALSE;
}

void
ent_org_page_install_invites (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, toast_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_activated_cb);
  gtk_widget_class_install_action (widget_class, "org.invite", NULL, invite_cb);
  gtk_widget_class_install_action (widget_class, "org.accept", NULL, accept_cb);
}
