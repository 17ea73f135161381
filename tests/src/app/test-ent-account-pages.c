/* The pages of one's own account, filled by hand. */
#include "app/ent-account-page.h"
#include "app/ent-load-view.h"
#include "app/ent-own-address.h"
#include "app/ent-own-data.h"
#include "app/ent-own-profile.h"
#include "app/ent-own-sign-ins.h"
#include "app/ent-problem-label.h"
#include "app/ent-second-factor-page.h"
#include "app/ent-zone-chooser.h"
#include "ui-fixture.h"

#define NOW (G_GINT64_CONSTANT (1772625600) * G_USEC_PER_SEC)
#define NARROW 360

static gboolean
is_button_sensitive (GtkWidget *page, const char *label)
{
  GtkWidget *found = ui_fixture_find_text (page, label);

  g_assert_nonnull (found);
  return gtk_widget_get_sensitive (gtk_widget_get_ancestor (found, GTK_TYPE_BUTTON));
}

static void
test_load_view (UiAccount *f, gconstpointer data)
{
  GtkWidget *view = g_object_new (ENT_TYPE_LOAD_VIEW, "loading-title", "Loading it",
    "problem-title", "It could not be loaded", "retry-action", "win.retry", "content",
    gtk_label_new ("All of it"), NULL);
  GtkWindow *window = ui_fixture_show (view, NARROW, 400);

  ui_fixture_wait_text (view, "Loading it");
  ent_load_view_show_problem (ENT_LOAD_VIEW (view), "Nobody is there.");
  ui_fixture_wait_text (view, "It could not be loaded");
  ui_fixture_wait_text (view, "Nobody is there.");
  ui_fixture_wait_text (view, "Try again");
  g_assert_false (ent_load_view_has_content (ENT_LOAD_VIEW (view)));
  ent_load_view_show_content (ENT_LOAD_VIEW (view));
  ui_fixture_wait_text (view, "All of it");
  g_assert_true (ent_load_view_has_content (ENT_LOAD_VIEW (view)));
  ui_fixture_check_narrow (view);
  ui_fixture_destroy (window, view);
}

static void
test_problem_label (UiAccount *f, gconstpointer data)
{
  GtkWidget *label = g_object_new (ENT_TYPE_PROBLEM_LABEL, NULL);
  GtkWindow *window = ui_fixture_show (label, NARROW, 100);

  g_assert_false (gtk_widget_get_visible (label));
  ent_problem_label_set_sentence (ENT_PROBLEM_LABEL (label), "<b> is no name.");
  ui_fixture_wait_text (label, "<b> is no name.");
  g_assert_cmpint (
    gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (gtk_widget_get_first_child (label))), ==,
    GTK_ACCESSIBLE_ROLE_ALERT);
  ent_problem_label_set_sentence (ENT_PROBLEM_LABEL (label), NULL);
  g_assert_false (gtk_widget_get_visible (label));
  ui_fixture_destroy (window, label);
}

static EntApiSessionList *
new_sessions (void)
{
  EntApiSessionList *list = ent_api_session_list_new ();
  static const char *const devices[] = { "Laptop <work>", "Phone" };

  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_session_free);
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++) {
    EntApiSession *session = ent_api_session_new ();

    *session =
      (EntApiSession){ g_strdup_printf ("%u", i), g_strdup (devices[i]), NOW, NOW, i == 1 };
    g_ptr_array_add (list->items, session);
  }
  return list;
}

