#include "app/ent-dashboard-page.h"
#include "app/ent-details-page.h"
#include "app/ent-join-page.h"
#include "app/ent-notice-bar.h"
#include "app/ent-notices-page.h"
#include "app/ent-welcome-page.h"
#include "ui-fixture.h"

/* A port of this machine where nobody listens. */
#define NO_SERVER "http://127.0.0.1:9"

#define HOUR (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define NOW (G_GINT64_CONSTANT (1772625600) * G_USEC_PER_SEC)

static GtkWidget *
find_entry (GtkWidget *widget, const char *title)
{
  if (ADW_IS_ENTRY_ROW (widget) &&
      g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_entry (child, title);

    if (found)
      return found;
  }
  return NULL;
}

static void
enter (GtkWidget *page, const char *title, const char *text)
{
  GtkWidget *row = find_entry (page, title);

  g_assert_nonnull (row);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
}

static void
test_welcome (UiAccount *f, gconstpointer data)
{
  GtkWidget *page = ent_welcome_page_new (f->account);
  GtkWindow *window = ui_fixture_show (page, 800, 700);

  /* Nothing can be sent before all is filled in. */
  g_assert_false (gtk_widget_get_sensitive (
    gtk_widget_get_ancestor (ui_fixture_find_text (page, "Sign in"), GTK_TYPE_BUTTON)));
  ent_welcome_page_set_server (ENT_WELCOME_PAGE (page), NO_SERVER);
  enter (page, "Email", "ada@example.org");
  enter (page, "Password", "correct horse");
  g_assert_true (gtk_widget_activate_action (page, "welcome.go", NULL));
  ui_fixture_wait_text (page, "http://127.0.0.1:9 cannot be reached. Check the address and your "
                              "network, or try again in a moment.");
  g_assert_cmpint (ent_account_get_state (f->account), ==, ENT_ACCOUNT_SIGNED_OUT);

  /* A server that is none is said before anything is sent. */
  enter (page, "Server", "http://example.org");
  g_assert_true (gtk_widget_activate_action (page, "welcome.go", NULL));
  ui_fixture_wait_text (page,
    "“example.org” must be reached by https: without encryption only this computer may be "
    "used.");
  ui_fixture_destroy (window, page);
}

static void
test_register (UiAccount *f, gconstpointer data)
{
  GtkWidget *page = ent_welcome_page_new (f->account);
  GtkWindow *window = ui_fixture_show (page, 360, 500);

  g_assert_true (gtk_widget_activate_action (page, "welcome.switch", NULL));
  ui_fixture_settle ();
  g_assert_true (gtk_widget_get_visible (find_entry (page, "Your name")));
  enter (page, "Server", NO_SERVER);
  enter (page, "Your name", "Ada");
  enter (page, "Email", "ada@example.org");
  enter (page, "Password", "short");
  g_assert_true (gtk_widget_activate_action (page, "welcome.go", NULL));
  ui_fixture_wait_text (page, "This password is too short. Take one of at least 10 characters.");
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
}

