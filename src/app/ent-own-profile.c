#include "config.h"

#include "ent-own-profile.h"

#include <glib/gi18n.h>
#include <string.h>
#include "ent-accessible.h"
#include "ent-dialogs.h"
#include "ent-portrait.h"
#include "ent-problem-label.h"
#include "ent-zone-chooser.h"
#include "ent-zones.h"
#include "protocol/ent-api-account.h"
#include "protocol/ent-limits.h"

#define PREVIEW_PX 160

struct _EntOwnProfile {
  AdwBin parent_instance;

  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *email_label;
  GtkWidget *remove_button;
  GtkEditable *name_row;
  AdwComboRow *language_row;
  AdwActionRow *zone_row;
  EntProblemLabel *problem;

  EntAccount *account;
  EntApiUser *user; /* as the server knows them; NULL: not loaded */
  char *name, *locale, *zone; /* still to be sent; NULL: nothing */
  GBytes *picture; /* that is being asked about or sent; NULL: none */
  gboolean is_saving;
  gboolean is_showing; /* widgets are being filled: nobody has changed them */
  GCancellable *cancellable; /* of the calls for this person; replaced with the person */
};

G_DEFINE_FINAL_TYPE (EntOwnProfile, ent_own_profile, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

/* In which mails are written. */
static const struct {
  const char *locale, *name;
} languages[] = { { "en", "English" }, { "de", "Deutsch" } };

static void
say (EntOwnProfile *self, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, sentence);
}

/* The place among the languages; that of English, in which a mail is when there is no other. */
static guint
find_language (const char *locale)
{
  for (guint i = 0; locale != NULL && i < G_N_ELEMENTS (languages); i++)
    if (g_str_has_prefix (locale, languages[i].locale))
      return i;
  return 0;
}

static void
show_user (EntOwnProfile *self)
{
  const EntApiUser *user = self->user;
  g_autofree char *zone = user->zone != NULL ? ent_zones_new_title (user->zone) : NULL;

  self->is_showing = TRUE;
  adw_avatar_set_text (self->avatar, user->name);
  gtk_label_set_label (self->name_label, user->name != NULL ? user->name : "");
  gtk_label_set_label (self->email_label, user->email != NULL ? user->email : "");
  /* An edit begins with any other text than there was, also with the same once more. */
  if (self->name == NULL && g_strcmp0 (gtk_editable_get_text (self->name_row), user->name) != 0)
    gtk_editable_set_text (self->name_row, user->name != NULL ? user->name : "");
  if (self->locale == NULL)
    adw_combo_row_set_selected (self->language_row, find_language (user->locale));
  if (self->zone == NULL)
    adw_action_row_set_subtitle (self->zone_row, zone != NULL ? zone : "");
  self->is_showing = FALSE;
}

/* --- saving: one change after another; what is wanted meanwhile is sent when the answer is there
 * -------- */

static void save (EntOwnProfile *self);

static void
want_nothing (EntOwnProfile *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->locale, g_free);
  g_clear_pointer (&self->zone, g_free);
}

static void
got_me_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnProfile) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiMe) me = ent_client_get_me_finish (ENT_CLIENT (source), result, &error);

  if (me != NULL && me->user != NULL && self->user != NULL) {
    ent_api_user_free (self->user);
    self->user = g_steal_pointer (&me->user);
    show_user (self);
  }
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnProfile) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiUserAnswer) changed = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  changed = answer;
  if (ent_client_error_is_cancelled (error))
    return;
  self->is_saving = FALSE;
  if (changed == NULL || changed->user == NULL) {
    want_nothing (self);
    show_user (self);
    ent_problem_label_set_sentence (self->problem, error != NULL ? error->message : NULL);
    /* Changed on another device: that is what stands here from now on. */
    ent_client_get_me_async (
      ENT_CLIENT (source), self->cancellable, got_me_cb, g_object_ref (self));
    return;
  }
  ent_api_user_free (self->user);
  self->user = g_steal_pointer (&changed->user);
  show_user (self);
  ent_account_note_user (self->account, self->user);
  say (self, _ ("Your profile is changed."));
  save (self);
}

static void
save (EntOwnProfile *self)
{
  EntClient *client = ent_account_get_client (self->account);
  const EntApiProfileChange body = { self->name, self->locale, self->zone };

  if (client == NULL || self->user == NULL || self->is_saving ||
      (self->name == NULL && self->locale == NULL && self->zone == NULL))
    return;
  self->is_saving = TRUE;
  ent_problem_label_set_sentence (self->problem, NULL);
  ent_client_change_async (client, "PATCH", "/api/me", self->user->version,
    &ent_api_profile_change_struct, &body, &ent_api_user_answer_struct, self->cancellable, saved_cb,
    g_object_ref (self));
  want_nothing (self);
}