static void
test_account (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *page = ent_account_page_new (f->account, clock);
  GtkWindow *window = ui_fixture_show (page, NARROW, 600);
  g_autoptr (EntApiSessionList) sessions = new_sessions ();
  EntApiUser user = { .name = (char *) "Ines <b>",
    .email = (char *) "ines&co@example.org",
    .locale = (char *) "de_AT",
    .zone = (char *) "America/Argentina/Buenos_Aires",
    .verified = FALSE };
  EntApiTotp totp = { FALSE, 0 };

  ui_fixture_wait_text (page, "Loading your account");
  ent_account_page_take (ENT_ACCOUNT_PAGE (page), &user, &totp, sessions);
  ui_fixture_wait_text (page, "Ines <b>");
  ui_fixture_wait_text (page, "Buenos Aires (America/Argentina)");
  ui_fixture_wait_text (page, "Deutsch");
  ui_fixture_wait_text (page, "Send the mail again");
  ui_fixture_wait_text (page, "Laptop <work>");
  ui_fixture_wait_text (page, "Set up");
  g_assert_null (ui_fixture_find_text (page, "Turn off"));
  /* Nothing is wider than the window. */
  g_assert_cmpint (gtk_widget_get_width (page), <=, NARROW);

  user.verified = TRUE;
  totp = (EntApiTotp){ TRUE, 1 };
  ent_account_page_take (ENT_ACCOUNT_PAGE (page), &user, &totp, sessions);
  ui_fixture_wait_text (page, "On. 1 recovery code is left.");
  ui_fixture_wait_text (page, "Turn off");
  ui_fixture_settle ();
  g_assert_null (ui_fixture_find_text (page, "Send the mail again"));
  g_assert_null (ui_fixture_find_text (page, "Set up"));

  ent_account_page_clear (ENT_ACCOUNT_PAGE (page));
  ui_fixture_wait_text (page, "Loading your account");
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

static void
count_cb (EntSecondFactorPage *page, gpointer data)
{
  ++*(guint *) data;
}

static void
test_second_factor (UiAccount *f, gconstpointer data)
{
  static const char *const codes[] = { "AAAA-BBBB-CCCC-DDDD", "EEEE-FFFF-GGGG-HHHH", NULL };
  GtkWidget *page = ent_second_factor_page_new (f->account);
  GtkWindow *window = ui_fixture_show (page, NARROW, 600);
  EntSecondFactorPage *self = ENT_SECOND_FACTOR_PAGE (page);
  EntApiTotpSecret secret = { (char *) "ABCDEFGHIJ",
    (char *) "otpauth://totp/x?secret=ABCDEFGHIJ" };
  g_autofree char *path = g_build_filename (f->profile->data_dir, "codes.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *saved = NULL;
  guint n_done = 0;

  g_signal_connect (page, "done", G_CALLBACK (count_cb), &n_done);
  ent_second_factor_page_start (self, ENT_SECOND_FACTOR_SET_UP);
  ui_fixture_wait_text (page, "Set up codes");
  g_assert_false (is_button_sensitive (page, "Continue"));
  ent_second_factor_page_take_secret (self, &secret);
  ui_fixture_wait_text (page, "ABCD EFGH IJ");
  g_assert_false (is_button_sensitive (page, "Turn codes on"));
  ent_second_factor_page_take_codes (self, codes);
  ui_fixture_wait_text (page, "AAAA-BBBB-CCCC-DDDD\nEEEE-FFFF-GGGG-HHHH");
  g_assert_cmpint (gtk_widget_get_width (page), <=, NARROW);

  /* Who has kept the codes is not asked. */
  g_assert_true (ent_second_factor_page_save_codes (self, file, NULL));
  g_assert_true (g_file_get_contents (path, &saved, NULL, NULL));
  g_assert_nonnull (strstr (saved, "AAAA-BBBB-CCCC-DDDD\nEEEE-FFFF-GGGG-HHHH\n"));
  g_assert_true (gtk_widget_activate_action (page, "second-factor.finish", NULL));
  g_assert_cmpuint (n_done, ==, 1);

  ent_second_factor_page_start (self, ENT_SECOND_FACTOR_TURN_OFF);
  ui_fixture_wait_text (page, "Turn off");
  g_assert_null (ui_fixture_find_text (page, "AAAA-BBBB-CCCC-DDDD\nEEEE-FFFF-GGGG-HHHH"));
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
}

/* A window beside the given one, with this text in it. */
static GtkWidget *
wait_other_window (GtkWindow *window, const char *text)
{
  GListModel *all = gtk_window_get_toplevels ();
  gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (g_get_monotonic_time () < end) {
    for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
      g_autoptr (GtkWidget) other = g_list_model_get_item (all, i);

      if (other != GTK_WIDGET (window) && ui_fixture_find_text (other, text) != NULL)
        return other;
    }
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_not_reached ();
}

static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !found;
       child = gtk_widget_get_next_sibling (child))
    found = find_type (child, type);
  return found;
}

