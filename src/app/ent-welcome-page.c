#include "config.h"

#include "ent-welcome-page.h"

#include <glib/gi18n.h>

#include "client/ent-browser-sign-in.h"
#include "ent-accessible.h"
#include "protocol/ent-api-people.h"
#include "protocol/ent-link-uri.h"

#define LOOK_MS 700 /* after the last letter of a server's name */

typedef enum {
  ENT_REGISTRATION_UNKNOWN, /* nothing was told: perhaps open */
  ENT_REGISTRATION_OPEN,
  ENT_REGISTRATION_INVITED,
  ENT_REGISTRATION_CLOSED,
} EntRegistration;

struct _EntWelcomePage {
  AdwBin parent_instance;

  GtkLabel *heading;
  GtkEditable *server_row;
  GtkEditable *name_row;
  GtkEditable *email_row;
  GtkEditable *password_row;
  GtkEditable *invite_row;
  GtkLabel *registration_note;
  GtkWidget *form;
  GtkWidget *code_form;
  GtkEditable *code_row;
  GtkLabel *notice;
  GtkWidget *forgot_button;
  GtkRevealer *problem_revealer;
  GtkLabel *problem;
  GtkWidget *go_button;
  GtkLabel *go_label;
  GtkSpinner *spinner;
  GtkButton *other_button;
  GtkWidget *providers_box;
  GtkStack *stack;
  GtkSpinner *browser_spinner;
  GtkWidget *browser_cancel;

  EntAccount *account;
  gboolean is_registering; /* the form makes an account */
  gboolean was_invited; /* into an organisation, by a link that led here */
  EntRegistration registration; /* of the server that was looked at */
  char *invite; /* its token, while somebody comes in with it; "" or NULL: none */
  gboolean is_asking_code; /* the password was right */
  gboolean is_busy;
  guint look_timeout; /* for the services of the server that is being typed; 0: none */
  GCancellable *look_cancellable; /* of asking for them */
  EntBrowserSignIn *browser; /* a sign-in with one of them that is under way; NULL: none */
  GCancellable *browser_cancellable;
  EntBrowserSignIn *to_connect; /* one that waits for the owner of its address; NULL: none */
  GCancellable *cancellable; /* cancelled in dispose */
};

G_DEFINE_FINAL_TYPE (EntWelcomePage, ent_welcome_page, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_filled (GtkEditable *row)
{
  const char *text = gtk_editable_get_text (row);

  while (g_ascii_isspace (*text))
    text++;
  return *text != '\0';
}

static const char *
get_heading (EntWelcomePage *self)
{
  if (self->is_asking_code)
    return _ ("One more step");
  return self->is_registering ? _ ("Create an account") : _ ("Welcome");
}

static const char *
get_other (EntWelcomePage *self)
{
  if (self->is_asking_code)
    return _ ("Sign in as somebody else");
  return self->is_registering ? _ ("I have an account") : _ ("Create an account");
}

/* Who may make an account; NULL where there is nothing to say. */
static const char *
get_registration_note (EntWelcomePage *self)
{
  if (self->is_asking_code)
    return NULL;
  if (self->registration == ENT_REGISTRATION_CLOSED)
    return _ ("Registration is closed on this server. Ask the people who run it for an account.");
  if (self->was_invited)
    return self->is_registering
             ? _ ("You were invited into an organisation. Make an account with the address that "
                  "the invitation was sent to, or sign in if you have one.")
             : _ ("You were invited into an organisation. Sign in with the address that the "
                  "invitation was sent to.");
  if (self->registration == ENT_REGISTRATION_INVITED)
    return self->is_registering
             ? _ ("An account on this server needs an invitation. Paste the link that you got from "
                  "the organisation, and take the address that it was sent to.")
             : _ ("New accounts on this server are by invitation only.");
  return NULL;
}

/* Whoever was led here by one shows it when they sign in, too. */
static gboolean
is_invite_asked (EntWelcomePage *self)
{
  return self->was_invited ||
         (self->is_registering && self->registration == ENT_REGISTRATION_INVITED);
}

static gboolean
can_make_account (EntWelcomePage *self)
{
  return self->registration != ENT_REGISTRATION_CLOSED && is_filled (self->name_row) &&
         (self->registration != ENT_REGISTRATION_INVITED || is_filled (self->invite_row));
}

static void
update_registration (EntWelcomePage *self)
{
  const char *note = get_registration_note (self);
  gboolean is_closed = self->registration == ENT_REGISTRATION_CLOSED;

  gtk_label_set_label (self->registration_note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->registration_note), note != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->invite_row), is_invite_asked (self));
  /* Nobody is led to a form that the server refuses. */
  gtk_widget_set_visible (
    GTK_WIDGET (self->other_button), !is_closed || self->is_registering || self->is_asking_code);
}

