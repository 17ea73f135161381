/* The pages of personal links: of who makes them, and of who has got one. */
#include "app/ent-guest-page.h"
#include "app/ent-join-page.h"
#include "app/ent-links-page.h"
#include "app/ent-load-view.h"
#include "ui-fixture.h"

#define HOUR (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
/* Wednesday, 4 March 2026, 12:00. */
#define NOW (G_GINT64_CONSTANT (1772625600) * G_USEC_PER_SEC)
/* A long name among others, and markup. */
#define PANEL "Grace <&>,Wolfeschlegelsteinhausenbergerdorff der Ältere II.,Zoe"
#define PANEL_SHOWN "Grace <&>, Wolfeschlegelsteinhausenbergerdorff der…, Zoe"
/* A port of this machine where nobody listens. */
#define LINK "http://127.0.0.1:9/book#tokentokentokentokentoken"

static void
add_link (GPtrArray *links, const char *name, const char *interview, gint64 starts, gint64 expires)
{
  EntApiBookingLink *link = ent_api_booking_link_new ();

  link->id = g_strdup (name);
  link->name = g_strdup (name);
  link->email = g_strdup ("<a>@example.org");
  link->title = g_strdup ("Backend & more");
  link->host_name = g_strdup ("Ines");
  link->interview = g_strdup (interview);
  link->starts = starts;
  link->expires = expires;
  g_ptr_array_add (links, link);
}

static GPtrArray *
new_colleagues (void)
{
  GPtrArray *colleagues = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_colleague_free);

  for (int i = 0; i < 2; i++) {
    EntApiColleague *colleague = ent_api_colleague_new ();

    colleague->user = g_strdup_printf ("user-%d", i);
    colleague->name = g_strdup (i == 0 ? "Ines & <Co>" : "Grace");
    g_ptr_array_add (colleagues, colleague);
  }
  return colleagues;
}

static gboolean
is_enabled (GtkWidget *page, const char *text)
{
  GtkWidget *label = ui_fixture_find_text (page, text);

  g_assert_nonnull (label);
  return gtk_widget_get_sensitive (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON));
}

static void
test_links (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *page = ent_links_page_new (f->account, clock);
  GtkWindow *window = ui_fixture_show (page, 360, 900);
  g_autoptr (GPtrArray) colleagues = new_colleagues ();
  g_autoptr (GPtrArray) links =
    g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_booking_link_free);

  ui_fixture_wait_text (page, "Loading the booking links");
  ent_links_page_take (ENT_LINKS_PAGE (page), colleagues, links);
  ui_fixture_wait_text (page, "No link is made yet.");
  ui_fixture_wait_text (page, "Interviewer");
  ui_fixture_wait_text (page, "Ines & <Co>");
  g_assert_true (is_enabled (page, "Make link"));

  add_link (links, "Old", NULL, 0, NOW - HOUR);
  add_link (links, "New", NULL, 0, NOW + 24 * HOUR);
  add_link (links, "Booked", "interview", NOW + HOUR, NOW + 24 * HOUR);
  add_link (links, "Cancelled", "interview", 0, NOW + 24 * HOUR);
  ((EntApiBookingLink *) links->pdata[0])->panel_names = g_strsplit (PANEL, ",", -1);
  ent_links_page_take (ENT_LINKS_PAGE (page), colleagues, links);
  ui_fixture_wait_text (page, "Not used in time: it is not good any more.\nBackend & more, with "
                              "Ines\nPanel: " PANEL_SHOWN "\n<a>@example.org");
  ui_fixture_wait_text (
    page, "Not used yet. Good until Tomorrow, 12:00\nBackend & more, with Ines\n<a>@example.org");
  ui_fixture_wait_text (
    page, "Booked for Today, 13:00\nBackend & more, with Ines\n<a>@example.org");
  ui_fixture_wait_text (page, "Booked, then cancelled. Good for another time until Tomorrow, "
                              "12:00\nBackend & more, with Ines\n<a>@example.org");
  ui_fixture_check_narrow (page);
  /* Without a name nothing is sent. */
  g_assert_true (gtk_widget_activate_action (page, "links.make", NULL));
  ui_fixture_wait_text (page, "Write the name of the candidate.");

  ent_links_page_clear (ENT_LINKS_PAGE (page));
  ui_fixture_wait_text (page, "Loading the booking links");
  ent_links_page_take (ENT_LINKS_PAGE (page), NULL, NULL);
  ui_fixture_wait_text (page, "You interview in no organisation");
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

static EntApiGuestView *
new_view (void)
{
  EntApiGuestView *view = ent_api_guest_view_new ();

  view->org_name = g_strdup ("Demo & Sons");
  view->title = g_strdup ("Backend <first>");
  view->name = g_strdup ("Zoe");
  view->host_name = g_strdup ("Ines");
  view->zone = g_strdup ("UTC");
  view->openings = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_opening_free);
  return view;
}

static void
add_opening (EntApiGuestView *view, gint64 starts)
{
  EntApiOpening *opening = ent_api_opening_new ();

  opening->starts = starts;
  opening->ends = starts + HOUR;
  g_ptr_array_add (view->openings, opening);
}

