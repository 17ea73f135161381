#include "app/ent-interview-page.h"

#include "client/ent-client.h"
#include "ui-fixture.h"

#define ROOM "01890000-0000-7000-8000-000000000000"

static EntRoom *
new_room (void)
{
  g_autoptr (EntClient) client = ent_client_new ("http://127.0.0.1:9");
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "entrevue", NULL);
  EntRoomOptions options = {
    .room = ROOM, .invite = "no token", .name = "Ada", .data_dir = folder
  };

  return ent_room_new (client, &options);
}

static gboolean
has_failed (gpointer room)
{
  return ent_room_get_phase (room) == ENT_ROOM_PHASE_FAILED;
}

static void
left_cb (EntInterviewPage *page, gpointer data)
{
  *(gboolean *) data = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* No server: the page says so, and there is a way back. */
static void
test_cannot_join (void)
{
  g_autoptr (EntRoom) room = new_room ();
  GtkWidget *page = ent_interview_page_new (room, "Calls do not work on this computer.");
  GtkWindow *window = ui_fixture_show (page, 1200, 800);
  gboolean has_left = FALSE;

  g_signal_connect (page, "left", G_CALLBACK (left_cb), &has_left);
  g_assert_true (ent_interview_page_get_room (ENT_INTERVIEW_PAGE (page)) == room);
  ui_fixture_wait (has_failed, room);
  ui_fixture_wait_text (page, "You could not join");
  ui_fixture_wait_text (page, ent_room_get_sentence (room));
  g_assert_true (gtk_widget_activate_action (page, "room.leave", NULL));
  ui_fixture_wait (is_true, &has_left);
  ui_fixture_destroy (window, page);
  g_assert_finalize_object (g_steal_pointer (&room));
}

/* It fits into a window of 360 pixels, and comes back. */
static void
test_narrow (void)
{
  g_autoptr (EntRoom) room = new_room ();
  GtkWidget *page = ent_interview_page_new (room, NULL);
  GtkWindow *window = ui_fixture_show (page, 360, 500);
  int minimum;

  gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  ui_fixture_wait (has_failed, room);
  gtk_window_set_default_size (window, 1200, 700);
  ui_fixture_settle ();
  ui_fixture_destroy (window, page);
}

int
main (int argc, char **argv)
{
  ui_fixture_init (&argc, &argv);
  g_test_add_func ("/interview-page/says-why-it-cannot-join", test_cannot_join);
  g_test_add_func ("/interview-page/narrow", test_narrow);
  return g_test_run ();
}