static void
update (EntWelcomePage *self)
{
  GtkEditable *rows[] = { self->server_row, self->name_row, self->email_row, self->password_row,
    self->invite_row, self->code_row };
  gboolean has_address = is_filled (self->server_row) && is_filled (self->email_row);
  gboolean is_away = self->browser != NULL;
  gboolean has_providers = gtk_widget_get_first_child (self->providers_box) != NULL;
  gboolean can_go =
    !self->is_busy && (self->is_asking_code ? is_filled (self->code_row)
                                            : has_address && is_filled (self->password_row) &&
                                                (!self->is_registering || can_make_account (self)));
  const char *go = self->is_registering ? _ ("Create account") : _ ("Sign in");

  gtk_label_set_label (self->heading, get_heading (self));
  gtk_widget_set_visible (self->form, !self->is_asking_code);
  gtk_stack_set_visible_child_name (self->stack, is_away ? "browser" : "form");
  gtk_spinner_set_spinning (self->browser_spinner, is_away);
  gtk_widget_set_visible (self->providers_box, has_providers && !self->is_asking_code);
  gtk_widget_set_visible (self->code_form, self->is_asking_code);
  gtk_widget_set_visible (self->forgot_button, !self->is_asking_code && !self->is_registering);
  gtk_label_set_label (self->go_label, go);
  ent_accessible_set_name (self->go_button, go);
  gtk_button_set_label (self->other_button, get_other (self));
  gtk_widget_set_visible (GTK_WIDGET (self->name_row), self->is_registering);
  update_registration (self);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_editable_set_editable (rows[i], !self->is_busy);
  gtk_spinner_set_spinning (self->spinner, self->is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "welcome.go", can_go);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "welcome.switch", !self->is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "welcome.provider", !self->is_busy);
  gtk_widget_action_set_enabled (
    GTK_WIDGET (self), "welcome.forgot", !self->is_busy && has_address);
}

static void
show_problem (EntWelcomePage *self, const char *sentence)
{
  if (sentence)
    gtk_label_set_label (self->problem, sentence);
  gtk_revealer_set_reveal_child (self->problem_revealer, sentence != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
}

static void
ask_for_code (EntWelcomePage *self, gboolean is_asking)
{
  self->is_asking_code = is_asking;
  gtk_editable_set_text (self->code_row, "");
  if (!is_asking)
    ent_account_forget_code (self->account);
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (is_asking ? self->code_row : self->password_row));
}

/* --- another service ----------------------------------------------------------------------------
 * The order: look for them, begin, checked_cb, show the browser, came_back_cb; connected_cb when
 * the owner of the address has signed in by other means. */

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done =
    ent_browser_sign_in_connect_finish (ENT_BROWSER_SIGN_IN (source), result, &error);

  g_signal_emit (self, signals[SIGNAL_TOAST], 0,
    is_done ? _ ("Connected: from now on the other service signs you in.") : error->message);
}

/* Whoever signed in owns the address that a browser brought before. */
static void
connect_waiting (EntWelcomePage *self)
{
  g_autoptr (EntBrowserSignIn) waiting = g_steal_pointer (&self->to_connect);
  EntClient *client = ent_account_get_client (self->account);
  EntClient *other = waiting != NULL ? ent_browser_sign_in_get_client (waiting) : NULL;

  if (client != NULL && other != NULL &&
      strcmp (ent_client_get_place (client), ent_client_get_place (other)) == 0)
    ent_browser_sign_in_connect_async (waiting, client, NULL, connected_cb, g_object_ref (self));
}

