#include "config.h"

#include "ent-own-sign-ins.h"

#include <glib/gi18n.h>

#include "client/ent-browser-sign-in.h"
#include "ent-accessible.h"
#include "ent-dialogs.h"
#include "ent-list-box.h"
#include "ent-problem-label.h"
#include "ent-wording.h"

#define PATH "/api/me/identities"

struct _EntOwnSignIns {
  AdwBin parent_instance;

  GtkListBox *list;
  EntProblemLabel *problem;

  EntAccount *account;
  EntClock *clock;
  EntApiIdentityList *connected; /* of a loading under way; NULL: not yet */
  EntBrowserSignIn *browser; /* that connects one; NULL: none */
  GCancellable *browser_cancellable;
  GCancellable *cancellable; /* of the calls for this person; replaced with the person */
};

G_DEFINE_FINAL_TYPE (EntOwnSignIns, ent_own_sign_ins, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
say (EntOwnSignIns *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

/* --- rows ---------------------------------------------------------------------------------------
 */

static GtkWidget *
add_row (EntOwnSignIns *self, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (self->list, row);
  return row;
}

/* target: of the action, NULL: none. name: for who does not see the row, NULL: as the label. */
static GtkWidget *
new_button (const char *label, const char *action, const char *target, const char *name)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  if (target != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  if (name != NULL)
    ent_accessible_set_name (button, name);
  return button;
}

static void
add_button (GtkWidget *row,
  const char *label,
  const char *action,
  const char *target,
  const char *name)
{
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_button (label, action, target, name));
}

static void
add_spinner (GtkWidget *row)
{
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), spinner);
}

static void
add_connected (EntOwnSignIns *self, const EntApiIdentity *identity)
{
  g_autofree char *used =
    ent_wording_new_day_time (identity->used, ent_clock_get_wall_us (self->clock));
  /* Translators: a day with a time. */
  g_autofree char *last = g_strdup_printf (_ ("Last used: %s"), used);
  g_autofree char *subtitle =
    identity->email != NULL ? g_strdup_printf ("%s\n%s", identity->email, last) : g_strdup (last);
  g_autofree char *name = g_strdup_printf (_ ("Remove %s"), identity->title);

  add_button (
    add_row (self, identity->title, subtitle), _ ("Remove"), "sign-ins.remove", identity->id, name);
}

static void
add_offered (EntOwnSignIns *self, const EntApiProvider *provider)
{
  g_autofree char *name = g_strdup_printf (_ ("Connect %s"), provider->title);

  add_button (add_row (self, provider->title, _ ("Not connected")), _ ("Connect"),
    "sign-ins.connect", provider->name, name);
}

static void
show_loading (EntOwnSignIns *self)
{
  ent_list_box_remove_all (self->list);
  ent_problem_label_set_sentence (self->problem, NULL);
  add_spinner (add_row (self, _ ("Loading your sign-ins"), ""));
}

static void
show_browser_row (EntOwnSignIns *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *cancel = new_button (_ ("Cancel"), "sign-ins.browser-cancel", NULL, NULL);
  GtkWidget *row;

  ent_list_box_remove_all (self->list);
  ent_problem_label_set_sentence (self->problem, NULL);
  row = add_row (self, _ ("Go on in your browser"),
    _ ("Sign in on the page that has opened there. It leads back here by itself."));
  add_spinner (row);
  /* One above the other, for the words beside them in a narrow window. */
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box),
    new_button (_ ("Open again"), "sign-ins.browser-again", NULL, _ ("Open the browser again")));
  gtk_box_append (GTK_BOX (box), cancel);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), box);
  gtk_widget_grab_focus (cancel);
}

static gboolean
is_connected (const EntApiIdentityList *connected, const char *provider)
{
  for (guint i = 0; connected->items != NULL && i < connected->items->len; i++) {
    const EntApiIdentity *identity = g_ptr_array_index (connected->items, i);

    if (g_strcmp0 (identity->provider, provider) == 0)
      return TRUE;
  }
  return FALSE;
}

void
ent_own_sign_ins_take (EntOwnSignIns *self,
  const EntApiIdentityList *connected,
  const EntApiProviderList *offered)
{
  guint n_connected = connected->items != NULL ? connected->items->len : 0;
  guint n_offered = offered->items != NULL ? offered->items->len : 0;

  g_return_if_fail (ENT_IS_OWN_SIGN_INS (self));

  ent_list_box_remove_all (self->list);
  ent_problem_label_set_sentence (self->problem, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), n_connected > 0 || n_offered > 0);
  for (guint i = 0; i < n_connected; i++)
    add_connected (self, g_ptr_array_index (connected->items, i));
  for (guint i = 0; i < n_offered; i++) {
    const EntApiProvider *provider = g_ptr_array_index (offered->items, i);

    if (!is_connected (connected, provider->name))
      add_offered (self, provider);
  }
}