static void
name_applied_cb (AdwEntryRow *row, gpointer data)
{
  EntOwnProfile *self = data;
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name_row)));

  if (self->user == NULL || g_strcmp0 (name, self->user->name) == 0)
    return;
  if (*name == '\0' || strlen (name) > ENT_MAX_NAME) {
    ent_problem_label_set_sentence (
      self->problem, *name == '\0' ? _ ("A name is needed. Nothing was changed.")
                                   : _ ("This name is too long. Nothing was changed."));
    show_user (self);
    return;
  }
  g_free (self->name);
  self->name = g_steal_pointer (&name);
  save (self);
}

static void
language_chosen_cb (AdwComboRow *row, GParamSpec *pspec, gpointer data)
{
  EntOwnProfile *self = data;
  guint chosen = adw_combo_row_get_selected (row);

  /* Who has "de_AT" and takes German keeps it. */
  if (self->is_showing || self->user == NULL || chosen >= G_N_ELEMENTS (languages) ||
      (self->user->locale != NULL && find_language (self->user->locale) == chosen))
    return;
  g_free (self->locale);
  self->locale = g_strdup (languages[chosen].locale);
  save (self);
}

static void
zone_chosen_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnProfile) self = data;
  g_autofree char *zone = ent_zone_chooser_ask_finish (result);

  if (zone == NULL || self->user == NULL || g_strcmp0 (zone, self->user->zone) == 0)
    return;
  g_free (self->zone);
  self->zone = g_steal_pointer (&zone);
  save (self);
}

static void
choose_zone_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOwnProfile *self = ENT_OWN_PROFILE (widget);

  if (self->user != NULL)
    ent_zone_chooser_ask_async (widget, self->user->zone, zone_chosen_cb, g_object_ref (self));
}

/* --- picture: file, preview, server
 * --------------------------------------------------------------------- */

static void
show_picture (EntOwnProfile *self, GBytes *data)
{
  g_autoptr (GdkTexture) texture = data != NULL ? gdk_texture_new_from_bytes (data, NULL) : NULL;

  adw_avatar_set_custom_image (self->avatar, GDK_PAINTABLE (texture));
  gtk_widget_set_visible (self->remove_button, texture != NULL);
}

static void
got_picture_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnProfile) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiPicture) picture = NULL;
  gpointer answer = NULL;

  /* Who has none shows their initials. */
  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  picture = answer;
  if (!ent_client_error_is_cancelled (error))
    show_picture (self, picture != NULL ? picture->data : NULL);
}

static void
ask_for_picture (EntOwnProfile *self)
{
  EntClient *client = ent_account_get_client (self->account);
  g_autofree char *path = NULL;

  if (client == NULL || self->user == NULL || self->user->id == NULL)
    return;
  path = g_strdup_printf ("/api/users/%s/picture", self->user->id);
  ent_client_call_async (client, "GET", path, NULL, NULL, &ent_api_picture_struct, TRUE,
    self->cancellable, got_picture_cb, g_object_ref (self));
}

static void
picture_changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnProfile) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) picture = g_steal_pointer (&self->picture);
  gboolean is_done = ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error);

  if (ent_client_error_is_cancelled (error))
    return;
  if (!is_done) {
    ent_problem_label_set_sentence (self->problem, error->message);
    return;
  }
  show_picture (self, picture);
  say (self, picture != NULL ? _ ("Your picture is changed.") : _ ("Your picture is removed."));
}

static void
picture_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnProfile) self = data;
  EntClient *client = ent_account_get_client (self->account);
  const EntApiPicture body = { self->picture };

  if (!ent_dialogs_confirm_finish (result) || client == NULL || self->picture == NULL) {
    g_clear_pointer (&self->picture, g_bytes_unref);
    return;
  }
  ent_client_call_async (client, "PUT", "/api/me/picture", &ent_api_picture_struct, &body, NULL,
    TRUE, self->cancellable, picture_changed_cb, g_object_ref (self));
}

static void
portrait_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntOwnProfile) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) picture = ent_portrait_read_finish (result, &error);
  g_autoptr (GdkTexture) texture = NULL;
  GtkWidget *preview;

  if (ent_client_error_is_cancelled (error))
    return;
  if (picture != NULL)
    texture = gdk_texture_new_from_bytes (picture, &error);
  if (texture == NULL) {
    ent_problem_label_set_sentence (self->problem, error->message);
    return;
  }
  g_clear_pointer (&self->picture, g_bytes_unref);
  self->picture = g_steal_pointer (&picture);
  preview = adw_avatar_new (PREVIEW_PX, NULL, FALSE);
  adw_avatar_set_custom_image (ADW_AVATAR (preview), GDK_PAINTABLE (texture));
  ent_accessible_set_name (preview, _ ("The picture as others will see it"));
  ent_dialogs_show_async (GTK_WIDGET (self), _ ("Use this picture?"),
    _ ("Those with whom you have interviews see it, and the members of your organisation."),
    preview, _ ("_Use it"), picture_confirmed_cb, g_object_ref (self));
}