/* --- invitations --------------------------------------------------------------------------------
 */

/* The token of what was pasted, a link or the token alone, "" for none; NULL when it is neither,
 * which has been said. The caller owns it. */
static char *
read_invite (EntWelcomePage *self)
{
  char *token;

  if (!is_invite_asked (self) || !is_filled (self->invite_row))
    return g_strdup ("");
  token = ent_link_uri_dup_invitation_token (gtk_editable_get_text (self->invite_row));
  if (token == NULL)
    show_problem (
      self, _ ("This is not the link of an invitation. Copy all of it, from “http” to its end."));
  return token;
}

/* FALSE: what was pasted is no invitation. */
static gboolean
take_invite (EntWelcomePage *self)
{
  char *invite = read_invite (self);

  g_free (self->invite);
  self->invite = invite;
  return invite != NULL;
}

static void
accepted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_in = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  g_signal_emit (
    self, signals[SIGNAL_TOAST], 0, is_in ? _ ("You are a member now.") : error->message);
}

/* Who has come in with an invitation wanted to follow it. */
static void
accept_invite (EntWelcomePage *self)
{
  g_autofree char *token = g_steal_pointer (&self->invite);
  EntClient *client = ent_account_get_client (self->account);

  if (token == NULL || *token == '\0' || client == NULL)
    return;
  gtk_editable_set_text (self->invite_row, "");
  self->was_invited = FALSE;
  update (self);
  ent_client_call_async (client, "POST", "/api/invites/accept", &ent_api_token_struct,
    &(EntApiToken){ .token = token }, &ent_api_membership_struct, TRUE, NULL, accepted_cb,
    g_object_ref (self));
}

/* Where the server wants an invitation of somebody whom it does not know. */
static gboolean
is_invite_wanted (EntWelcomePage *self, const GError *error)
{
  return self->registration == ENT_REGISTRATION_INVITED &&
         g_strcmp0 (ent_client_error_get_code (error), "registration_closed") == 0;
}

static void
ask_for_invite (EntWelcomePage *self)
{
  self->is_registering = TRUE;
  update (self);
  show_problem (self, _ ("You have no account on this server yet, and a new one needs an "
                         "invitation. Paste its link, then go on as before."));
  gtk_widget_grab_focus (GTK_WIDGET (self->invite_row));
}

static void
end_browser (EntWelcomePage *self)
{
  g_cancellable_cancel (self->browser_cancellable);
  g_clear_object (&self->browser_cancellable);
  g_clear_object (&self->browser);
}

static void
finish (EntWelcomePage *self, gboolean is_done, const GError *error)
{
  self->is_busy = FALSE;
  update (self);
  if (is_done) {
    gtk_editable_set_text (self->password_row, "");
    gtk_editable_set_text (self->code_row, "");
    self->is_registering = FALSE;
    self->is_asking_code = FALSE;
    update (self);
    connect_waiting (self);
    accept_invite (self);
    return;
  }
  if (is_invite_wanted (self, error)) {
    ask_for_invite (self);
    return;
  }
  if (g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SECOND_FACTOR)) {
    ask_for_code (self, TRUE);
    return;
  }
  /* Too late for a code: the password is asked for again. */
  if (self->is_asking_code &&
      g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SIGNED_OUT))
    ask_for_code (self, FALSE);
  show_problem (self, error->message);
  gtk_widget_grab_focus (GTK_WIDGET (self->is_asking_code ? self->code_row : self->password_row));
}

static void
came_back_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  EntBrowserSignIn *browser = ENT_BROWSER_SIGN_IN (source);
  EntClient *client = ent_browser_sign_in_get_client (browser);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiUser) user = ent_browser_sign_in_run_finish (browser, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_strcmp0 (ent_client_error_get_code (error), "link_needed") == 0)
    g_set_object (&self->to_connect, browser);
  end_browser (self);
  if (user != NULL)
    ent_account_take_sign_in (self->account, client, user);
  else if (g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SECOND_FACTOR))
    ent_account_wait_for_code (self->account, client);
  finish (self, user != NULL, error);
}

