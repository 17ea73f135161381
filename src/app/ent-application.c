#include "config.h"

#include "ent-application.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>
#include <stdio.h>

#include "ent-desktop-notices.h"
#include "ent-dialogs.h"
#include "ent-window.h"
#include "media/ent-media.h"
#include "protocol/ent-link-uri.h"

struct _EntApplication {
  AdwApplication parent_instance;

  char *media_sentence;
  EntProfile *profile; /* from the options on */
  GSettings *settings; /* from startup on, like all below */
  EntAccount *account;
  EntNotices *notices;
  EntCallSource call_source;
};

G_DEFINE_FINAL_TYPE (EntApplication, ent_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "profile", 'p', 0, G_OPTION_ARG_STRING, NULL, N_ ("Use a person’s own data and settings"),
    N_ ("NAME") },
  { "server", 's', 0, G_OPTION_ARG_STRING, NULL, N_ ("Sign in at this server"), N_ ("ADDRESS") },
  { "media", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("What to send in a call: devices, test (a moving picture and a tone) or none"),
    N_ ("SOURCE") },
  { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_ ("Show the version and quit"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, N_ ("[LINK]") },
  { NULL },
};

/* --- options -----------------------------------------------------------------------------------
 */

static gboolean
take_call_source (EntApplication *self, const char *name)
{
  static const char *const names[] = { "devices", "test", "none", NULL };
  static const EntCallSource sources[] = { ENT_CALL_SOURCE_DEVICES, ENT_CALL_SOURCE_TEST,
    ENT_CALL_SOURCE_NONE };

  for (guint i = 0; names[i]; i++) {
    if (g_strcmp0 (name ? name : names[0], names[i]) == 0) {
      self->call_source = sources[i];
      return TRUE;
    }
  }
  return FALSE;
}

/* Runs in every process that is started, before it finds out whether it is the first one. */
static int
ent_application_handle_local_options (GApplication *app, GVariantDict *given)
{
  EntApplication *self = ENT_APPLICATION (app);
  const char *name = NULL;
  const char *source = NULL;
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (given, "version")) {
    printf ("Entrevue %s\n", ENT_VERSION);
    return 0;
  }
  g_variant_dict_lookup (given, "media", "&s", &source);
  if (!take_call_source (self, source)) {
    fprintf (stderr, _ ("“%s” cannot be sent in a call. Use devices, test or none.\n"), source);
    return 1;
  }
  g_variant_dict_lookup (given, "profile", "&s", &name);
  self->profile = ent_profile_new (name, &error);
  if (!self->profile || !ent_profile_make_data_dir (self->profile, &error)) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  g_application_set_application_id (app, self->profile->app_id);
  return -1;
}

static EntWindow *
present_window (EntApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (!window)
    window = GTK_WINDOW (ent_window_new (self));
  gtk_window_present (window);
  return ENT_WINDOW (window);
}

static int
ent_application_command_line (GApplication *app, GApplicationCommandLine *line)
{
  EntApplication *self = ENT_APPLICATION (app);
  GVariantDict *given = g_application_command_line_get_options_dict (line);
  g_autofree const char **links = NULL;
  const char *server = NULL;
  EntWindow *window = present_window (self);

  if (g_variant_dict_lookup (given, "server", "&s", &server))
    ent_window_show_server (window, server);
  g_variant_dict_lookup (given, G_OPTION_REMAINING, "^a&s", &links);
  if (links && links[0])
    ent_window_open_link (window, links[0]);
  return 0;
}

static void
ent_application_activate (GApplication *app)
{
  present_window (ENT_APPLICATION (app));
}

/* --- actions -----------------------------------------------------------------------------------
 */

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ent_dialogs_show_about (gtk_application_get_active_window (GTK_APPLICATION (data)));
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));

  /* The window leaves its room first. */
  if (window)
    gtk_window_close (window);
  else
    g_application_quit (G_APPLICATION (data));
}

/* From the desktop, where the window may be behind others or not there any more. */
static void
show_interview_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ent_window_show_interview (
    present_window (ENT_APPLICATION (data)), g_variant_get_string (parameter, NULL), FALSE);
}

static void
join_interview_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ent_window_show_interview (
    present_window (ENT_APPLICATION (data)), g_variant_get_string (parameter, NULL), TRUE);
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = about_cb },
  { .name = "show-interview", .activate = show_interview_cb, .parameter_type = "s" },
  { .name = "join-interview", .activate = join_interview_cb, .parameter_type = "s" },
  { .name = "quit", .activate = quit_cb },
};

static void
color_scheme_changed_cb (GSettings *settings, const char *key, gpointer data)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
    ADW_COLOR_SCHEME_FORCE_DARK };

  adw_style_manager_set_color_scheme (
    adw_style_manager_get_default (), schemes[g_settings_get_enum (settings, "color-scheme")]);
}