/* Who may make an account is said before anybody tries. */
static void
test_registration (UiAccount *f, gconstpointer data)
{
  GtkWidget *page = ent_welcome_page_new (f->account);
  GtkWindow *window = ui_fixture_show (page, 360, 700);
  EntWelcomePage *self = ENT_WELCOME_PAGE (page);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  EntApiProviderList list = { .items = items, .registration = (char *) "closed" };

  ent_welcome_page_set_server (self, NO_SERVER);
  ent_welcome_page_take (self, &list);
  ui_fixture_wait_text (
    page, "Registration is closed on this server. Ask the people who run it for an account.");
  g_assert_null (ui_fixture_find_text (page, "Create an account"));

  list.registration = (char *) "invited";
  ent_welcome_page_take (self, &list);
  ui_fixture_wait_text (page, "New accounts on this server are by invitation only.");
  g_assert_false (gtk_widget_get_visible (find_entry (page, "Link of the invitation")));
  g_assert_true (gtk_widget_activate_action (page, "welcome.switch", NULL));
  enter (page, "Your name", "Ada");
  enter (page, "Email", "ada@example.org");
  enter (page, "Password", "correct horse");
  g_assert_true (gtk_widget_get_visible (find_entry (page, "Link of the invitation")));
  enter (page, "Link of the invitation", "https://example.org/invite");
  g_assert_true (gtk_widget_activate_action (page, "welcome.go", NULL));
  ui_fixture_wait_text (
    page, "This is not the link of an invitation. Copy all of it, from “http” to its end.");
  g_assert_cmpint (gtk_widget_get_width (page), <=, 360);
  enter (page, "Link of the invitation", " https://example.org/invite#abcdefghijklmnopqrstuvwx ");
  g_assert_true (gtk_widget_activate_action (page, "welcome.go", NULL));
  ui_fixture_wait_text (page, "http://127.0.0.1:9 cannot be reached. Check the address and your "
                              "network, or try again in a moment.");

  list.registration = (char *) "closed";
  ent_welcome_page_take (self, &list);
  ui_fixture_settle ();
  g_assert_false (gtk_widget_get_sensitive (
    gtk_widget_get_ancestor (ui_fixture_find_text (page, "Create account"), GTK_TYPE_BUTTON)));
  /* A word of a newer server, and none of an older one, hide nothing. */
  list.registration = (char *) "lottery";
  ent_welcome_page_take (self, &list);
  ui_fixture_settle ();
  g_assert_true (gtk_widget_get_sensitive (
    gtk_widget_get_ancestor (ui_fixture_find_text (page, "Create account"), GTK_TYPE_BUTTON)));
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
}

/* Whoever opens the link of an organisation finds it in the form, to make an account or to sign in.
 */
static void
test_invitation (UiAccount *f, gconstpointer data)
{
  GtkWidget *page = ent_welcome_page_new (f->account);
  GtkWindow *window = ui_fixture_show (page, 360, 700);

  ent_welcome_page_show_invitation (
    ENT_WELCOME_PAGE (page), NO_SERVER, NO_SERVER "/invite#abcdefghijklmnopqrstuvwx");
  ui_fixture_wait_text (page, "You were invited into an organisation. Make an account with the "
                              "address that the invitation was sent to, or sign in if you have "
                              "one.");
  g_assert_cmpstr (
    gtk_editable_get_text (GTK_EDITABLE (find_entry (page, "Server"))), ==, NO_SERVER);
  g_assert_true (gtk_widget_get_visible (find_entry (page, "Link of the invitation")));
  g_assert_true (gtk_widget_activate_action (page, "welcome.switch", NULL));
  ui_fixture_wait_text (page, "You were invited into an organisation. Sign in with the address "
                              "that the invitation was sent to.");
  g_assert_true (gtk_widget_get_visible (find_entry (page, "Link of the invitation")));
  g_assert_cmpint (gtk_widget_get_width (page), <=, 360);
  ui_fixture_destroy (window, page);
}

static void
invited_cb (EntJoinPage *page, const char *link, gpointer data)
{
  g_free (*(char **) data);
  *(char **) data = g_strdup (link);
}

/* People who paste it where links are pasted are not sent away. */
static void
test_join_with_invitation (UiAccount *f, gconstpointer data)
{
  GtkWidget *page = ent_join_page_new ();
  GtkWindow *window = ui_fixture_show (page, 360, 500);
  g_autofree char *link = NULL;

  g_signal_connect (page, "invited", G_CALLBACK (invited_cb), &link);
  ent_join_page_start (ENT_JOIN_PAGE (page), NULL, NULL);
  enter (page, "Link", " https://example.org/invite#abcdefghijklmnopqrstuvwx");
  g_assert_true (gtk_widget_activate_action (page, "join.go", NULL));
  g_assert_cmpstr (link, ==, "https://example.org/invite#abcdefghijklmnopqrstuvwx");
  ui_fixture_destroy (window, page);
}

static void
join_cb (EntJoinPage *page, const EntLinkUri *link, const char *name, gpointer data)
{
  g_autofree char **joined = g_new0 (char *, 3);

  joined[0] = g_strdup (link->token);
  joined[1] = g_strdup (name);
  g_strfreev (*(char ***) data);
  *(char ***) data = g_steal_pointer (&joined);
}