static void
browser_shown_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;

  if (gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error) || self->browser == NULL ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  end_browser (self);
  self->is_busy = FALSE;
  update (self);
  show_problem (self, _ ("No browser could be opened. Choose one in the settings of your desktop, "
                         "or sign in with your password."));
}

static void
show_browser (EntWelcomePage *self)
{
  gtk_show_uri_full (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
    ent_browser_sign_in_get_uri (self->browser), GDK_CURRENT_TIME, self->browser_cancellable,
    browser_shown_cb, g_object_ref (self));
}

/* Which service was wanted, while the server is asked whether it is there. */
typedef struct {
  EntWelcomePage *page;
  char *provider;
} Wish;

static void
wish_free (Wish *wish)
{
  g_object_unref (wish->page);
  g_free (wish->provider);
  g_free (wish);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wish, wish_free)

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Wish) wish = data;
  EntWelcomePage *self = wish->page;
  EntClient *client = ENT_CLIENT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiHealth) health = ent_client_check_finish (client, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (health != NULL)
    self->browser = ent_browser_sign_in_new (client, wish->provider, &error);
  if (self->browser == NULL) {
    finish (self, FALSE, error);
    return;
  }
  if (*self->invite != '\0')
    ent_browser_sign_in_set_invite (self->browser, self->invite);
  self->browser_cancellable = g_cancellable_new ();
  update (self);
  gtk_widget_grab_focus (self->browser_cancel);
  ent_browser_sign_in_run_async (
    self->browser, self->browser_cancellable, came_back_cb, g_object_ref (self));
  show_browser (self);
}

static void
provider_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntClient) client =
    ent_account_new_client (self->account, gtk_editable_get_text (self->server_row), &error);
  Wish *wish;

  show_problem (self, NULL);
  g_clear_object (&self->to_connect);
  if (client == NULL) {
    show_problem (self, error->message);
    return;
  }
  if (!take_invite (self))
    return;
  wish = g_new0 (Wish, 1);
  wish->page = g_object_ref (self);
  wish->provider = g_variant_dup_string (parameter, NULL);
  self->is_busy = TRUE;
  update (self);
  ent_client_check_async (client, self->cancellable, checked_cb, wish);
}

static void
browser_again_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);

  if (self->browser != NULL)
    show_browser (self);
}

static void
browser_cancel_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);

  end_browser (self);
  self->is_busy = FALSE;
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->email_row));
}

static EntRegistration
read_registration (const EntApiProviderList *list)
{
  static const char *const words[] = { [ENT_REGISTRATION_OPEN] = "open",
    [ENT_REGISTRATION_INVITED] = "invited",
    [ENT_REGISTRATION_CLOSED] = "closed" };

  for (guint i = ENT_REGISTRATION_OPEN; list != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (list->registration, words[i]) == 0)
      return i;
  return ENT_REGISTRATION_UNKNOWN;
}

void
ent_welcome_page_take (EntWelcomePage *self, const EntApiProviderList *list)
{
  GtkWidget *child;

  g_return_if_fail (ENT_IS_WELCOME_PAGE (self));

  self->registration = read_registration (list);

  while ((child = gtk_widget_get_first_child (self->providers_box)) != NULL)
    gtk_box_remove (GTK_BOX (self->providers_box), child);
  for (guint i = 0; list != NULL && i < list->items->len; i++) {
    const EntApiProvider *provider = g_ptr_array_index (list->items, i);
    /* Translators: %s is the name of another service, such as GitHub. */
    g_autofree char *label = g_strdup_printf (_ ("Sign in with %s"), provider->title);
    GtkWidget *button = gtk_button_new_with_label (label);
    GtkLabel *words = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));

    gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class (button, "pill");
    gtk_label_set_wrap (words, TRUE);
    gtk_label_set_wrap_mode (words, PANGO_WRAP_WORD_CHAR);
    gtk_label_set_justify (words, GTK_JUSTIFY_CENTER);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "welcome.provider");
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", provider->name);
    gtk_box_append (GTK_BOX (self->providers_box), button);
  }
  update (self);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  EntWelcomePage *self = data; /* gone when it was cancelled */
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiProviderList) list =
    ent_client_list_providers_finish (ENT_CLIENT (source), result, &error);

  /* That a server cannot be reached is said when somebody signs in. */
  if (list != NULL)
    ent_welcome_page_take (self, list);
}

