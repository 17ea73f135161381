/* The pages of schedules and people, filled by hand. */
#include "app/ent-candidate-row.h"
#include "app/ent-hours-page.h"
#include "app/ent-org-page.h"
#include "app/ent-permission-table.h"
#include "app/ent-week-page.h"
#include "ui-fixture.h"

#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
/* Wednesday, 4 March 2026, 12:00. */
#define NOW (G_GINT64_CONSTANT (1772625600) * G_USEC_PER_SEC)
#define MONDAY (NOW - (2 * 24 + 12) * 60 * MINUTE)
#define N_SLOTS 500

static EntApiAvailability *
new_availability (void)
{
  EntApiAvailability *availability = ent_api_availability_new ();
  EntApiHours *span = ent_api_hours_new ();

  *span = (EntApiHours){ 0, 540, 720 };
  availability->zone = g_strdup ("UTC");
  availability->weekly = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_hours_free);
  g_ptr_array_add (availability->weekly, span);
  availability->length_s = 45 * 60;
  availability->version = 3;
  return availability;
}

/* A quarter of an hour each, one after another from Monday on. */
static EntApiSlotList *
new_slots (guint n)
{
  EntApiSlotList *slots = ent_api_slot_list_new ();

  slots->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_slot_free);
  for (guint i = 0; i < n; i++) {
    EntApiSlot *slot = ent_api_slot_new ();

    slot->id = g_strdup_printf ("slot-%u", i);
    slot->title = g_strdup_printf ("Slot <%u>", i);
    slot->starts = MONDAY + i * 15 * MINUTE;
    slot->ends = slot->starts + 15 * MINUTE;
    g_ptr_array_add (slots->items, slot);
  }
  return slots;
}

static void
painted_cb (GdkFrameClock *clock, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* Waits until what there is to see now has been drawn. */
static void
wait_painted (GtkWindow *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  gboolean is_painted = FALSE;
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), &is_painted);

  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  ui_fixture_wait (is_true, &is_painted);
  g_signal_handler_disconnect (clock, id);
}

static int
get_ms_since (gint64 began_us)
{
  return (int) ((g_get_monotonic_time () - began_us) / 1000);
}

