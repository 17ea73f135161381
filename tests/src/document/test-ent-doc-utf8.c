#include "document/ent-doc-utf8.h"

#include <glib.h>

/* Texts of characters of all sizes, and what GLib says of them. */

#define ROUNDS 300
#define MAX_CHARS 40

static const gunichar chars[] = { 'a', '\n', 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x1f600,
  0x10ffff };

static char *
make_text (glong *n_chars)
{
  GString *text = g_string_new (NULL);
  gboolean ascii = g_test_rand_bit ();

  *n_chars = g_test_rand_int_range (0, MAX_CHARS);
  for (glong i = 0; i < *n_chars; i++)
    g_string_append_unichar (
      text, chars[g_test_rand_int_range (0, ascii ? 3 : G_N_ELEMENTS (chars))]);
  return g_string_free (text, FALSE);
}

static void
test_counts (void)
{
  for (guint round = 0; round < ROUNDS; round++) {
    glong n_chars;
    g_autofree char *text = make_text (&n_chars);
    glong n_units;
    g_autofree gunichar2 *utf16 = g_utf8_to_utf16 (text, -1, NULL, &n_units, NULL);
    guint32 units;
    guint32 counted;

    g_assert_nonnull (utf16);
    g_assert_true (ent_utf8_scan (text, strlen (text), &units, &counted));
    g_assert_cmpuint (units, ==, n_units);
    g_assert_cmpuint (counted, ==, n_chars);
  }
}

static void
check_place (const char *text, glong n_chars, glong at)
{
  gsize size = strlen (text);
  gsize offset = g_utf8_offset_to_pointer (text, at) - text;
  glong units = 0;
  glong after = 0;
  g_autofree gunichar2 *left = g_utf8_to_utf16 (text, offset, NULL, &units, NULL);
  g_autofree gunichar2 *right = g_utf8_to_utf16 (text + offset, -1, NULL, &after, NULL);
  guint32 found;
  gboolean inside_pair;

  g_assert_cmpuint (ent_utf8_offset_of_char (text, size, at, &found), ==, offset);
  g_assert_cmpuint (found, ==, units);
  g_assert_cmpuint (ent_utf8_offset_of_unit (text, size, units, &found, &inside_pair), ==, offset);
  g_assert_cmpuint (found, ==, at);
  g_assert_false (inside_pair);
  g_assert_cmpuint (ent_utf8_offset_from_end (text, size, after, &found, &inside_pair), ==, offset);
  g_assert_cmpuint (found, ==, n_chars - at);
  g_assert_false (inside_pair);
}

static void
test_places (void)
{
  for (guint round = 0; round < ROUNDS; round++) {
    glong n_chars;
    g_autofree char *text = make_text (&n_chars);

    for (glong at = 0; at <= n_chars; at++)
      check_place (text, n_chars, at);
  }
}

/* A place within a pair is that of its character, and is told. */
static void
test_inside_pair (void)
{
  const char *text = "a\xf0\x9f\x98\x80z";
  gboolean inside_pair;
  guint32 found;

  g_assert_cmpuint (ent_utf8_offset_of_unit (text, 6, 2, &found, &inside_pair), ==, 1);
  g_assert_cmpuint (found, ==, 1);
  g_assert_true (inside_pair);
  g_assert_cmpuint (ent_utf8_offset_from_end (text, 6, 2, &found, &inside_pair), ==, 1);
  g_assert_cmpuint (found, ==, 2);
  g_assert_true (inside_pair);
}

/* Random bytes are text when GLib says so; NUL is a character here. */
static void
test_invalid (void)
{
  static const guint8 bytes[] = { 'a', 0x80, 0xbf, 0xc1, 0xc2, 0xe0, 0x9f, 0xa0, 0xed, 0xef, 0xf0,
    0x90, 0xf4, 0xf5, 0xff };

  for (guint round = 0; round < 100 * ROUNDS; round++) {
    char text[12];
    gsize size = g_test_rand_int_range (0, sizeof text + 1);
    guint32 ignored[2];

    for (gsize i = 0; i < size; i++)
      text[i] = bytes[g_test_rand_int_range (0, G_N_ELEMENTS (bytes))];
    g_assert_cmpint (
      ent_utf8_scan (text, size, &ignored[0], &ignored[1]), ==, g_utf8_validate (text, size, NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/utf8/counts-units-and-characters", test_counts);
  g_test_add_func ("/doc/utf8/finds-places-from-both-ends", test_places);
  g_test_add_func ("/doc/utf8/tells-of-a-place-within-a-pair", test_inside_pair);
  g_test_add_func ("/doc/utf8/refuses-what-is-no-text", test_invalid);
  return g_test_run ();
}