static gboolean
look_cb (gpointer data)
{
  EntWelcomePage *self = data;
  g_autoptr (EntClient) client =
    ent_account_new_client (self->account, gtk_editable_get_text (self->server_row), NULL);

  self->look_timeout = 0;
  if (client != NULL)
    ent_client_list_providers_async (client, self->look_cancellable, listed_cb, self);
  return G_SOURCE_REMOVE;
}

/* What one server offers is not another's. */
static void
look_for_providers (EntWelcomePage *self)
{
  g_cancellable_cancel (self->look_cancellable);
  g_clear_object (&self->look_cancellable);
  g_clear_handle_id (&self->look_timeout, g_source_remove);
  ent_welcome_page_take (self, NULL);
  if (!is_filled (self->server_row))
    return;
  self->look_cancellable = g_cancellable_new ();
  self->look_timeout = g_timeout_add (LOOK_MS, look_cb, self);
}

static void
server_changed_cb (GtkEditable *row, gpointer data)
{
  look_for_providers (ENT_WELCOME_PAGE (data));
}

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_account_sign_in_finish (ENT_ACCOUNT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (self, is_done, error);
}

static void
registered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_account_register_finish (ENT_ACCOUNT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (self, is_done, error);
}

static void
code_given_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_account_give_code_finish (ENT_ACCOUNT (source), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    finish (self, is_done, error);
}

static void
forgot_done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_account_forgot_finish (ENT_ACCOUNT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_busy = FALSE;
  update (self);
  if (!is_done) {
    show_problem (self, error->message);
    return;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->notice), TRUE);
}

static void
forgot_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);
  g_autofree char *email = g_strstrip (g_strdup (gtk_editable_get_text (self->email_row)));

  self->is_busy = TRUE;
  show_problem (self, NULL);
  update (self);
  ent_account_forgot_async (self->account, gtk_editable_get_text (self->server_row), email,
    self->cancellable, forgot_done_cb, g_object_ref (self));
}

static void
go_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);
  const char *server = gtk_editable_get_text (self->server_row);
  const char *password = gtk_editable_get_text (self->password_row);
  g_autofree char *email = g_strstrip (g_strdup (gtk_editable_get_text (self->email_row)));
  g_autofree char *person = g_strstrip (g_strdup (gtk_editable_get_text (self->name_row)));

  show_problem (self, NULL);
  if (!self->is_asking_code && !take_invite (self))
    return;
  self->is_busy = TRUE;
  update (self);
  if (self->is_asking_code)
    ent_account_give_code_async (self->account, gtk_editable_get_text (self->code_row),
      self->cancellable, code_given_cb, g_object_ref (self));
  else if (self->is_registering)
    ent_account_register_async (self->account, server, person, email, password,
      *self->invite != '\0' ? self->invite : NULL, self->cancellable, registered_cb,
      g_object_ref (self));
  else
    ent_account_sign_in_async (
      self->account, server, email, password, self->cancellable, signed_in_cb, g_object_ref (self));
}

static void
switch_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);

  show_problem (self, NULL);
  if (self->is_asking_code) {
    gtk_editable_set_text (self->password_row, "");
    ask_for_code (self, FALSE);
    return;
  }
  self->is_registering = !self->is_registering;
  update (self);
}

