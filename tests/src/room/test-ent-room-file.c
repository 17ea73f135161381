#include <string.h>

#include "room/ent-room-items-private.h"

static void
test_good_paths (void)
{
  static const char *const paths[] = { "main.py", "src/a b.c", "ä/ö.txt", ".hidden", "a..b/c",
    "..." };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *shown = ent_room_path_new_shown (paths[i], 0);

    g_assert_true (ent_room_path_is_good (paths[i]));
    g_assert_cmpstr (shown, ==, paths[i]);
  }
}

static void
test_bad_paths (void)
{
  static const char *const paths[] = { "", "/etc/passwd", "../x", "a/../b", "a/./b", "a//b", "a/",
    "a\\b", "a\nb", "a\177b", "\xff", ".", ".." };
  g_autofree char *long_path = g_strnfill (513, 'a');

  g_assert_false (ent_room_path_is_good (NULL));
  g_assert_false (ent_room_path_is_good (long_path));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *shown = ent_room_path_new_shown (paths[i], 0);

    g_assert_false (ent_room_path_is_good (paths[i]));
    g_assert_true (g_utf8_validate (shown, -1, NULL));
    g_assert_cmpint (shown[0], ==, '"');
    g_assert_null (strchr (shown, '\n'));
  }
}

static void
test_second_file_of_a_path (void)
{
  g_autofree char *second = ent_room_path_new_shown ("main.py", 1);
  g_autofree char *third = ent_room_path_new_shown ("main.py", 2);

  g_assert_cmpstr (second, ==, "main.py (2)");
  g_assert_cmpstr (third, ==, "main.py (3)");
}

static EntParticipant *
new_person (const char *name, gint64 client)
{
  g_autoptr (GArray) clients = g_array_new (FALSE, FALSE, sizeof (gint64));
  EntMsgPeer peer = { .id = (char *) name, .name = (char *) name, .clients = clients };

  g_array_append_val (clients, client);
  return ent_participant_new (&peer, FALSE);
}

static void
count_cb (EntRoomFile *file, guint *count)
{
  (*count)++;
}

/* A caret stands at its character, also after text came before it; it goes when it is hidden. */
static void
test_carets_move_with_the_text (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (1, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "text:f");
  g_autoptr (EntRoomFile) file = ent_room_file_new ("f", text);
  g_autoptr (EntParticipant) person = new_person ("Ann", 2);
  g_autoptr (GArray) carets = NULL;
  guint n_changes = 0;
  EntRoomCaret *caret;

  g_signal_connect (file, "carets-changed", G_CALLBACK (count_cb), &n_changes);
  ent_text_insert (text, 0, "hello", -1, NULL);
  ent_room_file_set_caret (
    file, person, 2, ent_rel_pos_new (text, 4, 0), ent_rel_pos_new (text, 1, 0));
  ent_text_insert (text, 0, "∀😀", -1, NULL);
  carets = ent_room_file_list_carets (file);
  g_assert_cmpuint (carets->len, ==, 1);
  caret = &g_array_index (carets, EntRoomCaret, 0);
  g_assert_true (caret->person == person);
  g_assert_cmpuint (caret->caret, ==, 6);
  g_assert_cmpuint (caret->selection_start, ==, 3);
  g_assert_cmpuint (caret->selection_end, ==, 6);
  ent_room_file_set_caret (file, NULL, 2, NULL, NULL);
  g_clear_pointer (&carets, g_array_unref);
  carets = ent_room_file_list_carets (file);
  g_assert_cmpuint (carets->len, ==, 0);
  g_assert_cmpuint (n_changes, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-file/good-paths", test_good_paths);
  g_test_add_func ("/room-file/bad-paths", test_bad_paths);
  g_test_add_func ("/room-file/second-file-of-a-path", test_second_file_of_a_path);
  g_test_add_func ("/room-file/carets-move-with-the-text", test_carets_move_with_the_text);
  return g_test_run ();
}