static void
test_join (UiAccount *f, gconstpointer data)
{
  GtkWidget *page = ent_join_page_new ();
  GtkWindow *window = ui_fixture_show (page, 360, 500);
  g_auto (GStrv) joined = NULL;

  g_signal_connect (page, "join", G_CALLBACK (join_cb), &joined);
  ent_join_page_start (ENT_JOIN_PAGE (page), "no link", "Grace");
  ui_fixture_settle ();
  g_assert_true (gtk_widget_get_visible (find_entry (page, "Link")));
  g_assert_true (gtk_widget_activate_action (page, "join.go", NULL));
  g_assert_null (joined);

  ent_join_page_start (ENT_JOIN_PAGE (page),
    "entrevue://join/127.0.0.1:9/01890000-0000-7000-8000-000000000000#tokentokentokentokentoken",
    NULL);
  ui_fixture_settle ();
  g_assert_false (gtk_widget_get_visible (find_entry (page, "Link")));
  enter (page, "Your name", "  Grace Hopper ");
  g_assert_true (gtk_widget_activate_action (page, "join.go", NULL));
  g_assert_nonnull (joined);
  g_assert_cmpstr (joined[0], ==, "tokentokentokentokentoken");
  g_assert_cmpstr (joined[1], ==, "Grace Hopper");
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
}

static EntApiInterviewList *
new_list (guint n, EntInterviewState state)
{
  EntApiInterviewList *list = ent_api_interview_list_new ();

  if (!list->items)
    list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_interview_free);
  for (guint i = 0; i < n; i++) {
    EntApiInterview *interview = ent_api_interview_new ();

    interview->id = g_strdup_printf ("id-%u", i);
    interview->room = g_strdup_printf ("room-%u", i);
    interview->title = g_strdup_printf ("Interview %u, <b>with</b> a title that is quite long", i);
    interview->host_name = g_strdup ("Ada");
    interview->candidate_name = g_strdup ("Grace");
    interview->role = ENT_ROLE_CANDIDATE;
    interview->state = state;
    interview->starts = NOW + HOUR;
    interview->ends = NOW + 2 * HOUR;
    interview->opens = NOW + HOUR / 2;
    g_ptr_array_add (list->items, interview);
  }
  return list;
}