/* Return goes to the next empty field, and goes on from the last one. */
static void
entry_activated_cb (GtkWidget *row, gpointer data)
{
  EntWelcomePage *self = data;
  GtkEditable *rows[] = { self->server_row, self->invite_row, self->name_row, self->email_row,
    self->password_row };

  for (guint i = 0; !self->is_asking_code && i < G_N_ELEMENTS (rows); i++) {
    if (gtk_widget_get_visible (GTK_WIDGET (rows[i])) && !is_filled (rows[i])) {
      gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
      return;
    }
  }
  gtk_widget_activate_action (GTK_WIDGET (self), "welcome.go", NULL);
}

static void
entry_changed_cb (GtkEditable *row, gpointer data)
{
  update (ENT_WELCOME_PAGE (data));
}

static gboolean
ent_welcome_page_grab_focus (GtkWidget *widget)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (widget);
  gboolean has_name = !self->is_registering || is_filled (self->name_row);
  GtkEditable *row = !is_filled (self->server_row) ? self->server_row
                     : has_name                    ? self->email_row
                                                   : self->name_row;

  return gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
ent_welcome_page_dispose (GObject *object)
{
  EntWelcomePage *self = ENT_WELCOME_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_cancellable_cancel (self->look_cancellable);
  g_clear_object (&self->look_cancellable);
  g_clear_handle_id (&self->look_timeout, g_source_remove);
  end_browser (self);
  g_clear_object (&self->to_connect);
  g_clear_object (&self->account);
  g_clear_pointer (&self->invite, g_free);

  G_OBJECT_CLASS (ent_welcome_page_parent_class)->dispose (object);
}

static void
ent_welcome_page_class_init (EntWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_welcome_page_dispose;
  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  widget_class->grab_focus = ent_welcome_page_grab_focus;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, heading);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, server_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, name_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, email_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, password_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, invite_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, registration_note);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, form);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, code_form);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, code_row);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, forgot_button);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, problem);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, go_button);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, go_label);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, other_button);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, providers_box);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, browser_spinner);
  gtk_widget_class_bind_template_child (widget_class, EntWelcomePage, browser_cancel);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, server_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);

  gtk_widget_class_install_action (widget_class, "welcome.go", NULL, go_cb);
  gtk_widget_class_install_action (widget_class, "welcome.forgot", NULL, forgot_cb);
  gtk_widget_class_install_action (widget_class, "welcome.switch", NULL, switch_cb);
  gtk_widget_class_install_action (widget_class, "welcome.provider", "s", provider_cb);
  gtk_widget_class_install_action (widget_class, "welcome.browser-again", NULL, browser_again_cb);
  gtk_widget_class_install_action (widget_class, "welcome.browser-cancel", NULL, browser_cancel_cb);
}

static void
ent_welcome_page_init (EntWelcomePage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_accessible_name_entry_row (self->server_row, _ ("Server"));
  ent_accessible_name_entry_row (self->name_row, _ ("Your name"));
  ent_accessible_name_entry_row (self->email_row, _ ("Email"));
  ent_accessible_name_entry_row (self->password_row, _ ("Password"));
  ent_accessible_name_entry_row (self->invite_row, _ ("Link of the invitation"));
  ent_accessible_name_entry_row (self->code_row, _ ("Code"));
  update (self);
}

GtkWidget *
ent_welcome_page_new (EntAccount *account)
{
  EntWelcomePage *self = g_object_new (ENT_TYPE_WELCOME_PAGE, NULL);

  self->account = g_object_ref (account);
  return GTK_WIDGET (self);
}

void
ent_welcome_page_set_server (EntWelcomePage *self, const char *server)
{
  g_return_if_fail (ENT_IS_WELCOME_PAGE (self));
  gtk_editable_set_text (self->server_row, server);
}

void
ent_welcome_page_show_invitation (EntWelcomePage *self, const char *place, const char *link)
{
  g_return_if_fail (ENT_IS_WELCOME_PAGE (self));

  if (self->is_busy)
    return;
  self->was_invited = TRUE;
  self->is_registering = TRUE;
  if (self->is_asking_code)
    ask_for_code (self, FALSE);
  show_problem (self, NULL);
  gtk_editable_set_text (self->invite_row, link);
  gtk_editable_set_text (self->server_row, place);
  update (self);
}