void
ent_own_sign_ins_show_problem (EntOwnSignIns *self, const char *sentence)
{
  g_return_if_fail (ENT_IS_OWN_SIGN_INS (self));

  ent_list_box_remove_all (self->list);
  ent_problem_label_set_sentence (self->problem, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  add_button (add_row (self, _ ("Your sign-ins could not be loaded"), sentence), _ ("Try again"),
    "sign-ins.refresh", NULL, NULL);
}

/* --- loading: what is connected, what is offered ------------------------------------------------
 */

static void
got_offered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnSignIns) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiProviderList) offered =
    ent_client_list_providers_finish (ENT_CLIENT (source), result, &error);

  if (offered != NULL && self->connected != NULL)
    ent_own_sign_ins_take (self, self->connected, offered);
  else if (error != NULL && !ent_client_error_is_cancelled (error))
    ent_own_sign_ins_show_problem (self, error->message);
}

static void
got_connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnSignIns) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiIdentityList) connected = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  connected = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  if (connected == NULL) {
    ent_own_sign_ins_show_problem (self, error != NULL ? error->message : "");
    return;
  }
  g_clear_pointer (&self->connected, ent_api_identity_list_free);
  self->connected = g_steal_pointer (&connected);
  ent_client_list_providers_async (
    ENT_CLIENT (source), self->cancellable, got_offered_cb, g_object_ref (self));
}

void
ent_own_sign_ins_reload (EntOwnSignIns *self)
{
  EntClient *client;

  g_return_if_fail (ENT_IS_OWN_SIGN_INS (self));

  client = ent_account_get_client (self->account);
  if (client == NULL || self->browser != NULL)
    return;
  if (gtk_widget_get_first_child (GTK_WIDGET (self->list)) == NULL)
    show_loading (self);
  ent_client_call_async (client, "GET", PATH, NULL, NULL, &ent_api_identity_list_struct, TRUE,
    self->cancellable, got_connected_cb, g_object_ref (self));
}

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  show_loading (ENT_OWN_SIGN_INS (widget));
  ent_own_sign_ins_reload (ENT_OWN_SIGN_INS (widget));
}

/* --- one more -----------------------------------------------------------------------------------
 */

static void
end_browser (EntOwnSignIns *self)
{
  g_cancellable_cancel (self->browser_cancellable);
  g_clear_object (&self->browser_cancellable);
  g_clear_object (&self->browser);
}

/* The list anew; problem: why nothing was connected, NULL: nothing is wrong. */
static void
leave_browser (EntOwnSignIns *self, const char *problem)
{
  end_browser (self);
  show_loading (self);
  ent_own_sign_ins_reload (self);
  if (problem != NULL)
    say (self, problem);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnSignIns) self = data;
  g_autoptr (GError) error = NULL;

  if (ent_browser_sign_in_connect_finish (ENT_BROWSER_SIGN_IN (source), result, &error))
    leave_browser (self, _ ("Connected: from now on the other service signs you in."));
  else if (!ent_client_error_is_cancelled (error))
    leave_browser (self, error->message);
}

static void
browser_shown_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnSignIns) self = data;
  g_autoptr (GError) error = NULL;

  if (gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error) || self->browser == NULL ||
      ent_client_error_is_cancelled (error))
    return;
  leave_browser (
    self, _ ("No browser could be opened. Choose one in the settings of your desktop."));
}

static void
show_browser (EntOwnSignIns *self)
{
  gtk_show_uri_full (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
    ent_browser_sign_in_get_uri (self->browser), GDK_CURRENT_TIME, self->browser_cancellable,
    browser_shown_cb, g_object_ref (self));
}

static void
connect_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOwnSignIns *self = ENT_OWN_SIGN_INS (widget);
  EntClient *client = ent_account_get_client (self->account);
  g_autoptr (GError) error = NULL;

  if (client == NULL || self->browser != NULL)
    return;
  self->browser =
    ent_browser_sign_in_new_to_connect (client, g_variant_get_string (parameter, NULL), &error);
  if (self->browser == NULL) {
    ent_problem_label_set_sentence (self->problem, error->message);
    return;
  }
  self->browser_cancellable = g_cancellable_new ();
  show_browser_row (self);
  ent_browser_sign_in_run_async (
    self->browser, self->browser_cancellable, connected_cb, g_object_ref (self));
  show_browser (self);
}