static void
test_dashboard (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *page = ent_dashboard_page_new (f->account, clock);
  GtkWindow *window = ui_fixture_show (page, 360, 500);
  g_autoptr (EntApiInterviewList) none = new_list (0, ENT_INTERVIEW_SCHEDULED);
  g_autoptr (EntApiInterviewList) upcoming = new_list (2, ENT_INTERVIEW_SCHEDULED);
  g_autoptr (EntApiInterviewList) past = new_list (1, ENT_INTERVIEW_ENDED);

  ent_dashboard_page_take_lists (ENT_DASHBOARD_PAGE (page), none, none);
  ui_fixture_wait_text (page, "No interviews yet");

  ent_dashboard_page_take_lists (ENT_DASHBOARD_PAGE (page), upcoming, past);
  ui_fixture_wait_text (page, "Interview 1, <b>with</b> a title that is quite long");
  g_assert_nonnull (ui_fixture_find_text (page, "Ended"));
  g_assert_null (ui_fixture_find_text (page, "Join"));

  /* The way in opens by itself. */
  ent_clock_advance (clock, 31 * 60 * 1000);
  ui_fixture_wait_text (page, "Join");

  g_object_set (page, "unread", 12, NULL);
  ui_fixture_check_narrow (page);
  ent_dashboard_page_clear (ENT_DASHBOARD_PAGE (page));
  ui_fixture_wait_text (page, "Looking for your interviews");
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

/* A refresh takes nothing away from under somebody's hand: rows that say the same stay. */
static void
test_dashboard_refreshed (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *page = ent_dashboard_page_new (f->account, clock);
  GtkWindow *window = ui_fixture_show (page, 360, 500);
  g_autoptr (EntApiInterviewList) none = new_list (0, ENT_INTERVIEW_SCHEDULED);
  g_autoptr (EntApiInterviewList) upcoming = new_list (2, ENT_INTERVIEW_SCHEDULED);
  EntApiInterview *first = g_ptr_array_index (upcoming->items, 0);
  const char *second_title = "Interview 1, <b>with</b> a title that is quite long";
  GtkWidget *second;

  ent_dashboard_page_take_lists (ENT_DASHBOARD_PAGE (page), upcoming, none);
  ui_fixture_wait_text (page, second_title);
  second = ui_fixture_find_text (page, second_title);
  ent_dashboard_page_take_lists (ENT_DASHBOARD_PAGE (page), upcoming, none);
  g_assert_true (ui_fixture_find_text (page, second_title) == second);

  g_free (first->title);
  first->title = g_strdup ("Another title");
  ent_dashboard_page_take_lists (ENT_DASHBOARD_PAGE (page), upcoming, none);
  ui_fixture_wait_text (page, "Another title");
  g_assert_true (ui_fixture_find_text (page, second_title) == second);

  g_ptr_array_remove_index (upcoming->items, 1);
  ent_dashboard_page_take_lists (ENT_DASHBOARD_PAGE (page), upcoming, none);
  g_assert_null (ui_fixture_find_text (page, second_title));
  g_assert_nonnull (ui_fixture_find_text (page, "Another title"));
  ent_dashboard_page_take_lists (ENT_DASHBOARD_PAGE (page), none, none);
  ui_fixture_wait_text (page, "No interviews yet");
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

static EntApiInterviewAnswer *
new_answer (EntRole role)
{
  EntApiInterviewAnswer *answer = ent_api_interview_answer_new ();
  EntApiInterviewList *list = new_list (1, ENT_INTERVIEW_SCHEDULED);
  EntApiPlace *place = ent_api_place_new ();

  answer->interview = g_ptr_array_steal_index (list->items, 0);
  answer->interview->role = role;
  answer->interview->zone = g_strdup ("Asia/Tokyo");
  ent_api_interview_list_free (list);
  place->name = g_strdup ("Grace <b>");
  place->role = ENT_ROLE_CANDIDATE;
  place->zone = g_strdup ("Asia/Kolkata");
  answer->people = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_place_free);
  g_ptr_array_add (answer->people, place);
  return answer;
}

static EntApiHistory *
new_history (int kind)
{
  EntApiHistory *history = ent_api_history_new ();
  EntApiChange *change = ent_api_change_new ();

  change->actor = g_strdup ("someone");
  change->actor_name = g_strdup ("Grace & co");
  change->kind = kind;
  change->at = NOW;
  change->starts = NOW + HOUR;
  change->reason = g_strdup ("a <cold>");
  history->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_change_free);
  g_ptr_array_add (history->items, change);
  return history;
}

static gboolean
is_button_sensitive (GtkWidget *page, const char *label)
{
  GtkWidget *found = ui_fixture_find_text (page, label);

  return found != NULL &&
         gtk_widget_get_sensitive (gtk_widget_get_ancestor (found, GTK_TYPE_BUTTON));
}

