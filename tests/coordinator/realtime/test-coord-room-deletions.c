#include "realtime/coord-room-deletions.h"

#include "document/ent-doc.h"
#include "protocol/ent-message.h"

#define MAX_PART_BYTES (32 * 1024)

/* A text of which every second character is deleted; the update that deletes. */
static GBytes *
new_update (guint n_deleted)
{
  g_autoptr (EntDoc) doc = ent_doc_new (70000, ENT_DOC_DEFAULT);
  EntType *text = ent_doc_get_text (doc, "text");
  g_autofree char *letters = g_strnfill (2 * n_deleted, 'x');
  g_autoptr (EntStateVector) known = NULL;

  ent_text_insert (text, 0, letters, -1, NULL);
  known = ent_doc_dup_state_vector (doc);
  ent_doc_begin (doc, NULL);
  for (guint i = n_deleted; i > 0; i--)
    ent_text_delete (text, 2 * i - 2, 1, NULL);
  ent_doc_commit (doc);
  return ent_doc_encode_diff (doc, known);
}

static guint
count_deleted (GBytes *update)
{
  g_autoptr (EntUpdateInfo) info = update != NULL ? ent_update_inspect (update, NULL) : NULL;

  if (update == NULL)
    return 0;
  g_assert_nonnull (info);
  g_assert_cmpuint (info->n_structs, ==, 0);
  g_assert_cmpuint (g_bytes_get_size (update), <=, MAX_PART_BYTES);
  return info->n_deleted_units;
}

static guint
count_told (GPtrArray *taken_texts, GBytes *rest)
{
  g_autoptr (GPtrArray) texts = taken_texts;
  guint count = count_deleted (rest);

  for (guint i = 0; i < texts->len; i++) {
    gsize size;
    const char *text = g_bytes_get_data (texts->pdata[i], &size);
    g_autoptr (EntMessage) message = ent_room_message_decode (text, size, NULL);

    g_assert_nonnull (message);
    g_assert_cmpint (message->kind, ==, ENT_ROOM_DURABLE);
    count += count_deleted (((const EntMsgDurable *) message->data)->deleted);
  }
  return count;
}

static void
test_cut (void)
{
  g_autoptr (GBytes) many = new_update (50000);
  g_autoptr (GBytes) none = g_bytes_new_static ("\0\0", 2);
  g_autoptr (GPtrArray) pieces = coord_room_deletions_cut (many);
  guint count = 0;

  g_assert_null (coord_room_deletions_cut (none));
  for (guint i = 0; i < pieces->len; i++)
    count += count_deleted (pieces->pdata[i]);
  g_assert_cmpuint (count, ==, 50000);
}

/* All are told of to who comes, each once; what was told of is not told to everybody again. */
static void
test_parts (void)
{
  g_autoptr (GBytes) many = new_update (50000);
  g_autoptr (GBytes) few = new_update (3);
  g_autoptr (GPtrArray) pieces = coord_room_deletions_cut (many);
  g_autoptr (GPtrArray) more = coord_room_deletions_cut (few);
  g_autoptr (CoordRoomDeletions) deletions = coord_room_deletions_new ();
  GBytes *rest;
  GPtrArray *texts = coord_room_deletions_list_all (deletions, &rest);

  g_assert_cmpuint (count_told (texts, rest), ==, 0);
  for (guint i = 0; i < pieces->len; i++)
    coord_room_deletions_add (deletions, pieces->pdata[i]);
  texts = coord_room_deletions_list_all (deletions, &rest);
  g_assert_cmpuint (count_told (texts, rest), ==, 50000);
  texts = coord_room_deletions_list_untold (deletions, &rest);
  g_assert_cmpuint (count_told (texts, rest), ==, 50000);
  coord_room_deletions_set_told (deletions);
  texts = coord_room_deletions_list_untold (deletions, &rest);
  g_assert_cmpuint (count_told (texts, rest), ==, 0);
  coord_room_deletions_add (deletions, more->pdata[0]);
  texts = coord_room_deletions_list_untold (deletions, &rest);
  g_assert_cmpuint (count_told (texts, rest), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-deletions/cut", test_cut);
  g_test_add_func ("/room-deletions/parts", test_parts);
  return g_test_run ();
}
