/* What a person was told: the list that the server gives, and what it tells in between. */
#include "app/ent-notices.h"

/* Wednesday, 4 March 2026, 12:00 UTC. */
#define NOW (G_GINT64_CONSTANT (1772625600) * G_USEC_PER_SEC)

typedef struct {
  EntProfile *profile;
  GSettings *settings;
  EntAccount *account;
  EntClock *clock;
  EntNotices *notices;
  GString *arrived; /* titles, in order */
  guint n_changed;
} Fixture;

static void
arrived_cb (EntNotices *notices, const EntApiNotification *notice, gpointer data)
{
  g_string_append_printf (((Fixture *) data)->arrived, "%s ", notice->title);
}

static void
changed_cb (EntNotices *notices, gpointer data)
{
  ((Fixture *) data)->n_changed++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_setenv ("ENTREVUE_SECRETS", "file", TRUE);
  f->profile = ent_profile_new ("notices", NULL);
  g_assert_true (ent_profile_make_data_dir (f->profile, NULL));
  f->settings = ent_profile_new_settings (f->profile);
  f->account = ent_account_new (f->profile, f->settings);
  f->clock = ent_clock_new_test (NOW);
  f->notices = ent_notices_new (f->account, f->clock);
  f->arrived = g_string_new (NULL);
  g_signal_connect (f->notices, "arrived", G_CALLBACK (arrived_cb), f);
  g_signal_connect (f->notices, "changed", G_CALLBACK (changed_cb), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->notices);
  g_assert_finalize_object (f->account);
  g_object_unref (f->settings);
  ent_profile_free (f->profile);
  ent_clock_unref (f->clock);
  g_string_free (f->arrived, TRUE);
}

static EntApiNotification *
new_notice (const char *name, int minutes, gint64 read)
{
  EntApiNotification *notice = ent_api_notification_new ();

  notice->id = g_strdup (name);
  notice->title = g_strdup (name);
  notice->interview = g_strdup ("interview");
  notice->at = NOW + minutes * G_TIME_SPAN_MINUTE;
  notice->starts = NOW + G_TIME_SPAN_DAY;
  notice->read = read;
  return notice;
}

/* The newest first, as the server gives it; one that was read and one that was not. */
static void
take_list (Fixture *f)
{
  EntApiNotificationList *list = ent_api_notification_list_new ();

  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_notification_free);
  g_ptr_array_add (list->items, new_notice ("b", 2, 0));
  g_ptr_array_add (list->items, new_notice ("a", 1, NOW));
  ent_notices_take (f->notices, list);
}

static void
tell (Fixture *f, const char *name, int minutes)
{
  g_autoptr (EntApiNotification) notice = new_notice (name, minutes, 0);

  ent_notices_tell (f->notices, notice);
}

static void
test_told (Fixture *f, gconstpointer data)
{
  const GPtrArray *list;
  g_autoptr (GString) order = g_string_new (NULL);

  /* Before there is a list there is nothing to compare with: the list will have it. */
  tell (f, "early", 0);
  g_assert_null (ent_notices_get_list (f->notices));
  take_list (f);
  g_assert_cmpstr (f->arrived->str, ==, "");
  g_assert_cmpuint (ent_notices_get_unread (f->notices), ==, 1);

  f->n_changed = 0;
  tell (f, "d", 4);
  tell (f, "c", 3); /* in another order than they were made in */
  tell (f, "d", 4); /* and again */
  g_assert_cmpstr (f->arrived->str, ==, "d c ");
  g_assert_cmpuint (f->n_changed, ==, 2);
  g_assert_cmpuint (ent_notices_get_unread (f->notices), ==, 3);
  list = ent_notices_get_list (f->notices);
  for (guint i = 0; i < list->len; i++)
    g_string_append (order, ((EntApiNotification *) g_ptr_array_index (list, i))->id);
  g_assert_cmpstr (order->str, ==, "dcba");
}

/* However much is told, the list stays as long as the server's. */
static void
test_many (Fixture *f, gconstpointer data)
{
  take_list (f);
  for (int i = 0; i < 300; i++) {
    g_autofree char *name = g_strdup_printf ("n%d", i);

    tell (f, name, 10 + i);
  }
  g_assert_cmpuint (ent_notices_get_list (f->notices)->len, ==, 100);
  g_assert_cmpuint (ent_notices_get_unread (f->notices), ==, 100);
}

/* What is in a new list and was told before has not arrived twice. */
static void
test_list_again (Fixture *f, gconstpointer data)
{
  take_list (f);
  tell (f, "c", 3);
  take_list (f);
  g_assert_cmpstr (f->arrived->str, ==, "c ");
  g_assert_cmpuint (ent_notices_get_unread (f->notices), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/notices/told", Fixture, NULL, set_up, test_told, tear_down);
  g_test_add ("/notices/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add ("/notices/list-again", Fixture, NULL, set_up, test_list_again, tear_down);
  return g_test_run ();
}