static void
test_details (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *page = ent_details_page_new (f->account, clock);
  GtkWindow *window = ui_fixture_show (page, 360, 500);
  g_autoptr (EntApiInterviewAnswer) answer = new_answer (ENT_ROLE_CANDIDATE);
  g_autoptr (EntApiInterviewAnswer) own = new_answer (ENT_ROLE_HOST);
  g_autoptr (EntApiHistory) booked = new_history (0);
  g_autoptr (EntApiHistory) ended = new_history (4);

  ent_details_page_take (ENT_DETAILS_PAGE (page), answer, booked);
  ui_fixture_wait_text (page, "Today, 13:00 to 14:00");
  ui_fixture_wait_text (page, "Wednesday, 22:00 to 23:00 in Asia/Tokyo");
  ui_fixture_wait_text (page, "Candidate. There it is Wednesday, 18:30 in Asia/Kolkata.");
  ui_fixture_wait_text (page, "Grace & co, Today, 12:00\nReason: a <cold>");
  ui_fixture_wait_text (page, "The room opens 30 minutes before: Today, 12:30");
  g_assert_false (is_button_sensitive (page, "Join"));
  g_assert_true (is_button_sensitive (page, "Cancel interview"));
  g_assert_null (ui_fixture_find_text (page, "Nobody came"));

  /* The way in opens by itself, and after the start there is nothing to cancel. */
  ent_clock_advance (clock, 31 * 60 * 1000);
  g_assert_true (is_button_sensitive (page, "Join"));
  ent_clock_advance (clock, 30 * 60 * 1000);
  g_assert_null (ui_fixture_find_text (page, "Cancel interview"));

  /* Who leads it can say that nobody came, unless it was ended in its room. */
  ent_details_page_take (ENT_DETAILS_PAGE (page), own, booked);
  g_assert_true (is_button_sensitive (page, "Nobody came"));
  ent_details_page_take (ENT_DETAILS_PAGE (page), own, ended);
  ui_fixture_settle ();
  g_assert_false (is_button_sensitive (page, "Nobody came"));

  ent_details_page_clear (ENT_DETAILS_PAGE (page));
  ui_fixture_wait_text (page, "Loading the interview");
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

/* The newest first, each read when it has an even place. */
static EntApiNotificationList *
new_notices (guint n, int kind)
{
  EntApiNotificationList *list = ent_api_notification_list_new ();

  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_notification_free);
  for (guint i = 0; i < n; i++) {
    EntApiNotification *notice = ent_api_notification_new ();

    notice->id = g_strdup_printf ("id-%u", n - i);
    notice->interview = g_strdup ("interview");
    notice->title = g_strdup ("Backend <b>");
    notice->kind = kind;
    notice->at = NOW;
    notice->starts = NOW + HOUR / 2;
    notice->read = (n - i) % 2 == 0 ? NOW : 0;
    g_ptr_array_add (list->items, notice);
  }
  return list;
}

static void
arrived_cb (EntNotices *notices, const EntApiNotification *notice, gpointer data)
{
  g_string_append_printf (data, "%s ", notice->id);
}