static void
test_week (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *page = ent_week_page_new (f->account, clock);
  GtkWindow *window = ui_fixture_show (page, 1200, 800);
  g_autoptr (EntApiSlotList) slots = new_slots (N_SLOTS);
  g_autoptr (EntApiAvailability) hours = new_availability ();
  gint64 began;
  int there_ms;

  ui_fixture_wait_text (page, "Loading your week");
  wait_painted (window);
  began = g_get_monotonic_time ();
  ent_week_page_take (ENT_WEEK_PAGE (page), NULL, NULL, slots, hours);
  ui_fixture_wait_text (page, "12:00 Slot <48>");
  there_ms = get_ms_since (began);
  wait_painted (window);
  g_test_message ("%d offered times are there after %d ms, and painted after %d ms", N_SLOTS,
    there_ms, get_ms_since (began));

  /* Sunday is in another week than the Monday after. */
  g_assert_true (gtk_widget_activate_action (page, "week.later", NULL));
  g_assert_null (ui_fixture_find_text (page, "12:00 Slot <48>"));
  g_assert_true (gtk_widget_activate_action (page, "week.today", NULL));
  ui_fixture_wait_text (page, "12:00 Slot <48>");
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

/* What was shown in a wide window does not keep it from becoming narrow. */
static void
test_narrowed_week (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *page = ent_week_page_new (f->account, clock);
  GtkWindow *window = ui_fixture_show (page, 1200, 800);
  g_autoptr (EntApiSlotList) slots = new_slots (5);

  ent_week_page_take (ENT_WEEK_PAGE (page), NULL, NULL, slots, NULL);
  ui_fixture_wait_text (page, "00:15 Slot <1>");
  gtk_window_set_default_size (window, 360, 600);
  ui_fixture_wait_text (page, "Monday, 2 March");
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

static void
test_narrow_week (UiAccount *f, gconstpointer data)
{
  EntClock *clock = ent_clock_new_test (NOW);
  GtkWidget *page = ent_week_page_new (f->account, clock);
  GtkWindow *window = ui_fixture_show (page, 360, 600);
  g_autoptr (EntApiSlotList) slots = new_slots (2);
  g_autoptr (EntApiAvailability) hours = new_availability ();

  ent_week_page_take (ENT_WEEK_PAGE (page), NULL, NULL, slots, hours);
  ui_fixture_wait_text (page, "Monday, 2 March");
  ui_fixture_wait_text (page, "Free: 09:00-12:00");
  ui_fixture_wait_text (page, "00:15 to 00:30, offered: Slot <1>");
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
  ent_clock_unref (clock);
}

static void
test_hours (UiAccount *f, gconstpointer data)
{
  GtkWidget *page = ent_hours_page_new (f->account);
  GtkWindow *window = ui_fixture_show (page, 360, 600);

  ent_hours_page_take (ENT_HOURS_PAGE (page), new_availability ());
  ui_fixture_wait_text (page, "09:00-12:00");
  ui_fixture_wait_text (page, "45");
  ui_fixture_check_narrow (page);
  g_assert_true (gtk_widget_activate_action (page, "hours.add-day", NULL));
  ui_fixture_wait_text (page, "Write the date like 2026-12-24.");
  ent_hours_page_clear (ENT_HOURS_PAGE (page));
  ui_fixture_wait_text (page, "Loading your hours");
  ui_fixture_destroy (window, page);
}

static EntApiPermissionList *
new_permissions (void)
{
  EntApiPermissionList *list = ent_api_permission_list_new ();
  EntApiPermission *permission = ent_api_permission_new ();

  *permission = (EntApiPermission){ g_strdup ("teams.change"), 0, 0, 2, 3, 3, 0 };
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_permission_free);
  g_ptr_array_add (list->items, permission);
  return list;
}

static void
test_org (UiAccount *f, gconstpointer data)
{
  GtkWidget *page = ent_org_page_new (f->account, NULL);
  GtkWindow *window = ui_fixture_show (page, 360, 600);
  g_autoptr (EntApiPermissionList) permissions = new_permissions ();
  EntApiMembership membership = { (char *) "org", (char *) "Demo", ENT_ORG_INTERVIEWER };
  EntApiTeamList teams = { 0 };

  /* Who is nowhere can still join. */
  ent_org_page_take (ENT_ORG_PAGE (page), NULL, permissions, NULL, NULL, NULL);
  ui_fixture_wait_text (page, "Join with an invitation");
  g_assert_null (ui_fixture_find_text (page, "Change the teams"));

  ent_org_page_take (ENT_ORG_PAGE (page), &membership, permissions, &teams, NULL, NULL);
  ui_fixture_wait_text (page, "Change the teams");
  ui_fixture_wait_text (page, "There is no team yet.");
  g_assert_null (ui_fixture_find_text (page, "Members"));
  g_assert_null (ui_fixture_find_text (page, "Add team"));

  membership.role = ENT_ORG_HR;
  ent_org_page_take (ENT_ORG_PAGE (page), &membership, permissions, &teams, NULL, NULL);
  ui_fixture_wait_text (page, "Add team");
  ui_fixture_check_narrow (page);
  ui_fixture_destroy (window, page);
}

/* The wheel is the page's, also over the table. */
static void
test_permission_scroller (void)
{
  GtkWidget *scroller = g_object_ref_sink (gtk_scrolled_window_new ());
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (scroller);
  guint n_sideways = 0;

  ent_permission_table_prepare_scroller (GTK_SCROLLED_WINDOW (scroller));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (!GTK_IS_EVENT_CONTROLLER_SCROLL (controller) ||
        gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_NONE)
      continue;
    n_sideways++;
    g_assert_cmpint (
      gtk_event_controller_scroll_get_flags (GTK_EVENT_CONTROLLER_SCROLL (controller)), ==,
      GTK_EVENT_CONTROLLER_SCROLL_HORIZONTAL);
  }
  g_assert_cmpuint (n_sideways, ==, 1);
  g_clear_object (&controllers);
  g_object_unref (scroller);
}