static void
set_interview (EntApiGuestView *view, gint64 starts)
{
  view->interview = ent_api_interview_new ();
  view->interview->id = g_strdup ("interview");
  view->interview->starts = starts;
  view->interview->ends = starts + HOUR;
  view->interview->opens = starts - HOUR / 4;
  view->interview->role = ENT_ROLE_OBSERVER;
}

static void
test_guest (void)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *page = ent_guest_page_new (clock);
  GtkWindow *window = ui_fixture_show (page, 360, 900);
  g_autoptr (EntApiGuestView) view = new_view ();

  ui_fixture_wait_text (page, "Opening your link");
  ent_guest_page_take (ENT_GUEST_PAGE (page), view);
  ui_fixture_wait_text (page, "Backend <first>");
  ui_fixture_wait_text (page, "With Ines, Demo & Sons");
  ui_fixture_wait_text (page, "No time is free at the moment. Look again later, or ask the people "
                              "who sent you the link.");
  g_assert_null (ui_fixture_find_text (page, "Cancel interview"));

  add_opening (view, NOW + 24 * HOUR);
  ent_guest_page_take (ENT_GUEST_PAGE (page), view);
  ui_fixture_wait_text (page, "Choose a time. All times are yours (UTC).");
  ui_fixture_wait_text (page, "12:00 to 13:00");
  ui_fixture_wait_text (page, "Book");

  /* Too early to go in; another time can be looked for, and left again. */
  set_interview (view, NOW + HOUR);
  ent_guest_page_take (ENT_GUEST_PAGE (page), view);
  ui_fixture_wait_text (page, "Today, 13:00 to 14:00");
  ui_fixture_wait_text (page, "Opens: Today, 12:45");
  g_assert_false (is_enabled (page, "Join"));
  g_assert_null (ui_fixture_find_text (page, "12:00 to 13:00"));
  g_assert_true (gtk_widget_activate_action (page, "guest.move", NULL));
  ui_fixture_wait_text (page, "Move here");
  g_assert_true (gtk_widget_activate_action (page, "guest.move", NULL));
  g_assert_null (ui_fixture_find_text (page, "Move here"));

  view->interview->opens = NOW;
  ent_guest_page_take (ENT_GUEST_PAGE (page), view);
  g_assert_true (is_enabled (page, "Join"));
  ui_fixture_check_narrow (page);
  ent_guest_page_clear (ENT_GUEST_PAGE (page));
  ui_fixture_wait_text (page, "Opening your link");
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

/* Nobody answers: it is said, and can be tried again. */
static void
test_guest_offline (void)
{
  g_autoptr (EntLinkUri) link = ent_link_uri_parse_booking (LINK, NULL);
  GtkWidget *page = ent_guest_page_new (NULL);
  GtkWindow *window = ui_fixture_show (page, 360, 600);

  ent_guest_page_start (ENT_GUEST_PAGE (page), link);
  ui_fixture_wait_text (page, "The link could not be opened");
  g_assert_true (is_enabled (page, "Try again"));
  ui_fixture_destroy (window, page);
}

static void
book_cb (EntJoinPage *page, const EntLinkUri *link, gpointer data)
{
  *(char **) data = g_strdup (link->token);
}

/* What a server says is no markup. */
static void
test_problem (void)
{
  GtkWidget *view = g_object_new (ENT_TYPE_LOAD_VIEW, "problem-title", "Not there", NULL);
  GtkWindow *window = ui_fixture_show (view, 360, 640);
  const char *sentence = "“Max & <Moritz>” is not known.";
  const char *markup = "“Max &amp; &lt;Moritz&gt;” is not known.";
  GtkWidget *label;

  ent_load_view_show_problem (ENT_LOAD_VIEW (view), sentence);
  ui_fixture_wait_text (view, "Not there");
  g_assert_false (ent_load_view_has_content (ENT_LOAD_VIEW (view)));
  ui_fixture_wait_text (view, markup);
  label = ui_fixture_find_text (view, markup);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==, sentence);
  ui_fixture_destroy (window, view);
}

/* Whose name stands in the link already is not asked for it. */
static void
test_paste (void)
{
  GtkWidget *page = ent_join_page_new ();
  GtkWindow *window = ui_fixture_show (page, 360, 600);
  g_autofree char *token = NULL;

  g_signal_connect (page, "book", G_CALLBACK (book_cb), &token);
  ent_join_page_start (ENT_JOIN_PAGE (page), NULL, NULL);
  ui_fixture_wait_text (page, "Your name");
  ent_join_page_start (ENT_JOIN_PAGE (page), LINK, NULL);
  ui_fixture_wait_text (page, "Choose a time");
  g_assert_null (ui_fixture_find_text (page, "Your name"));
  g_assert_true (gtk_widget_activate_action (page, "join.go", NULL));
  g_assert_cmpstr (token, ==, "tokentokentokentokentoken");
  ui_fixture_destroy (window, page);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  ui_fixture_init (&argc, &argv);

  UI_ACCOUNT_TEST_ADD ("/pages/links/tell-what-became-of-them", test_links);
  g_test_add_func ("/pages/guest/books-and-moves", test_guest);
  g_test_add_func ("/pages/guest/offline", test_guest_offline);
  g_test_add_func ("/pages/load-view/tells-as-it-is-written", test_problem);
  g_test_add_func ("/pages/join/takes-a-link-to-book-with", test_paste);
  return g_test_run ();
}
