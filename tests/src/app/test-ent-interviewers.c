/* Who interviews, of few colleagues and of many. */
#include "app/ent-interviewers.h"
#include "protocol/ent-limits.h"
#include "ui-fixture.h"

#define N_MANY 60

static GPtrArray *
new_colleagues (guint n)
{
  GPtrArray *colleagues = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_colleague_free);

  for (guint i = 0; i < n; i++) {
    EntApiColleague *colleague = ent_api_colleague_new ();

    colleague->user = g_strdup_printf ("user-%u", i);
    /* In another order than by id. */
    colleague->name = g_strdup_printf ("Name %03u <&>", n - 1 - i);
    g_ptr_array_add (colleagues, colleague);
  }
  return colleagues;
}

/* Not in what only falls down. */
static GtkWidget *
find_below (GtkWidget *widget, GType type)
{
  GtkWidget *found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_POPOVER (child))
      found = find_below (child, type);
  return found;
}

/* In the panel's list; NULL: not shown. */
static GtkWidget *
find_row (GtkWidget *widget, const char *name)
{
  GtkWidget *found = NULL;

  if (ADW_IS_ACTION_ROW (widget))
    return g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), name) ? widget
                                                                                            : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child, name);
  return found;
}

static void
choose (GtkWidget *who, const char *name)
{
  GtkWidget *row = find_row (who, name);

  g_assert_nonnull (row);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_below (row, GTK_TYPE_CHECK_BUTTON)), TRUE);
}

static void
search (GtkWidget *who, const char *words)
{
  gtk_editable_set_text (GTK_EDITABLE (find_below (who, GTK_TYPE_SEARCH_ENTRY)), words);
}

/* ids: with a space after each; "" for nobody. */
static void
check_panel (EntInterviewers *who, const char *ids)
{
  g_autofree char **panel = ent_interviewers_build_panel (who);
  g_autoptr (GString) text = g_string_new ("");

  for (char **id = panel; id != NULL && *id != NULL; id++)
    g_string_append_printf (text, "%s ", *id);
  g_assert_cmpstr (text->str, ==, ids);
}

static void
test_few (void)
{
  GtkWidget *who = g_object_new (ENT_TYPE_INTERVIEWERS, NULL);
  GtkWindow *window = ui_fixture_show (who, 360, 600);
  g_autoptr (GPtrArray) alone = new_colleagues (1);
  g_autoptr (GPtrArray) colleagues = new_colleagues (4);

  g_assert_null (ent_interviewers_get_host (ENT_INTERVIEWERS (who)));
  ent_interviewers_take (ENT_INTERVIEWERS (who), alone, "user-0");
  g_assert_cmpstr (ent_interviewers_get_host (ENT_INTERVIEWERS (who)), ==, "user-0");
  g_assert_false (gtk_widget_get_visible (who));

  /* Oneself hosts, and sits on no panel. */
  ent_interviewers_take (ENT_INTERVIEWERS (who), colleagues, "user-1");
  g_assert_cmpstr (ent_interviewers_get_host (ENT_INTERVIEWERS (who)), ==, "user-0");
  ent_interviewers_clear (ENT_INTERVIEWERS (who));
  ent_interviewers_take (ENT_INTERVIEWERS (who), colleagues, "user-1");
  g_assert_cmpstr (ent_interviewers_get_host (ENT_INTERVIEWERS (who)), ==, "user-1");
  ui_fixture_wait_text (who, "Panel");
  g_assert_null (ui_fixture_find_text (find_below (who, GTK_TYPE_LIST_BOX), "Name 002 <&>"));
  check_panel (ENT_INTERVIEWERS (who), "");
  choose (who, "Name 003 <&>");
  choose (who, "Name 000 <&>");
  check_panel (ENT_INTERVIEWERS (who), "user-3 user-0 ");

  /* Who becomes the host leaves the panel; of who is gone nothing stays. */
  gtk_drop_down_set_selected (GTK_DROP_DOWN (find_below (who, GTK_TYPE_DROP_DOWN)), 0);
  check_panel (ENT_INTERVIEWERS (who), "user-0 ");
  ent_interviewers_take (ENT_INTERVIEWERS (who), colleagues, "user-1");
  g_assert_cmpstr (ent_interviewers_get_host (ENT_INTERVIEWERS (who)), ==, "user-3");
  check_panel (ENT_INTERVIEWERS (who), "user-0 ");
  ent_interviewers_take (ENT_INTERVIEWERS (who), alone, "user-0");
  check_panel (ENT_INTERVIEWERS (who), "");
  ui_fixture_destroy (window, who);
}

static gboolean
is_alone (gpointer data)
{
  return find_row (data, "Name 058 <&>") != NULL && find_row (data, "Name 048 <&>") == NULL;
}

static void
test_many (void)
{
  GtkWidget *who = g_object_new (ENT_TYPE_INTERVIEWERS, NULL);
  GtkWindow *window = ui_fixture_show (who, 360, 600);
  g_autoptr (GPtrArray) colleagues = new_colleagues (N_MANY);

  ent_interviewers_take (ENT_INTERVIEWERS (who), colleagues, "user-59");
  g_assert_nonnull (find_row (who, "Name 001 <&>"));
  ui_fixture_wait_text (who, "39 more colleagues are not shown. Search for their names.");
  g_assert_null (find_row (who, "Name 058 <&>"));
  search (who, "8 <&>");
  ui_fixture_wait_text (who, "Name 048 <&>");
  choose (who, "Name 058 <&>");
  g_assert_null (find_row (who, "Name 001 <&>"));

  /* Whoever was chosen stays in sight, and nobody else whose name is another one. */
  search (who, "nobody");
  ui_fixture_wait (is_alone, who);
  check_panel (ENT_INTERVIEWERS (who), "user-1 ");
  g_assert_null (ent_interviewers_find_fault (ENT_INTERVIEWERS (who)));
  search (who, "");
  ui_fixture_wait_text (who, "Name 007 <&>");
  for (guint i = 1; i <= ENT_MAX_PANEL; i++) {
    g_autofree char *name = g_strdup_printf ("Name %03u <&>", i);

    choose (who, name);
  }
  g_assert_cmpstr (ent_interviewers_find_fault (ENT_INTERVIEWERS (who)), ==,
    "A panel has seven colleagues at most, beside the interviewer.");
  ui_fixture_check_narrow (who);
  ui_fixture_destroy (window, who);
}

int
main (int argc, char **argv)
{
  ui_fixture_init (&argc, &argv);

  g_test_add_func ("/interviewers/few", test_few);
  g_test_add_func ("/interviewers/many-are-searched", test_many);
  return g_test_run ();
}