/* What a widget takes of a direction at its least width. */
static int
measure (GtkWidget *widget, GtkOrientation orientation)
{
  int width, height;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
  return orientation == GTK_ORIENTATION_HORIZONTAL ? width : height;
}

/* The names that stay in sight stand beside their rows, also those of two lines. */
static void
test_permission_names (void)
{
  g_autoptr (EntApiPermissionList) permissions = new_permissions ();
  EntApiPermission *permission = ent_api_permission_new ();
  GtkWidget *table, *names;

  permission->action = g_strdup ("interview.list");
  g_ptr_array_add (permissions->items, permission);
  table = g_object_ref_sink (ent_permission_table_new (permissions));
  names = g_object_ref_sink (ent_permission_table_new_names (permissions));
  g_assert_cmpint (
    measure (table, GTK_ORIENTATION_VERTICAL), ==, measure (names, GTK_ORIENTATION_VERTICAL));
  g_assert_cmpint (
    measure (table, GTK_ORIENTATION_HORIZONTAL), >, measure (names, GTK_ORIENTATION_HORIZONTAL));
  g_object_unref (table);
  g_object_unref (names);
}

static GtkDropDown *
find_drop_down (GtkWidget *widget)
{
  GtkDropDown *found = NULL;

  if (GTK_IS_DROP_DOWN (widget))
    return GTK_DROP_DOWN (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_drop_down (child);
  return found;
}

static void
chosen_cb (EntCandidateRow *row, gpointer data)
{
  (*(guint *) data)++;
}

/* Of the members only candidates are chosen from, and it is told when one is. */
static void
test_candidate (UiAccount *f, gconstpointer data)
{
  GtkWidget *row = g_object_new (ENT_TYPE_CANDIDATE_ROW, NULL);
  GtkWindow *window = ui_fixture_show (row, 360, 200);
  EntCandidateRow *self = ENT_CANDIDATE_ROW (row);
  GtkDropDown *choice = find_drop_down (row);
  EntApiMember ines = { .user = (char *) "i",
    .name = (char *) "Ines",
    .email = (char *) "ines@e.org",
    .role = ENT_ORG_INTERVIEWER };
  EntApiMember cai = { .user = (char *) "c",
    .name = (char *) "Cai",
    .email = (char *) "cai@e.org",
    .role = ENT_ORG_CANDIDATE };
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  guint n_chosen = 0;

  g_ptr_array_add (members, &ines);
  g_ptr_array_add (members, &cai);
  g_signal_connect (row, "chosen", G_CALLBACK (chosen_cb), &n_chosen);
  ent_candidate_row_take (self, "org", members);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (choice)), ==, 2);
  g_assert_cmpuint (n_chosen, ==, 0);
  gtk_drop_down_set_selected (choice, 1);
  g_assert_cmpuint (n_chosen, ==, 1);
  g_assert_cmpstr (ent_candidate_row_get_candidate (self), ==, "c");
  ent_candidate_row_clear (self);
  g_assert_cmpuint (n_chosen, ==, 1);
  g_assert_null (ent_candidate_row_get_candidate (self));
  ui_fixture_destroy (window, row);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  ui_fixture_init (&argc, &argv);

  UI_ACCOUNT_TEST_ADD ("/pages/week/as-a-table", test_week);
  UI_ACCOUNT_TEST_ADD ("/pages/week/as-a-list", test_narrow_week);
  UI_ACCOUNT_TEST_ADD ("/pages/week/from-table-to-list", test_narrowed_week);
  UI_ACCOUNT_TEST_ADD ("/pages/hours/are-shown", test_hours);
  UI_ACCOUNT_TEST_ADD ("/pages/candidate/is-chosen", test_candidate);
  UI_ACCOUNT_TEST_ADD ("/pages/org/shows-what-a-role-may", test_org);
  g_test_add_func ("/pages/org/wheel-over-the-table", test_permission_scroller);
  g_test_add_func ("/pages/org/names-beside-their-rows", test_permission_names);
  return g_test_run ();
}
