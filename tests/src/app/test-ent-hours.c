#include "app/ent-hours.h"

static void
assert_day (const EntHours *hours, int day, const char *expected)
{
  g_autofree char *text = ent_hours_format (hours, day);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_set (void)
{
  g_autoptr (EntHours) hours = ent_hours_new ();

  assert_day (hours, 0, "");
  ent_hours_set (hours, 0, 540, 720, TRUE);
  ent_hours_set (hours, 0, 780, 1020, TRUE);
  assert_day (hours, 0, "09:00-12:00, 13:00-17:00");
  /* What touches is one. */
  ent_hours_set (hours, 0, 720, 780, TRUE);
  assert_day (hours, 0, "09:00-17:00");
  ent_hours_set (hours, 0, 600, 630, FALSE);
  assert_day (hours, 0, "09:00-10:00, 10:30-17:00");
  ent_hours_set (hours, 0, 0, 60, TRUE);
  assert_day (hours, 0, "00:00-01:00, 09:00-10:00, 10:30-17:00");
  ent_hours_set (hours, 0, 1380, 9999, TRUE);
  g_assert_true (ent_hours_is_free (hours, 0, 1439));
  g_assert_true (ent_hours_is_free (hours, 0, 540));
  g_assert_false (ent_hours_is_free (hours, 0, 600));
  ent_hours_set (hours, 0, 0, 1440, FALSE);
  assert_day (hours, 0, "");
}

static void
test_parse (void)
{
  g_autoptr (EntHours) hours = ent_hours_new ();
  static const char *const wrong[] = { "nine", "9", "9-", "25-26", "9-9:60", "17-9", "9-9",
    "9-12-13", "9-24:30", "9–12,x" };

  g_assert_true (ent_hours_parse (hours, 3, "13:30 – 17:00, 9-12,", NULL));
  assert_day (hours, 3, "09:00-12:00, 13:30-17:00");
  g_assert_true (ent_hours_parse (hours, 3, "0-24", NULL));
  assert_day (hours, 3, "00:00-24:00");
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (ent_hours_parse (hours, 3, wrong[i], &error));
    g_assert_nonnull (error);
    assert_day (hours, 3, "00:00-24:00");
  }
  g_assert_true (ent_hours_parse (hours, 3, " ", NULL));
  assert_day (hours, 3, "");
}

/* Random edits against a table of minutes, which is obviously right; and nothing is lost on the way
 * to the server and back. */
static void
test_random (void)
{
  g_autoptr (EntHours) hours = ent_hours_new ();
  g_autoptr (EntHours) other = ent_hours_new ();
  g_autoptr (GPtrArray) saved = NULL;
  gboolean table[ENT_HOURS_DAY_MINUTES] = { FALSE };

  for (guint round = 0; round < 300; round++) {
    int from = g_test_rand_int_range (0, ENT_HOURS_DAY_MINUTES);
    int until = g_test_rand_int_range (from, ENT_HOURS_DAY_MINUTES + 1);
    gboolean is_free = g_test_rand_int_range (0, 2);

    ent_hours_set (hours, 5, from, until, is_free);
    for (int minute = from; minute < until; minute++)
      table[minute] = is_free;
    for (int minute = 0; minute < ENT_HOURS_DAY_MINUTES; minute++)
      g_assert_cmpint (ent_hours_is_free (hours, 5, minute), ==, table[minute]);
    for (guint i = 1; i < hours->days[5]->len; i++)
      g_assert_cmpint (g_array_index (hours->days[5], EntHoursSpan, i - 1).until, <,
        g_array_index (hours->days[5], EntHoursSpan, i).from);
  }
  saved = ent_hours_save (hours);
  ent_hours_load (other, saved);
  for (int day = 0; day < ENT_HOURS_DAYS; day++) {
    g_autofree char *text = ent_hours_format (hours, day);

    assert_day (other, day, text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hours/added-and-taken-away", test_set);
  g_test_add_func ("/hours/as-people-write-them", test_parse);
  g_test_add_func ("/hours/like-a-table", test_random);
  return g_test_run ();
}
