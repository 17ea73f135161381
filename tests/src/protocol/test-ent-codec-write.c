#include <string.h>

#include "protocol/ent-api.h"

/* Output of a program with all control characters made JSON that only json-glib could read. */
static void
test_control_characters (void)
{
  char name[0x20] = { 0 };
  const EntApiOrg org = { .name = name };
  g_autoptr (EntApiOrg) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  for (guint i = 1; i < sizeof name; i++)
    name[i - 1] = i;
  text = ent_codec_encode (&ent_api_org_struct, &org);
  for (const char *c = text; *c != '\0'; c++)
    g_assert_cmpint (*c, >=, 0x20);
  again = ent_codec_decode (&ent_api_org_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->name, ==, name);
}

/* Texts of every length, so that each piece once finds no room: what is written is read again. */
static void
test_room (void)
{
  g_autofree char *letters = g_strnfill (3000, 'x');

  for (guint size = 1; size <= 3000; size += size < 600 ? 1 : 97) {
    g_autofree char *name = g_strndup (letters, size);
    const EntApiOrg org = { .id = name, .name = name };
    g_autofree char *text = ent_codec_encode (&ent_api_org_struct, &org);
    g_autofree char *start = g_strdup_printf ("{\"id\":\"%s\",\"name\":\"%s\"", name, name);

    g_assert_true (g_str_has_prefix (text, start));
    g_assert_true (g_str_has_suffix (text, "}"));
    g_assert_cmpint (strchr (text, '}') - text, ==, strlen (text) - 1);
  }
}

/* A list grows by four, then by a fixed piece. */
static void
test_long_list (void)
{
  g_autoptr (EntApiSlotList) list = ent_api_slot_list_new (), again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  list->items = g_ptr_array_new ();
  for (guint i = 0; i < 100; i++) {
    EntApiSlot *slot = ent_api_slot_new ();

    slot->id = g_strdup_printf ("%08u-0000-7000-8000-000000000000", i);
    slot->org = g_strdup (slot->id);
    slot->interviewer = g_strdup (slot->id);
    slot->interviewer_name = g_strdup ("a \"name\"\n");
    slot->title = g_strnfill (i % 150, 't');
    slot->zone = g_strdup ("Europe/Berlin");
    slot->starts = (i + 1) * G_USEC_PER_SEC;
    slot->ends = slot->starts + i;
    slot->capacity = i;
    g_ptr_array_add (list->items, slot);
  }
  text = ent_codec_encode (&ent_api_slot_list_struct, list);
  again =
    ent_codec_decode (&ent_api_slot_list_struct, text, strlen (text), ENT_UNKNOWN_REFUSED, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->items->len, ==, 100);
  text_again = ent_codec_encode (&ent_api_slot_list_struct, again);
  g_assert_cmpstr (text_again, ==, text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/write/control-characters", test_control_characters);
  g_test_add_func ("/codec/write/room", test_room);
  g_test_add_func ("/codec/write/long-list", test_long_list);
  return g_test_run ();
}