static void
ent_application_startup (GApplication *app)
{
  EntApplication *self = ENT_APPLICATION (app);
  g_autoptr (GAction) color_scheme = NULL;

  G_APPLICATION_CLASS (ent_application_parent_class)->startup (app);

  gtk_source_init ();
  gtk_window_set_default_icon_name (ENT_APP_ID);
  if (!self->profile)
    self->profile = ent_profile_new (NULL, NULL);
  self->settings = ent_profile_new_settings (self->profile);
  self->account = ent_account_new (self->profile, self->settings);
  self->notices = ent_notices_new (self->account, NULL);
  ent_desktop_notices_connect (app, self->notices);
  if (!self->media_sentence)
    ent_media_warm_up ();

  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  color_scheme = g_settings_create_action (self->settings, "color-scheme");
  g_action_map_add_action (G_ACTION_MAP (app), color_scheme);
  g_signal_connect_object (
    self->settings, "changed::color-scheme", G_CALLBACK (color_scheme_changed_cb), self, 0);
  color_scheme_changed_cb (self->settings, "color-scheme", self);

  gtk_application_set_accels_for_action (
    GTK_APPLICATION (app), "app.quit", (const char *[]){ "<Control>q", NULL });
  gtk_application_set_accels_for_action (
    GTK_APPLICATION (app), "win.open-link", (const char *[]){ "<Control>l", NULL });
  gtk_application_set_accels_for_action (
    GTK_APPLICATION (app), "win.show-account", (const char *[]){ "<Control>comma", NULL });
  gtk_application_set_accels_for_action (
    GTK_APPLICATION (app), "win.show-notices", (const char *[]){ "<Control>b", NULL });
  gtk_application_set_accels_for_action (
    GTK_APPLICATION (app), "win.show-week", (const char *[]){ "<Control>k", NULL });
  gtk_application_set_accels_for_action (
    GTK_APPLICATION (app), "win.show-org", (const char *[]){ "<Control>o", NULL });
  gtk_application_set_accels_for_action (
    GTK_APPLICATION (app), "win.refresh", (const char *[]){ "F5", NULL });
  gtk_application_set_accels_for_action (
    GTK_APPLICATION (app), "win.show-menu", (const char *[]){ "F10", NULL });

  ent_account_resume (self->account);
}

static void
ent_application_shutdown (GApplication *app)
{
  EntApplication *self = ENT_APPLICATION (app);

  g_clear_object (&self->notices);
  /* Saves of the refresh token are waited for here. */
  g_clear_object (&self->account);
  g_clear_object (&self->settings);

  G_APPLICATION_CLASS (ent_application_parent_class)->shutdown (app);
}

/* --- object ------------------------------------------------------------------------------------
 */

static void
ent_application_finalize (GObject *object)
{
  EntApplication *self = ENT_APPLICATION (object);

  g_free (self->media_sentence);
  g_clear_pointer (&self->profile, ent_profile_free);

  G_OBJECT_CLASS (ent_application_parent_class)->finalize (object);
}

static void
ent_application_class_init (EntApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ent_application_finalize;
  app_class->handle_local_options = ent_application_handle_local_options;
  app_class->startup = ent_application_startup;
  app_class->activate = ent_application_activate;
  app_class->command_line = ent_application_command_line;
  app_class->shutdown = ent_application_shutdown;
}

static void
ent_application_init (EntApplication *self)
{
  GApplication *app = G_APPLICATION (self);

  g_application_add_main_option_entries (app, options);
  g_application_set_option_context_parameter_string (app, NULL);
  g_application_set_option_context_summary (
    app, _ ("Technical interviews: talk, write code together and run it."));
}

EntApplication *
ent_application_new (const char *media_sentence)
{
  EntApplication *self =
    g_object_new (ENT_TYPE_APPLICATION, "application-id", ENT_APP_ID, "resource-base-path",
      "/org/entrevue/Entrevue", "flags", G_APPLICATION_HANDLES_COMMAND_LINE, NULL);

  self->media_sentence = g_strdup (media_sentence);
  return self;
}

const EntProfile *
ent_application_get_profile (EntApplication *self)
{
  g_return_val_if_fail (ENT_IS_APPLICATION (self), NULL);
  return self->profile;
}

GSettings *
ent_application_get_settings (EntApplication *self)
{
  g_return_val_if_fail (ENT_IS_APPLICATION (self), NULL);
  return self->settings;
}

EntAccount *
ent_application_get_account (EntApplication *self)
{
  g_return_val_if_fail (ENT_IS_APPLICATION (self), NULL);
  return self->account;
}

EntNotices *
ent_application_get_notices (EntApplication *self)
{
  g_return_val_if_fail (ENT_IS_APPLICATION (self), NULL);
  return self->notices;
}

const char *
ent_application_get_media_sentence (EntApplication *self)
{
  g_return_val_if_fail (ENT_IS_APPLICATION (self), NULL);
  return self->media_sentence;
}

EntCallSource
ent_application_get_call_source (EntApplication *self)
{
  g_return_val_if_fail (ENT_IS_APPLICATION (self), ENT_CALL_SOURCE_NONE);
  return self->call_source;
}