static void
test_notices (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  g_autoptr (EntNotices) notices = ent_notices_new (f->account, clock);
  GtkWidget *page = ent_notices_page_new (notices, clock);
  GtkWindow *window = ui_fixture_show (page, 360, 500);
  g_autoptr (GString) arrived = g_string_new (NULL);

  g_signal_connect (notices, "arrived", G_CALLBACK (arrived_cb), arrived);
  ui_fixture_wait_text (page, "Looking for notifications");
  ent_notices_take (notices, new_notices (0, 0));
  ui_fixture_wait_text (page, "Nothing new");

  /* Only what is new and not read arrives, the oldest first. */
  ent_notices_take (notices, new_notices (2, 0));
  ui_fixture_wait_text (page, "Booked: Backend <b>");
  ent_notices_take (notices, new_notices (5, 4));
  ui_fixture_wait_text (page, "Soon: Backend <b>");
  g_assert_cmpstr (arrived->str, ==, "id-1 id-3 id-5 ");
  g_assert_cmpuint (ent_notices_get_unread (notices), ==, 3);

  ent_notices_mark_read (notices, "id-3");
  g_assert_cmpuint (ent_notices_get_unread (notices), ==, 2);
  g_assert_true (gtk_widget_activate_action (page, "notices.read-all", NULL));
  g_assert_cmpuint (ent_notices_get_unread (notices), ==, 0);
  ui_fixture_settle ();
  g_assert_null (ui_fixture_find_text (page, "New"));
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

/* Of what waited at the start only an interview that is about to begin is told. */
static void
test_notices_at_start (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  g_autoptr (EntNotices) booked = ent_notices_new (f->account, clock);
  g_autoptr (EntNotices) soon = ent_notices_new (f->account, clock);
  g_autoptr (EntNotices) begun = ent_notices_new (f->account, clock);
  g_autoptr (GString) arrived = g_string_new (NULL);

  g_signal_connect (booked, "arrived", G_CALLBACK (arrived_cb), arrived);
  g_signal_connect (soon, "arrived", G_CALLBACK (arrived_cb), arrived);
  g_signal_connect (begun, "arrived", G_CALLBACK (arrived_cb), arrived);
  ent_notices_take (booked, new_notices (1, 0));
  g_assert_cmpstr (arrived->str, ==, "");
  ent_notices_take (soon, new_notices (1, 4));
  g_assert_cmpstr (arrived->str, ==, "id-1 ");
  ent_clock_advance (clock, 31 * 60 * 1000);
  ent_notices_take (begun, new_notices (1, 4));
  g_assert_cmpstr (arrived->str, ==, "id-1 ");
  ent_clock_unref (clock);
}

/* Where the button begins, seen from the sentence. */
static graphene_rect_t
find_button (GtkWidget *bar)
{
  GtkWidget *label = ui_fixture_find_text (bar, "Something is the matter.");
  GtkWidget *button =
    gtk_widget_get_ancestor (ui_fixture_find_text (bar, "Mend it"), GTK_TYPE_BUTTON);
  graphene_rect_t place;

  g_assert_true (gtk_widget_compute_bounds (button, label, &place));
  return place;
}

static gboolean
is_below (gpointer bar)
{
  GtkWidget *label = ui_fixture_find_text (bar, "Something is the matter.");
  graphene_rect_t place = find_button (bar);

  return gtk_widget_get_height (label) > 0 && place.origin.y >= gtk_widget_get_height (label);
}

static gboolean
is_beside (gpointer bar)
{
  GtkWidget *label = ui_fixture_find_text (bar, "Something is the matter.");
  graphene_rect_t place = find_button (bar);

  return gtk_widget_get_width (label) > 400 && place.origin.x >= gtk_widget_get_width (label);
}

static void
test_notice_bar (UiAccount *f, gconstpointer data)
{
  GtkWidget *bar = g_object_new (ENT_TYPE_NOTICE_BAR, NULL);
  GtkWindow *window = ui_fixture_show (bar, 360, 200);

  ent_notice_bar_set_sentence (ENT_NOTICE_BAR (bar), "Something is the matter.");
  ent_notice_bar_set_button (ENT_NOTICE_BAR (bar), "Mend it", "win.mend");
  ui_fixture_wait_text (bar, "Something is the matter.");
  ui_fixture_wait_text (bar, "Mend it");
  /* Where it is narrow the sentence has the whole width. */
  ui_fixture_wait (is_below, bar);
  gtk_window_set_default_size (window, 800, 200);
  ui_fixture_wait (is_beside, bar);
  ent_notice_bar_set_sentence (ENT_NOTICE_BAR (bar), NULL);
  g_assert_null (ent_notice_bar_get_sentence (ENT_NOTICE_BAR (bar)));
  ui_fixture_check_narrow (bar);
  ui_fixture_destroy (window, bar);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  ui_fixture_init (&argc, &argv);

  UI_ACCOUNT_TEST_ADD ("/pages/welcome/says-what-is-wrong", test_welcome);
  UI_ACCOUNT_TEST_ADD ("/pages/welcome/makes-accounts", test_register);
  UI_ACCOUNT_TEST_ADD ("/pages/welcome/tells-who-may-make-an-account", test_registration);
  UI_ACCOUNT_TEST_ADD ("/pages/welcome/begins-with-an-invitation", test_invitation);
  UI_ACCOUNT_TEST_ADD ("/pages/join/asks-for-link-and-name", test_join);
  UI_ACCOUNT_TEST_ADD ("/pages/join/leads-to-an-organisation", test_join_with_invitation);
  UI_ACCOUNT_TEST_ADD ("/pages/dashboard/lists-follow-the-clock", test_dashboard);
  UI_ACCOUNT_TEST_ADD ("/pages/dashboard/refreshed", test_dashboard_refreshed);
  UI_ACCOUNT_TEST_ADD ("/pages/details/follow-the-clock", test_details);
  UI_ACCOUNT_TEST_ADD ("/pages/notices/arrive-and-are-read", test_notices);
  UI_ACCOUNT_TEST_ADD ("/pages/notices/at-the-start", test_notices_at_start);
  UI_ACCOUNT_TEST_ADD ("/pages/notice-bar/comes-and-goes", test_notice_bar);
  return g_test_run ();
}