static void
browser_again_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOwnSignIns *self = ENT_OWN_SIGN_INS (widget);

  if (self->browser != NULL)
    show_browser (self);
}

static void
browser_cancel_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  leave_browser (ENT_OWN_SIGN_INS (widget), NULL);
}

/* --- one less -----------------------------------------------------------------------------------
 */

/* Which one, while it is asked whether it is meant. */
typedef struct {
  EntOwnSignIns *sign_ins;
  char *id;
} Wish;

static void
wish_free (Wish *wish)
{
  g_object_unref (wish->sign_ins);
  g_free (wish->id);
  g_free (wish);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wish, wish_free)

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnSignIns) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (ent_client_error_is_cancelled (error))
    return;
  if (!is_done && g_strcmp0 (ent_client_error_get_code (error), "not_found") != 0) {
    ent_problem_label_set_sentence (self->problem, error->message);
    return;
  }
  say (self, _ ("Removed: this service signs you in no more."));
  ent_own_sign_ins_reload (self);
}

static void
remove_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Wish) wish = data;
  EntOwnSignIns *self = wish->sign_ins;
  EntClient *client;
  g_autofree char *path = NULL;

  if (!ent_dialogs_confirm_finish (result) || self->account == NULL)
    return;
  client = ent_account_get_client (self->account);
  if (client == NULL)
    return;
  ent_problem_label_set_sentence (self->problem, NULL);
  path = g_strdup_printf (PATH "/%s", wish->id);
  ent_client_call_async (client, "DELETE", path, NULL, NULL, NULL, TRUE, self->cancellable,
    removed_cb, g_object_ref (self));
}

static void
remove_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  Wish *wish = g_new0 (Wish, 1);

  wish->sign_ins = g_object_ref (ENT_OWN_SIGN_INS (widget));
  wish->id = g_variant_dup_string (parameter, NULL);
  ent_dialogs_confirm_async (widget, _ ("Remove this sign-in?"),
    _ ("The other service does not sign you in any more. You can connect it again."), _ ("_Remove"),
    remove_confirmed_cb, wish);
}

/* --- object -------------------------------------------------------------------------------------
 */

static void
ent_own_sign_ins_dispose (GObject *object)
{
  EntOwnSignIns *self = ENT_OWN_SIGN_INS (object);

  end_browser (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  g_clear_pointer (&self->connected, ent_api_identity_list_free);
  g_clear_pointer (&self->clock, ent_clock_unref);

  G_OBJECT_CLASS (ent_own_sign_ins_parent_class)->dispose (object);
}

static void
ent_own_sign_ins_class_init (EntOwnSignInsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_own_sign_ins_dispose;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_OWN_SIGN_INS, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_PROBLEM_LABEL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-own-sign-ins.ui");
  gtk_widget_class_bind_template_child (widget_class, EntOwnSignIns, list);
  gtk_widget_class_bind_template_child (widget_class, EntOwnSignIns, problem);

  gtk_widget_class_install_action (widget_class, "sign-ins.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "sign-ins.connect", "s", connect_cb);
  gtk_widget_class_install_action (widget_class, "sign-ins.browser-again", NULL, browser_again_cb);
  gtk_widget_class_install_action (
    widget_class, "sign-ins.browser-cancel", NULL, browser_cancel_cb);
  gtk_widget_class_install_action (widget_class, "sign-ins.remove", "s", remove_cb);
}

static void
ent_own_sign_ins_init (EntOwnSignIns *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
ent_own_sign_ins_set_account (EntOwnSignIns *self, EntAccount *account, EntClock *clock)
{
  g_return_if_fail (ENT_IS_OWN_SIGN_INS (self));

  g_set_object (&self->account, account);
  g_clear_pointer (&self->clock, ent_clock_unref);
  self->clock = ent_clock_ref (clock);
}

void
ent_own_sign_ins_clear (EntOwnSignIns *self)
{
  g_return_if_fail (ENT_IS_OWN_SIGN_INS (self));

  end_browser (self);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->connected, ent_api_identity_list_free);
  ent_list_box_remove_all (self->list);
  ent_problem_label_set_sentence (self->problem, NULL);
}
