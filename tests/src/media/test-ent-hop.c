#include "media/ent-hop.h"

static guint n_freed;

static void
count_freed (gpointer data)
{
  n_freed++;
}

static void
append_number (gpointer object, gpointer data)
{
  GString *seen = g_object_get_data (object, "seen");

  g_string_append_printf (seen, "%d ", GPOINTER_TO_INT (data));
}

static gpointer
post_from_thread (gpointer data)
{
  for (int i = 1; i <= 5; i++)
    ent_hop_post (data, append_number, GINT_TO_POINTER (i), count_freed);
  ent_hop_unref (data);
  return NULL;
}

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_in_order (void)
{
  g_autoptr (GObject) object = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GString) seen = g_string_new (NULL);

  n_freed = 0;
  g_object_set_data (object, "seen", seen);
  g_thread_join (g_thread_new ("poster", post_from_thread, ent_hop_new (object)));
  g_assert_cmpstr (seen->str, ==, "");
  iterate ();
  g_assert_cmpstr (seen->str, ==, "1 2 3 4 5 ");
  g_assert_cmpuint (n_freed, ==, 5);
}

/* A callback that comes late finds no object; what it carries is freed all the same. */
static void
test_object_gone (void)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);

  n_freed = 0;
  g_thread_join (g_thread_new ("poster", post_from_thread, ent_hop_new (object)));
  g_assert_finalize_object (object);
  iterate ();
  g_assert_cmpuint (n_freed, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hop/in-order", test_in_order);
  g_test_add_func ("/hop/object-gone", test_object_gone);
  return g_test_run ();
}