static void
test_picture (UiAccount *f, gconstpointer data)
{
  GtkWidget *profile = g_object_new (ENT_TYPE_OWN_PROFILE, NULL);
  GtkWindow *window = ui_fixture_show (profile, NARROW, 600);
  g_autofree char *path = g_build_filename (f->profile->data_dir, "picture.png", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 90, 60);
  EntApiUser user = { .name = (char *) "Ines" };
  GtkWidget *dialog;

  ent_own_profile_set_account (ENT_OWN_PROFILE (profile), f->account);
  ent_own_profile_take (ENT_OWN_PROFILE (profile), &user);
  g_assert_true (g_file_set_contents (path, "no picture", -1, NULL));
  ent_own_profile_take_picture (ENT_OWN_PROFILE (profile), file);
  ui_fixture_wait_text (
    profile, "This file is no picture that can be read. Take a PNG or JPEG file.");
  gdk_pixbuf_fill (pixbuf, 0x3050c0ff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
  ent_own_profile_take_picture (ENT_OWN_PROFILE (profile), file);
  dialog = wait_other_window (window, "Use this picture?");
  g_assert_null (ui_fixture_find_text (
    profile, "This file is no picture that can be read. Take a PNG or JPEG file."));
  gtk_window_close (GTK_WINDOW (dialog));
  ui_fixture_settle ();
  ui_fixture_check_narrow (profile);
  ui_fixture_destroy (window, profile);
}

static void
zone_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **) data = ent_zone_chooser_ask_finish (result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

/* Typing finds it, Return takes the first. */
static void
test_zone (UiAccount *f, gconstpointer data)
{
  GtkWidget *page = gtk_label_new ("Page");
  GtkWindow *window = ui_fixture_show (page, NARROW, 600);
  GtkWidget *chooser, *search;
  g_autofree char *zone = NULL;

  ent_zone_chooser_ask_async (page, "Europe/Berlin", zone_cb, &zone);
  chooser = wait_other_window (window, "Berlin (Europe)");
  search = find_type (chooser, GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (search), " UTC");
  g_signal_emit_by_name (search, "search-changed");
  ui_fixture_settle ();
  g_assert_null (ui_fixture_find_text (chooser, "Berlin (Europe)"));
  g_signal_emit_by_name (search, "activate");
  ui_fixture_wait (is_set, &zone);
  g_assert_cmpstr (zone, ==, "UTC");
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
}

static void
test_data (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *part = g_object_new (ENT_TYPE_OWN_DATA, NULL);
  GtkWindow *window = ui_fixture_show (part, NARROW, 600);
  EntOwnData *self = ENT_OWN_DATA (part);
  EntApiExport copy = { .state = ENT_API_EXPORT_PREPARING, .requested = NOW };
  char *orgs[] = { (char *) "Demo <b>", NULL };
  EntApiErasure erasure = { 1, 2, orgs };
  GtkWidget *dialog;

  ent_own_data_set_account (self, f->account, clock);
  ui_fixture_wait_text (part, "Ask for it");
  ent_own_data_take (self, &copy);
  ui_fixture_settle ();
  g_assert_null (ui_fixture_find_text (part, "Ask for it"));
  copy = (EntApiExport){ ENT_API_EXPORT_READY, NOW, NOW, NOW, 1200000, NULL };
  ent_own_data_take (self, &copy);
  ui_fixture_wait_text (part, "Save");

  /* Who is the last administrator is told, and not asked. */
  ent_own_data_ask_erase (self, &erasure);
  ui_fixture_wait_text (
    part, "Nobody else administers Demo <b>. Make somebody else an administrator first.");
  orgs[0] = NULL;
  ent_own_data_ask_erase (self, &erasure);
  dialog = wait_other_window (window, "Delete your account?");
  g_assert_nonnull (ui_fixture_find_text (dialog, "Your password"));
  gtk_window_close (GTK_WINDOW (dialog));
  ui_fixture_settle ();
  ui_fixture_check_narrow (part);
  ui_fixture_destroy (window, part);
  ent_clock_unref (clock);
}

static void
test_sign_ins (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *part = g_object_new (ENT_TYPE_OWN_SIGN_INS, NULL);
  GtkWindow *window = ui_fixture_show (part, NARROW, 600);
  EntOwnSignIns *self = ENT_OWN_SIGN_INS (part);
  EntApiIdentity work = { .id = (char *) "1",
    .provider = (char *) "work",
    .title = (char *) "Work & <Co>",
    .email = (char *) "ines&co@example.org",
    .used = NOW };
  EntApiProvider offers[] = { { (char *) "work", (char *) "Work & <Co>", (char *) "oidc" },
    { (char *) "hub", (char *) "Hub", (char *) "github" } };
  g_autoptr (GPtrArray) identities = g_ptr_array_new ();
  g_autoptr (GPtrArray) providers = g_ptr_array_new ();
  EntApiIdentityList connected = { identities };
  EntApiProviderList offered = { .items = providers };
  GtkWidget *dialog;

  ent_own_sign_ins_set_account (self, f->account, clock);
  /* Nothing to connect, nothing connected. */
  ent_own_sign_ins_take (self, &connected, &offered);
  g_assert_false (gtk_widget_get_visible (part));
  ent_own_sign_ins_show_problem (self, "Nobody is there.");
  ui_fixture_wait_text (part, "Nobody is there.");
  ui_fixture_wait_text (part, "Try again");

  /* None is connected; then one of the two. */
  g_ptr_array_add (providers, &offers[0]);
  g_ptr_array_add (providers, &offers[1]);
  ent_own_sign_ins_take (self, &connected, &offered);
  ui_fixture_wait_text (part, "Not connected");
  g_assert_null (ui_fixture_find_text (part, "Remove"));
  g_assert_null (ui_fixture_find_text (part, "Nobody is there."));
  g_ptr_array_add (identities, &work);
  ent_own_sign_ins_take (self, &connected, &offered);
  ui_fixture_wait_text (part, "Work & <Co>");
  ui_fixture_wait_text (part, "Remove");
  ui_fixture_wait_text (part, "Hub");
  ui_fixture_wait_text (part, "Connect");
  g_assert_cmpint (gtk_widget_get_width (part), <=, NARROW);

  /* One whose service is not offered any more stays to be removed. */
  g_ptr_array_set_size (providers, 0);
  work.provider = NULL;
  ent_own_sign_ins_take (self, &connected, &offered);
  ui_fixture_wait_text (part, "Remove");
  g_assert_null (ui_fixture_find_text (part, "Connect"));
  g_assert_true (gtk_widget_activate_action (part, "sign-ins.remove", "s", "1"));
  dialog = wait_other_window (window, "Remove this sign-in?");
  gtk_window_close (GTK_WINDOW (dialog));
  ui_fixture_settle ();
  ent_own_sign_ins_clear (self);
  ui_fixture_settle ();
  g_assert_null (ui_fixture_find_text (part, "Remove"));
  ui_fixture_check_narrow (part);
  ui_fixture_destroy (window, part);
  ent_clock_unref (clock);
}

static void
test_token (void)
{
  static const struct {
    const char *text, *token;
  } rows[] = {
    { " https://a.org/account/verify?token=abcdefghijklmnopqrstuvwx-_1 ",
      "abcdefghijklmnopqrstuvwx-_1" },
    { "abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwx" },
    { "http://a.org/?token=abcdefghijklmnopqrstuvwx&x=1", "abcdefghijklmnopqrstuvwx" },
    { "https://a.org/account/verify", NULL },
    { "token=short", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *token = ent_own_address_find_token (rows[i].text);

    g_assert_cmpstr (token, ==, rows[i].token);
  }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  ui_fixture_init (&argc, &argv);

  UI_ACCOUNT_TEST_ADD ("/account/load-view/has-three-states", test_load_view);
  UI_ACCOUNT_TEST_ADD ("/parts/problem-label/says-what-is-wrong", test_problem_label);
  UI_ACCOUNT_TEST_ADD ("/account/page/shows-what-is-so", test_account);
  UI_ACCOUNT_TEST_ADD ("/account/second-factor/step-by-step", test_second_factor);
  UI_ACCOUNT_TEST_ADD ("/account/picture/is-shown-before-it-is-used", test_picture);
  UI_ACCOUNT_TEST_ADD ("/account/zone/is-found-by-typing", test_zone);
  UI_ACCOUNT_TEST_ADD ("/account/data/copy-and-end", test_data);
  UI_ACCOUNT_TEST_ADD ("/account/sign-ins/lists-what-there-is", test_sign_ins);
  g_test_add_func ("/account/address/token-of-a-link", test_token);
  return g_test_run ();
}
