/* The pages of one's own account, filled by hand. */
#include "app/ent-account-page.h"
#include "app/ent-load-view.h"
#include "app/ent-own-address.h"
#include "app/ent-second-factor-page.h"
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
  ui_fixture_destroy (window, view);
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
  ui_fixture_destroy (window, page);
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
  UI_ACCOUNT_TEST_ADD ("/account/page/shows-what-is-so", test_account);
  UI_ACCOUNT_TEST_ADD ("/account/second-factor/step-by-step", test_second_factor);
  g_test_add_func ("/account/address/token-of-a-link", test_token);
  return g_test_run ();
}