void
ent_own_profile_take_picture (EntOwnProfile *self, GFile *file)
{
  g_return_if_fail (ENT_IS_OWN_PROFILE (self));

  ent_problem_label_set_sentence (self->problem, NULL);
  ent_portrait_read_async (file, self->cancellable, portrait_read_cb, g_object_ref (self));
}

static void
file_chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr (EntOwnProfile) self = data;
  g_autoptr (GFile) file =
    response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    ent_own_profile_take_picture (self, file);
  g_object_unref (dialog);
}

static void
choose_picture_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_ ("Choose a picture of you"),
    GTK_WINDOW (gtk_widget_get_root (widget)), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_pixbuf_formats (filter);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  g_signal_connect (dialog, "response", G_CALLBACK (file_chosen_cb), g_object_ref (widget));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
remove_picture_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntOwnProfile *self = ENT_OWN_PROFILE (widget);
  EntClient *client = ent_account_get_client (self->account);

  if (client == NULL)
    return;
  ent_problem_label_set_sentence (self->problem, NULL);
  g_clear_pointer (&self->picture, g_bytes_unref);
  ent_client_call_async (client, "DELETE", "/api/me/picture", NULL, NULL, NULL, TRUE,
    self->cancellable, picture_changed_cb, g_object_ref (self));
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static void
forget (EntOwnProfile *self)
{
  want_nothing (self);
  g_clear_pointer (&self->user, ent_api_user_free);
  g_clear_pointer (&self->picture, g_bytes_unref);
}

static void
ent_own_profile_dispose (GObject *object)
{
  EntOwnProfile *self = ENT_OWN_PROFILE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  forget (self);

  G_OBJECT_CLASS (ent_own_profile_parent_class)->dispose (object);
}

static void
ent_own_profile_class_init (EntOwnProfileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_own_profile_dispose;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_OWN_PROFILE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_PROBLEM_LABEL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-own-profile.ui");
  gtk_widget_class_bind_template_child (widget_class, EntOwnProfile, avatar);
  gtk_widget_class_bind_template_child (widget_class, EntOwnProfile, name_label);
  gtk_widget_class_bind_template_child (widget_class, EntOwnProfile, email_label);
  gtk_widget_class_bind_template_child (widget_class, EntOwnProfile, remove_button);
  gtk_widget_class_bind_template_child (widget_class, EntOwnProfile, name_row);
  gtk_widget_class_bind_template_child (widget_class, EntOwnProfile, language_row);
  gtk_widget_class_bind_template_child (widget_class, EntOwnProfile, zone_row);
  gtk_widget_class_bind_template_child (widget_class, EntOwnProfile, problem);
  gtk_widget_class_bind_template_callback (widget_class, name_applied_cb);
  gtk_widget_class_bind_template_callback (widget_class, language_chosen_cb);

  gtk_widget_class_install_action (widget_class, "profile.choose-zone", NULL, choose_zone_cb);
  gtk_widget_class_install_action (widget_class, "profile.choose-picture", NULL, choose_picture_cb);
  gtk_widget_class_install_action (widget_class, "profile.remove-picture", NULL, remove_picture_cb);
}

static void
ent_own_profile_init (EntOwnProfile *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_showing = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    gtk_string_list_append (names, languages[i].name);
  adw_combo_row_set_model (self->language_row, G_LIST_MODEL (names));
  self->is_showing = FALSE;
  ent_accessible_name_entry_row (self->name_row, _ ("Name"));
}

void
ent_own_profile_set_account (EntOwnProfile *self, EntAccount *account)
{
  g_return_if_fail (ENT_IS_OWN_PROFILE (self));
  g_set_object (&self->account, account);
}

void
ent_own_profile_take (EntOwnProfile *self, const EntApiUser *user)
{
  g_return_if_fail (ENT_IS_OWN_PROFILE (self));

  g_clear_pointer (&self->user, ent_api_user_free);
  self->user = ent_struct_copy (&ent_api_user_struct, user);
  ent_problem_label_set_sentence (self->problem, NULL);
  show_user (self);
  ask_for_picture (self);
}

void
ent_own_profile_clear (EntOwnProfile *self)
{
  g_return_if_fail (ENT_IS_OWN_PROFILE (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_saving = FALSE;
  forget (self);
  ent_problem_label_set_sentence (self->problem, NULL);
  show_picture (self, NULL);
  gtk_label_set_label (self->name_label, "");
  gtk_label_set_label (self->email_label, "");
  gtk_editable_set_text (self->name_row, "");
}
